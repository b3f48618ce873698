"""The promises on the page: how many were kept, against the goal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.configuration import Configuration
from monitor.cycle import Report
from monitor.figures import reach
from monitor.figures.nouns import LEADING, Figures, Window
from monitor.figures.promises.hindsight import is_told
from monitor.language import Language
from monitor.messages import words
from monitor.metrics import business
from monitor.metrics import rules as standing
from monitor.page.amounts import Amount, Counts, Share, amount, series
from monitor.page.states import State
from monitor.rules import Rule


class Verdict(StrEnum):
    """What is said of a share; also how the page draws it."""

    KEPT = "kept"
    SHORT = "short"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many promises were kept within a window."""

    share: Share
    window: Window
    verdict: Verdict

    @property
    def days(self) -> int:
        return self.window.length.days


@dataclass(frozen=True, slots=True)
class Deadline:
    """The law's next deadline, which may have gone by."""

    at: Amount
    away: str
    is_past: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """One rule's promise in one source, and what else is to know of it there."""

    rule: Rule
    outcome: Outcome
    lacks: tuple[str, ...]
    deadline: Deadline | None
    notes: tuple[tuple[Amount, str], ...]
    is_counted: bool
    late: Amount
    lookback: str  # where it is too short for the window that would be told


@dataclass(frozen=True, slots=True)
class Leading:
    """The promise that is told first, and what became of it."""

    promise: str
    outcome: Outcome


class Promises:
    """What became of the promises in one source."""

    def __init__(
        self,
        report: Report,
        figures: Figures,
        configuration: Configuration,
        known: Sequence[State],
        *,
        now: datetime,
    ) -> None:
        self._late = {each.rule: each.late for each in known}
        self._rules = configuration.rulebook.rules
        on = {rule.id for rule in self._rules}
        found = {key: each for key, each in figures.promises.items() if key[0] in on}
        cases = {key: each.cases for key, each in found.items()}
        kept = {key: each.kept for key, each in found.items()}
        self._source = report.run.source
        sources = configuration.settings.sources
        self._lookback = next(
            (each.lookback for each in sources if each.name == self._source), reach.EVER
        )
        self._cases = Counts(business.CASES, self._source, cases)
        self._kept = Counts(business.KEPT, self._source, kept)
        self._report = report
        self._figures = figures
        self._calendar = configuration.calendar
        self._now = now
        self.goal = configuration.settings.metrics.goal

    def overall(self) -> Outcome:
        """Return what became of all of them."""
        return self._outcome()

    def leading(self) -> Leading | None:
        """Return the promise that leads, if there are cases enough to speak of."""
        outcome = self._outcome(rule=LEADING)
        promised = (rule for rule in self._rules if rule.id == LEADING and rule.target)
        rule = next(promised, None)
        if rule is None or not outcome.share.says_enough:
            return None
        return Leading(rule.promise, outcome)

    def each(self) -> list[Promise]:
        """Return the promise of each rule, in the order of their files."""
        return [self._promise(rule) for rule in self._rules]

    def _promise(self, rule: Rule) -> Promise:
        lacks = tuple(sorted(self._report.unmeasurable.get(rule.id, ())))
        outcome = self._outcome(rule=rule.id)
        return Promise(
            rule,
            outcome,
            lacks,
            self._deadline(rule.id),
            tuple(self._notes(rule.id)),
            is_told(rule),
            self._late[rule.id],
            self._too_short(rule, outcome.window),
        )

    def _too_short(self, rule: Rule, window: Window) -> str:
        """Return the source's lookback where the window's cases are not all counted."""
        is_short = reach.of_promise(rule, window) > self._lookback
        return words.plural(self._lookback.days, "day") if is_short else ""

    def _outcome(self, **labels: str) -> Outcome:
        """Return the outcome in the window that says something."""
        narrow = self._cases.of(window=Window.NARROW, **labels)
        window = Window.telling(int(narrow.value))
        share = Share(
            self._kept.of(window=window, **labels),
            self._cases.of(window=window, **labels),
        )
        return Outcome(share, window, self._verdict(share))

    def _verdict(self, share: Share) -> Verdict:
        if not share.says_enough:
            return Verdict.FEW
        is_met = share.ratio.value >= self.goal
        return Verdict.KEPT if is_met else Verdict.SHORT

    def _deadline(self, rule: str) -> Deadline | None:
        """Return the law's next deadline; `/metrics` tells it as seen at the poll."""
        due_at = self._figures.legal.get(rule)
        if due_at is None:
            return None
        seconds = (due_at - self._figures.as_of).total_seconds()
        text = words.moment(due_at, self._calendar, now=self._now)
        where = series(business.LEGAL, source=self._source, rule=rule)
        first, last = sorted((due_at, self._now))
        away = words.silence(first, last, language=Language.EN)
        return Deadline(Amount(text, seconds, where), away, due_at <= self._now)

    def _notes(self, rule: str) -> Iterator[tuple[Amount, str]]:
        """Yield what is wrong beside the share, and how often."""
        labels = {"source": self._source, "rule": rule}
        if missed := self._figures.legal_missed[rule]:
            found = amount(missed, business.LEGAL_MISSED, **labels)
            yield found, "past the law's deadline, and no answer is seen"
        if held := self._report.held.get(rule, 0):
            found = amount(held, standing.HELD, **labels)
            yield found, "closings held until they are believed"
        if old := self._report.backlog[rule]:
            found = amount(old, standing.BACKLOG, **labels)
            yield found, "too old to nudge anybody about"
