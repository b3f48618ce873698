"""Working time agrees with a slow, independent reading of the same words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.worktime import Duration, Unit
from tests.laws.offices import DAY, MINUTE, Office, directions, law, offices

REACH = 11 * 24 * 60  # minutes on either side of the clock change


class Minutes:
    """Three weeks of minutes, with the wall clock that a person would read.

    The hand of that clock is never turned back: in a repeated hour it waits.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.first = office.change - REACH * MINUTE
        self.hands: list[datetime] = []
        self.waits: list[bool] = []
        self.worked: list[date | None] = []  # the day that a working minute belongs to
        zone = ZoneInfo(office.zone)
        hand = datetime(1, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
        for step in range(2 * REACH):
            at = self.first + step * MINUTE
            wall = at.astimezone(zone).replace(tzinfo=None)
            self.waits.append(wall <= hand)
            hand = max(wall, hand)
            self.hands.append(hand)
            self.worked.append(self.day_worked(hand))

    def day_worked(self, hand: datetime) -> date | None:
        """Return the day whose hours hold this minute of the wall clock."""
        for day in (hand.date(), hand.date() - DAY):
            since = (hand - midnight(day)) // MINUTE
            half = (self.office.half_days or {}).get(day)
            for first, last in self.office.hours.get(day.weekday(), []):
                opens, closes = minute(first), minute(last)
                closes += 1440 if closes <= opens else 0
                closes = min(closes, minute(half)) if half else closes
                if opens <= since < closes and day not in self.office.closed_on:
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


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def minute(of: time) -> int:
    return of.hour * 60 + of.minute


slow_law = settings(law, max_examples=30)
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
