"""What we remember of a finding, and what may happen to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.evaluate import NOTHING, Finding
from monitor.rules import Place


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
    SOURCE_REMOVED = "source_removed"
    EXEMPTED = "exempted"
    GONE = "gone"
    RETARGETED = "retargeted"
    SNOOZED = "snoozed"
    ACKNOWLEDGED = "acknowledged"


class Overlay(StrEnum):
    """What a person laid over an alert: it holds back notices, never transitions."""

    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"


CLOSED_STATES = frozenset({State.RESOLVED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding that we remember; `seen` is the finding as the last poll saw it.

    `step` is the highest firing of the ladder that was reached, told or skipped;
    `rung` is its place, which still says so when the ladder was edited.
    `closing_polls` counts the good polls in a row that would have closed it. An overlay
    without a time holds nothing back: it only says that somebody is on it.
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
    overlay: Overlay | None = None
    overlay_until: datetime | None = None
    snoozes: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.seen.rule, self.seen.application_id

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES

    def is_quiet(self, now: datetime) -> bool:
        """Tell an alert of which nobody is told for now."""
        return self.overlay_until is not None and self.overlay_until > now


@dataclass(frozen=True, slots=True)
class Transition:
    """What happened to an alert, and why; append-only.

    `actor` is who did it by hand; None: a poll saw it so.
    """

    before: State | None
    after: State
    reason: Reason
    effective_at: datetime
    note: str = ""
    actor: str | None = None


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
