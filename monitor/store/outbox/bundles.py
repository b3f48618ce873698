"""Bundles what is owed into one post for a reader, claimed before any call to Slack."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, bindparam, case, insert, select, update

from monitor.rules import Kind
from monitor.store import chunks, facts
from monitor.store.outbox import turns
from monitor.store.outbox.turns import Moment
from monitor.store.tables import alerts, notices, posts
from monitor.store.words import NoticeStatus, PostKind, PostStatus

STALE = timedelta(seconds=60)  # a claim this old belongs to a process that died
MOST_AT_ONCE = 5  # of what does not wait for the digest; more are one
_SECRET = "secret"  # noqa: S105 - the name of a row
_RANKS = {kind: rank for rank, kind in enumerate(Kind)}
# Built once: to say these takes longer than to do them.
_TAKEN = select(posts.c.id).where(posts.c.key == bindparam("wanted"))
_INSERT = insert(posts).returning(posts.c.id)
rank = case(_RANKS, value=notices.c.kind, else_=len(_RANKS))


_READ_BY = notices.c.recipient.in_(bindparam("wanted", expanding=True))
# Without those whose alerts a poll is changing now; the others are kept so.
_DUE_IDS = (
    select(notices.c.id)
    .join(alerts, alerts.c.id == notices.c.alert_id)
    .where(_READ_BY, *turns.DUE)
    .with_for_update(read=True, of=alerts, skip_locked=True)
)
_AT_ONCE = (
    select(
        notices.c.id,
        notices.c.firing,
        notices.c.alert_id,
        alerts.c.source,
        alerts.c.rule,
        alerts.c.application_id,
        alerts.c.started_at,
    )
    .join(alerts, alerts.c.id == notices.c.alert_id)
    .where(_READ_BY, *turns.DUE, notices.c.is_now)
    .order_by(rank, notices.c.due_at, notices.c.id)
    .with_for_update(read=True, of=alerts, skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a post, on which day of theirs, and whose notices it carries."""

    address: str
    day: date
    recipients: frozenset[str]

    def post(self, kind: PostKind) -> dict[str, Any]:
        """Return what the row of their post says of them."""
        return {"recipient": self.address, "sent_on": self.day, "kind": kind}


def digest(
    connection: Connection,
    reader: Reader,
    moment: Moment,
    *,
    kind: PostKind = PostKind.DIGEST,
) -> int | None:
    """Bundle what is owed into one post for the reader; None if there is nothing."""
    wanted = {"wanted": list(reader.recipients)} | moment.values
    ids = connection.execute(_DUE_IDS, wanted).scalars().all()
    if not ids:
        return None
    natural = kind, reader.address, reader.day.isoformat()
    return _bundle(connection, ids, reader.post(kind), natural, moment.now)


def at_once(connection: Connection, reader: Reader, moment: Moment) -> int | None:
    """Take what is owed of one alert at once; more than five alerts join the digest."""
    wanted = {"wanted": list(reader.recipients)} | moment.values
    rows = connection.execute(_AT_ONCE, wanted).all()
    if len({row.alert_id for row in rows}) > MOST_AT_ONCE:
        ids = [row.id for row in rows]
        for few in chunks.split(ids):
            later = update(notices).where(notices.c.id.in_(few)).values(is_now=False)
            connection.execute(later)
        return None
    if not rows:
        return None
    first = rows[0]
    same = [row for row in rows if row.alert_id == first.alert_id]
    about = first.source, first.rule, first.application_id, first.started_at
    firings = sorted(row.firing for row in same)
    thread = _thread(connection, reader.address, first.alert_id)
    natural = (PostKind.NOW, reader.address, *map(str, about), *firings)
    ids = [row.id for row in same]
    values = reader.post(PostKind.NOW) | thread
    return _bundle(connection, ids, values, natural, moment.now)


def _thread(connection: Connection, reader: str, alert_id: int) -> dict[str, Any]:
    """Return the message in which this reader heard of the alert last, if any stands."""
    query = (
        select(posts.c.channel, posts.c.ts, posts.c.thread_ts)
        .join(notices, notices.c.post_id == posts.c.id)
        .where(
            notices.c.alert_id == alert_id,
            posts.c.recipient == reader,
            posts.c.status == PostStatus.SENT,
            posts.c.ts.is_not(None),
        )
        .order_by(posts.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return {}
    return {"channel": row.channel, "thread_ts": row.thread_ts or row.ts}


def key(connection: Connection, parts: Iterable[str]) -> str:
    """Return the post's key: the same for the same post, also from an older backup.

    Opaque, since a whole workspace may read it: keyed by a secret of this state.
    """
    secret = connection.info.get(_SECRET)
    if secret is None:
        secret = connection.info[_SECRET] = facts.read(connection, _SECRET)
    if secret is None:  # not remembered: it may not be kept
        secret = secrets.token_hex(32)
        facts.write(connection, _SECRET, secret)
    text = "\x1f".join(parts).encode()
    return hashlib.blake2b(text, key=secret.encode(), digest_size=16).hexdigest()


def has(connection: Connection, wanted: str) -> bool:
    """Tell whether there is, or was, a post of this key."""
    return connection.execute(_TAKEN, {"wanted": wanted}).first() is not None


def owe(
    connection: Connection, wanted: str, values: dict[str, Any], *, now: datetime
) -> None:
    """Owe a post that carries no notice, to be claimed as one that is tried again."""
    made = {
        "key": wanted,
        "status": PostStatus.WAITING,
        "due_at": now,
        "attempts": 0,
        "rendered_at": now,
        "is_plain": False,
        "is_public": False,
    }
    connection.execute(insert(posts).values(made | values))


def _free_key(connection: Connection, natural: Iterable[str]) -> str:
    """Return the first key that no post has: another may have been given up."""
    parts = tuple(natural)
    for number in count():
        found = key(connection, (*parts, str(number)))
        if not has(connection, found):
            return found
    raise AssertionError  # pragma: no cover - one is free


def _bundle(
    connection: Connection,
    ids: Sequence[int],
    values: dict[str, Any],
    natural: Iterable[str],
    now: datetime,
) -> int:
    made = {
        "key": _free_key(connection, natural),
        "rendered_at": now,
        "is_plain": False,
        "is_public": False,
        **values,
        **claimed(now, attempts=1),
    }
    post_id: int = connection.execute(_INSERT, made).scalar_one()
    for few in chunks.split(ids):
        connection.execute(
            update(notices)
            .where(notices.c.id.in_(few))
            .values(status=NoticeStatus.CLAIMED, post_id=post_id)
        )
    return post_id


def claimed(now: datetime, *, attempts: int | None = None) -> dict[str, Any]:
    """Return what a claim writes about a post."""
    return {
        "status": PostStatus.CLAIMED,
        "claimed_at": now,
        "due_at": now + STALE,
        "attempts": posts.c.attempts + 1 if attempts is None else attempts,
    }
