"""What became of promises: kept, broken or not said, and when that was."""

from datetime import timedelta
from typing import Any

import pytest

from monitor import evaluate
from monitor.evaluate import World
from monitor.figures.batch import Batch
from monitor.figures.nouns import Kept, Spread, Window
from monitor.figures.promises import glance
from monitor.figures.promises.hindsight import Hindsight, is_told
from monitor.figures.promises.outcomes import Outcomes
from monitor.figures.promises.swift import Swift
from monitor.model import Ball, Channel, Status
from monitor.rules import Rulebook
from tests.builders import application, at, calendar, rule

NOW = at("2026-09-25 12:00")  # a Friday
KEPT, BROKEN = "kept", "broken"
REPLY: dict[str, str] = {"when": "{status: {not: [hired, withdrawn]}}"}
TURNED_DOWN = {
    "when": "{status: rejected}",
    "clock": "{starts: decided_at, stops: told_at}",
    "target": "2 working days",
}
OUTCOME = {
    "when": "{status: [open, rejected, closed], interviewed_at: present}",
    "exempt": "[{next_interview_at: present}, {told_at: present}]",
    "clock": "{starts: {latest: [interviewed_at, last_inbound_at]}, stops: told_at, "
    "pauses: {waiting_on: candidate}}",
    "target": "5 days",
}
CALL = {
    "when": "{status: [rejected, closed], interviewed_at: present}",
    "clock": "{starts: decided_at, stops: reached_at}",
    "target": "2 days",
}
REVIEW = {
    "when": "{status: open, waiting_on: manager}",
    "clock": "{starts: {latest: [shared_at, waiting_since]}, "
    "stops: [decided_at, feedback_at]}",
    "target": "2 days",
}
REASON = {
    "when": "{status: rejected, decision_reason: absent}",
    "clock": "{starts: decided_at, stops: told_at}",
    "target": "1 day",
}
AGO = {"when": "{applied_at: {before: 3 days ago}}", "target": "5 days"}
PROMISED = {
    "clock": "{starts: applied_at, stops: told_at, due: promised_at}",
    "target": "",
}


def day(number: float, hour: int = 9) -> Any:
    return at(f"2026-09-01 {hour:02}:00") + timedelta(days=number - 1)


