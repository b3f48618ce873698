"""The outbox: notices that are owed, and the posts that carry them to Slack."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    exists,
    func,
    insert,
    select,
    update,
)

from monitor.alerts import Alert
from monitor.rules import Kind
from monitor.store import ledger, turns
from monitor.store.tables import alerts, notices, people, posts

STALE = timedelta(seconds=60)  # a claim this old belongs to a process that died


class PostStatus(StrEnum):
    """What became of a post."""

    CLAIMED = "claimed"
    SENT = "sent"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    FAILED = "failed"
    OBSOLETE = "obsolete"


@dataclass(frozen=True, slots=True)
class Post:
    """One Slack message with the notices that it carries."""

    id: int
    key: str
    recipient: str
    status: PostStatus
    attempts: int
    rendered_at: datetime
    first_attempt_at: datetime | None
    name: str
    channel: str | None
    ts: str | None
    digest: str | None
    is_plain: bool
    is_public: bool
    edit_due_at: datetime | None
    told: tuple[tuple[Alert, Kind], ...] = ()


def claim_new(
    connection: Connection, day: date, *, now: datetime, most: int
) -> list[int]:
    """Bundle what is due into one post per recipient and day; return the posts' ids.

    Notices of alerts that closed meanwhile become obsolete and are not sent. Persons
    come before channels, so that an owner hears before the leads do.
    """
    _drop_settled(connection, notices.c.status == "queued", notices.c.due_at <= now)
    waiting = (
        select(notices.c.recipient)
        .where(*turns.due(day, now=now), ~turns.had_post(day))
        .group_by(notices.c.recipient, turns.is_public)
        .order_by(turns.is_public, notices.c.recipient)
        .limit(most)
    )
    return [
        _bundle(connection, recipient, day, now)
        for recipient in connection.execute(waiting).scalars().all()
    ]


def release_old(connection: Connection, day: date) -> None:
    """Give unsent posts of earlier days back, so that today's digest carries their lines."""
    old = select(posts.c.id).where(
        posts.c.status == PostStatus.WAITING, posts.c.sent_on < day
    )
    connection.execute(
        update(notices)
        .where(notices.c.post_id.in_(old), notices.c.status == "claimed")
        .values(status="queued", post_id=None)
    )
    connection.execute(
        update(posts)
        .where(posts.c.status == PostStatus.WAITING, posts.c.sent_on < day)
        .values(status=PostStatus.OBSOLETE, due_at=None)
    )


