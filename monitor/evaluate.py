"""Rules x applications x now -> findings.

Each rule's deadline is inverted once a cycle into the start before which a clock
runs late; a row is then a comparison of instants, and arithmetic is for findings.
"""

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from monitor import worktime
from monitor.model import Application, Ball, Status
from monitor.rules import Condition, Firing, Kind, Rule, Rulebook
from monitor.worktime import Calendar

SKEW = timedelta(minutes=5)  # a start that far ahead is quarantined
NOTHING = -1  # no step of the ladder is due yet
MOVES = {"waiting_on", "stage", "phase"}  # the ball left whoever owed the step
ENDS = {Status.HIRED, Status.WITHDRAWN}


class Late(StrEnum):
    """How late a clock runs now."""

    WARNING = "warning"
    BREACHED = "breached"


class Finding(NamedTuple):
    """A rule and an application for which a clock runs late now, with what was seen.

    `step` counts the rule's firings that are due, -1 for none; `backlog`: so late that
    nobody is nudged. The rest is what a message or a person needs to know.
    """

    rule: str
    application_id: str
    late: Late
    step: int
    started_at: datetime
    due_at: datetime
    backlog: bool
    owner: str | None
    recruiter: str | None
    manager: str | None
    decided_by: str | None
    candidate: str
    job_ref: str | None
    job_title: str | None
    department: str | None
    url: str | None


class Ending(StrEnum):
    """Why a clock that ran late does so no more."""

    STOPPED = "stopped"
    CLOSED = "closed"
    EXEMPTED = "exempted"
    MOVED = "moved"


class Verdict(NamedTuple):
    """Why an open alert's application is no finding any more, and since when."""

    ending: Ending
    effective_at: datetime


Test = Callable[[Application], bool]


