"""An alert's life as a story, and what guards it against a broken poll."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor import alerts
from monitor.alerts import Alert, Change, Reason, State, Transition
from monitor.evaluate import NOTHING, Ending, Late, Verdict
from monitor.model import Status
from tests.builders import MONDAY, alert, application, at, finding, rule
from tests.unit.alerts.lives import Life

LADDER = """[
  {at: 4 days before, tell: owner},
  {at: target, tell: owner, repeat: {every: 2 working days, at_most: 2}},
  {at: 8 working days after, tell: "#leads"}]"""
RULE = rule(ladder=LADDER, when="{status: open, department: {not: Alumni}}")
ROW = application()
NOW = at("2026-09-22 12:00")


# --- the usual life ---


def test_warned_then_breached_then_escalated() -> None:
    life = Life(RULE)
    assert life.poll("2026-09-17 09:00", ROW) == []
    assert life.poll("2026-09-17 09:05", ROW) == ["warning opened", "warning step_due"]
    assert life.poll("2026-09-21 09:00", ROW) == []
    assert life.poll("2026-09-21 09:05", ROW) == [
        "breached target_passed",
        "breached step_due",
    ]
    assert life.poll("2026-09-23 09:05", ROW) == ["breached step_due"]
    assert life.poll("2026-09-25 09:05", ROW) == ["breached step_due"]
    assert life.poll("2026-09-30 09:05", ROW) == ["breached step_due"]
    assert life.poll("2026-10-01 09:05", ROW) == ["escalated step_due"]
    assert life.poll("2026-11-01 09:05", ROW) == []
    assert life.told == [
        "4 days before",
        "target",
        "target",
        "target",
        "heads-up for 8 working days after",
        "8 working days after",
    ]


def test_a_breach_counts_from_the_deadline_not_from_the_poll() -> None:
    change = alerts.open_alert("ats", finding(), RULE, closed=None, now=NOW)
    assert change is not None
    assert change.transitions[0] == Transition(
        None, State.BREACHED, Reason.OPENED, at("2026-09-21 09:00")
    )


def test_a_warning_counts_from_the_poll() -> None:
    warned = finding(late=Late.WARNING)
    change = alerts.open_alert("ats", warned, RULE, closed=None, now=NOW)
    assert change is not None
    assert change.transitions[0] == Transition(None, State.WARNING, Reason.OPENED, NOW)


def test_a_passed_target_counts_from_the_deadline() -> None:
    warned = alert(late=Late.WARNING, state=State.WARNING)
    change = alerts.advance(warned, finding(), RULE, now=NOW)
    assert change is not None
    assert change.transitions == (
        Transition(
            State.WARNING,
            State.BREACHED,
            Reason.TARGET_PASSED,
            at("2026-09-21 09:00"),
        ),
    )


def test_a_late_mail_sync_opens_nothing() -> None:
    life = Life(rule(), lag=timedelta(hours=6))
    assert life.poll("2026-09-21 15:00", ROW) == []
    assert life.poll("2026-09-21 15:01", ROW) == [
        "breached opened",
        "breached step_due",
    ]


def test_after_an_outage_only_the_highest_step_is_told() -> None:
    life = Life(RULE)
    life.poll("2026-09-17 09:05", ROW)
    life.poll("2026-10-05 09:05", ROW)
    assert life.told == ["4 days before", "8 working days after"]
    assert life.notes[1] == (
        "8 working days after; skipped target, target, target, "
        "heads-up for 8 working days after"
    )


def test_a_step_knows_which_step_it_was_reached_from() -> None:
    change = alerts.advance(alert(step=1), finding(step=4), RULE, now=NOW)
    assert change is not None
    # The fifth is a heads-up, which goes along with the repeat before it.
    assert (change.climbed_from, change.firing, change.alert.step) == (1, 3, 4)


def test_a_repeat_does_not_hide_the_higher_step_that_fell_due_before_it() -> None:
    ladder = """[
      {at: target, tell: owner, repeat: {every: 2 working days, at_most: 3}},
      {at: 5 working days after, tell: manager}]"""
    life = Life(rule(ladder=ladder))
    life.poll("2026-10-05 09:05", ROW)
    assert life.told == ["5 working days after"]
    assert life.poll("2026-10-12 09:05", ROW) == []


def test_a_step_says_which_one_it_is() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    assert life.notes == ["target; skipped 4 days before"]


def test_a_reminder_repeats_only_as_often_as_the_rule_says() -> None:
    ladder = "[{at: target, tell: owner, repeat: {every: 1 working day, at_most: 3}}]"
    life = Life(rule(ladder=ladder))
    for day in range(21, 31):
        life.poll(f"2026-09-{day} 09:05", ROW)
    assert life.told == ["target"] * (1 + 3)


def test_a_poll_that_sees_the_same_changes_nothing() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    before = life.alert
    assert life.poll("2026-09-21 09:10", ROW) == []
    assert life.alert is before


def test_a_poll_that_sees_other_facts_keeps_them() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    assert life.poll("2026-09-21 09:10", ROW._replace(recruiter="a@b.no")) == []
    assert life.alert is not None
    assert life.alert.seen.recruiter == "a@b.no"


def test_backlog_opens_nothing() -> None:
    old = finding(backlog=True)
    assert alerts.open_alert("ats", old, RULE, closed=None, now=NOW) is None


def test_an_alert_that_grows_old_nudges_nobody_any_more() -> None:
    old = finding(backlog=True, step=5)
    remembered = alert(seen=finding(step=1), step=1)
    assert alerts.advance(remembered, old, RULE, now=NOW) is None


# --- the promise changes ---


def retarget(life: Life, **text: str) -> None:
    life.rule = rule(**{"ladder": LADDER} | text)


def test_a_nearer_target_moves_the_deadline_and_tells_no_step_twice() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    retarget(life, target="13 days")
    assert life.poll("2026-09-21 09:10", ROW) == ["breached retargeted"]
    assert (
        life.notes[-1] == "due 2026-09-21T07:00:00+00:00 -> 2026-09-20T07:00:00+00:00"
    )
    assert life.told == ["target"]


def test_a_target_in_the_future_goes_back_to_a_warning() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    retarget(life, target="16 days")
    assert life.poll("2026-09-21 09:10", ROW) == ["warning retargeted"]
    assert life.poll("2026-09-23 09:05", ROW) == ["breached target_passed"]
    assert life.told == ["target"]
    assert life.poll("2026-09-25 09:05", ROW) == ["breached step_due"]


def test_an_escalation_that_was_told_is_not_told_again_after_a_retarget() -> None:
    life = Life(RULE)
    life.poll("2026-10-05 09:05", ROW)
    retarget(life, target="30 days")
    assert life.poll("2026-10-05 09:10", ROW) == ["warning retargeted"]
    life.poll("2026-10-20 09:05", ROW)
    life.poll("2026-12-01 09:05", ROW)
    assert life.told == ["8 working days after"]


def test_a_target_moved_while_only_warned_stays_a_warning() -> None:
    life = Life(RULE)
    life.poll("2026-09-17 09:05", ROW)
    retarget(life, target="15 days", ladder="[{at: 8 days before, tell: owner}]")
    assert life.poll("2026-09-17 09:10", ROW) == ["warning retargeted"]


def test_a_target_moved_into_the_past_breaches_at_once() -> None:
    life = Life(RULE)
    life.poll("2026-09-17 09:05", ROW)
    retarget(life, target="8 days")
    assert life.poll("2026-09-17 09:10", ROW)[:2] == [
        "warning retargeted",
        "breached target_passed",
    ]


def test_a_target_far_away_cancels_the_alert() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    retarget(life, target="60 days")
    assert life.poll("2026-09-21 09:10", ROW) == ["cancelled retargeted"]


# --- the ladder changes ---


def test_a_rung_put_before_the_one_that_was_told_tells_nothing_again() -> None:
    life = Life(rule(ladder="[{at: target, tell: owner}]"))
    life.poll("2026-09-21 09:05", ROW)
    retarget(
        life, ladder="[{at: 4 days before, tell: owner}, {at: target, tell: owner}]"
    )
    life.poll("2026-09-22 09:05", ROW)
    assert life.alert is not None
    assert life.alert.step == 1
    assert life.poll("2026-10-05 09:05", ROW) == []
    assert life.told == ["target"]


def test_rungs_taken_away_swallow_no_later_step() -> None:
    life = Life(
        rule(
            ladder="""[
            {at: 4 days before, tell: owner},
            {at: 2 days before, tell: owner},
            {at: target, tell: owner}]"""
        )
    )
    life.poll("2026-09-17 09:05", ROW)
    life.poll("2026-09-19 09:05", ROW)
    retarget(
        life,
        ladder="""[
            {at: target, tell: owner},
            {at: 5 working days after, tell: owner}]""",
    )
    assert life.poll("2026-09-20 09:05", ROW) == ["cancelled retargeted"]
    for day in ("2026-09-21", "2026-09-22", "2026-09-28", "2026-09-29"):
        life.poll(f"{day} 09:05", ROW)
    assert life.told == [
        "4 days before",
        "2 days before",
        "target",
        "5 working days after",
    ]


def test_a_step_that_was_told_is_remembered_while_its_rung_is_away() -> None:
    both = """[
        {at: target, tell: owner, repeat: {every: 2 working days, at_most: 1}},
        {at: 5 working days after, tell: owner}]"""
    life = Life(rule(ladder=both))
    life.poll("2026-09-30 09:05", ROW)
    retarget(life, ladder="[{at: target, tell: owner}]")
    life.poll("2026-09-30 09:10", ROW)
    retarget(life, ladder=both)
    life.poll("2026-09-30 09:15", ROW)
    assert life.told == ["5 working days after"]


# --- how it ends ---


@pytest.mark.parametrize(
    ("fields", "transition"),
    [
        pytest.param(
            {"first_reply_at": at("2026-09-21 09:00")},
            "resolved on_time",
            id="answered on the last instant",
        ),
        pytest.param(
            {"first_reply_at": at("2026-09-21 09:01")}, "resolved late", id="late"
        ),
        pytest.param({"status": Status.HIRED}, "resolved closed", id="hired"),
        pytest.param(
            {"status": Status.REJECTED}, "cancelled exempted", id="asked for no more"
        ),
        pytest.param({"department": "Alumni"}, "cancelled exempted", id="left out"),
        pytest.param(
            {"applied_at": at("2026-09-06 09:00")},
            "cancelled retargeted",
            id="the clock started elsewhere",
        ),
    ],
)
def test_an_alert_ends_for_a_reason(fields: dict[str, Any], transition: str) -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    assert life.poll("2026-09-22 09:05", ROW._replace(**fields)) == [transition]
    assert life.alert is None


def test_an_answer_after_a_warning_is_on_time() -> None:
    life = Life(RULE)
    life.poll("2026-09-17 09:05", ROW)
    answered = ROW._replace(first_reply_at=at("2026-09-18 10:00"))
    assert life.poll("2026-09-18 10:05", answered) == ["resolved on_time"]


@pytest.mark.parametrize(
    ("ending", "state", "reason"),
    [
        (Ending.STOPPED, State.RESOLVED, Reason.LATE),
        (Ending.CLOSED, State.RESOLVED, Reason.CLOSED),
        (Ending.EXEMPTED, State.CANCELLED, Reason.EXEMPTED),
        (Ending.MOVED, State.CANCELLED, Reason.RETARGETED),
    ],
)
def test_a_closed_alert_keeps_when_and_why(
    ending: Ending, state: State, reason: Reason
) -> None:
    change = alerts.settle(alert(step=2), Verdict(ending, NOW))
    assert change == Change(
        alert(step=2, state=state, reason=reason, effective_at=NOW, closing_polls=1),
        (Transition(State.BREACHED, state, reason, NOW),),
    )


def test_evidence_that_is_withdrawn_opens_the_alert_again() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    answered = ROW._replace(first_reply_at=at("2026-09-21 10:00"))
    life.poll("2026-09-21 10:05", answered)
    assert life.poll("2026-09-21 11:00", ROW) == ["breached evidence_withdrawn"]
    assert life.told == ["target"]
    life.poll("2026-09-23 09:05", ROW)
    assert life.told == ["target", "target"]


def test_a_change_says_whether_the_alert_closes_or_opens_again() -> None:
    closing = alerts.settle(alert(), Verdict(Ending.STOPPED, NOW))
    again = alerts.open_alert("ats", finding(), RULE, closed=closing.alert, now=NOW)
    opening = alerts.open_alert("ats", finding(), RULE, closed=None, now=NOW)
    moving = alerts.advance(alert(), finding(recruiter="a@b.no"), RULE, now=NOW)
    assert again is not None
    assert opening is not None
    assert moving is not None
    found = [each.turns for each in (closing, again, opening, moving)]
    assert found == [True, True, False, False]


def test_an_alert_that_opens_again_stays_the_same_alert() -> None:
    closed = alert(
        id=7,
        step=2,
        state=State.RESOLVED,
        reason=Reason.LATE,
        effective_at=NOW,
        closing_polls=1,
    )
    change = alerts.open_alert("ats", finding(step=1), RULE, closed=closed, now=NOW)
    assert change is not None
    assert change.firing is None
    assert change.alert == alert(id=7, step=2, seen=finding(step=2))
    assert change.transitions[0].before is State.RESOLVED


def test_a_new_start_is_a_new_alert() -> None:
    life = Life(rule(clock="{starts: last_inbound_at, stops: last_reply_at}"))
    wrote = ROW._replace(last_inbound_at=at(MONDAY))
    life.poll("2026-09-21 09:05", wrote)
    again = wrote._replace(last_inbound_at=at("2026-09-07 10:00"))
    assert life.poll("2026-09-21 10:05", again) == ["cancelled retargeted"]
    assert life.poll("2026-09-21 10:10", again) == [
        "breached opened",
        "breached step_due",
    ]


# --- what was not seen ---


def test_an_application_is_gone_after_two_good_polls_without_it() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    assert life.poll("2026-09-21 09:10", None) == []
    assert life.poll("2026-09-21 09:15", None) == ["cancelled gone"]


def test_an_application_that_comes_back_starts_the_count_afresh() -> None:
    life = Life(RULE)
    life.poll("2026-09-21 09:05", ROW)
    life.poll("2026-09-21 09:10", None)
    assert life.poll("2026-09-21 09:15", ROW) == []
    assert life.alert is not None
    assert life.alert.closing_polls == 0
    assert life.poll("2026-09-21 09:20", None) == []


def test_an_alert_goes_with_its_rule() -> None:
    change = alerts.remove(alert(), now=NOW)
    assert (change.alert.state, change.alert.reason) == (
        State.CANCELLED,
        Reason.RULE_REMOVED,
    )
    assert not change.alert.is_open


def test_an_alert_goes_with_its_source() -> None:
    change = alerts.orphan(alert(), now=NOW)
    assert (change.alert.state, change.alert.reason) == (
        State.CANCELLED,
        Reason.SOURCE_REMOVED,
    )
    assert not change.alert.is_open


def test_an_alert_is_known_by_rule_and_application() -> None:
    assert alert().key == ("first-reply", "A1")


# --- too many at once ---


def answered(count: int, rule_id: str = "first-reply", polls: int = 0) -> list[Alert]:
    return [
        alert(id=n, rule=rule_id, application_id=f"A{n}", closing_polls=polls)
        for n in range(count)
    ]


def close(these: list[Alert]) -> list[tuple[Alert, Change]]:
    return [(each, alerts.settle(each, Verdict(Ending.STOPPED, NOW))) for each in these]


@pytest.mark.parametrize(
    ("closing", "total", "held"),
    [
        pytest.param(5, 5, 0, id="five are believed"),
        pytest.param(6, 6, 6, id="six of six are not"),
        pytest.param(6, 20, 0, id="30 percent are believed"),
        pytest.param(7, 23, 7, id="over 30 percent are not"),
        pytest.param(30, 100, 0, id="30 of 100 are"),
        pytest.param(31, 100, 31, id="31 of 100 are not"),
        pytest.param(6, 0, 6, id="a rule without a count"),
    ],
)
def test_too_many_closings_in_one_poll_are_held(
    closing: int, total: int, held: int
) -> None:
    opened = {"first-reply": total} if total else {}
    guarded = alerts.guard(close(answered(closing)), opened)
    assert guarded.held == ({"first-reply": held} if held else {})
    assert sum(not each.alert.is_open for each in guarded.changes) == closing - held
    assert len(guarded.changes) == closing


def test_what_is_held_counts_its_polls_and_writes_no_transition() -> None:
    guarded = alerts.guard(close(answered(6)), {"first-reply": 6})
    assert guarded.changes == [Change(each, ()) for each in answered(6, polls=1)]


def test_a_mass_closure_is_believed_at_the_third_equal_poll() -> None:
    these = answered(40)
    for poll in (1, 2):
        guarded = alerts.guard(close(these), {"first-reply": 40})
        these = [change.alert for change in guarded.changes]
        assert [each.closing_polls for each in these] == [poll] * 40
    guarded = alerts.guard(close(these), {"first-reply": 40})
    assert guarded.held == {}
    assert {change.alert.state for change in guarded.changes} == {State.RESOLVED}


def test_a_newcomer_does_not_hold_those_that_waited() -> None:
    waited, new = answered(8, polls=2), answered(9)[8:]
    guarded = alerts.guard(close(waited + new), {"first-reply": 9})
    assert guarded.held == {"first-reply": 1}


def test_many_gone_are_believed_at_the_third_poll_too() -> None:
    these = answered(10)
    for _ in range(2):
        missed = [(each, alerts.miss(each, now=NOW)) for each in these]
        guarded = alerts.guard(missed, {"first-reply": 10})
        these = [change.alert for change in guarded.changes]
        assert all(each.is_open for each in these)
    missed = [(each, alerts.miss(each, now=NOW)) for each in these]
    guarded = alerts.guard(missed, {"first-reply": 10})
    assert {change.alert.reason for change in guarded.changes} == {Reason.GONE}


def test_a_first_miss_is_no_closing_and_never_held() -> None:
    missed = [(each, alerts.miss(each, now=NOW)) for each in answered(10)]
    guarded = alerts.guard(missed + close(answered(5)), {"first-reply": 15})
    assert guarded.held == {}


def test_no_alert_opens_where_another_is_held_open() -> None:
    held = alerts.guard(close(answered(6)), {"first-reply": 6})
    fresh = [finding(application_id=each) for each in ("A5", "A6")]
    assert held.allowed(fresh) == fresh[1:]
    believed = alerts.guard(close(answered(5)), {"first-reply": 6})
    assert believed.allowed(fresh) == fresh


def test_each_rule_is_guarded_for_itself() -> None:
    many, few = answered(10), answered(2, "silence")
    guarded = alerts.guard(close(many + few), {"first-reply": 10, "silence": 2})
    assert guarded.held == {"first-reply": 10}
    assert sum(not each.alert.is_open for each in guarded.changes) == 2


def test_a_person_may_confirm_a_mass_closure() -> None:
    closings = close(answered(10))
    guarded = alerts.guard(closings, {"first-reply": 10}, frozenset({"first-reply"}))
    assert guarded.held == {}


def test_what_an_alert_remembers_is_read_off_itself() -> None:
    seen = finding(step=4, backlog=True)
    kept = alerts.remember(alert(seen=seen, step=NOTHING, state=State.WARNING))
    assert kept.seen == finding(step=NOTHING, late=Late.WARNING)
    kept = alerts.remember(replace(kept, state=State.ESCALATED, step=3))
    assert kept.seen == finding(step=3, late=Late.BREACHED)


def test_a_step_that_was_never_told_is_taken_back_with_its_rung() -> None:
    stood = alert(step=1, rung=RULE.firings[1].place)
    back = alerts.step_back(stood, RULE, 0)
    assert (back.step, back.rung) == (0, RULE.firings[0].place)
    back = alerts.step_back(stood, RULE, NOTHING)
    assert (back.step, back.rung) == (NOTHING, None)
