"""The posts that carry notices to Slack: what they are, and what became of them."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    func,
    select,
    update,
)

from monitor.alerts import Alert
from monitor.rules import Kind
from monitor.store import ledger, turns
from monitor.store.tables import alerts, notices, people, posts
from monitor.store.turns import Moment


class PostKind(StrEnum):
    """What a post is; a person has one digest a day."""

    DIGEST = "digest"
    NOW = "now"
    FALLBACK = "fallback"
    ADMIN = "admin"
    REPORT = "report"


STANDING = frozenset({PostKind.ADMIN, PostKind.REPORT})  # they carry no notices


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
    kind: PostKind = PostKind.DIGEST
    sent_on: date | None = None
    sent_at: datetime | None = None
    subject: str | None = None
    thread_ts: str | None = None
    language: str = "en"
    zone: str | None = None
    sweep_at: datetime | None = None
    erased: int = 0
    error: str | None = None
    told: tuple[tuple[Alert, Kind], ...] = ()
    owed_to: frozenset[str] = frozenset()


def unknown(connection: Connection, *, now: datetime, most: int) -> list[int]:
    """Return posts that may have arrived: quarantined for long enough, or claimed."""
    either = (PostStatus.CLAIMED, PostStatus.UNKNOWN)
    query = (
        select(posts.c.id)
        .where(posts.c.status.in_(either), posts.c.due_at <= now)
        .order_by(posts.c.due_at)
    )
    return list(connection.execute(query.limit(most)).scalars())


def sweeps(connection: Connection, *, now: datetime, most: int) -> list[int]:
    """Return the posts of which a second message may have come late."""
    query = (
        select(posts.c.id)
        .where(posts.c.sweep_at <= now)
        .where(posts.c.status.not_in((PostStatus.CLAIMED, PostStatus.UNKNOWN)))
        .order_by(posts.c.sweep_at)
    )
    return list(connection.execute(query.limit(most)).scalars())


_UNSENT = tuple(status for status in PostStatus if status is not PostStatus.SENT)


def edits(connection: Connection, *, now: datetime, most: int) -> list[int]:
    """Return the posts that shall be rendered anew."""
    query = (
        select(posts.c.id)
        .where(posts.c.edit_due_at <= now, posts.c.status.not_in(_UNSENT))
        .order_by(posts.c.edit_due_at)
    )
    return list(connection.execute(query.limit(most)).scalars())


# Built once: to say these takes longer than to do them.
_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_POSTS = select(posts).where(posts.c.id.in_(_WANTED))
_TOLD = (
    select(alerts, notices.c.post_id, notices.c.kind, notices.c.recipient)
    .join(notices, notices.c.alert_id == alerts.c.id)
    .where(notices.c.post_id.in_(_WANTED), notices.c.status != "obsolete")
    .order_by(notices.c.id)
)


def read(connection: Connection, post_ids: Collection[int]) -> list[Post]:
    """Return the posts with the alerts they tell of, as those stand now."""
    if not post_ids:
        return []
    told: dict[int, list[tuple[Alert, Kind]]] = {post_id: [] for post_id in post_ids}
    owed_to: dict[int, set[str]] = {post_id: set() for post_id in post_ids}
    wanted = {"wanted": list(post_ids)}
    for row in connection.execute(_TOLD, wanted):
        told[row.post_id].append((ledger.read_alert(row), Kind(row.kind)))
        owed_to[row.post_id].add(row.recipient)
    rows = connection.execute(_POSTS, wanted)
    by_id = {
        row.id: _post(row, tuple(told[row.id]), frozenset(owed_to[row.id]))
        for row in rows
    }
    return [by_id[post_id] for post_id in post_ids if post_id in by_id]


_BECAME = {
    PostStatus.SENT: "sent",
    PostStatus.FAILED: "failed",
    PostStatus.OBSOLETE: "obsolete",
}
_change = update(posts).where(posts.c.id == bindparam("of"))
_settle = (
    update(notices)
    .where(notices.c.post_id == bindparam("of"), notices.c.status == "claimed")
    .values(status=bindparam("became"))
)


def settle(
    connection: Connection, post_id: int, status: PostStatus, **values: Any
) -> None:
    """Write what became of a post, and of its notices with it."""
    became = _BECAME.get(status)
    if became:  # first, as a poll changes notices before posts
        connection.execute(_settle, {"of": post_id, "became": became})
    change(connection, post_id, **{"status": status, "due_at": None} | values)


def change(connection: Connection, post_id: int, **values: Any) -> None:
    """Write something about a post without settling it."""
    connection.execute(_change, {"of": post_id} | values)


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


def backlog(connection: Connection, moment: Moment, *, is_open: bool) -> Backlog:
    """Return how much waits to be sent, and since when it could have been.

    `is_open`: whether digests may go out at that moment.
    """
    due = notices.c.status == "queued", notices.c.due_at <= moment.now
    queued = connection.execute(select(func.count()).where(*due)).scalar_one()
    query = select(posts.c.status, func.count()).where(posts.c.status.in_(_OPEN))
    found = connection.execute(query.group_by(posts.c.status)).all()
    tried = select(posts.c.id).where(
        posts.c.status.in_(_OPEN), posts.c.status != PostStatus.FAILED
    )
    waits: list[ColumnElement[bool]] = [notices.c.post_id.in_(tried)]
    if is_open:
        waits.append(and_(*turns.DUE, ~turns.HAD_DIGEST))
    firsts = [select(func.min(notices.c.due_at)).where(each) for each in waits]
    ages = [connection.execute(first, moment.values).scalar() for first in firsts]
    by_status = dict.fromkeys(("queued", *PostStatus), 0) | {"queued": queued}
    by_status |= {row.status: row[1] for row in found}
    oldest = min((age for age in ages if age), default=None)
    lost = connection.execute(select(func.count()).where(people.c.error.is_not(None)))
    return Backlog(by_status, oldest, lost.scalar_one())


_FIELDS = [f.name for f in fields(Post) if f.name not in {"told", "owed_to"}]


def _post(
    row: Row[Any], told: tuple[tuple[Alert, Kind], ...], owed_to: frozenset[str]
) -> Post:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {"status": PostStatus(row.status), "kind": PostKind(row.kind)}
    return Post(**values, told=told, owed_to=owed_to)
