"""A real store that is away for a while, or on which the process dies at a commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from sqlalchemy import Connection, func, insert, select, text

from monitor.errors import StoreError
from monitor.store import Store
from monitor.store.tables import facts, metadata
from tests.fakes import Killed
from tests.simulation.fates import Fates

SECRET = "a secret for tests"  # noqa: S105 - so that keys are the same each time


Backup = dict[str, list[dict[str, Any]]]


class Mortal(Store):
    """The state of one process; `fates` says what happens at its commits."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.fates = Fates()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        self._reach()
        with super().read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        self.fates.meet("before write")
        self._reach()
        with super().write() as connection:
            yield connection
            self.fates.meet("before commit")
            self._reach()
        self.fates.meet("after commit")
        self._reach()

    @contextmanager
    def truth(self) -> Iterator[Connection]:
        """Give a connection that no fate touches, to look at what is kept."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def by_hand(self) -> Iterator[Connection]:
        """Give a connection for writing to somebody else than the daemon."""
        with super().write() as connection:
            yield connection

    def empty(self) -> None:
        """Forget everything, and count from one again."""
        self.fates.forget()
        self._clear()
        with self.engine.begin() as connection:
            connection.execute(insert(facts).values(name="secret", value=SECRET))

    def back_up(self) -> Backup:
        """Return all that is kept."""
        with self.truth() as connection:
            return {
                table.name: [
                    dict(row._mapping) for row in connection.execute(select(table))
                ]
                for table in metadata.sorted_tables
            }

    def put_back(self, backup: Backup) -> None:
        """Keep what was kept then, and nothing else."""
        self._clear()
        with self.engine.begin() as connection:
            for table in metadata.sorted_tables:
                if backup[table.name]:
                    connection.execute(insert(table), backup[table.name])
                if not self.is_sqlite and "id" in table.c:
                    number = func.pg_get_serial_sequence(table.name, "id")
                    last = select(func.coalesce(func.max(table.c.id), 0) + 1)
                    is_used = False
                    connection.execute(
                        select(func.setval(number, last.scalar_subquery(), is_used))
                    )

    def _clear(self) -> None:
        tables = list(reversed(metadata.sorted_tables))
        with self.engine.begin() as connection:
            if self.is_sqlite:
                for table in tables:
                    connection.execute(table.delete())
            else:
                names = ", ".join(table.name for table in tables)
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))

    def _reach(self) -> None:
        if self.fates.is_away:
            message = "the state cannot be reached: no answer"
            raise StoreError(message)


def die() -> NoReturn:
    """End the process here."""
    raise Killed


def unheard() -> NoReturn:
    """Lose the answer to a commit that was made."""
    message = "the state cannot be written: the connection was lost"
    raise StoreError(message)