def told(
    text: dict[str, str], *, lag: timedelta = timedelta(0), **columns: Any
) -> list[tuple[str, Any]]:
    """Return what is said of one application, by comparisons and by the row of then."""
    plain: dict[str, Any] = {"applied_at": day(1)}
    row = application(**plain | columns)
    made = rule(**text)
    [check] = evaluate.prepare(Rulebook((made,)), World(calendar(), lag), now=NOW)
    found = list(evaluate.find(check, [row]))
    kept, broken = Outcomes(check).take(Batch([row], {made.id: found}))
    said = [(KEPT, when) for _, when in kept] + [(BROKEN, when) for _, when in broken]
    if not found:
        plainly = [
            (KEPT if each.is_kept else BROKEN, each.known_at)
            for each in Hindsight(check).outcomes(row)
        ]
        assert sorted(said) == sorted(plainly)
    return sorted(said, key=lambda each: each[1])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"first_reply_at": day(5)}, [(KEPT, day(5))]),
        ({"first_reply_at": day(15)}, [(KEPT, day(15))]),
        ({"first_reply_at": day(16)}, [(BROKEN, day(15))]),
        ({"told_at": day(4), "first_reply_at": day(5)}, [(KEPT, day(4))]),
        ({"first_reply_at": day(1)}, [(KEPT, day(1))]),
        ({}, [(BROKEN, day(15))]),
        ({"applied_at": day(20)}, []),
        ({"status": Status.WITHDRAWN, "updated_at": day(5)}, []),
        ({"status": Status.WITHDRAWN, "updated_at": day(20)}, [(BROKEN, day(15))]),
        (
            {"status": Status.HIRED, "decided_at": day(9), "first_reply_at": day(3)},
            [(KEPT, day(3))],
        ),
        (
            {"status": Status.HIRED, "decided_at": day(9), "first_reply_at": day(12)},
            [],
        ),
        (
            {"status": Status.HIRED, "decided_at": day(19), "told_at": day(20)},
            [(BROKEN, day(15))],
        ),
        ({"applied_at": day(12), "first_reply_at": day(40)}, []),
        (
            {"status": Status.HIRED, "decided_at": day(9)}
            | {"first_reply_at": day(15, 8)},
            [],
        ),
    ],
    ids=[
        *("in time", "at the deadline", "late", "the first counts", "at once"),
        *("still silent", "not due yet", "withdrew before", "withdrew after"),
        *("answered, then hired", "hired before the answer", "hired after it was due"),
        *("an answer to come", "hired before an answer at the last moment"),
    ],
)
def test_a_first_reply_is_a_promise_of_fourteen_days(
    columns: dict[str, Any], said: list[Any]
) -> None:
    assert told(REPLY, **columns) == said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"told_at": day(4)}, [(KEPT, day(4))]),
        ({"told_at": day(3)}, [(KEPT, day(3))]),
        ({"told_at": day(7, 9)}, [(KEPT, day(7, 9))]),
        ({"told_at": day(7, 10)}, [(BROKEN, day(7, 9))]),
        ({"status": Status.HIRED, "told_at": day(4)}, []),
        ({"decided_at": None, "told_at": day(4)}, []),
        ({"applied_at": day(20), "told_at": day(4)}, []),
        ({"applied_at": day(20)}, [(BROKEN, day(7, 9))]),
    ],
    ids=[
        *("next day", "in the same second", "on Monday", "an hour later", "hired"),
        *("without a day", "before the application", "a breach of today's stays"),
    ],
)
def test_who_is_turned_down_is_told_within_working_days(
    columns: dict[str, Any], said: list[Any]
) -> None:
    plain = {"status": Status.REJECTED, "decided_at": day(3)}  # a Thursday
    assert told(TURNED_DOWN, **plain | columns) == said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"told_at": day(8)}, [(KEPT, day(8))]),
        ({"told_at": day(12)}, [(BROKEN, day(10))]),
        ({"last_inbound_at": day(8), "told_at": day(12)}, [(KEPT, day(12))]),
        (
            {"last_inbound_at": day(11), "told_at": day(12)},
            [(BROKEN, day(10)), (KEPT, day(12))],
        ),
        ({"last_inbound_at": day(5), "told_at": day(12)}, [(BROKEN, day(10))]),
        ({"last_inbound_at": day(5), "told_at": day(8)}, [(KEPT, day(8))]),
        ({"last_inbound_at": day(20), "told_at": day(8)}, [(KEPT, day(8))]),
        ({"next_interview_at": day(30), "told_at": day(8)}, []),
        ({"paused": ((day(6), day(8)),), "told_at": day(12)}, [(KEPT, day(12))]),
        ({"paused": ((day(6), day(8)),), "told_at": day(13)}, [(BROKEN, day(12))]),
        (
            {"waiting_on": Ball.CANDIDATE, "waiting_since": day(7), "told_at": day(20)},
            [(KEPT, day(20))],
        ),
        ({"waiting_on": Ball.CANDIDATE, "waiting_since": day(7)}, []),
        (
            {"waiting_on": Ball.CANDIDATE, "waiting_since": day(12)},
            [(BROKEN, day(10))],
        ),
    ],
    ids=[
        *("in time", "late", "they wrote", "they wrote when it was late"),
        *(
            "they wrote at once",
            "and were told",
            "thanks for the answer",
            "another interview",
        ),
        *("a pause", "late for all the pause", "told while they have the ball"),
        *("they have the ball", "they got it when it was late"),
    ],
)
def test_the_clock_of_an_interview_moves_and_stands(
    columns: dict[str, Any], said: list[Any]
) -> None:
    assert told(OUTCOME, interviewed_at=day(5), **columns) == said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"told_at": day(6), "told_by": Channel.PHONE}, [(KEPT, day(6))]),
        ({"told_at": day(6), "called_at": day(9)}, [(BROKEN, day(7))]),
        ({"called_at": day(6)}, [(KEPT, day(6))]),
        ({"told_at": day(6), "unreached_at": day(6)}, [(KEPT, day(6))]),
        ({"told_at": day(2)}, [(BROKEN, day(7))]),
        (
            {"told_at": day(7), "told_by": Channel.PHONE, "called_at": day(6)},
            [(KEPT, day(6))],
        ),
    ],
    ids=[
        *("by phone", "mailed, called late", "called", "nobody answered", "too early"),
        "called twice",
    ],
)
def test_an_interview_is_owed_a_call(columns: dict[str, Any], said: list[Any]) -> None:
    no = {
        "status": Status.REJECTED,
        "decided_at": day(5),
        "interviewed_at": day(3),
    }
    assert told(CALL, **no | columns) == said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"feedback_at": day(4)}, [(KEPT, day(4))]),
        ({"feedback_at": day(9)}, [(BROKEN, day(5))]),
        (
            {"waiting_on": Ball.NOBODY, "waiting_since": day(9), "decided_at": day(9)}
            | {"status": Status.REJECTED},
            [(BROKEN, day(5))],
        ),
        (
            {"waiting_on": Ball.MANAGER, "waiting_since": day(8), "decided_at": day(9)}
            | {"status": Status.REJECTED},
            [(BROKEN, day(5)), (KEPT, day(9))],
        ),
        (
            {"waiting_on": Ball.NOBODY, "waiting_since": day(4), "decided_at": day(9)}
            | {"status": Status.REJECTED},
            [(BROKEN, day(5))],
        ),
        ({"waiting_on": Ball.RECRUITER, "waiting_since": day(4)}, []),
        ({"waiting_on": None}, []),
    ],
    ids=[
        "in time",
        "late",
        "decided late",
        "decided later",
        "handed on",
        "taken back",
        "unknown",
    ],
)
def test_a_manager_who_had_the_ball_is_known_by_the_hand_over(
    columns: dict[str, Any], said: list[Any]
) -> None:
    plain = {"shared_at": day(3), "waiting_on": Ball.MANAGER, "waiting_since": day(3)}
    assert told(REVIEW, **plain | columns) == said


