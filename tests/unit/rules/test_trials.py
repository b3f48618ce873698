"""The admins' own tests of rules: what they may say, how they run, how they compare."""

import shutil
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from monitor.alerts import Reason
from monitor.cycle import Office
from monitor.errors import ConfigError
from monitor.evaluate import World
from monitor.model import Application, Ball, Status
from monitor.outbox import Digests
from monitor.proof import trials
from monitor.proof.memory import Memory, Poll
from monitor.proof.trials.comparing import differences
from monitor.proof.trials.nouns import Story
from monitor.proof.trials.running import show
from monitor.rules import House
from monitor.settings import PeopleSettings
from tests.builders import INGRID, PER, application, at, calendar, rulebook

DATA = Path(__file__).parents[2] / "data" / "rules" / "trials"
RULES = DATA / "rules"
GOOD = trials.files(DATA / "good")
BAD = trials.files(DATA / "bad")
PLAIN = """\
roles: {hr_lead: kari@example.org}
tests:
  - name: a name
    applications: [{application_id: A1, applied_at: 2026-11-02 09:00}]
    expect:
"""


def named(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "path", [pytest.param(path, id=path.stem) for path in paths]
    )


def failures(path: Path) -> dict[str, list[trials.Failure]]:
    [suite] = trials.read([path], RULES)
    return {each.name: trials.run(suite, each) for each in suite.trials}


def written(folder: Path, *expected: str) -> Path:
    """Write a test of one application of which nobody ever hears."""
    path = folder / "a.yaml"
    lines = "".join(f"      - {each}\n" for each in expected)
    path.write_text(PLAIN + lines, encoding="utf-8")
    return path


# --- what a file may say ---


@named(GOOD)
def test_a_good_file_is_as_expected(path: Path) -> None:
    found = failures(path)
    assert found
    assert not any(found.values())


