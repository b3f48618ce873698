"""What a person does to an alert by hand: put it off, take it on, or say it is enough.

An overlay holds back notices, never transitions: the steps climb all the same, and
when it ends the highest of those that nobody was told of goes out.
"""

from dataclasses import replace
from datetime import datetime

from monitor.alerts.life import close
from monitor.alerts.nouns import Alert, Change, Overlay, Reason, State, Transition
from monitor.errors import MonitorError
from monitor.rules import Rule
from monitor.worktime import Calendar

_TIMES = {0: "never", 1: "once", 2: "twice"}


class HandError(MonitorError):
    """A hand that asks for more than the rule, or the state of the alert, allows."""


def snooze(  # noqa: PLR0913 - all but three by name
    alert: Alert,
    rule: Rule,
    until: datetime,
    *,
    calendar: Calendar,
    actor: str,
    reason: str,
    now: datetime,
) -> Change:
    """Return what puts an alert off; raise HandError past what its rule allows.

    `calendar` is the one on which the rule's durations are counted.
    """
    _require_open(alert)
    allowed = rule.snooze
    if not allowed.at_most:
        message = f"{rule.id} is never put off (its rule says `snooze: never`)"
        raise HandError(message)
    if until <= now:
        message = "that time has passed; give a later `--until`"
        raise HandError(message)
    most = f"at most {allowed.longest}, {_times(allowed.at_most)}"
    if alert.snoozes >= allowed.at_most:
        message = f"{most}; this alert was snoozed {_times(alert.snoozes)} already"
        raise HandError(message)
    if until > calendar.shift(now, allowed.longest):
        message = f"{most}; what was asked for is longer"
        raise HandError(message)
    snoozed = replace(alert, snoozes=alert.snoozes + 1)
    return _lay(snoozed, Overlay.SNOOZED, until, actor=actor, reason=reason, now=now)


def acknowledge(
    alert: Alert,
    rule: Rule,
    *,
    calendar: Calendar,
    actor: str,
    reason: str = "",
    now: datetime,
) -> Change:
    """Return what somebody's word that they are on it does; raise HandError the second time.

    It is quiet for as long as one snooze lasts. Where the rule is never put off, it
    only says who is on it.
    """
    _require_open(alert)
    if alert.overlay is Overlay.ACKNOWLEDGED:
        message = "somebody is on this alert already; snooze or waive it"
        raise HandError(message)
    until = None
    if rule.snooze.at_most:
        until = calendar.shift(now, rule.snooze.longest)
        until = max(until, alert.overlay_until or until)
    how = {"actor": actor, "reason": reason}
    return _lay(alert, Overlay.ACKNOWLEDGED, until, **how, now=now)


def waive(alert: Alert, *, actor: str, reason: str, now: datetime) -> Change:
    """Return the closing of an alert since a person says that no reply is needed.

    It stays closed for as long as the same wait lasts.
    """
    _require_open(alert)
    change = close(alert, State.RESOLVED, Reason.WAIVED, now)
    [told] = change.transitions
    return replace(change, transitions=(replace(told, note=reason, actor=actor),))


def _lay(
    alert: Alert,
    overlay: Overlay,
    until: datetime | None,
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> Change:
    when = f"until {until.isoformat()}" if until else ""
    told = Transition(
        before=alert.state,
        after=alert.state,
        reason=Reason(overlay.value),
        effective_at=now,
        note="; ".join(filter(None, (when, reason))),
        actor=actor,
    )
    return Change(replace(alert, overlay=overlay, overlay_until=until), (told,))


def _require_open(alert: Alert) -> None:
    if not alert.is_open:
        message = f"it is closed already ({alert.state}, {alert.reason})"
        raise HandError(message)


def _times(count: int) -> str:
    return _TIMES.get(count, f"{count} times")
