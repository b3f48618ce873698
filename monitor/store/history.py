"""What one application's alerts really told, to whom and when; only reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.store.tables import alerts, notices, posts


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice about an application; `firing` is the name of the step."""

    rule: str
    started_at: datetime
    firing: str
    recipient: str
    due_at: datetime
    status: str
    sent_at: datetime | None
    reason: str | None


def tellings(
    connection: Connection, source: str, application_id: str
) -> Iterator[Telling]:
    """Yield the notices of all alerts of an application, in the order they were due."""
    query = (
        select(
            alerts.c.rule,
            alerts.c.started_at,
            notices.c.firing,
            notices.c.recipient,
            notices.c.due_at,
            notices.c.status,
            posts.c.sent_at,
            notices.c.reason,
        )
        .join_from(notices, alerts)
        .join(posts, posts.c.id == notices.c.post_id, isouter=True)
        .where(alerts.c.source == source, alerts.c.application_id == application_id)
        .order_by(notices.c.due_at, notices.c.id)
    )
    for row in connection.execute(query):
        yield Telling(*row)