def test_a_manager_who_had_the_ball_only_when_it_was_due_broke_the_promise() -> None:
    text = REVIEW | {
        "clock": "{starts: applied_at, stops: told_at}",
        "target": "5 days",
    }
    back = {"waiting_on": Ball.RECRUITER, "waiting_since": day(9), "told_at": day(12)}
    assert told(text, shared_at=day(3), feedback_at=day(8), **back) == [
        (BROKEN, day(6))
    ]


@pytest.mark.parametrize(
    "columns",
    [
        {"interviewed_at": day(9), "called_at": day(8)},
        {
            "interviewed_at": day(3),
            "unreached_at": day(5, 12),
            "last_written_at": day(9),
        },
    ],
    ids=["a mail before the interview", "a mail after two calls, then another"],
)
def test_an_answer_that_a_later_one_replaced_still_counts(
    columns: dict[str, Any],
) -> None:
    text = CALL | {"when": "{status: rejected}"}
    no = {"status": Status.REJECTED, "decided_at": day(5), "told_at": day(6)}
    assert told(text, **no, **columns) == [(KEPT, day(6))]


def test_a_reason_that_came_with_the_decision_was_never_missing() -> None:
    no = {"status": Status.REJECTED, "decided_at": day(3), "told_at": day(9)}
    assert told(REASON, **no, decision_reason="another was chosen") == []
    assert told(REASON, **no) == [(BROKEN, day(4))]
    assert told(REASON, **no | {"told_at": day(3, 10)}) == [(KEPT, day(3, 10))]


