"""What the next cycle would open, close and tell, read off the decision it would keep."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.alerts import Change, Reason, State
from monitor.cycle import Decision, Report
from monitor.evaluate import Finding
from monitor.outbox import Digests, Notice
from monitor.rules import Rulebook


class Fate(StrEnum):
    """What becomes of an alert; several may be true of one change."""

    OPENED = "opened"
    BREACHED = "breached"
    ESCALATED = "escalated"
    RETARGETED = "retargeted"
    CLOSED = "closed"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that somebody would get, and the first digest that can carry it."""

    seen: Finding
    step: str
    notice: Notice
    goes_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What one source's next cycle would do."""

    source: str
    report: Report
    changes: list[tuple[Change, tuple[Fate, ...]]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def tally(self) -> Counter[tuple[str, Fate]]:
        """Return how many alerts of each rule meet each fate."""
        return Counter(
            (change.alert.seen.rule, fate)
            for change, fates in self.changes
            for fate in fates
        )

    @property
    def notices(self) -> Counter[str]:
        """Return how many lines each rule would send, a step to two people counted twice."""
        return Counter(line.seen.rule for line in self.lines)


def preview(
    decision: Decision,
    rulebook: Rulebook,
    digests: Digests,
    *,
    had_post: Collection[str] = (),
) -> Preview:
    """Return what a decision comes to; goes through what is owed in it.

    `had_post`: who has the digest of the day already, and waits for the next one.
    """
    made = Preview(decision.report.run.source, decision.report)
    now = decision.report.run.as_of
    steps = {each.name: each.at for rule in rulebook.rules for each in rule.firings}
    for change, notices in decision.owed:
        told = tuple(fates(change))
        if told:
            made.changes.append((change, told))
        for notice in notices:
            at = goes_at(
                notice.due_at, digests, had=notice.recipient in had_post, now=now
            )
            step = steps[notice.firing]
            made.lines.append(Line(change.alert.seen, step, notice, at))
    return made


def fates(change: Change) -> Iterator[Fate]:
    """Yield what becomes of an alert; nothing where only a count of polls changed."""
    reasons = {each.reason for each in change.transitions}
    reached = {each.after for each in change.transitions if each.before != each.after}
    if not change.alert.is_open:
        yield Fate.CLOSED
        return
    if reasons & {Reason.OPENED, Reason.EVIDENCE_WITHDRAWN}:
        yield Fate.OPENED
    if State.BREACHED in reached:
        yield Fate.BREACHED
    if State.ESCALATED in reached:
        yield Fate.ESCALATED
    if Reason.RETARGETED in reasons:
        yield Fate.RETARGETED
    if change.firing is not None:
        yield Fate.TOLD


def goes_at(
    due_at: datetime, digests: Digests, *, had: bool, now: datetime
) -> datetime:
    """Return when a digest can first carry what is due then; `now` is at once."""
    at, today = max(due_at, now), digests.calendar.local_day(now)
    if had and digests.calendar.local_day(at) == today:
        at = digests.calendar.at_local(today + timedelta(days=1), time())
    return digests.opens(at) or at
