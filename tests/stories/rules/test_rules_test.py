"""`svar rules test`: what it prints, how it ends, and that it owes what the daemon owes."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import select

from monitor import cli, rules, shipped
from monitor.cycle import Cycle, Office, world
from monitor.evaluate import Late
from monitor.model import Application, Ball, Status
from monitor.outbox import Digests
from monitor.proof import trials
from monitor.proof.memory import Memory
from monitor.proof.trials.nouns import Visit
from monitor.store import Store
from monitor.store.outbox import mail
from monitor.store.tables import alerts, notices
from monitor.store.words import PostStatus
from tests.builders import application, at
from tests.stories import office
from tests.stories.ats.showing import Shown
from tests.stories.delivery import claiming

DATA = Path(__file__).parents[2] / "data" / "rules" / "trials"
SHIPPED = shipped.folder() / "rules"
WRONG = """\
roles: {hr_lead: kari@example.org}
tests:
  - name: "a reply\\ntoo late \\x07 <&>"
    applications:
      - application_id: A1
        applied_at: 2026-11-02 09:00:30
        recruiter: ingrid@example.org
    expect:
      - now: 2026-11-16 09:30
        findings:
          - {rule: first-reply, application: A1, state: warning, due: 2026-11-16 09:00}
        notices: none
  - name: nothing yet
    applications: [{application_id: A1, applied_at: 2026-11-02 09:00}]
    expect: [{now: 2026-11-03 09:30, findings: none}]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder with rules and good tests of them, and no settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SVAR_CONFIG", raising=False)
    shutil.copytree(DATA / "rules", tmp_path / "rules")
    shutil.copytree(DATA / "good", tmp_path / "rules" / "tests")
    return tmp_path


def wrong(folder: Path) -> Path:
    path = folder / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    return path


def run(*options: object) -> int:
    return cli.main(["rules", "test", *map(str, options)])


def test_all_files_beside_the_rules_are_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0
    assert capsys.readouterr().out.startswith("9 tests in 3 files: all as expected (")


def test_a_failure_is_shown_as_a_difference_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(wrong(folder)) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:-1] == [
        "  on Mon 16 Nov 09:30",
        "    - expected  finding: first-reply for A1, state warning, due Mon 16 Nov 09:00",
        "    + found     finding: first-reply for A1, state breached, due Mon 16 Nov 09:00:30",
        "    - expected  no notice",
        "    + found     notice: first-reply for A1, tell ingrid@example.org, step target, at Tue 17 Nov 09:00",
        "",
    ]
    assert lines[0].startswith("wrong.yaml:9  a reply")
    assert lines[-1].startswith("2 tests in 1 file: 1 as expected, 1 not (")


def test_json_says_the_same_to_programs(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(wrong(folder), "--json") == 1
    printed = json.loads(capsys.readouterr().out)
    assert (printed["tests"], printed["failed"]) == (2, 1)
    first, second = printed["results"]
    assert (first["file"], first["line"], second["failures"]) == ("wrong.yaml", 3, [])
    [failure] = first["failures"]
    assert (failure["line"], failure["now"]) == (9, "2026-11-16T08:30:00Z")
    assert failure["differences"][0] == {
        "about": "finding",
        "expected": {
            "rule": "first-reply",
            "application": "A1",
            "state": "warning",
            "due": "2026-11-16T08:00:00Z",
        },
        "found": {
            "rule": "first-reply",
            "application": "A1",
            "state": "breached",
            "due": "2026-11-16T08:00:30Z",
        },
    }


def test_junit_is_xml_that_build_servers_read(folder: Path) -> None:
    assert run(wrong(folder), "rules/tests", "--junit", "report.xml") == 1
    root = ET.parse(folder / "report.xml").getroot()  # noqa: S314 - our own
    assert (root.tag, root.get("tests"), root.get("failures")) == (
        *("testsuites", "11"),
        "1",
    )
    suites = [(each.get("name"), each.get("tests")) for each in root]
    assert suites[0] == ("wrong.yaml", "2")
    assert len(suites) == 4
    failed, fine = root[0]
    assert failed.get("name") == "a reply\ntoo late \ufffd <&>"
    [failure] = failed
    assert failure.get("message") == "not as expected at 1 instant"
    assert failure.text is not None
    assert failure.text.startswith("wrong.yaml:9\n  on Mon 16 Nov 09:30\n")
    assert list(fine) == []


def test_a_report_that_cannot_be_written_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--junit", folder / "gone" / "report.xml") == 2
    assert "--junit: cannot be written: No such" in capsys.readouterr().err


def test_bad_files_end_with_two_and_run_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = DATA / "bad" / "unknown_step.yaml"
    assert run("rules/tests", bad, folder / "gone.yaml") == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert 'no step "4 day before"; did you mean "4 days before"?' in said.err
    assert "gone.yaml: cannot be read: No such file" in said.err
    assert said.err.endswith("2 problems in 2 files. No test was run.\n")


def test_bad_files_are_json_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(DATA / "bad" / "tests_empty.yaml", "--json") == 2
    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["line"], problem["key"]) == (3, "tests")


