"""Whose turn it is: which queued notices may go out on a day, and which wait for others."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Connection, and_, exists, false, or_, select

from monitor.outbox import NOBODY
from monitor.rules import Kind
from monitor.store import silences
from monitor.store.tables import alerts, notices, people, posts

is_public = notices.c.recipient.startswith("#")


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody is to be told: an instant, and the day that the house calls it.

    `stale` are the sources whose word is too old to tell anybody of.
    """

    now: datetime
    day: date
    stale: frozenset[str] = frozenset()


@lru_cache(maxsize=8)  # to say it takes longer than to ask it
def due(moment: Moment) -> tuple[ColumnElement[bool], ...]:
    """Return what holds for a notice that may be told now, one post a day aside."""
    queued = notices.c.status == "queued"
    waits = and_(is_public, _announced_late(moment.day))
    due = notices.c.due_at <= moment.now
    return queued, due, ~_is_closed(), ~waits, ~put_off(moment)


@lru_cache(maxsize=8)
def put_off(moment: Moment) -> ColumnElement[bool]:
    """Return whether a notice is held back: put off, silenced, or of a silent source."""
    return or_(silences.is_quiet(moment.now), _is_stale(moment.stale))


def _is_closed() -> ColumnElement[bool]:
    its = alerts.alias("ended")
    return exists().where(its.c.id == notices.c.alert_id, its.c.closed_at.is_not(None))


def had_post(day: date) -> ColumnElement[bool]:
    """Return whether the notice's recipient has the post of that day."""
    return exists().where(
        posts.c.recipient == notices.c.recipient,
        posts.c.sent_on == day,
        posts.c.kind == "digest",
    )


def _is_stale(stale: frozenset[str]) -> ColumnElement[bool]:
    if not stale:
        return false()
    its = alerts.alias("stale")
    return exists().where(its.c.id == notices.c.alert_id, its.c.source.in_(stale))


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
    """Return who has the digest of that day."""
    query = select(posts.c.recipient).where(
        posts.c.sent_on == day, posts.c.kind == "digest"
    )
    return frozenset(connection.execute(query).scalars())
