"""What goes wrong on the way to Slack, and that each notice is one message all the same."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from monitor.errors import StoreError
from monitor.slack import Slack
from tests.builders import INGRID, PER, at
from tests.fakes import (
    TOKEN,
    Fault,
    Killed,
    Meanwhile,
    die,
    garbled,
    hang,
    http,
    ratelimited,
    refuse,
    reset,
)
from tests.stories.delivery.post_office import (
    LEADS,
    MINUTE,
    OPS,
    PostOffice,
    opened,
    state_url,
)

TICK = timedelta(seconds=5)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    with opened(state_url(request, tmp_path), tmp_path) as ready:
        yield ready


def interrupt(office: PostOffice, moment: str, happens: Callable[[], None]) -> None:
    """Let something happen in the middle of the delivery's next call."""
    slack = Slack(TOKEN, office.slack.url, timeout=1)
    office.restart(Meanwhile(slack, moment, happens))


def rename(office: PostOffice, table: str, to: str) -> None:
    with office.store.write() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


def test_slack_down_for_an_hour_loses_and_doubles_nothing(office: PostOffice) -> None:
    everybody = [INGRID, "ada@example.org", "bo@example.org", LEADS]
    for number, who in enumerate(everybody):
        if number in {1, 2}:
            office.slack.add(who)
        office.owe(who, application=f"A{number}")
    office.slack.down()
    for _ in range(60):
        report = office.deliver(after=MINUTE)
        assert set(report.errors) <= {"not_sent:ConnectionRefusedError"}
        assert report.is_token_valid
    assert office.backlog().oldest_due_at == at("2026-09-07 09:00")
    office.slack.up()
    for _ in range(60):
        office.deliver(after=MINUTE)
    assert [len(office.slack.to(who)) for who in everybody] == [1, 1, 1, 1]
    assert office.notices() == ["sent"] * 4
    assert office.backlog().oldest_due_at is None


def test_slack_down_costs_one_call_a_run(office: PostOffice) -> None:
    for number in range(5):
        office.slack.add(f"p{number}@example.org")
        office.owe(f"p{number}@example.org", application=f"A{number}")
    office.slack.fail("users.lookupByEmail", *[hang(effect=False)] * 5)
    office.deliver()
    assert len(office.slack.requests) == 1


def test_a_slack_that_hangs_costs_one_time_out_a_run(office: PostOffice) -> None:
    for number in range(3):
        office.slack.add(f"p{number}@example.org")
        office.owe(f"p{number}@example.org", application=f"A{number}")
    office.slack.fail("chat.postMessage", hang(effect=True))
    office.deliver()
    assert office.slack.count("chat.postMessage") == 1
    office.slack.fail("conversations.history", hang(effect=False))
    office.deliver(after=MINUTE)
    assert office.slack.requests[-1].method == "conversations.history"
    for _ in range(3):
        office.deliver(after=MINUTE)
    assert [message.channel for message in office.slack.messages] == [
        "DU2",
        "DU3",
        "DU4",
    ]


def test_a_person_known_to_be_lost_is_not_asked_for_at_each_try(
    office: PostOffice,
) -> None:
    office.owe(PER)
    office.slack.fail("chat.postMessage", http(500), ratelimited("5"))
    for _ in range(5):
        office.deliver(after=MINUTE)
    assert len(office.said(OPS)) == 1
    # Per and the deputy, once each.
    assert office.slack.count("users.lookupByEmail") == 2


def test_a_message_that_goes_out_late_says_what_is_so_then(office: PostOffice) -> None:
    office.owe()
    office.slack.down()
    office.deliver()
    office.slack.up()
    office.at = at("2026-09-07 14:00")
    office.deliver()
    assert office.said()[0].startswith("*Good afternoon, Ingrid.")
    office.at = at("2026-09-07 20:00")
    office.answered()
    office.deliver(after=MINUTE)
    [message] = office.slack.to(INGRID)
    assert message.edits == 1
    assert message.shown.startswith("*Good afternoon, Ingrid.")


