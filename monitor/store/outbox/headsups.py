"""When owners heard that a step would be public."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select

from monitor.rules import Kind
from monitor.store import chunks
from monitor.store.tables import notices, posts
from monitor.store.words import NoticeStatus

_COUNTS = (NoticeStatus.QUEUED, NoticeStatus.CLAIMED, NoticeStatus.SENT)


def read(
    connection: Connection, alert_ids: Collection[int]
) -> dict[tuple[int, str], datetime | None]:
    """Return when each alert's heads-ups were sent, by firing; None: not yet."""
    found: dict[tuple[int, str], datetime | None] = {}
    for some in chunks.split(alert_ids):
        query = (
            select(notices.c.alert_id, notices.c.firing, posts.c.sent_at)
            .outerjoin(posts, posts.c.id == notices.c.post_id)
            .where(
                notices.c.alert_id.in_(some),
                notices.c.kind == Kind.HEADS_UP,
                notices.c.status.in_(_COUNTS),
            )
        )
        found |= {(row[0], row[1]): row[2] for row in connection.execute(query)}
    return found
