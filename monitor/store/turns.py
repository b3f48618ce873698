"""Whose turn it is: which queued notices may go out on a day, and which wait for others."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from monitor.outbox import NOBODY
from monitor.rules import Kind
from monitor.store.tables import notices, people, posts

is_public = notices.c.recipient.startswith("#")


def due(day: date, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for a notice that may be told now, one post a day aside."""
    queued, fallen_due = notices.c.status == "queued", notices.c.due_at <= now
    return queued, fallen_due, ~and_(is_public, _announced_late(day))


def had_post(day: date) -> ColumnElement[bool]:
    """Return whether the notice's recipient has the post of that day."""
    return exists().where(
        posts.c.recipient == notices.c.recipient,
        posts.c.sent_on == day,
        posts.c.kind == "digest",
    )


def _announced_late(day: date) -> ColumnElement[bool]:
    """Return whether the owner still has to hear first, or heard no earlier than today.

    Who cannot be reached holds nothing up: the public post is all that is left then.
    """
    first = notices.alias("first")
    lost = exists().where(
        people.c.email == first.c.recipient, people.c.error.is_not(None)
    )
    today = exists().where(posts.c.id == first.c.post_id, posts.c.sent_on == day)
    return exists().where(
        first.c.alert_id == notices.c.alert_id,
        first.c.firing == notices.c.announced_by,
        first.c.kind == Kind.HEADS_UP,
        first.c.recipient != NOBODY,
        ~first.c.recipient.startswith("#"),
        or_(
            and_(first.c.status.in_(("queued", "claimed")), ~lost),
            and_(first.c.status == "sent", today),
        ),
    )


def told_on(connection: Connection, day: date) -> frozenset[str]:
    """Return who has the post of that day."""
    query = select(posts.c.recipient).where(posts.c.sent_on == day)
    return frozenset(connection.execute(query).scalars())
