"""Working time agrees with a slow, independent reading of the same words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.worktime import Duration, Unit, paused_due, worked
from tests.laws.offices import DAY, MINUTE, Office, directions, law, offices

REACH = 11 * 24 * 60  # minutes on either side of the turn
FAR = 35 * 24 * 60
# The public holidays near a leap day or a year's end, by month and day.
HOLIDAYS = {
    "NO": {(12, 25), (12, 26), (1, 1)},
    "SE": {(12, 25), (12, 26), (1, 1), (1, 6)},
}


class Minutes:
    """Some weeks of minutes, with the wall clock that a person would read.

    The hand of that clock is never turned back: in a repeated hour it waits.
    """

    def __init__(self, office: Office, until: int = REACH) -> None:
        self.office = office
        self.first = office.change - REACH * MINUTE
        self.hands: list[datetime] = []
        self.waits: list[bool] = []
        self.worked: list[date | None] = []  # the day that a working minute belongs to
        zone = ZoneInfo(office.zone)
        hand = datetime(1, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
        for step in range(REACH + until):
            at = self.first + step * MINUTE
            wall = at.astimezone(zone).replace(tzinfo=None)
            self.waits.append(wall <= hand)
            hand = max(wall, hand)
            self.hands.append(hand)
            self.worked.append(self.day_worked(hand))

    def day_worked(self, hand: datetime) -> date | None:
        """Return the day whose hours hold this minute of the wall clock."""
        holidays = HOLIDAYS.get(self.office.country or "", set())
        for day in (hand.date(), hand.date() - DAY):
            if day in self.office.closed_on or (day.month, day.day) in holidays:
                continue
            since = (hand - midnight(day)) // MINUTE
            half = (self.office.half_days or {}).get(day)
            for first, last in self.office.hours.get(day.weekday(), []):
                opens, closes = minute(first), minute(last)
                closes += 1440 if closes <= opens else 0
                closes = min(closes, minute(half)) if half else closes
                if opens <= since < closes:
                    return day
        return None

    def place(self, at: datetime) -> int:
        return (at - self.first) // MINUTE

    def elapsed(self, start: int, end: int) -> int:
        return sum(day is not None for day in self.worked[start:end])

    def hours_later(self, start: int, minutes: int) -> int:
        while minutes:
            minutes -= self.worked[start] is not None
            start += 1
        return start

    def hours_before(self, start: int, minutes: int) -> int:
        while minutes:
            start -= 1
            minutes -= self.worked[start] is not None
        return start

    def days_later(self, start: int, days: int) -> int:
        target = self.shown(start) + days * DAY
        return next(k for k, hand in enumerate(self.hands) if hand >= target)

    def working_days_later(self, start: int, days: int) -> int | None:
        """Return the place of the deadline, or nothing where the weeks run out."""
        worked = sorted({day for day in self.worked if day})
        while (day := self.worked[start]) is None:
            start += 1
        number = worked.index(day) + days
        if not 0 < number < len(worked) - 1:
            return None
        target = self.shown(start) - midnight(day) + midnight(worked[number])
        open_minutes = [k for k, of in enumerate(self.worked) if of == worked[number]]
        reached = [k for k in open_minutes if self.hands[k] >= target]
        return reached[0] if reached else open_minutes[-1] + 1

    def shown(self, start: int) -> datetime:
        """Return the wall time of a start; a waiting hand stands at the hour's end."""
        return self.hands[start] + (MINUTE if self.waits[start] else timedelta())