@dataclass(frozen=True, slots=True)
class World:
    """What stays the same from cycle to cycle and every rule is held against."""

    calendar: Calendar
    evidence_lag: timedelta = timedelta(0)
    name: Callable[[Application], str] = lambda _: ""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule made ready for one cycle: tests, columns by position, cutoffs."""

    rule: Rule
    tests: tuple[tuple[str, Test], ...]
    start: Callable[[Application], datetime | None]
    stops: tuple[int, ...]
    entry: datetime  # a start at or after this is neither late nor warned about
    late_before: datetime
    firings_before: tuple[datetime, ...]
    backlog_before: datetime
    due: Callable[[datetime], datetime]
    name: Callable[[Application], str]
    horizon: datetime  # what is dated later than this is no evidence yet


def due_at(
    rule: Rule, firing: Firing, calendar: Calendar, started_at: datetime
) -> datetime:
    """Return the instant at which a firing of the rule is due for this start."""
    at = calendar.shift(started_at, rule.target)
    for by, back in firing.shifts:
        at = calendar.shift(at, by, back=back)
    return at


def prepare(rulebook: Rulebook, world: World, *, now: datetime) -> tuple[Check, ...]:
    """Return the rules ready to be held against applications as of now."""
    return tuple(_check(rule, world, now) for rule in rulebook.rules)


def _check(rule: Rule, world: World, now: datetime) -> Check:
    calendar = world.calendar
    known_by = now - world.evidence_lag  # later things may not have reached the source

    def deadline(started_at: datetime) -> datetime:
        return calendar.shift(started_at, rule.target)

    def too_old(started_at: datetime) -> datetime:
        return calendar.shift(deadline(started_at), rule.backlog)

    late_before = worktime.cutoff(calendar, known_by, deadline)
    firings = tuple(
        worktime.cutoff(
            calendar,
            now if firing.kind is Kind.WARNING else known_by,
            partial(due_at, rule, firing, calendar),
        )
        for firing in rule.firings
    )
    return Check(
        rule=rule,
        tests=tuple((each.column, _test(each)) for each in rule.conditions),
        start=_start(rule),
        stops=tuple(Application._fields.index(name) for name in rule.stops),
        entry=min(now + SKEW, max(late_before, *firings)),
        late_before=late_before,
        firings_before=firings,
        backlog_before=worktime.cutoff(calendar, known_by, too_old),
        due=deadline,
        name=world.name,
        horizon=now + SKEW,
    )


def _start(rule: Rule) -> Callable[[Application], datetime | None]:
    columns = [Application._fields.index(name) for name in rule.starts]
    pick: Callable[[list[datetime]], datetime] = max if rule.pick == "latest" else min
    if len(columns) == 1:
        return itemgetter(columns[0])

    def several(row: Application) -> datetime | None:
        cells: tuple[Any, ...] = row
        known = [cells[i] for i in columns if cells[i] is not None]
        return pick(known) if known else None

    return several


def _test(condition: Condition) -> Test:
    index = Application._fields.index(condition.column)
    values, wanted = condition.values, condition.wanted
    if values is None:
        return lambda row: (row[index] is not None) is wanted
    if wanted:
        return lambda row: row[index] in values
    return lambda row: row[index] not in values


def find(check: Check, row: Application) -> Finding | None:
    """Return the finding that this rule makes of the application, if any."""
    for _, holds in check.tests:
        if not holds(row):
            return None
    started_at = check.start(row)
    if started_at is None or started_at >= check.entry:
        return None
    cells: tuple[Any, ...] = row
    for index in check.stops:
        stopped_at = cells[index]
        if stopped_at is not None and started_at <= stopped_at <= check.horizon:
            return None
    return _finding(check, row, started_at)


def _finding(check: Check, row: Application, started_at: datetime) -> Finding:
    step = NOTHING
    for number, before in enumerate(check.firings_before):
        if started_at < before:
            step = number
    return Finding(
        rule=check.rule.id,
        application_id=row.application_id,
        late=Late.BREACHED if started_at < check.late_before else Late.WARNING,
        step=step,
        started_at=started_at,
        due_at=check.due(started_at),
        backlog=started_at < check.backlog_before,
        owner=shared(owner(check.rule, row)),
        recruiter=shared(row.recruiter),
        manager=shared(row.manager),
        decided_by=shared(row.decided_by),
        candidate=sys.intern(check.name(row)),
        job_ref=shared(row.job_ref),
        job_title=shared(row.job_title),
        department=shared(row.department),
        url=row.url,
    )


def shared(text: str | None) -> str | None:
    """Return one object for equal texts: thousands of findings name the same few."""
    return None if text is None else sys.intern(text)


def owner(rule: Rule, row: Application) -> str | None:
    """Return the address of the person who owes the next step, or a role's name."""
    match rule.owner:
        case "has_ball":
            return row.manager if row.waiting_on is Ball.MANAGER else row.recruiter
        case "recruiter":
            return row.recruiter
        case "manager":
            return row.manager
        case "decided_by":
            return row.decided_by or row.recruiter
        case role:
            return role


def verdict(
    check: Check, row: Application, *, started_at: datetime, now: datetime
) -> Verdict:
    """Return why the clock that started then is no finding any more."""
    cells: tuple[Any, ...] = row
    reached = [cells[i] for i in check.stops if cells[i] is not None]
    stops = [at for at in reached if started_at <= at <= check.horizon]
    if stops:
        return Verdict(Ending.STOPPED, min(stops))
    failed = {column for column, holds in check.tests if not holds(row)}
    if failed and row.status in ENDS:
        return Verdict(Ending.CLOSED, row.decided_at or now)
    if failed & MOVES:
        return Verdict(Ending.STOPPED, _moved_at(row, started_at, now))
    if failed:
        return Verdict(Ending.EXEMPTED, now)
    return Verdict(Ending.MOVED, now)


def _moved_at(row: Application, started_at: datetime, now: datetime) -> datetime:
    """Return when the application moved on: the first milestone after the start."""
    milestones = (row.waiting_since, row.stage_entered_at, row.decided_at)
    later = [at for at in milestones if at is not None and started_at < at <= now]
    return min(later, default=now)


def measurable(rule: Rule, columns: Collection[str]) -> bool:
    """Tell whether a source with these columns can feed the rule's clock at all."""
    has = set(columns)
    conditions = {each.column for each in rule.conditions}
    return bool(has & set(rule.starts) and has & set(rule.stops) and conditions <= has)
