"""Counts the figures of one poll while its rows go by; keeps counters and no row."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from monitor.evaluate import Check
from monitor.figures import folding
from monitor.figures.answers import Answers
from monitor.figures.batch import Batch, Found
from monitor.figures.duties import Duty
from monitor.figures.nouns import Figures, Kept, Window
from monitor.figures.promises.hindsight import is_told
from monitor.figures.promises.outcomes import Outcomes
from monitor.figures.surveys import Surveys
from monitor.figures.waiting import Waiting
from monitor.model import Application, Closure

_department = attrgetter("department")


class Tally:
    """Fed with a poll's rows, and with what each rule found in them."""

    def __init__(
        self,
        checks: Sequence[Check],
        columns: Collection[str],
        *,
        now: datetime,
        departments: int,
    ) -> None:
        self._now, self._most = now, departments
        self._sizes: Counter[str | None] = Counter()
        self._waiting = Waiting(now)
        self._answers = Answers(now, columns)
        told = [each for each in checks if is_told(each.rule)]
        self._promises = [_Promise(each, now) for each in told]
        self._surveys = Surveys(told, now)
        self._duties = [Duty(each) for each in checks if each.rule.legal]

    def take(
        self,
        rows: Sequence[Application],
        closures: Sequence[Closure],
        found: Mapping[str, Found],
    ) -> None:
        """Count these applications, each with its closure; `found` is by rule."""
        batch = Batch(rows, found, closures)
        self._sizes.update(map(_department, rows))
        self._waiting.take(batch)
        self._answers.take(batch)
        self._surveys.take(batch)
        for promise in self._promises:
            promise.take(batch)
        for duty in self._duties:
            duty.take(rows)

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
        )


class _Promise:
    """Counts what became of one rule's promises, by department and window."""

    def __init__(self, check: Check, now: datetime) -> None:
        self._rule = check.rule.id
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
        """Return the counts, departments with few cases folded once more."""
        counts = into.counted(self._counts)
        sizes: Counter[str] = Counter()
        for (department, _, _), count in counts.items():
            sizes[department] += count
        names = folding.fold(sizes)
        found: dict[tuple[str, str, Window], Kept] = {}
        for (department, is_kept, is_narrow), count in counts.items():
            for window in Window if is_narrow else (Window.WIDE,):
                key = self._rule, names[department], window
                cases, kept = found.get(key, Kept())
                found[key] = Kept(cases + count, kept + count * is_kept)
        return found
