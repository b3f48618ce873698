"""What a delivery reports of the line to Slack: calls, waits and look-ups."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.delivery import Report
from monitor.delivery.round import Reconciled, Wait
from monitor.errors import DeliveryError, Outcome
from monitor.slack import answers
from monitor.slack.answers import Method, Verdict
from tests.builders import INGRID, PER
from tests.fakes import TOKEN, Fault, http, ratelimited, refuse, reset
from tests.stories.delivery.post_office import MINUTE, PostOffice, opened

TICK = timedelta(seconds=5)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    with opened(f"sqlite:///{tmp_path}/svar.db", tmp_path) as ready:
        yield ready


def runs(office: PostOffice, times: int, after: timedelta) -> list[Report]:
    return [office.deliver(after=after) for _ in range(times)]


def reconciled(reports: list[Report]) -> Counter[Reconciled]:
    return sum((report.reconciled for report in reports), Counter())


@pytest.mark.parametrize(
    ("outcome", "reason", "verdict"),
    [
        (Outcome.TOKEN, "invalid_auth", Verdict.AUTH),
        (Outcome.NOT_SENT, "ratelimited", Verdict.RATE_LIMITED),
        (Outcome.NOT_SENT, "ConnectionRefusedError", Verdict.UNAVAILABLE),
        (Outcome.NOT_SENT, "gaierror", Verdict.UNAVAILABLE),
        (Outcome.NOT_SENT, "message_not_found", Verdict.REFUSED),
        (Outcome.ROUTE, "channel_not_found", Verdict.REFUSED),
        (Outcome.FORM, "invalid_blocks", Verdict.REFUSED),
        (Outcome.UNKNOWN, "some_new_word", Verdict.REFUSED),
        (Outcome.UNKNOWN, "fatal_error", Verdict.UNKNOWN),
        (Outcome.UNKNOWN, "http_503", Verdict.UNKNOWN),
        (Outcome.UNKNOWN, "TimeoutError", Verdict.UNKNOWN),
    ],
    ids=str,
)
def test_each_failure_is_one_of_a_few_words(
    outcome: Outcome, reason: str, verdict: Verdict
) -> None:
    assert answers.verdict(DeliveryError(outcome, reason)) is verdict


def test_the_calls_of_a_first_message_are_counted(office: PostOffice) -> None:
    office.owe()
    assert office.deliver().calls == {
        (Method.LOOKUP, Verdict.OK): 1,
        (Method.OPEN, Verdict.OK): 1,
        (Method.POST, Verdict.OK): 1,
    }
    office.answered()
    assert office.deliver(after=MINUTE).calls == {(Method.UPDATE, Verdict.OK): 1}


@pytest.mark.parametrize(
    ("fault", "verdict"),
    [
        (refuse("invalid_auth"), Verdict.AUTH),
        (refuse("is_archived"), Verdict.REFUSED),
        (ratelimited("30"), Verdict.RATE_LIMITED),
        (http(503), Verdict.UNKNOWN),
        (reset(effect=True), Verdict.UNKNOWN),
    ],
    ids=["auth", "refused", "rate limited", "page", "reset"],
)
def test_a_call_that_fails_is_counted_by_what_came_of_it(
    office: PostOffice, fault: Fault, verdict: Verdict
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", fault)
    assert office.deliver().calls[Method.POST, verdict] == 1


def test_a_slack_that_is_down_is_unavailable(office: PostOffice) -> None:
    office.owe()
    office.slack.down()
    assert office.deliver().calls == {(Method.LOOKUP, Verdict.UNAVAILABLE): 1}


def test_a_call_that_its_own_pace_holds_back_is_none(office: PostOffice) -> None:
    for number in range(30):
        who = f"p{number}@example.org"
        office.slack.add(who)
        office.owe(who, application=f"A{number}")
    first = office.deliver()
    assert first.calls[Method.POST, Verdict.OK] == 20
    assert first.waited == {}
    waited = [each.waited for each in runs(office, 4, TICK)]
    assert waited[0] == {Wait.OWN_PACE: 5.0}
    assert waited[-1] == {}


def test_the_time_that_slack_asked_for_is_counted_as_it_passes(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", ratelimited("90"))
    office.deliver()
    waited = [each.waited for each in runs(office, 20, TICK)]
    assert waited[:18] == [{Wait.RETRY_AFTER: 5.0}] * 18
    assert waited[18:] == [{}, {}]


def test_a_clock_that_is_set_back_counts_no_wait(office: PostOffice) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", ratelimited("90"))
    office.deliver()
    assert office.deliver(after=-timedelta(minutes=5)).waited == {Wait.RETRY_AFTER: 0.0}


def test_a_token_that_is_asked_about_again_is_a_call_too(office: PostOffice) -> None:
    office.owe()
    office.slack.token = "xoxb-another"  # noqa: S105 - opens nothing
    office.deliver()
    assert office.deliver(after=MINUTE).calls == {(Method.AUTH, Verdict.AUTH): 1}
    office.slack.token = TOKEN
    assert office.deliver(after=MINUTE).calls[Method.AUTH, Verdict.OK] == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_a_look_up_finds_the_message_or_not(office: PostOffice, arrived: bool) -> None:  # noqa: FBT001 - one of two
    office.owe()
    office.slack.fail("chat.postMessage", reset(effect=arrived))
    office.deliver()
    found = Reconciled.FOUND if arrived else Reconciled.NOT_FOUND
    assert reconciled(runs(office, 3, MINUTE)) == {found: 1}


def test_a_look_up_that_fails_is_an_error_each_time(office: PostOffice) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", reset(effect=True))
    office.slack.fail("conversations.history", http(500), ratelimited("120"))
    came_to = reconciled(runs(office, 8, MINUTE))
    assert came_to == {Reconciled.ERROR: 2, Reconciled.FOUND: 1}


def test_two_people_are_looked_up_apart(office: PostOffice) -> None:
    office.slack.add(PER, "Per")
    office.owe(INGRID)
    office.deliver()
    office.owe(PER, application="A2")
    assert office.deliver(after=TICK).calls[Method.LOOKUP, Verdict.OK] == 1
