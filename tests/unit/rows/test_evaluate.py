"""When a clock runs late, who has it, and why it does so no more."""

from datetime import timedelta
from typing import Any

import pytest

from monitor import evaluate
from monitor.evaluate import NOTHING, Finding, Late
from monitor.model import Application, Ball, Phase, Status
from monitor.rules import Rule
from tests.builders import (
    INGRID,
    MONDAY,
    PER,
    application,
    at,
    calendar,
    check,
    found_in,
    rule,
    rulebook,
)

DUE = "2026-09-21 09:00"  # 14 days after that Monday
TICK = timedelta.resolution
LADDER = """[
  {at: 4 days before, tell: owner},
  {at: target, tell: owner, repeat: {every: 2 working days, at_most: 1}},
  {at: 5 working days after, tell: "#leads"}]"""


def find(row: Application, when: str, lag_hours: int = 0, /, **text: str) -> Any:
    now, lag = at(when), timedelta(hours=lag_hours)
    return found_in(check(rule(**text), now, lag=lag), row)


# --- late or not ---


def test_exactly_at_the_deadline_is_on_time() -> None:
    made = rule()
    assert found_in(check(made, at(DUE)), application()) is None
    found = found_in(check(made, at(DUE) + TICK), application())
    assert found is not None
    assert (found.late, found.due_at) == (Late.BREACHED, at(DUE))


def test_evidence_gets_its_time_to_arrive() -> None:
    lag = timedelta(hours=2)
    made = rule()
    assert found_in(check(made, at(DUE) + lag, lag=lag), application()) is None
    found = found_in(check(made, at(DUE) + lag + TICK, lag=lag), application())
    assert found is not None
    assert found.due_at == at(DUE)


def test_a_warning_does_not_wait_for_evidence() -> None:
    assert find(application(), "2026-09-17 09:00", 2, ladder=LADDER) is None
    found = find(application(), "2026-09-17 09:01", 2, ladder=LADDER)
    assert (found.late, found.step) == (Late.WARNING, 0)


@pytest.mark.parametrize(
    ("when", "lag_hours", "step"),
    [
        pytest.param("2026-09-17 09:01", 0, 0, id="warned"),
        pytest.param("2026-09-21 09:01", 0, 1, id="target"),
        pytest.param("2026-09-23 09:01", 0, 2, id="repeated"),
        pytest.param("2026-09-25 09:01", 0, 3, id="heads-up"),
        pytest.param("2026-09-25 09:01", 2, 2, id="heads-up waits for evidence"),
        pytest.param("2026-09-28 09:00", 0, 3, id="not public yet"),
        pytest.param("2026-09-28 09:01", 0, 4, id="public"),
        pytest.param("2026-11-28 09:01", 0, 4, id="long after"),
    ],
)
def test_the_highest_step_that_is_due_is_found(
    when: str, lag_hours: int, step: int
) -> None:
    assert find(application(), when, lag_hours, ladder=LADDER).step == step


def test_a_step_on_another_clock_waits_for_those_before_it() -> None:
    ladder = """[
      {at: 2 days before, tell: owner},
      {at: 1 working day before, tell: owner}]"""
    made = rule(ladder=ladder)  # due on a Monday, so the second comes on Friday
    assert found_in(check(made, at("2026-09-18 12:00")), application()) is None
    found = found_in(check(made, at("2026-09-19 12:00")), application())
    assert found is not None
    assert found.step == 1


def test_a_breach_before_the_first_step_has_no_step() -> None:
    late = find(
        application(), "2026-09-21 10:00", ladder="[{at: 1 day after, tell: owner}]"
    )
    assert (late.late, late.step) == (Late.BREACHED, NOTHING)


def test_each_step_is_due_on_its_own_clock() -> None:
    made = rule(ladder=LADDER)
    due = [
        evaluate.due_at(made, firing, calendar(), at(MONDAY), at(DUE))
        for firing in made.firings
    ]
    expected = ["09-17", "09-21", "09-23", "09-25", "09-28"]
    assert due == [at(f"2026-{day} 09:00") for day in expected]


def test_long_overdue_is_backlog() -> None:
    made = rule(backlog="90 days")
    last = at("2026-12-20 09:00")
    recent = found_in(check(made, last), application())
    assert recent is not None
    assert not recent.backlog
    old = found_in(check(made, last + TICK), application())
    assert old is not None
    assert old.backlog


