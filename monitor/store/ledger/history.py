"""What one application's alerts really told, to whom and when; only reads."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from monitor.alerts import Alert, State
from monitor.store import ledger
from monitor.store.ledger import records, silences
from monitor.store.ledger.silences import Silence
from monitor.store.tables import alerts, notices, posts
from monitor.store.tables import silences as kept
from monitor.store.words import NoticeStatus, PostKind

_UNSENT = {NoticeStatus.QUEUED, NoticeStatus.CLAIMED}


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice about an application; `firing` is the name of the step.

    `reader` is whose post carried it: the recipient, who reads for them, or a channel.
    """

    rule: str
    started_at: datetime
    firing: str
    recipient: str
    due_at: datetime
    status: NoticeStatus
    sent_at: datetime | None
    reason: str | None
    reader: str | None = None

    @property
    def is_unsent(self) -> bool:
        """Tell a notice that waits to be sent, or is being sent."""
        return self.status in _UNSENT

    @property
    def is_settled(self) -> bool:
        """Tell a notice that was not sent since its alert had closed."""
        return self.reason == ledger.SETTLED


@dataclass(frozen=True, slots=True)
class History:
    """What was remembered of one application at an instant.

    `moved`: the alerts that took a step since, whose own step is of no use. `had`: who
    had the digest of that day. `silences`: those of the source that were not over, also
    those to come.
    """

    alerts: tuple[Alert, ...] = ()
    tellings: tuple[Telling, ...] = ()
    moved: frozenset[int | None] = frozenset()
    had: frozenset[str] = frozenset()
    silences: tuple[Silence, ...] = ()

    def of(self, rule: str, started_at: datetime) -> Self:
        """Return what concerns one wait."""
        key = rule, started_at
        return replace(
            self,
            alerts=tuple(
                each
                for each in self.alerts
                if (each.seen.rule, each.seen.started_at) == key
            ),
            tellings=tuple(
                each for each in self.tellings if (each.rule, each.started_at) == key
            ),
        )


def read(
    connection: Connection, source: str, application_id: str, *, by: datetime, day: date
) -> History:
    """Return what was remembered of an application by then, a moment of that day."""
    ours = alerts.c.source == source, alerts.c.application_id == application_id
    later = select(notices.c.alert_id).where(notices.c.created_at > by)
    had = select(posts.c.recipient).where(
        posts.c.sent_on == day,
        posts.c.kind == PostKind.DIGEST,
        or_(posts.c.sent_at.is_(None), posts.c.sent_at <= by),
    )
    opened = select(alerts).where(*ours, alerts.c.opened_at <= by)
    moved = later.join_from(notices, alerts).where(*ours).distinct()
    return History(
        tuple(_alert(row, by) for row in connection.execute(opened)),
        tuple(_tellings(connection, source, application_id, by)),
        frozenset(connection.execute(moved).scalars()),
        frozenset(connection.execute(had).scalars()),
        tuple(silent(connection, source, by=by)),
    )


def silent(connection: Connection, source: str, *, by: datetime) -> Iterator[Silence]:
    """Yield the silences that may fit an alert of the source, as they stood by then."""
    made = select(kept.c.id).where(kept.c.created_at <= by)
    known = frozenset(connection.execute(made).scalars())
    for each in silences.read(connection, now=by):
        if each.id in known and each.source in {None, source}:
            # Who ended it did so later: at the time it had no such end.
            yield replace(each, ends_at=None, ended_by=None) if each.ended_by else each


def _alert(row: Row[Any], by: datetime) -> Alert:
    alert = records.read(row)
    if row.closed_at is not None and row.closed_at > by:
        return replace(alert, state=State.WARNING)  # open at that time, in whatever way
    return alert


def tellings(connection: Connection, *which: ColumnElement[bool]) -> Iterator[Telling]:
    """Yield the notices of these alerts as they stand now, in the order they were due."""
    for *values, _ in connection.execute(_told().where(*which)):
        yield _telling(values)


def _tellings(
    connection: Connection, source: str, application_id: str, by: datetime
) -> Iterator[Telling]:
    """Yield the notices of all alerts of an application, in the order they were due."""
    query = (
        _told()
        .where(alerts.c.source == source, alerts.c.application_id == application_id)
        .where(alerts.c.opened_at <= by, notices.c.created_at <= by)
    )
    for *values, closed_at in connection.execute(query):
        telling = _telling(values)
        sent_later = telling.sent_at is not None and telling.sent_at > by
        settled_later = telling.is_settled and closed_at and closed_at > by
        if sent_later or settled_later:
            telling = replace(
                telling,
                status=NoticeStatus.QUEUED,
                sent_at=None,
                reason=None,
                reader=None,
            )
        yield telling


def _telling(values: Iterable[Any]) -> Telling:
    telling = Telling(*values)
    return replace(telling, status=NoticeStatus(telling.status))


def _told() -> Select[Any]:
    """Return the query of what a telling is made of, and of when its alert closed."""
    return (
        select(
            alerts.c.rule,
            alerts.c.started_at,
            notices.c.firing,
            notices.c.recipient,
            notices.c.due_at,
            notices.c.status,
            posts.c.sent_at,
            notices.c.reason,
            posts.c.recipient,
            alerts.c.closed_at,
        )
        .join_from(notices, alerts)
        .join(posts, posts.c.id == notices.c.post_id, isouter=True)
        .order_by(notices.c.due_at, notices.c.id)
    )
