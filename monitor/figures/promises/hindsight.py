"""What became of a promise to one application: the plain way, off the row as it stood.

`glance` does the same for many rows at once, and asks here where that will not do.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from monitor import evaluate
from monitor.evaluate import PLANNED, Check, Rows
from monitor.evaluate.conditions import Sieve, sieve
from monitor.model import Application
from monitor.past import as_of
from monitor.rules import Comparison, Rule, Test, Tests
from monitor.worktime import Duration

TICK = timedelta.resolution
# What else may have stood in a column that keeps its last value only.
_BEFORE = {
    "last_reply_at": ("first_reply_at", "last_written_at", "called_at", "told_at"),
    "last_written_at": ("told_at",),
    "called_at": ("told_at",),
    "waiting_since": ("shared_at",),
}


class Outcome(NamedTuple):
    """What became of the promise of the clock that started then, and when that was."""

    started_at: datetime
    known_at: datetime
    is_kept: bool


def is_told(rule: Rule) -> bool:
    """Tell whether milestones say what became of a rule's promises.

    Where each stop takes the start's place only the last clock is known: of somebody
    who had ten letters nobody can say whether each of them came in time.
    """
    return set(rule.clock.starts).isdisjoint(rule.clock.stops)


class Hindsight:
    """One rule, held against an application as of earlier instants."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self._tests = _Tests(check.rule.tests, check)
        self._exempt = [_Tests(tests, check) for tests in check.rule.exempt]
        names = dict.fromkeys(check.rule.clock.starts)
        for name in tuple(names):
            names |= dict.fromkeys(_BEFORE.get(name, ()))
        self._starts = [evaluate.get(name) for name in names]

    def outcomes(self, row: Application) -> Iterator[Outcome]:
        """Yield what became of each clock that the application is known to have had."""
        for started_at in self._started(row):
            stopped_at = self._stopped(row, started_at)
            outcome = stopped_at and self._at_stop(row, started_at, stopped_at)
            outcome = outcome or self._at_deadline(row, started_at, stopped_at)
            if outcome:
                yield outcome

    def _started(self, row: Application) -> list[datetime]:
        """Return when a clock may have started, each instant once."""
        found = {at for read in self._starts if (at := read(row)) is not None}
        if "waiting_since" in self.check.rule.clock.starts:
            found |= {at for spell in row.paused or () for at in spell}
        floor, now = self.check.floor, self.check.as_of
        return sorted(at for at in found if at <= now and not (floor and at < floor))

    def _stopped(self, row: Application, started_at: datetime) -> datetime | None:
        """Return the first stop; what was overwritten since is seen just before it."""
        seen, stopped_at = row, None
        while (at := self._first_stop(seen, started_at)) != stopped_at:
            if at is None:
                break
            stopped_at = at
            seen = as_of(row, _before(stopped_at, started_at))
        return stopped_at

    def _first_stop(self, row: Application, started_at: datetime) -> datetime | None:
        stops = evaluate.stops(self.check, row, started_at)
        return min((at for at, _ in stops), default=None)

    def _at_stop(
        self, row: Application, started_at: datetime, stopped_at: datetime
    ) -> Outcome | None:
        """Return what a stop made of the promise, if the clock ran till then."""
        at = _before(stopped_at, started_at)
        then = as_of(row, at)
        if at < row.applied_at or not self._is_asked(then, started_at, at):
            return None
        due_at = self._deadline(then, started_at)
        if due_at is None:
            return None
        is_kept = min(stopped_at, self._stood(then, started_at) or stopped_at) <= due_at
        return Outcome(started_at, stopped_at if is_kept else due_at, is_kept)

    def _at_deadline(
        self, row: Application, started_at: datetime, stopped_at: datetime | None
    ) -> Outcome | None:
        """Return the promise as broken, if the clock ran when it was due."""
        due_at = self._deadline(row, started_at)
        if due_at is None or due_at >= self.check.known_by or due_at < row.applied_at:
            return None
        if stopped_at is not None and stopped_at <= due_at:
            return None
        then = as_of(row, due_at)
        stood_at = self._stood(then, started_at)
        if stood_at is not None and stood_at <= due_at:
            return None
        if self._first_stop(then, started_at) is not None:
            return None
        asked = self._is_asked(then, started_at, due_at)
        return Outcome(started_at, due_at, is_kept=False) if asked else None

    def _deadline(self, row: Application, started_at: datetime) -> datetime | None:
        """Return when the promise was due; None where nothing was promised."""
        due_at: datetime | None = evaluate.deadline(self.check, row, started_at)
        return due_at if due_at is not None and due_at > started_at else None

    def _stood(self, row: Application, started_at: datetime) -> datetime | None:
        """Return since when the clock stood still, if it did."""
        pauses = self.check.rule.clock.pauses
        return evaluate.paused_since(row, started_at) if pauses else None

    def _is_asked(self, then: Application, started_at: datetime, at: datetime) -> bool:
        """Tell whether the rule's clock was this one, of this application."""
        if self.check.start(then) != started_at or not self._tests.hold(then, at):
            return False
        return not any(tests.hold(then, at) for tests in self._exempt)


def _before(stopped_at: datetime, started_at: datetime) -> datetime:
    """Return the last instant before a stop at which the clock had started."""
    return max(stopped_at - TICK, started_at)


class _Tests:
    """Tests as of any instant; those that ask for the time are made anew for each."""

    def __init__(self, tests: Tests, check: Check) -> None:
        self._calendar = check.limits.calendar
        self._fickle = [test for test in tests if _is_fickle(test)]
        self._steady = [
            sieve(test, self._calendar, check.as_of)
            for test in tests
            if not _is_fickle(test)
        ]

    def hold(self, row: Application, at: datetime) -> bool:
        """Tell whether all of them hold for a row as of an instant."""
        rows: Rows = (row,)
        fresh: Iterator[Sieve] = (
            sieve(test, self._calendar, at) for test in self._fickle
        )
        return all(keep(rows) for keep in (*self._steady, *fresh))


def _is_fickle(test: Test) -> bool:
    ago = isinstance(test, Comparison) and isinstance(test.bound, Duration)
    return ago or test.column in PLANNED