@pytest.mark.parametrize(
    ("minutes", "armed"), [(4, True), (5, False), (600, False)], ids=str
)
def test_a_start_in_the_future_is_not_armed(*, minutes: int, armed: bool) -> None:
    # Three working days from Monday is Wednesday; 4 days before that is past already.
    now = at("2026-09-07 10:00")
    early = rule(target="24 working hours", ladder="[{at: 4 days before, tell: owner}]")
    row = application(applied_at=now + timedelta(minutes=minutes))
    assert (found_in(check(early, now), row) is not None) == armed


# --- the clock ---


@pytest.mark.parametrize(
    ("stopped_at", "runs"),
    [
        pytest.param(None, True, id="not answered"),
        pytest.param("2026-09-07 08:59", True, id="answered before they applied"),
        pytest.param("2026-09-07 09:00", False, id="in the same instant"),
        pytest.param("2026-09-30 09:00", False, id="late, but answered"),
    ],
)
@pytest.mark.parametrize("column", ["first_reply_at", "told_at"])
def test_any_stop_from_the_start_on_ends_the_wait(
    column: str, stopped_at: str | None, *, runs: bool
) -> None:
    row = application(**{column: at(stopped_at) if stopped_at else None})
    assert (find(row, "2026-10-01 09:00") is not None) == runs


@pytest.mark.parametrize(
    ("starts", "columns", "started_at"),
    [
        ("applied_at", {}, "2026-09-07"),
        ("{latest: [shared_at, waiting_since]}", {"shared_at": "2026-09-08"}, "09-08"),
        ("{latest: [shared_at, waiting_since]}", {}, None),
        (
            "{latest: [shared_at, waiting_since]}",
            {"shared_at": "2026-09-08", "waiting_since": "2026-09-10"},
            "2026-09-10",
        ),
        (
            "{earliest: [shared_at, waiting_since]}",
            {"shared_at": "2026-09-08", "waiting_since": "2026-09-10"},
            "2026-09-08",
        ),
        ("shared_at", {}, None),
    ],
    ids=["one", "the only one", "none of two", "latest", "earliest", "none"],
)
def test_a_clock_starts_where_the_rule_says(
    starts: str, columns: dict[str, str], started_at: str | None
) -> None:
    row = application(**{name: at(f"{day} 09:00") for name, day in columns.items()})
    clock = f"{{starts: {starts}, stops: told_at}}"
    found = find(row, "2026-10-01 09:00", clock=clock)
    if started_at is None:
        assert found is None
    else:
        assert found.started_at == at(f"2026-{started_at[-5:]} 09:00")


@pytest.mark.parametrize(
    ("when", "fields", "holds"),
    [
        ("{status: open}", {"status": Status.OPEN}, True),
        ("{status: open}", {"status": Status.REJECTED}, False),
        ("{status: [open, on_hold]}", {"status": Status.ON_HOLD}, True),
        ("{status: {not: [hired]}}", {"status": Status.HIRED}, False),
        ("{status: {not: [hired]}}", {"status": Status.OPEN}, True),
        ("{department: {not: Alumni}}", {"department": None}, True),
        ("{department: Health}", {"department": None}, False),
        ("{interviewed_at: present}", {"interviewed_at": None}, False),
        ("{interviewed_at: present}", {"interviewed_at": at(MONDAY)}, True),
        ("{interviewed_at: absent}", {"interviewed_at": at(MONDAY)}, False),
        ("{interviewed_at: absent}", {"interviewed_at": None}, True),
        ("{internal: false}", {"internal": False}, True),
        ("{internal: false}", {"internal": None}, False),
        ("{status: open, phase: interview}", {"phase": Phase.APPLIED}, False),
        ("{status: open, phase: interview}", {"phase": Phase.INTERVIEW}, True),
    ],
)
def test_all_conditions_must_hold(
    when: str, fields: dict[str, Any], *, holds: bool
) -> None:
    row = application(**fields)
    assert (find(row, "2026-10-01 09:00", when=when) is not None) == holds


# --- who has it ---