class Pauses:
    """Which minutes the candidate had the ball in, and what that did to a clock."""

    def __init__(self, slow: Minutes, spells: list[tuple[int, int]]) -> None:
        self.slow = slow
        self.held = [False] * len(slow.hands)
        for begins, ends in spells:
            self.held[begins:ends] = [True] * (ends - begins)

    def shown(self, start: int, end: int, *, working: bool) -> int:
        """Count the minutes in which the clock ran."""
        return sum(
            not self.held[k] and (not working or self.slow.worked[k] is not None)
            for k in range(start, end)
        )

    def reached(self, start: int, minutes: int, *, working: bool) -> int:
        """Return the first place at which the clock shows that many minutes."""
        while minutes:
            minutes -= self.shown(start, start + 1, working=working)
            start += 1
        return start

    def days_later(self, start: int, days: int, *, working: bool) -> int | None:
        """Walk through the pauses before a deadline, or nothing if weeks run out."""
        count = self.slow.working_days_later if working else self.slow.days_later
        runs = [not working or day is not None for day in self.slow.worked]
        start = self.freed(runs, start)
        due, place = count(start, days), start
        while due is not None and place < due:
            if not (runs[place] and self.held[place]):
                place += 1
                continue
            end = self.freed(runs, place)
            minutes = sum(runs[place:end])
            started_over = count(end, days)
            late = self.slow.hours_later(due, minutes) if working else due + minutes
            due = None if started_over is None else min(late, started_over)
            place = end
        return due

    def freed(self, runs: list[bool], place: int) -> int:
        """Return the next minute that counts and in which nobody has the ball."""
        while not runs[place] or self.held[place]:
            place += 1
        return place


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def minute(of: time) -> int:
    return of.hour * 60 + of.minute


slow_law = settings(law, max_examples=40)
starts = st.integers(-3 * 1440, 3 * 1440) | st.integers(-180, 180)


@slow_law
@given(offices(), starts, starts, st.integers(1, 9), st.integers(1, 3), directions)
def test_every_minute_agrees_with_a_slow_reading(
    office: Office,
    one: int,
    other: int,
    hours: int,
    days: int,
    back: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    assume(office.change.second == 0)
    slow, calendar = Minutes(office), office.calendar()
    start, end = office.change + one * MINUTE, office.change + other * MINUTE
    place, sign = slow.place(start), -1 if back else 1
    assert calendar.is_open(start) == (slow.worked[place] is not None)
    assert calendar.elapsed(start, end) == MINUTE * slow.elapsed(place, slow.place(end))

    due = calendar.shift(start, Duration(hours, Unit.WORKING_HOURS), back=back)
    count = slow.hours_before if back else slow.hours_later
    assert slow.place(due) == count(place, hours * 60)

    due = calendar.shift(start, Duration(days, Unit.DAYS), back=back)
    assert slow.place(due) == slow.days_later(place, sign * days)

    due = calendar.shift(start, Duration(days, Unit.WORKING_DAYS), back=back)
    assert slow.working_days_later(place, sign * days) in {slow.place(due), None}


turns = st.tuples(starts, st.integers(0, 3 * 1440) | st.integers(0, 180))


@slow_law
@given(
    offices(),
    starts,
    st.lists(turns, max_size=4),
    st.integers(1, 30),
    st.integers(1, 5),
)
def test_every_minute_of_a_pause_agrees_with_a_slow_reading(
    office: Office, one: int, turns: list[tuple[int, int]], hours: int, days: int
) -> None:
    assume(office.change.second == 0)
    slow, calendar = Minutes(office, FAR), office.calendar()
    start = office.change + one * MINUTE
    place = slow.place(start)
    spells = [
        (office.change + begins * MINUTE, office.change + (begins + length) * MINUTE)
        for begins, length in turns
    ]
    places = [(slow.place(begins), slow.place(ends)) for begins, ends in spells]
    pauses = Pauses(slow, places)

    for unit in (Unit.HOURS, Unit.WORKING_HOURS):
        working = unit is Unit.WORKING_HOURS
        due = paused_due(calendar, start, Duration(hours, unit), spells)
        assert slow.place(due) == pauses.reached(place, hours * 60, working=working)
        shown = worked(calendar, start, start + 5 * DAY, unit, spells)
        end = slow.place(start + 5 * DAY)
        assert shown == MINUTE * pauses.shown(place, end, working=working)

    for unit in (Unit.DAYS, Unit.WORKING_DAYS):
        working = unit is Unit.WORKING_DAYS
        due = paused_due(calendar, start, Duration(days, unit), spells)
        found = pauses.days_later(place, days, working=working)
        assert found in {slow.place(due), None}
