"""Who reads what and when: the delivery over a real state, SQLite and PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from monitor.outbox import NOBODY
from monitor.rules import Rulebook
from monitor.terminal import Terminal
from tests.builders import INGRID, PER, at
from tests.fakes import refuse
from tests.stories.delivery.post_office import (
    DEPUTY,
    LEADS,
    MINUTE,
    OPS,
    PostOffice,
    opened,
    state_url,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    with opened(state_url(request, tmp_path), tmp_path) as ready:
        yield ready


def test_all_that_is_due_goes_out_as_one_message(office: PostOffice) -> None:
    for number in range(5):
        office.owe(application=f"A{number}")
    report = office.deliver()
    [said] = office.said()
    assert said.startswith(
        "*Good morning, Ingrid. 5 people on today's list are waiting for an answer"
    )
    assert report.posts == {"sent": 1}
    assert office.notices() == ["sent"] * 5
    assert len(report.told[0].told) == 5


def test_a_person_gets_one_message_a_day(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.owe(application="A2")
    for _ in range(6):
        office.deliver(after=HOUR)
    assert len(office.said()) == 1
    office.at = at("2026-09-08 09:00")
    office.deliver()
    assert len(office.said()) == 2


@pytest.mark.parametrize(
    ("local", "goes"),
    [
        ("2026-09-07 08:59", False),
        ("2026-09-07 09:00", True),
        ("2026-09-07 15:59", True),
        ("2026-09-07 16:00", False),
        ("2026-09-12 10:00", False),
        ("2026-12-25 10:00", False),
    ],
    ids=["before nine", "nine", "just open", "closed", "saturday", "christmas"],
)
def test_nothing_goes_out_outside_working_hours(
    office: PostOffice, local: str, *, goes: bool
) -> None:
    office.owe()
    office.at = at(local)
    office.deliver()
    assert bool(office.said()) is goes
    assert office.notices() == ["sent" if goes else "queued"]


def test_what_is_not_due_yet_waits(office: PostOffice) -> None:
    office.at += HOUR
    office.owe()
    office.at -= HOUR
    office.deliver()
    assert not office.said()


def test_an_alert_that_closed_before_is_not_spoken_of(office: PostOffice) -> None:
    office.owe()
    office.answered()
    office.deliver()
    assert office.notices() == ["obsolete"]
    assert not office.slack.requests


def test_an_alert_that_closed_while_slack_was_down_is_not_spoken_of(
    office: PostOffice,
) -> None:
    office.owe()
    office.owe(application="A2", candidate="B. B.")
    office.slack.down()
    office.deliver()
    office.answered("A2")
    office.slack.up()
    office.deliver(after=MINUTE)
    [said] = office.said()
    assert "B. B." not in said
    office.answered()
    office.deliver(after=MINUTE)
    assert office.notices() == ["sent", "obsolete"]
    assert "B. B." not in office.said()[0]


def test_a_post_whose_alerts_all_closed_is_given_up(office: PostOffice) -> None:
    office.owe()
    office.slack.down()
    office.deliver()
    office.answered()
    office.slack.up()
    office.deliver(after=MINUTE)
    assert (office.statuses(), office.notices()) == ([], ["obsolete"])
    assert not office.slack.messages
    office.owe(application="A2")
    office.deliver()
    assert len(office.said()) == 1  # nothing was sent: the day is still theirs


def test_two_steps_of_one_alert_are_one_line(office: PostOffice) -> None:
    office.owe(step=0)
    office.owe(step=1)
    office.deliver()
    [said] = office.said()
    assert said.count("K. N.") == 1
    assert "Coming up" not in said
    assert office.notices() == ["sent", "sent"]


def test_a_reply_edits_the_message_and_posts_none(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.deliver(after=MINUTE)
    assert office.slack.count("chat.update") == 0
    office.at += HOUR
    office.answered()
    office.deliver(after=MINUTE)
    [message] = office.slack.to(INGRID)
    assert "~K. N. · Nurse" in message.shown
    assert "answered Mon 7 Sep 10:01" in message.shown
    assert message.edits == 1


def test_an_alert_that_opens_again_is_no_longer_struck_through(
    office: PostOffice,
) -> None:
    office.owe()
    office.deliver()
    told = office.said()
    office.deliver(after=MINUTE)
    seen = office.alert("A1")
    office.answered()
    office.deliver(after=MINUTE)
    assert office.said() != told
    assert seen is not None
    office.open_again(seen)
    office.deliver(after=MINUTE)
    assert office.said() == told


def test_an_edit_waits_for_what_else_is_answered(office: PostOffice) -> None:
    for number in range(3):
        office.owe(application=f"A{number}")
    office.deliver()
    office.deliver(after=MINUTE)
    for number in range(3):
        office.at += timedelta(seconds=10)
        office.answered(f"A{number}")
        office.deliver()
    office.deliver(after=MINUTE)
    assert [message.edits for message in office.slack.to(INGRID)] == [1]


def test_a_reply_at_night_is_shown_at_night(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.at = at("2026-09-07 23:00")
    office.answered()
    office.deliver(after=MINUTE)
    assert office.slack.to(INGRID)[0].edits == 1


def test_a_message_deleted_by_hand_is_given_up_quietly(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.slack.messages.clear()
    office.answered()
    report = office.deliver(after=MINUTE)
    assert (report.posts, report.errors) == ({"edit_refused": 1}, {})
    office.deliver(after=HOUR)
    assert office.slack.count("chat.update") == 1


def test_a_rule_that_is_gone_still_lets_its_message_be_edited(
    office: PostOffice,
) -> None:
    office.owe()
    office.deliver()
    office.configuration = replace(office.configuration, rulebook=Rulebook(()))
    office.restart()
    office.answered()
    office.deliver(after=MINUTE)
    assert "~K. N." in office.said()[0]


NAMES = {
    "a ping": ("<!channel> <@U1>", "&lt;!channel&gt; &lt;@U1&gt;"),
    "an ampersand": ("Berg & Sønn", "Berg &amp; Sønn"),
    "emoji": ("🎉 Åse", "🎉 Åse"),
    "very long": ("x" * 5000, "x" * 199 + "…"),
    "right to left": ("\u202egnireenignE", "gnireenignE"),
    "mark-up": ("*bold* ~gone~", "\u200b*bold\u200b* \u200b~gone\u200b~"),
}


@pytest.mark.parametrize(("name", "shown"), NAMES.values(), ids=NAMES.keys())
def test_a_name_from_the_database_is_harmless(
    office: PostOffice, name: str, shown: str
) -> None:
    office.owe(candidate=name, job_title=name)
    office.deliver()
    [message] = office.slack.to(INGRID)
    assert f"{shown} · {shown}" in message.shown
    for pinging in ("<!channel", "<@U1", "\u202e"):
        assert pinging not in message.shown + message.text


def test_a_digest_of_a_hundred_is_cut_where_slack_would_refuse(
    office: PostOffice,
) -> None:
    for number in range(100):
        office.owe(application=f"A{number}", job_title="Senior adviser " * 8)
    office.deliver()
    [said] = office.said()
    assert " more" in said.splitlines()[-1]
    assert office.notices() == ["sent"] * 100


def test_nobody_to_tell_is_told_to_the_fallback_channel_without_names(
    office: PostOffice,
) -> None:
    office.owe(to=OPS, owner=None, recruiter=None)
    office.deliver()
    [said] = office.said(OPS)
    assert "1 candidate has waited past our promise." in said
    assert "K. N." not in said + office.slack.to(OPS)[0].text


def test_a_deputy_hears_of_it_where_slack_does_not_know_the_person(
    office: PostOffice,
) -> None:
    office.slack.add(DEPUTY, "Liv")
    office.owe(PER, owner=PER)
    office.deliver()
    assert office.said(DEPUTY)[0].startswith("*Good morning, Liv.")
    assert office.backlog().unreachable == 1


def test_the_fallback_channel_hears_where_there_is_no_deputy_either(
    office: PostOffice,
) -> None:
    office.owe(PER, owner=PER)
    office.deliver()
    assert "K. N." not in office.said(OPS)[0]
    assert office.backlog().unreachable == 1  # PER, and not also her deputy


def test_a_message_to_the_fallback_channel_is_edited_without_names(
    office: PostOffice,
) -> None:
    office.owe(PER, owner=PER)
    office.deliver()
    office.answered()
    office.deliver(after=MINUTE)
    [message] = office.slack.to(OPS)
    assert message.edits == 1
    assert "settled" in message.shown
    assert "K. N." not in message.shown + message.text


def test_somebody_who_left_is_unreachable_until_slack_knows_them_again(
    office: PostOffice,
) -> None:
    office.slack.users[INGRID].deleted = True
    office.owe()
    office.deliver()
    assert len(office.said(OPS)) == 1
    office.slack.users[INGRID].deleted = False
    office.at += DAY
    office.owe(application="A2")
    office.deliver()
    assert len(office.said()) == 1
    assert office.backlog().unreachable == 0


def test_an_unknown_address_is_asked_for_once_an_hour(office: PostOffice) -> None:
    office.configuration = replace(
        office.configuration,
        settings=office.configuration.settings.model_copy(
            update={
                "people": office.configuration.settings.people.model_copy(
                    update={"fallback": None, "deputies": {}}
                )
            }
        ),
    )
    office.restart()
    office.owe(PER)
    for _ in range(120):
        office.deliver(after=MINUTE)
    assert office.slack.count("users.lookupByEmail") == 2
    assert office.backlog().by_status["waiting"] == 1
    office.slack.add(PER, "Per")
    for _ in range(60):
        office.deliver(after=MINUTE)
    assert len(office.said(PER)) == 1


def test_each_morning_slack_is_asked_who_is_there(office: PostOffice) -> None:
    asked = []
    for day, hour in (("07", "10"), ("08", "09"), ("09", "09")):
        office.at = at(f"2026-09-{day} {hour}:00")
        office.owe(application=day)
        office.restart()
        office.deliver()
        asked.append(office.slack.count("users.lookupByEmail"))
    assert asked == [1, 2, 3]
    assert office.slack.count("conversations.open") == 1
    assert len(office.said()) == 3


def test_an_archived_channel_gives_way_to_the_fallback(office: PostOffice) -> None:
    office.slack.archived.add(office.slack.channels[LEADS])
    office.owe(LEADS)
    office.deliver()
    assert len(office.said(OPS)) == 1
    assert office.backlog().unreachable == 0


def test_a_channel_may_be_named_by_its_id(office: PostOffice) -> None:
    slack = office.configuration.settings.slack.model_copy(
        update={"channels": {LEADS: office.slack.channels[LEADS]}}
    )
    office.configuration = replace(
        office.configuration,
        settings=office.configuration.settings.model_copy(update={"slack": slack}),
    )
    office.restart()
    office.owe(LEADS)
    office.deliver()
    [request] = [
        each for each in office.slack.requests if each.method == "chat.postMessage"
    ]
    assert request.arguments["channel"] == office.slack.channels[LEADS]


def test_a_fallback_that_is_archived_too_keeps_the_notice(office: PostOffice) -> None:
    office.slack.archived.update(office.slack.channels.values())
    office.owe(LEADS)
    office.deliver()
    assert office.statuses() == ["waiting"]
    office.slack.archived.clear()
    office.deliver(after=HOUR)
    assert len(office.said(LEADS)) == 1


def test_a_channel_of_ones_own_that_slack_refuses_is_asked_for_again(
    office: PostOffice,
) -> None:
    office.slack.fail("chat.postMessage", *[refuse("channel_not_found")] * 2)
    office.owe()
    office.deliver()
    assert len(office.said(OPS)) == 1
    assert office.backlog().unreachable == 1
    office.at += DAY
    office.owe(application="A2")
    office.deliver()
    assert len(office.said()) == 1


def test_a_channel_that_was_only_remembered_is_asked_for_at_once(
    office: PostOffice,
) -> None:
    office.owe()
    office.deliver(after=HOUR)
    office.at = at("2026-09-08 09:00")
    office.owe(application="A2")
    office.slack.fail("chat.postMessage", refuse("channel_not_found"))
    office.deliver()
    assert len(office.said()) == 2
    assert not office.said(OPS)
    assert office.backlog().unreachable == 0


def test_what_a_terminal_answered_is_not_taken_for_slacks_word(
    office: PostOffice,
) -> None:
    office.restart(Terminal(Console(file=StringIO())))
    office.owe()
    office.deliver(after=HOUR)
    office.at = at("2026-09-08 09:00")
    office.restart()
    office.owe(application="A2")
    office.deliver()
    assert len(office.said()) == 1
    assert office.slack.count("chat.postMessage") == 1


def test_another_channel_of_the_same_name_takes_over(office: PostOffice) -> None:
    office.owe(LEADS)
    office.deliver()
    office.slack.archived.add(office.slack.channels[LEADS])
    office.slack.channels[LEADS] = "C9"
    for number in (1, 2):
        office.at += DAY
        office.owe(LEADS, application=f"B{number}")
        office.deliver()
    assert len(office.said(LEADS)) == 2
    assert office.slack.count("chat.postMessage") == 4


def announce(office: PostOffice, to: str = INGRID) -> None:
    """Owe a heads-up on Tuesday while Slack is down, and its public step on Wednesday."""
    office.at = at("2026-09-08 09:00")
    office.owe(to, step=2)
    office.slack.down()
    office.deliver()
    office.slack.up()
    office.at = at("2026-09-09 09:00")
    office.owe(LEADS, step=3)


def test_the_leads_never_hear_on_the_day_of_the_heads_up(office: PostOffice) -> None:
    announce(office)
    for _ in range(6):
        office.deliver(after=HOUR)
    assert (len(office.said()), len(office.said(LEADS))) == (1, 0)
    assert office.backlog().oldest_due_at is None
    office.at = at("2026-09-10 09:00")
    office.deliver()
    assert (len(office.said()), len(office.said(LEADS))) == (1, 1)


def test_leads_who_wait_for_a_heads_up_still_hear_of_others(
    office: PostOffice,
) -> None:
    announce(office)
    office.owe(LEADS, application="A2", step=3)
    office.deliver()
    assert "1 candidate has waited" in office.said(LEADS)[0]
    assert office.notices() == ["sent", "queued", "sent"]


@pytest.mark.parametrize("to", [NOBODY, OPS])
def test_the_leads_hear_where_no_person_can_be_told_before(
    office: PostOffice, to: str
) -> None:
    announce(office, to)
    office.deliver()
    assert len(office.said(LEADS)) == 1


def test_the_leads_hear_where_the_owner_is_out_of_reach(office: PostOffice) -> None:
    people = office.configuration.settings.people.model_copy(update={"fallback": None})
    settings = office.configuration.settings.model_copy(update={"people": people})
    office.configuration = replace(office.configuration, settings=settings)
    office.restart()
    announce(office, "gone@example.org")
    office.deliver()
    office.deliver(after=MINUTE)
    assert len(office.said(LEADS)) == 1


def test_what_may_not_go_out_yet_is_no_backlog(office: PostOffice) -> None:
    office.owe()
    assert office.backlog().oldest_due_at == office.at
    office.deliver()
    office.owe(application="A2")
    assert office.backlog().oldest_due_at is None
    assert office.backlog().by_status["queued"] == 1
    office.at = at("2026-09-08 08:00")
    assert office.backlog().oldest_due_at is None
    office.at = at("2026-09-08 09:00")
    assert office.backlog().oldest_due_at == office.at


def test_unsent_lines_of_yesterday_join_todays_digest(office: PostOffice) -> None:
    office.owe(candidate="Y. Y.")
    office.slack.down()
    office.deliver()
    office.slack.up()
    office.at = at("2026-09-08 09:00")
    office.owe(application="A2", candidate="T. T.")
    office.deliver()
    [said] = office.said()
    assert "Y. Y." in said
    assert "T. T." in said
    assert office.statuses() == ["sent"]
