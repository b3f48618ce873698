"""What a report is made of: plain counts at each week's end."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import add
from typing import NamedTuple

from monitor.figures.nouns import Job, Kept, Window
from monitor.model import Closure
from monitor.store.edits import RuleEdit
from monitor.worktime import Duration

WORST = 5  # jobs that are named


class Outcome(NamedTuple):
    """How promises were kept in the short window and in the long one."""

    narrow: Kept = Kept()
    wide: Kept = Kept()

    def plus(self, other: "Outcome") -> "Outcome":
        """Return both as one."""
        pairs = zip(self, other, strict=True)
        return Outcome(*(Kept(*map(add, one, two)) for one, two in pairs))

    @property
    def shown(self) -> tuple[Window, Kept]:
        """Return the window that says something, and how promises were kept in it."""
        window = Window.telling(self.narrow.cases)
        return window, self.narrow if window is Window.NARROW else self.wide

    @property
    def percent(self) -> int | None:
        """Return the share that was kept, rounded down; None where cases are too few."""
        kept = self.shown[1]
        return None if kept.ratio is None else 100 * kept.kept // kept.cases


@dataclass(frozen=True, slots=True)
class Week:
    """The figures at the end of a week; by whom it is that people wait for.

    `hours` are those of the turns under way, summed over all who wait. `uncounted` are
    the rules of whose promises only those that are late now can be counted.
    """

    at: datetime
    applications: int = 0
    promises: Mapping[str, Outcome] = field(default_factory=dict)
    uncounted: Counter[str] = field(default_factory=Counter)
    waiting: Counter[str] = field(default_factory=Counter)
    overdue: Counter[str] = field(default_factory=Counter)
    hours: Mapping[str, float] = field(default_factory=dict)
    closure: Counter[Closure] = field(default_factory=Counter)
    jobs: Counter[Job] = field(default_factory=Counter)

    @property
    def total(self) -> Outcome:
        """Return all promises as one."""
        return reduce(Outcome.plus, self.promises.values(), Outcome())

    @property
    def worst(self) -> list[tuple[Job, int]]:
        """Return the jobs with the most people waiting too long."""
        ranked = sorted(
            self.jobs.items(), key=lambda each: (-each[1], _called(each[0]))
        )
        return ranked[:WORST]

    def plus(self, other: "Week") -> "Week":
        """Return the same week of two sources as one."""
        rules = dict.fromkeys((*self.promises, *other.promises))
        mine, theirs = self.promises, other.promises
        return Week(
            self.at,
            self.applications + other.applications,
            {
                rule: mine.get(rule, Outcome()).plus(theirs.get(rule, Outcome()))
                for rule in rules
            },
            _summed(self.uncounted, other.uncounted),
            self.waiting + other.waiting,
            self.overdue + other.overdue,
            {
                ball: self.hours.get(ball, 0) + other.hours.get(ball, 0)
                for ball in dict.fromkeys((*self.hours, *other.hours))
            },
            self.closure + other.closure,
            self.jobs + other.jobs,
        )


def _summed(one: Counter[str], other: Counter[str]) -> Counter[str]:
    """Return both as one; a rule under which nobody is late stays."""
    found = Counter(one)
    found.update(other)
    return found


def _called(job: Job) -> tuple[str, str]:
    return job.title or "", job.ref or ""


@dataclass(frozen=True, slots=True)
class Section:
    """One source, week by week; the last week ends now.

    `lacking`: the rules that it cannot feed, and the columns for which it cannot.
    """

    source: str
    title: str
    weeks: tuple[Week, ...]
    lacking: Mapping[str, set[str]] = field(default_factory=dict)

    @property
    def now(self) -> Week:
        return self.weeks[-1]


@dataclass(frozen=True, slots=True)
class Quiet:
    """A source that has been silent for too long: there are no figures of it."""

    source: str
    title: str
    since: datetime


class Named(NamedTuple):
    """A rule as the report names it."""

    id: str
    title: str
    promise: str
    target: Duration | None = None


@dataclass(frozen=True, slots=True)
class WeekReport:
    """All that a report says.

    `edits` is None where nobody wrote edits down. `unknown`: what the past cannot tell,
    and the rules that ask for it.
    """

    ends: tuple[datetime, ...]
    rules: tuple[Named, ...]
    sections: tuple[Section, ...]
    quiet: tuple[Quiet, ...] = ()
    edits: tuple[RuleEdit, ...] | None = None
    unknown: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def as_of(self) -> datetime:
        return self.ends[-1]

    @property
    def weeks(self) -> tuple[Week, ...]:
        """Return the weeks of all sources as one."""
        return tuple(
            map(_whole, zip(*(each.weeks for each in self.sections), strict=True))
        )


def _whole(weeks: Iterable[Week]) -> Week:
    return reduce(Week.plus, weeks)
