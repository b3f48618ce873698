"""A clock as lines of time: what counted, what did not and why, and who hears next."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from monitor.alerts import Alert, Overlay, Reason, State
from monitor.attribution import (
    Bearing,
    Direction,
    Message,
    MessageKind,
    Sending,
    Weighed,
)
from monitor.cycle import Office
from monitor.evaluate import Check, World
from monitor.model import Application, Ball, Channel, Status
from monitor.outbox import Digests
from monitor.proof import evidence, timeline
from monitor.proof.evidence import Case
from monitor.proof.reasons import reasons
from monitor.proof.search import Search
from monitor.proof.timeline import Event, Standing, Timeline
from monitor.rules import Kind
from monitor.settings import PeopleSettings
from monitor.store.ledger import SETTLED
from monitor.store.ledger.history import History, Telling
from monitor.store.ledger.silences import Silence
from tests.builders import (
    INGRID,
    MONDAY,
    PER,
    alert,
    application,
    at,
    calendar,
    check,
    rule,
)

NOW = "2026-09-23 09:00"  # sixteen days on, a Wednesday
OFFICE = Office(
    World(calendar(), timedelta(0), lambda row: row.candidate_name or ""),
    PeopleSettings(),
    Digests(calendar(), time(9)),
)
AFTER_DECISION = {
    "status": Status.REJECTED,
    "decided_at": at("2026-09-10 09:00"),
}


def weighed(
    sent_at: str = "2026-09-14 10:00", bearing: Bearing = Bearing.REPLY, **changed: Any
) -> Weighed:
    """Return a person's mail, weighed as told."""
    plain: dict[str, Any] = {
        "application_id": "A1",
        "candidate_email": None,
        "sent_at": at(sent_at),
        "direction": Direction.OUT,
        "kind": MessageKind.HUMAN,
        "delivery": Sending.SENT,
        "subject_hint": None,
    }
    return Weighed(Message(**plain | changed), bearing)


def case(row: Application | None = None, *said: Weighed, **changed: Any) -> Case:
    plain = {"columns": frozenset({"paused"}), "name": "K. N."}
    return Case(row=row or application(), said=said, **plain | changed)


def build(
    of: Case,
    made: Check | None = None,
    *told: Telling,
    seen: Alert | None = None,
    had: Collection[str] = (),
    silences: Collection[Silence] = (),
) -> Timeline:
    """Return the time line; what was told comes with the alert that told it."""
    known = [seen or alert()] if told or seen else []
    history = History(tuple(known), told, had=frozenset(had), silences=tuple(silences))
    return timeline.build(made or check(rule(), at(NOW)), of, OFFICE, history)


def said(found: Timeline, *events: Event) -> list[tuple[str, str]]:
    """Return what the lines of these events say, of all where none is named."""
    return [
        (each.what, each.meaning)
        for each in found.lines
        if not events or each.event in events
    ]


def upcoming(
    found: Timeline,
) -> list[tuple[str, tuple[str, ...], datetime | None]]:
    """Return what the next digest tells, to whom and when."""
    return [(each.called, each.tell, each.goes_out_at) for each in found.next]


