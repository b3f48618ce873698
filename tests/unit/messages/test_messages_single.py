"""A step that does not wait for the digest: who waits, for what, and one link."""

from typing import Any

import pytest

from monitor import messages
from monitor.messages import Line, Message, Reader, single
from monitor.rules import Kind
from tests.builders import PER, alert, at, calendar, rule
from tests.unit.messages.posts import (
    NOW,
    REVIEW,
    TOLD,
    applicants,
    digest,
    texts,
    told,
    warned,
)

JOB = "https://ats.example.org/jobs/J1"


def one(line: Line, name: str = "Ingrid", *, again: bool = False) -> Message:
    reader = Reader(line.alert.seen.owner or "", name)
    return single(line, reader, again=again, calendar=calendar(), now=NOW)


def test_a_manager_reads_who_waits_for_their_decision() -> None:
    seen = {"rule": "manager-review", "owner": PER, "url": "https://ats.example.org/A1"}
    facts, opener = texts(one(told(alert(**seen), by=REVIEW), "Per"))
    assert facts.split("\n") == [
        "*K. N. is waiting for your decision on Nurse.*",
        "Handed over Mon 7 Sep, no decision for 13 working days.",
        "Our 2 working days have passed.",
        (
            "The recruiter can answer as soon as you have decided; "
            "a yes, a no or a question is enough."
        ),
    ]
    assert opener == "<https://ats.example.org/A1|Open>"


def test_a_recruiter_reads_who_waits_for_their_answer() -> None:
    [facts] = texts(one(told(alert())))
    assert facts.split("\n") == [
        "*K. N. is waiting for an answer from you on Nurse.*",
        "Applied 17 days ago, no reply yet.",
        "Our 14 days have passed.",
    ]


def test_before_the_deadline_it_says_when_the_promise_is_up() -> None:
    soon = alert(due_at=at("2026-09-25 09:00"), job_title=None, candidate="")
    [facts] = texts(one(warned(soon)))
    assert facts.split("\n") == [
        "*A candidate is waiting for an answer from you.*",
        "Our 14 days are up on Fri 25 Sep 09:00.",
    ]


@pytest.mark.parametrize("by", [REVIEW, rule()], ids=["decision", "answer"])
def test_who_only_sees_it_is_not_asked(by: Any) -> None:
    reader = Reader("tuva@example.org", "Tuva")
    line = told(alert(), by=by)
    message = single(line, reader, calendar=calendar(), now=NOW)
    assert "your" not in message.text
    assert " from you" not in message.text
    assert "as soon as" not in message.text
    assert message.text.startswith("K. N. is waiting for a")


def test_a_second_step_says_that_the_wait_goes_on() -> None:
    line = told(alert(url="https://ats.example.org/A1"), by=REVIEW)
    assert texts(one(line, again=True)) == [
        "*Still waiting, 13 working days now.*\nK. N. · Nurse",
        "<https://ats.example.org/A1|Open>",
    ]


@pytest.mark.parametrize("again", [False, True])
def test_a_settled_one_is_struck_through_and_asks_for_nothing(*, again: bool) -> None:
    message = one(told(alert(url=JOB, **TOLD)), again=again)
    assert texts(message)[0].startswith("*~")
    assert texts(message)[0].split("\n")[0].endswith("~*")
    assert "\nAnswered Thu 24 Sep 09:05, 3 days past our 14 days." in message.text
    assert JOB not in message.text
    assert texts(message)[1:] == ["1 of 1 settled since."]


@pytest.mark.parametrize("again", [False, True])
def test_a_channel_reads_of_one_wait_without_a_name(*, again: bool) -> None:
    message = one(told(alert(candidate="secret", job_title="secret")), "", again=again)
    assert "secret" not in message.text
    title = "Still waiting, 17 days now." if again else (
        "1 candidate has waited past our promise."
    )  # fmt: skip
    assert texts(message) == [
        f"*{title}*",
        "Every candidate hears from us within 14 days: 1 still waiting. Health (1).",
    ]


def test_a_heads_up_about_one_says_what_becomes_public() -> None:
    assert texts(one(told(alert(), Kind.HEADS_UP)))[-1].startswith("1 of these goes")


def test_a_message_about_one_outlives_its_rule() -> None:
    assert (
        "Waiting since Mon 7 Sep.\nOur promise has passed."
        in one(told(alert(), by=None)).text
    )


def test_what_was_erased_leaves_no_trace() -> None:
    message = messages.erased(Reader(PER, "Per"))
    assert texts(message) == ["*What this message told of has been erased.*"]
    lines = applicants(2)
    assert "No 000" not in digest(lines[1]).text
