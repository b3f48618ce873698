"""Makes rules ready for one cycle: sieves, columns by position, cutoffs.

Each deadline is inverted once a cycle into the start before which a clock runs late;
a row is then a comparison of instants.
"""

import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import cached_property, lru_cache, partial
from typing import NamedTuple, cast

from monitor import closure, worktime
from monitor.evaluate.conditions import Instant, Sieve, instant, sieve
from monitor.evaluate.findings import SKEW
from monitor.model import Application
from monitor.rules import (
    Clock,
    Condition,
    Firing,
    Kind,
    Rule,
    Rulebook,
    Shift,
    Test,
    Tests,
)
from monitor.worktime import Calendar, Duration


@dataclass(frozen=True, slots=True)
class World:
    """What stays the same from cycle to cycle and every rule is held against."""

    calendar: Calendar
    evidence_lag: timedelta = timedelta(0)
    name: Callable[[Application], str] = lambda _: ""
    departments: Mapping[str, Calendar] = field(default_factory=dict)

    def calendar_of(self, rule: Rule, department: str | None) -> Calendar:
        """Return the calendar that counts: the rule's own, the department's, the house's."""
        return rule.calendar or self.departments.get(department or "", self.calendar)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a rule comes to on one calendar, as of now.

    Each cutoff is the start before which something is the case; where the clock has a
    column that holds its deadline, it is the deadline before which.
    """

    calendar: Calendar
    entry: datetime  # at or after this a clock is neither late nor warned about
    late_before: datetime
    firings_before: tuple[datetime, ...]
    backlog_before: datetime


class Stop(NamedTuple):
    """A column that stops a clock; `ends` holds a start against what stands in it."""

    column: str
    read: Instant
    ends: Callable[[datetime, datetime], bool]


@dataclass(frozen=True)
class Check:
    """One rule made ready for one cycle."""

    rule: Rule
    as_of: datetime
    known_by: datetime  # later things may not have reached the source
    sieves: tuple[tuple[str, Sieve], ...]
    exempt: tuple[tuple[Sieve, ...], ...]
    start: Instant
    stops: tuple[Stop, ...]
    limits: Limits
    departments: Mapping[str, Limits]
    floor: datetime | None  # clocks that started before it are left alone
    name: Callable[[Application], str]

    @cached_property
    def entry(self) -> datetime:
        """The latest entry of all calendars."""
        every = [self.limits, *self.departments.values()]
        return max(limits.entry for limits in every)

    @property
    def horizon(self) -> datetime:
        """What is dated later than this is no evidence yet."""
        return self.as_of + SKEW

    def limits_of(self, row: Application) -> Limits:
        """Return the limits on the calendar of the row's department."""
        return self.departments.get(row.department or "", self.limits)

    def started_at(self, row: Application) -> datetime:
        """Return when the clock of a row started; it must have."""
        return cast(datetime, self.start(row))

    def is_exempt(self, row: Application) -> bool:
        return any(all(keep([row]) for keep in each) for each in self.exempt)


def prepare(rulebook: Rulebook, world: World, *, now: datetime) -> tuple[Check, ...]:
    """Return the rules ready to be held against applications as of now."""
    return tuple(_check(rule, world, now) for rule in rulebook.rules)


def _check(rule: Rule, world: World, now: datetime) -> Check:
    calendar = rule.calendar or world.calendar
    known_by = now - world.evidence_lag
    limits = _limits(rule, calendar, known_by, now)
    departments = {} if rule.calendar else world.departments
    # Departments share few calendars, and a cutoff is dear.
    made = {id(calendar): limits}
    for each in departments.values():
        if id(each) not in made:
            made[id(each)] = _limits(rule, each, known_by, now)
    day = rule.effective_from
    return Check(
        rule=rule,
        as_of=now,
        known_by=known_by,
        sieves=tuple(
            (each.column, sieve(each, calendar, now)) for each in _cheap_first(rule)
        ),
        exempt=tuple(
            tuple(sieve(each, calendar, now) for each in tests) for tests in rule.exempt
        ),
        start=start(rule.clock),
        stops=tuple(_stop(rule.clock, name) for name in rule.clock.stops),
        limits=limits,
        departments={where: made[id(each)] for where, each in departments.items()},
        floor=None if day is None else calendar.at_local(day, time()),
        name=world.name,
    )


