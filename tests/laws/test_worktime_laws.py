"""Laws of working time, at every clock change, leap day and year's end."""

from datetime import UTC, datetime, timedelta

from hypothesis import assume, example, given
from hypothesis import strategies as st

from monitor.worktime import Calendar, Duration, Unit, cutoff
from tests.laws.offices import (
    DAY,
    FAMILIES,
    HOUR,
    MINUTE,
    TICK,
    Office,
    directions,
    durations,
    from_far,
    last_changes,
    later,
    law,
    near,
    offices,
)

LORD_HOWE = datetime(2026, 4, 4, 15, tzinfo=UTC)  # back by half an hour
APIA = datetime(2011, 12, 30, 10, tzinfo=UTC)  # a whole day was skipped
ALL_DAY = FAMILIES[2][0]


# --- deadlines ---


@law
@given(offices(), near, later, durations, directions, directions)
@example(
    office=Office("Australia/Lord_Howe", LORD_HOWE, {0: ALL_DAY}),
    offset=-20 * MINUTE,
    wait=30 * MINUTE,
    by=Duration(1, Unit.DAYS),
    back=False,
    far=False,
)
@example(
    office=Office("Pacific/Apia", APIA, dict.fromkeys(range(7), ALL_DAY)),
    offset=-30 * HOUR,
    wait=DAY,
    by=Duration(1, Unit.WORKING_DAYS),
    back=False,
    far=False,
)
def test_a_later_start_never_has_an_earlier_deadline(
    office: Office,
    offset: timedelta,
    wait: timedelta,
    by: Duration,
    back: bool,  # noqa: FBT001 - drawn by hypothesis
    far: bool,  # noqa: FBT001
) -> None:
    calendar, change = office.calendar(), office.change
    start = change + offset
    if far:
        start = from_far(start, by, back=back)
    first = calendar.shift(start, by, back=back)
    second = calendar.shift(start + wait, by, back=back)
    assert first <= second
    assert by.unit is not Unit.HOURS or second - first == wait


def test_deadlines_never_run_backwards_at_the_last_changes_of_every_zone() -> None:
    seen = last_changes()
    assert len({name for name, _ in seen}) > 300
    assert {"Australia/Lord_Howe", "Pacific/Apia"} <= {name for name, _ in seen}
    units = (Duration(1, Unit.DAYS), Duration(1, Unit.WORKING_DAYS))
    for name, change in [*seen, ("Pacific/Apia", APIA)]:
        calendar = Calendar(zone=name, hours=dict.fromkeys(range(7), ALL_DAY))
        for by in units:
            for near_day in (change, change - DAY):
                starts = [near_day + step * 20 * MINUTE for step in range(-7, 8)]
                due = [calendar.shift(start, by) for start in starts]
                assert due == sorted(due), (name, change, by)


@law
@given(offices(), near, st.integers(1, 60))
def test_working_hours_and_elapsed_are_inverse(
    office: Office, offset: timedelta, amount: int
) -> None:
    calendar, change = office.calendar(), office.change
    start, by = change + offset, Duration(amount, Unit.WORKING_HOURS)
    due = calendar.shift(start, by)
    before = calendar.shift(start, by, back=True)
    assert calendar.elapsed(start, due) == amount * HOUR
    assert calendar.elapsed(start, due - TICK) < amount * HOUR
    assert calendar.elapsed(before, start) == amount * HOUR
    assert calendar.elapsed(before + TICK, start) < amount * HOUR


@law
@given(offices(), near, near, st.integers(1, 30))
def test_counting_back_mirrors_counting_forward(
    office: Office,
    one: timedelta,
    other: timedelta,
    amount: int,
) -> None:
    calendar, change = office.calendar(), office.change
    start, end, by = change + one, change + other, Duration(amount, Unit.WORKING_HOURS)
    in_time = calendar.shift(start, by) <= end
    assert in_time == (start <= calendar.shift(end, by, back=True))
    due = calendar.shift(start, by)
    assert start <= calendar.shift(due, by, back=True)


@law
@given(offices(), near, later, later)
def test_elapsed_time_adds_up_over_splits(
    office: Office,
    offset: timedelta,
    first: timedelta,
    second: timedelta,
) -> None:
    calendar, change = office.calendar(), office.change
    start = change + offset
    middle, end = start + first, start + first + second
    whole = calendar.elapsed(start, end)
    assert whole == calendar.elapsed(start, middle) + calendar.elapsed(middle, end)
    assert timedelta(0) <= whole <= end - start


