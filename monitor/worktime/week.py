"""The weekly table of working ranges, counted from each day's midnight."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

Hours = tuple[timedelta, timedelta]  # since midnight

_DAY = timedelta(days=1)
_NOTHING = timedelta()
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def offset(at: time) -> timedelta:
    """Return how long after midnight a clock shows that; raise ValueError if aware."""
    if at.tzinfo is not None:
        message = f'"{at}" names a zone; working hours are local to their calendar'
        raise ValueError(message)
    return datetime.combine(date.min, at) - datetime.combine(date.min, time())


def offsets(
    hours: Mapping[int, Sequence[tuple[time, time]]],
) -> dict[int, list[Hours]]:
    """Return each weekday's ranges in order; raise ValueError if they overlap."""
    table: dict[int, list[Hours]] = {}
    week: list[tuple[timedelta, timedelta, str]] = []
    for weekday, ranges in hours.items():
        if weekday not in range(7):
            message = f"{weekday} is not a weekday (0 is Monday, 6 is Sunday)"
            raise ValueError(message)
        day = table[weekday] = []
        for first, last in sorted(ranges):
            opens, closes = offset(first), offset(last)
            closes += _DAY if closes <= opens else _NOTHING
            day.append((opens, closes))
            text = f"{_WEEKDAYS[weekday]} {first:%H:%M}-{last:%H:%M}"
            week.append((weekday * _DAY + opens, weekday * _DAY + closes, text))
    _refuse_overlaps(sorted(week))
    return table


def _refuse_overlaps(week: list[tuple[timedelta, timedelta, str]]) -> None:
    again = [(opens + 7 * _DAY, closes, text) for opens, closes, text in week[:1]]
    for (_, closes, text), (opens, _, other) in pairwise(week + again):
        if opens < closes:
            message = f"{text} overlaps {other}"
            raise ValueError(message)
