"""What became of a rule's promises to many applications at once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from monitor.evaluate import Check, Late
from monitor.evaluate.conditions import Sieve, sieve
from monitor.figures.batch import Batch
from monitor.figures.promises import glance
from monitor.figures.promises.glance import Row
from monitor.figures.promises.hindsight import Hindsight
from monitor.figures.promises.swift import Cases, Swift
from monitor.model import Ball, Status
from monitor.rules import Condition

EVER = datetime.min.replace(tzinfo=UTC)


class Outcomes:
    """One rule's promises that were kept or broken after an instant, and up to now.

    Nearly all are a matter of comparisons; the rest are read off the row of then.
    """

    def __init__(self, check: Check, after: datetime = EVER) -> None:
        self.rule = check.rule.id
        self._after, self._now = after, check.as_of
        self._plain = Hindsight(check)
        self._swift = Swift.of(check, after)
        self._sieves = list(_coarse(check))

    def take(self, batch: Batch) -> tuple[Cases, Cases]:
        """Return those kept and those broken, and when they were."""
        found = batch.found.get(self.rule, ())
        running = {id(row): each.started_at for row, each in found}
        kept: Cases = []
        broken: Cases = [
            (row, each.due_at) for row, each in found if each.late is Late.BREACHED
        ]
        odd = rows = self._possible(batch.rows)
        if self._swift is not None:
            odd = self._swift.odd(rows)
            if odd:
                ids = {id(row) for row in odd}
                rows = [row for row in rows if id(row) not in ids]
            in_time, late = self._swift.take(batch, rows, running)
            kept += in_time
            broken += late
        for row in odd:
            for outcome in self._plain.outcomes(row):
                if outcome.started_at != running.get(id(row)):
                    cases = kept if outcome.is_kept else broken
                    cases.append((row, outcome.known_at))
        return self._within(kept), self._within(broken)

    def _within(self, cases: Cases) -> Cases:
        after, now = self._after, self._now
        return [each for each in cases if after < each[1] <= now]

    def _possible(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Leave out rows to which the rule can never have applied."""
        for keep in self._sieves:
            if not rows:
                break
            rows = keep(rows)
        return rows


def _coarse(check: Check) -> Iterator[Sieve]:
    """Yield sieves for what holds of the row of today if it ever held."""
    calendar, now = check.limits.calendar, check.as_of
    for test in check.rule.tests:
        asks_value = isinstance(test, Condition) and test.wanted
        if glance.is_fixed(test) or (asks_value and test.column in glance.PLAIN):
            yield sieve(test, calendar, now)
        elif isinstance(test, Condition) and test.column == "status":
            yield from _statuses(test)
        elif isinstance(test, Condition) and test.column == "waiting_on":
            yield from _balls(test)


def _statuses(test: Condition) -> Iterator[Sieve]:
    """Yield the sieve of a status that is not the one before all others."""
    right = tuple(each for each in Status if glance.meets(test, each))
    if Status.OPEN not in right:
        yield lambda rows: [row for row in rows if row.status in right]


def _balls(test: Condition) -> Iterator[Sieve]:
    """Yield the sieve of a holder of the ball who leaves a mark: the line manager."""
    if test.wanted and test.values == frozenset[object]({Ball.MANAGER}):
        yield lambda rows: [
            row
            for row in rows
            if row.shared_at is not None or row.waiting_on is Ball.MANAGER
        ]
