"""Alerts, their transitions and the runs that saw them; a cycle is one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from monitor.alerts import Alert, Change
from monitor.evaluate import Finding
from monitor.outbox import Notice
from monitor.store import chunks
from monitor.store.ledger import records
from monitor.store.tables import alerts, notices, posts, runs, transitions
from monitor.store.words import NoticeStatus, RunOutcome

SETTLED = "settled before it was sent"
EDIT_AFTER = timedelta(seconds=30)  # so that a bulk answer is one edit, not forty

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Run:
    """One poll of one source, good or not."""

    source: str
    as_of: datetime
    outcome: RunOutcome
    applications: int = 0
    rejected: int = 0
    findings: int = 0
    changes: int = 0
    error: str | None = None

    @property
    def is_good(self) -> bool:
        """Tell a poll that read the source."""
        return self.outcome == RunOutcome.OK


@dataclass(frozen=True, slots=True)
class OpenAlerts:
    """The open alerts of one rule at one source in one state."""

    source: str
    rule: str
    state: str
    count: int
    oldest_due_at: datetime
    as_of: datetime


Owed = tuple[Change, tuple[Notice, ...]]
_NoticeRow = dict[str, Any]


def read_open(connection: Connection, source: str) -> dict[Key, Alert]:
    """Return the source's open alerts by rule and application."""
    query = select(alerts).where(
        alerts.c.source == source, alerts.c.closed_at.is_(None)
    )
    rows = connection.execute(query.execution_options(yield_per=chunks.MOST))
    found = map(records.read, rows)
    return {alert.key: alert for alert in found}


def read_closed(
    connection: Connection, source: str, findings: Sequence[Finding]
) -> dict[Key, Alert]:
    """Return the closed alerts that have the very keys of these findings."""
    found: dict[Key, Alert] = {}
    for some in chunks.split(findings):
        wanted = {(each.rule, each.application_id): each.started_at for each in some}
        query = select(alerts).where(
            alerts.c.source == source,
            alerts.c.rule.in_({rule for rule, _ in wanted}),
            alerts.c.application_id.in_({application for _, application in wanted}),
            alerts.c.closed_at.is_not(None),
        )
        for alert in map(records.read, connection.execute(query)):
            if wanted.get(alert.key) == alert.seen.started_at:
                found[alert.key] = alert
    return found


def apply(connection: Connection, owed: Sequence[Owed], *, now: datetime) -> list[Owed]:
    """Write changes, their transitions and the notices they cause; return those written.

    An alert that a hand closed, or that was erased, since it was read stays so.
    """
    written: list[Owed] = []
    for chunk in chunks.split(owed):
        opened = [each for each in chunk if each[0].alert.id is None]
        kept = _as_read(connection, chunk)
        # What closes goes first: its application may open the same rule's next alert.
        _update(connection, [change for change, _ in kept], now)
        ids = _insert(connection, [change.alert for change, _ in opened], now)
        ids += [change.alert.id for change, _ in kept if change.alert.id is not None]
        _record(connection, list(zip(ids, [*opened, *kept], strict=True)), now)
        written += [*opened, *kept]
    return written


def _as_read(connection: Connection, chunk: Sequence[Owed]) -> list[Owed]:
    """Return the changes of alerts that are as open, or as closed, as they were read.

    Holds their rows until the transaction ends.
    """
    ids = sorted(each.alert.id for each, _ in chunk if each.alert.id is not None)
    if not ids:
        return []
    query = select(alerts.c.id, alerts.c.closed_at).where(alerts.c.id.in_(ids))
    rows = connection.execute(query.order_by(alerts.c.id).with_for_update())
    is_open = {row.id: row.closed_at is None for row in rows}
    return [
        each
        for each in chunk
        if is_open.get(each[0].alert.id) is (not each[0].opens_again)
    ]


def record(connection: Connection, run: Run) -> None:
    """Write the run; the only write of a poll that changed nothing."""
    connection.execute(
        insert(runs).values(**{f: getattr(run, f) for f in Run.__slots__})
    )