def claim_due(connection: Connection, *, now: datetime, most: int) -> list[int]:
    """Take the posts whose next try is due, without what settled; return their ids.

    They were never sent: what they say is so at this try, and the greeting too.
    """
    due = (
        select(posts.c.id)
        .where(posts.c.status == PostStatus.WAITING, posts.c.due_at <= now)
        .order_by(posts.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = list(connection.execute(due).scalars())
    if ids:
        _drop_settled(connection, notices.c.post_id.in_(ids))
        connection.execute(
            update(posts)
            .where(posts.c.id.in_(ids))
            .values(rendered_at=now, **_claimed(now))
        )
    return ids


def unknown(connection: Connection, *, now: datetime, most: int) -> list[int]:
    """Return posts that may have arrived: quarantined for long enough, or claimed."""
    either = (PostStatus.CLAIMED, PostStatus.UNKNOWN)
    query = (
        select(posts.c.id)
        .where(posts.c.status.in_(either), posts.c.due_at <= now)
        .order_by(posts.c.due_at)
    )
    return list(connection.execute(query.limit(most)).scalars())


def edits(connection: Connection, *, now: datetime, most: int) -> list[int]:
    """Return the posts that shall be rendered anew."""
    query = (
        select(posts.c.id)
        .where(posts.c.edit_due_at <= now)
        .order_by(posts.c.edit_due_at)
    )
    return list(connection.execute(query.limit(most)).scalars())


def read(connection: Connection, post_ids: Collection[int]) -> list[Post]:
    """Return the posts with the alerts they tell of, as those stand now."""
    told: dict[int, list[tuple[Alert, Kind]]] = {post_id: [] for post_id in post_ids}
    query = (
        select(alerts, notices.c.post_id, notices.c.kind)
        .join(notices, notices.c.alert_id == alerts.c.id)
        .where(notices.c.post_id.in_(post_ids), notices.c.status != "obsolete")
        .order_by(notices.c.id)
    )
    for row in connection.execute(query):
        told[row.post_id].append((ledger.read_alert(row), Kind(row.kind)))
    rows = connection.execute(select(posts).where(posts.c.id.in_(post_ids)))
    by_id = {row.id: _post(row, tuple(told[row.id])) for row in rows}
    return [by_id[post_id] for post_id in post_ids if post_id in by_id]


def settle(
    connection: Connection, post_id: int, status: PostStatus, **values: Any
) -> None:
    """Write what became of a post, and of its notices with it."""
    connection.execute(
        update(posts)
        .where(posts.c.id == post_id)
        .values({"status": status, "due_at": None} | values)
    )
    became = {
        PostStatus.SENT: "sent",
        PostStatus.FAILED: "failed",
        PostStatus.OBSOLETE: "obsolete",
    }.get(status)
    if became:
        connection.execute(
            update(notices)
            .where(notices.c.post_id == post_id, notices.c.status == "claimed")
            .values(status=became)
        )


def change(connection: Connection, post_id: int, **values: Any) -> None:
    """Write something about a post without settling it."""
    connection.execute(update(posts).where(posts.c.id == post_id).values(**values))


def edited(connection: Connection, post: Post, **values: Any) -> None:
    """Write what an edit came to, unless another one fell due while it was made."""
    same = posts.c.edit_due_at == post.edit_due_at
    connection.execute(update(posts).where(posts.c.id == post.id, same).values(values))


_OPEN = (
    PostStatus.CLAIMED,
    PostStatus.WAITING,
    PostStatus.UNKNOWN,
    PostStatus.FAILED,
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox holds at one moment."""

    by_status: dict[str, int]
    oldest_due_at: datetime | None
    unreachable: int


def backlog(connection: Connection, day: date | None, *, now: datetime) -> Backlog:
    """Return how much waits to be sent, and since when it could have been.

    `day` is the one whose digests may go out now; None where none may.
    """
    due = notices.c.status == "queued", notices.c.due_at <= now
    queued = connection.execute(select(func.count()).where(*due)).scalar_one()
    query = select(posts.c.status, func.count()).where(posts.c.status.in_(_OPEN))
    found = connection.execute(query.group_by(posts.c.status)).all()
    tried = select(posts.c.id).where(
        posts.c.status.in_(_OPEN), posts.c.status != PostStatus.FAILED
    )
    waits: list[ColumnElement[bool]] = [notices.c.post_id.in_(tried)]
    if day:
        waits.append(and_(*turns.due(day, now=now), ~turns.had_post(day)))
    firsts = [select(func.min(notices.c.due_at)).where(each) for each in waits]
    ages = [connection.execute(first).scalar() for first in firsts]
    by_status = dict.fromkeys(("queued", *PostStatus), 0) | {"queued": queued}
    by_status |= {row.status: row[1] for row in found}
    oldest = min((age for age in ages if age), default=None)
    lost = connection.execute(select(func.count()).where(people.c.error.is_not(None)))
    return Backlog(by_status, oldest, lost.scalar_one())


def _drop_settled(connection: Connection, *which: ColumnElement[bool]) -> None:
    closed = exists().where(
        alerts.c.id == notices.c.alert_id, alerts.c.closed_at.is_not(None)
    )
    connection.execute(
        update(notices)
        .where(*which, closed)
        .values(status="obsolete", reason=ledger.SETTLED)
    )


def _bundle(connection: Connection, recipient: str, day: date, now: datetime) -> int:
    values = {
        "key": secrets.token_hex(16),
        "recipient": recipient,
        "sent_on": day,
        "rendered_at": now,
        "is_plain": False,
        "is_public": False,
        "attempts": 0,
    }
    made = connection.execute(
        insert(posts).values(**values | _claimed(now, attempts=1)).returning(posts.c.id)
    )
    post_id: int = made.scalar_one()
    connection.execute(
        update(notices)
        .where(notices.c.recipient == recipient, *turns.due(day, now=now))
        .values(status="claimed", post_id=post_id)
    )
    return post_id


def _claimed(now: datetime, *, attempts: int | None = None) -> dict[str, Any]:
    return {
        "status": PostStatus.CLAIMED,
        "claimed_at": now,
        "due_at": now + STALE,
        "attempts": posts.c.attempts + 1 if attempts is None else attempts,
    }


def _post(row: Row[Any], told: Sequence[tuple[Alert, Kind]]) -> Post:
    return Post(
        id=row.id,
        key=row.key,
        recipient=row.recipient,
        status=PostStatus(row.status),
        attempts=row.attempts,
        rendered_at=row.rendered_at,
        first_attempt_at=row.first_attempt_at,
        name=row.name,
        channel=row.channel,
        ts=row.ts,
        digest=row.digest,
        is_plain=row.is_plain,
        is_public=row.is_public,
        edit_due_at=row.edit_due_at,
        told=tuple(told),
    )
