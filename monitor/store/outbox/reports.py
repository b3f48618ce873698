"""The leads' weekly post: owed once for each week, with its words."""

import json
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitor.messages import Message
from monitor.store.outbox import bundles
from monitor.store.outbox.mail import Post
from monitor.store.words import PostKind

WEEK = timedelta(days=7)


def is_owed(connection: Connection, week: date) -> bool:
    """Tell whether the post of the week that began then was made, sent or not."""
    return bundles.has(connection, _key(connection, week))


def owe(
    connection: Connection, channel: str, week: date, message: Message, *, now: datetime
) -> None:
    """Owe a channel the week's post, unless another process was first.

    Its words are kept: what it says is so at this moment, whenever it is sent.
    """
    if is_owed(connection, week):
        return
    post = bundles.Reader(channel, week, frozenset()).post(PostKind.REPORT)
    values = post | {"subject": json.dumps(message._asdict())}
    bundles.owe(connection, _key(connection, week), values, now=now)


def read(post: Post) -> Message:
    """Return what a post says."""
    return Message(**json.loads(post.subject or "{}"))


def is_over(post: Post, today: date) -> bool:
    """Tell a post of a week that is gone: it is no news any more."""
    return post.sent_on is None or today >= post.sent_on + WEEK


def _key(connection: Connection, week: date) -> str:
    return bundles.key(connection, (PostKind.REPORT, week.isoformat()))
