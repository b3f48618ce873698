"""What calendars and deadlines mean, one decision at a time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

import pytest

from monitor.worktime import Calendar, Duration, Unit, cutoff

Hours = Mapping[int, Sequence[tuple[time, time]]]

NINE_TO_FIVE: Hours = {day: [(time(9), time(17))] for day in range(5)}
WITH_LUNCH: Hours = {
    day: [(time(13), time(17)), (time(9), time(12))] for day in range(5)
}
NIGHTS: Hours = {day: [(time(22), time(6))] for day in range(5)}
ALWAYS: Hours = {day: [(time(0), time(0))] for day in range(7)}


def stockholm(hours: Hours = NINE_TO_FIVE) -> Calendar:
    return Calendar(zone="Europe/Stockholm", hours=hours)


def at(text: str, zone: str = "Europe/Stockholm") -> datetime:
    """Read a local time of the zone, first pass, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def local(instant: datetime, zone: str = "Europe/Stockholm") -> str:
    return f"{instant.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


# --- calendars that cannot be ---


@pytest.mark.parametrize(
    ("zone", "advice"),
    [
        ("Stockholm", "Europe/Stockholm"),
        ("europe/oslo", "Europe/Oslo"),
        ("Europe/Stokholm", "Europe/Stockholm"),
        ("new york", "America/New_York"),
        ("Europe", "Europe/"),
        ("/etc/passwd", "Europe/Stockholm"),
        ("", "Europe/Stockholm"),
        ("Middle of nowhere", "Europe/Stockholm"),
    ],
)
def test_an_unknown_zone_names_the_nearest(zone: str, advice: str) -> None:
    with pytest.raises(ValueError, match=f'"{zone}" is not a time zone .*{advice}'):
        Calendar(zone=zone, hours=NINE_TO_FIVE)