def test_a_run_that_takes_long_leaves_the_rest_to_the_next_tick(
    office: PostOffice,
) -> None:
    everybody = [f"{name}@example.org" for name in "abc"]
    for who in everybody:
        office.slack.add(who)
        office.owe(who, application=who)
    # Each post takes eleven seconds, as this watch has it.
    office.restart(stopwatch=lambda: 11.0 * office.slack.count("chat.postMessage"))
    office.deliver()
    assert [len(office.said(who)) for who in everybody] == [1, 1, 0]
    office.deliver(after=TICK)
    assert [len(office.said(who)) for who in everybody] == [1, 1, 1]


def test_a_post_to_a_channel_set_by_its_name_is_looked_up_by_its_id(
    office: PostOffice,
) -> None:
    office.owe(LEADS)
    office.deliver()
    office.at += timedelta(days=1)
    office.owe(LEADS, application="A2")
    office.slack.fail("chat.postMessage", reset(effect=True))
    office.deliver()
    report = office.deliver(after=MINUTE)
    assert (report.posts, report.errors) == ({"sent": 1}, {})
    assert len(office.said(LEADS)) == 2


def test_an_id_that_became_known_since_serves_the_look_up_too(
    office: PostOffice,
) -> None:
    office.owe(PER)
    office.slack.fail("chat.postMessage", reset(effect=True))
    office.deliver()
    office.owe(OPS, application="A2")
    office.deliver(after=TICK)
    office.deliver(after=MINUTE)
    assert len(office.said(OPS)) == 2
    assert office.notices() == ["sent", "sent"]


def test_a_429_holds_everything_for_as_long_as_slack_asks(office: PostOffice) -> None:
    office.slack.add(PER, "Per")
    office.owe()
    office.owe(PER, application="A2")
    office.slack.fail("chat.postMessage", ratelimited("90"))
    office.deliver()
    asked = len(office.slack.requests)
    for _ in range(17):
        office.deliver(after=TICK)
    assert len(office.slack.requests) == asked
    office.deliver(after=TICK)
    assert len(office.said()) == len(office.said(PER)) == 1


def test_a_429_on_the_way_to_a_person_is_honoured_too(office: PostOffice) -> None:
    office.owe()
    office.slack.fail("users.lookupByEmail", ratelimited("30"))
    office.deliver()
    office.deliver(after=TICK)
    assert len(office.slack.requests) == 1
    office.deliver(after=timedelta(seconds=30))
    assert len(office.said()) == 1


def test_a_wrong_token_stops_the_sending_and_keeps_the_queue(
    office: PostOffice,
) -> None:
    office.slack.add(PER, "Per")
    office.owe()
    office.owe(PER, application="A2")
    office.slack.token = "xoxb-another"  # noqa: S105 - opens nothing
    report = office.deliver()
    assert not report.is_token_valid
    assert report.errors == {"token:invalid_auth": 1}
    assert office.notices() == ["queued", "queued"]
    for _ in range(11):
        assert not office.deliver(after=TICK).is_token_valid
    assert len(office.slack.requests) == 1
    assert not office.deliver(after=TICK).is_token_valid
    assert office.slack.requests[-1].method == "auth.test"
    office.slack.token = TOKEN
    assert office.deliver(after=MINUTE).is_token_valid
    assert len(office.said()) == len(office.said(PER)) == 1