@pytest.mark.parametrize("is_there", [True, False])
def test_no_tests_are_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str], *, is_there: bool
) -> None:
    shutil.rmtree(folder / "rules" / "tests")
    if is_there:
        (folder / "rules" / "tests").mkdir()
    assert run() == 2
    assert "rules/tests: holds no test; put a *.yaml there" in capsys.readouterr().err


def test_a_broken_rule_is_told_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = folder / "rules" / "rules.yaml"
    rules.write_text(
        rules.read_text("utf-8").replace("14 days\n    own", "14\n    own")
    )
    assert run() == 2
    assert (
        "rules/rules.yaml:7:5: rules[0].target: 14 names no" in capsys.readouterr().err
    )


def test_the_settings_say_where_the_rules_are_and_which_roles_there_are(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "svar.yaml").write_text(
        "sources: [{name: ats, url: 'sqlite:///gone.db', mapping: standard}]\n"
        "rules: ../ours\n"
        "people: {roles: {hr_lead: kari@example.org}}\n",
        encoding="utf-8",
    )
    (folder / "rules").rename(folder / "ours")
    for path in (folder / "ours" / "tests").iterdir():
        text = path.read_text("utf-8").replace("roles: {hr_lead: k", "# {")
        path.write_text(text, encoding="utf-8")
    assert run() == 0
    assert "3 files" in capsys.readouterr().out


def test_settings_that_were_named_have_to_be_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--config", "gone.yaml") == 2
    assert "there is no such file" in capsys.readouterr().err


def test_other_rules_are_tested_where_that_is_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules").rename(folder / "mine")
    assert run("--rules", "mine") == 0
    assert "3 files" in capsys.readouterr().out


# --- the rules that come along ---


def suites() -> list[trials.Suite]:
    return trials.read(trials.files(SHIPPED / "tests"), SHIPPED)


def test_the_shipped_tests_of_the_shipped_rules_are_as_expected() -> None:
    found = {
        f"{suite.file}:{trial.line} {trial.name}": trials.run(suite, trial)
        for suite in suites()
        for trial in suite.trials
    }
    assert {name for name, failures in found.items() if failures} == set()


def test_each_shipped_rule_is_seen_to_breach_and_to_be_silent() -> None:
    breached, silent = set(), set()
    book = rules.read(shipped.folder() / "rules")
    tested = {rule.id for rule in (*book.rules, *book.off)}
    for suite in suites():
        visits = [visit for trial in suite.trials for visit in trial.visits]
        late = {fact["rule"] for fact in facts(visits) if is_breach(fact)}
        about = {fact["rule"] for fact in facts(visits)}
        breached |= late
        silent |= {
            rule
            for rule in about
            for visit in visits
            if visit.findings is not None
            and rule not in {fact["rule"] for fact in visit.findings}
        }
    assert tested - breached == set()
    assert tested - silent == set()


def facts(visits: Sequence[Visit]) -> Iterator[trials.Facts]:
    for visit in visits:
        yield from visit.findings or ()


