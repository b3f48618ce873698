"""An alert as a row of its table, and back."""

import sys
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from monitor.alerts import Alert, Overlay, Reason, State, Transition
from monitor.evaluate import Finding, Late, shared

_SHARED = (  # texts that many alerts have in common
    "owner",
    "recruiter",
    "manager",
    "decided_by",
    "candidate",
    "job_ref",
    "job_title",
    "department",
)
_FACTS = ("due_at", "url", *_SHARED)


def key(alert: Alert) -> dict[str, Any]:
    """Return what makes an alert this one and no other."""
    seen = alert.seen
    return {
        "source": alert.source,
        "rule": seen.rule,
        "application_id": seen.application_id,
        "started_at": seen.started_at,
    }


def values(alert: Alert, now: datetime) -> dict[str, Any]:
    """Return what a poll may change; what was laid over an alert is not its to write."""
    hours, rung = alert.rung or (None, None)
    return {name: getattr(alert.seen, name) for name in _FACTS} | {
        "state": alert.state,
        "step": alert.step,
        "rung": rung,
        "rung_hours": hours,
        "closing_polls": alert.closing_polls,
        "closed_at": None if alert.is_open else now,
        "effective_at": alert.effective_at,
        "reason": alert.reason,
    }


def read(row: Row[Any]) -> Alert:
    """Return the alert in a row of the table."""
    state = State(row.state)
    late = Late.WARNING if state is State.WARNING else Late.BREACHED
    facts: dict[str, Any] = {name: shared(getattr(row, name)) for name in _SHARED}
    seen = Finding(
        rule=sys.intern(row.rule),
        application_id=row.application_id,
        late=late,
        step=row.step,
        started_at=row.started_at,
        backlog=False,
        due_at=row.due_at,
        url=row.url,
        **facts,
    )
    return Alert(
        id=row.id,
        source=sys.intern(row.source),
        seen=seen,
        state=state,
        step=row.step,
        closing_polls=row.closing_polls,
        effective_at=row.effective_at,
        reason=Reason(row.reason) if row.reason else None,
        rung=None if row.rung is None else (row.rung_hours, sys.intern(row.rung)),
        overlay=Overlay(row.overlay) if row.overlay else None,
        overlay_until=row.overlay_until,
        snoozes=row.snoozes,
    )


def transition(row: Row[Any]) -> Transition:
    """Return what happened to an alert, from a row of the table of that."""
    return Transition(
        before=State(row.before) if row.before else None,
        after=State(row.after),
        reason=Reason(row.reason),
        effective_at=row.effective_at,
        note=row.note,
        actor=row.actor,
    )
