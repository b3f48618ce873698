"""Why an open alert's application is no finding any more, and since when."""

from typing import Any

import pytest

from monitor import evaluate
from monitor.evaluate import Ending, Verdict
from monitor.model import Ball, Status
from tests.builders import application, at, check, rule

MANAGER_REVIEW = {
    "when": "{status: open, waiting_on: manager, department: {not: Alumni}}",
    "clock": "{starts: shared_at, stops: [decided_at, feedback_at]}",
}
NOW = "2026-10-01 09:00"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"feedback_at": "2026-09-12", "decided_at": "2026-09-11"},
            Verdict(Ending.STOPPED, at("2026-09-11 09:00")),
            id="the first stop counts",
        ),
        pytest.param(
            {"decided_at": "2026-09-11", "status": Status.HIRED},
            Verdict(Ending.STOPPED, at("2026-09-11 09:00")),
            id="a stop goes before the status",
        ),
        pytest.param(
            {"decided_at": "2026-09-05", "status": Status.WITHDRAWN},
            Verdict(Ending.CLOSED, at("2026-09-05 09:00")),
            id="withdrawn",
        ),
        pytest.param(
            {"status": Status.HIRED}, Verdict(Ending.CLOSED, at(NOW)), id="hired"
        ),
        pytest.param(
            {"waiting_on": Ball.RECRUITER, "waiting_since": "2026-09-10"},
            Verdict(Ending.STOPPED, at("2026-09-10 09:00")),
            id="the ball went on",
        ),
        pytest.param(
            {
                "waiting_on": Ball.RECRUITER,
                "waiting_since": "2026-09-15",
                "stage_entered_at": "2026-09-10",
            },
            Verdict(Ending.STOPPED, at("2026-09-10 09:00")),
            id="the first milestone after the start",
        ),
        pytest.param(
            {"waiting_on": Ball.RECRUITER, "waiting_since": "2026-09-08"},
            Verdict(Ending.STOPPED, at(NOW)),
            id="a milestone at the start says nothing",
        ),
        pytest.param(
            {"waiting_on": Ball.RECRUITER, "waiting_since": "2026-10-02"},
            Verdict(Ending.STOPPED, at(NOW)),
            id="a milestone in the future says nothing",
        ),
        pytest.param(
            {"department": "Alumni"},
            Verdict(Ending.EXEMPTED, at(NOW)),
            id="left out by the rule",
        ),
        pytest.param(
            {"department": "Alumni", "status": Status.WITHDRAWN},
            Verdict(Ending.CLOSED, at(NOW)),
            id="withdrawn goes before left out",
        ),
        pytest.param({}, Verdict(Ending.MOVED, at(NOW)), id="the start moved"),
        pytest.param(
            {"decided_at": "2026-09-07"},
            Verdict(Ending.MOVED, at(NOW)),
            id="a stop before the start",
        ),
    ],
)
def test_a_verdict_says_why_an_alert_ends(
    fields: dict[str, Any], expected: Verdict
) -> None:
    instants = {
        name: at(f"{value} 09:00") if name.endswith(("_at", "_since")) else value
        for name, value in fields.items()
    }
    row = application(**{"waiting_on": Ball.MANAGER} | instants)
    made = check(rule(**MANAGER_REVIEW), at(NOW))
    started_at = at("2026-09-08 09:00")
    found = evaluate.verdict(made, row, started_at=started_at, now=at(NOW))
    assert found == expected


def verdict(
    fields: dict[str, Any], started_on: str = "09-07", /, **text: str
) -> Verdict:
    """Return why there is no finding about a candidate who applied on 7 September."""
    row = application(
        **{
            name: at(f"2026-{value} 09:00") if name.endswith("_at") else value
            for name, value in fields.items()
        }
    )
    made, started_at = check(rule(**text), at(NOW)), at(f"2026-{started_on} 09:00")
    return evaluate.verdict(made, row, started_at=started_at, now=at(NOW))


def test_to_fill_a_column_that_had_to_be_empty_is_what_was_asked_for() -> None:
    when = "{status: rejected, decision_reason: absent}"
    done = {"status": Status.REJECTED, "decision_reason": "no licence"}
    assert verdict(done, when=when) == Verdict(Ending.STOPPED, at(NOW))


def test_to_leave_a_status_is_no_answer_where_another_column_is_empty() -> None:
    when = "{status: rejected, decision_reason: absent}"
    assert verdict({}, when=when) == Verdict(Ending.EXEMPTED, at(NOW))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param(
            {"exempt": "{internal: true}"}, {"internal": True}, id="exempt by now"
        ),
        pytest.param({"effective_from": "2026-09-08"}, {}, id="from a later day on"),
        pytest.param(
            {"when": "{applicants: {below: 500}}"}, {"applicants": 500}, id="too many"
        ),
        pytest.param(
            {"when": "{job_title: 'Nurse*'}"}, {"job_title": "Cook"}, id="another job"
        ),
    ],
)
def test_what_the_rule_leaves_out_by_now_is_exempted(
    text: dict[str, str], fields: dict[str, Any]
) -> None:
    assert verdict(fields, **text) == Verdict(Ending.EXEMPTED, at(NOW))


def test_a_clock_that_began_with_the_rules_first_day_still_counts() -> None:
    midnight, day_before = at("2026-09-07 00:00"), at("2026-09-06 23:59")
    made = check(rule(effective_from="2026-09-07"), at(NOW))
    endings = [
        evaluate.verdict(made, application(), started_at=start, now=at(NOW)).ending
        for start in (midnight, day_before)
    ]
    assert endings == [Ending.MOVED, Ending.EXEMPTED]


@pytest.mark.parametrize(
    ("fields", "started_on", "expected"),
    [
        pytest.param(
            {"last_reply_at": "09-20"},
            "09-10",
            Verdict(Ending.STOPPED, at("2026-09-20 09:00")),
            id="the next reply",
        ),
        pytest.param(
            {"last_reply_at": "09-10"},
            "09-10",
            Verdict(Ending.MOVED, at(NOW)),
            id="the reply that started it",
        ),
        pytest.param(
            {"last_reply_at": "09-10", "told_at": "09-10"},
            "09-10",
            Verdict(Ending.STOPPED, at("2026-09-10 09:00")),
            id="told in that reply",
        ),
        pytest.param(
            {"last_reply_at": "10-02"},
            "09-10",
            Verdict(Ending.MOVED, at(NOW)),
            id="a reply that is yet to come",
        ),
    ],
)
def test_a_clock_that_a_reply_started_is_stopped_by_the_next(
    fields: dict[str, Any], started_on: str, expected: Verdict
) -> None:
    clock = "{starts: last_reply_at, stops: [last_reply_at, told_at]}"
    assert verdict(fields, started_on, clock=clock) == expected


def test_a_derived_stop_says_when_the_candidate_was_reached() -> None:
    called = {"interviewed_at": "09-09", "decided_at": "09-10", "called_at": "09-12"}
    clock = "{starts: decided_at, stops: reached_at}"
    stopped = Verdict(Ending.STOPPED, at("2026-09-12 09:00"))
    assert verdict(called, "09-10", clock=clock) == stopped


def test_a_closure_that_moved_on_is_no_longer_asked_for() -> None:
    told = {"status": Status.REJECTED, "told_at": "09-06"}
    when = "{closure: decided_not_told}"
    assert verdict(told, when=when) == Verdict(Ending.EXEMPTED, at(NOW))
