"""How a clock runs: the next event as its stop, pauses, promised days, two calendars."""

from datetime import date, timedelta
from typing import Any

import pytest

from monitor import evaluate
from monitor.evaluate import NOTHING, Check, Finding, Late, World
from monitor.model import Application, Ball, Status
from monitor.rules import Rule, Rulebook
from monitor.worktime import Calendar
from tests.builders import MONDAY, application, at, calendar, check, found_in, rule

TICK = timedelta.resolution
CANDIDATE = "{waiting_on: candidate}"
PAUSING = f"{{starts: applied_at, stops: told_at, pauses: {CANDIDATE}}}"
DUE = "2026-09-21 09:00"  # 14 days after that Monday


def row(**fields: Any) -> Application:
    """Return an application; text in a column of instants is local time in Oslo."""
    return application(
        **{
            name: at(value)
            if isinstance(value, str) and name.endswith(("_at", "_since"))
            else value
            for name, value in fields.items()
        }
    )


def spells(*ends: tuple[str, str]) -> tuple[tuple[Any, Any], ...]:
    return tuple((at(first), at(last)) for first, last in ends)


def find(of: Application, when: str, **text: str) -> Finding | None:
    return found_in(check(rule(**text), at(when)), of)


def late(of: Application, when: str, **text: str) -> bool:
    """Tell whether the deadline passed a moment ago, and not before."""
    made = rule(**text)
    before = found_in(check(made, at(when)), of)
    after = found_in(check(made, at(when) + TICK), of)
    return before is None and after is not None and after.due_at == at(when)


# --- the next event ---


@pytest.mark.parametrize(
    ("stops", "fields", "runs"),
    [
        pytest.param("[last_reply_at, told_at]", {}, True, id="its own start"),
        pytest.param(
            "[last_reply_at, told_at]",
            {"told_at": "2026-09-07 10:00"},
            False,
            id="told in the same instant",
        ),
        pytest.param(
            "[last_reply_at, told_at]",
            {"told_at": "2026-09-07 09:59"},
            True,
            id="told before",
        ),
        pytest.param(
            "last_written_at",
            {"last_written_at": "2026-09-07 10:00"},
            False,
            id="another column of the same instant",
        ),
    ],
)
def test_a_stop_that_is_a_start_counts_only_when_later(
    stops: str, fields: dict[str, str], *, runs: bool
) -> None:
    clock = f"{{starts: last_reply_at, stops: {stops}}}"
    replied = row(last_reply_at="2026-09-07 10:00", **fields)
    assert (find(replied, "2026-10-01 09:00", clock=clock) is not None) == runs


def test_the_latest_of_two_events_is_not_stopped_by_the_earlier() -> None:
    starts = "{latest: [last_reply_at, last_inbound_at]}"
    clock = f"{{starts: {starts}, stops: [last_reply_at, told_at]}}"
    asked = row(last_reply_at="2026-09-08 09:00", last_inbound_at="2026-09-09 09:00")
    found = find(asked, "2026-10-01 09:00", clock=clock)
    assert found is not None
    assert found.started_at == at("2026-09-09 09:00")
    answered = asked._replace(last_reply_at=at("2026-09-10 09:00"))
    again = find(answered, "2026-10-01 09:00", clock=clock)
    assert again is not None
    assert again.started_at == at("2026-09-10 09:00")


def test_a_stop_that_is_yet_to_come_stops_nothing() -> None:
    clock = "{starts: interviewed_at, stops: next_interview_at}"
    met = {"interviewed_at": MONDAY}
    planned = row(**met, next_interview_at="2026-10-02 09:00")
    assert find(planned, "2026-10-01 09:00", clock=clock) is not None
    soon = row(**met, next_interview_at="2026-10-01 09:05")
    assert find(soon, "2026-10-01 09:00", clock=clock) is None


def test_a_clock_may_run_between_derived_instants() -> None:
    called = row(interviewed_at=MONDAY, called_at="2026-09-08 09:00")
    clock = "{starts: reached_at, stops: last_written_at}"
    found = find(called, "2026-10-01 09:00", clock=clock)
    assert found is not None
    assert found.started_at == at("2026-09-08 09:00")
    mailed = called._replace(last_written_at=at("2026-09-08 10:00"))
    assert find(mailed, "2026-10-01 09:00", clock=clock) is None


# --- pauses ---

AWAY = spells(("2026-09-09 09:00", "2026-09-12 09:00"))


