"""Takes what is due out of the outbox, a post at a time, before any call to Slack."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    exists,
    func,
    select,
    update,
)

from monitor.store import ledger
from monitor.store.outbox import bundles, turns
from monitor.store.outbox.turns import Moment
from monitor.store.tables import alerts, notices, posts
from monitor.store.words import NoticeStatus, PostKind, PostStatus

_worst = func.min(bundles.rank)
_TURNS = (
    select(
        notices.c.recipient,
        _worst,
        func.sum(case((notices.c.is_now, 0), else_=1)),
        func.sum(case((notices.c.is_now, 1), else_=0)),
    )
    .join(alerts, alerts.c.id == notices.c.alert_id)
    .where(*turns.DUE)
    .group_by(notices.c.recipient, turns.is_public)
    .order_by(turns.is_public, _worst, notices.c.recipient)
)


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody to whom something is owed now; `rank`: 0 goes first."""

    recipient: str
    rank: int
    has_digest: bool
    has_now: bool


@dataclass(frozen=True, slots=True)
class Delayed:
    """A post that was not sent at its last try and may be tried again."""

    id: int
    recipient: str
    kind: PostKind
    sent_on: date


def has_settled(connection: Connection, *, now: datetime) -> bool:
    """Tell whether notices wait for alerts which closed meanwhile."""
    query = (
        select(notices.c.id)
        .join(alerts, alerts.c.id == notices.c.alert_id)
        .where(notices.c.status == NoticeStatus.QUEUED, notices.c.due_at <= now)
        .where(alerts.c.closed_at.is_not(None))
    )
    return connection.execute(query.limit(1)).first() is not None


def drop_settled(connection: Connection, *, now: datetime) -> None:
    """Let go of notices that wait for alerts which closed meanwhile."""
    _drop_settled(
        connection, notices.c.status == NoticeStatus.QUEUED, notices.c.due_at <= now
    )


def turn_list(connection: Connection, moment: Moment) -> list[Turn]:
    """Return to whom something is owed now, persons before channels, worst first."""
    return [
        Turn(recipient, rank, digest > 0, at_once > 0)
        for recipient, rank, digest, at_once in connection.execute(
            _TURNS, moment.values
        )
    ]


def delayed(connection: Connection, *, now: datetime) -> list[Delayed]:
    """Return the posts whose next try is due."""
    query = (
        select(posts.c.id, posts.c.recipient, posts.c.kind, posts.c.sent_on)
        .where(posts.c.status == PostStatus.WAITING, posts.c.due_at <= now)
        .order_by(posts.c.due_at, posts.c.id)
    )
    return [
        Delayed(row.id, row.recipient, PostKind(row.kind), row.sent_on)
        for row in connection.execute(query)
    ]


def release(connection: Connection, post_id: int) -> None:
    """Give an unsent post of an earlier day back, so that today's carries its lines."""
    _give_back(connection, notices.c.post_id == post_id)
    give_up(connection, post_id)


def again(connection: Connection, post_id: int, moment: Moment) -> bool:
    """Take a delayed post, without what settled or was put off meanwhile.

    It was never sent: what it says is so at this try, and the greeting too. False where
    a poll is changing one of its alerts: then it is tried again soon.
    """
    ours = notices.c.post_id == post_id
    about = select(notices.c.alert_id).where(ours)
    told = select(alerts.c.id).where(alerts.c.id.in_(about))
    free = told.with_for_update(read=True, skip_locked=True)
    if len(connection.execute(free).all()) < len(connection.execute(told).all()):
        return False
    _drop_settled(connection, ours)
    _give_back(connection, ours, turns.PUT_OFF, values=moment.values)
    connection.execute(
        update(posts)
        .where(posts.c.id == post_id, posts.c.status == PostStatus.WAITING)
        .values(rendered_at=moment.now, **bundles.claimed(moment.now))
    )
    return True


def give_up(connection: Connection, post_id: int) -> None:
    """End a post that nobody needs any more; the day is free again if it never left."""
    settled = {"status": PostStatus.OBSOLETE, "due_at": None}
    ours, may_arrive = posts.c.id == post_id, posts.c.sweep_at.is_not(None)
    connection.execute(update(posts).where(ours, may_arrive).values(settled))
    connection.execute(
        update(notices)
        .where(notices.c.post_id == post_id, notices.c.status == NoticeStatus.CLAIMED)
        .values(status=NoticeStatus.OBSOLETE)
    )
    connection.execute(delete(posts).where(ours, ~may_arrive))


def _drop_settled(connection: Connection, *which: ColumnElement[bool]) -> None:
    closed = exists().where(
        alerts.c.id == notices.c.alert_id, alerts.c.closed_at.is_not(None)
    )
    connection.execute(
        update(notices)
        .where(*which, closed)
        .values(status=NoticeStatus.OBSOLETE, reason=ledger.SETTLED)
    )


def _give_back(
    connection: Connection,
    *which: ColumnElement[bool],
    values: dict[str, Any] | None = None,
) -> None:
    connection.execute(
        update(notices)
        .where(and_(*which), notices.c.status == NoticeStatus.CLAIMED)
        .values(status=NoticeStatus.QUEUED, post_id=None),
        values or {},
    )
