"""`svar report` over the demo's database: the same figures as /metrics and as plain SQL."""

import json
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from datetime import date, datetime, timedelta
from logging import Logger
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from monitor import cli, configuration
from monitor.configuration import Configuration
from monitor.daemon.jobs import Jobs
from monitor.demo import ats, home, letters, play
from monitor.report import reading
from monitor.report.nouns import WeekReport
from monitor.terminal import Terminal
from tests.builders import at
from tests.stories.daemon.process import finished

NOW = at("2026-11-02 09:30")
EXPECTED = Path(__file__).with_name("report_expectation.sql")
WEEKS = 4


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight weeks that nobody was nudged in, as the recruiting database holds them."""
    folder = tmp_path_factory.mktemp("season") / "demo"
    settings = home.build(folder, listen="127.0.0.1:0", level="error")
    with closing(sqlite3.connect(folder / home.DATABASE)) as connection:
        events = play.season(seed=3, weeks=8).events
        ats.apply(connection, [each for each in events if each.at <= NOW])
    return settings


@pytest.fixture(scope="module")
def loaded(season: Path) -> Configuration:
    return configuration.read(season, {})


@pytest.fixture(scope="module")
def report(loaded: Configuration) -> WeekReport:
    ends = reading.ends(WEEKS, now=NOW)
    return reading.read(loaded, ends, edits=None)


@pytest.fixture(scope="module")
def exposed(loaded: Configuration) -> dict[str, dict[tuple[str, ...], float]]:
    """The business series of a poll at the same instant: by metric and labels."""
    jobs = Jobs(loaded, {}, Terminal(Console(quiet=True)), Logger("test"))  # noqa: LOG001 - one for each test
    try:
        jobs.open(now=NOW)
        jobs.poll(jobs.sources[0], now=NOW)
        page = jobs.metrics.expose().decode()
    finally:
        jobs.close()
    found: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            labels = (f"{name}={value}" for name, value in sample.labels.items())
            found[sample.name][tuple(sorted(labels))] = sample.value
    return found


def summed(series: dict[tuple[str, ...], float], *names: str) -> dict[str, float]:
    """Return sums by the values of these labels."""
    found: Counter[str] = Counter()
    for labels, value in series.items():
        by_name = dict(each.split("=", 1) for each in labels)
        found["/".join(by_name[name] for name in names)] += value  # type: ignore[assignment] # seconds are no whole numbers
    return {key: value for key, value in found.items() if value}


class TestTheLastWeek:
    """Every figure of the last column is the one that a poll exports."""

    def test_promises(
        self, report: WeekReport, exposed: dict[str, dict[tuple[str, ...], float]]
    ) -> None:
        cases = summed(exposed["svar_promise_cases"], "rule", "window")
        kept = summed(exposed["svar_promise_kept"], "rule", "window")
        promises = report.sections[0].now.promises
        assert promises
        windows = [
            (f"{rule}/{window}", found)
            for rule, outcome in promises.items()
            for window, found in zip(("30d", "90d"), outcome, strict=True)
        ]
        assert cases == {key: found.cases for key, found in windows if found.cases}
        assert kept == {key: found.kept for key, found in windows if found.kept}

    def test_who_waits_and_on_whom(
        self, report: WeekReport, exposed: dict[str, dict[tuple[str, ...], float]]
    ) -> None:
        now = report.sections[0].now
        assert now.overdue.total() > 10
        overdue = exposed["svar_overdue_applications"]
        assert summed(overdue, "waiting_on") == dict(+now.overdue)
        waiting = exposed["svar_waiting_applications"]
        assert summed(waiting, "waiting_on") == dict(+now.waiting)
        seconds = summed(exposed["svar_waiting_seconds"], "waiting_on")
        assert seconds == pytest.approx(
            {ball: hours * 3600 for ball, hours in now.hours.items() if hours}
        )

    def test_who_has_an_answer(
        self, report: WeekReport, exposed: dict[str, dict[tuple[str, ...], float]]
    ) -> None:
        closure = summed(exposed["svar_closure"], "state")
        found = report.sections[0].now.closure
        assert closure == {str(key): n for key, n in found.items() if n}

    def test_who_is_late_under_rules_that_cannot_be_counted_afterwards(
        self, report: WeekReport, exposed: dict[str, dict[tuple[str, ...], float]]
    ) -> None:
        found = report.sections[0].now.uncounted
        assert list(found) == ["silence"]
        assert found.total()
        alerts = summed(exposed["svar_alerts"], "rule", "state")
        for rule, count in found.items():
            late = (
                alerts.get(f"{rule}/{each}", 0) for each in ("breached", "escalated")
            )
            assert count == sum(late)


def with_one_rule(settings: Path, folder: Path) -> Configuration:
    """Return the same configuration with the rule first-reply alone."""
    office = settings.parent.parent
    for part, name in (("config", "svar.yaml"), ("rules", "first-reply.yaml")):
        (folder / part).mkdir()
        (folder / part / name).write_bytes((office / part / name).read_bytes())
    return configuration.read(folder / "config" / "svar.yaml", {})


def test_the_last_week_is_what_plain_sql_says(season: Path, tmp_path: Path) -> None:
    loaded = with_one_rule(season, tmp_path)
    found = reading.read(loaded, reading.ends(WEEKS, now=NOW), edits=None)
    now = found.sections[0].now

    expected: dict[str, dict[str, int]] = defaultdict(dict)
    moments = {
        "now": letters.text(NOW),
        "begins": letters.text(NOW - timedelta(days=30)),
    }
    database = season.parent.parent / home.DATABASE
    with closing(sqlite3.connect(database)) as connection:
        for kind, what, count in connection.execute(EXPECTED.read_text(), moments):
            expected[kind][what] = count
    assert expected["overdue"]
    assert {str(key): n for key, n in now.closure.items() if n} == expected["closure"]
    assert dict(now.overdue) == expected["overdue"]
    assert {job.title: n for job, n in now.jobs.items()} == expected["jobs"]
    kept = now.total.narrow
    assert kept.kept == expected["kept"][""]
    assert kept.cases - kept.kept == expected["broken"][""]


class TestEarlierWeeks:
    def test_each_week_is_what_a_report_of_that_day_said(
        self, season: Path, tmp_path: Path
    ) -> None:
        """Where rows keep all the milestones of a rule, looking back is looking then."""
        ends = reading.ends(WEEKS, now=NOW)
        (tmp_path / "now").mkdir()
        (tmp_path / "then").mkdir()
        loaded = with_one_rule(season, tmp_path / "now")
        seen = reading.read(loaded, ends, edits=None).sections[0].weeks[0]
        copied = home.build(tmp_path / "demo", listen="127.0.0.1:0", level="error")
        with closing(sqlite3.connect(copied.parent.parent / home.DATABASE)) as database:
            events = play.season(seed=3, weeks=8).events
            ats.apply(database, [each for each in events if each.at <= ends[0]])
        earlier = with_one_rule(copied, tmp_path / "then")
        real = reading.read(earlier, ends[:1], edits=None).sections[0].now
        assert real.overdue
        assert seen.applications == real.applications
        assert seen.promises == real.promises
        assert seen.closure == real.closure
        assert seen.overdue.total() == real.overdue.total()

    def test_weeks_do_not_change_the_last_one(
        self, loaded: Configuration, report: WeekReport
    ) -> None:
        alone = reading.read(loaded, (NOW,), edits=None)
        assert alone.sections[0].now == report.sections[0].now
        assert alone.unknown == ()

    def test_a_report_of_an_instant_that_has_passed_is_the_column_of_that_day(
        self, loaded: Configuration, report: WeekReport
    ) -> None:
        then = report.ends[-2]
        found = reading.read(loaded, (then,), edits=None, rewinds=True)
        assert found.sections[0].now == report.sections[0].weeks[-2]
        assert found.unknown
        raw = reading.read(loaded, (then,), edits=None)
        assert raw.sections[0].now.applications > found.sections[0].now.applications

    def test_what_lies_before_the_lookback_is_said(
        self, loaded: Configuration, report: WeekReport
    ) -> None:
        assert not any("lookback" in what for what, _ in report.unknown)
        long_ago = reading.read(loaded, reading.ends(30, now=NOW), edits=None)
        assert any("lookback of 180 days" in what for what, _ in long_ago.unknown)


class TestTheCommand:
    AS_OF = "2026-11-02T09:30"

    @pytest.fixture
    def given(self, season: Path) -> list[str]:
        return ["report", "--config", str(season), "--as-of", self.AS_OF]

    def run(
        self, given: list[str], capsys: pytest.CaptureFixture[str], *more: str
    ) -> str:
        assert cli.main([*given, *more]) == 0
        return capsys.readouterr().out

    def test_the_terminal_shows_it(
        self, given: list[str], capsys: pytest.CaptureFixture[str], report: WeekReport
    ) -> None:
        said = self.run(given, capsys)
        last = report.sections[0].now
        percent = last.promises["first-reply"].percent
        assert f"{percent} % of candidates heard from us within 14 days." in said
        assert f"Of all promises {last.total.percent} % were kept: " in said
        assert "Jobs with the most people waiting too long" in said
        assert "12 Oct" in said
        assert "What the earlier weeks cannot tell" in said

    @pytest.mark.parametrize("format", ["terminal", "markdown", "html", "json"])
    def test_it_can_be_written_to_a_file(
        self,
        given: list[str],
        capsys: pytest.CaptureFixture[str],
        tmp_path: Path,
        format: str,  # noqa: A002 - as the option is called
    ) -> None:
        printed = self.run(given, capsys, "--format", format)
        target = tmp_path / "report"
        said = self.run(given, capsys, "--format", format, "--output", str(target))
        assert said == ""
        assert target.read_text(encoding="utf-8") == printed
        assert len(printed) > 1000

    def test_a_file_that_cannot_be_written_is_said(
        self, given: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        assert cli.main([*given, "--output", str(tmp_path)]) == 1
        assert "cannot be written: Is a directory" in capsys.readouterr().err

    def test_it_names_no_person(
        self, given: list[str], capsys: pytest.CaptureFixture[str], season: Path
    ) -> None:
        database = season.parent.parent / home.DATABASE
        with closing(sqlite3.connect(database)) as connection:
            names = {
                part
                for table in ("candidates", "people")
                for row in connection.execute(f"SELECT name, email FROM {table}")  # noqa: S608 - our own
                for part in row
                if part
            }
        assert len(names) > 100
        for format_ in ("terminal", "markdown", "html", "json"):
            said = self.run(given, capsys, "--format", format_)
            assert not [name for name in names if name in said]

    def test_json_is_one_object(
        self, given: list[str], capsys: pytest.CaptureFixture[str], report: WeekReport
    ) -> None:
        found: dict[str, Any] = json.loads(
            self.run(given, capsys, "--format", "json", "--weeks", "2")
        )
        assert found["as_of"] == "2026-11-02T08:30:00Z"
        [source] = found["sources"]
        last = report.sections[0].now
        assert len(source["weeks"]) == 2
        assert source["weeks"][-1]["overdue"] == dict(sorted(last.overdue.items()))
        assert source["weeks"][-1]["promises"]["all"]["percent"] == last.total.percent

    def test_without_a_state_the_edits_are_not_known(
        self, loaded: Configuration, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "config" / "svar.yaml"
        path.parent.mkdir()
        text = loaded.path.read_text(encoding="utf-8")
        folder = loaded.path.parent.parent
        text = text.replace(f"{folder}/svar.db", f"{tmp_path}/none.db")
        text = text.replace("../rules", str(folder / "rules"))
        path.write_text(text, encoding="utf-8")
        given = ["report", "--config", str(path), "--as-of", self.AS_OF]
        assert "no state has written it down" in self.run(given, capsys)
        assert not (tmp_path / "none.db").exists()

    def test_an_instant_that_has_passed_is_shown_as_it_was(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings = home.build(tmp_path / "demo", listen="127.0.0.1:0", level="error")
        database = settings.parent.parent / home.DATABASE
        with closing(sqlite3.connect(database)) as connection:
            events = play.season(seed=3, weeks=4, until=date(2025, 11, 3)).events
            ats.apply(connection, events)
        given = ["report", "--config", str(settings), "--format", "json", "--as-of"]
        weeks: list[dict[str, Any]] = []
        for day in ("2025-11-03T09:00+01:00", "2025-10-27T09:00+01:00"):
            [source] = json.loads(self.run([*given, day], capsys))["sources"]
            weeks += source["weeks"][-2:]
        before, _, _, then = weeks
        assert then == before
        assert then["applications"]

    def test_edits_of_these_weeks_are_told(
        self,
        given: list[str],
        loaded: Configuration,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        path = loaded.rules_folder / "first-reply.yaml"
        text = path.read_text(encoding="utf-8")
        try:
            for now, target in ((NOW - timedelta(days=40), 14), (NOW, 10)):
                edited = text.replace("target: 14 days", f"target: {target} days")
                path.write_text(edited, encoding="utf-8")
                self.start(loaded.path, now)
        finally:
            path.write_text(text, encoding="utf-8")
        said = self.run(given, capsys)
        assert "Mon 2 Nov  first-reply: target 14 days -> 10 days" in said
        earlier = self.run([*given[:-1], "2026-11-02T09:29"], capsys)
        assert "Changed in the rules: nothing." in earlier

    @staticmethod
    def start(settings: Path, now: datetime) -> None:
        jobs = Jobs(
            configuration.read(settings, {}),
            {},
            Terminal(Console(quiet=True)),
            Logger("test"),  # noqa: LOG001 - one for each test
        )
        try:
            jobs.open(now=now)
        finally:
            jobs.close()


def test_the_real_command_answers(season: Path) -> None:
    done = finished("report", "--config", str(season), "--as-of", "2026-11-02T09:30")
    assert done.returncode == 0, done.stderr
    assert "of candidates heard from us within 14 days" in done.stdout
    wrong = finished("report", "--config", str(season), "--weeks", "0")
    assert wrong.returncode == 2
    assert "0 is not a number of weeks from 1 to 52" in wrong.stderr