@pytest.mark.parametrize(
    ("country", "region", "message"),
    [
        ("se", None, r'"se" is not a country with known holidays \(try "SE"\)'),
        ("Sweden", None, 'try "SE"'),
        ("Nroway", None, 'try "NO"'),
        ("united kingdom", None, 'try "GB"'),
        ("Middle-earth", None, r'write two letters, such as "SE"\)'),
        ("HolidayBase", None, "is not a country"),
        ("DE", "Bavaria", r'"Bavaria" is not a region of DE \(it has .*BW, BY, '),
        ("DE", "Bayer", r'"Bayer" is not a region of DE \(try "BY"\)'),
        ("DE", "by", 'try "BY"'),
        ("GB", "Wonderland", r"\(it has ENG, NIR, SCT, WLS\)"),
        ("SE", "Skåne", '"Skåne" is not a region: SE has no regional holidays'),
        (None, "BY", 'region "BY" needs a country'),
    ],
)
def test_an_unknown_country_or_region_names_the_nearest(
    country: str | None, region: str | None, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Calendar(
            zone="Europe/Berlin", hours=NINE_TO_FIVE, country=country, region=region
        )


@pytest.mark.parametrize(
    ("hours", "message"),
    [
        (
            {0: [(time(9), time(12)), (time(11), time(17))]},
            "Mon 09:00-12:00 overlaps Mon 11:00-17:00",
        ),
        (
            {1: [(time(22), time(6))], 2: [(time(5), time(9))]},
            "Tue 22:00-06:00 overlaps Wed 05:00-09:00",
        ),
        (
            {6: [(time(22), time(6))], 0: [(time(5), time(9))]},
            "Sun 22:00-06:00 overlaps Mon 05:00-09:00",
        ),
        ({7: [(time(9), time(17))]}, "7 is not a weekday"),
        ({0: [(time(9, tzinfo=UTC), time(17))]}, r'"09:00:00\+00:00" names a zone'),
    ],
    ids=["same day", "over midnight", "over the week's end", "eighth day", "zone"],
)
def test_hours_that_cannot_be_are_refused(hours: Hours, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stockholm(hours)


def test_ranges_may_touch() -> None:
    hours = {6: [(time(22), time(6))], 0: [(time(6), time(9)), (time(9), time(12))]}
    assert stockholm(hours).elapsed(
        at("2026-11-22T00:00"), at("2026-11-24T00:00")
    ) == timedelta(hours=14)


# --- which days are worked ---


def test_public_holidays_come_from_the_country_and_region() -> None:
    bavaria = Calendar(
        zone="Europe/Berlin", hours=NINE_TO_FIVE, country="DE", region="BY"
    )
    germany = Calendar(zone="Europe/Berlin", hours=NINE_TO_FIVE, country="DE")
    epiphany = date(2026, 1, 6)
    assert bavaria.holiday_name(epiphany) == "Heilige Drei Könige"
    assert not bavaria.is_working_day(epiphany)
    assert germany.holiday_name(epiphany) is None
    assert germany.is_working_day(epiphany)


def test_the_last_year_of_the_holiday_data_is_known() -> None:
    sweden = Calendar(zone="Europe/Stockholm", hours=NINE_TO_FIVE, country="SE")
    assert sweden.holidays_until is not None
    assert sweden.holidays_until >= 2030
    assert sweden.holiday_name(date(sweden.holidays_until + 1, 1, 1)) is None


def test_without_a_country_there_are_no_holidays() -> None:
    assert stockholm().holidays_until is None
    assert stockholm().holiday_name(date(2026, 12, 25)) is None
    assert stockholm().is_working_day(date(2026, 12, 25))


def test_closed_days_and_half_days_are_kept() -> None:
    calendar = Calendar(
        zone="Europe/Stockholm",
        hours=WITH_LUNCH,
        closed_on=[date(2026, 12, 24)],
        half_days={
            date(2026, 12, 22): time(14),
            date(2026, 12, 23): time(12, 30),
            date(2026, 12, 24): time(12),
            date(2026, 12, 28): time(8),
        },
    )
    worked = [
        calendar.elapsed(at(f"2026-12-{day}T00:00"), at(f"2026-12-{day}T23:59"))
        for day in (21, 22, 23, 24, 25, 26, 28)
    ]
    assert [hours / timedelta(hours=1) for hours in worked] == [7, 4, 3, 0, 7, 0, 0]
    assert not calendar.is_working_day(date(2026, 12, 24))
    assert not calendar.is_working_day(date(2026, 12, 28))


def test_a_day_that_a_zone_skipped_is_no_working_day() -> None:
    samoa = Calendar(zone="Pacific/Apia", hours=ALWAYS)
    assert not samoa.is_working_day(date(2011, 12, 30))
    assert samoa.is_working_day(date(2011, 12, 29))
    assert samoa.is_working_day(date(2011, 12, 31))


def test_a_leap_day_may_be_a_half_day_or_closed() -> None:
    leap, by = date(2028, 2, 29), Duration.parse("5 working hours")  # a Tuesday
    start = at("2028-02-28T17:00")
    half = Calendar(zone="Europe/Oslo", hours=NINE_TO_FIVE, half_days={leap: time(12)})
    closed = Calendar(zone="Europe/Oslo", hours=NINE_TO_FIVE, closed_on=[leap])
    due = [calendar.shift(start, by) for calendar in (stockholm(), half, closed)]
    assert [local(each) for each in due] == [
        "Tue 2028-02-29 14:00",
        "Wed 2028-03-01 11:00",
        "Wed 2028-03-01 14:00",
    ]


def test_a_half_day_that_names_a_zone_is_refused() -> None:
    half_days = {date(2026, 11, 24): time(12, tzinfo=UTC)}
    with pytest.raises(ValueError, match="local to their calendar"):
        Calendar(zone="Europe/Oslo", hours=NINE_TO_FIVE, half_days=half_days)


def test_a_half_day_shortens_a_night_shift_before_midnight() -> None:
    calendar = Calendar(
        zone="Europe/Stockholm",
        hours=NIGHTS,
        half_days={date(2026, 11, 24): time(23)},
    )
    assert calendar.ranges(date(2026, 11, 24)) == (
        (at("2026-11-24T22:00"), at("2026-11-24T23:00")),
    )
    assert calendar.is_open(at("2026-11-24T05:59"))  # Monday's shift runs on


# --- instants of a day ---


def test_ranges_are_half_open_and_ordered() -> None:
    calendar = stockholm(WITH_LUNCH)
    monday = calendar.ranges(date(2026, 11, 23))
    assert monday == (
        (at("2026-11-23T09:00"), at("2026-11-23T12:00")),
        (at("2026-11-23T13:00"), at("2026-11-23T17:00")),
    )
    assert all(edge.tzinfo is UTC for span in monday for edge in span)
    open_at = ["09:00", "11:59", "13:00", "16:59"]
    shut_at = ["08:59", "12:00", "12:59", "17:00"]
    assert all(calendar.is_open(at(f"2026-11-23T{when}")) for when in open_at)
    assert not any(calendar.is_open(at(f"2026-11-23T{when}")) for when in shut_at)


@pytest.mark.parametrize(
    ("start", "opens"),
    [
        ("2026-11-23T08:00", "Mon 2026-11-23 09:00"),
        ("2026-11-23T09:00", "Mon 2026-11-23 09:00"),
        ("2026-11-23T10:30", "Mon 2026-11-23 10:30"),
        ("2026-11-23T12:00", "Mon 2026-11-23 13:00"),
        ("2026-11-27T17:00", "Mon 2026-11-30 09:00"),
    ],
)
def test_the_next_opening_is_never_before_the_start(start: str, opens: str) -> None:
    assert local(stockholm(WITH_LUNCH).next_open(at(start))) == opens


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    calendar = stockholm(NIGHTS)
    assert calendar.is_open(at("2026-11-28T05:59"))  # Friday's shift, on Saturday
    assert not calendar.is_open(at("2026-11-28T06:00"))
    assert not calendar.is_open(at("2026-11-28T23:00"))
    assert not calendar.is_working_day(date(2026, 11, 28))


def test_a_local_day_is_what_the_wall_calendar_shows() -> None:
    assert stockholm().local_day(datetime(2026, 11, 22, 23, tzinfo=UTC)) == date(
        2026, 11, 23
    )


@pytest.mark.parametrize(
    ("day", "when", "instant"),
    [
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:00+00:00"),
        (date(2026, 3, 29), time(3, 0), "2026-03-29T01:00+00:00"),
        (date(2026, 3, 29), time(1, 59), "2026-03-29T00:59+00:00"),
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30+00:00"),
        (date(2026, 10, 25), time(3, 0), "2026-10-25T02:00+00:00"),
    ],
    ids=["skipped", "first after the skip", "before", "repeated", "after the repeat"],
)
def test_a_local_time_becomes_one_instant(day: date, when: time, instant: str) -> None:
    assert stockholm().at_local(day, when) == datetime.fromisoformat(instant)


def test_a_time_on_a_skipped_day_moves_to_the_next() -> None:
    samoa = Calendar(zone="Pacific/Apia", hours=ALWAYS)
    assert samoa.at_local(date(2011, 12, 30), time(12)) == at(
        "2011-12-31T00:00", "Pacific/Apia"
    )


# --- deadlines ---


@pytest.mark.parametrize(
    ("start", "by", "due"),
    [
        ("2026-11-23T10:00", "336 hours", "Mon 2026-12-07 10:00"),
        ("2026-03-28T10:00", "24 hours", "Sun 2026-03-29 11:00"),
        ("2026-11-23T10:00", "14 days", "Mon 2026-12-07 10:00"),
        ("2026-03-28T10:00", "1 day", "Sun 2026-03-29 10:00"),
        ("2026-03-28T02:30", "1 day", "Sun 2026-03-29 03:00"),
        ("2028-02-15T10:00", "14 days", "Tue 2028-02-29 10:00"),
        ("2026-12-31T10:00", "1 day", "Fri 2027-01-01 10:00"),
        ("2026-11-27T16:30", "1 working day", "Mon 2026-11-30 16:30"),
        ("2026-11-28T12:00", "1 working day", "Tue 2026-12-01 09:00"),
        ("2026-11-23T07:00", "1 working day", "Tue 2026-11-24 09:00"),
        ("2026-11-23T17:00", "1 working day", "Wed 2026-11-25 09:00"),
        ("2026-11-23T10:00", "10 working days", "Mon 2026-12-07 10:00"),
        ("2026-11-27T16:30", "1 working hour", "Mon 2026-11-30 09:30"),
        ("2026-11-23T09:00", "8 working hours", "Mon 2026-11-23 17:00"),
        ("2026-11-23T08:00", "80 working hours", "Fri 2026-12-04 17:00"),
    ],
)
def test_a_deadline_follows_the_clock_it_names(start: str, by: str, due: str) -> None:
    assert local(stockholm().shift(at(start), Duration.parse(by))) == due


@pytest.mark.parametrize(
    ("start", "by", "before"),
    [
        ("2026-12-07T10:00", "336 hours", "Mon 2026-11-23 10:00"),
        ("2026-12-07T10:00", "14 days", "Mon 2026-11-23 10:00"),
        ("2026-03-30T02:30", "1 day", "Sun 2026-03-29 03:00"),
        ("2026-11-30T16:30", "1 working day", "Fri 2026-11-27 16:30"),
        ("2026-11-28T12:00", "1 working day", "Fri 2026-11-27 09:00"),
        ("2026-12-07T10:00", "10 working days", "Mon 2026-11-23 10:00"),
        ("2026-11-30T09:30", "1 working hour", "Fri 2026-11-27 16:30"),
        ("2026-11-30T09:00", "1 working hour", "Fri 2026-11-27 16:00"),
        ("2026-11-24T09:00", "8 working hours", "Mon 2026-11-23 09:00"),
        ("2026-11-28T12:00", "9 working hours", "Thu 2026-11-26 16:00"),
    ],
)
def test_a_deadline_can_be_counted_back(start: str, by: str, before: str) -> None:
    assert local(stockholm().shift(at(start), Duration.parse(by), back=True)) == before


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-11-23T12:30", "Tue 2026-11-24 13:00"),  # before the late opening
        ("2026-11-24T13:30", "Wed 2026-11-25 14:00"),  # in the long lunch
        ("2026-11-24T13:00", "Wed 2026-11-25 14:00"),  # lunch starts at 13:00 sharp
        ("2026-11-25T19:00", "Thu 2026-11-26 17:00"),  # after the last end
    ],
)
def test_a_deadline_is_clamped_into_the_hours_of_its_day(start: str, due: str) -> None:
    hours = {
        0: [(time(8), time(17))],
        1: [(time(13), time(17))],
        2: [(time(9), time(13)), (time(14), time(20))],
        3: [(time(9), time(17))],
    }
    day = Duration(1, Unit.WORKING_DAYS)
    assert local(stockholm(hours).shift(at(start), day)) == due


