"""Opens the state: one process for SQLite, migrated, with clear refusals."""

import copy
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from monitor.errors import StoreError
from monitor.store import versions

BUSY_SECONDS = 30
_WRITING = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
_LOOKING = ("query_only = ON",)
# A server that went away without a word is noticed in half a minute, and not in hours.
_LIVELY = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
_TURNS = {
    "migrate": 0x53766172_01,
    "configure": 0x53766172_02,
}  # any numbers of our own


class Fence(Protocol):
    """What a write has to pass; raises LeaseLost where another may have begun to write."""

    def require(self, connection: Connection) -> None: ...


class Store:
    """Svar's own state; all reads and writes go through `read` and `write`.

    `reads_only`: the database itself refuses to write, whatever is asked of it.
    """

    def __init__(self, url: str | URL, *, reads_only: bool = False) -> None:
        self._reads_only = reads_only
        try:
            self.url = _address(url)
            self.is_sqlite = self.url.get_backend_name() == "sqlite"
            if not self.is_sqlite and self.url.get_backend_name() != "postgresql":
                message = "the state lives in SQLite or PostgreSQL; see `state.url`"
                raise StoreError(message)
            self.engine = (
                _sqlite(self.url, reads_only=reads_only)
                if self.is_sqlite
                else _postgresql(self.url, reads_only=reads_only)
            )
        except (NoSuchModuleError, ImportError) as error:
            message = f"state.url cannot be used: {error}"
            raise StoreError(message) from error
        self._writer = self.engine.execution_options(svar_write=True)
        self._lock: int | None = None
        self._fence: Fence | None = None

    def under(self, fence: Fence) -> "Store":
        """Return the same state, each write of which has to pass the fence first."""
        fenced = copy.copy(self)
        fenced._lock, fenced._fence = None, fence  # noqa: SLF001 - one of us
        return fenced

    @property
    def shown(self) -> str:
        """Return the URL without its password and its options, one of which may be one."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    def claim(self) -> None:
        """Make this the only process on a SQLite state; raise StoreError if it is not."""
        path = self.url.database
        if not self.is_sqlite or not path or path == ":memory:":
            return
        lock = Path(f"{path}.lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            message = f"{lock} cannot be written: {error.strerror}; choose another `state.url`"
            raise StoreError(message) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            message = (
                f"another svar already runs on {path}; stop it first, "
                "or keep the state in PostgreSQL"
            )
            raise StoreError(message) from error
        self._lock = handle

    def is_missing(self) -> bool:
        """Tell whether a SQLite state has no file yet."""
        path = self.url.database
        try:
            return self.is_sqlite and bool(path) and not Path(path or "").exists()
        except PermissionError:  # it may well be there, but not for this login
            return False

    def close(self) -> None:
        """Close connections and give up the claim."""
        self.engine.dispose()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for reading; raise StoreError where the database fails."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self._failed(error, past="read") from error

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in one transaction: all of it is kept, or none."""
        try:
            with self._writer.begin() as connection:
                if self._fence:
                    self._fence.require(connection)
                yield connection
        except SQLAlchemyError as error:
            raise self._failed(error, past="written") from error

    def upgrade(self) -> None:
        """Bring the tables to this program's version; raise StoreError for newer ones."""
        with self._unreferenced(), self.write() as connection:
            take_turns(connection, "migrate")
            found = versions.reached(connection)
            if versions.is_foreign(found):
                self._refuse(found)
            versions.migrate(connection)

    @contextmanager
    def _unreferenced(self) -> Iterator[None]:
        """Let SQLite replace a table that others refer to without forgetting who did."""

        def stop(connection: Any, *_: object) -> None:
            connection.execute("PRAGMA foreign_keys = OFF")

        def go_on(connection: Any, _: object) -> None:
            connection.execute("PRAGMA foreign_keys = ON")

        if not self.is_sqlite:
            yield
            return
        event.listen(self.engine, "checkout", stop)
        event.listen(self.engine, "checkin", go_on)
        try:
            yield
        finally:
            event.remove(self.engine, "checkout", stop)
            event.remove(self.engine, "checkin", go_on)

    def version(self) -> str | None:
        """Return the version that the tables are at, or None without tables."""
        with self.read() as connection:
            return versions.reached(connection)

    def is_current(self) -> bool:
        """Tell whether the tables are at this program's version."""
        return self.version() == versions.head()

    def require_current(self) -> None:
        """Raise StoreError with what to do where the tables are of another version."""
        self._refuse(self.version())

    def checkpoint(self) -> None:
        """Let the file of a SQLite state hold all that was written until now."""
        if self.is_sqlite:
            with self.read() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _refuse(self, version: str | None) -> None:
        if advice := versions.advice(version):
            message = f"the state at {self.shown} {advice}"
            raise StoreError(message)

    def _failed(self, error: SQLAlchemyError, *, past: str) -> StoreError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = (str(cause).strip().splitlines() or ["no answer"])[0][:300]
        advice = _advice(reason, reads_only=self._reads_only)
        message = f"the state at {self.shown} cannot be {past}: {reason}{advice}"
        return StoreError(message)