@pytest.mark.parametrize(
    ("target", "paused", "due"),
    [
        pytest.param("14 days", None, DUE, id="none"),
        pytest.param("14 days", (), DUE, id="an empty list"),
        pytest.param("14 days", AWAY, "2026-09-24 09:00", id="three days"),
        pytest.param("14 days", AWAY * 2, "2026-09-24 09:00", id="told twice"),
        pytest.param(
            "14 days",
            spells(("2026-09-01 09:00", "2026-09-08 09:00")),
            "2026-09-22 09:00",
            id="before the start counts from the start",
        ),
        pytest.param(
            "14 days",
            spells(("2026-09-21 09:00", "2026-09-25 09:00")),
            DUE,
            id="after the deadline moves nothing",
        ),
        pytest.param(
            "14 days",
            spells(
                ("2026-09-09 09:00", "2026-09-12 09:00"),
                ("2026-09-23 09:00", "2026-09-25 09:00"),
            ),
            "2026-09-26 09:00",
            id="the second only counts since the first",
        ),
        pytest.param(
            "16 working hours",
            spells(("2026-09-07 12:00", "2026-09-08 10:00")),
            "2026-09-09 15:00",
            id="working time only",
        ),
    ],
)
def test_a_spell_with_the_candidate_moves_the_deadline(
    target: str, paused: Any, due: str
) -> None:
    assert late(row(paused=paused), due, clock=PAUSING, target=target)


def test_a_rule_that_does_not_pause_knows_no_spells() -> None:
    away = row(paused=AWAY, waiting_on=Ball.CANDIDATE, waiting_since=MONDAY)
    assert late(away, DUE)


@pytest.mark.parametrize(
    "since",
    [
        pytest.param({"waiting_since": "2026-09-20 09:00"}, id="since when is told"),
        pytest.param({"stage_entered_at": "2026-09-20 09:00"}, id="since the stage"),
        pytest.param({}, id="since when is unknown"),
    ],
)
def test_while_the_candidate_has_the_ball_no_deadline_passes(
    since: dict[str, str],
) -> None:
    away = row(waiting_on=Ball.CANDIDATE, **since)
    assert find(away, "2026-12-01 09:00", clock=PAUSING) is None


@pytest.mark.parametrize("ball", [Ball.RECRUITER, Ball.MANAGER, Ball.NOBODY, None])
def test_while_another_has_the_ball_the_clock_runs(ball: Ball | None) -> None:
    waits = row(waiting_on=ball, waiting_since="2026-09-08 09:00")
    assert late(waits, DUE, clock=PAUSING)


def test_a_deadline_that_passed_before_the_pause_stays_passed() -> None:
    ladder = "[{at: target, tell: owner}, {at: 2 days after, tell: manager}]"
    away = row(waiting_on=Ball.CANDIDATE, waiting_since="2026-09-22 09:00")
    found = find(away, "2026-12-01 09:00", clock=PAUSING, ladder=ladder)
    assert found is not None
    assert (found.late, found.step, found.due_at) == (Late.BREACHED, 0, at(DUE))


def test_exactly_at_the_deadline_the_pause_still_counts() -> None:
    away = row(waiting_on=Ball.CANDIDATE, waiting_since=DUE)
    assert find(away, "2026-12-01 09:00", clock=PAUSING) is None


def test_a_warning_from_before_the_pause_stays_and_goes_no_further() -> None:
    ladder = "[{at: 4 days before, tell: owner}, {at: target, tell: owner}]"
    away = row(waiting_on=Ball.CANDIDATE, waiting_since="2026-09-18 09:00")
    found = find(away, "2026-12-01 09:00", clock=PAUSING, ladder=ladder)
    assert found is not None
    assert (found.late, found.step) == (Late.WARNING, 0)


def test_nobody_is_warned_while_the_candidate_has_the_ball() -> None:
    ladder = "[{at: 4 days before, tell: owner}, {at: target, tell: owner}]"
    away = row(waiting_on=Ball.CANDIDATE, waiting_since="2026-09-17 09:00")
    assert find(away, "2026-09-18 09:00", clock=PAUSING, ladder=ladder) is None


@pytest.mark.parametrize(
    ("entered_at", "is_late"),
    [("2026-09-21 09:00", False), ("2026-09-21 09:01", True)],
)
def test_a_pause_of_unknown_start_began_with_the_stage(
    entered_at: str, *, is_late: bool
) -> None:
    away = row(waiting_on=Ball.CANDIDATE, stage_entered_at=entered_at)
    found = find(away, "2026-12-01 09:00", clock=PAUSING)
    assert (found is not None) == is_late


def test_a_spell_that_is_over_and_one_that_goes_on_both_count() -> None:
    away = row(paused=AWAY, waiting_on=Ball.CANDIDATE, waiting_since="2026-09-23 09:00")
    assert find(away, "2026-12-01 09:00", clock=PAUSING) is None
    back = away._replace(waiting_since=at("2026-09-24 09:01"))
    found = find(back, "2026-12-01 09:00", clock=PAUSING)
    assert found is not None
    assert found.due_at == at("2026-09-24 09:00")


