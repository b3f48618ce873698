"""An edit of a rule that moves every clock's start, as the state keeps it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store import ledger
from monitor.store.ledger import hands
from tests.stories import office
from tests.stories.daemon.test_daemon import Watch, watching
from tests.stories.office import NOW

CROWD = [f"c{number}" for number in range(10)]


def test_when_every_start_moves_the_old_alerts_wait_and_the_new_ones_after_them(
    tmp_path: Path,
) -> None:
    place = office.build(tmp_path / "office")
    office.furnish(place)
    for name in CROWD:
        office.apply(place, name, NOW, days=20)
    with watching(place) as watch:
        watch.poll()
        for name in CROWD:
            office.change(place, name, applied_at="2026-08-25 08:00:00")
        starts = []
        for _ in range(4):
            report = watch.poll()
            assert report.run.outcome == "ok"
            with watch.daemon.store.read() as connection:
                found = ledger.read_open(connection, "recruiting")
            starts.append(found["first-reply", "c0"].seen.started_at.day)
    assert starts == [27, 27, 25, 25]


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Watch]:
    """A daemon with ten late applications that all vanish but one."""
    place = office.build(tmp_path / "office")
    office.furnish(place)
    for name in CROWD:
        office.apply(place, name, NOW, days=20)
    with watching(place) as watch:
        watch.poll()
        for name in CROWD[1:]:
            place.run("DELETE FROM applications WHERE id = ?", name)
        watch.poll()
        yield watch


def open_ones(watch: Watch) -> int:
    with watch.daemon.store.read() as connection:
        return sum(
            name in CROWD for _, name in ledger.read_open(connection, "recruiting")
        )


def test_the_admin_hears_once_of_closings_that_are_held(crowd: Watch) -> None:
    crowd.deliver()
    assert "svar alerts confirm" not in crowd.printed
    crowd.poll()
    crowd.deliver()
    crowd.deliver()
    assert open_ones(crowd) == 10
    assert crowd.printed.count("svar alerts confirm first-reply") == 1


def test_what_an_admin_confirms_closes_at_the_next_poll(crowd: Watch) -> None:
    with crowd.daemon.store.write() as connection:
        hands.confirm(
            connection, "recruiting", "first-reply", actor="kari", now=crowd.now
        )
    report = crowd.poll()
    assert report.held == {}
    assert open_ones(crowd) == 1
    with crowd.daemon.store.read() as connection:
        assert hands.confirmed(connection, "recruiting") == frozenset()


def test_what_nobody_confirms_closes_once_three_polls_found_it_so(
    crowd: Watch,
) -> None:
    assert crowd.poll().held == {"first-reply": 9}
    assert open_ones(crowd) == 10
    assert crowd.poll().held == {}
    assert open_ones(crowd) == 1
