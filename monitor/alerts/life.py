"""The alert state machine: what a finding, or its absence, does to what we remember.

Pure: an alert goes in with what the poll saw, and comes out with its transitions.
"""

from dataclasses import replace
from datetime import datetime

from monitor.alerts.nouns import Alert, Change, Reason, State, Transition
from monitor.evaluate import NOTHING, Ending, Finding, Late, Verdict
from monitor.rules import Kind, Rule

GONE_AFTER = 2  # good polls without the application
_FACTS = Finding._fields.index("owner")  # from here on: what a message needs to know


def open_alert(
    source: str, finding: Finding, rule: Rule, *, closed: Alert | None, now: datetime
) -> Change | None:
    """Return the opening of an alert; None for backlog, and for a wait that was waived.

    `closed` is an alert of the same key that was closed before: it opens again, and
    remembers which steps were told, and how often it was put off.
    """
    if finding.backlog or (closed and closed.reason is Reason.WAIVED):
        return None
    before = closed.state if closed else None
    reason = Reason.EVIDENCE_WITHDRAWN if closed else Reason.OPENED
    state = State(finding.late.value)
    effective_at = finding.due_at if finding.late is Late.BREACHED else now
    alert = Alert(
        id=closed.id if closed else None,
        source=source,
        seen=finding,
        state=state,
        step=_standing(closed, rule) if closed else NOTHING,
        rung=closed.rung if closed else None,
        snoozes=closed.snoozes if closed else 0,
    )
    first = Transition(before, state, reason, effective_at)
    # What waited when it closed is held against the step that is due now.
    review = finding.step if closed else None
    return replace(_climb(alert, rule, (first,), now), review=review)


def advance(
    alert: Alert, finding: Finding, rule: Rule, *, now: datetime
) -> Change | None:
    """Return what a finding of the same start does to an open alert, if anything."""
    if _is_known(alert, finding, rule):
        return None
    state = alert.state
    transitions: list[Transition] = []
    if alert.seen.due_at != finding.due_at:
        note = f"due {alert.seen.due_at.isoformat()} -> {finding.due_at.isoformat()}"
        transitions.append(Transition(state, state, Reason.RETARGETED, now, note))
        if finding.late is Late.WARNING and state is not State.WARNING:
            transitions[-1] = replace(transitions[-1], after=State.WARNING)
            state = State.WARNING
    if state is State.WARNING and finding.late is Late.BREACHED:
        transitions.append(
            Transition(state, State.BREACHED, Reason.TARGET_PASSED, finding.due_at)
        )
        state = State.BREACHED
    step = _standing(alert, rule)
    moved = replace(alert, seen=finding, state=state, step=step, closing_polls=0)
    change = _climb(moved, rule, tuple(transitions), now)
    before, after = alert.seen, finding
    if before.due_at != after.due_at or _owed_by(before) != _owed_by(after):
        return replace(change, review=finding.step)
    return change


def _is_known(alert: Alert, finding: Finding, rule: Rule) -> bool:
    """Tell a finding that changes nothing, which is nearly every one of every poll."""
    seen = alert.seen
    return (
        (finding.step <= alert.step or finding.backlog)
        and finding.due_at == seen.due_at
        and (finding.late is Late.WARNING or alert.state is not State.WARNING)
        and not alert.closing_polls
        and finding[_FACTS:] == seen[_FACTS:]
        and _standing(alert, rule) == alert.step
    )


def _standing(alert: Alert, rule: Rule) -> int:
    """Return the alert's step in the ladder as that is now; an edit re-sends nothing."""
    return alert.step if alert.rung is None else rule.reached(alert.rung)


def _owed_by(finding: Finding) -> tuple[str | None, ...]:
    return finding.owner, finding.recruiter, finding.manager, finding.decided_by


def _climb(
    alert: Alert, rule: Rule, transitions: tuple[Transition, ...], now: datetime
) -> Change:
    """Take the highest step that is due; the steps below it are recorded, not sent."""
    step = alert.seen.step
    if step <= alert.step or alert.seen.backlog:
        return Change(remember(alert), transitions)
    told = rule.highest(alert.step, step)
    together = rule.together(told, alert.step, step)
    state = alert.state
    if any(rule.firings[n].kind is Kind.ESCALATION for n in together):
        state = State.ESCALATED
    fallen = range(alert.step + 1, step + 1)
    skipped = [rule.firings[n].at for n in fallen if n not in together]
    note = rule.firings[told].at + (
        f"; skipped {', '.join(skipped)}" if skipped else ""
    )
    due = Transition(alert.state, state, Reason.STEP_DUE, now, note)
    rung = rule.firings[step].place
    climbed = remember(replace(alert, state=state, step=step, rung=rung))
    return Change(climbed, (*transitions, due), told, alert.step)


def step_back(alert: Alert, rule: Rule | None, step: int) -> Alert:
    """Return the alert on an earlier step, since a later one was never told."""
    rung = rule.firings[step].place if rule and step != NOTHING else None
    return replace(alert, step=step, rung=rung)


def remember(alert: Alert) -> Alert:
    """Return the alert with what is read off its own state left out of the finding."""
    late = Late.WARNING if alert.state is State.WARNING else Late.BREACHED
    seen = alert.seen._replace(step=alert.step, late=late, backlog=False)
    return replace(alert, seen=seen)


def settle(alert: Alert, verdict: Verdict) -> Change:
    """Return the closing of an alert whose application was read and is no finding."""
    reason = _reason(alert, verdict)
    resolved = reason in {Reason.ON_TIME, Reason.LATE, Reason.CLOSED}
    state = State.RESOLVED if resolved else State.CANCELLED
    return close(alert, state, reason, verdict.effective_at)


def _reason(alert: Alert, verdict: Verdict) -> Reason:
    match verdict.ending:
        case Ending.STOPPED:
            on_time = verdict.effective_at <= alert.seen.due_at
            return Reason.ON_TIME if on_time else Reason.LATE
        case Ending.CLOSED:
            return Reason.CLOSED
        case Ending.EXEMPTED:
            return Reason.EXEMPTED
        case Ending.MOVED:  # pragma: no branch - there is no other
            return Reason.RETARGETED


def miss(alert: Alert, *, now: datetime) -> Change:
    """Return what a good poll without the application does: count, then close."""
    if alert.closing_polls + 1 < GONE_AFTER:
        return Change(replace(alert, closing_polls=alert.closing_polls + 1), ())
    return vanish(alert, now=now)


def vanish(alert: Alert, *, now: datetime) -> Change:
    """Return the closing of an alert whose application is gone."""
    return close(alert, State.CANCELLED, Reason.GONE, now)


def remove(alert: Alert, *, now: datetime) -> Change:
    """Return the closing of an alert whose rule is no longer there."""
    return close(alert, State.CANCELLED, Reason.RULE_REMOVED, now)


def orphan(alert: Alert, *, now: datetime) -> Change:
    """Return the closing of an alert whose source nobody reads any more."""
    return close(alert, State.CANCELLED, Reason.SOURCE_REMOVED, now)


def close(alert: Alert, state: State, reason: Reason, at: datetime) -> Change:
    """Return the closing of an alert, and of what was laid over it."""
    closed = replace(
        alert,
        state=state,
        reason=reason,
        effective_at=at,
        closing_polls=alert.closing_polls + 1,
        overlay=None,
        overlay_until=None,
    )
    return Change(closed, (Transition(alert.state, state, reason, at),))
