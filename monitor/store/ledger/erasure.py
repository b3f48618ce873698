"""Forgets applications: at once on request, or since the source has them no more.

Alerts go with their transitions and notices; posts that told of them are marked, so
that the delivery takes those lines out of the messages.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    Table,
    Text,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from monitor import alerts as life
from monitor.source import MOST_REJECTED, Source
from monitor.store import ledger
from monitor.store.ledger import records
from monitor.store.schema import Store
from monitor.store.tables import alerts, facts, notices, posts, transitions

CHUNK = 500
EVERY = timedelta(hours=2)  # with the next, less than a day from gone to forgotten
PATIENCE = timedelta(hours=19)  # a source may lose its rows for an evening
BELIEVED = 3  # passes in a row, where many are gone at once
_SEEN = Table(
    "seen",
    MetaData(),
    Column("application_id", Text, index=True),
    prefixes=["TEMPORARY"],
)
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


def is_due(connection: Connection, source: str, *, now: datetime) -> bool:
    """Tell whether a source is to be asked again what it has no more."""
    known = _passes(connection, source)
    # A clock that was set back has made no pass yet.
    return known is None or not now - EVERY < known[0] <= now


def erase_gone(
    store: Store,
    source: Source,
    *,
    unmeasurable: Collection[str] = (),
    now: datetime,
) -> Erased:
    """Forget alerts whose application the source does not deliver any more.

    Also those decided longer ago than `lookback`, which is right: nobody asks for them.
    What closed in the last hours is left for a later pass, and what is open is closed
    first, since an application may come back. Many at once are believed at the third
    pass. Raises SourceError where the source fails; nothing is forgotten then.
    """
    with store.read() as connection:
        _SEEN.create(connection, checkfirst=False)
        try:
            if not _look(connection, source, now):
                with store.write() as writing:
                    _remember(writing, source.name, 0, now)
                return Erased()
            held = _held(store, connection, source.name, now)
            if held:
                return Erased(held=held)
            # This is the second good look without it; no poll misses these rules'.
            missed = or_(alerts.c.closing_polls > 0, alerts.c.rule.in_(unmeasurable))
            which = alerts.c.source == source.name, missed
            closed = _close(store, connection, which, now)
            return replace(_purge(store, connection, source.name, now), closed=closed)
        finally:
            connection.rollback()  # the table of what was seen goes with it


def _look(connection: Connection, source: Source, now: datetime) -> bool:
    """Note every application that the source delivers; tell whether that is all."""
    is_empty = True
    with source.poll(now) as poll:
        ids = (row.application_id for row in poll)
        while few := list(islice(ids, CHUNK)):
            connection.execute(insert(_SEEN), [{"application_id": n} for n in few])
            is_empty = False
        unread = [{"application_id": each} for each in poll.rejected_ids]
        if unread:  # it is there, whatever is wrong with its row
            connection.execute(insert(_SEEN), unread)
    return not is_empty and len(unread) < MOST_REJECTED


def _held(store: Store, connection: Connection, source: str, now: datetime) -> int:
    """Return how many applications are gone where they are too many to be believed."""
    count = select(func.count(func.distinct(alerts.c.application_id)))
    known = count.where(alerts.c.source == source)
    all_known = connection.execute(known).scalar_one()
    gone = connection.execute(known.where(_is_unseen())).scalar_one()
    before = _passes(connection, source)
    passes = before[1] + 1 if before else 1
    if not life.is_mass(gone, all_known):
        passes = 0
    with store.write() as writing:
        _remember(writing, source, passes if passes < BELIEVED else 0, now)
    return gone if 0 < passes < BELIEVED else 0


def _is_unseen() -> ColumnElement[bool]:
    return ~exists().where(_SEEN.c.application_id == alerts.c.application_id)


def _close(
    store: Store,
    connection: Connection,
    which: tuple[ColumnElement[bool], ...],
    now: datetime,
) -> int:
    """Close what is open of applications that are gone; a poll may not be able to."""
    closed = 0
    for ids in _pages(connection, *which, alerts.c.closed_at.is_(None), _is_unseen()):
        with store.write() as writing:
            rows = writing.execute(select(alerts).where(alerts.c.id.in_(ids)))
            found = [each for each in map(records.read, rows) if each.is_open]
            changes = [(life.vanish(each, now=now), ()) for each in found]
            closed += len(ledger.apply(writing, changes, now=now))
    return closed


def _purge(store: Store, connection: Connection, source: str, now: datetime) -> Erased:
    old = alerts.c.closed_at <= now - PATIENCE
    erased = Erased()
    for ids in _pages(connection, alerts.c.source == source, old, _is_unseen()):
        with store.write() as writing:
            erased += forget(writing, alerts.c.id.in_(ids), old, now=now)
    return erased


def _pages(
    connection: Connection, *which: ColumnElement[bool]
) -> Iterator[Sequence[int]]:
    """Yield the ids of these alerts, some hundreds at a time."""
    last = 0
    query = select(alerts.c.id).where(*which).order_by(alerts.c.id).limit(CHUNK)
    while ids := connection.execute(query.where(alerts.c.id > last)).scalars().all():
        yield ids
        last = ids[-1]


def _passes(connection: Connection, source: str) -> tuple[datetime, int] | None:
    """Return when the last pass was, and how many in a row found too many gone."""
    query = select(facts.c.value).where(facts.c.name == _fact(source))
    value = connection.execute(query).scalar()
    if value is None:
        return None
    at, passes = value.split()
    return datetime.fromisoformat(at), int(passes)


def _remember(connection: Connection, source: str, passes: int, now: datetime) -> None:
    values = {"value": f"{now.isoformat()} {passes}"}
    same = facts.c.name == _fact(source)
    if not connection.execute(update(facts).where(same).values(values)).rowcount:
        connection.execute(insert(facts).values({"name": _fact(source)} | values))


def _fact(source: str) -> str:
    """Return what the fact is called: a source's name may be too long for it."""
    digest = hashlib.blake2b(source.encode(), digest_size=8).hexdigest()
    return f"erasure {digest}"