@pytest.mark.parametrize(
    ("when", "is_backlog"),
    [("2026-12-23 09:00", False), ("2026-12-23 09:01", True)],
)
def test_backlog_counts_from_the_moved_deadline(when: str, *, is_backlog: bool) -> None:
    found = find(row(paused=AWAY), when, clock=PAUSING, backlog="90 days")
    assert found is not None
    assert found.backlog == is_backlog


def test_what_waits_for_the_candidate_does_not_become_backlog() -> None:
    away = row(waiting_on=Ball.CANDIDATE, waiting_since="2026-09-22 09:00")
    found = find(away, "2027-06-01 09:00", clock=PAUSING, backlog="90 days")
    assert found is not None
    assert not found.backlog


def test_evidence_gets_its_time_to_arrive_also_after_a_pause() -> None:
    made, lag = rule(clock=PAUSING), timedelta(hours=2)
    due = at("2026-09-24 09:00")
    assert found_in(check(made, due + lag, lag=lag), row(paused=AWAY)) is None
    found = found_in(check(made, due + lag + TICK, lag=lag), row(paused=AWAY))
    assert found is not None
    assert found.due_at == due


def test_each_step_moves_with_the_deadline() -> None:
    ladder = "[{at: 4 days before, tell: owner}, {at: 2 days after, tell: owner}]"
    text = {"clock": PAUSING, "ladder": ladder}
    steps = {
        day: found.step
        for day in ("20", "21", "25", "27")
        if (found := find(row(paused=AWAY), f"2026-09-{day} 09:01", **text))
    }
    assert steps == {"20": 0, "21": 0, "25": 0, "27": 1}


# --- not before ---


def test_nobody_is_told_sooner_than_the_rule_allows() -> None:
    clock = "{starts: applied_at, stops: told_at, not_before: 2 days}"
    text = {"clock": clock, "target": "3 days"}
    ladder = "[{at: 2 days before, tell: owner}, {at: target, tell: owner}]"
    early = "2026-09-09 09:00"  # two days before the deadline is a day too soon
    assert find(row(), early, ladder=ladder, **text) is None
    found = find(row(), "2026-09-09 09:01", ladder=ladder, **text)
    assert found is not None
    assert (found.late, found.step) == (Late.WARNING, 0)


def test_a_pause_does_not_put_off_what_is_not_before() -> None:
    clock = (
        "{starts: applied_at, stops: told_at, not_before: 13 days, "
        f"pauses: {CANDIDATE}}}"
    )
    ladder = "[{at: 4 days before, tell: owner}]"
    away = row(paused=AWAY)  # due on the 24th, so to be told of on the 20th
    assert find(away, "2026-09-20 09:00", clock=clock, ladder=ladder) is None
    assert find(away, "2026-09-20 09:01", clock=clock, ladder=ladder) is not None


# --- a column that holds the deadline ---

PROMISED = {
    "clock": "{starts: interviewed_at, stops: told_at, due: promised_at}",
    "target": "",
}
MET = {"interviewed_at": MONDAY, "promised_at": "2026-09-15 12:00"}


def test_a_promised_day_is_the_deadline() -> None:
    assert late(row(**MET), "2026-09-15 12:00", **PROMISED)
    assert rule(**PROMISED).promise == "what we promised"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"promised_at": None}, id="nothing was promised"),
        pytest.param({"interviewed_at": None}, id="the clock never began"),
        pytest.param({"interviewed_at": "2026-09-16 09:00"}, id="promised before"),
        pytest.param({"interviewed_at": "2026-09-15 12:00"}, id="promised for then"),
        pytest.param({"told_at": "2026-09-20 09:00"}, id="told, if late"),
        pytest.param({"promised_at": "2026-10-30 09:00"}, id="promised for later"),
    ],
)
def test_no_promise_is_broken(changed: dict[str, Any]) -> None:
    assert find(row(**{**MET, **changed}), "2026-10-01 09:00", **PROMISED) is None


@pytest.mark.parametrize(
    ("when", "step"),
    [
        ("2026-09-14 12:01", 0),
        ("2026-09-15 12:01", 1),
        ("2026-09-17 12:00", 1),
        ("2026-09-17 12:01", 2),
    ],
)
def test_each_step_stands_beside_the_promised_day(when: str, step: int) -> None:
    ladder = (
        "[{at: 1 day before, tell: owner}, {at: target, tell: owner},"
        " {at: 2 days after, tell: manager}]"
    )
    assert find(row(**MET), "2026-09-14 12:00", ladder=ladder, **PROMISED) is None
    found = find(row(**MET), when, ladder=ladder, **PROMISED)
    assert found is not None
    assert found.step == step


