"""Who reads what, by which clock and in which language, over a real state."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.language import Language
from tests.builders import INGRID, PER, at
from tests.fakes import refuse
from tests.stories.delivery.post_office import (
    DEPUTY,
    MINUTE,
    OPS,
    PostOffice,
    opened,
    state_url,
)

HOUR, DAY, TICK = timedelta(hours=1), timedelta(days=1), timedelta(seconds=5)
MIA = "mia@example.org"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    with opened(state_url(request, tmp_path), tmp_path) as ready:
        yield ready


# --- who stands in ---


def test_who_is_away_by_the_settings_is_read_for_by_the_deputy(
    office: PostOffice,
) -> None:
    office.slack.add(PER, "Per")
    office.slack.add(DEPUTY, "Liv")
    today = office.at.date()
    office.set_people(away={PER: ((today, today),)})
    office.owe(PER, owner=PER)
    office.deliver()
    assert not office.said(PER)
    [said] = office.said(DEPUTY)
    assert "1 person on today's list is waiting for an answer from you" in said
    office.at += DAY
    office.owe(PER, application="A2")
    office.deliver()
    assert len(office.said(PER)) == 1


def test_a_deputy_far_away_reads_by_the_clock_on_their_own_wall(
    office: PostOffice,
) -> None:
    office.slack.add(PER, "Per")
    office.slack.add(DEPUTY, "Liv")
    today = office.at.date()
    zones = {DEPUTY: "America/Los_Angeles"}
    office.set_people(away={PER: ((today, today),)}, zones=zones)
    office.owe(PER, owner=PER)
    office.deliver()
    assert not office.said(DEPUTY)
    office.deliver(after=9 * HOUR)  # nine in the morning there, six in the evening here
    assert len(office.said(DEPUTY)) == 1


def test_who_is_away_far_away_is_read_for_in_the_houses_hours(
    office: PostOffice,
) -> None:
    office.slack.add(MIA, "Mia")
    today = office.at.date()
    west = {MIA: "America/Los_Angeles"}
    office.set_people(away={MIA: ((today, today),)}, zones=west)
    office.owe(MIA)
    office.deliver()  # in the middle of the night with her
    assert len(office.said(OPS)) == 1
    assert not office.said(MIA)


def test_who_is_on_holiday_in_slack_is_read_for_by_the_deputy(
    office: PostOffice,
) -> None:
    office.slack.add(PER, "Per").status = ":palm_tree:"
    office.slack.add(DEPUTY, "Liv")
    office.owe(PER)
    office.deliver()
    assert not office.said(PER)
    assert len(office.said(DEPUTY)) == 1
    assert office.backlog().unreachable == 0


def test_a_deputy_has_one_digest_with_their_own_and_the_others(
    office: PostOffice,
) -> None:
    office.slack.add(DEPUTY, "Liv")
    office.owe(DEPUTY, candidate="O. O.", owner=DEPUTY)
    office.owe(PER, application="A2", candidate="P. P.", owner=PER)
    office.deliver()
    [said] = office.said(DEPUTY)
    assert "2 people on today's list are waiting for an answer from you" in said
    assert "O. O." in said
    assert "P. P." in said


def test_all_who_cannot_be_reached_share_one_post_in_the_fallback_channel(
    office: PostOffice,
) -> None:
    for number in range(6):
        office.owe(f"gone{number}@example.org", application=f"A{number}")
    office.deliver()
    [said] = office.said(OPS)
    assert "6 candidates have waited past our promise." in said
    assert "svar doctor" in said
    assert "gone" not in said
    assert office.notices() == ["sent"] * 6


def test_the_shared_post_waits_until_slack_was_asked_for_everybody(
    office: PostOffice,
) -> None:
    for number in range(40):
        office.owe(f"gone{number}@example.org", application=f"A{number}")
    office.deliver()
    assert not office.said(OPS)
    for _ in range(12):
        office.deliver(after=TICK)
    assert len(office.said(OPS)) == 1
    assert office.notices() == ["sent"] * 40


def test_nobody_is_left_out_where_only_one_cannot_be_asked_for(
    office: PostOffice,
) -> None:
    office.slack.add(PER, "Per")
    office.slack.fail("users.lookupByEmail", refuse("fatal_error"))
    office.owe()
    office.owe(PER, application="A2")
    office.deliver()
    assert not office.slack.messages
    office.deliver(after=TICK)
    assert len(office.slack.messages) == 1
    office.deliver(after=MINUTE)
    assert len(office.said()) == len(office.said(PER)) == 1


# --- by which clock ---


@pytest.mark.parametrize("told_by", ["slack", "settings"])
def test_a_digest_waits_for_the_morning_where_its_reader_lives(
    office: PostOffice, told_by: str
) -> None:
    mia = office.slack.add(MIA, "Mia")
    if told_by == "slack":
        mia.zone = "America/New_York"
    else:
        office.set_people(zones={MIA: "America/New_York"})
    office.owe(MIA)
    for _ in range(5):  # 9 to 14 in Oslo is 3 to 8 in New York
        office.deliver(after=HOUR)
        assert not office.said(MIA)
    office.deliver(after=HOUR)
    [said] = office.said(MIA)
    assert said.startswith("*Good morning, Mia.")


def test_the_settings_know_better_where_somebody_lives(office: PostOffice) -> None:
    office.slack.add(MIA, "Mia").zone = "America/New_York"
    office.set_people(zones={MIA: "Europe/Oslo"})
    office.owe(MIA)
    office.deliver()
    assert len(office.said(MIA)) == 1


def test_a_zone_that_this_machine_does_not_know_is_the_houses(
    office: PostOffice,
) -> None:
    office.slack.add(MIA, "Mia").zone = "Mars/Olympus"
    office.owe(MIA)
    office.deliver()
    assert len(office.said(MIA)) == 1


# --- in which language ---


@pytest.mark.parametrize(
    ("locale", "hello"),
    [
        ("nb-NO", "*God morgen, Mia."),
        ("sv-SE", "*God morgon, Mia."),
        ("da-DK", "*Godmorgen, Mia."),
        ("en-GB", "*Good morning, Mia."),
        ("fr-FR", "*Good morning, Mia."),
    ],
)
def test_a_reader_is_greeted_in_their_own_language(
    office: PostOffice, locale: str, hello: str
) -> None:
    office.slack.add(MIA, "Mia").locale = locale
    office.owe(MIA)
    office.deliver()
    [said] = office.said(MIA)
    assert said.startswith(hello)


def test_the_settings_know_better_what_somebody_reads(office: PostOffice) -> None:
    office.slack.add(MIA, "Mia").locale = "nb-NO"
    office.set_people(languages={MIA: Language.SV})
    office.owe(MIA)
    office.deliver()
    [said] = office.said(MIA)
    assert said.startswith("*God morgon, Mia.")


def test_an_edit_keeps_the_language_of_its_message(office: PostOffice) -> None:
    mia = office.slack.add(MIA, "Mia")
    mia.locale = "nb-NO"
    office.owe(MIA)
    office.deliver()
    mia.locale = "sv-SE"
    office.answered()
    office.deliver(after=MINUTE)
    [said] = office.said(MIA)
    assert said.startswith("*God morgen, Mia.")
    assert "~K. N." in said


# --- at once ---


def test_an_urgent_step_does_not_wait_for_the_digest(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.deliver(after=HOUR)
    office.owe(application="A2", candidate="U. U.", is_now=True)
    office.deliver()
    first, second = office.said()
    assert "U. U." in second
    assert "U. U." not in first
    assert "Good morning" not in second


def test_an_urgent_step_still_waits_for_working_hours(office: PostOffice) -> None:
    office.at = at("2026-09-07 17:00")
    office.owe(is_now=True)
    office.deliver()
    assert not office.said()
    office.at = at("2026-09-08 08:01")
    office.deliver()
    assert len(office.said()) == 1


def test_what_is_urgent_in_the_morning_rides_in_the_digest(office: PostOffice) -> None:
    office.owe(candidate="D. D.")
    office.owe(application="A2", candidate="U. U.", is_now=True)
    office.deliver()
    [said] = office.said()
    assert "D. D." in said
    assert "U. U." in said


@pytest.mark.parametrize(("many", "posts"), [(5, 5), (6, 1)])
def test_more_than_five_urgent_ones_are_one_digest(
    office: PostOffice, many: int, posts: int
) -> None:
    for number in range(many):
        office.owe(application=f"A{number}", is_now=True)
    for _ in range(8):
        office.deliver(after=TICK)
    assert len(office.said()) == posts
    assert office.notices() == ["sent"] * many


def test_a_second_urgent_step_answers_the_first_in_its_thread(
    office: PostOffice,
) -> None:
    office.owe(step=0, is_now=True)
    office.deliver()
    office.owe(step=1, is_now=True)
    office.deliver(after=HOUR)
    first, second = office.slack.to(INGRID)
    assert second.thread == first.ts
    assert "Still waiting" in second.shown
    office.answered()
    office.deliver(after=MINUTE)
    assert [each.edits for each in office.slack.to(INGRID)] == [1, 1]


def test_where_the_first_message_is_gone_the_second_step_stands_alone(
    office: PostOffice,
) -> None:
    office.owe(step=0, is_now=True)
    office.deliver()
    office.slack.messages.clear()
    office.owe(step=1, is_now=True)
    office.slack.fail("chat.postMessage", refuse("thread_not_found"))
    office.deliver(after=HOUR)
    [message] = office.slack.to(INGRID)
    assert message.thread is None
    assert office.notices() == ["sent", "sent"]


def test_a_second_step_of_unknown_fate_is_looked_for_in_its_thread(
    office: PostOffice,
) -> None:
    office.owe(step=0, is_now=True)
    office.deliver()
    office.owe(step=1, is_now=True)
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    office.deliver(after=HOUR)
    office.deliver(after=MINUTE)
    office.deliver(after=TICK)
    assert office.slack.count("conversations.replies") > 0
    assert office.slack.count("conversations.history") == 0
    assert len(office.said()) == 2
