"""What is about to go out: notices that may be told now, and the alerts they tell of."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, select

from monitor.alerts import Alert
from monitor.store import chunks
from monitor.store.ledger import records
from monitor.store.outbox import turns
from monitor.store.outbox.turns import Moment
from monitor.store.tables import alerts, notices, posts
from monitor.store.words import NoticeStatus, PostStatus

# Few columns: a run asks this of all that is due, and most of it is not wanted.
_ROWS = select(
    alerts.c.id,
    alerts.c.source,
    alerts.c.rule,
    notices.c.firing,
    notices.c.recipient,
    notices.c.is_now,
    notices.c.post_id,
).join(notices, notices.c.alert_id == alerts.c.id)
_QUEUED = _ROWS.where(*turns.DUE)
_DELAYED = _ROWS.join(posts, posts.c.id == notices.c.post_id).where(
    posts.c.status == PostStatus.WAITING,
    posts.c.due_at <= turns.NOW,
    notices.c.status == NoticeStatus.CLAIMED,
    alerts.c.closed_at.is_(None),
    ~turns.HELD,
)


class Outgoing(NamedTuple):
    """A notice that may go out now; `post_id` where its post was tried before."""

    alert_id: int
    source: str
    rule: str
    firing: str
    recipient: str
    is_now: bool
    post_id: int | None


def read(connection: Connection, moment: Moment) -> list[Outgoing]:
    """Return the notices that may go out at this moment, one digest a day aside."""
    return [
        Outgoing(*row)
        for query in (_QUEUED, _DELAYED)
        for row in connection.execute(query, moment.values)
    ]


def told_of(connection: Connection, alert_ids: Collection[int]) -> list[Alert]:
    """Return these alerts."""
    found: list[Alert] = []
    for some in chunks.split(sorted(alert_ids)):
        query = select(alerts).where(alerts.c.id.in_(some))
        found += map(records.read, connection.execute(query))
    return found


def confirmed(connection: Connection, alert_ids: Collection[int]) -> set[int]:
    """Return which of these alerts are open, and were found by the last good poll."""
    found: set[int] = set()
    for some in chunks.split(sorted(alert_ids)):
        query = select(alerts.c.id).where(
            alerts.c.id.in_(some),
            alerts.c.closed_at.is_(None),
            alerts.c.closing_polls == 0,
        )
        found.update(connection.execute(query).scalars())
    return found
