"""The promises on the page: how many were kept, against the goal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.configuration import Configuration
from monitor.cycle import Report
from monitor.figures.nouns import Figures, Window
from monitor.language import Language
from monitor.messages import words
from monitor.metrics import business
from monitor.metrics import rules as standing
from monitor.page.amounts import Amount, Counts, Share, amount, series
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
    days: int
    verdict: Verdict


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


class Promises:
    """What became of the promises in one source."""

    def __init__(
        self,
        report: Report,
        figures: Figures,
        configuration: Configuration,
        *,
        now: datetime,
    ) -> None:
        self._rules = configuration.rulebook.rules
        on = {rule.id for rule in self._rules}
        found = {key: each for key, each in figures.promises.items() if key[0] in on}
        cases = {key: each.cases for key, each in found.items()}
        kept = {key: each.kept for key, each in found.items()}
        self._source = report.run.source
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

    def each(self) -> list[Promise]:
        """Return the promise of each rule, in the order of their files."""
        return [self._promise(rule) for rule in self._rules]

    def _promise(self, rule: Rule) -> Promise:
        lacks = tuple(sorted(self._report.unmeasurable.get(rule.id, ())))
        return Promise(
            rule,
            self._outcome(rule=rule.id),
            lacks,
            self._deadline(rule.id),
            tuple(self._notes(rule.id)),
        )

    def _outcome(self, **labels: str) -> Outcome:
        """Return the outcome in the window that says something."""
        narrow = self._cases.of(window=Window.NARROW, **labels)
        window = Window.telling(int(narrow.value))
        share = Share(
            self._kept.of(window=window, **labels),
            self._cases.of(window=window, **labels),
        )
        return Outcome(share, window.length.days, self._verdict(share))

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
        """Yield what Svar does not do by itself, and how often."""
        labels = {"source": self._source, "rule": rule}
        if held := self._report.held.get(rule, 0):
            found = amount(held, standing.HELD, **labels)
            yield found, "closings held until they are believed"
        if old := self._report.backlog[rule]:
            found = amount(old, standing.BACKLOG, **labels)
            yield found, "too old to nudge anybody about"
