"""Working time in one place: ranges per weekday, holidays, closed and half days."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from datetime import date, datetime, time, timedelta
from itertools import islice

from monitor.worktime import walltime, week
from monitor.worktime.durations import Duration, Unit
from monitor.worktime.publicdays import PublicDays

Range = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_NOTHING = timedelta()
_MICROSECOND = timedelta(microseconds=1)
_GUESSES = 3
_MUST_OPEN_WITHIN = timedelta(days=60)
_LONGEST_CLOSURE = 400  # days; a calendar closed for longer is a mistake
_FARTHEST_START = timedelta(days=2**15)  # some 90 years


class Calendar:
    """When people work, in one zone; all its answers are UTC instants.

    `hours` maps a weekday (0 is Monday) to its ranges; a range that ends at or before
    its start runs over midnight and belongs to the day on which it starts. `half_days`
    maps a day to the local time at which its work ends. Raise ValueError, with the
    nearest valid value, for a zone, country, region or range that cannot be.
    """

    def __init__(
        self,
        *,
        zone: str,
        hours: Mapping[int, Sequence[tuple[time, time]]],
        country: str | None = None,
        region: str | None = None,
        closed_on: Iterable[date] = (),
        half_days: Mapping[date, time] | None = None,
    ) -> None:
        if region is not None and country is None:
            message = f'region "{region}" needs a country'
            raise ValueError(message)
        self.zone = walltime.load(zone)
        self._hours = week.offsets(hours)
        self._public = None if country is None else PublicDays(country, region)
        self._closed_on = frozenset(closed_on)
        self._ends = {day: week.offset(at) for day, at in (half_days or {}).items()}
        # Facts of a day never change, so threads may race to fill these.
        self._ranges: dict[date, tuple[Range, ...]] = {}
        self._steps: dict[tuple[date, int], date] = {}
        self._elsewhere: dict[str, Calendar] = {}

    def in_zone(self, zone: str) -> "Calendar":
        """Return the same hours and days off, lived by another zone; ValueError if none."""
        known = self._elsewhere.get(zone)
        if known is None:
            known = copy(self)
            known.zone = walltime.load(zone)
            known._ranges, known._steps, known._elsewhere = {}, {}, {}  # noqa: SLF001
            self._elsewhere[zone] = known
        return known

    @property
    def holidays_until(self) -> int | None:
        """The last year whose public holidays are known; None without a country."""
        return None if self._public is None else self._public.until_year

    def holiday_name(self, day: date) -> str | None:
        """Return the public holiday that falls on a day, in its own language."""
        return None if self._public is None else self._public.name(day)

    def is_working_day(self, day: date) -> bool:
        """Tell whether any work starts on that local day."""
        return bool(self.ranges(day))

    def ranges(self, day: date) -> tuple[Range, ...]:
        """Return the half-open working ranges that start on that local day."""
        known = self._ranges.get(day)
        if known is None:
            known = self._ranges[day] = tuple(self._read(day))
        return known

    def is_open(self, at: datetime) -> bool:
        """Tell whether an instant is working time."""
        at = walltime.utc(at)
        day = walltime.wall(at, self.zone).date()
        return any(
            opens <= at < closes
            for start_day in (day - _DAY, day)
            for opens, closes in self.ranges(start_day)
        )

    def next_open(self, at: datetime) -> datetime:
        """Return the first working instant that is not before `at`."""
        return self._next_open(walltime.utc(at))[0]

    def last_close(self, at: datetime) -> datetime:
        """Return the last end of work that is not after `at`."""
        at = walltime.utc(at)
        return next(
            closes
            for day in self._days(walltime.wall(at, self.zone).date(), -1)
            for _, closes in reversed(self.ranges(day))
            if closes <= at
        )

    def local_day(self, at: datetime) -> date:
        """Return the date that a wall calendar shows at an instant."""
        return walltime.utc(at).astimezone(self.zone).date()

    def at_local(self, day: date, at: time) -> datetime:
        """Return the instant of a local time.

        A time that the zone skips moves forward to the first valid instant; of a
        repeated one the first is taken.
        """
        return walltime.instant(datetime.combine(day, at), self.zone)

    def shift(self, start: datetime, by: Duration, *, back: bool = False) -> datetime:
        """Return the deadline `by` after `start`, or with `back` the instant before.

        Never earlier for a later start, also around clock changes: a start inside a
        repeated hour counts as standing at the end of that hour.
        Working hours: forward the first instant t with `by` of work in [start, t),
        back the last one with `by` of work in [t, start); so
        `shift(a, by) <= b` exactly if `a <= shift(b, by, back=True)`.
        """
        start = walltime.utc(start)
        amount = -by.amount if back else by.amount
        if by.unit is Unit.HOURS:
            return start + timedelta(hours=amount)
        if by.unit is Unit.DAYS:
            local = walltime.wall(start, self.zone) + timedelta(days=amount)
            return walltime.instant(local, self.zone)
        if by.unit is Unit.WORKING_DAYS:
            return self._shift_days(start, amount)
        work = timedelta(hours=by.amount)
        return self._take(start, work) if back else self.add(start, work)

    def add(self, start: datetime, work: timedelta) -> datetime:
        """Return the first instant t from `start` on with that work in [start, t)."""
        start = walltime.utc(start)
        if work <= _NOTHING:
            return start
        days = self._days(walltime.wall(start, self.zone).date() - _DAY, 1)
        spans = (span for day in days for span in self.ranges(day))
        while True:
            opens, closes = next(spans)
            begin = max(opens, start)
            if closes - begin >= work:
                return begin + work
            work -= max(closes - begin, _NOTHING)

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time in [start, end); none if `end` is not later."""
        start, end = walltime.utc(start), walltime.utc(end)
        total = _NOTHING
        if end <= start:
            return total
        day = walltime.wall(start, self.zone).date() - _DAY
        last = walltime.wall(end, self.zone).date()
        while day <= last:
            for opens, closes in self.ranges(day):
                if opens < end and closes > start:
                    total += min(closes, end) - max(opens, start)
            day += _DAY
        return total

    def require_open(self, around: datetime) -> None:
        """Raise ValueError unless somebody works in the 60 days after `around`."""
        around = walltime.utc(around)
        if not self.elapsed(around, around + _MUST_OPEN_WITHIN):
            message = (
                f"no working time in the {_MUST_OPEN_WITHIN.days} days from "
                f"{self.local_day(around)}: check the hours and the closed days"
            )
            raise ValueError(message)

    def _read(self, day: date) -> Iterator[Range]:
        """Work out one day's ranges; those that a clock change swallows are left out."""
        if day in self._closed_on or self.holiday_name(day) is not None:
            return
        midnight = datetime.combine(day, time())
        cut = self._ends.get(day, 2 * _DAY)
        for first, last in self._hours.get(day.weekday(), ()):
            opens = walltime.instant(midnight + first, self.zone)
            closes = walltime.instant(midnight + min(last, cut), self.zone)
            if opens < closes:
                yield opens, closes

    def _days(self, day: date, step: int) -> Iterator[date]:
        """Walk over the working days from `day` on; raise ValueError if none comes."""
        closed = 0
        while closed < _LONGEST_CLOSURE:
            closed += 1
            if self.ranges(day):
                yield day
                closed = 0
            day += step * _DAY
        message = f"no working time in the {_LONGEST_CLOSURE} days up to {day}"
        raise ValueError(message)

    def _next_open(self, at: datetime) -> tuple[datetime, date]:
        """Return the first working instant from `at` on, and its working day."""
        # Work that started the day before may run over midnight.
        day = walltime.wall(at, self.zone).date() - _DAY
        return next(
            (max(opens, at), start_day)
            for start_day in self._days(day, 1)
            for opens, closes in self.ranges(start_day)
            if closes > at
        )

    def _shift_days(self, start: datetime, amount: int) -> datetime:
        moment, day = self._next_open(start)
        since = walltime.wall(moment, self.zone) - datetime.combine(day, time())
        target = self._step(day, amount)
        due = walltime.instant(datetime.combine(target, time()) + since, self.zone)
        ranges = self.ranges(target)
        for opens, closes in ranges:
            if due < closes:
                return max(due, opens)
        return ranges[-1][1]

    def _step(self, day: date, amount: int) -> date:
        """Return the working day that is `amount` working days from a working day."""
        found = self._steps.get((day, amount))
        if found is None:
            days = self._days(day, 1 if amount > 0 else -1)
            found = next(islice(days, abs(amount), None))
            self._steps[day, amount] = found
        return found

    def _take(self, start: datetime, work: timedelta) -> datetime:
        days = self._days(walltime.wall(start, self.zone).date(), -1)
        spans = (span for day in days for span in reversed(self.ranges(day)))
        while True:
            opens, closes = next(spans)
            end = min(closes, start)
            if end - opens >= work:
                return end - work
            work -= max(end - opens, _NOTHING)


def cutoff(
    calendar: Calendar, now: datetime, due: Callable[[datetime], datetime]
) -> datetime:
    """Return the smallest start C, to the microsecond, with `due(C) >= now`.

    For a `due` that is never earlier for a later start, `due(start) < now` exactly if
    `start < C`: so one cutoff answers for every row. Raise ValueError if none is found
    within some 90 years.
    """
    now = walltime.utc(now)
    # Most deadlines move with their start, so the way back is mostly the way there.
    start = now
    for _ in range(_GUESSES):
        start -= due(start) - now
        # What is due out of hours starts where the work before it ended.
        for guess in (start, calendar.last_close(start)):
            if due(guess - _MICROSECOND) < now <= due(guess):
                return guess
    ahead = due(now) < now
    near, step = now, _DAY
    while (due(far := now + step if ahead else now - step) < now) == ahead:
        if step >= _FARTHEST_START:
            message = f"no start leads to a deadline on {calendar.local_day(now)}"
            raise ValueError(message)
        near, step = far, 2 * step
    low, high = (near, far) if ahead else (far, near)
    return walltime.earliest(low, high, lambda start: due(start) >= now)