def is_breach(fact: trials.Facts) -> bool:
    return fact.get("state") is Late.BREACHED


# --- as the daemon ---


Owed = set[tuple[str, str, str, str]]


def unsent(store: Store) -> Owed:
    """Return what waits in the outbox: rule, application, firing, recipient."""
    what = (alerts.c.rule, alerts.c.application_id)
    whom = (notices.c.firing, notices.c.recipient)
    query = select(*what, *whom).join(notices, notices.c.alert_id == alerts.c.id)
    with store.read() as connection:
        rows = connection.execute(query.where(notices.c.status == "queued"))
        return {(rule, who, firing, to) for rule, who, firing, to in rows}


def send(store: Store, digests: Digests, since: datetime, now: datetime) -> None:
    """Let the digests go out that fall between two polls."""
    hours = (since + timedelta(minutes=30 * n) for n in range(10_000))
    for hour in takewhile(lambda at: at < now, hours):
        day = digests.day(hour)
        if day is None:
            continue
        with store.write() as connection:
            ids = claiming.digests(connection, day, now=hour)
            for each in ids:
                mail.settle(connection, each, PostStatus.SENT, sent_at=hour)


ROW = application(applied_at=at("2026-09-07 17:00"))
DECLINED = ROW._replace(status=Status.REJECTED, decided_at=at("2026-09-22 12:00"))
LIFE = [  # what the source shows when
    ("2026-09-18 10:00", [ROW]),
    ("2026-09-21 16:50", [ROW, ROW._replace(application_id="B")]),
    ("2026-09-21 17:30", [ROW]),
    ("2026-09-21 18:00", [ROW._replace(waiting_on=Ball.MANAGER)]),
    ("2026-09-21 19:00", [ROW, ROW._replace(application_id="C")]),
    ("2026-09-22 16:00", [ROW._replace(waiting_on=Ball.MANAGER)]),
    ("2026-09-23 08:30", [DECLINED]),
    ("2026-09-24 14:00", [DECLINED]),
    ("2026-09-25 14:00", [DECLINED._replace(told_at=at("2026-09-25 11:00"))]),
    ("2026-09-28 10:00", [DECLINED]),
    ("2026-10-12 10:00", [DECLINED]),
]
ANSWERED = ROW._replace(first_reply_at=at("2026-09-21 18:10"))
WITHDRAWN = [  # an answer that was none, before and after the digest of the day
    ("2026-09-18 10:00", [ROW]),
    ("2026-09-21 18:00", [ROW]),
    ("2026-09-21 18:30", [ANSWERED]),
    ("2026-09-21 19:00", [ROW]),
    ("2026-09-21 19:30", [ANSWERED]),
    ("2026-09-22 14:00", [ROW]),
    ("2026-09-23 14:00", [ROW]),
    ("2026-09-30 14:00", [ROW]),
]


@pytest.mark.parametrize(
    ("life", "many"),
    [pytest.param(LIFE, 9, id="life"), pytest.param(WITHDRAWN, 5, id="withdrawn")],
)
def test_the_memory_owes_what_the_daemon_owes(
    tmp_path: Path, life: list[tuple[str, list[Application]]], many: int
) -> None:
    loaded = office.build(tmp_path / "office").load()
    shown = {at(when): rows for when, rows in life}
    source = Shown(loaded, shown.__getitem__)
    digests = Digests(loaded.calendar, loaded.settings.slack.digest_at)
    people = loaded.settings.people
    memory = Memory(loaded.rulebook, Office(world(loaded, source), people, digests))
    owed: list[Owed] = []
    with closing(Store(loaded.settings.state.url.get_secret_value())) as store:
        store.upgrade()
        cycle = Cycle(store, source, loaded)
        since = at(life[0][0])
        for when, rows in life:
            now = at(when)
            send(store, digests, since, now)
            before, since = unsent(store), now
            assert cycle.run(now=now).run.outcome == "ok"
            told = memory.poll(rows, now=now).owed
            owed.append({(*each.alert.key, *each.key) for each in told})
            assert owed[-1] == unsent(store) - before, when
    assert sum(map(len, owed)) >= many