@pytest.mark.parametrize(
    ("given", "changed", "why"),
    [
        pytest.param(
            {"when": "{status: [open, on_hold]}"},
            {"status": Status.HIRED},
            "status is hired, not on_hold or open",
            id="another value",
        ),
        pytest.param(
            {"when": "{status: {not: hired}}"},
            {"status": Status.HIRED},
            "status is hired",
            id="the very value",
        ),
        pytest.param(
            {"when": "{shared_at: present}"}, {}, "shared_at is empty", id="empty"
        ),
        pytest.param(
            {"when": "{decision_reason: absent}"},
            {"decision_reason": "too loud"},
            "decision_reason has a value",
            id="not empty",
        ),
        pytest.param(
            {"when": "{next_interview_at: present}"},
            {"next_interview_at": at("2026-09-14 10:00")},
            "next_interview_at has passed (Mon 14 Sep 10:00)",
            id="a plan of before",
        ),
        pytest.param(
            {"when": "{job_title: 'Nurse*'}"},
            {"job_title": "Cook"},
            "job_title is Cook, not Nurse*",
            id="a pattern",
        ),
        pytest.param(
            {"when": "{internal: true}"},
            {"internal": False},
            "internal is false, not true",
            id="a switch",
        ),
        pytest.param(
            {"when": "{applicants: {at_least: 50}}"},
            {"applicants": 7},
            "applicants is 7, not at least 50",
            id="a number",
        ),
        pytest.param(
            {"when": "{shared_at: {after: decided_at}}"},
            {"shared_at": at(MONDAY), "decided_at": at("2026-09-08 09:00")},
            "shared_at is Mon 7 Sep 09:00, not after decided_at (Tue 8 Sep 09:00)",
            id="another column",
        ),
        pytest.param(
            {"when": "{shared_at: {before: 2026-09-01}}"},
            {"shared_at": at(MONDAY)},
            "shared_at is Mon 7 Sep 09:00, not before 2026-09-01",
            id="a day",
        ),
        pytest.param(
            {"when": "{shared_at: {before: 30 days ago}}"},
            {"shared_at": at(MONDAY)},
            "shared_at is Mon 7 Sep 09:00, not before 30 days ago",
            id="how long ago",
        ),
        pytest.param(
            {"exempt": "{internal: true, department: Health}"},
            {"internal": True},
            "exempt, since internal is true and department is Health",
            id="an exemption",
        ),
        pytest.param(
            {"clock": "{starts: interviewed_at, stops: told_at}"},
            {},
            "not started: interviewed_at is empty",
            id="no start",
        ),
        pytest.param(
            {"clock": "{starts: interviewed_at, stops: told_at}"},
            {"interviewed_at": at("2026-10-01 09:00")},
            "starts only Thu 1 Oct 09:00",
            id="a start to come",
        ),
        pytest.param(
            {"effective_from": "2026-09-10"},
            {},
            "started before 2026-09-10, when the rule took effect",
            id="too early",
        ),
        pytest.param(
            {"clock": "{starts: applied_at, stops: told_at, due: promised_at}"},
            {},
            "no deadline: promised_at is empty",
            id="no promise",
        ),
        pytest.param(
            {"clock": "{starts: applied_at, stops: told_at, due: promised_at}"},
            {"promised_at": at("2026-09-01 09:00")},
            "promised_at is not after the start",
            id="a promise of before",
        ),
    ],
)
def test_a_rule_that_does_not_concern_it_says_why(
    given: dict[str, str], changed: dict[str, Any], why: str
) -> None:
    if "due:" in given.get("clock", ""):
        given = given | {"target": "null"}
    found = build(case(application(**changed)), check(rule(**given), at(NOW)))
    assert (found.standing, found.why) == (Standing.APART, (why,))


def test_a_rule_that_concerns_it_has_no_reason_against() -> None:
    made = check(rule(exempt="{internal: true}"), at(NOW))
    assert not list(reasons(made, application()))


@pytest.mark.parametrize(
    ("column", "message", "changed", "verdict"),
    [
        ("first_reply_at", weighed(), {}, "counts"),
        (
            "first_reply_at",
            weighed("2026-09-04 10:00"),
            {},
            "does not count: before the start",
        ),
        (
            "first_reply_at",
            weighed("2026-09-30 10:00"),
            {},
            "does not count: planned, not sent yet",
        ),
        (
            "first_reply_at",
            weighed(bearing=Bearing.EARLY),
            {},
            "does not count: before the application",
        ),
        (
            "first_reply_at",
            weighed(bearing=Bearing.UNCLEAR),
            {},
            "does not count: unclear which job it is about",
        ),
        (
            "first_reply_at",
            weighed(bearing=Bearing.INBOUND, direction=Direction.IN),
            {},
            "from the candidate; answers nothing",
        ),
        ("last_inbound_at", weighed(bearing=Bearing.INBOUND), {}, "counts"),
        ("receipt_at", weighed(bearing=Bearing.RECEIPT), {}, "counts"),
        (
            "told_at",
            weighed(bearing=Bearing.UNSENT, delivery=Sending.QUEUED),
            {},
            "does not count: not sent yet",
        ),
        (
            "told_at",
            weighed(bearing=Bearing.UNSENT, delivery=Sending.FAILED),
            {},
            "does not count: was not delivered",
        ),
        ("told_at", weighed(), {}, "does not count: nothing is decided"),
        ("told_at", weighed(), AFTER_DECISION, "counts"),
        (
            "told_at",
            weighed(),
            AFTER_DECISION | {"told_at": at("2026-09-04 09:00")},
            "does not count: told_at keeps the first, from before the start",
        ),
        ("called_at", weighed(), {}, "does not count: not a call"),
        ("called_at", weighed(channel=Channel.PHONE), {}, "counts"),
        ("last_written_at", weighed(), {}, "counts"),
        (
            "last_written_at",
            weighed(channel=Channel.PHONE),
            {},
            "does not count: not in writing",
        ),
        (
            "decided_at",
            weighed(),
            {},
            "does not count: not what this clock waits for",
        ),
        ("reached_at", weighed(), AFTER_DECISION, "counts"),
        ("reached_at", weighed(), {}, "does not count: nothing is decided"),
        (
            "reached_at",
            weighed(),
            AFTER_DECISION | {"interviewed_at": at("2026-09-08 09:00")},
            "does not count: a call is due after an interview",
        ),
    ],
)
def test_each_message_has_its_verdict(
    column: str, message: Weighed, changed: dict[str, Any], verdict: str
) -> None:
    row = application(**changed)
    assert evidence.verdict(message, row, [column], at(MONDAY), at(NOW)) == verdict


