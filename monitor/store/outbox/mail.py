"""The posts that carry notices to Slack: what they are, and what became of them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from functools import cache, partial
from itertools import chain
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    bindparam,
    func,
    select,
    update,
)

from monitor.alerts import Alert
from monitor.outbox import Digests, is_channel
from monitor.rules import Kind
from monitor.store.ledger import records
from monitor.store.outbox import contacts, turns
from monitor.store.outbox.turns import Moment
from monitor.store.tables import alerts, notices, posts
from monitor.store.words import NoticeStatus, PostKind, PostStatus

STANDING = frozenset({PostKind.ADMIN, PostKind.REPORT})  # they carry no notices


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


# Not as "is sent": SQLite would go through all that were, by the index on the status.
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
    .where(notices.c.post_id.in_(_WANTED), notices.c.status != NoticeStatus.OBSOLETE)
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
        told[row.post_id].append((records.read(row), Kind(row.kind)))
        owed_to[row.post_id].add(row.recipient)
    rows = connection.execute(_POSTS, wanted)
    by_id = {
        row.id: _post(row, tuple(told[row.id]), frozenset(owed_to[row.id]))
        for row in rows
    }
    return [by_id[post_id] for post_id in post_ids if post_id in by_id]


_BECAME = {
    PostStatus.SENT: NoticeStatus.SENT,
    PostStatus.FAILED: NoticeStatus.FAILED,
    PostStatus.OBSOLETE: NoticeStatus.OBSOLETE,
}
_change = update(posts).where(posts.c.id == bindparam("of"))
_settle = (
    update(notices)
    .where(
        notices.c.post_id == bindparam("of"), notices.c.status == NoticeStatus.CLAIMED
    )
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


_OPEN = (PostStatus.CLAIMED, PostStatus.WAITING, PostStatus.UNKNOWN)
BACKLOG: tuple[str, ...] = (
    NoticeStatus.QUEUED,
    *_OPEN,
)  # all that waits, by its status
_OLDEST = func.min(notices.c.due_at).label("due_at")
_OWED = (
    select(notices.c.recipient, notices.c.is_now, _OLDEST)
    .join(alerts, alerts.c.id == notices.c.alert_id)
    .where(*turns.DUE)
    .group_by(notices.c.recipient, notices.c.is_now)
)
_TRIED = (
    select(posts.c.recipient, posts.c.status, _OLDEST)
    .join(notices, notices.c.post_id == posts.c.id)
    .where(posts.c.status.in_(_OPEN))
    .group_by(posts.c.recipient, posts.c.status)
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What the outbox holds at one moment."""

    by_status: Mapping[str, int]  # of BACKLOG
    oldest_due_at: datetime | None
    unreachable: int


def backlog(
    connection: Connection,
    moment: Moment,
    digests: Digests,
    reader: Callable[[str], str],
) -> Backlog:
    """Return how much waits to be sent, and since when it could have been.

    `reader` tells who reads what is owed to somebody. What they may not be told now, by
    the clock on their wall or since they had the day's digest, does not wait.
    """
    due = notices.c.status == NoticeStatus.QUEUED, notices.c.due_at <= moment.now
    queued = connection.execute(select(func.count()).where(*due)).scalar_one()
    query = select(posts.c.status, func.count()).where(posts.c.status.in_(_OPEN))
    found = connection.execute(query.group_by(posts.c.status)).all()
    by_status = dict.fromkeys(BACKLOG, 0) | {NoticeStatus.QUEUED: queued}
    by_status |= {row.status: row[1] for row in found}
    owed = _owed_since(connection, moment, digests, reader)
    oldest = min(chain(owed, _tried_since(connection, moment, digests)), default=None)
    return Backlog(by_status, oldest, len(contacts.lost(connection)))


def _owed_since(
    connection: Connection,
    moment: Moment,
    digests: Digests,
    reader: Callable[[str], str],
) -> Iterator[datetime]:
    """Yield since when each reader could have been told today of what is queued.

    The fallback channel hears at any time of those whom nobody else reads for.
    """
    told_on = cache(partial(turns.told_on, connection))
    for row in connection.execute(_OWED, moment.values).all():
        reads = reader(row.recipient)
        theirs = digests.of(reads)
        opened_at = _opened(theirs, moment.now, is_now=row.is_now)
        if opened_at is None:
            continue
        is_once_a_day = reads == row.recipient or not is_channel(reads)
        day = theirs.calendar.local_day(moment.now)
        if row.is_now or not is_once_a_day or reads not in told_on(day):
            yield max(row.due_at, opened_at)


def _tried_since(
    connection: Connection, moment: Moment, digests: Digests
) -> Iterator[datetime]:
    """Yield since when each reader's posts that are being tried have been due.

    One that waits is tried in its reader's hours; the others are looked up at any.
    """
    for row in connection.execute(_TRIED).all():
        is_open = digests.of(row.recipient).calendar.is_open(moment.now)
        if is_open or row.status != PostStatus.WAITING:
            yield row.due_at


def _opened(digests: Digests, now: datetime, *, is_now: bool) -> datetime | None:
    """Return since when somebody may be told today; None where they may not be now."""
    calendar, begins = digests.calendar, time() if is_now else digests.digest_at
    if not (calendar.is_open(now) if is_now else digests.day(now)):
        return None
    return calendar.next_open(calendar.at_local(calendar.local_day(now), begins))


_FIELDS = [f.name for f in fields(Post) if f.name not in {"told", "owed_to"}]


def _post(
    row: Row[Any], told: tuple[tuple[Alert, Kind], ...], owed_to: frozenset[str]
) -> Post:
    values = {name: getattr(row, name) for name in _FIELDS}
    values |= {"status": PostStatus(row.status), "kind": PostKind(row.kind)}
    return Post(**values, told=told, owed_to=owed_to)
