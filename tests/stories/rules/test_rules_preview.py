"""`svar rules preview`: it shows what the daemon then does, and changes nothing."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from monitor import cli
from monitor.cli.rules.preview import foresee
from monitor.errors import StoreError
from monitor.proof.preview import Fate, Preview
from monitor.store import Store, head
from monitor.store.tables import alerts, notices
from tests.stories import office
from tests.stories.daemon.test_daemon import Watch, watching
from tests.stories.office import LATE, NOW, WARNED, Office

KEPT = ("decided-not-told", "first-reply", "manager-review")
TUESDAY = timedelta(days=6)
TONIGHT = NOW + timedelta(hours=12)
ASTRID = "astrid.lund@example.com"


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office with three rules, whatever else comes along."""
    made = office.build(tmp_path / "office")
    for path in made.rules.iterdir():
        if path.stem not in KEPT:
            path.unlink()
    office.furnish(made)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def lived_in(request: pytest.FixtureRequest, place: Office) -> Iterator[Watch]:
    """A daemon that has polled and told."""
    if request.param == "postgresql":
        place.change(state={"url": request.getfixturevalue("postgresql")})
    with watching(place) as made:
        made.poll()
        made.deliver()
        yield made


def seen(place: Office, now: datetime) -> Preview:
    [found], _ = foresee(place.load(), now=now)
    return found


def promised(found: Preview) -> set[tuple[Any, ...]]:
    """Return the notices that a preview shows."""
    return {
        (
            line.alert.seen.rule,
            line.alert.seen.application_id,
            line.notice.firing,
            line.notice.kind,
            line.notice.recipient,
            line.notice.due_at,
        )
        for line in found.lines
    }


def written(watch: Watch) -> set[tuple[Any, ...]]:
    """Return the notices that the state holds."""
    query = select(
        alerts.c.rule,
        alerts.c.application_id,
        notices.c.firing,
        notices.c.kind,
        notices.c.recipient,
        notices.c.due_at,
    ).join(alerts, alerts.c.id == notices.c.alert_id)
    with watch.daemon.store.read() as connection:
        return {tuple(row) for row in connection.execute(query)}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def first_poll(place: Office) -> Iterator[Watch]:
    with watching(place) as made:
        made.poll()
        yield made


class TestWhatTheDaemonThenDoes:
    def test_a_first_run_writes_the_very_notices(self, place: Office) -> None:
        found = seen(place, NOW + timedelta(minutes=5))
        opened = {each.alert.key for each in found.changes}
        assert opened == {*LATE, WARNED}
        with first_poll(place) as watch:
            assert watch.open() == opened
            assert written(watch) == promised(found) != set()

    def test_a_later_poll_writes_the_very_notices(self, lived_in: Watch) -> None:
        place = lived_in.place
        office.reply(place, "waiting", NOW)
        office.apply(place, "late", NOW, days=18)
        lived_in.now += TUESDAY
        before = written(lived_in)
        found = seen(place, lived_in.now + timedelta(minutes=5))
        report = lived_in.poll()
        assert written(lived_in) - before == promised(found) != set()
        closed = [c.alert.key for c in found.changes if Fate.CLOSED in c.fates]
        assert closed == [("first-reply", "waiting")]
        changed = sum(report.transitions.values())
        assert changed == sum(len(each.transitions) for each in found.changes)

    def test_a_quiet_poll_shows_nothing(self, lived_in: Watch) -> None:
        found = seen(lived_in.place, lived_in.now)
        assert (found.changes, found.lines, found.waiting) == ([], [], [])

    def test_an_edited_rule_is_foreseen(self, lived_in: Watch) -> None:
        rule = lived_in.place.rules / "first-reply.yaml"
        rule.write_text(rule.read_text("utf-8").replace("14 days", "15 days"), "utf-8")
        found = seen(lived_in.place, lived_in.now)
        assert found.tally["first-reply", Fate.RETARGETED] == 2
        assert lived_in.daemon.reload()
        before = written(lived_in)
        report = lived_in.poll()
        retargeted = sum(
            n
            for (*_, reason), n in report.transitions.items()
            if reason == "retargeted"
        )
        assert retargeted == 2
        assert written(lived_in) - before == promised(found)

    def test_a_job_that_changes_hands_is_foreseen(self, place: Office) -> None:
        with first_poll(place) as watch:
            before = written(watch)
            sql = "INSERT INTO people VALUES (?, ?, ?, 'recruiter')"
            place.run(sql, ASTRID, ASTRID, ASTRID)
            place.run("UPDATE jobs SET recruiter_id = ?", ASTRID)
            found = seen(place, watch.now)
            watch.poll()
            assert written(watch) - before == promised(found)
            assert {line.notice.recipient for line in found.lines} == {ASTRID}
            spared = {line.notice.recipient for line in found.spared}
            assert spared == {office.RECRUITER}

    def test_a_table_that_was_emptied_is_not_believed(self, place: Office) -> None:
        with first_poll(place) as watch:
            with watch.daemon.store.write() as connection:
                connection.execute(text("DELETE FROM alerts"))
            place.run("DELETE FROM messages")
            place.run("DELETE FROM applications")
            assert seen(place, watch.now).report.run.outcome == "empty"

    def test_a_mass_closure_is_held(self, lived_in: Watch) -> None:
        for number in range(20):
            office.apply(lived_in.place, f"more-{number}", NOW, days=16)
        lived_in.poll()
        lived_in.place.run("UPDATE applications SET status = 'withdrawn'")
        found = seen(lived_in.place, lived_in.now)
        report = lived_in.poll()
        assert report.held == found.report.held != {}

    def test_an_empty_database_would_change_nothing(self, lived_in: Watch) -> None:
        lived_in.place.run("DELETE FROM messages")
        lived_in.place.run("DELETE FROM applications")
        found = seen(lived_in.place, lived_in.now)
        assert found.report.run.outcome == lived_in.poll().run.outcome == "empty"
        assert (found.changes, found.lines) == ([], [])


