"""Counts the figures of one poll while its rows go by; keeps counters and no row."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from monitor.evaluate import SKEW, Check
from monitor.figures import folding, reach
from monitor.figures.answers import Answers
from monitor.figures.batch import Batch, Found
from monitor.figures.duties import Duty
from monitor.figures.nouns import Figures, Kept, Window
from monitor.figures.promises.hindsight import is_told
from monitor.figures.promises.outcomes import Outcomes
from monitor.figures.surveys import Surveys
from monitor.figures.waiting import Waiting
from monitor.model import Application, Closure

_department, _applied_at = attrgetter("department"), attrgetter("applied_at")


class Tally:
    """Fed with a poll's rows, and with what each rule found in them.

    `lookback`: how long the source tells of those who are decided; what looks further
    back is left out.
    """

    def __init__(
        self,
        checks: Sequence[Check],
        columns: Collection[str],
        *,
        now: datetime,
        departments: int,
        lookback: timedelta = reach.EVER,
    ) -> None:
        self._now, self._most = now, departments
        self._horizon = now + SKEW
        self._sizes: Counter[str | None] = Counter()
        self._waiting = Waiting(now)
        self._answers = Answers(now, columns, lookback)
        told = [each for each in checks if is_told(each.rule)]
        self._promises = [_Promise(each, now, lookback) for each in told]
        self._surveys = Surveys(told, now, lookback)
        self._duties = [Duty(each) for each in checks if each.rule.legal]

    def take(
        self,
        rows: Sequence[Application],
        closures: Sequence[Closure],
        found: Mapping[str, Found],
    ) -> None:
        """Count these applications, each with its closure; `found` is by rule."""
        batch = Batch(rows, found, closures)
        if max(map(_applied_at, rows), default=self._horizon) > self._horizon:
            batch = _begun(batch, self._horizon)
        self._sizes.update(map(_department, batch.rows))
        self._waiting.take(batch)
        self._answers.take(batch)
        self._surveys.take(batch)
        for promise in self._promises:
            promise.take(batch)
        for duty in self._duties:
            duty.take(batch)

    def figures(self) -> Figures:
        """Return what was counted, with small departments folded."""
        into = folding.Fold.of(self._sizes, self._most)
        waiting, answers = self._waiting, self._answers
        return Figures(
            as_of=self._now,
            waiting=into.counted(waiting.waiting),
            turns=into.summed(waiting.turns),
            overdue=into.counted(waiting.overdue),
            overdue_jobs=waiting.overdue_jobs,
            promises={
                key: kept
                for promise in self._promises
                for key, kept in promise.kept(into).items()
            },
            first_reply=answers.first_reply.spread,
            decided_to_told=answers.decided_to_told.spread,
            interviewed_told=answers.interviewed_told,
            answerable=answers.answerable,
            never_answered=answers.never_answered,
            surveys=self._surveys.surveys,
            legal={
                duty.check.rule.id: duty.due_at
                for duty in self._duties
                if duty.due_at is not None
            },
            legal_missed=Counter(
                {duty.check.rule.id: duty.missed for duty in self._duties}
            ),
        )


def _begun(batch: Batch, horizon: datetime) -> Batch:
    """Leave out the applications of days to come: nobody waits there yet."""
    pairs = zip(batch.rows, batch.closures, strict=True)
    kept = [each for each in pairs if each[0].applied_at <= horizon]
    found = {
        rule: [each for each in found if each[0].applied_at <= horizon]
        for rule, found in batch.found.items()
    }
    return Batch([row for row, _ in kept], found, [closure for _, closure in kept])


class _Promise:
    """Counts what became of one rule's promises, by department and window."""

    def __init__(self, check: Check, now: datetime, lookback: timedelta) -> None:
        self._rule = check.rule.id
        self._windows = [
            each for each in Window if reach.of_promise(check.rule, each) <= lookback
        ]
        self._outcomes = Outcomes(check, now - Window.WIDE.length)
        self._narrow = now - Window.NARROW.length
        self._counts: Counter[tuple[str | None, bool, bool]] = Counter()

    def take(self, batch: Batch) -> None:
        narrow = self._narrow
        both = self._outcomes.take(batch)
        for is_kept, told in zip((True, False), both, strict=True):
            self._counts.update(
                [(row.department, is_kept, at > narrow) for row, at in told]
            )

    def kept(self, into: folding.Fold) -> dict[tuple[str, str, Window], Kept]:
        """Return the counts, in each window departments with few cases folded anew."""
        counts = into.counted(self._counts)
        found: dict[tuple[str, str, Window], Kept] = {}
        for window in self._windows:
            within = [
                (department, Kept(count, count * is_kept))
                for (department, is_kept, is_narrow), count in counts.items()
                if is_narrow or window is Window.WIDE
            ]
            sizes: Counter[str] = Counter()
            for department, each in within:
                sizes[department] += each.cases
            names = folding.fold(sizes)
            for department, each in within:
                key = self._rule, names[department], window
                cases, kept = found.get(key, Kept())
                found[key] = Kept(cases + each.cases, kept + each.kept)
        return found
