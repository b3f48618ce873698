"""How an alert is told on paper and to programs; the same for every command."""

from datetime import datetime

from monitor.alerts import Alert, Overlay
from monitor.cli import instants
from monitor.configuration import Configuration
from monitor.messages import words


def about(alert: Alert) -> str:
    """Return whom and what an alert is about: "A. K. · Nurse (first-reply)"."""
    seen = alert.seen
    named = " · ".join(filter(None, (seen.candidate, seen.job_title or seen.job_ref)))
    return f"{named or seen.application_id} ({seen.rule})"


def lateness(alert: Alert, loaded: Configuration, now: datetime) -> str:
    """Return how late an open alert is, or when a closed one was settled."""
    calendar = loaded.calendar
    if not alert.is_open:
        at = alert.effective_at
        return words.day(at, calendar, now=now) if at else ""
    due_at = alert.seen.due_at
    rule = loaded.rulebook.get(alert.seen.rule)
    target = rule.target if rule and rule.target else words.SOME_DAYS
    if due_at <= now:
        return f"{words.span(due_at, now, target, calendar)} late"
    return f"due {words.moment(due_at, calendar, now=now)}"


def standing(alert: Alert) -> str:
    """Return where an alert stands, and why where it is closed."""
    if alert.is_open or alert.reason is None:
        return alert.state
    return f"{alert.state} ({alert.reason.replace('_', ' ')})"


def quiet(
    alert: Alert, loaded: Configuration, now: datetime, *, is_silenced: bool
) -> str:
    """Return why nobody is told of an alert for now, and who is on it."""
    said = []
    if alert.is_open and alert.is_quiet(now):
        until = alert.overlay_until or now
        when = words.moment(until, loaded.calendar, now=now)
        said.append(f"{alert.overlay} until {when}")
    elif alert.is_open and alert.overlay is Overlay.ACKNOWLEDGED:
        said.append(str(alert.overlay))
    if alert.is_open and is_silenced:
        said.append("silenced")
    return ", ".join(said)


def facts(alert: Alert, now: datetime, *, is_silenced: bool) -> dict[str, object]:
    """Return an alert as programs read it."""
    seen = alert.seen
    late = (now - seen.due_at).total_seconds()
    is_held = alert.is_open and alert.is_quiet(now)
    return {
        "id": alert.id,
        "source": alert.source,
        "rule": seen.rule,
        "application": seen.application_id,
        "candidate": seen.candidate,
        "job": seen.job_title,
        "job_ref": seen.job_ref,
        "department": seen.department,
        "owner": seen.owner,
        "state": alert.state,
        "reason": alert.reason,
        "started_at": instants.rfc3339(seen.started_at),
        "due_at": instants.rfc3339(seen.due_at),
        "late_seconds": max(0, int(late)) if alert.is_open else None,
        "overlay": alert.overlay if is_held or not alert.overlay_until else None,
        "overlay_until": _instant(alert.overlay_until) if is_held else None,
        "snoozes": alert.snoozes,
        "silenced": is_silenced,
        "url": seen.url,
    }


def _instant(at: datetime | None) -> str | None:
    return instants.rfc3339(at) if at else None