def last_good(connection: Connection, source: str) -> Run | None:
    """Return the source's last good poll, if there was one."""
    query = (
        select(runs)
        .where(runs.c.source == source, runs.c.outcome == RunOutcome.OK)
        .order_by(runs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    values = {name: getattr(row, name) for name in Run.__slots__}
    return Run(**values | {"outcome": RunOutcome(row.outcome)})


def count_open(connection: Connection, *, now: datetime) -> list[OpenAlerts]:
    """Return how many alerts are open in each state, and the oldest deadline."""
    which = alerts.c.source, alerts.c.rule, alerts.c.state
    query = (
        select(*which, func.count(), func.min(alerts.c.due_at))
        .where(alerts.c.closed_at.is_(None))
        .group_by(*which)
    )
    rows = connection.execute(query)
    return [
        OpenAlerts(source, rule, state, count, oldest_due_at, now)
        for source, rule, state, count, oldest_due_at in rows
    ]


def _insert(
    connection: Connection, opened: Sequence[Alert], now: datetime
) -> list[int]:
    if not opened:
        return []
    rows = [
        records.values(alert, now) | records.key(alert) | {"opened_at": now}
        for alert in opened
    ]
    query = insert(alerts).returning(alerts.c.id, sort_by_parameter_order=True)
    return list(connection.execute(query, rows).scalars())


def _update(connection: Connection, changed: Sequence[Change], now: datetime) -> None:
    if not changed:
        return
    rows = [
        records.values(each.alert, now) | {"row_id": each.alert.id} for each in changed
    ]
    connection.execute(update(alerts).where(alerts.c.id == bindparam("row_id")), rows)
    _owe_again(connection, [each.alert.id for each in changed if each.opens_again])
    turned = [each.alert.id for each in changed if each.turns]
    if turned:
        _uncover(connection, turned)
        _mark_edits(connection, turned, now)


def _owe_again(connection: Connection, opened: Collection[int | None]) -> None:
    """Queue what was held back since the alert had closed: it was never told."""
    if opened:
        connection.execute(
            update(notices)
            .where(notices.c.alert_id.in_(opened), notices.c.reason == SETTLED)
            .values(status=NoticeStatus.QUEUED, reason=None, post_id=None)
        )


def _uncover(connection: Connection, turned: Collection[int | None]) -> None:
    """Take away what was laid over alerts by hand: it ends with them."""
    laid = alerts.c.id.in_(turned), alerts.c.overlay.is_not(None)
    bare = {"overlay": None, "overlay_until": None}
    connection.execute(update(alerts).where(*laid).values(bare))


def _mark_edits(
    connection: Connection, turned: Collection[int | None], now: datetime
) -> None:
    """Let the posts that tell of closed or reopened alerts be rendered anew, soon.

    Also those that are on their way, with the older words: they are edited once sent.
    """
    told = select(notices.c.post_id).where(
        notices.c.alert_id.in_(turned),
        notices.c.status.in_((NoticeStatus.CLAIMED, NoticeStatus.SENT)),
    )
    # Also where an edit is due already: it may be under way, with the older words.
    connection.execute(
        update(posts).where(posts.c.id.in_(told)).values(edit_due_at=now + EDIT_AFTER)
    )


def _record(
    connection: Connection, changed: Sequence[tuple[int, Owed]], now: datetime
) -> None:
    steps, owed = [], []
    for alert_id, (change, told) in changed:
        steps += [
            {
                "alert_id": alert_id,
                "before": each.before,
                "after": each.after,
                "reason": each.reason,
                "effective_at": each.effective_at,
                "observed_at": now,
                "actor": each.actor,
                "note": each.note,
            }
            for each in change.transitions
        ]
        owed += [
            {
                "alert_id": alert_id,
                "firing": each.firing,
                "kind": each.kind,
                "recipient": each.recipient,
                "due_at": each.due_at,
                "announced_by": each.announced_by,
                "is_now": each.is_now,
                "status": NoticeStatus.QUEUED,
                "created_at": now,
            }
            for each in told
        ]
    if steps:
        connection.execute(insert(transitions), steps)
    known = {n for n, (change, _) in changed if change.alert.id is not None}
    if known and owed:
        owed = _not_told(connection, owed, known)
    if owed:
        connection.execute(insert(notices), owed)


def _not_told(
    connection: Connection, owed: Sequence[_NoticeRow], known: Collection[int]
) -> list[_NoticeRow]:
    """Return the notices that were not told; what was put off makes room for them."""
    about = notices.c.alert_id.in_(known)
    never = notices.c.status == NoticeStatus.OBSOLETE, notices.c.post_id.is_(None)
    connection.execute(delete(notices).where(about, *never))
    query = select(notices.c.alert_id, notices.c.firing, notices.c.recipient)
    told = set(map(tuple, connection.execute(query.where(about))))
    key = itemgetter("alert_id", "firing", "recipient")
    return [each for each in owed if key(each) not in told]
