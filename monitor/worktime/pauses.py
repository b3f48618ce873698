"""Clocks that stand still while the candidate has the ball."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.worktime import walltime
from monitor.worktime.calendar import Calendar
from monitor.worktime.durations import Duration, Unit

Spell = tuple[datetime, datetime]


def paused_due(
    calendar: Calendar, start: datetime, target: Duration, spells: Iterable[Spell]
) -> datetime:
    """Return the deadline of a clock that stands still in each spell [from, to).

    Each pause that begins before the deadline moves it on by what it took: working
    time if the target is in working units, else physical time; yet never beyond the
    deadline of a clock that starts when the pause ends. Days differ in length, and
    without that bound a later start could have an earlier deadline.
    """
    start, unit = walltime.utc(start), target.unit
    due, runs_from = calendar.shift(start, target), _running(calendar, start, unit)
    for begins, ends in _pauses(calendar, start, unit, spells):
        if begins >= due:
            break
        started_over = calendar.shift(ends, target)
        if begins == runs_from:
            due = started_over
            continue
        pause = _passed(calendar, begins, ends, unit)
        moved = calendar.add(due, pause) if unit.is_working else due + pause
        due = min(moved, started_over)
    return due


def worked(
    calendar: Calendar,
    start: datetime,
    end: datetime,
    unit: Unit,
    spells: Iterable[Spell],
) -> timedelta:
    """Return what a clock with pauses shows at `end`; nothing before its start."""
    start, end = walltime.utc(start), walltime.utc(end)
    shown = _passed(calendar, start, end, unit)
    for begins, ends in _pauses(calendar, start, unit, spells):
        shown -= _passed(calendar, begins, min(ends, end), unit)
    return shown


def _passed(
    calendar: Calendar, start: datetime, end: datetime, unit: Unit
) -> timedelta:
    if unit.is_working:
        return calendar.elapsed(start, end)
    return max(end - start, timedelta())


def _running(calendar: Calendar, at: datetime, unit: Unit) -> datetime:
    """Return the first instant from `at` on in which a clock of the unit runs."""
    return calendar.next_open(at) if unit.is_working else at


def _pauses(
    calendar: Calendar, start: datetime, unit: Unit, spells: Iterable[Spell]
) -> list[Spell]:
    """Return what the spells take from the clock, in order.

    One pause for spells that meet, or have only time between them that never counts.
    """
    found: list[Spell] = []
    for first, last in sorted((walltime.utc(a), walltime.utc(b)) for a, b in spells):
        if last <= start:
            continue
        begins = _running(calendar, max(first, start), unit)
        if begins >= last:
            continue
        if found and begins <= _running(calendar, found[-1][1], unit):
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((begins, last))
    return found
