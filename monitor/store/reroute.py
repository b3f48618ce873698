"""Gives notices that were not sent yet to whoever owes the step now."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from monitor.store.tables import notices


def reroute(
    connection: Connection,
    alert_id: int,
    told: Callable[[int], Sequence[str]],
    *,
    now: datetime,
) -> None:
    """Hold an alert's queued notices against `told`, the recipients of a firing today.

    Who owes nothing any more is not told; who owes it now is, at the same hour, unless
    they were told of that firing before.
    """
    ours = notices.c.alert_id == alert_id
    queued = connection.execute(
        select(notices).where(ours, notices.c.status == "queued")
    )
    for row in queued.all():
        wanted = told(row.firing)
        if row.recipient in wanted:
            continue
        connection.execute(
            update(notices)
            .where(notices.c.id == row.id)
            .values(status="obsolete", reason="somebody else owes this now")
        )
        known = select(notices.c.recipient).where(ours, notices.c.firing == row.firing)
        has = set(connection.execute(known).scalars())
        fresh = [
            {
                "alert_id": alert_id,
                "firing": row.firing,
                "kind": row.kind,
                "recipient": recipient,
                "due_at": row.due_at,
                "status": "queued",
                "created_at": now,
            }
            for recipient in wanted
            if recipient not in has
        ]
        if fresh:
            connection.execute(insert(notices), fresh)