class TestWhatWaitsAlready:
    def test_is_what_the_state_holds(self, place: Office) -> None:
        with first_poll(place) as watch:
            found = seen(place, watch.now)
            assert found.lines == []
            kept = {
                (line.rule, line.alert.seen.application_id) for line in found.waiting
            }
            assert kept == {row[:2] for row in written(watch)} == {*LATE, WARNED}

    def test_an_answer_takes_its_notice_away(self, place: Office) -> None:
        with first_poll(place) as watch:
            office.reply(place, "waiting", NOW)
            found = seen(place, watch.now)
            names = {line.alert.seen.application_id for line in found.waiting}
            assert names == {"soon", "declined", "reviewed"}

    def test_the_table_says_for_whom_and_until_when(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with first_poll(place):
            pass
        assert preview(place, "--as-of", TONIGHT.isoformat()) == 0
        printed = capsys.readouterr().out
        assert "would tell nobody anything new.\n  5 notices to " in printed
        assert "wait already, until Thu 17 Sep 09:00" in printed
        marked = [line for line in printed.splitlines() if "waits already" in line]
        assert any(office.RECRUITER in line for line in marked)

    def test_the_object_holds_them_as_well(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with first_poll(place):
            pass
        assert preview(place, "--as-of", TONIGHT.isoformat(), "--json") == 0
        printed = json.loads(capsys.readouterr().out)
        [source] = printed["sources"]
        assert source["notices"] == []
        assert {n["application"] for n in source["waiting"]} == {
            *("declined", "reviewed", "soon", "waiting")
        }

    def test_they_wait_while_the_source_is_down(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with first_poll(place):
            pass
        place.ats.unlink()
        assert preview(place, "--as-of", TONIGHT.isoformat()) == 1
        assert "wait already, until" in capsys.readouterr().out


class TestAsOf:
    def test_it_is_as_if_the_daemon_polled_then(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert preview(place, "--as-of", "2026-09-16T10:05+02:00", "--json") == 0
        printed = json.loads(capsys.readouterr().out)
        assert printed["as_of"] == "2026-09-16T08:05:00Z"
        found = seen(place, NOW + timedelta(minutes=5))
        [source] = printed["sources"]
        assert len(source["notices"]) == len(found.lines) > 0

    def test_what_the_state_lived_through_is_not_polled_again(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with first_poll(place):
            pass
        assert preview(place, "--as-of", NOW.isoformat()) == 2
        said = capsys.readouterr().err
        assert said.startswith("--as-of: the state is of Wed 16 Sep 10:05 already")


class TestWhenItGoes:
    def test_within_the_digest_hours_it_goes_now(self, place: Office) -> None:
        found = seen(place, NOW)
        at_once = {line.notice.recipient for line in found.lines if line.goes_at <= NOW}
        assert office.RECRUITER in at_once

    def test_whoever_had_todays_digest_hears_tomorrow(self, lived_in: Watch) -> None:
        office.apply(lived_in.place, "late", NOW, days=18)
        [line] = seen(lived_in.place, lived_in.now).lines
        assert line.notice.recipient == office.RECRUITER
        assert line.goes_at == datetime(2026, 9, 17, 7, tzinfo=UTC)

    def test_at_night_it_goes_in_the_morning(self, place: Office) -> None:
        found = seen(place, NOW + timedelta(hours=12))
        assert {line.goes_at for line in found.lines} >= {
            datetime(2026, 9, 17, 7, tzinfo=UTC)
        }


class TestTheStateIsLeftAlone:
    def test_none_is_made(self, place: Office) -> None:
        before = sorted(place.folder.rglob("*"))
        seen(place, NOW)
        assert sorted(place.folder.rglob("*")) == before

    def test_not_a_byte_changes(self, place: Office) -> None:
        with first_poll(place):
            pass
        before = digest(place.state)
        office.reply(place, "waiting", NOW)
        assert seen(place, NOW + timedelta(hours=1)).changes
        assert digest(place.state) == before

    def test_it_refuses_to_write(self, place: Office) -> None:
        with first_poll(place):
            pass
        store = Store(f"sqlite:///{place.state}", reads_only=True)
        with pytest.raises(StoreError, match="readonly"), store.write() as connection:
            connection.execute(text("DELETE FROM alerts"))
        store.close()

    def test_an_old_one_is_said_to_be_old(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with first_poll(place) as watch, watch.daemon.store.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
        before = digest(place.state)
        assert preview(place) == 1
        assert "is of another version" in capsys.readouterr().err
        assert digest(place.state) == before
        assert head() != "0003"

    def test_beside_a_running_daemon(self, place: Office) -> None:
        with first_poll(place) as watch:
            assert seen(place, watch.now).changes == []


def preview(place: Office, *options: str) -> int:
    given = ["rules", "preview", "--config", str(place.settings), *options]
    return cli.main(given)


@pytest.fixture
def today(tmp_path: Path) -> Office:
    """An office that never sleeps, whose people wait today."""
    made = office.build(
        tmp_path / "today", calendar=office.ALWAYS_OPEN, slack={"digest_at": "00:00"}
    )
    for path in made.rules.iterdir():
        if path.stem not in KEPT:
            path.unlink()
    now = datetime.now(UTC)  # noqa: TID251 - a real command lives today
    office.furnish(made, now, handed_on=3.5)
    return made


class TestCommand:
    def test_the_object_names_each_notice(
        self, today: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert preview(today, "--json") == 0
        printed = json.loads(capsys.readouterr().out)
        assert list(printed) == ["as_of", "state", "sources"]
        assert printed["state"] is None
        [source] = printed["sources"]
        assert source["rules"]["first-reply"] == {
            "opened": 2,
            "breached": 1,
            "escalated": 0,
            "retargeted": 0,
            "closed": 0,
            "told": 2,
            "held": 0,
            "notices": 2,
            "backlog": 0,
        }
        told = {(n["recipient"], n["rule"]) for n in source["notices"]}
        assert (office.MANAGER, "manager-review") in told
        assert [c["becomes"] for c in source["changes"]].count(["opened", "told"]) == 1

    def test_the_table_says_whom_and_when(
        self, today: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert preview(today) == 0
        printed = capsys.readouterr().out
        assert "Nothing was written, nothing was sent." in printed
        assert f"{office.RECRUITER}  now" in printed
        assert "No state yet: a first run." in printed
        assert "waiting" not in printed

    def test_all_names_every_application(
        self, today: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert preview(today, "--all") == 0
        printed = capsys.readouterr().out
        assert "waiting · Å. N. · Developer" in printed
        assert "opened, breached, told" in printed

    def test_a_source_that_is_down_would_change_nothing(
        self, today: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shutil.move(today.ats, today.folder / "away.db")
        assert preview(today) == 1
        assert "would change nothing and tell nobody" in capsys.readouterr().out
