"""Offices of every kind near what makes time hard, drawn by hypothesis.

That is: every clock change of the world, leap days, and years' ends with holidays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import settings
from hypothesis import strategies as st

from monitor.worktime import Calendar, Duration, Unit

TICK, MINUTE, HOUR = timedelta.resolution, timedelta(minutes=1), timedelta(hours=1)
DAY = timedelta(days=1)
Spans = list[tuple[time, time]]
Change = tuple[str, datetime]  # a zone, and an instant at which its clocks change

law = settings(derandomize=True, database=None, deadline=None, max_examples=150)


def clock(hour: int, minute: int = 0) -> time:
    return time(hour % 24, minute)


# Shapes of one family never overlap, whichever weekdays they stand on.
FAMILIES: Sequence[Sequence[Spans]] = (
    (
        [(clock(9), clock(17))],
        [(clock(9), clock(12)), (clock(13), clock(17))],
        [(clock(8, 30), clock(12))],
    ),
    ([(clock(22), clock(6))], [(clock(21, 15), clock(2, 30))], [(clock(7), clock(9))]),
    ([(clock(0), clock(0))],),
    (
        [(clock(1, 30), clock(2, 30)), (clock(2, 45), clock(12))],
        [(clock(0), clock(2)), (clock(3), clock(9))],
        [(clock(2), clock(3)), (clock(23), clock(0))],
    ),
)


def changes_of(name: str) -> list[tuple[datetime, timedelta, timedelta]]:
    """Find a zone's clock changes since 1993: when, and both offsets."""
    zone = ZoneInfo(name)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(zone).utcoffset() or timedelta()

    found = []
    low = datetime(1993, 1, 1, tzinfo=UTC)
    before = offset(low)
    while low.year < 2034:
        high = low + 20 * DAY
        after = offset(high)
        if after != before:
            early, late = low, high
            while late - early > timedelta(seconds=1):
                middle = early + (late - early) // 2
                early, late = (
                    (early, middle) if offset(middle) == after else (middle, late)
                )
            found.append((late.replace(microsecond=0), before, after))
        low, before = high, after
    return found


@cache
def changes() -> list[Change]:
    """List every different clock change of the world, in one zone that has it."""
    known = {
        change: name
        for name in sorted(available_timezones(), reverse=True)
        for change in changes_of(name)
    }
    return sorted((name, change[0]) for change, name in known.items())


def last_changes() -> list[Change]:
    """Pick the last change of each kind: one forward and one back in each zone."""
    last = {
        (name, after > before): at
        for name in sorted(available_timezones())
        for at, before, after in changes_of(name)
    }
    return [(name, at) for (name, _), at in last.items()]


NOON = time(12, tzinfo=UTC)
LEAP_DAYS = [date(2000, 2, 29), date(2024, 2, 29), date(2027, 2, 28), date(2028, 2, 29)]
YEAR_ENDS = [date(year, 12, 31) for year in (1999, 2024, 2026, 2027)]
COUNTRIES = [None, "NO", "SE"]


@dataclass(frozen=True)
class Office:
    """What a calendar is made of, and the turn of time near which it is asked."""

    zone: str
    change: datetime
    hours: Mapping[int, Spans]
    closed_on: frozenset[date] = frozenset()
    half_days: Mapping[date, time] | None = None
    country: str | None = None

    def calendar(self) -> Calendar:
        return Calendar(
            zone=self.zone,
            hours=self.hours,
            closed_on=self.closed_on,
            half_days=self.half_days,
            country=self.country,
        )


@st.composite
def offices(draw: st.DrawFn) -> Office:
    """Draw an office that works on at least three weekdays."""
    zone, change = draw(st.sampled_from(changes()))
    country = None
    if draw(st.integers(0, 2)) == 0:
        change = datetime.combine(draw(st.sampled_from(LEAP_DAYS + YEAR_ENDS)), NOON)
        country = draw(st.sampled_from(COUNTRIES))
    shapes = draw(st.sampled_from(FAMILIES))
    weekdays = draw(st.sets(st.integers(0, 6), min_size=3))
    steps = st.integers(-1, 1) | st.integers(-9, 9)
    nearby = steps.map(lambda step: (change + step * DAY).date())
    ends = st.sampled_from([clock(2, 30), clock(11)])
    return Office(
        zone,
        change,
        {day: draw(st.sampled_from(shapes)) for day in sorted(weekdays)},
        draw(st.frozensets(nearby, max_size=3)),
        draw(st.dictionaries(nearby, ends, max_size=3)),
        country,
    )


def seconds(least: int, most: int) -> st.SearchStrategy[timedelta]:
    return st.integers(least, most).map(lambda n: timedelta(seconds=n))


near = seconds(-3 * 86_400, 3 * 86_400) | seconds(-7_200, 7_200)
later = seconds(0, 7_200) | seconds(0, 5 * 86_400) | st.just(TICK)
durations = st.builds(Duration, st.integers(1, 12), st.sampled_from(Unit))
directions = st.booleans()


def from_far(at: datetime, by: Duration, *, back: bool) -> datetime:
    """Move a start so that its deadline falls near the clock change."""
    days = by.amount * (DAY if "day" in by.unit.value else HOUR)
    return at + days if back else at - days
