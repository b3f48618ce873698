"""The alert state machine: what a finding, or its absence, does to what we remember.

Pure: an alert goes in with what the poll saw, and comes out with its transitions.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.evaluate import NOTHING, Ending, Finding, Late, Verdict
from monitor.rules import Kind, Place, Rule

GONE_AFTER = 2  # good polls without the application


class State(StrEnum):
    """Where an alert stands."""

    WARNING = "warning"
    BREACHED = "breached"
    ESCALATED = "escalated"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an alert changed."""

    OPENED = "opened"
    TARGET_PASSED = "target_passed"
    STEP_DUE = "step_due"
    EVIDENCE_WITHDRAWN = "evidence_withdrawn"
    ON_TIME = "on_time"
    LATE = "late"
    CLOSED = "closed"
    WAIVED = "waived"
    RULE_REMOVED = "rule_removed"
    EXEMPTED = "exempted"
    GONE = "gone"
    RETARGETED = "retargeted"


CLOSED_STATES = frozenset({State.RESOLVED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding that we remember; `seen` is the finding as the last poll saw it.

    `step` is the highest firing of the ladder that was reached, told or skipped;
    `rung` is its place, which still says so when the ladder was edited.
    `closing_polls` counts the good polls in a row that would have closed it.
    """

    id: int | None
    source: str
    seen: Finding
    state: State
    step: int
    closing_polls: int = 0
    effective_at: datetime | None = None
    reason: Reason | None = None
    rung: Place | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.seen.rule, self.seen.application_id

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES


@dataclass(frozen=True, slots=True)
class Transition:
    """What happened to an alert, and why; append-only."""

    before: State | None
    after: State
    reason: Reason
    effective_at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """An alert as it shall be, how it came to that, and the firing that tells somebody.

    `climbed_from` is the step that it stood on before the firing. `review` is the step
    that is due now, where notices that wait may be owed by somebody else, or no more.
    """

    alert: Alert
    transitions: tuple[Transition, ...]
    firing: int | None = None
    climbed_from: int = NOTHING
    review: int | None = None

    @property
    def turns(self) -> bool:
        """Tell a change that closes an alert, or opens a closed one again."""
        return not self.alert.is_open or self.opens_again

    @property
    def opens_again(self) -> bool:
        """Tell a change that opens an alert which was closed before."""
        return any(each.before in CLOSED_STATES for each in self.transitions)


def open_alert(
    source: str, finding: Finding, rule: Rule, *, closed: Alert | None, now: datetime
) -> Change | None:
    """Return the opening of an alert, or None where the finding is backlog.

    `closed` is an alert of the same key that was closed before: it opens again, and
    remembers which steps were told.
    """
    if finding.backlog:
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
    )
    first = Transition(before, state, reason, effective_at)
    # What waited when it closed is held against the step that is due now.
    review = finding.step if closed else None
    return replace(_climb(alert, rule, (first,), now), review=review)


def advance(
    alert: Alert, finding: Finding, rule: Rule, *, now: datetime
) -> Change | None:
    """Return what a finding of the same start does to an open alert, if anything."""
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
    if change == Change(alert, ()):
        return None
    before, after = alert.seen, finding
    if before.due_at != after.due_at or _owed_by(before) != _owed_by(after):
        return replace(change, review=finding.step)
    return change


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
    return _close(alert, state, reason, verdict.effective_at)


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
    return _close(alert, State.CANCELLED, Reason.GONE, now)


def remove(alert: Alert, *, now: datetime) -> Change:
    """Return the closing of an alert whose rule is no longer there."""
    return _close(alert, State.CANCELLED, Reason.RULE_REMOVED, now)


def _close(alert: Alert, state: State, reason: Reason, at: datetime) -> Change:
    closed = replace(
        alert,
        state=state,
        reason=reason,
        effective_at=at,
        closing_polls=alert.closing_polls + 1,
    )
    return Change(closed, (Transition(alert.state, state, reason, at),))
