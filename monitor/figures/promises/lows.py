"""Deadlines day by day, below which every clock of that day is surely in time."""

from datetime import UTC, datetime, time
from functools import lru_cache, partial

from monitor.worktime import Calendar, Duration


@lru_cache(maxsize=256)  # from poll to poll the days are the same
def of(calendar: Calendar, target: Duration) -> "Lows":
    """Return the deadlines of a promise on a calendar."""
    return Lows(calendar, target)


class Lows(dict[int, datetime]):
    """By day, the deadline of a clock that starts as it begins (UTC), worked out once."""

    def __init__(self, calendar: Calendar, target: Duration) -> None:
        super().__init__()
        self._due = partial(calendar.shift, by=target)

    def __missing__(self, day: int) -> datetime:
        low = self._due(_midnight(day))
        self[day] = low
        return low

    def oldest(self, after: datetime) -> datetime:
        """Return a start before which everything was due by an instant."""
        day = after.toordinal()
        while day > 1 and self[day] > after:
            day -= 1
        return _midnight(day)


def _midnight(day: int) -> datetime:
    return datetime.combine(datetime.fromordinal(day), time(), UTC)
