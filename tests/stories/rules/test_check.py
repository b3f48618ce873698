"""`svar check`: what it prints, what it refuses, and that it writes nothing."""

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import cli, shipped
from monitor.demo import letters
from tests.stories import office
from tests.stories.office import LATE, NOW, WARNED, Office

AS_OF = ["--as-of", NOW.isoformat()]
KEYS = [
    "rule",
    "application",
    "state",
    "step",
    "started_at",
    "due_at",
    "late_seconds",
    "owner",
    "tell",
]
CHECKABLE = """\
rules:
  - id: {id}
    title: A rule
    when: {{status: open}}
    clock: {{starts: applied_at, stops: {stops}}}
    target: 14 days
    owner: recruiter
    ladder: [{{at: target, tell: owner}}]
"""


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office")
    office.furnish(made)
    return made


def check(place: Office, *options: str) -> int:
    return cli.main(["check", "--config", str(place.settings), *options])


def found(
    place: Office, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, Any]:
    assert check(place, "--json", *(options or AS_OF)) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


class TestJson:
    def test_the_object_is_as_promised(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        printed = found(place, capsys)
        assert list(printed) == ["as_of", "sources"]
        (source,) = printed["sources"]
        assert {key: source[key] for key in source if key != "findings"} == {
            "name": "recruiting",
            "applications": 6,
            "rejected_rows": 0,
            "rejected_messages": 0,
            "closure": {
                "undecided": 5,
                "decided_not_told": 1,
                "wrong_channel": 0,
                "told": 0,
            },
            "not_measurable": [],
        }
        assert all(list(each) == KEYS for each in source["findings"])
        assert source["findings"][2] == {
            "rule": "first-reply",
            "application": "waiting",
            "state": "breached",
            "step": "target",
            "started_at": "2026-08-30T08:00:00Z",
            "due_at": "2026-09-13T08:00:00Z",
            "late_seconds": 3 * 86400,
            "owner": office.RECRUITER,
            "tell": [office.RECRUITER],
        }

    def test_findings_are_sorted_by_rule_and_application(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for number in range(9):
            office.apply(place, f"more-{number}", NOW, days=20 + number % 3)
        (source,) = found(place, capsys)["sources"]
        pairs = [(each["rule"], each["application"]) for each in source["findings"]]
        assert pairs == sorted(pairs)
        assert set(pairs) >= {*LATE, WARNED}

    def test_instants_are_in_utc(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        printed = found(place, capsys, "--as-of", "2026-09-16T10:00+02:00")
        (source,) = printed["sources"]
        ats = [printed["as_of"]]
        ats += [
            each[k] for each in source["findings"] for k in ("started_at", "due_at")
        ]
        assert all(at.endswith("Z") and datetime.fromisoformat(at) for at in ats)
        assert printed["as_of"] == "2026-09-16T08:00:00Z"

    def test_a_warning_is_not_late_and_backlog_tells_nobody(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        office.apply(place, "ancient", NOW, days=170)
        (source,) = found(place, capsys)["sources"]
        by_name = {each["application"]: each for each in source["findings"]}
        soon, ancient = by_name["soon"], by_name["ancient"]
        assert (soon["state"], soon["late_seconds"]) == ("warning", 0)
        assert (ancient["state"], ancient["step"]) == ("breached", "backlog")
        assert ancient["tell"] == []

    def test_nobody_is_told_where_nobody_is_known(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.run("UPDATE jobs SET recruiter_id = NULL")
        place.change(people=None)
        (source,) = found(place, capsys)["sources"]
        waiting = next(e for e in source["findings"] if e["application"] == "waiting")
        assert (waiting["owner"], waiting["tell"]) == (None, [])

    def test_an_empty_database_has_no_findings(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (source,) = found(office.build(tmp_path / "new"), capsys)["sources"]
        assert (source["applications"], source["findings"]) == (0, [])


class TestAsOf:
    @pytest.mark.parametrize(
        ("given", "utc"),
        [
            ("2026-09-16T10:00", "2026-09-16T08:00:00Z"),
            ("2026-09-16T10:00+05:00", "2026-09-16T05:00:00Z"),
            ("2026-09-16T10:00Z", "2026-09-16T10:00:00Z"),
            ("2026-01-16", "2026-01-15T23:00:00Z"),
        ],
        ids=["local to the calendar", "another zone", "UTC", "midnight"],
    )
    def test_an_instant_is_read(
        self, place: Office, capsys: pytest.CaptureFixture[str], given: str, utc: str
    ) -> None:
        assert found(place, capsys, "--as-of", given)["as_of"] == utc

    @pytest.mark.parametrize(
        "given", ["soon", "2026-02-30", "0001-01-01", "9999-12-31"]
    )
    def test_what_is_no_instant_is_refused(
        self, place: Office, capsys: pytest.CaptureFixture[str], given: str
    ) -> None:
        assert check(place, "--as-of", given) == 2
        said = capsys.readouterr().err
        assert f'--as-of: "{given}" is not an instant' in said
        assert said.endswith("1 problem. Nothing was changed.\n")

    def test_without_it_the_present_counts(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert (
            found(place, capsys, "--as-of", "2026-08-28")["sources"][0]["findings"]
            == []
        )
        assert check(place, "--json") == 0


class TestFailOn:
    def test_a_breach_fails_both(self, place: Office) -> None:
        assert check(place, *AS_OF, "--fail-on", "breached") == 3
        assert check(place, *AS_OF, "--fail-on", "warning") == 3

    def test_a_warning_fails_only_where_it_is_asked(self, place: Office) -> None:
        place.run("DELETE FROM messages")
        place.run("DELETE FROM applications WHERE id <> 'soon'")
        assert check(place, *AS_OF, "--fail-on", "breached") == 0
        assert check(place, *AS_OF, "--fail-on", "warning") == 3

    def test_a_breach_alone_is_worse_than_a_warning(self, place: Office) -> None:
        office.reply(place, "soon", NOW, days=1)
        assert check(place, *AS_OF, "--fail-on", "warning") == 3

    def test_what_is_too_old_to_nudge_fails_as_well_and_is_said(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.run("DELETE FROM messages")
        place.run("DELETE FROM applications")
        office.apply(place, "ancient", NOW, days=170)
        assert check(place, *AS_OF, "--fail-on", "breached") == 3
        said = "0 people wait too long; 1 too old to nudge anybody about. svar check"
        assert said in capsys.readouterr().out

    def test_without_it_findings_are_no_failure(self, place: Office) -> None:
        assert check(place, *AS_OF) == 0


class TestTable:
    def test_it_counts_and_names_nobody(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert check(place, *AS_OF) == 0
        out = capsys.readouterr().out
        assert "3 people wait too long, for 1 job. svar check --all lists them." in out
        assert "Due soon: 1 application" in out
        assert not any(name in out for name in office.NAMES.values())

    def test_the_longest_wait_of_each_rule_is_named(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert check(place, *AS_OF) == 0
        head, *rows = capsys.readouterr().out.splitlines()[2:6]
        waits = [row[head.index("longest wait") :].strip() for row in rows]
        assert waits == ["5 working days", "17 days", "5 working days"]

    def test_answers_are_parted_by_dots(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert check(place, *AS_OF) == 0
        said = r"Answers: undecided \d · decided, not told 1 · told, but not by phone"
        assert re.search(said, capsys.readouterr().out)

    def test_all_lists_them_by_their_initials(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert check(place, *AS_OF, "--all") == 0
        out = capsys.readouterr().out
        assert "waiting" in out
        assert "3 days late" in out
        assert "svar check --all" not in out
        assert not any(name in out for name in office.NAMES.values())

    def test_all_lists_what_is_too_old_with_a_mark(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        office.apply(place, "ancient", NOW, days=170)
        assert check(place, *AS_OF, "--all") == 0
        lines = map(str.rstrip, capsys.readouterr().out.splitlines())
        marked = [line for line in lines if line.endswith("late, too old to nudge")]
        assert [line.split()[1] for line in marked] == ["ancient"]

    def test_what_looks_like_markup_is_printed_as_it_is(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        office.apply(place, "[/x]", NOW, days=20)
        assert check(place, *AS_OF, "--all") == 0
        assert "[/x]" in capsys.readouterr().out

    def test_only_jobs_of_those_who_wait_too_long_are_counted(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.run(
            "INSERT INTO jobs (id, title, status) VALUES ('other', 'Nurse', 'open')"
        )
        office.change(place, "soon", job_id="other")
        assert check(place, *AS_OF) == 0
        assert "3 people wait too long, for 1 job." in capsys.readouterr().out

    def test_nothing_late_is_said_too(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert check(office.build(tmp_path / "new")) == 0
        assert "0 people wait too long." in capsys.readouterr().out

    def test_what_could_not_be_looked_at_is_said(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        office.apply(place, "ancient", NOW, days=170)
        office.distort(place, "answered", stage_entered_at="soon")
        rule = CHECKABLE.format(id="by-deadline", stops="survey_at")
        without_column(place, "survey_at")
        (place.rules / "more.yaml").write_text(rule, encoding="utf-8")
        assert check(place, *AS_OF) == 0
        out = " ".join(capsys.readouterr().out.split())
        assert "Too old to nudge anybody about: first-reply, 1" in out
        assert "Cannot be measured here: by-deadline" in out
        assert "Rows that cannot be read: 1 (stage_entered_at cannot be read: 1)" in out

    def test_messages_that_cannot_be_read_are_no_rows(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        office.distort(place, "answered", stage_entered_at="soon")
        spoil_messages(place)
        (source,) = found(place, capsys)["sources"]
        assert (source["rejected_rows"], source["rejected_messages"]) == (1, 2)
        for command in ("preview", "backtest"):
            whole = ["rules", command, "--json", "--config", str(place.settings)]
            assert cli.main(whole) == 0
            (read,) = json.loads(capsys.readouterr().out)["sources"]
            assert (read["rejected_rows"], read["rejected_messages"]) == (1, 2)
        assert check(place, *AS_OF) == 0
        out = " ".join(capsys.readouterr().out.split())
        assert "Rows that cannot be read: 1 (stage_entered_at cannot be read: 1)" in out
        assert "Messages that cannot be read: 2 (message cannot be read: 2)" in out

    def test_a_rule_without_its_columns_is_named_in_json(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        without_column(place, "shared_at", "waiting_since")
        (source,) = found(place, capsys)["sources"]
        assert source["not_measurable"] == ["manager-review"]
        assert {each["rule"] for each in source["findings"]} == {
            "decided-not-told",
            "first-reply",
        }

    def test_a_reader_that_goes_away_is_no_error(self, place: Office) -> None:
        command = [sys.executable, "-m", "monitor", "check", "--json"]
        command += ["--config", str(place.settings), *AS_OF]
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run(  # noqa: S603 - our own command line
            command, stdout=writer, stderr=subprocess.PIPE, check=False
        )
        os.close(writer)
        assert (done.returncode, done.stderr) == (0, b"")


def without_column(place: Office, *names: str) -> None:
    """Give the office a mapping of its own that lacks these columns."""
    shipped = place.load().mappings["recruiting"]
    own = place.settings.parent / "ats" / "own"
    own.mkdir(parents=True)
    wanted = [
        "application_id",
        "candidate_ref",
        "candidate_name",
        "applied_at",
        "status",
        "stage",
        "stage_entered_at",
        "waiting_on",
        "waiting_since",
        "recruiter",
        "manager",
        "job_ref",
        "job_title",
        "first_reply_at",
        "told_at",
        "called_at",
        "decided_at",
        "shared_at",
        "feedback_at",
        "survey_at",
    ]
    columns = ", ".join(name for name in wanted if name not in names)
    sql = f"SELECT {columns} FROM ({shipped.applications}) AS q"  # noqa: S608 - names are ours
    (own / "query.sql").write_text(sql, encoding="utf-8")
    (own / "mapping.yaml").write_text("{name: own, title: Own}", encoding="utf-8")
    place.source(mapping="own")


class TestRefusals:
    def refused(
        self, place: Office, capsys: pytest.CaptureFixture[str], *, code: int
    ) -> str:
        assert check(place, *AS_OF) == code
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "Traceback" not in printed.err
        return printed.err

    def test_no_configuration(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        said = self.refused(Office(tmp_path), capsys, code=2)
        assert "svar.yaml" in said
        assert "--config" in said

    def test_an_unknown_key(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.change(slak={"digest_at": "10:00"})
        said = self.refused(place, capsys, code=2)
        assert 'unknown key "slak"; did you mean "slack"?' in said

    def test_a_wrong_type(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.source(every=5)
        said = self.refused(place, capsys, code=2)
        assert 'sources[0].every: "5" is not an interval' in said

    def test_two_rules_with_one_id(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rule = CHECKABLE.format(id="first-reply", stops="told_at")
        (place.rules / "second.yaml").write_text(rule, encoding="utf-8")
        said = self.refused(place, capsys, code=2)
        assert "first-reply" in said
        assert "second.yaml:2:" in said

    def test_a_duration_without_a_clock(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = place.rules / "first-reply.yaml"
        text = path.read_text(encoding="utf-8").replace("target: 14 days", "target: 14")
        path.write_text(text, encoding="utf-8")
        said = self.refused(place, capsys, code=2)
        assert "first-reply.yaml:21:" in said
        assert "1 problem in 1 file." in said

    def test_every_problem_is_said_at_once(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.source(timezone="Europe/Olso", mapping="opencat")
        (place.rules / "bad.yaml").write_text("rulez: []", encoding="utf-8")
        said = self.refused(place, capsys, code=2)
        assert 'did you mean "opencats"?' in said
        assert "bad.yaml:1:1" in said

    def test_no_zone_for_naive_times(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.source(timezone=None)
        said = self.refused(place, capsys, code=2)
        assert "sources[0]" in said
        assert "stores times without a zone" in said

    def test_a_mapping_whose_sql_fails(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.run("DROP TABLE messages")
        said = self.refused(place, capsys, code=2)
        assert "query.sql: applications: the query fails" in said
        assert "no such table: messages" in said

    def test_a_database_that_is_not_there(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.ats.unlink()
        said = self.refused(place, capsys, code=1)
        assert said.startswith("svar: recruiting: no connection to sqlite:///")
        assert said.count("recruiting:") == 1
        assert said.endswith(f"; edit {place.settings}, or try svar doctor\n")

    def test_a_server_that_is_down(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.source(url="postgresql+psycopg://svar:s3cret@127.0.0.1:1/ats")
        said = self.refused(place, capsys, code=1)
        assert "no connection to postgresql+psycopg://svar:***@127.0.0.1:1/ats" in said
        assert "s3cret" not in said

    def test_no_command_at_all(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main([]) == 2
        assert "svar demo" in capsys.readouterr().out


def test_check_writes_nothing(place: Office) -> None:
    before = {
        path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()
    }
    assert check(place, *AS_OF) == 0
    after = {
        path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()
    }
    assert after == before
    assert not place.state.exists()


def test_check_agrees_with_itself_on_postgresql(
    place: Office, postgresql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = found(place, capsys)
    office.copy(place, postgresql)
    place.source(url=postgresql)
    assert found(place, capsys) == here


def test_rules_check_says_what_is_on(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["rules", "check", "--config", str(place.settings)]
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    assert said.startswith("3 rules on, no problems: ")
    assert cli.main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"problems": []}


def test_rules_check_of_a_folder_names_each_problem(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.rules / "bad.yaml").write_text("rulez: []", encoding="utf-8")
    command = ["rules", "check", str(place.rules)]
    assert cli.main([*command, "--config", str(place.folder / "none.yaml")]) == 2
    assert "a running svar keeps its rules" in capsys.readouterr().err
    assert cli.main([*command, "--json"]) == 2
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert {(Path(each["file"]).name, each["line"]) for each in problems} == {
        ("bad.yaml", 1)
    }


def test_rules_check_of_a_file_asks_for_its_folder(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = place.rules / "mine.yaml"
    mine.write_text("rules: []", encoding="utf-8")
    assert cli.main(["rules", "check", str(mine)]) == 2
    said = capsys.readouterr().err
    assert f"is a file; name the folder that it lies in ({place.rules})" in said


def test_a_variable_is_no_file_that_has_a_problem(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SVAR_LOG__LEVEL", "loud")
    assert check(place) == 2
    assert "1 problem. Nothing was changed." in capsys.readouterr().err
    place.change(slak={})
    assert check(place) == 2
    assert "2 problems in 1 file. " in capsys.readouterr().err


def test_the_line_shown_is_that_of_the_file_meant(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (place.rules / "bad.yaml").write_text("rulez: []", encoding="utf-8")
    (tmp_path / "rules").mkdir()
    other = tmp_path / "rules" / "bad.yaml"
    other.write_text("another: file", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert cli.main(["rules", "check", "--config", str(place.settings)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("office/rules/bad.yaml:1:1: ")
    assert "1 | rulez: []" in said
    assert "another" not in said


def test_the_times_of_the_office_are_those_of_the_schema() -> None:
    assert letters.text(NOW) == "2026-09-16 08:00:00"


def test_a_state_in_the_recruiting_database_is_refused(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.change(state={"url": f"sqlite:///{place.ats}"})
    before = place.ats.read_bytes()
    assert cli.main(["check", "--config", str(place.settings)]) == 2
    assert (
        "sources[0].url: is the database of the state as well"
        in capsys.readouterr().err
    )
    assert place.ats.read_bytes() == before


def test_a_folder_without_a_rule_that_is_on_is_refused(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in place.rules.iterdir():
        path.unlink()
    (place.rules / "none.yaml").write_text("rules: []", encoding="utf-8")
    (place.rules / ".#none.yaml").symlink_to("an editor's lock")
    assert cli.main(["check", "--config", str(place.settings)]) == 2
    assert "no rule is on" in capsys.readouterr().err


def test_a_mapping_for_another_database_is_refused(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source(mapping="opencats", timezone="Europe/Oslo")
    assert cli.main(["check", "--config", str(place.settings)]) == 2
    said = capsys.readouterr().err
    assert "sources[0].url: sqlite is not what the opencats mapping reads" in said


def test_mistakes_of_settings_and_rules_come_in_one_go(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.change(language="tlh")
    path = place.rules / "first-reply.yaml"
    text = path.read_text("utf-8").replace("target: 14 days", "target: 14 dyas")
    path.write_text(text.replace("owner: has_ball", "owner: hr_lead"), "utf-8")
    assert check(place, *AS_OF) == 2
    said = capsys.readouterr().err
    assert "language" in said
    assert '"14 dyas" is not a duration' in said
    assert "hr_lead" not in said  # who knows what roles there would have been


def test_a_calendar_on_which_nobody_works_is_refused(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    first = NOW.date()
    days = [str(first + timedelta(days=n)) for n in range(-7, 70)]
    place.change(calendar={"timezone": "Europe/Oslo", "closed": days})
    assert check(place, *AS_OF) == 2
    assert "no working time in the 60 days from " in capsys.readouterr().err


def spoil_messages(place: Office) -> None:
    """Give the office a query of messages of which none can be read."""
    place.source(mapping="own")
    own = place.settings.parent / "ats" / "own"
    shutil.copytree(shipped.folder() / "config" / "ats" / "standard", own)
    mapping = (own / "mapping.yaml").read_text("utf-8")
    mapping = mapping.replace("explain: explain.sql", "messages: messages.sql")
    (own / "mapping.yaml").write_text(mapping, "utf-8")
    query = (
        "SELECT id AS message_id, id AS application_id, 'soon' AS sent_at,"
        " 'out' AS direction, 'human' AS kind FROM applications"
        " WHERE id IN ('waiting', 'soon')"
    )
    (own / "messages.sql").write_text(query, "utf-8")