def take_turns(connection: Connection, what: str) -> None:
    """Let no other process do the same before this transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyhow
        connection.execute(select(func.pg_advisory_xact_lock(_TURNS[what])))


def _address(url: str | URL) -> URL:
    """Return the URL taken apart; no part of it is repeated where that fails."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        found = None
    if found is None or "@" in (found.host or ""):
        message = (
            "state.url is not a database URL; in a password write @ as %40, : as %3A "
            "and / as %2F"
        )
        raise StoreError(message)
    return found


def _advice(reason: str, *, reads_only: bool) -> str:
    if "full" in reason:
        return " (free some space; nothing is lost, Svar tries again)"
    if "readonly" in reason or "unable to open" in reason:
        may = "your login may read" if reads_only else "svar may write"
        return f" (check that the folder exists and that {may} there)"
    if "malformed" in reason or "not a database" in reason:
        return (
            " (put a backup back: stop svar, delete the file, and those of its name "
            "with -wal and -shm at the end, then copy the backup there)"
        )
    return ""


def _postgresql(url: URL, *, reads_only: bool) -> Engine:
    lively = {key: _LIVELY[key] for key in _LIVELY if key not in url.query}
    engine = create_engine(
        url,
        connect_args=lively,
        pool_pre_ping=True,
        execution_options={"postgresql_readonly": reads_only},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        # The state is small and stays in memory: a hundred rows are found by their
        # index, and not by going through ten thousand.
        connection.autocommit = True
        connection.execute("SET random_page_cost = 1.1")
        connection.autocommit = False

    return engine


def _sqlite(url: URL, *, reads_only: bool) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    pragmas = _LOOKING if reads_only else _WRITING

    @event.listens_for(engine, "do_connect")
    def address(_: Any, __: Any, places: list[Any], options: dict[str, Any]) -> None:
        if reads_only and url.database and _is_at_rest(url.database):
            path = quote(str(Path(url.database).absolute()))
            places[0] = f"file:{path}?mode=ro&immutable=1"
            options["uri"] = True

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # we begin transactions ourselves
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once, so that two writers wait and never deadlock.
        writes = connection.get_execution_options().get("svar_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _is_at_rest(path: str) -> bool:
    """Tell a file that nobody writes to now, and that this login may only read.

    Beside such a file SQLite would make two of its own, which the login may not.
    """

    def may(place: str | Path, mode: int) -> bool:
        return os.access(place, mode, effective_ids=True)

    if may(f"{path}-wal", os.F_OK) or not may(path, os.R_OK):
        return False
    return not (may(path, os.W_OK) and may(Path(path).absolute().parent, os.W_OK))
