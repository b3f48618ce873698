"""An edit of a rule that moves every clock's start, as the state keeps it."""

from pathlib import Path

from monitor.store import ledger
from tests.stories import office
from tests.stories.office import NOW
from tests.stories.test_daemon import watching

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
