"""What counts as waiting to be sent, and since when, over a real state."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.store.ledger import silences
from monitor.store.ledger.silences import Silence
from tests.builders import INGRID, PER, at
from tests.fakes import hang
from tests.stories.delivery.post_office import (
    DEPUTY,
    LEADS,
    MINUTE,
    NINE,
    OPS,
    PostOffice,
    opened,
    state_url,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIA, WEST = "mia@example.org", "America/Los_Angeles"  # her 9:00 is 18:00 in Oslo


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    with opened(state_url(request, tmp_path), tmp_path) as ready:
        ready.slack.add(MIA, "Mia")
        ready.set_people(zones={MIA: WEST})
        yield ready


def test_a_reader_in_another_zone_waits_since_their_own_morning(
    office: PostOffice,
) -> None:
    office.owe(MIA)
    for hours in range(9):
        office.at = NINE + hours * HOUR
        assert office.backlog().oldest_due_at is None
    for hours in range(9, 16):
        office.at = NINE + hours * HOUR
        assert office.backlog().oldest_due_at == NINE + 9 * HOUR
    office.at = NINE + 16 * HOUR
    assert office.backlog().oldest_due_at is None
    assert office.backlog().by_status["queued"] == 1


def test_the_one_who_waits_longest_counts(office: PostOffice) -> None:
    office.owe(MIA)
    office.at = at("2026-09-08 15:30")
    office.owe(INGRID, application="A2")
    assert office.backlog().oldest_due_at == office.at


def test_who_read_the_days_digest_waits_for_the_next_by_their_own_days(
    office: PostOffice,
) -> None:
    office.owe(MIA)
    office.deliver(after=9 * HOUR)
    assert len(office.said(MIA)) == 1
    office.owe(MIA, application="A2")
    office.at = at("2026-09-08 00:30")  # still Monday with her
    assert office.backlog().oldest_due_at is None
    office.at = at("2026-09-08 19:00")
    assert office.backlog().oldest_due_at == at("2026-09-08 18:00")


def test_what_is_urgent_waits_since_work_began(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.at = at("2026-09-08 07:00")
    office.owe(application="A2", is_now=True)
    assert office.backlog().oldest_due_at is None
    office.at = at("2026-09-08 08:30")
    assert office.backlog().oldest_due_at == at("2026-09-08 08:00")


def test_what_is_urgent_does_not_wait_for_the_next_digest(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.at += HOUR
    office.owe(application="A2", is_now=True)
    assert office.backlog().oldest_due_at == office.at


def test_what_is_held_does_not_wait(office: PostOffice) -> None:
    office.owe()
    hold = Silence(office.at, None, author="kari", reason="moving house")
    with office.store.write() as connection:
        silences.add(connection, hold, now=office.at)
    assert office.backlog().oldest_due_at is None


def test_what_a_silent_source_said_does_not_wait(office: PostOffice) -> None:
    office.polled()
    office.owe()
    assert office.backlog().oldest_due_at == office.at
    office.at += HOUR
    assert office.backlog().oldest_due_at is None


def test_who_is_away_waits_for_the_next_digest_of_the_deputy(
    office: PostOffice,
) -> None:
    office.slack.add(PER, "Per").status = ":palm_tree:"
    office.slack.add(DEPUTY, "Liv")
    office.owe(PER)
    office.deliver()
    assert len(office.said(DEPUTY)) == 1
    office.owe(PER, application="A2")
    office.deliver(after=HOUR)
    assert office.backlog().oldest_due_at is None
    office.at += DAY
    assert office.backlog().oldest_due_at == NINE + DAY


def test_who_is_away_since_their_digest_does_not_hold_back_the_deputys(
    office: PostOffice,
) -> None:
    office.slack.add(PER, "Per")
    office.slack.add(DEPUTY, "Liv")
    office.owe(PER)
    office.deliver()
    today = office.at.date()
    office.set_people(away={PER: ((today, today),)})
    office.at += HOUR
    office.owe(PER, application="A2")
    assert office.backlog().oldest_due_at == office.at
    office.deliver()
    assert len(office.said(DEPUTY)) == 1


def test_the_fallback_channel_hears_of_the_lost_at_any_time(
    office: PostOffice,
) -> None:
    lost = "lost@example.org"
    office.owe(lost)
    office.deliver()
    office.owe(OPS, application="A2")
    office.deliver(after=MINUTE)
    assert len(office.said(OPS)) == 2
    office.owe(OPS, application="A3")
    assert office.backlog().oldest_due_at is None
    office.owe(lost, application="A4")
    assert office.backlog().oldest_due_at == office.at


def test_a_post_that_is_tried_again_waits_in_its_readers_hours(
    office: PostOffice,
) -> None:
    office.slack.down()
    office.owe(LEADS)
    office.deliver()
    assert office.statuses() == ["waiting"]
    office.at += HOUR
    assert office.backlog().oldest_due_at == NINE
    office.at = at("2026-09-07 17:00")  # it is not tried before the morning
    assert office.backlog().oldest_due_at is None


def test_a_post_that_may_have_arrived_waits_at_any_hour(office: PostOffice) -> None:
    office.slack.fail("chat.postMessage", hang(effect=True))
    office.owe(LEADS)
    office.deliver()
    assert office.statuses() == ["unknown"]
    office.at = at("2026-09-07 17:00")
    assert office.backlog().oldest_due_at == NINE


def test_what_was_sent_or_given_up_is_not_in_the_outbox(office: PostOffice) -> None:
    office.owe(INGRID)
    office.owe("nobody-knows@example.org", application="A2")
    waits = {"queued": 2, "claimed": 0, "waiting": 0, "unknown": 0}
    assert office.backlog().by_status == waits
    office.deliver()
    assert office.backlog().by_status == waits | {"queued": 0}
