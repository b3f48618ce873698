"""Rules x applications x now -> findings.

Rows come some hundreds at a time and go through a rule's sieves one after another;
arithmetic is for those that are left.
"""

import sys
from collections.abc import Iterator
from datetime import datetime

from monitor import worktime
from monitor.evaluate.checks import (
    Check,
    Limits,
    World,
    due_at,
    missing,
    prepare,
    start,
)
from monitor.evaluate.conditions import PLANNED, Rows, get, instant
from monitor.evaluate.findings import (
    NOTHING,
    SKEW,
    Ending,
    Finding,
    Late,
    Verdict,
    owner,
    shared,
)
from monitor.evaluate.verdicts import stops, verdict
from monitor.model import Application, Ball
from monitor.rules import Kind

__all__ = [
    "NOTHING",
    "PLANNED",
    "SKEW",
    "Check",
    "Ending",
    "Finding",
    "Late",
    "Rows",
    "Verdict",
    "World",
    "deadline",
    "due_at",
    "find",
    "finding",
    "get",
    "missing",
    "owner",
    "paused_since",
    "prepare",
    "shared",
    "start",
    "stops",
    "verdict",
]


def find(check: Check, rows: Rows) -> Iterator[tuple[Application, Finding]]:
    """Yield each application of which this rule makes a finding, with the finding."""
    has_one_start = len(check.rule.clock.starts) == 1
    if has_one_start:  # the sharpest sieve, and a cheap one
        rows = _begun(check, rows)
    for _, keep in check.sieves:
        if not rows:
            return
        rows = keep(rows)
    if not has_one_start:
        rows = _begun(check, rows)
    for row in _running(check, rows):
        if check.exempt and check.is_exempt(row):
            continue
        finding = _judge(check, row)
        if finding is not None:
            yield row, finding


def finding(check: Check, row: Application) -> Finding | None:
    """Return what the rule finds in one application alone, if anything."""
    return next((found for _, found in find(check, (row,))), None)


def _begun(check: Check, rows: Rows) -> Rows:
    """Keep the rows whose clock started long enough ago to matter."""
    read, entry, floor = check.start, check.entry, check.floor
    if check.rule.clock.due:
        due, latest = instant(check.rule.clock.due), check.horizon
        rows = [
            row
            for row in rows
            if (end := due(row)) is not None
            and end < entry
            and (at := read(row)) is not None
            and at < min(end, latest)
        ]
    else:
        rows = [row for row in rows if (at := read(row)) is not None and at < entry]
    if not floor:
        return rows
    return [row for row in rows if (at := read(row)) is not None and at >= floor]


def _running(check: Check, rows: Rows) -> Rows:
    """Keep the rows whose clock nothing has stopped; `stops` for many rows."""
    read, horizon = check.start, check.horizon
    for _, stop, ends in check.stops:
        rows = [
            row
            for row in rows
            if (at := stop(row)) is None
            or at > horizon
            or (began_at := read(row)) is None
            or not ends(began_at, at)
        ]
    return rows


def _judge(check: Check, row: Application) -> Finding | None:
    started_at = check.started_at(row)
    limits = check.limits_of(row) if check.departments else check.limits
    clock = check.rule.clock
    if clock.pauses and (row.paused or row.waiting_on is Ball.CANDIDATE):
        return _paused(check, row, started_at, limits)
    measured: datetime = get(clock.due)(row) if clock.due else started_at
    if measured >= limits.entry:
        return None
    late = measured < limits.late_before
    step = NOTHING
    for number, before in enumerate(limits.firings_before):
        if measured >= before:
            break  # on another clock a later step may be due before: it waits
        step = number
    if not late and step == NOTHING:
        return None
    return _finding(
        check,
        row,
        started_at,
        deadline(check, row, started_at),
        (late, step, measured < limits.backlog_before),
    )


def deadline(check: Check, row: Application, started_at: datetime) -> datetime:
    """Return when the wait that began then is due, with the pauses that are over."""
    clock, target = check.rule.clock, check.rule.target
    calendar = check.limits_of(row).calendar
    if target is None:  # then the rule names the column that holds it
        end: datetime = get(str(clock.due))(row)
        return end
    if clock.pauses and row.paused:
        now = check.as_of
        so_far = [(at, min(until, now)) for at, until in row.paused if at < now]
        return worktime.paused_due(calendar, started_at, target, so_far)
    return calendar.shift(started_at, target)


def _paused(
    check: Check, row: Application, started_at: datetime, limits: Limits
) -> Finding | None:
    """Judge a row whose clock stands, or stood, still: with arithmetic of its own.

    While the candidate has the ball the clock shows what it showed when they got it.
    """
    due = deadline(check, row, started_at)
    since = paused_since(row, started_at) or check.as_of
    now, known_by = min(check.as_of, since), min(check.known_by, since)
    step = NOTHING
    for number, firing in enumerate(check.rule.firings):
        by = now if firing.kind is Kind.WARNING else known_by
        if due_at(check.rule, firing, limits.calendar, started_at, due) >= by:
            break
        step = number
    if step == NOTHING and due >= known_by:
        return None
    old = limits.calendar.shift(due, check.rule.backlog) < known_by
    return _finding(check, row, started_at, due, (due < known_by, step, old))


def paused_since(row: Application, started_at: datetime) -> datetime | None:
    """Return since when the candidate has the ball; None where somebody else has it."""
    if row.waiting_on is not Ball.CANDIDATE:
        return None
    since = row.waiting_since or row.stage_entered_at or started_at
    return max(since, started_at)


def _finding(
    check: Check,
    row: Application,
    started_at: datetime,
    due: datetime,
    judged: tuple[bool, int, bool],
) -> Finding:
    late, step, backlog = judged
    return Finding(
        rule=check.rule.id,
        application_id=row.application_id,
        late=Late.BREACHED if late else Late.WARNING,
        step=step,
        started_at=started_at,
        due_at=due,
        backlog=backlog,
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