@pytest.mark.parametrize(
    ("column", "sent_at", "channel", "verdict"),
    [
        ("told_at", "2026-09-10 08:58", Channel.EMAIL, "counts"),
        (
            "told_at",
            "2026-09-10 08:57",
            Channel.EMAIL,
            "does not count: before the decision",
        ),
        ("reached_at", "2026-09-10 08:00", Channel.PHONE, "counts"),
        (
            "reached_at",
            "2026-09-10 07:59",
            Channel.PHONE,
            "does not count: before the decision",
        ),
        (
            "last_reply_at",
            "2026-09-10 08:58",
            Channel.EMAIL,
            "does not count: before the start",
        ),
    ],
)
def test_what_was_said_just_before_a_decision_is_its_telling_and_no_more(
    column: str, sent_at: str, channel: Channel, verdict: str
) -> None:
    row, message = application(**AFTER_DECISION), weighed(sent_at, channel=channel)
    started_at = at("2026-09-10 09:00")
    assert evidence.verdict(message, row, [column], started_at, at(NOW)) == verdict


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (weighed(channel=Channel.SMS), "SMS to K. N."),
        (weighed(kind=MessageKind.AUTO), "automatic mail to K. N."),
        (weighed(bearing=Bearing.INBOUND, direction=Direction.IN), "mail from K. N."),
        (weighed(kind=MessageKind.DRAFT), "draft of a mail to K. N."),
        (weighed(bearing=Bearing.RECEIPT), "automatic receipt"),
        (weighed(bearing=Bearing.OTHER), "mail to K. N. about another application"),
    ],
)
def test_a_message_is_described_without_its_text(message: Weighed, text: str) -> None:
    assert evidence.describe(message, case()) == text


def test_a_late_clock_tells_what_is_next() -> None:
    found = build(case())
    assert found.standing is Standing.LATE
    assert said(found) == [
        ("applied", "starts"),
        ("step: target", "to be told"),
        ("14 days", "due"),
        ("now", "2 days late"),
    ]
    assert upcoming(found) == [("target", (INGRID,), at(NOW))]
    assert found.quiet == ""


def test_the_next_digest_carries_what_falls_due_before_it() -> None:
    ladder = "[{at: target, tell: owner}, {at: 1 hour after, tell: [manager, owner]}]"
    made = check(rule(ladder=ladder), at("2026-09-21 08:30"))
    found = build(case(), made)
    assert (found.standing, found.used) == (
        Standing.RUNNING,
        timedelta(days=13, hours=23, minutes=30),
    )
    assert [each.tell for each in found.next] == [(INGRID,)]
    assert found.next[0].goes_out_at == at("2026-09-21 09:00")
    later = build(case(), check(rule(ladder=ladder), at("2026-09-21 10:30")))
    assert [each.tell for each in later.next] == [(PER, INGRID)]