def test_a_night_shift_keeps_its_place_after_midnight() -> None:
    day = Duration(1, Unit.WORKING_DAYS)
    start = at("2026-11-24T02:00")  # Monday's shift
    assert local(stockholm(NIGHTS).shift(start, day)) == "Wed 2026-11-25 02:00"


def test_a_working_day_skips_holidays_in_both_directions() -> None:
    sweden = Calendar(zone="Europe/Stockholm", hours=NINE_TO_FIVE, country="SE")
    day = Duration(1, Unit.WORKING_DAYS)
    # 24 December is no public holiday in Sweden; 25 and 26 are.
    due = sweden.shift(at("2026-12-24T10:00"), day)
    assert local(due) == "Mon 2026-12-28 10:00"
    assert sweden.shift(due, day, back=True) == at("2026-12-24T10:00")


def test_a_start_in_the_repeated_hour_stands_at_its_end() -> None:
    day = Duration(1, Unit.DAYS)
    second_pass = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)
    assert local(second_pass) == "Sun 2026-10-25 02:15"
    assert local(stockholm().shift(second_pass, day)) == "Mon 2026-10-26 03:00"


def test_a_night_with_a_repeated_hour_is_an_hour_longer() -> None:
    hours = {5: [(time(22), time(6))], 6: [(time(22), time(6))]}
    calendar = stockholm(hours)
    assert calendar.elapsed(at("2026-10-24T12:00"), at("2026-10-25T12:00")) == (
        timedelta(hours=9)
    )
    assert calendar.elapsed(at("2026-03-28T12:00"), at("2026-03-29T12:00")) == (
        timedelta(hours=7)
    )


