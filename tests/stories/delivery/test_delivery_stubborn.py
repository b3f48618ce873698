"""One person, channel or message that Slack refuses holds nobody else up."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.alerts import settle
from monitor.evaluate import Ending, Verdict
from monitor.store import ledger
from tests.builders import INGRID, PER
from tests.fakes import ratelimited, refuse
from tests.stories.delivery.post_office import (
    MINUTE,
    OPS,
    PostOffice,
    opened,
    state_url,
)

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(seconds=5)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    with opened(state_url(request, tmp_path), tmp_path) as ready:
        ready.slack.add(PER, "Per")
        yield ready


def twice(office: PostOffice) -> None:
    """Let a message to Ingrid stand twice, to be swept later."""
    office.owe()
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    office.deliver()
    office.deliver(after=MINUTE)
    office.slack.arrive_late(office.slack.to(INGRID)[0])


@pytest.mark.parametrize(
    ("method", "error"),
    [
        ("chat.delete", "cant_delete_message"),
        ("chat.delete", "compliance_exports_prevent_deletion"),
        ("chat.delete", "some_new_error"),
        ("conversations.history", "some_new_error"),
        ("conversations.history", "no_permission"),
    ],
)
def test_a_sweep_that_slack_refuses_keeps_nobody_waiting(
    office: PostOffice, method: str, error: str
) -> None:
    twice(office)
    office.slack.fail(method, *[refuse(error)] * 20)
    office.owe(PER, application="A2")
    for _ in range(3):
        office.deliver(after=MINUTE)
    assert len(office.said(PER)) == 1


def test_a_channel_that_may_not_be_written_to_is_no_lost_token(
    office: PostOffice,
) -> None:
    office.owe()
    office.owe(PER, application="A2")
    office.slack.fail("chat.postMessage", *[refuse("no_permission")] * 2)
    assert office.deliver().is_token_valid
    assert len(office.said(PER)) == 1
    assert len(office.said(OPS)) == 1


def test_an_answer_that_nobody_knows_leads_to_the_fallback_in_the_end(
    office: PostOffice,
) -> None:
    office.owe()
    # Each look-up finds nothing; the third time her channel is asked for anew as well.
    office.slack.fail("chat.postMessage", *[refuse("some_new_error")] * 4)
    for _ in range(4):
        office.deliver(after=MINUTE)
    assert len(office.said(OPS)) == 1
    assert not office.said()
    assert office.notices() == ["sent"]


def test_who_is_asked_to_wait_again_and_again_is_told_in_their_own_channel(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", *[ratelimited("30")] * 4)
    for _ in range(8):
        office.deliver(after=MINUTE)
    assert len(office.said()) == 1
    assert not office.said(OPS)


def test_what_arrives_late_is_taken_away_however_long_the_post_was_tried(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", *[ratelimited("3600")])
    office.deliver()
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    office.deliver(after=HOUR + MINUTE)
    office.deliver(after=MINUTE)
    office.deliver(after=3 * MINUTE)  # swept, and nothing has arrived
    office.slack.arrive_late(office.slack.to(INGRID)[0])
    office.deliver(after=16 * MINUTE)
    assert len(office.said()) == 1


def test_who_stood_still_after_a_claim_posts_nothing_before_a_new_look(
    office: PostOffice,
) -> None:
    def reading() -> float:
        """Stand still while Slack is asked who Ingrid is: by then she is claimed for."""
        return 90.0 if office.slack.count("users.lookupByEmail") else 0.0

    office.restart(stopwatch=reading)
    office.owe()
    office.deliver()
    assert not office.said()
    office.restart()
    office.deliver(after=2 * MINUTE)
    office.deliver(after=MINUTE)
    assert len(office.said()) == 1


def test_others_are_told_while_slack_refuses_some_in_unknown_words(
    office: PostOffice,
) -> None:
    office.owe()
    office.owe(PER, application="A2")
    office.slack.fail("chat.postMessage", refuse("some_new_error"))
    office.deliver()
    assert len(office.said(PER)) == 1


def test_the_shared_post_does_not_wait_for_one_who_cannot_be_asked_for(
    office: PostOffice,
) -> None:
    office.slack.fail("users.lookupByEmail", refuse("fatal_error"))
    office.owe("a@example.org", application="A1")
    office.owe("gone@example.org", application="A2")
    office.deliver()
    office.deliver(after=timedelta(seconds=1))
    assert len(office.said(OPS)) == 1


def test_a_restart_after_a_gap_still_looks_before_it_sends(office: PostOffice) -> None:
    office.deliver()
    office.at += HOUR
    office.deliver()
    office.restart()
    office.owe()
    office.deliver(after=MINUTE)
    assert office.slack.count("conversations.history") == 1
    assert len(office.said()) == 1


def test_a_clock_that_was_ahead_holds_nothing_up(office: PostOffice) -> None:
    office.at += DAY
    office.owe()
    office.slack.fail("chat.postMessage", ratelimited("30"))
    office.deliver()
    office.at -= DAY
    office.owe(PER, application="A2")
    for _ in range(4):
        office.deliver(after=TICK)
    assert len(office.said(PER)) == 1


def test_an_alert_that_a_poll_is_closing_is_left_to_the_next_tick(
    postgresql: str, tmp_path: Path
) -> None:
    """In SQLite the two wait for each other."""
    with opened(postgresql, tmp_path) as office:
        tell_while_closing(office)


def tell_while_closing(office: PostOffice) -> None:
    first = office.owe(candidate="K. N.")
    office.owe(application="A2", candidate="O. D.")
    change = settle(first, Verdict(Ending.STOPPED, office.at))
    with office.store.write() as poll:
        ledger.apply(poll, [(change, ())], now=office.at)
        office.deliver()
    [said] = office.said()
    assert "O. D." in said
    assert "K. N." not in said