def test_what_is_too_old_nudges_nobody() -> None:
    found = build(case(), check(rule(backlog="1 day"), at(NOW)))
    assert found.quiet == "too old to nudge anybody about (1 day past due)"
    assert not said(found, Event.STEP)


def test_a_call_that_a_message_tells_of_is_one_line() -> None:
    call = weighed("2026-09-14 10:00", channel=Channel.PHONE)
    row = application(first_reply_at=call.message.sent_at)
    found = build(case(row, call))
    assert said(found, Event.MESSAGE, Event.STOP) == [
        ("call to K. N.", "stops, in time")
    ]


def test_a_stop_that_no_message_tells_of_has_the_words_of_its_column() -> None:
    found = build(case(application(first_reply_at=at("2026-09-22 10:00"))))
    assert said(found, Event.STOP) == [("first reply", "stops, 1 day late")]
    assert (found.standing, found.quiet) == (
        Standing.STOPPED,
        "the clock has stopped",
    )


def test_a_letter_just_before_the_decision_counts_with_it() -> None:
    letter = weighed("2026-09-10 08:59")
    row = application(**AFTER_DECISION, told_at=at("2026-09-10 09:00"))
    given = {"clock": "{starts: decided_at, stops: told_at}"}
    found = build(case(row, letter), check(rule(**given), at(NOW)))
    assert said(found, Event.STOP) == [("mail to K. N.", "stops, in time")]
    assert not said(found, Event.MESSAGE)


def test_a_wait_for_a_decision_lists_no_mail() -> None:
    given = {"clock": "{starts: applied_at, stops: decided_at}"}
    found = build(case(None, weighed()), check(rule(**given), at(NOW)))
    assert not said(found, Event.MESSAGE)


def test_a_reply_starts_the_next_wait() -> None:
    reply = weighed()
    given = {"clock": "{starts: last_reply_at, stops: [last_reply_at, told_at]}"}
    row = application(last_reply_at=reply.message.sent_at)
    found = build(case(row, reply), check(rule(**given), at(NOW)))
    assert said(found, Event.START, Event.MESSAGE) == [("mail to K. N.", "starts")]


PAUSING = {
    "clock": "{starts: applied_at, stops: told_at, pauses: {waiting_on: candidate}}"
}


def test_a_clock_that_stands_still_has_no_deadline_and_nothing_next() -> None:
    row = application(waiting_on=Ball.CANDIDATE, waiting_since=at("2026-09-18 09:00"))
    found = build(case(row), check(rule(**PAUSING), at(NOW)))
    assert (found.due_at, found.quiet) == (None, "the candidate has the ball")
    assert (found.used, found.standing) == (timedelta(days=11), Standing.RUNNING)
    assert said(found, Event.PAUSE, Event.NOW) == [
        ("still with the candidate", "stands still"),
        ("now", "stands still, 3 days left"),
    ]


def test_what_was_late_before_the_candidate_had_the_ball_stays_late() -> None:
    row = application(waiting_on=Ball.CANDIDATE, waiting_since=at("2026-09-22 10:00"))
    found = build(case(row), check(rule(**PAUSING), at(NOW)))
    assert (found.standing, found.due_at) == (Standing.LATE, at("2026-09-21 09:00"))
    assert found.notes == ("was late before the candidate got the ball",)


def test_spells_that_are_over_move_the_deadline() -> None:
    spell = (at("2026-09-01 09:00"), at("2026-09-09 09:00"))
    found = build(case(application(paused=(spell,))), check(rule(**PAUSING), at(NOW)))
    [pause] = [each for each in found.lines if each.event is Event.PAUSE]
    assert (pause.at, pause.until) == (at(MONDAY), at("2026-09-09 09:00"))
    assert (found.due_at, found.used) == (at(NOW), timedelta(days=14))


def test_what_a_source_cannot_tell_is_said_only_where_it_matters() -> None:
    blind = case(columns=frozenset(), knows_messages=False)
    pausing = build(blind, check(rule(**PAUSING), at(NOW)))
    assert pausing.notes == (
        "earlier pauses are not known: this source delivers no `paused`",
        "no messages are known, only what the application itself says",
    )
    assert build(blind).notes == pausing.notes[1:]
    decision = rule(clock="{starts: applied_at, stops: decided_at}")
    assert build(blind, check(decision, at(NOW))).notes == ()