@pytest.mark.parametrize(
    ("owner", "fields", "expected"),
    [
        pytest.param("has_ball", {}, INGRID, id="nobody said, so the recruiter"),
        pytest.param("has_ball", {"waiting_on": Ball.MANAGER}, PER, id="manager"),
        pytest.param("has_ball", {"waiting_on": Ball.RECRUITER}, INGRID, id="recr."),
        pytest.param("has_ball", {"waiting_on": Ball.CANDIDATE}, INGRID, id="cand."),
        pytest.param(
            "has_ball",
            {"waiting_on": Ball.MANAGER, "manager": None},
            None,
            id="a manager that nobody knows",
        ),
        pytest.param("recruiter", {"recruiter": None}, None, id="no recruiter"),
        pytest.param("recruiter", {"waiting_on": Ball.MANAGER}, INGRID, id="fixed"),
        pytest.param("manager", {}, PER, id="the manager"),
        pytest.param("decided_by", {"decided_by": "x@y.no"}, "x@y.no", id="decider"),
        pytest.param("decided_by", {}, INGRID, id="unknown decider"),
        pytest.param("hr_lead", {}, "hr_lead", id="a role"),
    ],
)
def test_the_owner_is_who_owes_the_next_step(
    owner: str, fields: dict[str, Any], expected: str | None
) -> None:
    row = application(**fields)
    assert evaluate.owner(rule(owner=owner), row) == expected
    assert find(row, "2026-10-01 09:00", owner=owner).owner == expected


def test_a_finding_carries_what_a_message_needs() -> None:
    row = application(decided_by="liv@example.org", url="https://ats.example.org/1")
    assert find(row, "2026-10-01 09:00") == Finding(
        rule="first-reply",
        application_id="A1",
        late=Late.BREACHED,
        step=0,
        started_at=at(MONDAY),
        due_at=at(DUE),
        backlog=False,
        owner=INGRID,
        recruiter=INGRID,
        manager=PER,
        decided_by="liv@example.org",
        candidate="Kari Nordli",
        job_ref="J1",
        job_title="Nurse",
        department="Health",
        url="https://ats.example.org/1",
    )


def test_a_world_without_names_names_nobody() -> None:
    world = evaluate.World(calendar())
    [bare] = evaluate.prepare(rulebook({}), world, now=at("2026-10-01 09:00"))
    found = found_in(bare, application())
    assert found is not None
    assert found.candidate == ""


# --- what a source has to deliver ---


@pytest.mark.parametrize(
    ("without", "fed"),
    [
        pytest.param(set(), True, id="all"),
        pytest.param({"shared_at"}, True, id="another start"),
        pytest.param({"shared_at", "waiting_since"}, False, id="no start"),
        pytest.param({"decided_at"}, True, id="another stop"),
        pytest.param({"decided_at", "feedback_at"}, False, id="no stop"),
        pytest.param({"waiting_on"}, False, id="a condition's column"),
    ],
)
def test_a_rule_needs_a_start_a_stop_and_its_conditions(
    without: set[str], *, fed: bool
) -> None:
    made: Rule = rule(
        when="{status: open, waiting_on: manager}",
        clock="{starts: {latest: [shared_at, waiting_since]}, "
        "stops: [decided_at, feedback_at]}",
    )
    columns = set(Application._fields) - without
    assert (not evaluate.missing(made, columns)) == fed


@pytest.mark.parametrize(
    ("text", "without", "lacks"),
    [
        ({"when": "{closure: told}"}, {"told_at"}, {"told_at"}),
        ({"when": "{closure: told}"}, {"called_at"}, {"called_at"}),
        (
            {"clock": "{starts: decided_at, stops: reached_at}"},
            {"called_at"},
            {"called_at"},
        ),
        (
            {"clock": "{starts: decided_at, stops: [reached_at, told_at]}"},
            {"called_at"},
            set(),
        ),
        (
            {"when": "{told_at: {after: promised_at}}"},
            {"promised_at"},
            {"promised_at"},
        ),
        ({"when": "{told_at: {after: 3 days ago}}"}, {"promised_at"}, set()),
        (
            {
                "clock": "{starts: applied_at, stops: told_at, due: promised_at}",
                "target": "",
            },
            {"promised_at"},
            {"promised_at"},
        ),
        (
            {"clock": "{starts: {latest: [shared_at, assessed_at]}, stops: told_at}"},
            {"shared_at", "assessed_at"},
            {"shared_at", "assessed_at"},
        ),
        ({"exempt": "{internal: true}"}, {"internal"}, {"internal"}),
    ],
)
def test_what_a_source_lacks_is_named(
    text: dict[str, str], without: set[str], lacks: set[str]
) -> None:
    columns = set(Application._fields) - without
    assert evaluate.missing(rule(**text), columns) == lacks