def test_elapsed_time_counts_only_work() -> None:
    calendar = stockholm(WITH_LUNCH)
    friday, monday = at("2026-11-27T11:00"), at("2026-11-30T10:00")
    assert calendar.elapsed(friday, monday) == timedelta(hours=6)
    assert calendar.elapsed(monday, friday) == timedelta(0)
    assert calendar.elapsed(friday, friday) == timedelta(0)


def test_instants_of_any_zone_are_understood_and_naive_ones_refused() -> None:
    calendar, hour = stockholm(), Duration(1, Unit.HOURS)
    plus_two = datetime(2026, 11, 23, 10, tzinfo=timezone(timedelta(hours=2)))
    due = calendar.shift(plus_two, hour)
    assert due == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert due.tzinfo is UTC
    naive = plus_two.replace(tzinfo=None)
    for ask in (calendar.is_open, calendar.next_open, calendar.local_day):
        with pytest.raises(ValueError, match="names no time zone"):
            ask(naive)


# --- calendars that never open ---


def test_a_calendar_must_open_within_sixty_days() -> None:
    around = at("2026-11-23T10:00")
    days = [date(2026, 11, 23) + timedelta(days=step) for step in range(61)]
    stockholm().require_open(around)
    Calendar(zone="Europe/Stockholm", hours=ALWAYS, closed_on=days[:-1]).require_open(
        around
    )
    with pytest.raises(ValueError, match="no working time in the 60 days from 2026-11"):
        Calendar(zone="Europe/Stockholm", hours=ALWAYS, closed_on=days).require_open(
            around
        )


