"""How fast Slack may be asked: bursts, intervals, channels, and clocks set back."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery import pace
from monitor.delivery.pace import RATES, Call, Pace
from tests.builders import at
from tests.laws.offices import law

NOON = at("2026-09-07 12:00")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_a_burst_goes_at_once_and_the_rest_waits() -> None:
    bucket = Pace()
    taken = [bucket.take(Call.LOOKUP, NOON) for _ in range(30)]
    assert taken == [True] * 25 + [False] * 5
    assert not bucket.take(Call.LOOKUP, NOON + 2 * SECOND)
    assert bucket.take(Call.LOOKUP, NOON + 3 * SECOND)


def test_one_kind_of_call_does_not_hold_up_another() -> None:
    bucket = Pace()
    assert all(bucket.take(Call.LOOKUP, NOON) for _ in range(25))
    assert bucket.take(Call.UPDATE, NOON)


def test_a_channel_has_one_post_a_second() -> None:
    bucket = Pace()
    assert bucket.take(Call.POST, NOON, channel="D1")
    assert not bucket.take(Call.POST, NOON, channel="D1")
    assert bucket.take(Call.POST, NOON, channel="D2")
    assert bucket.take(Call.POST, NOON + SECOND, channel="D1")


def test_a_refused_channel_takes_no_room_from_the_workspace() -> None:
    bucket = Pace()
    assert bucket.take(Call.POST, NOON, channel="D1")
    assert not any(bucket.take(Call.POST, NOON, channel="D1") for _ in range(100))
    taken = [bucket.take(Call.POST, NOON, channel=f"E{n}") for n in range(30)]
    assert sum(taken) == RATES[Call.POST].burst - 1


def test_a_clock_that_was_set_back_holds_nobody_up_for_long() -> None:
    bucket = Pace()
    assert all(bucket.take(Call.LOOKUP, NOON + 60 * MINUTE) for _ in range(25))
    assert not bucket.take(Call.LOOKUP, NOON)
    assert bucket.take(Call.LOOKUP, NOON + 3 * SECOND)


def test_channels_that_are_free_again_are_forgotten() -> None:
    bucket = Pace({Call.POST: pace.Rate(10**6, timedelta(microseconds=1))})
    for number in range(pace.FORGET_AT + 5):
        assert bucket.take(Call.POST, NOON + number * SECOND, channel=f"D{number}")
    assert len(bucket._free_at) < pace.FORGET_AT


def test_a_pace_without_rates_holds_nothing_back() -> None:
    free = Pace({})
    assert all(free.take(Call.POST, NOON, channel="D1") for _ in range(1000))


@law
@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=300))
def test_no_minute_sees_more_than_slack_allows(waits: list[int]) -> None:
    bucket, now, taken = Pace(), NOON, []
    for wait in waits:
        now += timedelta(milliseconds=wait)
        if bucket.take(Call.LOOKUP, now):
            taken.append(now)
    for start in taken:
        assert sum(start <= each < start + MINUTE for each in taken) <= 50