def test_a_promise_broken_long_ago_is_backlog() -> None:
    found = find(row(**MET), "2026-12-15 12:01", backlog="90 days", **PROMISED)
    assert found is not None
    assert (found.backlog, found.step) == (True, 0)


def test_a_start_in_the_future_keeps_no_promise_waiting() -> None:
    now = "2026-09-15 12:00"
    ladder = "[{at: 10 days before, tell: owner}]"
    soon = row(interviewed_at="2026-09-15 12:04", promised_at="2026-09-16 12:00")
    far = soon._replace(interviewed_at=at("2026-09-15 12:05"))
    assert find(soon, now, ladder=ladder, **PROMISED) is not None
    assert find(far, now, ladder=ladder, **PROMISED) is None


# --- calendars ---

STOCKHOLM = calendar(date(2026, 9, 9))  # as the one of Oslo, closed on that day
OSLO = calendar()


def prepared(made: Rule, when: str, house: Calendar = OSLO) -> Check:
    other = STOCKHOLM if house is OSLO else OSLO
    world = World(house, departments={"Health": other, "School": other})
    [found] = evaluate.prepare(Rulebook((made,)), world, now=at(when))
    return found


@pytest.mark.parametrize(
    ("department", "due"),
    [
        ("Health", "2026-09-11 09:00"),
        ("School", "2026-09-11 09:00"),
        ("Finance", "2026-09-10 09:00"),
        (None, "2026-09-10 09:00"),
    ],
)
def test_a_holiday_of_one_department_moves_its_deadlines_alone(
    department: str | None, due: str
) -> None:
    made, of = rule(target="3 working days"), row(department=department)
    assert found_in(prepared(made, due), of) is None
    found = found_in(prepared(made, f"{due}:00.000001"), of)
    assert found is not None
    assert found.due_at == at(due)


def test_a_department_that_works_on_the_houses_holiday_is_late_before_it() -> None:
    made, of = rule(target="3 working days"), row(department="Health")
    ready = prepared(made, "2026-09-10 09:01", STOCKHOLM)
    found = found_in(ready, of)
    assert found is not None
    assert found.due_at == at("2026-09-10 09:00")
    assert found_in(ready, row(department="Finance")) is None


def test_a_swedish_holiday_moves_a_swedish_rule() -> None:
    # The sixth of June is Sweden's day, and a Saturday in 2026; Epiphany is both's.
    text = {"target": "1 working day", "ladder": "[{at: target, tell: owner}]"}
    eve = row(applied_at="2025-06-05 09:00")
    swedish = "{timezone: Europe/Stockholm, country: SE}"
    assert late(eve, "2025-06-06 09:00", **text)
    assert late(eve, "2025-06-09 09:00", calendar=swedish, **text)


def test_a_rules_own_calendar_goes_before_the_departments() -> None:
    own = "{closed: [2026-09-08, 2026-09-09, 2026-09-10]}"
    made = rule(target="1 working day", calendar=own)
    found = found_in(prepared(made, "2026-10-01 09:00"), row(department="Health"))
    assert found is not None
    assert found.due_at == at("2026-09-11 09:00")


def test_departments_with_one_calendar_share_its_limits() -> None:
    ready = prepared(rule(), "2026-10-01 09:00")
    assert ready.departments["Health"] is ready.departments["School"]


def test_a_pause_counts_on_the_departments_calendar() -> None:
    made = rule(clock=PAUSING, target="16 working hours")
    away = row(
        department="Health", paused=spells(("2026-09-08 08:00", "2026-09-08 16:00"))
    )
    found = found_in(prepared(made, "2026-10-01 09:00"), away)
    assert found is not None
    assert found.due_at == at("2026-09-11 09:00")


# --- rows by the hundred ---


def test_each_row_is_found_with_its_own_finding() -> None:
    rows = [
        application(
            application_id=str(n), status=Status.OPEN if n % 3 else Status.HIRED
        )
        for n in range(10)
    ]
    ready = check(rule(when="{status: open}"), at("2026-10-01 09:00"))
    pairs = list(evaluate.find(ready, rows))
    assert [of.application_id for of, _ in pairs] == ["1", "2", "4", "5", "7", "8"]
    assert all(of.application_id == found.application_id for of, found in pairs)


def test_no_rows_hold_no_finding() -> None:
    ready = check(rule(when="{status: open}"), at("2026-10-01 09:00"))
    assert list(evaluate.find(ready, [])) == []
    hired = application(status=Status.HIRED)
    assert list(evaluate.find(ready, [hired])) == []
    assert NOTHING == -1