def test_a_source_that_lags_is_not_late_yet() -> None:
    made = check(rule(), at("2026-09-21 09:20"), lag=timedelta(minutes=30))
    found = build(case(), made)
    assert found.standing is Standing.RUNNING
    assert said(found, Event.NOW) == [
        ("now", "less than an hour late, unless the source lags")
    ]
    assert found.notes == ("this source may lag by 30 minutes",)


def test_a_clock_with_a_day_of_its_own_is_due_on_it() -> None:
    given = {
        "clock": "{starts: applied_at, stops: told_at, due: promised_at}",
        "target": "null",
    }
    row = application(promised_at=at("2026-09-16 09:00"))
    found = build(case(row), check(rule(**given), at(NOW)))
    assert said(found, Event.DUE) == [("promised day", "due")]
    assert (found.due_at, found.used) == (row.promised_at, timedelta(days=16))


def told(status: str, **changed: Any) -> Telling:
    plain: dict[str, Any] = {
        "rule": "first-reply",
        "started_at": at(MONDAY),
        "firing": "target (+0 h)",
        "recipient": PER,
        "due_at": at("2026-09-21 09:00"),
        "status": status,
        "sent_at": None,
        "reason": None,
    }
    return Telling(**plain | changed)


@pytest.mark.parametrize(
    ("telling", "meaning"),
    [
        (told("sent", sent_at=at("2026-09-21 09:01")), "told"),
        (told("sent", sent_at=at("2026-09-21 09:01"), reader=PER), "told"),
        (
            told("sent", sent_at=at("2026-09-21 09:01"), reader="liv@example.org"),
            f"sent to liv@example.org, who reads for {PER}",
        ),
        (
            told("sent", sent_at=at("2026-09-21 09:01"), reader="#ops"),
            "sent to #ops, since nobody else could be reached",
        ),
        (
            told("failed", reader="liv@example.org"),
            "not told: could not be sent",
        ),
        (told("queued", recipient=INGRID), "waits to be sent"),
        (told("claimed", recipient=INGRID), "waits to be sent"),
        (
            told("queued", recipient=INGRID, due_at=at("2026-09-24 09:00")),
            "to be told",
        ),
        (told("queued"), "not told: no longer due"),
        (told("failed"), "not told: could not be sent"),
        (told("obsolete"), "not told: no longer due"),
        (
            told("obsolete", reason="somebody else owes this now"),
            "not told: somebody else owes this now",
        ),
    ],
)
def test_what_was_told_takes_the_place_of_the_step(
    telling: Telling, meaning: str
) -> None:
    found = build(case(), None, telling)
    assert said(found, Event.STEP, Event.TOLD) == [
        (f"{telling.recipient}, target", meaning)
    ]


def test_what_another_wait_told_is_left_out() -> None:
    others = (
        told("sent", started_at=at("2026-08-01 09:00")),
        told("sent", rule="silence"),
    )
    assert not said(build(case(), None, *others), Event.TOLD)


def test_a_step_that_was_passed_over_says_so() -> None:
    ladder = "[{at: 4 days before, tell: owner}, {at: target, tell: owner}]"
    found = build(case(), check(rule(ladder=ladder), at(NOW)), told("queued"))
    assert said(found, Event.STEP) == [("step: 4 days before", "passed over")]


def test_a_step_that_no_poll_has_seen_yet_is_not_passed_over() -> None:
    ladder = "[{at: 4 days before, tell: owner}, {at: target, tell: owner}]"
    warned = told(
        "sent", firing="4 days before (-96 h)", sent_at=at("2026-09-17 09:00")
    )
    seen = alert(state=State.WARNING, step=0)
    found = build(case(), check(rule(ladder=ladder), at(NOW)), warned, seen=seen)
    assert said(found, Event.STEP) == [("step: target", "to be told")]
    assert upcoming(found) == [("target", (INGRID,), at(NOW))]


PUBLIC = """[
  {at: 4 days before, tell: owner},
  {at: target, tell: owner, repeat: {every: 2 working days, at_most: 3}},
  {at: 5 working days after, tell: "#leads"}]"""
OUTAGE = "2026-10-17 12:00"  # a Saturday, weeks after the ladder's last step


