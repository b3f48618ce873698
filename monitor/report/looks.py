"""What a source came to as of one instant, counted as a poll at that instant counts it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor import closure, evaluate
from monitor.evaluate import Check, Finding, Late
from monitor.figures import Figures, Kept, Tally, Window
from monitor.figures.promises.hindsight import is_told
from monitor.model import Application, Closure
from monitor.report.nouns import Outcome, Week

HOUR = 3600


class Look:
    """Fed with the applications as they stood then; keeps counters and no row."""

    def __init__(
        self,
        checks: Sequence[Check],
        columns: Collection[str],
        at: datetime,
        *,
        departments: int,
        lookback: timedelta,
    ) -> None:
        self.at = at
        self._checks = checks
        self._tally = Tally(
            checks, columns, now=at, departments=departments, lookback=lookback
        )
        self._state = partial(
            closure.state, calls="called_at" in columns, by=at + evaluate.SKEW
        )
        self._closure: Counter[Closure] = Counter()
        self._uncounted = Counter(
            {each.rule.id: 0 for each in checks if not is_told(each.rule)}
        )

    def take(self, rows: Sequence[Application]) -> None:
        """Count these applications."""
        states = list(map(self._state, rows))
        self._closure.update(states)
        found = {
            check.rule.id: list(evaluate.find(check, rows)) for check in self._checks
        }
        self._tally.take(rows, states, found)
        for rule in self._uncounted:
            self._uncounted[rule] += sum(map(_alerts, found[rule]))

    def week(self) -> Week:
        """Return what was counted, as the end of a week."""
        week = summed(self._tally.figures(), self._closure)
        return replace(week, uncounted=self._uncounted)


def _alerts(found: tuple[Application, Finding]) -> bool:
    """Tell whether somebody is late who would be nudged about, as open alerts count."""
    finding = found[1]
    return finding.late is Late.BREACHED and not finding.backlog


def summed(figures: Figures, states: Counter[Closure]) -> Week:
    """Return the figures of all departments together."""
    promises: defaultdict[str, dict[Window, Kept]] = defaultdict(dict)
    for (rule, _, window), kept in figures.promises.items():
        before = promises[rule].get(window, Kept())
        promises[rule][window] = Kept(
            before.cases + kept.cases, before.kept + kept.kept
        )
    waiting: Counter[str] = Counter()
    for (_, ball, _), count in figures.waiting.items():
        waiting[ball] += count
    overdue: Counter[str] = Counter()
    for (_, ball), count in figures.overdue.items():
        overdue[ball] += count
    hours: defaultdict[str, float] = defaultdict(float)
    for (_, _, ball), seconds in figures.turns.items():
        hours[ball] += seconds / HOUR
    return Week(
        at=figures.as_of,
        applications=states.total(),
        promises={
            rule: Outcome(*(each.get(window, Kept()) for window in Window))
            for rule, each in promises.items()
        },
        waiting=waiting,
        overdue=overdue,
        hours=dict(hours),
        closure=states,
        jobs=figures.overdue_jobs,
    )
