"""A source that is renamed or taken out of the settings: its alerts, and what was told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from monitor import cli
from monitor.store.ledger.erasure import PATIENCE
from monitor.store.tables import alerts, leases, notices, posts, transitions
from tests.stories import office
from tests.stories.daemon.inside import Inside
from tests.stories.office import NOW, Office

HOUR = timedelta(hours=1)


class Visit(Inside):
    """A svar that was started, polled and delivered once, and what it said."""

    def go(self, hours: float) -> None:
        now = NOW + hours * HOUR
        for source in self.daemon.sources:
            self.daemon.poll(source, now=now)
        self.daemon.deliver(now=now)

    def open(self) -> dict[str, int]:
        """Return how many alerts are open of each source."""
        query = select(alerts.c.source, func.count()).where(
            alerts.c.closed_at.is_(None)
        )
        with self.daemon.store.read() as connection:
            rows = connection.execute(query.group_by(alerts.c.source))
            return {row[0]: row[1] for row in rows}

    def told(self) -> set[tuple[str, str, str]]:
        """Return what was told of the first source: application, step and reader."""
        query = select(alerts.c.application_id, notices.c.firing, notices.c.recipient)
        which = alerts.c.source == "recruiting", notices.c.status == "sent"
        with self.daemon.store.read() as connection:
            rows = connection.execute(query.join(notices).where(*which))
            return {(row[0], row[1], row[2]) for row in rows}

    def known(self) -> set[str]:
        """Return the sources of all alerts that are remembered."""
        with self.daemon.store.read() as connection:
            return set(connection.scalars(select(alerts.c.source)))


@contextmanager
def visit(place: Office, hours: float) -> Iterator[Visit]:
    """Start a svar so many hours after NOW, let it poll and deliver, and end it."""
    made = Visit(place)
    try:
        made.daemon.open(now=NOW + hours * HOUR)
        made.go(hours)
        yield made
    finally:
        made.daemon.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    """An office of which one svar has told everybody, as source `recruiting`."""
    made = office.build(
        tmp_path / "office",
        calendar=office.ALWAYS_OPEN,
        slack={"digest_at": "00:00"},
    )
    office.furnish(made)
    if request.param == "postgresql":
        made.change(state={"url": request.getfixturevalue("postgresql")})
    with visit(made, 0) as first:
        assert first.open() == {"recruiting": 4}
        assert first.printed
    return made


def test_the_alerts_of_a_renamed_source_are_closed_before_anybody_is_told(
    place: Office,
) -> None:
    place.source(name="ats")
    with visit(place, 24) as second:
        assert second.open() == {"ats": 4}
        with second.daemon.store.read() as connection:
            last = select(transitions.c.reason).order_by(transitions.c.id.desc())
            reasons = connection.scalars(last.limit(4)).all()
            edits = select(func.count()).where(posts.c.edit_due_at.is_not(None))
            assert connection.scalar(edits) == 2
        assert reasons == ["source_removed"] * 4
        assert second.log.count("a source is not in the settings") == 1
        assert "source=recruiting alerts=4" in second.log
        assert second.printed.count("S. J.") == 1


def test_what_it_left_is_forgotten_within_a_day(place: Office) -> None:
    place.source(name="ats")
    with visit(place, 1) as second:
        second.go(1 + PATIENCE / HOUR - 2)
        assert second.known() == {"ats", "recruiting"}
        second.go(1 + PATIENCE / HOUR)
        assert second.known() == {"ats"}
        assert "forgot what the source has no more" in second.log
        with second.daemon.store.read() as connection:
            erased = connection.scalars(select(posts.c.erased).order_by(posts.c.id))
            assert [each > 0 for each in erased] == [True, True, False, False]


def test_a_source_left_out_by_mistake_finds_its_alerts_again_and_repeats_nothing(
    place: Office,
) -> None:
    place.source(name="other")
    with visit(place, 2) as without:
        before = without.told()
        assert "recruiting" not in without.open()
    place.source(name="recruiting")
    with visit(place, 3) as back:
        assert back.open()["recruiting"] == 4
        assert "S. J." not in back.printed
        assert back.told() == before


def test_the_doctor_names_what_is_left(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source(name="ats")
    assert cli.main(["doctor", "--json", "--config", str(place.settings)]) == 0
    checks = json.loads(capsys.readouterr().out)["checks"]
    [said] = [each["detail"] for each in checks if "not in the" in each["detail"]]
    assert "recruiting (4 open)" in said


@pytest.mark.parametrize("place", ["postgresql"], indirect=True)
def test_what_another_replica_still_polls_is_left_alone(place: Office) -> None:
    place.source(name="ats")
    made = Visit(place)
    with made.daemon.store.write() as connection:
        held = {"holder": "another", "epoch": 1, "expires_at": NOW + 9999 * 24 * HOUR}
        connection.execute(leases.delete().where(leases.c.name == "poll recruiting"))
        connection.execute(insert(leases), {"name": "poll recruiting"} | held)
    made.daemon.close()
    with visit(place, 1) as second:
        assert second.open() == {"ats": 4, "recruiting": 4}


# --- svar db rename-source ---


def rename(place: Office, old: str, new: str, *options: str) -> int:
    config = ("--config", str(place.settings))
    return cli.main(["db", "rename-source", old, new, *options, *config])


def test_a_renamed_source_keeps_its_memory_and_repeats_nothing(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source(name="ats")
    assert rename(place, "recruiting", "ats", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    counts = {"alerts": 4, "polls": 1, "silences": 0}
    assert said == {"old": "recruiting", "new": "ats"} | counts
    with visit(place, 1) as second:
        assert second.open() == {"ats": 4}
        assert second.known() == {"ats"}
        assert second.printed == ""


def test_a_name_that_cannot_be_meant_changes_nothing(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rename(place, "recruiting", "ats") == 2
    said = capsys.readouterr().err
    assert "ats: the settings know recruiting; rename the source there first" in said
    assert rename(place, "recruting", "recruiting") == 1
    said = capsys.readouterr().err
    assert 'no alert of recruting is remembered; did you mean "recruiting"?' in said
    assert rename(place, "recruiting", "recruiting") == 1
    assert "recruiting has alerts of its own already" in capsys.readouterr().err


def test_a_source_is_not_renamed_under_a_svar_that_runs(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source(name="ats")
    with visit(place, 1):
        assert rename(place, "recruiting", "ats") == 1
    assert "runs on" in capsys.readouterr().err
    with visit(place, 2) as after:
        assert "recruiting" in after.known()


def test_it_says_what_was_handed_over(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source(name="ats")
    assert rename(place, "recruiting", "ats") == 0
    said = capsys.readouterr().out
    assert said == "recruiting -> ats: 4 alerts, 1 poll, 0 silences\n"
