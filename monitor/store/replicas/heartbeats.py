"""When the delivery last ran, and which sources have been silent for too long."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from monitor.store import facts, ledger
from monitor.store.tables import runs

BEAT = timedelta(minutes=5)  # how often the delivery writes that it lives
GAP = timedelta(minutes=15)  # longer without a beat, and the state may be a backup
_BEAT, _LOOKS = "delivered_at", "looks_until"
_FINE = frozenset({"ok", None})  # nothing is known against it


def gap(connection: Connection, *, now: datetime) -> timedelta | None:
    """Return how long ago the delivery last wrote that it lives; None if never."""
    value = facts.read(connection, _BEAT)
    return None if value is None else abs(now - datetime.fromisoformat(value))


def beat(connection: Connection, *, now: datetime) -> None:
    """Write that the delivery lives."""
    facts.write(connection, _BEAT, now.isoformat())


def looks_until(connection: Connection) -> datetime | None:
    """Return until when what was sent is looked for before it is sent."""
    value = facts.read(connection, _LOOKS)
    return None if value is None else datetime.fromisoformat(value)


def look_until(connection: Connection, until: datetime) -> None:
    """Write until when what was sent is looked for, since the state may be a backup."""
    facts.write(connection, _LOOKS, until.isoformat())


def stale(
    connection: Connection, patience: Mapping[str, timedelta], *, now: datetime
) -> dict[str, datetime]:
    """Return the sources without a good poll for longer than patience has it.

    A source that was never read well is none of them: it has told us of nothing.
    """
    found = {}
    for source, longest in patience.items():
        last = ledger.last_good(connection, source)
        if last is not None and now - last.as_of > longest:
            found[source] = last.as_of
    return found


def quiet(
    connection: Connection,
    patience: Mapping[str, timedelta],
    *,
    now: datetime,
    tried_at: datetime | None = None,
) -> dict[str, datetime]:
    """Return the stale sources, and those that were never read well for as long.

    Those are quiet since their first poll, or since `tried_at` where nobody polled.
    """
    found = stale(connection, patience, now=now)
    for source, longest in patience.items():
        if ledger.last_good(connection, source) is None:
            since = _first_poll(connection, source) or tried_at
            if since is not None and now - since > longest:
                found[source] = since
    return found


def failing(connection: Connection, sources: Iterable[str]) -> list[str]:
    """Return which of these sources could not be read well at their last poll."""
    return [each for each in sources if _last_outcome(connection, each) not in _FINE]


def _first_poll(connection: Connection, source: str) -> datetime | None:
    query = select(func.min(runs.c.as_of)).where(runs.c.source == source)
    found: datetime | None = connection.execute(query).scalar()
    return found


def _last_outcome(connection: Connection, source: str) -> str | None:
    query = select(runs.c.outcome).where(runs.c.source == source)
    return connection.execute(query.order_by(runs.c.id.desc()).limit(1)).scalar()