def test_a_token_that_is_lost_between_two_calls_leaves_nothing_claimed(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", refuse("token_revoked"))
    assert not office.deliver().is_token_valid
    assert office.statuses() == ["waiting"]
    assert office.deliver(after=MINUTE).is_token_valid
    assert len(office.said()) == 1


def test_a_token_that_is_lost_at_an_edit_edits_later(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.answered()
    office.slack.fail("chat.update", refuse("invalid_auth"))
    assert not office.deliver(after=MINUTE).is_token_valid
    assert office.deliver(after=MINUTE).is_token_valid
    assert office.slack.to(INGRID)[0].edits == 1


UNCLEAR = {
    "timeout": hang(effect=True),
    "timeout before": hang(effect=False),
    "reset": reset(effect=True),
    "reset before": reset(effect=False),
    "unparsable": garbled(b"<html>"),
    "no object": garbled(b"[1]"),
    "500": http(500),
    "fatal_error": refuse("fatal_error"),
}


@pytest.mark.parametrize("fault", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_what_may_have_arrived_is_looked_up_and_is_one_message(
    office: PostOffice, fault: Fault
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", fault)
    office.deliver()
    assert office.statuses() == ["unknown"]
    office.deliver(after=TICK)
    assert office.slack.count("conversations.history") == 0
    office.deliver(after=MINUTE)
    assert len(office.said()) == 1
    assert office.notices() == ["sent"]
    office.answered()
    office.deliver(after=MINUTE)
    assert office.slack.to(INGRID)[0].edits == 1


def test_a_look_up_that_fails_is_made_again(office: PostOffice) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", reset(effect=True))
    office.slack.fail("conversations.history", http(500), ratelimited("120"))
    for _ in range(3):
        office.deliver(after=MINUTE)
        assert office.statuses() == ["unknown"]
    for _ in range(4):
        office.deliver(after=MINUTE)
    assert office.statuses() == ["sent"]
    assert len(office.said()) == 1


@pytest.mark.parametrize("error", ["missing_scope", "channel_not_found"])
def test_where_nothing_can_be_looked_up_the_notice_is_sent_again(
    office: PostOffice, error: str
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", reset(effect=False))
    office.slack.fail("conversations.history", refuse(error))
    office.deliver()
    report = office.deliver(after=MINUTE)
    assert report.errors == {f"route:{error}": 1}
    assert report.is_token_valid
    assert len(office.said()) == 1


DEATHS = ["before lookup", "after open", "before post", "after post", "after find"]


@pytest.mark.parametrize("dies", DEATHS)
def test_a_process_that_dies_leaves_exactly_one_message(
    office: PostOffice, dies: str
) -> None:
    office.owe()
    if dies == "after find":
        office.slack.fail("chat.postMessage", reset(effect=True))
        office.deliver()
        office.at += MINUTE
    interrupt(office, dies, die)
    with pytest.raises(Killed):
        office.deliver()
    office.restart()
    for _ in range(3):
        office.deliver(after=MINUTE)
    assert len(office.said()) == 1
    assert office.notices() == ["sent"]


@pytest.mark.parametrize("dies", ["before post", "after post"])
def test_a_process_that_died_yesterday_leaves_exactly_one_message(
    office: PostOffice, dies: str
) -> None:
    office.owe()
    interrupt(office, dies, die)
    with pytest.raises(Killed):
        office.deliver()
    office.restart()
    office.at = at("2026-09-08 09:00")
    for _ in range(3):
        office.deliver(after=MINUTE)
    assert len(office.said()) == 1
    assert office.notices() == ["sent"]


def test_an_edit_that_was_cut_off_is_made_again(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.answered()
    interrupt(office, "after update", die)
    with pytest.raises(Killed):
        office.deliver(after=MINUTE)
    office.restart()
    office.deliver()
    [message] = office.slack.to(INGRID)
    assert "~K. N." in message.shown
    office.deliver(after=MINUTE)
    assert message.edits == 2


def test_a_claim_that_is_fresh_is_left_alone(office: PostOffice) -> None:
    office.owe()
    interrupt(office, "before post", die)
    with pytest.raises(Killed):
        office.deliver()
    office.restart()
    office.deliver(after=timedelta(seconds=59))
    assert office.statuses() == ["claimed"]


def test_blocks_that_slack_refuses_become_plain_text_once(office: PostOffice) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", refuse("invalid_blocks"))
    report = office.deliver()
    assert report.errors == {"form:invalid_blocks": 1}
    [message] = office.slack.to(INGRID)
    assert message.blocks == []
    assert "K. N. · Nurse" in message.text
    office.answered()
    office.deliver(after=MINUTE)
    assert message.blocks == []
    assert "~K. N. · Nurse" in message.text


def test_plain_text_that_slack_refuses_waits_and_does_not_spin(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", *[refuse("msg_too_long")] * 3)
    office.deliver()
    assert office.slack.count("chat.postMessage") == 2
    office.deliver(after=MINUTE)
    office.deliver(after=MINUTE)
    assert len(office.said()) == 1


def test_an_edit_that_slack_refuses_is_tried_as_plain_text_and_given_up(
    office: PostOffice,
) -> None:
    office.owe()
    office.deliver()
    office.answered()
    office.slack.fail("chat.update", *[refuse("invalid_blocks")] * 2)
    for _ in range(5):
        office.deliver(after=MINUTE)
    assert office.slack.count("chat.update") == 2


def test_edits_go_on_where_slack_stopped_them(office: PostOffice) -> None:
    for number in range(3):
        office.slack.add(f"p{number}@example.org")
        office.owe(f"p{number}@example.org", application=f"A{number}")
    office.deliver()
    for number in range(3):
        office.answered(f"A{number}")
    office.slack.fail("chat.update", http(500), ratelimited("20"))
    for _ in range(5):
        office.deliver(after=MINUTE)
    assert [message.edits for message in office.slack.messages] == [1, 1, 1]


def test_a_reply_during_an_edit_is_shown_by_the_next_edit(office: PostOffice) -> None:
    office.owe(candidate="A. A.")
    office.owe(application="A2", candidate="B. B.")
    office.deliver()
    office.answered()
    interrupt(office, "before update", lambda: office.answered("A2"))
    office.deliver(after=MINUTE)
    assert "~B. B." not in office.said()[0]
    office.restart()
    office.deliver(after=MINUTE)
    assert "~B. B." in office.said()[0]


def test_a_refusal_that_nobody_knows_on_the_way_to_a_person_holds_nobody_up(
    office: PostOffice,
) -> None:
    everybody = [f"{name}@example.org" for name in "abc"]
    for who in everybody:
        office.slack.add(who)
        office.owe(who, application=who)
    office.slack.fail("conversations.open", refuse("a_code_of_next_year"))
    office.deliver()
    assert [len(office.said(who)) for who in (*everybody, OPS)] == [0, 1, 1, 1]


def test_a_state_that_fails_in_the_middle_is_made_good_later(
    office: PostOffice,
) -> None:
    office.owe()
    interrupt(office, "after post", lambda: rename(office, "posts", "elsewhere"))
    with pytest.raises(StoreError, match="cannot be written"):
        office.deliver()
    rename(office, "elsewhere", "posts")
    office.restart()
    for _ in range(2):
        office.deliver(after=MINUTE)
    assert len(office.said()) == 1
    assert office.notices() == ["sent"]


STUMBLES: dict[str, Fault | str] = {
    "dies before": "before post",
    "dies after": "after post",
    "reset before": reset(effect=False),
    "reset after": reset(effect=True),
    "500": http(500),
    "unparsable": garbled(b"<html>"),
    "fatal_error": refuse("fatal_error"),
    "ratelimited": ratelimited("30"),
    "channel_not_found": refuse("channel_not_found"),
    "invalid_blocks": refuse("invalid_blocks"),
    "invalid_auth": refuse("invalid_auth"),
}


def stumble(office: PostOffice, over: Fault | str) -> None:
    """Run once with a fault or a death in the next post, and go on as a new process."""
    if isinstance(over, Fault):
        office.slack.fail("chat.postMessage", over)
        office.deliver()
    else:
        interrupt(office, over, die)
        with suppress(Killed):
            office.deliver()
    office.slack.heal()
    office.restart()
    office.at += 2 * MINUTE


@pytest.mark.parametrize("first", STUMBLES.values(), ids=STUMBLES.keys())
def test_any_two_faults_in_a_row_leave_exactly_one_message(
    office: PostOffice, first: Fault | str
) -> None:
    for name, second in STUMBLES.items():
        before = len(office.slack.messages)
        office.slack.add(name)
        office.owe(name, application=name)
        stumble(office, first)
        stumble(office, second)
        for _ in range(4):
            office.deliver(after=MINUTE)
        assert len(office.slack.messages) - before == 1, name
    assert set(office.notices()) == {"sent"}
