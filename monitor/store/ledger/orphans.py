"""What is left of sources that nobody reads: closed and forgotten, or handed over.

An alert closes as if its application were gone: a source that was left out by mistake
finds its alerts again, and what was told of them, as long as they are remembered.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, func, select, update

from monitor import alerts as life
from monitor import misfit
from monitor.errors import StoreError
from monitor.store.ledger import erasure
from monitor.store.ledger.erasure import PATIENCE, Erased
from monitor.store.replicas import leases
from monitor.store.schema import Store
from monitor.store.tables import alerts, runs, silences

_CARRIED = {"alerts": alerts, "polls": runs, "silences": silences}


def sources(connection: Connection, known: Collection[str]) -> list[str]:
    """Return the sources of which alerts are left, and that nobody reads."""
    left = [each for each in _remembered(connection) if each not in known]
    polled = leases.polled(connection) if left else frozenset()
    return [each for each in left if each not in polled]


def count_open(connection: Connection, source: str) -> int:
    """Return how many alerts of a source are open."""
    query = select(func.count()).select_from(alerts)
    which = alerts.c.source == source, alerts.c.closed_at.is_(None)
    return connection.execute(query.where(*which)).scalar_one()


def close(store: Store, source: str, *, now: datetime) -> int:
    """Close what is open of a source that nobody reads; return how many."""
    closed = 0
    which = alerts.c.source == source, alerts.c.closed_at.is_(None)
    with store.read() as connection:
        for ids in erasure.pages(connection, *which):
            with store.write() as writing:
                orphan = partial(life.orphan, now=now)
                closed += erasure.close(writing, ids, orphan, now=now)
    return closed


def forget(store: Store, source: str, *, now: datetime) -> Erased:
    """Forget what closed long enough ago of a source that nobody reads."""
    old = alerts.c.source == source, alerts.c.closed_at <= now - PATIENCE
    erased = Erased()
    with store.read() as connection:
        for ids in erasure.pages(connection, *old):
            with store.write() as writing:
                which = alerts.c.id.in_(ids), *old
                erased += erasure.forget(writing, *which, now=now)
    return erased


def hand_over(connection: Connection, old: str, new: str) -> dict[str, int]:
    """Let a source's memory be that of another; raise StoreError where that may not be.

    Returns how many alerts, polls and silences were handed over.
    """
    found = set(_remembered(connection))
    if leases.held(connection):
        message = "a svar runs on this state; stop it first"
        raise StoreError(message)
    if old not in found:
        message = f"no alert of {old} is remembered{misfit.nearest(old, sorted(found))}"
        raise StoreError(message)
    if new in found:
        message = f"{new} has alerts of its own already; nothing was changed"
        raise StoreError(message)
    return {
        name: connection.execute(
            update(table).where(table.c.source == old).values(source=new)
        ).rowcount
        for name, table in _CARRIED.items()
    }


def _remembered(connection: Connection) -> Iterator[str]:
    """Yield every source of an alert, each by one look into the index."""
    query = select(func.min(alerts.c.source))
    found = connection.scalar(query)
    while found is not None:
        yield found
        found = connection.scalar(query.where(alerts.c.source > found))
