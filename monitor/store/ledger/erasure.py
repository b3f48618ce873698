"""Forgets applications: at once on request, or since the source has them no more.

Alerts go with their transitions and notices; posts that told of them are marked, so
that the delivery takes those lines out of the messages.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    delete,
    func,
    select,
    update,
)

from monitor.alerts import Alert, Change
from monitor.store import chunks, facts, ledger
from monitor.store.ledger import records
from monitor.store.tables import alerts, notices, posts, transitions

PATIENCE = timedelta(hours=19)  # a source may lose its rows for an evening
_STANDS = posts.c.ts.is_not(None)  # in Slack, for all to read


@dataclass(frozen=True, slots=True)
class Erased:
    """What was forgotten; `posts` are messages that stand in Slack and will be edited.

    `closed`: alerts that are forgotten next, since their application was just missed.
    `held`: applications that are gone, but too many at once to be believed.
    """

    alerts: int = 0
    transitions: int = 0
    notices: int = 0
    posts: int = 0
    closed: int = 0
    held: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        sums = (getattr(self, n) + getattr(other, n) for n in Erased.__slots__)
        return Erased(*sums)


def about(
    application_id: str, source: str | None = None
) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for the alerts of an application, in one source or any."""
    ours = alerts.c.application_id == application_id
    return (ours,) if source is None else (ours, alerts.c.source == source)


def measure(connection: Connection, *which: ColumnElement[bool]) -> Erased:
    """Return what forgetting these alerts would take away; changes nothing."""
    ids = select(alerts.c.id).where(*which)
    counted = select(func.count())
    queries = (
        counted.select_from(alerts).where(*which),
        counted.where(transitions.c.alert_id.in_(ids)),
        counted.where(notices.c.alert_id.in_(ids)),
        counted.where(posts.c.id.in_(_posts(*which)), _STANDS),
    )
    return Erased(*(connection.execute(each).scalar_one() for each in queries))


def forget(
    connection: Connection, *which: ColumnElement[bool], now: datetime
) -> Erased:
    """Take these alerts out of the state, and let messages about them be edited."""
    held = select(alerts.c.id).where(*which).order_by(alerts.c.id)
    connection.execute(held.with_for_update())  # a delivery may be telling of them
    erased = measure(connection, *which)
    ids = select(alerts.c.id).where(*which)
    lines = (
        select(func.count(func.distinct(notices.c.alert_id)))
        .where(notices.c.post_id == posts.c.id, notices.c.alert_id.in_(ids))
        .scalar_subquery()
    )
    told = posts.c.id.in_(_posts(*which))
    connection.execute(update(posts).where(told).values(erased=posts.c.erased + lines))
    # One that is on its way is edited once it was sent.
    connection.execute(update(posts).where(told).values(edit_due_at=now))
    connection.execute(delete(alerts).where(*which))
    return erased


def _posts(*which: ColumnElement[bool]) -> Select[tuple[int]]:
    """Return the query of the posts that told of these alerts."""
    query = select(notices.c.post_id).join_from(notices, alerts).where(*which)
    return query.where(notices.c.post_id.is_not(None))


def among(alert_ids: Collection[int]) -> ColumnElement[bool]:
    """Return what holds for these alerts."""
    return alerts.c.id.in_(alert_ids)


def closed_by(at: datetime) -> ColumnElement[bool]:
    """Return what holds for alerts that closed by then."""
    return alerts.c.closed_at <= at


def close(
    connection: Connection,
    alert_ids: Collection[int],
    end: Callable[[Alert], Change],
    *,
    now: datetime,
) -> int:
    """Close those of these alerts that are still open; return how many."""
    rows = connection.execute(select(alerts).where(among(alert_ids)))
    found = [each for each in map(records.read, rows) if each.is_open]
    return len(ledger.apply(connection, [(end(each), ()) for each in found], now=now))


def pages(
    connection: Connection, *which: ColumnElement[bool]
) -> Iterator[Sequence[int]]:
    """Yield the ids of these alerts, some hundreds at a time."""
    last = 0
    query = select(alerts.c.id).where(*which).order_by(alerts.c.id).limit(chunks.MOST)
    while ids := connection.execute(query.where(alerts.c.id > last)).scalars().all():
        yield ids
        last = ids[-1]


def last_pass(connection: Connection, source: str) -> tuple[datetime, int] | None:
    """Return when the last pass was, and how many in a row found too many gone."""
    value = facts.read(connection, _fact(source))
    if value is None:
        return None
    at, passes = value.split()
    return datetime.fromisoformat(at), int(passes)


def keep_pass(
    connection: Connection, source: str, passes: int, *, now: datetime
) -> None:
    """Remember a pass, and how many in a row found too many gone by now."""
    facts.write(connection, _fact(source), f"{now.isoformat()} {passes}")


def _fact(source: str) -> str:
    """Return what the fact is called: a source's name may be too long for it."""
    digest = hashlib.blake2b(source.encode(), digest_size=8).hexdigest()
    return f"erasure {digest}"