def test_what_nobody_watched_was_told_to_nobody() -> None:
    found = build(case(), check(rule(ladder=PUBLIC), at(OUTAGE)))
    assert said(found, Event.STEP) == [
        ("step: 4 days before", "passed over"),
        ("step: target", "passed over"),
        ("step: target, again (1 of 3)", "passed over"),
        ("step: heads-up for 5 working days after", "to be told"),
        ("step: target, again (2 of 3)", "passed over"),
        ("step: 5 working days after", "to be told"),
        ("step: target, again (3 of 3)", "passed over"),
    ]
    monday = at("2026-10-19 09:00")
    heads_up = "heads-up for 5 working days after"
    assert upcoming(found) == [(heads_up, (INGRID,), monday)]


def test_after_an_outage_what_waits_is_told_with_what_fell_due() -> None:
    waits = told("queued", recipient=INGRID)
    made = check(rule(ladder=PUBLIC), at(OUTAGE))
    found = build(case(), made, waits, seen=alert(step=1))
    monday = at("2026-10-19 09:00")
    assert upcoming(found) == [
        ("target", (INGRID,), monday),
        ("heads-up for 5 working days after", (INGRID,), monday),
    ]


def test_who_heard_that_it_would_be_public_hears_it_no_second_time() -> None:
    made = check(rule(ladder=PUBLIC), at("2026-09-28 08:00"))
    [heads_up] = [each for each in made.rule.firings if "heads-up" in each.at]
    warned = told(
        "sent",
        firing=heads_up.name,
        recipient=INGRID,
        sent_at=at("2026-09-25 09:00"),
    )
    step = made.rule.firings.index(heads_up) + 1
    found = build(case(), made, warned, seen=alert(step=step))
    assert [each[:2] for each in upcoming(found)] == [
        ("5 working days after", ("#leads",))
    ]


def test_a_repeat_says_which_of_how_many_it_is() -> None:
    found = build(case(), check(rule(ladder=PUBLIC), at("2026-09-23 08:30")))
    assert [each.called for each in found.steps if each.kind is Kind.BREACH] == [
        "target",
        *(f"target, again ({number} of 3)" for number in (1, 2, 3)),
    ]


def test_a_step_of_an_older_ladder_keeps_its_name() -> None:
    older = told("sent", firing="3 days after (+72 h)", sent_at=at(NOW))
    assert said(build(case(), None, older), Event.TOLD) == [
        (f"{PER}, 3 days after", "told")
    ]


def test_who_has_the_digest_of_today_hears_tomorrow() -> None:
    waits = told("queued", recipient=INGRID)
    found = build(case(), None, waits, had=[INGRID])
    assert upcoming(found) == [("target", (INGRID,), at("2026-09-24 09:00"))]
    under_way = told("claimed", recipient=INGRID)
    found = build(case(), None, under_way, had=[INGRID])
    assert upcoming(found) == [("target", (INGRID,), at(NOW))]


def test_what_waits_goes_to_whoever_owes_the_step_now() -> None:
    waits = told("queued", recipient="left@example.org")
    found = build(case(), None, waits)
    assert said(found, Event.TOLD) == [
        ("left@example.org, target", "not told: no longer due")
    ]
    assert upcoming(found) == [("target", (INGRID,), at(NOW))]


def test_who_was_told_before_is_not_told_what_another_was_owed() -> None:
    sent = told("sent", recipient=INGRID, sent_at=at("2026-09-21 09:01"))
    found = build(case(), None, sent, told("queued"))
    assert (found.next, found.quiet) == ((), "the ladder is at its end")


def test_what_is_not_due_any_more_is_told_when_it_is_due_again() -> None:
    ladder = "[{at: 4 days before, tell: owner}, {at: target, tell: owner}]"
    warned = told("sent", firing="4 days before (-96 h)", recipient=INGRID)
    waits = told("queued", recipient=INGRID)
    made = check(rule(ladder=ladder, target="18 days"), at(NOW))
    found = build(case(), made, warned, waits, seen=alert(step=1))
    assert (f"{INGRID}, target", "not told: no longer due") in said(found)
    assert upcoming(found) == [("target", (INGRID,), at("2026-09-25 09:00"))]


