"""The daemon's cycles with the time passed in, over real databases."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import inspect, text

from monitor.cycle import Report, erasing
from monitor.errors import SourceError, StoreError
from monitor.source import Poll, Source
from monitor.store import ledger
from tests.stories import office
from tests.stories.daemon.inside import Inside
from tests.stories.office import LATE, NOW, WARNED, Office

POLL = timedelta(minutes=5)
OPEN = {*LATE, WARNED}

Dump = dict[str, list[tuple[Any, ...]]]


class Watch(Inside):
    """A daemon, the office that it watches, and what it says."""

    def __init__(self, place: Office) -> None:
        self.place = place
        self.now = NOW
        super().__init__(place)

    def poll(self, times: int = 1) -> Report:
        """Poll so often, five minutes apart; return the last report."""
        self.now += POLL
        report = self.daemon.poll(self.daemon.sources[0], now=self.now)
        return report if times == 1 else self.poll(times - 1)

    def deliver(self) -> None:
        self.daemon.deliver(now=self.now)

    def dump(self) -> Dump:
        """Return all that is in the state."""
        store = self.daemon.store
        with store.read() as connection:
            return {
                name: [
                    tuple(row)
                    for row in connection.execute(text(f"SELECT * FROM {name}"))  # noqa: S608 - our own
                ]
                for name in inspect(connection).get_table_names()
            }

    def open(self) -> set[tuple[str, str]]:
        """Return rule and application of each open alert."""
        with self.daemon.store.read() as connection:
            return set(ledger.read_open(connection, "recruiting"))

    def metric(self, name: str, **labels: str) -> float | None:
        page = self.daemon.metrics.expose().decode()
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                if sample.name == name and sample.labels.items() >= labels.items():
                    return float(sample.value)
        return None


@contextmanager
def watching(place: Office) -> Iterator[Watch]:
    watch = Watch(place)
    try:
        watch.daemon.open(now=NOW)
        yield watch
    finally:
        watch.daemon.close()


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office")
    office.furnish(made)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def watch(request: pytest.FixtureRequest, place: Office) -> Iterator[Watch]:
    """A daemon that has polled once, with its state in either database."""
    if request.param == "postgresql":
        place.change(state={"url": request.getfixturevalue("postgresql")})
    with watching(place) as made:
        made.poll()
        yield made


@pytest.fixture
def quick(place: Office) -> Iterator[Watch]:
    """A daemon that has polled once, with its state in SQLite."""
    with watching(place) as made:
        made.poll()
        yield made


class TestQuietDays:
    def test_the_first_poll_opens_what_is_late_or_soon(self, watch: Watch) -> None:
        assert watch.open() == OPEN

    def test_a_second_poll_writes_nothing_but_its_run(self, watch: Watch) -> None:
        before = watch.dump()
        watch.poll()
        after = watch.dump()
        runs, more = before.pop("runs"), after.pop("runs")
        assert after == before
        assert more[: len(runs)] == runs
        assert len(more) == len(runs) + 1

    def test_a_delivery_prints_one_digest_for_each_person(self, watch: Watch) -> None:
        watch.deliver()
        watch.deliver()
        assert watch.printed.count(office.RECRUITER) == 1
        assert watch.printed.count(office.MANAGER) == 1

    def test_a_reply_closes_the_alert_and_edits_the_message(self, watch: Watch) -> None:
        watch.deliver()
        office.reply(watch.place, "waiting", watch.now)
        report = watch.poll()
        reply = ("first-reply", "breached", "resolved", "late")
        assert report.transitions[reply] == 1
        assert watch.open() == OPEN - {("first-reply", "waiting")}
        watch.now += timedelta(minutes=1)
        watch.deliver()
        assert f"{office.RECRUITER} · edited" in watch.printed

    def test_a_new_daemon_goes_on_where_the_old_one_stopped(self, quick: Watch) -> None:
        quick.deliver()
        quick.daemon.close()
        with watching(quick.place) as again:
            late = {"rule": "first-reply", "state": "breached"}
            assert again.metric("svar_alerts", **late) == 1  # before any poll
            again.now = quick.now
            again.poll()
            again.deliver()
            assert again.open() == OPEN
            assert again.printed == ""


class TestSourceDown:
    def test_alerts_are_kept_and_it_is_said_once(self, watch: Watch) -> None:
        before = watch.open()
        gone = watch.place.ats.rename(watch.place.folder / "away.db")
        assert watch.poll(times=3).run.outcome == "failed"
        assert watch.open() == before
        assert watch.log.count("no connection to") == 1
        assert "nothing is closed, nothing is lost" in watch.log
        errors = {"source": "recruiting", "reason": "connect"}
        assert watch.metric("svar_source_errors_total", **errors) == 3
        gone.rename(watch.place.ats)
        assert watch.poll().run.outcome == "ok"
        assert watch.log.count("source is back") == 1
        assert watch.open() == before

    def test_the_last_good_poll_stays_in_the_metrics(self, quick: Watch) -> None:
        good_at = quick.now.timestamp()
        quick.place.ats.unlink()
        quick.poll(times=2)
        name = "svar_source_last_success_timestamp_seconds"
        assert quick.metric(name, source="recruiting") == good_at
        assert quick.metric("svar_alerts", rule="first-reply", state="breached") == 1

    def test_a_table_that_went_away_is_a_failed_poll(self, quick: Watch) -> None:
        quick.place.run("ALTER TABLE messages RENAME TO old_messages")
        report = quick.poll(times=2)
        assert (report.run.outcome, report.reason) == ("failed", "mapping")
        assert quick.log.count("no such table: messages") == 1
        assert quick.open() == OPEN
        quick.place.run("ALTER TABLE old_messages RENAME TO messages")
        assert quick.poll().run.outcome == "ok"

    def test_a_column_that_went_away_is_a_failed_poll(self, quick: Watch) -> None:
        quick.place.run("ALTER TABLE jobs RENAME COLUMN title TO name")
        assert quick.poll().run.outcome == "failed"
        assert quick.open() == OPEN


class ReadOnce(Source):
    """A source that is out of reach after a first pass."""

    passes = 0

    @contextmanager
    def poll(self, now: datetime) -> Iterator[Poll]:
        self.passes += 1
        if self.passes > 1:
            raise SourceError(self.name, "unreachable", "the network is gone")
        with super().poll(now) as found:
            yield found


class TestLookingForTheGone:
    def test_a_second_pass_that_fails_takes_nothing_from_a_good_poll(
        self, quick: Watch
    ) -> None:
        (was,) = quick.daemon.sources
        quick.daemon.sources = [ReadOnce(was.settings, was.mapping)]
        quick.now += erasing.EVERY
        with pytest.raises(SourceError, match="the network is gone"):
            quick.poll()
        assert quick.open() == OPEN
        read_at = quick.metric("svar_source_last_success_timestamp_seconds")
        assert read_at == quick.now.timestamp()


class TestDoubtfulPolls:
    def test_an_empty_result_after_a_full_one_closes_nothing(
        self, watch: Watch
    ) -> None:
        watch.place.run("ALTER TABLE applications RENAME TO kept")
        watch.place.run("CREATE TABLE applications AS SELECT * FROM kept WHERE 0")
        report = watch.poll(times=4)
        assert report.run.outcome == "empty"
        assert watch.open() == OPEN
        assert watch.log.count("returned no application at all; nothing is closed") == 1
        assert watch.log.count("nothing is closed") == 1
        watch.place.run("DROP TABLE applications")
        watch.place.run("ALTER TABLE kept RENAME TO applications")
        assert watch.poll().run.changes == 0
        assert watch.open() == OPEN

    def test_a_row_with_a_bad_date_keeps_its_alert(self, watch: Watch) -> None:
        office.distort(watch.place, "waiting", applied_at="soon")
        report = watch.poll(times=4)
        assert report.run.rejected == 1
        assert watch.open() == OPEN
        assert watch.log.count("rows that cannot be read: waiting") == 1
        assert watch.log.count("info    polled") == 2  # the first, and this
        labels = {"source": "recruiting", "reason": "applied_at cannot be read"}
        assert watch.metric("svar_rows_rejected_total", **labels) == 4
        assert watch.metric("svar_source_rows_rejected") == 1

    def test_rows_that_are_all_unreadable_are_no_empty_result(
        self, quick: Watch
    ) -> None:
        for name in office.NAMES:
            office.distort(quick.place, name, applied_at="soon")
        assert quick.poll(times=3).run.outcome == "empty"
        assert quick.open() == OPEN
        assert "recruiting returned no row that can be read" in quick.log
        assert "no application at all" not in quick.log

    def test_the_same_bad_row_is_told_anew_after_it_was_mended(
        self, quick: Watch
    ) -> None:
        applied_at = "2026-08-30 08:00:00"
        for at in ("soon", applied_at, "soon"):
            office.distort(quick.place, "waiting", applied_at=at)
            quick.poll()
        assert quick.log.count("rows that cannot be read: waiting") == 2

    def test_an_application_that_vanished_is_gone_after_two_good_polls(
        self, watch: Watch
    ) -> None:
        watch.place.run("DELETE FROM applications WHERE id = 'waiting'")
        watch.poll()
        assert watch.open() == OPEN
        report = watch.poll()
        assert watch.open() == OPEN - {("first-reply", "waiting")}
        gone = ("first-reply", "breached", "cancelled", "gone")
        assert report.transitions == {gone: 1}

    def test_an_application_that_comes_back_is_counted_anew(self, watch: Watch) -> None:
        place = watch.place
        for _ in range(3):
            place.run("UPDATE applications SET job_id = 'x' WHERE id = 'waiting'")
            watch.poll()
            place.run("UPDATE applications SET job_id = 'dev' WHERE id = 'waiting'")
            watch.poll()
        assert watch.open() == OPEN

    def test_a_failed_poll_does_not_count_towards_gone(self, watch: Watch) -> None:
        watch.place.run("DELETE FROM applications WHERE id = 'waiting'")
        watch.poll()
        watch.place.ats.rename(watch.place.folder / "away.db")
        watch.poll(times=2)
        assert watch.open() == OPEN

    def test_a_mass_closure_is_held_until_the_third_equal_poll(
        self, place: Office
    ) -> None:
        for number in range(20):
            office.apply(place, f"more-{number}", NOW, days=20)
        with watching(place) as watch:
            watch.poll()
            everyone = watch.open()
            assert len(everyone) == 24
            place.run(
                "UPDATE applications SET status = 'withdrawn' WHERE id LIKE 'more-%'"
            )
            for held in (20, 20):
                report = watch.poll()
                assert report.held == {"first-reply": held}
                assert watch.open() == everyone
                labels = {"rule": "first-reply"}
                assert watch.metric("svar_mass_closure_held", **labels) == held
            assert watch.poll().held == {}
            assert watch.open() == OPEN
            assert watch.log.count("closures held") == 2

    def test_a_hurried_repair_releases_nothing(self, place: Office) -> None:
        for number in range(20):
            office.apply(place, f"more-{number}", NOW, days=20)
        with watching(place) as watch:
            watch.poll()
            everyone = watch.open()
            wrong = (
                "UPDATE applications SET status = 'withdrawn' WHERE id LIKE 'more-%'"
            )
            place.run(wrong)
            watch.poll(times=2)
            place.run(wrong.replace("withdrawn", "open"))
            watch.poll()
            place.run(wrong)
            watch.poll(times=2)
            assert watch.open() == everyone


class TestReload:
    def test_the_rules_folder_may_vanish(self, quick: Watch) -> None:
        shutil.rmtree(quick.place.rules)
        assert not quick.daemon.reload()
        assert quick.poll().run.outcome == "ok"
        assert quick.open() == OPEN
        assert "configuration refused" in quick.log
        assert quick.metric("svar_config_last_reload_successful") == 0
        assert quick.metric("svar_rules_loaded") == 3

    def test_a_bad_edit_is_refused_with_its_line(self, quick: Watch) -> None:
        path = quick.place.rules / "first-reply.yaml"
        good = path.read_text(encoding="utf-8")
        path.write_text(good.replace("14 days", "14 dyas"), encoding="utf-8")
        assert not quick.daemon.reload()
        assert "first-reply.yaml:" in quick.log
        path.write_text(good, encoding="utf-8")
        assert quick.daemon.reload()
        assert quick.metric("svar_config_last_reload_successful") == 1

    def test_a_rule_that_is_removed_closes_its_alerts_and_its_series(
        self, quick: Watch
    ) -> None:
        (quick.place.rules / "manager-review.yaml").unlink()
        assert quick.daemon.reload()
        assert "removed=manager-review" in quick.log
        quick.poll()
        assert quick.open() == {each for each in OPEN if each[0] != "manager-review"}
        assert quick.metric("svar_alerts", rule="manager-review") is None
        assert quick.metric("svar_rules_loaded") == 2

    def test_what_waits_for_a_restart_is_said(self, quick: Watch) -> None:
        quick.place.source(every="1 minute")
        own = quick.place.settings.parent / "ats" / "standard"
        shutil.copytree(quick.daemon.sources[0].mapping.folder, own)
        quick.place.change(people={"fallback": "#elsewhere"})
        assert quick.daemon.reload()
        assert "restart svar to take up a change  keys=sources, mapping" in quick.log

    @pytest.mark.parametrize(
        ("key", "value", "waits"),
        [
            ("api_url", "http://127.0.0.1:1/", True),
            ("token", "xoxb-another", True),
            ("digest_at", "10:00", False),
            ("channels", {"#leads": "C0123456789"}, False),
        ],
    )
    def test_only_what_connects_to_slack_waits_for_a_restart(
        self, quick: Watch, key: str, value: object, *, waits: bool
    ) -> None:
        quick.place.change(slack={key: value})
        assert quick.daemon.reload()
        assert ("keys=slack" in quick.log) is waits

    def test_a_rule_that_cannot_be_measured_is_told_once(self, quick: Watch) -> None:
        own = quick.place.settings.parent / "ats" / "own"
        own.mkdir(parents=True)
        source = quick.daemon.sources[0]
        sql = source.mapping.applications
        few = "application_id, candidate_ref, applied_at, status, first_reply_at"
        (own / "query.sql").write_text(f"SELECT {few} FROM ({sql}) AS q", "utf-8")  # noqa: S608 - names are ours
        (own / "mapping.yaml").write_text("{name: own, title: Own}", encoding="utf-8")
        quick.place.source(mapping="own")
        quick.daemon.close()
        with watching(quick.place) as watch:
            watch.poll(times=3)
            assert watch.log.count("rules that recruiting lacks columns for: ") == 1
            assert "manager-review" in watch.log

    def test_a_new_target_moves_alerts_without_telling_twice(
        self, quick: Watch
    ) -> None:
        quick.deliver()
        told = len(quick.dump()["posts"])
        path = quick.place.rules / "first-reply.yaml"
        longer = path.read_text(encoding="utf-8").replace("14 days", "15 days")
        path.write_text(longer, encoding="utf-8")
        assert quick.daemon.reload()
        quick.poll()
        assert ("first-reply", "waiting") in quick.open()
        assert "removed=none changed=first-reply" in quick.log
        assert "the edit took effect  source=recruiting retargeted=2" in quick.log
        assert "rules=first-reply\n" in quick.log
        moved = {"source": "recruiting", "reason": "retargeted"}
        assert quick.metric("svar_config_edit_alerts_total", **moved)
        quick.deliver()
        assert len(quick.dump()["posts"]) == told

    def test_a_new_title_tells_nothing_again(self, quick: Watch) -> None:
        quick.deliver()
        told = len(quick.dump()["posts"])
        path = quick.place.rules / "first-reply.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("en: Every", "en: Each"), encoding="utf-8")
        assert quick.daemon.reload()
        assert quick.poll().run.changes == 0
        assert "the edit took effect  source=recruiting alerts=unchanged" in quick.log
        quick.deliver()
        assert len(quick.dump()["posts"]) == told


RESTART = "restart svar to take up a change  keys="


class TestRestart:
    def test_an_edit_that_is_put_back_needs_none(self, quick: Watch) -> None:
        before = quick.place.settings.read_text(encoding="utf-8")
        quick.place.source(every="1 minute")
        assert quick.daemon.reload()
        quick.place.settings.write_text(before, encoding="utf-8")
        assert quick.daemon.reload()
        assert quick.log.count(RESTART) == 1

    def test_two_edits_one_after_the_other_are_both_named(self, quick: Watch) -> None:
        quick.place.source(every="1 minute")
        assert quick.daemon.reload()
        quick.place.change(log={"level": "debug"})
        assert quick.daemon.reload()
        assert f"{RESTART}sources, log\n" in quick.log

    def test_another_reload_says_it_again(self, quick: Watch) -> None:
        quick.place.source(every="1 minute")
        assert quick.daemon.reload()
        assert quick.daemon.reload()
        assert quick.log.count(f"{RESTART}sources\n") == 2


class TestWithoutSlack:
    def test_what_is_printed_is_not_said_to_be_sent(self, quick: Watch) -> None:
        quick.deliver()
        assert "terminal  outcome=printed posts=" in quick.log
        assert "outcome=sent" not in quick.log

    def test_no_token_is_neither_valid_nor_refused(self, quick: Watch) -> None:
        quick.deliver()
        assert quick.metric("svar_slack_token_valid") is None
        assert quick.metric("svar_scheduler_heartbeat_timestamp_seconds")


class TestJobs:
    def test_a_known_trouble_of_a_job_is_said_once(self, quick: Watch) -> None:
        def job() -> None:
            message = "the state is full"
            raise StoreError(message)

        for name in ("poll a", "poll b", "poll a", "poll b"):
            quick.daemon._guarded(name, job)
            quick.daemon._guarded("deliver", lambda: None)
        assert quick.log.count("the state is full") == 1
        quick.daemon._guarded("poll a", lambda: None)
        assert "works again" not in quick.log
        quick.daemon._guarded("poll b", lambda: None)
        assert "works again  job=poll b" in quick.log
        quick.daemon._guarded("poll a", job)
        assert quick.log.count("the state is full") == 2

    def test_a_bug_in_a_job_is_logged_and_counted_by_the_scheduler(
        self, quick: Watch
    ) -> None:
        with pytest.raises(ZeroDivisionError):
            quick.daemon._guarded("report", lambda: 1 / 0)
        assert "a job failed; the next tick tries again" in quick.log
        assert "ZeroDivisionError" in quick.log


class TestOpening:
    def test_a_source_that_is_down_at_the_start_is_an_error(
        self, place: Office
    ) -> None:
        place.ats.unlink()
        with pytest.raises(SourceError, match="no connection"), watching(place):
            pass

    def test_a_second_daemon_on_the_same_state_is_refused(self, quick: Watch) -> None:
        with (
            pytest.raises(StoreError, match="another svar already runs on"),
            watching(quick.place),
        ):
            pass

    @pytest.mark.parametrize(
        ("version", "advice"),
        [("0003", "run `svar db upgrade`"), ("9999", "of a newer Svar .* start that")],
    )
    def test_a_state_of_another_version_is_not_touched(
        self, place: Office, postgresql: str, version: str, advice: str
    ) -> None:
        place.change(state={"url": postgresql})
        with watching(place) as watch, watch.daemon.store.write() as connection:
            change = text("UPDATE alembic_version SET version_num = :version")
            connection.execute(change, {"version": version})
        with pytest.raises(StoreError, match=advice), watching(place):
            pass
