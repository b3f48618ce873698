"""Laws of clocks that stand still, at every clock change, leap day and year's end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.worktime import (
    Calendar,
    Duration,
    Unit,
    cutoff,
    paused_due,
    worked,
)
from tests.laws.offices import (
    DAY,
    HOUR,
    TICK,
    directions,
    durations,
    from_far,
    later,
    law,
    near,
    offices,
    seconds,
)

NOTHING = timedelta()
Spell = tuple[datetime, datetime]
pause_law = settings(law, max_examples=200)
running = st.builds(
    Duration, st.integers(1, 40), st.sampled_from([Unit.HOURS, Unit.WORKING_HOURS])
)
working = st.builds(
    Duration,
    st.integers(1, 12),
    st.sampled_from([Unit.WORKING_DAYS, Unit.WORKING_HOURS]),
)
days = st.builds(Duration, st.integers(1, 2), st.just(Unit.WORKING_DAYS))


@dataclass(frozen=True)
class Wait:
    """A candidate who waits, and the spells in which it was their turn."""

    calendar: Calendar
    start: datetime
    by: Duration
    spells: tuple[Spell, ...]

    def due(self, spells: Sequence[Spell] | None = None) -> datetime:
        return self.due_from(self.start, spells)

    def due_from(
        self, start: datetime, spells: Sequence[Spell] | None = None
    ) -> datetime:
        taken = self.spells if spells is None else spells
        return paused_due(self.calendar, start, self.by, taken)

    def unpaused(self) -> datetime:
        return self.calendar.shift(self.start, self.by)

    def worked(self, end: datetime) -> timedelta:
        return worked(self.calendar, self.start, end, self.by.unit, self.spells)


@st.composite
def waits(draw: st.DrawFn, by: st.SearchStrategy[Duration] = durations | days) -> Wait:
    """Draw a wait of which the start, the deadline or a spell is near the turn."""
    office, target = draw(offices()), draw(by)
    calendar, start = office.calendar(), office.change + draw(near)
    if draw(directions):
        start = from_far(start, target, back=False)
    due = calendar.shift(start, target)
    anchors = st.sampled_from([start, due, office.change, calendar.next_open(due)])
    begins = st.builds(
        lambda anchor, offset: anchor + offset, anchors, near | st.just(NOTHING)
    )
    spells = st.builds(lambda at, length: (at, at + length), begins, later)
    return Wait(calendar, start, target, tuple(draw(st.lists(spells, max_size=4))))


# --- order ---


@pause_law
@given(waits(), later)
def test_a_later_start_never_has_an_earlier_deadline_with_pauses(
    wait: Wait, later_by: timedelta
) -> None:
    starts = [wait.start, wait.start + later_by]
    starts += [
        at for begins, ends in wait.spells for at in (begins - TICK, begins, ends)
    ]
    due = [wait.due_from(start) for start in sorted(starts)]
    assert due == sorted(due)


@pause_law
@given(waits(), st.data())
def test_a_pause_never_brings_a_deadline_forward(
    wait: Wait, data: st.DataObject
) -> None:
    assert wait.due([]) == wait.unpaused()
    some = [spell for spell in wait.spells if data.draw(directions)]
    assert wait.unpaused() <= wait.due(some) <= wait.due()


@pause_law
@given(waits(), seconds(0, 9 * 86_400), later)
def test_a_longer_pause_never_has_an_earlier_deadline(
    wait: Wait, begins_after: timedelta, longer: timedelta
) -> None:
    begins = wait.start + begins_after
    short = [*wait.spells, (begins, begins + HOUR)]
    long = [*wait.spells, (begins - longer, begins + HOUR + longer)]
    assert wait.due(short) <= wait.due(long)


# --- what does not matter ---


@pause_law
@given(waits(), st.randoms(use_true_random=False))
def test_how_spells_are_cut_and_ordered_changes_nothing(
    wait: Wait, random: Random
) -> None:
    pieces: list[Spell] = []
    for begins, ends in wait.spells:
        cut = begins + (ends - begins) * random.random()
        edges = sorted([begins, cut, min(max(wait.due(), begins), ends), ends])
        pieces += pairwise(edges)
        pieces.append((ends, begins))  # runs backwards: no time at all
    pieces += random.sample(pieces, len(pieces) // 2)
    random.shuffle(pieces)
    assert wait.due(pieces) == wait.due()
    end = wait.due() + DAY * random.random()
    assert wait.worked(end) == worked(
        wait.calendar, wait.start, end, wait.by.unit, pieces
    )


@pause_law
@given(waits(), later, later)
def test_a_spell_before_the_start_or_after_the_deadline_changes_nothing(
    wait: Wait, apart: timedelta, length: timedelta
) -> None:
    due = wait.due()
    before = (wait.start - apart - length, wait.start - apart)
    after = (due + apart, due + apart + length)
    assert wait.due([*wait.spells, before]) == due
    assert wait.due([after, *wait.spells, before]) == due


@pause_law
@given(waits(working), near, later)
def test_a_pause_without_working_time_moves_no_working_clock(
    wait: Wait, offset: timedelta, at_most: timedelta
) -> None:
    calendar = wait.calendar
    for around in (wait.start, wait.start + offset, wait.unpaused(), wait.due()):
        nearby = (around - DAY, around, around + DAY)
        days = {calendar.local_day(at) for at in nearby}
        for begins in (closes for day in days for _, closes in calendar.ranges(day)):
            idle = (begins, min(calendar.next_open(begins), begins + at_most))
            assert calendar.elapsed(*idle) == NOTHING
            assert wait.due([*wait.spells, idle]) == wait.due()
            assert wait.due([idle]) == wait.unpaused()


@pause_law
@given(waits(days | working))
def test_only_the_working_time_in_a_spell_counts(wait: Wait) -> None:
    ranges = [
        span
        for begins, ends in wait.spells
        for step in range(-1, (ends - begins).days + 2)
        for span in wait.calendar.ranges(wait.calendar.local_day(begins + step * DAY))
    ]
    parts = [
        (max(begins, opens), min(ends, closes))
        for begins, ends in wait.spells
        for opens, closes in ranges
    ]
    assert wait.due(parts) == wait.due()


@pause_law
@given(waits(days | durations), seconds(0, 2 * 86_400), later)
def test_a_pause_over_the_start_is_a_start_at_its_end(
    wait: Wait, before: timedelta, after: timedelta
) -> None:
    spells = [*wait.spells, (wait.start - before, wait.start + after)]
    assert wait.due(spells) == wait.due_from(wait.start + after, spells)


@pause_law
@given(waits(), seconds(0, 9 * 86_400), later)
def test_whoever_starts_when_a_pause_ends_is_never_due_before_those_who_waited(
    wait: Wait, begins_after: timedelta, length: timedelta
) -> None:
    begins = wait.start + begins_after
    pause = [(begins, begins + length)]
    due, moved = wait.unpaused(), wait.due(pause)
    restart = wait.due_from(begins + length, [])
    assert moved <= max(due, restart)
    took = worked(wait.calendar, begins, begins + length, wait.by.unit, [])
    if begins < due and took and moved < restart:
        assert worked(wait.calendar, due, moved, wait.by.unit, []) == took


# --- what the clock shows ---


@pause_law
@given(waits(running))
def test_a_deadline_is_when_the_clock_shows_the_target(wait: Wait) -> None:
    due, target = wait.due(), wait.by.amount * HOUR
    assert wait.worked(due) == target
    assert wait.worked(due - TICK) < target


@pause_law
@given(waits(), later, later)
def test_what_a_clock_shows_never_falls_and_adds_up(
    wait: Wait, first: timedelta, second: timedelta
) -> None:
    middle, end = wait.start + first, wait.start + first + second
    rest = worked(wait.calendar, middle, end, wait.by.unit, wait.spells)
    assert wait.worked(end) == wait.worked(middle) + rest
    assert NOTHING <= rest <= end - middle
    assert wait.worked(wait.start - first) == NOTHING


@pause_law
@given(waits(), near)
def test_what_is_late_in_spite_of_pauses_started_before_the_cutoff(
    wait: Wait, offset: timedelta
) -> None:
    calendar, target, due = wait.calendar, wait.by, wait.due()
    for now in (due + TICK, due + offset, wait.unpaused() + TICK):
        late_before = cutoff(calendar, now, lambda at: calendar.shift(at, target))
        assert due >= now or wait.start < late_before