def test_what_waits_is_not_told_once_the_clock_has_stopped() -> None:
    row = application(first_reply_at=at("2026-09-22 10:00"))
    found = build(case(row), None, told("queued", recipient=INGRID))
    assert said(found, Event.TOLD) == [
        (f"{INGRID}, target", "not told: the clock has stopped")
    ]
    assert (found.next, found.quiet) == ((), "the clock has stopped")


def test_what_was_settled_is_told_when_the_evidence_is_withdrawn() -> None:
    settled = told("obsolete", recipient=INGRID, reason=SETTLED)
    found = build(case(), None, settled, seen=alert(state=State.RESOLVED))
    assert upcoming(found) == [("target", (INGRID,), at(NOW))]
    assert said(found, Event.TOLD) == [(f"{INGRID}, target", "waits to be sent")]


def test_the_step_of_a_past_instant_is_the_one_that_was_reached_then() -> None:
    ladder = "[{at: 4 days before, tell: owner}, {at: target, tell: owner}]"
    warned = told("sent", firing="4 days before (-96 h)", recipient=INGRID)
    made = check(rule(ladder=ladder), at("2026-09-21 08:00"))
    later = History((alert(step=1),), (warned,), moved=frozenset({1}))
    found = timeline.build(made, case(), OFFICE, later)
    assert upcoming(found) == [("target", (INGRID,), at("2026-09-21 09:00"))]


def test_a_waived_wait_tells_nobody_although_it_goes_on() -> None:
    waived = alert(state=State.RESOLVED, reason=Reason.WAIVED)
    found = build(case(), None, told("queued", recipient=INGRID), seen=waived)
    assert found.next == ()
    assert found.quiet == "waived: somebody said that no reply is needed"


@pytest.mark.parametrize(
    ("until", "notes"),
    [
        pytest.param(
            "2026-09-25 09:00",
            ("snoozed by hand: nobody is told before Fri 25 Sep 09:00",),
            id="still",
        ),
        pytest.param("2026-09-21 09:00", (), id="over"),
    ],
)
def test_until_when_it_is_put_off_by_hand_is_said(
    until: str, notes: tuple[str, ...]
) -> None:
    late = alert(overlay=Overlay.SNOOZED, overlay_until=at(until))
    found = build(case(), seen=late)
    assert [each for each in found.notes if "by hand" in each] == list(notes)


def snoozed(until: str) -> Alert:
    return alert(overlay=Overlay.SNOOZED, overlay_until=at(until))


def silence(ends: str | None = None, **changed: Any) -> Silence:
    """Return a silence of this morning; a hold unless it is told what must fit."""
    plain: dict[str, Any] = {
        "starts_at": at("2026-09-23 08:00"),
        "ends_at": at(ends) if ends else None,
        "author": "kari",
        "reason": "the mail is down",
        "id": 3,
    }
    return Silence(**plain | changed)


@pytest.mark.parametrize(
    ("until", "goes_out_at"),
    [
        pytest.param("2026-09-24 17:00", "2026-09-25 09:00", id="after hours"),
        pytest.param("2026-09-25 11:00", "2026-09-25 11:00", id="within hours"),
        pytest.param("2026-09-22 11:00", NOW, id="over"),
    ],
)
def test_what_was_put_off_is_next_when_that_is_over(
    until: str, goes_out_at: str
) -> None:
    found = build(case(), None, told("queued", recipient=INGRID), seen=snoozed(until))
    assert upcoming(found) == [("target", (INGRID,), at(goes_out_at))]


def test_what_falls_due_while_it_is_put_off_goes_out_with_it() -> None:
    ladder = "[{at: target, tell: owner}, {at: 4 days after, tell: manager}]"
    waits = told("queued", recipient=INGRID)
    later = snoozed("2026-09-28 09:00")
    found = build(case(), check(rule(ladder=ladder), at(NOW)), waits, seen=later)
    monday = at("2026-09-28 09:00")
    assert upcoming(found) == [
        ("target", (INGRID,), monday),
        ("4 days after", (PER,), monday),
    ]


def test_a_silence_holds_back_also_what_no_poll_has_seen() -> None:
    held = silence("2026-09-25 08:30", department="health")
    found = build(case(), silences=[held])
    assert upcoming(found) == [("target", (INGRID,), at("2026-09-25 09:00"))]
    [note] = found.notes
    until = "nobody is told before Fri 25 Sep 08:30; the mail is down"
    assert note == f"silence 3 (department health) by kari: {until}"


