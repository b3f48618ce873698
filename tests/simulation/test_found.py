"""Stories in which the simulation once found something, told again in short."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from tests.simulation import house, planted, running
from tests.simulation.dice import Event, Story, What
from tests.simulation.story import Theatre

MONDAY = date(2026, 6, 1)  # one application of that morning is told on Wednesday at 9
RECRUITER = f"{house.MAJA},{house.PER}"


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    """Yield a theatre over SQLite."""
    with running.theatres(["sqlite"]) as found:
        yield found["sqlite"]


def on(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return house.instant(MONDAY + timedelta(days=day), time(hour, minute, second))


def applied(*names: str) -> list[Event]:
    return [Event(on(0, 7), What.APPLIES, name, RECRUITER) for name in names]


def told(*events: Event) -> Story:
    return Story(MONDAY, 9, tuple(sorted(events)))


@pytest.mark.parametrize("moment", ["before lookup", "before open", "after lookup"])
@pytest.mark.parametrize("skips", [0, 1, 2])
def test_what_settles_while_a_deputy_is_looked_for_is_not_told(
    theatre: Theatre, moment: str, skips: int
) -> None:
    story = told(
        *applied("Q001", "Q002"),
        Event(on(2, 8), What.CALL_FAILS, "post", "429", 1),
        Event(on(2, 9, 0, 20), What.PERSON_GOES, house.MAJA),
        Event(on(2, 9, 0, 21), What.WAIVED_MEANWHILE, "Q001", moment, skips),
    )
    assert theatre.breaks(story) is None


def test_a_late_twin_goes_also_when_its_deletion_failed_for_a_while(
    theatre: Theatre,
) -> None:
    story = told(
        *applied("Q001"),
        Event(on(2, 8), What.CALL_FAILS, "post", "much too slow", 1),
        Event(on(2, 8), What.CALL_FAILS, "delete", "lost", 4),
    )
    stage = theatre.stage(story)
    assert stage.play().happened["delete: lost"] == 4
    assert stage.scene.played.happened["duplicate deleted"] == 1


@pytest.mark.parametrize("skips", [1, 2])
@pytest.mark.parametrize("moment", ["after post", "before delete", "before commit"])
def test_a_process_that_posts_late_and_dies_leaves_no_twin(
    theatre: Theatre, moment: str, skips: int
) -> None:
    story = told(
        *applied("Q001"),
        Event(on(2, 8), What.STANDS_STILL, "", "before post", 0),
        Event(on(2, 8), What.DIES, "", moment, skips),
    )
    two = Story(story.start, story.days, story.events, replicas=2)
    assert theatre.breaks(two) is None


def test_what_settles_while_a_post_waits_for_another_try_is_not_told(
    theatre: Theatre,
) -> None:
    story = told(
        *applied("Q001", "Q002"),
        Event(on(4, 8), What.CALL_FAILS, "post", "lost", 4),
        Event(on(4, 10, 11), What.LEAVES, "Q001"),
    )
    assert theatre.breaks(story) is None
    trusting = replace(theatre, parts=planted.NO_SECOND_READING)
    broken = trusting.breaks(story)
    assert broken is not None
    assert broken.law == "nothing is sent that its row denies"
