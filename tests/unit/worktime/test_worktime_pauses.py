"""What a pause does to a deadline, one decision at a time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.worktime import (
    Calendar,
    Duration,
    Unit,
    paused_due,
    worked,
)

Hours = Mapping[int, Sequence[tuple[time, time]]]
Spell = tuple[datetime, datetime]

OSLO = ZoneInfo("Europe/Oslo")
NINE_TO_FIVE: Hours = {day: [(time(9), time(17))] for day in range(5)}
SHORT_FRIDAY: Hours = {**NINE_TO_FIVE, 4: [(time(9), time(13))]}
NIGHTS: Hours = {day: [(time(22), time(6))] for day in range(5)}


def office(
    hours: Hours = NINE_TO_FIVE, half_days: Mapping[date, time] | None = None
) -> Calendar:
    return Calendar(zone="Europe/Oslo", hours=hours, country="NO", half_days=half_days)


def at(text: str) -> datetime:
    """Read a local time, such as `11-23T09:00`, of the year 2026 unless it is said."""
    year = "" if text[4:5] == "-" else "2026-"
    return datetime.fromisoformat(year + text).replace(tzinfo=OSLO).astimezone(UTC)


def local(instant: datetime) -> str:
    return f"{instant.astimezone(OSLO):%a %m-%d %H:%M}"


def spells(text: str) -> list[Spell]:
    """Read `FROM/TO, FROM/TO`."""
    parts = [part.split("/") for part in text.split(", ") if part]
    return [(at(begins), at(ends)) for begins, ends in parts]


# 23 November 2026 is a Monday.
@pytest.mark.parametrize(
    ("start", "by", "paused", "due"),
    [
        ("11-23T10:00", "24 hours", "", "Tue 11-24 10:00"),
        ("11-23T10:00", "24 hours", "11-23T12:00/11-23T15:00", "Tue 11-24 13:00"),
        ("11-23T10:00", "24 hours", "11-24T09:59/11-26T09:59", "Thu 11-26 10:00"),
        ("11-23T10:00", "24 hours", "11-24T10:00/11-26T10:00", "Tue 11-24 10:00"),
        ("11-23T10:00", "14 days", "11-28T10:00/11-30T13:00", "Wed 12-09 13:00"),
        ("03-27T10:00", "1 day", "03-27T11:00/03-28T11:00", "Sun 03-29 11:00"),
        ("11-23T10:00", "10 working days", "", "Mon 12-07 10:00"),
        (
            "11-23T10:00",
            "10 working days",
            "11-24T09:00/11-26T09:00",
            "Wed 12-09 10:00",
        ),
        (
            "11-23T10:00",
            "10 working days",
            "11-27T17:00/11-30T09:00",
            "Mon 12-07 10:00",
        ),
        (
            "11-23T10:00",
            "1 working day",
            "11-24T09:59/11-25T11:59",
            "Wed 11-25 12:00",
        ),
        ("11-27T16:30", "1 working hour", "", "Mon 11-30 09:30"),
        (
            "11-27T16:30",
            "1 working hour",
            "11-27T16:45/11-30T10:00",
            "Mon 11-30 10:45",
        ),
        (
            "11-23T09:00",
            "8 working hours",
            "11-23T17:00/11-24T12:00",
            "Mon 11-23 17:00",
        ),
        (
            "12-23T15:00",
            "4 working hours",
            "12-23T16:00/12-28T10:00",
            "Mon 12-28 13:00",
        ),
    ],
)
def test_a_deadline_waits_out_the_pauses_before_it(
    start: str, by: str, paused: str, due: str
) -> None:
    found = paused_due(office(), at(start), Duration.parse(by), spells(paused))
    assert local(found) == due


def test_spells_may_overlap_touch_be_empty_and_come_in_any_order() -> None:
    messy = spells(
        "11-25T10:00/11-25T12:00, 11-24T10:00/11-24T12:00, 11-24T11:00/11-24T13:00, "
        "11-24T13:00/11-24T14:00, 11-24T10:30/11-24T11:30, 11-25T09:00/11-25T09:00, "
        "11-20T09:00/11-23T09:00, 11-25T16:00/11-25T14:00"
    )
    tidy = spells("11-24T10:00/11-24T14:00, 11-25T10:00/11-25T12:00")
    start, target = at("11-23T09:00"), Duration.parse("5 working days")
    assert paused_due(office(), start, target, messy) == at("12-01T09:00") - timedelta(
        hours=18
    )
    assert paused_due(office(), start, target, messy) == paused_due(
        office(), start, target, tidy
    )


def test_a_pause_that_moves_the_deadline_brings_in_the_next() -> None:
    start, target = at("11-23T10:00"), Duration.parse("24 hours")
    first = spells("11-23T12:00/11-23T18:00")
    second = spells("11-24T14:00/11-24T20:00")
    assert local(paused_due(office(), start, target, first)) == "Tue 11-24 16:00"
    assert local(paused_due(office(), start, target, second)) == "Tue 11-24 10:00"
    both = paused_due(office(), start, target, first + second)
    assert local(both) == "Tue 11-24 22:00"


def test_what_is_left_when_a_pause_begins_is_left_when_it_ends() -> None:
    start, target = at("11-26T09:30"), Duration.parse("1 working day")
    friday = spells("11-27T09:00/11-27T17:00")  # half an hour before the deadline
    due = paused_due(office(SHORT_FRIDAY), start, target, friday)
    assert local(due) == "Mon 11-30 09:30"


def test_a_pause_leaves_no_more_time_than_a_start_at_its_end() -> None:
    start, target = at("11-26T09:00"), Duration.parse("1 working day")
    # The eight hours of Thursday would be two days from Friday's short one on.
    pause = spells("11-26T09:01/11-27T09:01")
    due = paused_due(office(SHORT_FRIDAY), start, target, pause)
    assert due == office(SHORT_FRIDAY).shift(at("11-27T09:01"), target)
    assert local(due) == "Mon 11-30 09:01"


def test_a_half_day_in_a_pause_counts_for_what_is_worked() -> None:
    calendar = office(half_days={date(2026, 11, 24): time(12)})
    start, target = at("11-23T09:00"), Duration.parse("10 working hours")
    assert local(calendar.shift(start, target)) == "Tue 11-24 11:00"
    due = paused_due(calendar, start, target, spells("11-24T09:00/11-25T09:00"))
    assert local(due) == "Wed 11-25 11:00"


@pytest.mark.parametrize(
    "paused", ["11-26T10:00/11-26T17:00, 11-27T09:00/11-27T13:00", "11-26T10:00/11-28"]
)
def test_spells_with_only_a_night_between_them_are_one_pause(paused: str) -> None:
    start, target = at("11-26T10:00"), Duration.parse("1 working day")
    due = paused_due(office(SHORT_FRIDAY), start, target, spells(paused))
    assert local(due) == "Tue 12-01 09:00"


def test_a_night_shift_stands_still_over_midnight() -> None:
    pause = spells("11-23T23:00/11-24T01:00")
    target = Duration.parse("8 working hours")
    due = paused_due(office(NIGHTS), at("11-23T22:00"), target, pause)
    assert local(due) == "Wed 11-25 00:00"


@pytest.mark.parametrize("unit", Unit)
def test_a_wait_that_starts_in_a_pause_starts_at_its_end(unit: Unit) -> None:
    pause = spells("11-23T10:00/11-25T11:00")
    target = Duration(1, unit)
    for hours in (
        NINE_TO_FIVE,
        SHORT_FRIDAY,
        {**NINE_TO_FIVE, 1: [(time(9), time(12))]},
    ):
        due = paused_due(office(hours), at("11-24T10:00"), target, pause)
        assert due == office(hours).shift(at("11-25T11:00"), target)


@pytest.mark.parametrize(
    ("unit", "end", "hours"),
    [
        (Unit.HOURS, "11-23T09:00", 0),
        (Unit.HOURS, "11-24T10:00", 22),
        (Unit.DAYS, "11-24T10:00", 22),
        (Unit.WORKING_HOURS, "11-24T10:00", 6),
        (Unit.WORKING_DAYS, "11-24T10:00", 6),
        (Unit.WORKING_HOURS, "11-23T16:00", 5),
        (Unit.WORKING_HOURS, "11-23T08:00", 0),
    ],
)
def test_a_clock_shows_what_ran_less_the_pauses(
    unit: Unit, end: str, hours: int
) -> None:
    pauses = spells("11-23T15:00/11-23T17:00, 11-25T09:00/11-26T09:00")
    shown = worked(office(), at("11-23T10:00"), at(end), unit, pauses)
    assert shown == timedelta(hours=hours)


def test_a_pause_without_a_zone_is_refused() -> None:
    naive = [(datetime(2026, 11, 23, 9), datetime(2026, 11, 23, 12))]  # noqa: DTZ001
    with pytest.raises(ValueError, match="names no time zone"):
        paused_due(office(), at("11-23T09:00"), Duration(1, Unit.HOURS), naive)


def test_no_work_to_add_is_no_step_at_all() -> None:
    saturday = at("11-28T12:00")
    assert office().add(saturday, timedelta(0)) == saturday
    assert local(office().add(saturday, timedelta(hours=1))) == "Mon 11-30 10:00"