def test_what_a_hold_without_an_end_holds_back_has_no_time() -> None:
    ladder = "[{at: target, tell: owner}, {at: 4 days after, tell: manager}]"
    found = build(case(), check(rule(ladder=ladder), at(NOW)), silences=[silence()])
    assert upcoming(found) == [("target", (INGRID,), None)]
    assert found.notes == (
        "hold 3 by kari: nobody is told until somebody ends it; the mail is down",
    )


def test_one_silence_after_another_is_one_long_silence() -> None:
    tomorrow = at("2026-09-24 17:00")
    both = [
        silence(starts_at=tomorrow, ends="2026-09-29 17:00"),
        silence("2026-09-25 08:00"),
    ]
    found = build(case(), silences=both)
    assert upcoming(found) == [("target", (INGRID,), at("2026-09-30 09:00"))]
    assert "by kari from Thu 24 Sep 17:00: nobody is told before" in found.notes[0]


def test_a_silence_that_begins_before_the_digest_holds_it_back() -> None:
    night = silence("2026-09-24 12:00", starts_at=at("2026-09-24 06:00"))
    waits = told("queued", recipient=INGRID)
    found = build(case(), None, waits, had=[INGRID], silences=[night])
    assert upcoming(found) == [("target", (INGRID,), at("2026-09-24 12:00"))]


@pytest.mark.parametrize(
    ("matcher", "fits"),
    [
        ({"rule": "first-reply"}, True),
        ({"rule": "silence"}, False),
        ({"job": "NURSE"}, True),
        ({"job": "j1"}, True),
        ({"job": "Cook"}, False),
        ({"rule": "first-reply", "department": "Sales"}, False),
        ({"source": "ats", "department": "Health"}, True),
    ],
)
def test_a_silence_fits_what_all_it_names_fits(
    matcher: dict[str, str], *, fits: bool
) -> None:
    found = build(case(), silences=[silence(**matcher)])
    assert bool(found.notes) == fits


def test_a_clock_that_has_stopped_needs_no_silence() -> None:
    row = application(first_reply_at=at("2026-09-22 10:00"))
    assert not build(case(row), silences=[silence()]).notes


def test_a_ladder_that_was_told_whole_is_at_its_end() -> None:
    sent = told("sent", recipient=INGRID, sent_at=at("2026-09-21 09:01"))
    found = build(case(), None, sent)
    assert (found.next, found.quiet) == ((), "the ladder is at its end")


def test_a_search_keeps_the_applications_of_one_address() -> None:
    rows = [
        application(application_id="A0", candidate_email="ola@example.org"),
        application(application_id="A1", candidate_email="kari@example.org"),
        application(
            application_id="A2",
            candidate_email="kari@example.org",
            job_title="Controller",
        ),
        application(application_id="A3"),
    ]
    mail = weighed(
        application_id=None, subject_hint="Controller", candidate_email="kari@x"
    ).message
    search = Search("A1")
    assert search.read(iter(rows)) == rows[1]
    found = search.case([mail], name="K. N.", columns=["paused"])
    [about] = found.said
    assert (about.bearing, about.other) == (Bearing.OTHER, "A2")
    assert evidence.describe(about, found) == "mail to K. N. about Controller"


def test_a_search_offers_what_looks_alike() -> None:
    search = Search("8821")
    assert search.read([application(application_id="8812")]) is None
    assert search.similar() == ["8812"]
    with pytest.raises(ValueError, match="nothing was found"):
        search.case([], name="", columns=[])


def test_an_application_without_an_address_stands_alone() -> None:
    rows = [application(application_id=each) for each in ("A1", "A2")]
    search = Search("A1")
    search.read(rows)
    found = search.case([weighed(application_id=None).message], name="", columns=[])
    assert found.said[0].bearing is Bearing.REPLY


def test_a_day_of_the_office_decides_when_the_digest_goes_out() -> None:
    digests = Digests(calendar(date(2026, 9, 21)), time(9))
    office = replace(OFFICE, digests=digests)
    found = timeline.build(check(rule(), at("2026-09-20 12:00")), case(), office)
    assert found.next[0].goes_out_at == at("2026-09-22 09:00")