def _stop(clock: Clock, column: str) -> Stop:
    """Return a stop: what started a clock is not what stops it, the next one is."""
    ends = operator.lt if column in clock.starts else operator.le
    return Stop(column, instant(column), ends)


def _cheap_first(rule: Rule) -> list[Test]:
    """Return the tests, those that cost a call per row behind the others."""

    def is_dear(test: Test) -> bool:
        plain = isinstance(test, Condition) and not test.globs
        return not plain or test.column in closure.NEEDS

    return sorted(rule.tests, key=is_dear)


def _limits(
    rule: Rule, calendar: Calendar, known_by: datetime, now: datetime
) -> Limits:
    target: tuple[Shift, ...] = ((rule.target, False),) if rule.target else ()
    soonest = rule.clock.not_before
    late_before = _cutoff(calendar, known_by, target)
    firings = []
    for firing in rule.firings:
        by = now if firing.kind is Kind.WARNING else known_by
        before = _cutoff(calendar, by, (*target, *firing.shifts))
        if soonest:
            before = min(before, _cutoff(calendar, by, ((soonest, False),)))
        firings.append(before)
    latest = max(late_before, *firings)
    return Limits(
        calendar=calendar,
        entry=latest if rule.clock.due else min(now + SKEW, latest),
        late_before=late_before,
        firings_before=tuple(firings),
        backlog_before=_cutoff(calendar, known_by, (*target, (rule.backlog, False))),
    )


def _cutoff(calendar: Calendar, by: datetime, shifts: tuple[Shift, ...]) -> datetime:
    """Return the start before which all these shifts, one after another, end before `by`.

    Each shift never runs backwards, so the way back is taken shift by shift.
    """
    for length, back in reversed(shifts):
        by = _inverse(calendar, by, length, back)
    return by


@lru_cache(maxsize=4096)  # the steps of all rules share most of their shifts
def _inverse(
    calendar: Calendar,
    by: datetime,
    length: Duration,
    back: bool,  # noqa: FBT001
) -> datetime:
    return worktime.cutoff(calendar, by, partial(calendar.shift, by=length, back=back))


def due_at(
    rule: Rule,
    firing: Firing,
    calendar: Calendar,
    started_at: datetime,
    deadline: datetime,
) -> datetime:
    """Return the instant at which a firing of the rule is due for this deadline."""
    at = deadline
    for by, back in firing.shifts:
        at = calendar.shift(at, by, back=back)
    soonest: Duration | None = rule.clock.not_before
    return max(at, calendar.shift(started_at, soonest)) if soonest else at


def start(clock: Clock) -> Instant:
    """Return what reads the instant at which the clock starts, or None."""
    first, *others = (instant(name) for name in clock.starts)
    for other in others:
        first = _of_two(first, other, latest=clock.pick == "latest")
    return first


def _of_two(one: Instant, other: Instant, *, latest: bool) -> Instant:
    """Return what reads the later of two instants, or the earlier; None is no instant.

    Written out, since it is called for each row that a sieve has not taken out.
    """

    def pick(row: Application) -> datetime | None:
        first, second = one(row), other(row)
        if first is None:
            return second
        if second is None:
            return first
        return first if (first > second) is latest else second

    return pick


def missing(rule: Rule, columns: Collection[str]) -> set[str]:
    """Return the columns that a source has to deliver before the rule can be measured.

    Of several starts, and of several stops, one is enough.
    """
    has = set(columns)
    has |= {name for name, needs in closure.NEEDS.items() if has.issuperset(needs)}
    clock = rule.clock
    every = (rule.tests, *rule.exempt)
    lacking = {name for tests in every for name in _of(tests)} - has
    for some in (clock.starts, clock.stops):
        if not has.intersection(some):
            lacking |= set(some)
    if clock.due and clock.due not in has:
        lacking.add(clock.due)
    wanted = {need for name in lacking for need in closure.NEEDS.get(name, (name,))}
    return wanted - has


def _of(tests: Tests) -> set[str]:
    """Return the columns that the tests read."""
    return {
        name
        for test in tests
        for name in (test.column, getattr(test, "bound", None))
        if isinstance(name, str)
    }
