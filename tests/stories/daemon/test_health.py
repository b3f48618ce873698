"""What /healthz, /readyz and the scheduler go by, with the time passed in."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from monitor.daemon.health import Faults, Pulse
from monitor.daemon.ticker import Ticker
from monitor.errors import MonitorError, StoreError
from monitor.metrics import Ran, Work
from monitor.settings import SourceSettings
from tests.stories.daemon.process import PATIENCE

HOUR = timedelta(hours=1)
SLOWEST = 3 * 300 + 120  # seconds: three polls, and the time that a statement has
FULL = StoreError("the disk is full")


class Stopwatch:
    """A clock that goes on when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class TestPulse:
    @pytest.fixture
    def stopwatch(self) -> Stopwatch:
        return Stopwatch()

    @pytest.fixture
    def pulse(self, stopwatch: Stopwatch) -> Pulse:
        source = {"name": "ats", "url": "sqlite:///ats.db", "mapping": "standard"}
        return Pulse([SourceSettings.model_validate(source)], stopwatch)

    def test_a_job_that_nobody_waits_for_is_no_trouble(self, pulse: Pulse) -> None:
        assert pulse.troubles(["deliver", "poll ats"]) == []

    def test_a_job_may_take_its_time(self, pulse: Pulse, stopwatch: Stopwatch) -> None:
        pulse.beat("deliver")
        pulse.beat("poll ats")
        stopwatch.seconds += 90
        assert pulse.troubles(["deliver", "poll ats"]) == []

    def test_a_job_that_hangs_is_named(
        self, pulse: Pulse, stopwatch: Stopwatch
    ) -> None:
        pulse.beat("deliver")
        pulse.beat("poll ats")
        stopwatch.seconds += 3 * 300 + 120 + 1
        silent = ["no deliver for 0:17:01", "no poll ats for 0:17:01"]
        assert pulse.troubles(["deliver", "poll ats"]) == silent
        pulse.beat("deliver")
        assert pulse.troubles(["deliver", "poll ats"]) == silent[1:]

    @pytest.mark.parametrize(
        ("seconds", "ours", "said"),
        [
            pytest.param(90, ["deliver"], [], id="delivery in time"),
            pytest.param(
                91, ["deliver"], ["no deliver for 0:01:31"], id="silent delivery"
            ),
            pytest.param(
                SLOWEST, ["poll ats"], [], id="a statement may take that long"
            ),
            pytest.param(
                SLOWEST + 1, ["poll ats"], ["no poll ats for 0:17:01"], id="late poll"
            ),
            pytest.param(SLOWEST + 1, [], [], id="not ours"),
        ],
    )
    def test_only_our_own_jobs_are_missed_and_only_once_they_are_late(
        self,
        pulse: Pulse,
        stopwatch: Stopwatch,
        seconds: int,
        ours: list[str],
        said: list[str],
    ) -> None:
        pulse.beat("deliver")
        pulse.beat("poll ats")
        stopwatch.seconds += seconds
        assert pulse.troubles(ours) == said


class TestFaults:
    def test_what_several_jobs_fail_of_is_new_and_over_once(self) -> None:
        faults = Faults()
        assert faults.fails("poll north", FULL)
        assert not faults.fails("poll south", FULL)
        assert not faults.works("poll north")
        assert faults.works("poll south")

    def test_a_job_that_works_ends_no_fault_of_another(self) -> None:
        faults = Faults()
        assert faults.fails("poll north", FULL)
        assert not faults.works("report")
        assert not faults.fails("poll north", FULL)

    def test_another_fault_of_the_same_job_is_new(self) -> None:
        faults = Faults()
        assert faults.fails("deliver", FULL)
        assert faults.fails("deliver", StoreError("the disk is gone"))
        assert faults.of_state() == ["the disk is gone"]

    def test_only_the_state_makes_it_unready(self) -> None:
        faults = Faults()
        faults.fails("reload", MonitorError("a port is taken"))
        assert faults.of_state() == []


def ignore(work: Work, ran: Ran) -> None:
    """Count nothing."""


class TestTicker:
    @pytest.fixture
    def ticker(self) -> Iterator[Ticker]:
        made = Ticker(ignore)
        yield made
        made.drain()

    def test_a_clock_that_is_set_back_stops_nothing(self, ticker: Ticker) -> None:
        now, ran = present(), Event()
        ticker.every(HOUR, "poll ats", ran.set, first=now + 3 * HOUR)
        ticker.start()
        assert not ran.wait(0.2)
        assert ticker.catch_up(now=now)
        assert ran.wait(PATIENCE)

    def test_a_job_that_is_due_within_its_pause_stays_as_it_is(
        self, ticker: Ticker
    ) -> None:
        now, ran = present(), Event()
        ticker.every(HOUR, "poll ats", ran.set, first=now + HOUR)
        ticker.start()
        assert not ticker.catch_up(now=now)
        assert not ran.wait(0.2)

    def test_what_runs_once_is_left_alone(self) -> None:
        ticker = Ticker(ignore)
        ticker.once("reload", Event().set)
        assert not ticker.catch_up(now=present() - HOUR)

    def test_after_that_it_goes_on_at_its_pace(self, ticker: Ticker) -> None:
        now, runs = present(), Counter[str]()
        ticker.every(
            HOUR, "poll ats", lambda: runs.update(["run"]), first=now + 3 * HOUR
        )
        ticker.start()
        assert ticker.catch_up(now=now)
        assert not ticker.catch_up(now=present())


def present() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the scheduler reads the real clock
