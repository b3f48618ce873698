"""Who does what, with several replicas on one state: leases by the database's own clock.

A write checks its lease in its own transaction and locks it: nobody can take the lease
over between the check and the commit.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    DateTime,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from monitor.errors import LeaseLost
from monitor.store.schema import Store
from monitor.store.tables import leases

DELIVER = "deliver"
POLL = "poll "  # and the source's name
TTL = timedelta(seconds=30)
# Of the TTL: how early this process stops to trust a lease by its own watch, and how
# long a process that stands still may keep a transaction open.
MARGIN, PATIENCE = 1 / 6, 1 / 2

Moment = datetime | ColumnElement[datetime]
Clock = Callable[[Connection], Moment]
# The one that goes on while a laptop sleeps, where there is one.
since_boot = partial(
    time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
)


def poll(source: str) -> str:
    """Return the name of a source's lease."""
    return f"{POLL}{source}"


def held(connection: Connection) -> frozenset[str]:
    """Return the leases that some replica has now; none where there is but one."""
    if connection.dialect.name != "postgresql":
        return frozenset()
    query = select(leases.c.name).where(leases.c.expires_at > database_time(connection))
    return frozenset(connection.scalars(query))


def polled(connection: Connection) -> frozenset[str]:
    """Return the sources that some replica polls now."""
    names = (each for each in held(connection) if each.startswith(POLL))
    return frozenset(name.removeprefix(POLL) for name in names)


def database_time(_: Connection) -> Moment:
    """Return the present as PostgreSQL itself reads it, anew in each statement."""
    return func.clock_timestamp(type_=DateTime(timezone=True))


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as it stands in the state."""

    name: str
    holder: str | None
    epoch: int
    is_free: bool


@dataclass(slots=True, eq=False)
class Tenure:
    """A lease that this process holds; `until` is by its own watch, in seconds."""

    name: str
    epoch: int
    until: float
    leases: "Leases"
    is_busy: bool = field(default=False)

    def holds(self) -> bool:
        """Tell, without the database, whether the lease is surely still ours."""
        return self.leases.stopwatch() < self.until

    def require(self, connection: Connection) -> None:
        """Keep the lease until this transaction ends; raise LeaseLost if it is gone.

        The lock lets a renewal through, and no take-over. Where the process stands still
        in the midst of it, PostgreSQL ends the transaction, so that another can go on.
        """
        if not self.leases.keep(connection, self):
            self.end()
            message = f"another svar has the lease '{self.name}' and goes on with it"
            raise LeaseLost(self.name, message)

    def end(self) -> None:
        """Trust the lease no more."""
        self.until = -1.0


class Leases:
    """Takes, renews and releases the leases of one process."""

    def __init__(
        self,
        store: Store,
        holder: str,
        *,
        ttl: timedelta = TTL,
        clock: Clock = database_time,
        stopwatch: Callable[[], float] = since_boot,
    ) -> None:
        self.store = store
        self.holder = holder
        self.ttl = ttl
        self.clock = clock
        self.stopwatch = stopwatch

    def take(self, name: str) -> Tenure | None:
        """Take a lease that is free or ours; the epoch grows where the holder changes."""
        asked = self.stopwatch()
        self._prepare(name)
        with self.store.write() as connection:
            hurry(connection, self.ttl)
            now = self.clock(connection)
            is_ours = func.coalesce(leases.c.holder, "") == self.holder
            free = (
                select(leases.c.name)
                .where(leases.c.name == name)
                .where(or_(leases.c.expires_at <= now, is_ours))
                .with_for_update(skip_locked=True)  # whoever writes under it has it yet
            )
            epoch = connection.scalar(
                update(leases)
                .where(leases.c.name == free.scalar_subquery())
                .values(
                    epoch=leases.c.epoch + case((is_ours, 0), else_=1),
                    holder=self.holder,
                    expires_at=now + self.ttl,
                )
                .returning(leases.c.epoch)
            )
        if epoch is None:
            return None
        return Tenure(name, epoch, self._until(asked), self)

    def renew(self, tenures: Iterable[Tenure]) -> None:
        """Hold on to leases; one that another has taken meanwhile is ended."""
        asked = self.stopwatch()
        held = list(tenures)
        with self.store.write() as connection:
            hurry(connection, self.ttl)
            expires_at = self.clock(connection) + self.ttl
            kept = [
                tenure
                for tenure in sorted(held, key=lambda each: each.name)
                if connection.execute(
                    update(leases).where(self._is(tenure)).values(expires_at=expires_at)
                ).rowcount
            ]
        for tenure in held:
            if tenure in kept:
                tenure.until = self._until(asked)
            else:
                tenure.end()

    def release(self, tenures: Iterable[Tenure]) -> None:
        """Give leases up, so that another may take them at once."""
        held = list(tenures)
        for tenure in held:
            tenure.end()
        with self.store.write() as connection:
            hurry(connection, self.ttl)
            now = self.clock(connection)
            for tenure in sorted(held, key=lambda each: each.name):
                connection.execute(
                    update(leases).where(self._is(tenure)).values(expires_at=now)
                )

    def keep(self, connection: Connection, tenure: Tenure) -> bool:
        """Lock a lease against a take-over until the transaction ends, if it is held."""
        held = self._is(tenure), leases.c.expires_at > self.clock(connection)
        query = select(_patience(connection, self.ttl)).where(*held)
        locked = query.with_for_update(read=True, key_share=True)
        return connection.execute(locked).first() is not None

    def read(self, connection: Connection) -> dict[str, Lease]:
        """Return every lease by its name."""
        is_free = leases.c.expires_at <= self.clock(connection)
        rows = connection.execute(
            select(leases.c.name, leases.c.holder, leases.c.epoch, is_free)
        )
        return {row[0]: Lease(row[0], row[1], row[2], bool(row[3])) for row in rows}

    def _prepare(self, name: str) -> None:
        """See to it that the lease has a row; it expired when it was made."""
        with self.store.read() as connection:
            if connection.scalar(select(leases.c.name).where(leases.c.name == name)):
                return
        with self.store.write() as connection:
            values = {"name": name, "epoch": 0, "expires_at": self.clock(connection)}
            try:
                with connection.begin_nested():
                    connection.execute(insert(leases).values(values))
            except IntegrityError:
                pass  # another replica was quicker

    def _is(self, tenure: Tenure) -> ColumnElement[bool]:
        return and_(
            leases.c.name == tenure.name,
            leases.c.holder == self.holder,
            leases.c.epoch == tenure.epoch,
        )

    def _until(self, asked: float) -> float:
        return asked + self.ttl.total_seconds() * (1 - MARGIN)


def hurry(connection: Connection, ttl: timedelta) -> None:
    """Let PostgreSQL end this transaction where its process stands still in it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(_patience(connection, ttl)))


def _patience(connection: Connection, ttl: timedelta) -> ColumnElement[Any]:
    """Return what sets the time-out; a constant where the database has none."""
    if connection.dialect.name != "postgresql":
        return literal(1)
    milliseconds = int(ttl.total_seconds() * PATIENCE * 1000)
    name = "idle_in_transaction_session_timeout"
    return func.set_config(name, str(milliseconds), True)  # noqa: FBT003 - SQL's own
