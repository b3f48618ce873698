"""Clocks that stand still while the candidate has the ball."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from monitor.worktime import walltime
from monitor.worktime.calendar import Calendar
from monitor.worktime.durations import Duration, Unit

Spell = tuple[datetime, datetime]


def paused_due(
    calendar: Calendar, start: datetime, target: Duration, spells: Sequence[Spell]
) -> datetime:
    """Return the deadline of a clock that stands still in each spell [from, to)."""
    return calendar.shift(paused_start(calendar, start, target, spells), target)


def paused_start(
    calendar: Calendar, start: datetime, target: Duration, spells: Sequence[Spell]
) -> datetime:
    """Return the start from which a clock without pauses has the same deadline.

    It lies later by the time in the spells before the deadline: working time if the
    target is in working units, else physical time. To move the start, and not the
    deadline, keeps deadlines in order where days differ in length; and the cutoffs
    of rows without pauses hold for this start as well.
    """
    start = walltime.utc(start)

    def moved(by: timedelta) -> datetime:
        return calendar.add(start, by) if target.unit.is_working else start + by

    paused = timedelta()
    due = calendar.shift(start, target)
    for begins, ends in _pauses(calendar, start, target.unit, spells):
        # The last known deadline may be too early, never too late.
        if begins >= due:
            due = calendar.shift(moved(paused), target)
            if begins >= due:
                break
        paused += ends - begins
    return moved(paused)


def worked(
    calendar: Calendar,
    start: datetime,
    end: datetime,
    unit: Unit,
    spells: Sequence[Spell],
) -> timedelta:
    """Return what a clock with pauses shows at `end`; nothing before its start."""
    start, end = walltime.utc(start), walltime.utc(end)
    until_end = [(begins, min(walltime.utc(ends), end)) for begins, ends in spells]
    shown = _length(_counted(calendar, start, end, unit))
    return shown - _length(_pauses(calendar, start, unit, until_end))


def _pauses(
    calendar: Calendar, start: datetime, unit: Unit, spells: Iterable[Spell]
) -> Iterator[Spell]:
    """Yield, in order, the time in the spells from `start` on that counts."""
    for begins, ends in _merged(spells, start):
        yield from _counted(calendar, begins, ends, unit)


def _counted(
    calendar: Calendar, start: datetime, end: datetime, unit: Unit
) -> Iterable[Spell]:
    """Return the parts of [start, end) in which the clock of the unit runs."""
    if unit.is_working:
        return calendar.spans(start, end)
    return [(start, end)] if start < end else []


def _length(spells: Iterable[Spell]) -> timedelta:
    return sum((ends - begins for begins, ends in spells), timedelta())


def _merged(spells: Iterable[Spell], start: datetime) -> list[Spell]:
    """Return the spells from `start` on in order, one for those that meet."""
    merged: list[Spell] = []
    for begins, ends in sorted(
        (max(walltime.utc(begins), start), walltime.utc(ends))
        for begins, ends in spells
    ):
        if merged and begins <= merged[-1][1]:
            first, last = merged[-1]
            merged[-1] = first, max(last, ends)
        elif begins < ends:
            merged.append((begins, ends))
    return merged