@law
@given(offices(), near, st.integers(0, 40), st.integers(0, 40), later)
def test_working_hours_add_up(
    office: Office, offset: timedelta, hours: int, more: int, rest: timedelta
) -> None:
    calendar, start = office.calendar(), office.change + offset
    first, second = hours * HOUR + rest, more * HOUR
    in_one_go = calendar.add(start, first + second)
    assert calendar.add(calendar.add(start, first), second) == in_one_go
    assert calendar.elapsed(start, in_one_go) == first + second
    assume(hours and more)
    by, rest_by = (Duration(n, Unit.WORKING_HOURS) for n in (hours, more))
    both = Duration(hours + more, Unit.WORKING_HOURS)
    for back in (False, True):
        middle = calendar.shift(start, by, back=back)
        whole = calendar.shift(start, both, back=back)
        assert calendar.shift(middle, rest_by, back=back) == whole


@law
@given(offices(), near)
def test_the_next_opening_is_the_first_working_instant(
    office: Office, offset: timedelta
) -> None:
    calendar, change = office.calendar(), office.change
    start = change + offset
    opens = calendar.next_open(start)
    assert opens >= start
    assert calendar.is_open(opens)
    assert calendar.is_open(start) == (opens == start)
    assert calendar.elapsed(start, opens) == timedelta(0)
    assert calendar.elapsed(opens, opens + TICK) == TICK


@law
@given(offices())
def test_ranges_are_half_open_disjoint_and_on_their_day(
    office: Office,
) -> None:
    calendar, change = office.calendar(), office.change
    days = [(change + step * DAY).date() for step in range(-4, 5)]
    spans = [span for day in days for span in calendar.ranges(day)]
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    after = calendar.ranges(days[-1] + DAY)  # the last day may run into it
    starts = {opens for opens, _ in [*spans, *after]}
    for opens, closes in spans:
        assert opens < closes
        assert calendar.is_open(opens)
        assert calendar.is_open(closes - TICK)
        assert calendar.is_open(closes) == (closes in starts)
    for day in days:
        assert calendar.is_working_day(day) == bool(calendar.ranges(day))
        # A local time that the zone skips may push a start to a later date.
        assert all(
            calendar.local_day(opens) >= day for opens, _ in calendar.ranges(day)
        )


@law
@given(offices(), near, durations, directions)
def test_a_working_deadline_lies_inside_the_hours_of_a_working_day(
    office: Office,
    offset: timedelta,
    by: Duration,
    back: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    calendar, change = office.calendar(), office.change
    assume("working" in by.unit.value)
    due = calendar.shift(change + offset, by, back=back)
    assert calendar.is_open(due) or calendar.is_open(due - TICK)


# --- one cutoff for all rows ---


@law
@given(offices(), near, durations, directions, near)
def test_a_start_is_late_exactly_if_it_is_before_the_cutoff(
    office: Office,
    offset: timedelta,
    by: Duration,
    back: bool,  # noqa: FBT001 - drawn by hypothesis
    other: timedelta,
) -> None:
    calendar, change = office.calendar(), office.change
    now = change + offset

    def due(start: datetime) -> datetime:
        return calendar.shift(start, by, back=back)

    found = cutoff(calendar, now, due)
    assert due(found - TICK) < now <= due(found)
    for start in (found + other, from_far(now, by, back=back) + other):
        assert (due(start) < now) == (start < found)


# --- durations ---


@law
@given(st.integers(1, 3_650), st.sampled_from(Unit))
def test_a_printed_duration_reads_back(amount: int, unit: Unit) -> None:
    duration = Duration(amount, unit)
    assert Duration.parse(str(duration)) == duration


words = st.sampled_from(
    ["", "days", "dyas", "workdays", "Hours", "weeks", "WORKING days", "dag", "x"]
)
numbers = st.integers(-99_999, 99_999).map(str) | st.floats(-1e6, 1e6).map(str)


@law
@given(st.builds("{} {}".format, numbers, words) | st.text(max_size=12))
def test_every_advice_is_itself_a_duration(text: str) -> None:
    try:
        Duration.parse(text)
    except ValueError as error:
        _, _, advice = str(error).rpartition("(")
        tried = advice.split('"')[1::2]
        assert tried
        for suggestion in tried:
            Duration.parse(suggestion)
