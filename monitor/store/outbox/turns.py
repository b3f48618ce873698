"""Whose turn it is: which queued notices may go out on a day, and which wait for others.

The conditions are built once, since to say them takes longer than to ask them; a moment
gives the values that they hold.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Date,
    String,
    and_,
    bindparam,
    exists,
    or_,
    select,
)

from monitor.outbox import NOBODY
from monitor.rules import Kind
from monitor.store.instants import Instant
from monitor.store.ledger import silences
from monitor.store.tables import alerts, notices, people, posts
from monitor.store.words import NoticeStatus, PostKind

NOW: BindParameter[datetime] = bindparam("turn_now", type_=Instant())
_DAY: BindParameter[date] = bindparam("turn_day", type_=Date())
_STALE: BindParameter[str] = bindparam("turn_stale", type_=String(), expanding=True)
_DOUBTFUL: BindParameter[int] = bindparam(
    "turn_doubtful", type_=BigInteger(), expanding=True
)
MOST_DOUBTFUL = 20_000  # bound to one query; databases take more, but not much
is_public = notices.c.recipient.startswith("#")


@dataclass(frozen=True, slots=True)
class Moment:
    """When somebody is to be told: an instant, and the day that the house calls it.

    `stale` are the sources whose word is too old to tell anybody of, `doubtful` the
    alerts whose row says otherwise since the last poll.
    """

    now: datetime
    day: date
    stale: frozenset[str] = frozenset()
    doubtful: frozenset[int] = frozenset()

    @property
    def values(self) -> dict[str, Any]:
        """Return what the conditions of this module are asked with."""
        return {
            "turn_now": self.now,
            "turn_day": self.day,
            "turn_stale": sorted(self.stale),
            "turn_doubtful": sorted(self.doubtful)[:MOST_DOUBTFUL],
        }


def _is_stale() -> ColumnElement[bool]:
    its = alerts.alias("stale")
    return exists().where(its.c.id == notices.c.alert_id, its.c.source.in_(_STALE))


def _announced_late() -> ColumnElement[bool]:
    """Return whether the owner still has to hear first, or heard no earlier than today.

    Who cannot be reached holds nothing up: the public post is all that is left then.
    """
    first = notices.alias("first")
    lost = exists().where(
        people.c.email == first.c.recipient, people.c.error.is_not(None)
    )
    today = exists().where(posts.c.id == first.c.post_id, posts.c.sent_on == _DAY)
    return exists().where(
        first.c.alert_id == notices.c.alert_id,
        first.c.firing == notices.c.announced_by,
        first.c.kind == Kind.HEADS_UP,
        first.c.recipient != NOBODY,
        ~first.c.recipient.startswith("#"),
        or_(
            and_(
                first.c.status.in_((NoticeStatus.QUEUED, NoticeStatus.CLAIMED)), ~lost
            ),
            and_(first.c.status == NoticeStatus.SENT, today),
        ),
    )


# Whether a notice is held back: put off, silenced, of a silent source, or in doubt.
PUT_OFF = or_(silences.is_quiet(NOW), _is_stale(), notices.c.alert_id.in_(_DOUBTFUL))
# The same where its alert is joined: else a database may go through all alerts for it.
HELD = or_(
    and_(alerts.c.overlay_until.is_not(None), alerts.c.overlay_until > NOW),
    silences.silenced(NOW),
    alerts.c.source.in_(_STALE),
    notices.c.alert_id.in_(_DOUBTFUL),
)
# What holds for a notice, joined with its alert, that may be told now, one digest a
# day aside.
DUE: tuple[ColumnElement[bool], ...] = (
    notices.c.status == NoticeStatus.QUEUED,
    notices.c.due_at <= NOW,
    alerts.c.closed_at.is_(None),
    ~and_(is_public, _announced_late()),
    ~HELD,
)


def told_on(connection: Connection, day: date) -> frozenset[str]:
    """Return who has the digest of that day."""
    query = select(posts.c.recipient).where(
        posts.c.sent_on == day, posts.c.kind == PostKind.DIGEST
    )
    return frozenset(connection.execute(query).scalars())
