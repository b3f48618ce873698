"""When the delivery last ran, and which sources have been silent for too long."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from monitor.store import facts, ledger
from monitor.store.tables import runs
from monitor.store.words import RunOutcome

BEAT = timedelta(minutes=5)  # how often the delivery writes that it lives
GAP = timedelta(minutes=15)  # longer without a beat, and the state may be a backup
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_BEAT, _LOOKS = "delivered_at", "looks_until"
_FINE = frozenset({RunOutcome.OK, None})  # nothing is known against it


def gap(connection: Connection, *, now: datetime) -> timedelta | None:
    """Return how long ago the delivery last wrote that it lives; None if never."""
    value = facts.read(connection, _BEAT)
    return None if value is None else abs(now - datetime.fromisoformat(value))


def beat(connection: Connection, *, now: datetime) -> None:
    """Write that the delivery lives."""
    facts.write(connection, _BEAT, now.isoformat())


def doubt(connection: Connection) -> None:
    """Let this state count as a backup, however soon the delivery goes on with it."""
    facts.write(connection, _BEAT, _LONG_AGO.isoformat())


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


class Vigil:
    """Knows since when somebody is up to hear of a silence: a pause is nobody's fault."""

    def __init__(self) -> None:
        self._seen_at: datetime | None = None
        self._since: datetime | None = None

    def outages(
        self,
        connection: Connection,
        stale: Mapping[str, datetime],
        patience: Mapping[str, timedelta],
        *,
        now: datetime,
    ) -> dict[str, datetime]:
        """Return the stale sources that were tried in vain, and for long since a pause."""
        self._look(connection, now)
        long = {
            source: since
            for source, since in stale.items()
            if self._since is None or now - self._since > patience[source]
        }
        return {source: long[source] for source in failing(connection, long)}

    def _look(self, connection: Connection, now: datetime) -> None:
        if self._seen_at is None:
            pause = gap(connection, now=now) or timedelta(0)
        else:
            pause = abs(now - self._seen_at)
        if pause > GAP:
            self._since = now
        self._seen_at = now


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
    query = select(runs.c.as_of).where(runs.c.source == source)
    return connection.scalar(query.order_by(runs.c.id).limit(1))


def _last_outcome(connection: Connection, source: str) -> str | None:
    query = select(runs.c.outcome).where(runs.c.source == source)
    return connection.execute(query.order_by(runs.c.id.desc()).limit(1)).scalar()