@pytest.mark.parametrize(
    ("when", "columns", "said"),
    [
        ("{interviewed_at: absent}", {"interviewed_at": day(4)}, [KEPT]),
        ("{interviewed_at: absent}", {"interviewed_at": day(2)}, []),
        ("{interviewed_at: absent}", {}, [KEPT]),
        ("{status: closed, interviewed_at: present}", {"interviewed_at": day(2)}, []),
        ("{decision_reason: absent}", {"decision_reason": "others"}, [KEPT]),
        (
            "{decision_reason: absent}",
            {"decision_reason": "others", "waiting_since": day(2)},
            [],
        ),
    ],
    ids=[
        *("interviewed later", "interviewed before", "never interviewed"),
        *("of another status", "a reason that came later", "a reason from before"),
    ],
)
def test_conditions_are_those_of_then(
    when: str, columns: dict[str, Any], said: list[str]
) -> None:
    ended: dict[str, Any] = {
        "status": Status.REJECTED,
        "waiting_on": Ball.NOBODY,
        "waiting_since": day(8),
    }
    found = told({"when": when}, first_reply_at=day(3), **ended | columns)
    assert [word for word, _ in found] == said


def test_a_time_ago_is_seen_from_then() -> None:
    assert told(AGO, first_reply_at=day(2)) == []
    assert told(AGO, first_reply_at=day(5)) == [(KEPT, day(5))]
    assert told(AGO, first_reply_at=day(9)) == [(BROKEN, day(6))]


def test_a_promised_day_is_the_deadline() -> None:
    assert told(PROMISED, promised_at=day(8), told_at=day(7)) == [(KEPT, day(7))]
    assert told(PROMISED, promised_at=day(8), told_at=day(9)) == [(BROKEN, day(8))]
    assert told(PROMISED, told_at=day(9)) == []


def test_what_may_have_been_sent_is_not_held_against_anybody() -> None:
    gone: dict[str, Any] = {
        "status": Status.WITHDRAWN,
        "updated_at": NOW - timedelta(minutes=9),
    }
    applied = NOW - timedelta(days=14, hours=1)
    due = applied + timedelta(days=14)
    assert told(REPLY, applied_at=applied, **gone, lag=timedelta(hours=2)) == []
    assert told(REPLY, applied_at=applied, **gone) == [(BROKEN, due)]


def test_a_clock_from_before_the_rule_is_left_alone() -> None:
    text = REPLY | {"effective_from": "2026-09-02"}
    assert told(text, first_reply_at=day(5)) == []
    assert told(text, applied_at=day(2), first_reply_at=day(5)) == [(KEPT, day(5))]


def test_a_stop_that_takes_the_place_of_its_start_tells_of_no_clock_before() -> None:
    silence = rule(clock="{starts: last_reply_at, stops: [last_reply_at, told_at]}")
    assert not is_told(silence)
    assert is_told(rule())


@pytest.mark.parametrize(
    ("text", "is_swift"),
    [
        (REPLY, True),
        (TURNED_DOWN, True),
        (OUTCOME, True),
        (CALL, True),
        (REVIEW, True),
        (REASON, True),
        (AGO, False),
        (PROMISED, False),
    ],
)
def test_the_usual_rules_are_a_matter_of_comparisons(
    text: dict[str, str], *, is_swift: bool
) -> None:
    [check] = evaluate.prepare(Rulebook((rule(**text),)), World(calendar()), now=NOW)
    assert (Swift.of(check, NOW) is not None) is is_swift


def test_five_cases_make_a_share() -> None:
    assert Kept(4, 4).ratio is None
    assert Kept(5, 4).ratio == pytest.approx(0.8)
    assert Window.WIDE.length == timedelta(days=90)
    assert Spread().total == 0


def test_before_it_was_decided_the_ball_was_the_managers() -> None:
    handed, decided = at("2026-09-14 10:00"), at("2026-09-18 10:00")
    row = application(
        status=Status.REJECTED,
        waiting_on=Ball.NOBODY,
        waiting_since=decided,
        shared_at=handed,
        decided_at=decided,
    )
    assert glance.ball(row, decided) == (Ball.MANAGER, handed)
    assert glance.ball(row, handed) == (Ball.RECRUITER, None)
    assert glance.ball(row, NOW) == (Ball.NOBODY, decided)
