"""Gives notices that were not sent yet to whoever owes the step now."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from monitor.alerts import Alert
from monitor.store import chunks
from monitor.store.ledger import records
from monitor.store.tables import alerts, notices, posts
from monitor.store.words import NoticeStatus, PostStatus

UNSENT = or_(
    notices.c.status == NoticeStatus.QUEUED,
    and_(
        notices.c.status == NoticeStatus.CLAIMED,
        notices.c.post_id.in_(
            select(posts.c.id).where(posts.c.status == PostStatus.WAITING)
        ),
    ),
)


def reroute(
    connection: Connection,
    alert_id: int,
    told: Callable[[str], Sequence[str]],
    *,
    now: datetime,
) -> set[str]:
    """Hold an alert's unsent notices against `told`, the recipients of a firing today.

    Who owes nothing any more is not told; who owes it now is, at the same hour, unless
    they were told of that firing before. Return the firings that are put off: they are
    due for nobody now, and were not sent.
    """
    put_off = set()
    held = select(alerts.c.id).where(alerts.c.id == alert_id)
    connection.execute(held.with_for_update())  # before its notices, as a delivery does
    unsent = select(notices).where(notices.c.alert_id == alert_id, UNSENT)
    for row in connection.execute(unsent).all():
        wanted = told(row.firing)
        if row.recipient in wanted:
            continue
        dropped = connection.execute(
            update(notices)
            .where(notices.c.id == row.id, UNSENT)
            .values(
                status=NoticeStatus.OBSOLETE,
                reason="somebody else owes this now" if wanted else "not due any more",
                post_id=None,
            )
        )
        if not dropped.rowcount:
            continue  # a delivery took it meanwhile: it counts as told
        for recipient in wanted:
            _hand(connection, row, recipient, now)
        if not wanted:
            put_off.add(row.firing)
    return put_off


def waiting(connection: Connection, source: str) -> Iterator[tuple[Alert, str, str]]:
    """Yield each open alert of which somebody is still to be told: of what, and who."""
    query = (
        select(alerts, notices.c.firing, notices.c.recipient)
        .join(notices, notices.c.alert_id == alerts.c.id)
        .where(alerts.c.source == source, alerts.c.closed_at.is_(None), UNSENT)
    )
    for row in connection.execute(query.execution_options(yield_per=chunks.MOST)):
        yield records.read(row), row.firing, row.recipient


def step_back(connection: Connection, alert: Alert) -> None:
    """Keep the step that an alert stands on, now that a later one was put off."""
    hours, rung = alert.rung or (None, None)
    values = {"step": alert.step, "rung": rung, "rung_hours": hours}
    connection.execute(update(alerts).where(alerts.c.id == alert.id).values(values))


def _hand(
    connection: Connection, row: Row[tuple[object, ...]], recipient: str, now: datetime
) -> None:
    """Owe a dropped notice to somebody else, also to one it was taken from before."""
    same = (
        notices.c.alert_id == row.alert_id,
        notices.c.firing == row.firing,
        notices.c.recipient == recipient,
    )
    known = connection.execute(select(notices).where(*same)).first()
    if known is None:
        owed = {
            "alert_id": row.alert_id,
            "firing": row.firing,
            "kind": row.kind,
            "recipient": recipient,
            "due_at": row.due_at,
            "announced_by": row.announced_by,
            "status": NoticeStatus.QUEUED,
            "created_at": now,
        }
        connection.execute(insert(notices).values(owed))
    elif known.status == NoticeStatus.OBSOLETE and known.post_id is None:
        again = {"status": NoticeStatus.QUEUED, "reason": None, "due_at": row.due_at}
        connection.execute(
            update(notices).where(notices.c.id == known.id).values(again)
        )
