"""The simulation in the suite: some dozens of seeds, and proof that it sees bugs."""

from collections.abc import Iterator, Sequence

import pytest

from tests.simulation import dice, planted, running
from tests.simulation.dice import Event, What
from tests.simulation.process import Parts
from tests.simulation.story import Theatre, shrink

SEEDS = range(24)
SOME = range(30)  # within which a bug shows


@pytest.fixture(scope="module")
def theatre() -> Iterator[Theatre]:
    """Yield a theatre over SQLite."""
    with running.theatres(["sqlite"]) as found:
        yield found["sqlite"]


@pytest.mark.parametrize("first", SEEDS[::6])
def test_no_law_is_broken_on_sqlite(theatre: Theatre, first: int) -> None:
    assert theatre.find(range(first, first + 6)) is None


def test_no_law_is_broken_on_postgresql(postgresql_url: str) -> None:
    with running.theatres(["postgresql"], postgresql_url) as found:
        assert found["postgresql"].find(range(100, 112)) is None


def test_a_seed_always_tells_the_same_story(theatre: Theatre) -> None:
    def play() -> list[str]:
        stage = theatre.stage(dice.draw(7))
        stage.play()
        return [f"{at} {line}" for at, line in stage.scene.lines]

    assert play() == play()


@pytest.mark.parametrize(("bug", "law"), planted.SEEN_AS.items(), ids=lambda it: it)
def test_a_planted_bug_is_seen(theatre: Theatre, bug: str, law: str) -> None:
    found = with_bug(theatre, planted.BUGS[bug]).find(SOME)
    assert found is not None
    assert found.broken.law == law
    assert len(found.story.events) <= 6
    assert f"seed {found.seed}: {law}" in str(found)


def with_bug(theatre: Theatre, parts: Parts) -> Theatre:
    return Theatre(theatre.store, theatre.configurations, parts)


def test_a_story_shrinks_to_what_matters() -> None:
    events = dice.draw(3).events
    wanted = {events[2], events[11]}

    def still_breaks(some: Sequence[Event]) -> bool:
        return wanted <= set(some)

    assert set(shrink(events, still_breaks)) == wanted


def test_every_kind_of_event_is_drawn() -> None:
    drawn = {event.what for seed in range(200) for event in dice.draw(seed).events}
    assert drawn == set(What)