@pytest.mark.parametrize("back", [False, True])
def test_a_calendar_without_work_gives_no_deadline(back: bool) -> None:  # noqa: FBT001
    idle, start = stockholm({}), at("2026-11-23T10:00")
    assert not idle.is_open(start)
    assert idle.elapsed(start, start + timedelta(days=9)) == timedelta(0)
    for unit in (Unit.WORKING_DAYS, Unit.WORKING_HOURS):
        with pytest.raises(ValueError, match="no working time in the 400 days"):
            idle.shift(start, Duration(1, unit), back=back)


def test_a_long_closure_is_crossed() -> None:
    start = date(2026, 1, 1)
    closed = [start + timedelta(days=step) for step in range(365)]
    calendar = Calendar(zone="Europe/Stockholm", hours=ALWAYS, closed_on=closed)
    assert local(calendar.next_open(at("2026-01-01T10:00"))) == "Fri 2027-01-01 00:00"


# --- one cutoff for all rows ---


def test_the_cutoff_is_the_first_start_that_is_still_on_time() -> None:
    calendar, target = stockholm(), Duration.parse("10 working days")
    now = at("2026-12-07T10:00")
    found = cutoff(calendar, now, lambda start: calendar.shift(start, target))
    assert found == at("2026-11-23T10:00")


def test_the_cutoff_is_found_where_no_deadline_falls_on_now() -> None:
    calendar, target = stockholm(), Duration.parse("1 working day")
    saturday = at("2026-11-28T12:00")
    found = cutoff(calendar, saturday, lambda start: calendar.shift(start, target))
    assert local(found) == "Thu 2026-11-26 17:00"


def test_the_cutoff_may_lie_after_now() -> None:
    calendar, before = stockholm(), Duration.parse("14 days")
    now = at("2026-11-23T10:00")
    found = cutoff(
        calendar, now, lambda start: calendar.shift(start, before, back=True)
    )
    assert found == at("2026-12-07T10:00")


def test_the_cutoff_asks_seldom() -> None:
    asked: list[datetime] = []

    def due(start: datetime) -> datetime:
        asked.append(start)
        return start + timedelta(days=14)

    now = at("2026-12-07T10:00")
    assert cutoff(stockholm(), now, due) == now - timedelta(days=14)
    assert len(asked) < 60


@pytest.mark.parametrize("far", [timedelta(days=-50_000), timedelta(days=50_000)])
def test_a_cutoff_out_of_reach_is_an_error(far: timedelta) -> None:
    now = at("2026-11-23T10:00")
    with pytest.raises(ValueError, match="no start leads to a deadline on 2026-11-23"):
        cutoff(stockholm(), now, lambda start: now + far)


def test_a_calendar_does_not_follow_its_arguments() -> None:
    hours = {0: [(time(9), time(17))]}
    half_days = {date(2026, 11, 23): time(12)}
    calendar = Calendar(zone="Europe/Oslo", hours=hours, half_days=half_days)
    hours[0].clear()
    half_days.clear()
    mondays = (date(2026, 11, 23) + timedelta(weeks=week) for week in range(9))
    worked = [len(calendar.ranges(day)) for day in islice(mondays, 2)]
    assert worked == [1, 1]
    assert calendar.ranges(date(2026, 11, 23))[0][1] == at("2026-11-23T12:00")


# --- the same hours elsewhere ---


def test_the_same_hours_are_lived_by_another_clock() -> None:
    calendar = stockholm()
    there = calendar.in_zone("America/New_York")
    assert there.is_open(at("2026-09-07 10:00", "America/New_York"))
    assert not there.is_open(at("2026-09-07 10:00"))
    assert calendar.is_open(at("2026-09-07 10:00"))
    assert calendar.in_zone("America/New_York") is there


def test_days_off_are_the_same_days_elsewhere() -> None:
    calendar = Calendar(
        zone="Europe/Stockholm",
        hours=NINE_TO_FIVE,
        country="SE",
        closed_on=[date(2026, 9, 8)],
    )
    there = calendar.in_zone("America/New_York")
    assert not there.is_working_day(date(2026, 9, 8))
    assert not there.is_working_day(date(2026, 12, 25))
    assert calendar.is_working_day(date(2026, 9, 7))


def test_a_zone_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        stockholm().in_zone("Mars/Olympus")
