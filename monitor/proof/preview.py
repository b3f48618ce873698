"""What the next cycle would do: the cycle itself, on a copy of the state.

Nothing is told apart from the daemon's own code, so that it cannot come to differ.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.alerts import Alert, Reason, State, Transition
from monitor.configuration import Configuration
from monitor.cycle import Cycle, Report
from monitor.outbox import Digests, Notice
from monitor.source import Source
from monitor.store.outbox import turns
from monitor.store.rehearsal import Rehearsal


class Fate(StrEnum):
    """What becomes of an alert; several may be true of one."""

    OPENED = "opened"
    BREACHED = "breached"
    ESCALATED = "escalated"
    RETARGETED = "retargeted"
    CLOSED = "closed"
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Changed:
    """An alert as it would be, and how it would come to that."""

    alert: Alert
    transitions: tuple[Transition, ...]
    fates: tuple[Fate, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line that somebody would get, and the first digest that can carry it."""

    alert: Alert
    step: str
    notice: Notice
    goes_at: datetime

    @property
    def rule(self) -> str:
        return self.alert.seen.rule


@dataclass(frozen=True, slots=True)
class Preview:
    """What one source's next cycle would do.

    `lines` are those that somebody would get newly; `spared` those that wait now and
    would not be sent any more, since somebody else owes the step, or nobody does yet;
    `waiting` those that wait now and go on waiting.
    """

    source: str
    report: Report
    changes: list[Changed]
    lines: list[Line]
    spared: list[Line]
    waiting: list[Line]

    @property
    def tally(self) -> Counter[tuple[str, Fate]]:
        """Return how many alerts of each rule meet each fate."""
        return Counter(
            (each.alert.seen.rule, fate) for each in self.changes for fate in each.fates
        )


def preview(
    source: Source, loaded: Configuration, rehearsal: Rehearsal, *, now: datetime
) -> Preview:
    """Run the source's next cycle on the copy and return what that did."""
    report = Cycle(rehearsal.store, source, loaded).run(now=now)
    digests = Digests.configured(loaded)
    with rehearsal.store.read() as connection:
        had = turns.told_on(connection, loaded.calendar.local_day(now))
    steps = {
        each.name: each.at for rule in loaded.rulebook.rules for each in rule.firings
    }

    def line(alert: Alert, notice: Notice) -> Line:
        step = steps.get(notice.firing, notice.firing)
        late = notice.recipient in had
        return Line(
            alert, step, notice, goes_at(notice.due_at, digests, had=late, now=now)
        )

    done = rehearsal.effects(source.name)
    return Preview(
        source.name,
        report,
        sorted(
            (_changed(*each) for each in done.changes), key=lambda each: each.alert.key
        ),
        sorted((line(*each) for each in done.owed), key=_order),
        sorted((line(*each) for each in done.dropped), key=_order),
        sorted((line(*each) for each in done.waiting), key=_order),
    )


def _order(line: Line) -> tuple[str, datetime, str, str, str]:
    """Sort by digest, and within it as the digest's readers would look for it."""
    seen = line.alert.seen
    return (
        line.notice.recipient,
        line.goes_at,
        seen.rule,
        line.step,
        seen.application_id,
    )


def _changed(alert: Alert, transitions: Sequence[Transition]) -> Changed:
    return Changed(alert, tuple(transitions), tuple(_fates(alert, transitions)))


def _fates(alert: Alert, transitions: Sequence[Transition]) -> Iterator[Fate]:
    """Yield what becomes of an alert, in the order of the columns."""
    reasons = {each.reason for each in transitions}
    reached = {each.after for each in transitions if each.before != each.after}
    if not alert.is_open:
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
    if Reason.STEP_DUE in reasons:
        yield Fate.TOLD


def goes_at(
    due_at: datetime, digests: Digests, *, had: bool, now: datetime
) -> datetime:
    """Return when a digest can first carry what is due then; `now` is at once.

    `had`: today's digest went out already, so that tomorrow's has to carry it.
    """
    at, today = max(due_at, now), digests.calendar.local_day(now)
    if had and digests.calendar.local_day(at) == today:
        at = digests.calendar.at_local(today + timedelta(days=1), time())
    return digests.opens(at) or at
