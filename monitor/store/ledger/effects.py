"""How soon an answer follows a nudge; only reads."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from monitor.alerts import Reason
from monitor.figures.lengths import Lengths
from monitor.figures.nouns import Spread
from monitor.store.tables import alerts, notices, posts
from monitor.store.words import NoticeStatus

WINDOW = timedelta(days=90)
ANSWERED = (Reason.ON_TIME, Reason.LATE)  # the clock was stopped


def read(connection: Connection, *, now: datetime) -> dict[tuple[str, str], Spread]:
    """Return the times from the last nudge to the answer, by source and rule.

    Of the alerts that were settled within the window by what stops their clock.
    """
    found: dict[tuple[str, str], Lengths] = defaultdict(Lengths)
    for source, rule, answered_at, nudged_at in connection.execute(_query(now)):
        found[source, rule].add([answered_at - nudged_at])
    return {key: lengths.spread for key, lengths in found.items()}


def _query(now: datetime) -> Select[Any]:
    which = alerts.c.source, alerts.c.rule, alerts.c.effective_at
    return (
        select(*which, func.max(posts.c.sent_at))
        .join_from(alerts, notices, notices.c.alert_id == alerts.c.id)
        .join(posts, posts.c.id == notices.c.post_id)
        .where(alerts.c.reason.in_(ANSWERED), alerts.c.effective_at > now - WINDOW)
        .where(
            notices.c.status == NoticeStatus.SENT,
            posts.c.sent_at <= alerts.c.effective_at,
        )
        .group_by(alerts.c.id, *which)
    )