@named(BAD)
def test_a_mistake_is_told_once_and_with_its_place(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = path.read_text(encoding="utf-8").splitlines()[0]
    shutil.copy(path, tmp_path)
    with pytest.raises(ConfigError) as caught:
        trials.read([tmp_path / path.name], RULES)
    [said] = map(str, caught.value.problems)
    assert said.removeprefix(path.name).lstrip(": ") == expected.removeprefix(
        "# expect: "
    )


def test_every_known_mistake_has_a_file() -> None:
    assert len(BAD) >= 50


def test_all_problems_of_all_files_come_in_one_go(tmp_path: Path) -> None:
    mixed = tmp_path / "mixed.yaml"
    mixed.write_text(
        "rules: [silenc]\n"
        "profile: gone\n"
        "roles: {hr_lead: kari@example.org}\n"
        "tests:\n"
        "  - name: a\n"
        "    applications: [{application_id: A1, applied_at: 2026-11-02 09:00}]\n"
        "    expect: [{now: 2026-11-12, finding: none}]\n"
        "  - name: b\n"
        "    applications: [{application_id: A1, applied_at: 2026-11-02 09:00}]\n"
        "    expect:\n"
        "      - now: 2026-11-12\n"
        "        findings: [{rule: silence, application: A2, step: targt}]\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        trials.read([mixed, DATA / "bad" / "id_twice.yaml"], RULES)
    keys = [each.key for each in caught.value.problems if each.file == str(mixed)]
    item = "tests[1].expect[0].findings[0]"
    assert keys == [
        *("rules[0]", "profile[0]", "tests[0].expect[0].finding"),
        *(f"{item}.application", f"{item}.step"),
    ]
    assert len(caught.value.problems) == 6


def test_a_broken_calendar_does_not_hide_the_rest(tmp_path: Path) -> None:
    path = written(
        tmp_path, "{now: 2026-11-12, findings: [{rule: x, application: A1}]}"
    )
    path.write_text("calendar: {timezone: Nowhere}\n" + path.read_text("utf-8"))
    with pytest.raises(ConfigError) as caught:
        trials.read([path], RULES)
    assert [each.key for each in caught.value.problems] == [
        "calendar.timezone",
        "tests[0].expect[0].findings[0].rule",
    ]


def test_a_file_named_twice_runs_once() -> None:
    assert len(trials.read([GOOD[0], GOOD[0]], RULES)) == 1


def test_a_role_of_the_settings_may_be_told_without_an_address(tmp_path: Path) -> None:
    notice = '{rule: first-reply, application: A1, tell: "hr_lead"}'
    path = written(tmp_path, f"{{now: 2026-11-23 09:30, notices: [{notice}]}}")
    path.write_text(path.read_text("utf-8").partition("\n")[2], encoding="utf-8")
    house = House(roles=frozenset({"hr_lead"}))
    [suite] = trials.read([path], RULES, house)
    [failure] = trials.run(suite, suite.trials[0])
    assert [each.found and each.found["tell"] for each in failure.differences] == [
        "nobody",
        "#leads",
    ]


# --- how it runs ---

REPEATED = """\
rules:
  - id: first-reply
    title: Every candidate hears from us within 14 days
    clock: {starts: applied_at, stops: told_at}
    target: 14 days
    ladder:
      - {at: target, tell: owner, repeat: {every: 7 days, at_most: 1}}
      - {at: 5 days after, tell: manager}
"""


def test_a_repeat_does_not_hide_the_highest_step(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(REPEATED, encoding="utf-8")
    finding = "{rule: first-reply, application: A1, step: 5 days after}"
    path = written(tmp_path, f"{{now: 2026-11-24 09:00, findings: [{finding}]}}")
    [suite] = trials.read([path], tmp_path / "rules")
    assert trials.run(suite, suite.trials[0]) == []


def story(**columns: Any) -> Story:
    changes = columns.pop("changes", ())
    plain = {
        "application_id": "A1",
        "candidate_ref": "C1",
        "applied_at": at("2026-09-07 09:00"),
        "status": Status.OPEN,
    }
    return Story(plain | columns, changes)


def shown(when: str, **columns: Any) -> Application:
    found = show(story(**columns), at(when))
    assert found is not None
    return found


def test_an_application_is_not_there_before_it_was_made() -> None:
    assert show(story(), at("2026-09-07 08:59")) is None
    assert show(story(), at("2026-09-07 09:00")) is not None


def test_what_lies_ahead_is_hidden_and_what_is_planned_is_not() -> None:
    later = at("2026-09-10 09:00")
    row = shown("2026-09-08 09:00", first_reply_at=later, promised_at=later)
    assert (row.first_reply_at, row.promised_at) == (None, later)


def test_who_will_be_declined_is_open_until_then() -> None:
    known = {"status": Status.REJECTED, "decided_at": at("2026-09-10 09:00")}
    assert shown("2026-09-10 08:59", **known).status is Status.OPEN
    assert shown("2026-09-10 09:00", **known).status is Status.REJECTED


def test_changes_count_from_their_instant_on() -> None:
    changes = ((at("2026-09-08 09:00"), {"stage": "Interview"}),)
    known = {"stage": "New", "changes": changes}
    assert shown("2026-09-08 08:59", **known).stage == "New"
    assert shown("2026-09-08 09:00", **known).stage == "Interview"


def test_a_spell_that_goes_on_gives_the_candidate_the_ball() -> None:
    spell = (at("2026-09-08 09:00"), at("2026-09-09 09:00"))
    during = shown("2026-09-08 12:00", paused=(spell,))
    assert (during.waiting_on, during.waiting_since) == (Ball.CANDIDATE, spell[0])
    assert during.paused is None
    assert shown("2026-09-09 09:00", paused=(spell,)).paused == (spell,)


# --- what is remembered ---

LADDER = """[
    {at: 4 days before, tell: owner},
    {at: target, tell: owner},
    {at: 5 working days after, tell: "#leads"}]"""


def memory(**text: str) -> Memory:
    return Memory(
        rulebook({"ladder": LADDER} | text),
        Office(World(calendar()), PeopleSettings(), Digests(calendar(), time(9))),
    )


def told(poll: Poll) -> list[tuple[str, str]]:
    return [(each.firing.at, each.notice.recipient) for each in poll.owed]


def test_a_step_is_owed_once() -> None:
    made, row = memory(), application()
    polls = [made.poll([row], now=at(f"2026-09-21 {hour}:00")) for hour in (10, 11)]
    assert [told(each) for each in polls] == [[("target", INGRID)], []]
    assert [len(each.findings) for each in polls] == [1, 1]


def test_what_waits_is_handed_to_the_new_owner_and_not_back_to_both() -> None:
    made, row = memory(), application(applied_at=at("2026-09-07 17:00"))
    theirs = row._replace(waiting_on=Ball.MANAGER)
    owed = [
        told(made.poll([each], now=at(f"2026-09-21 {when}")))
        for each, when in ((row, "18:00"), (theirs, "19:00"), (row, "20:00"))
    ]
    assert owed == [[("target", who)] for who in (INGRID, PER, INGRID)]


def test_what_was_read_is_not_handed_on() -> None:
    made, row = memory(), application()
    assert told(made.poll([row], now=at("2026-09-21 10:00"))) == [("target", INGRID)]
    theirs = row._replace(waiting_on=Ball.MANAGER)
    assert told(made.poll([theirs], now=at("2026-09-22 10:00"))) == []


def test_what_waits_stays_with_whom_owes_it_whatever_else_moves() -> None:
    made, row = memory(), application(applied_at=at("2026-09-07 17:00"))
    handed = row._replace(manager="liv@example.org")
    owed = [
        told(made.poll([each], now=at(f"2026-09-21 {hour}:00")))
        for each, hour in ((row, 18), (handed, 19))
    ]
    assert owed == [[("target", INGRID)], []]


def test_a_step_that_is_put_off_before_anybody_heard_is_told_later() -> None:
    made = memory(
        clock="{starts: applied_at, stops: told_at, pauses: {waiting_on: candidate}}",
        ladder="[{at: 2 days before, tell: owner}, {at: target, tell: owner}]",
    )
    row = application(applied_at=at("2026-09-07 17:00"))
    paused = row._replace(paused=((at("2026-09-08 17:00"), at("2026-09-09 17:00")),))
    owed = [
        told(made.poll([each], now=at(when)))
        for each, when in (
            (row, "2026-09-21 18:00"),
            (paused, "2026-09-21 19:00"),
            (paused, "2026-09-22 18:00"),
        )
    ]
    assert owed == [[("target", INGRID)], [], [("target", INGRID)]]


def test_an_application_that_is_gone_closes_with_the_second_poll() -> None:
    made = memory()
    made.poll([application()], now=at("2026-09-21 10:00"))
    reasons = []
    for hour in (11, 12):
        changes = made.poll([], now=at(f"2026-09-21 {hour}:00")).changes
        reasons.append([each.reason for c in changes for each in c.transitions])
    assert reasons == [[], [Reason.GONE]]


def test_many_closings_at_once_are_held_as_the_daemon_holds_them() -> None:
    made = memory()
    rows = [application(application_id=f"A{n}") for n in range(8)]
    made.poll(rows, now=at("2026-09-21 10:00"))
    answered = [each._replace(told_at=at("2026-09-21 10:30")) for each in rows]
    held = made.poll(answered, now=at("2026-09-21 11:00"))
    assert held.held == {"first-reply": 8}
    assert held.findings == []


def test_what_is_too_old_is_found_and_not_remembered() -> None:
    made = memory(backlog="1 day", ladder="[{at: target, tell: owner}]")
    poll = made.poll([application()], now=at("2026-10-21 10:00"))
    assert [each.backlog for each in poll.findings] == [True]
    assert (poll.changes, poll.owed, made.alerts) == ([], [], [])


# --- how it compares ---

A = {"rule": "a", "application": "1"}


@pytest.mark.parametrize(
    ("expected", "found", "wrong"),
    [
        pytest.param([], [], [], id="nothing of nothing"),
        pytest.param([A], [A | {"step": "x"}], [], id="only what is written counts"),
        pytest.param([A], [], [(A, None)], id="missing"),
        pytest.param([], [A], [(None, A)], id="not expected"),
        pytest.param([A, A], [A], [(A, None)], id="expected twice, found once"),
        pytest.param([A], [A, A], [(None, A)], id="expected once, found twice"),
        pytest.param(
            [A | {"step": "x", "owner": "o"}],
            [A | {"step": "y", "owner": "o"}],
            [(A | {"step": "x"}, A | {"step": "y"})],
            id="only the keys that differ are shown",
        ),
        pytest.param(
            [A | {"step": "x"}],
            [A | {"application": "2", "step": "x"}],
            [
                (A | {"step": "x"}, None),
                (None, A | {"application": "2", "step": "x"}),
            ],
            id="another application is another matter",
        ),
        pytest.param(
            [A, A | {"tell": "x"}],
            [A | {"tell": "x"}, A | {"tell": "y"}],
            [],
            id="the vague one gives way",
        ),
        pytest.param(
            [A | {"tell": "x"}, A | {"step": "s"}],
            [A | {"tell": "x", "step": "s"}, A | {"tell": "x", "step": "t"}],
            [],
            id="neither says more than the other",
        ),
        pytest.param(
            [A | {"tell": "x", "step": "s"}],
            [A | {"tell": "y", "step": "t"}, A | {"tell": "x", "step": "t"}],
            [
                (A | {"step": "s"}, A | {"step": "t"}),
                (None, A | {"tell": "y", "step": "t"}),
            ],
            id="the nearest stands beside it",
        ),
    ],
)
def test_differences(
    expected: list[trials.Facts], found: list[trials.Facts], wrong: list[object]
) -> None:
    made = differences("finding", expected, found)
    assert [(each.expected, each.found) for each in made] == wrong


def test_a_failure_names_its_line_and_instant(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "{now: 2026-11-12 09:00, findings: none}",
        "{now: 2026-11-12 09:30, findings: none, notices: none}",
        "{now: 2026-11-12 09:45, notices: none}",
    )
    [failure] = failures(path)["a name"]
    assert failure.line == 7
    assert failure.now == at("2026-11-12 09:30")
    assert [each.about for each in failure.differences] == ["finding", "notice"]
