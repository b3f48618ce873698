"""What may stand twice, or be older than Slack: nothing is doubled, nothing is lost."""

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from monitor import alerts
from monitor.alerts import Alert
from monitor.delivery import Delivery, Pace
from monitor.delivery.pace import RATES, Call
from monitor.delivery.round import Aftercare
from monitor.errors import LeaseLost
from monitor.slack import Slack
from monitor.store.ledger import hands
from monitor.store.replicas.leases import DELIVER
from monitor.store.words import PostStatus, RunOutcome
from tests.builders import INGRID, PER, at
from tests.fakes import TOKEN, Meanwhile, ratelimited, refuse
from tests.stories.delivery.post_office import (
    LEADS,
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
        yield ready


@pytest.fixture
def local(tmp_path: Path) -> Iterator[PostOffice]:
    with opened(f"sqlite:///{tmp_path}/svar.db", tmp_path) as ready:
        yield ready


# --- late duplicates ---


def test_a_message_that_arrives_after_it_was_sent_again_is_taken_away(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    office.deliver()
    office.deliver(after=MINUTE)  # looked for, not there, sent again
    [message] = office.slack.to(INGRID)
    late = office.slack.arrive_late(message)
    assert len(office.said()) == 2
    report = office.deliver(after=2 * MINUTE)
    assert report.posts[Aftercare.SWEPT] == 1
    assert office.slack.to(INGRID) == [message]
    assert late not in office.slack.messages


def test_one_that_arrives_later_still_is_taken_away_by_the_last_sweep(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    for wait in (TICK, MINUTE, 2 * MINUTE):
        office.deliver(after=wait)
    office.slack.arrive_late(office.slack.to(INGRID)[0])
    office.deliver(after=15 * MINUTE)
    assert len(office.said()) == 1
    asked = office.slack.count("conversations.history")
    office.deliver(after=HOUR)
    assert office.slack.count("conversations.history") == asked


def test_what_arrives_after_its_alert_was_settled_is_taken_away(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    office.deliver()
    office.answered()
    office.deliver(after=MINUTE)
    assert office.statuses() == ["obsolete"]
    office.owe(application="A2")
    office.slack.arrive_late(office.slack.standing(INGRID, office.keys()[0]))
    office.deliver(after=2 * MINUTE)
    assert not office.said()


# --- where nobody may look ---


@pytest.mark.parametrize(
    ("step", "became", "messages"), [(0, "failed", 0), (1, "sent", 1)]
)
def test_without_a_look_up_a_breach_is_told_again_and_a_warning_is_not(
    office: PostOffice, step: int, became: str, messages: int
) -> None:
    office.slack.scopes.remove("im:history")
    office.owe(step=step)
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    office.deliver()
    office.deliver(after=MINUTE)
    assert office.notices() == [became]
    assert len(office.said()) == messages


# --- an older state ---


def test_a_state_from_yesterdays_backup_sends_nothing_twice(
    local: PostOffice, tmp_path: Path
) -> None:
    local.slack.add(PER, "Per")
    local.owe(application="A0")
    local.deliver()
    backup = tmp_path / "backup.db"
    local.store.engine.dispose()
    shutil.copy(tmp_path / "svar.db", backup)
    local.at += DAY
    owe_today(local)
    local.deliver()
    before = [(each.channel, each.ts) for each in local.slack.messages]
    local.store.engine.dispose()
    for left in tmp_path.glob("svar.db-*"):
        left.unlink()
    shutil.copy(backup, tmp_path / "svar.db")
    local.restart()
    local.at += HOUR
    owe_today(local)  # as the next poll finds them
    local.deliver()
    assert [(each.channel, each.ts) for each in local.slack.messages] == before
    assert local.notices() == ["sent"] * 3
    local.answered("A1")
    local.deliver(after=MINUTE)
    assert any("~K. N." in said for said in local.said())


def owe_today(office: PostOffice) -> None:
    office.owe(application="A1")
    office.owe(PER, application="A2")


def test_after_a_gap_what_was_not_sent_goes_out(office: PostOffice) -> None:
    office.deliver()
    office.at += HOUR
    office.owe()
    office.owe(LEADS, application="A2", step=3)
    office.deliver()
    assert len(office.said()) == len(office.said(LEADS)) == 1


def test_without_a_gap_nothing_is_looked_for(office: PostOffice) -> None:
    office.deliver()
    office.owe()
    office.deliver(after=MINUTE)
    assert office.slack.count("conversations.history") == 0


# --- another replica ---


def test_nothing_is_sent_without_the_lease(office: PostOffice) -> None:
    office.owe()
    office.delivery = Delivery(
        office.store,
        Slack(TOKEN, office.slack.url, timeout=1),
        lambda: office.configuration,
        may_send=lambda: False,
    )
    with pytest.raises(LeaseLost):
        office.deliver()
    assert not office.slack.messages
    office.restart()
    office.deliver(after=MINUTE)
    office.deliver(after=TICK)
    assert len(office.said()) == 1


def test_a_replica_that_slept_in_a_post_takes_its_own_message_back(
    local: PostOffice,
) -> None:
    slack = Slack(TOKEN, local.slack.url, timeout=1)
    other = Delivery(local.store, slack, lambda: local.configuration)

    def sleep() -> None:
        """Let the other replica take over, look, and send."""
        for wait in (61, 5):
            local.at += timedelta(seconds=wait)
            other.run(now=local.at)
        fence.taken_over = True

    fence = Fence()
    slept = Meanwhile(slack, "before post", sleep)
    first = Delivery(local.store.under(fence), slept, lambda: local.configuration)
    local.owe()
    with pytest.raises(LeaseLost):
        first.run(now=local.at)
    assert len(local.said()) == 1
    assert local.statuses() == ["sent"]


class Fence:
    """Lets no more writes through once another replica has the work."""

    def __init__(self) -> None:
        self.taken_over = False

    def require(self, _: Connection) -> None:
        if self.taken_over:
            message = "another replica has it now"
            raise LeaseLost(DELIVER, message)


# --- not too fast ---


def test_posts_go_out_no_faster_than_slack_allows(office: PostOffice) -> None:
    who = [f"r{number}@example.org" for number in range(50)]
    for number, email in enumerate(who):
        office.slack.add(email)
        office.owe(email, application=f"A{number}")
    sent = [office.deliver(after=TICK).posts[PostStatus.SENT] for _ in range(14)]
    assert sum(sent) == 50
    assert max(sent) <= RATES[Call.POST].burst
    assert office.slack.count("users.lookupByEmail") == 50


def test_a_channel_has_one_post_a_second(office: PostOffice) -> None:
    for number in range(3):
        office.owe(application=f"A{number}", is_now=True)
    assert [office.deliver(after=TICK).posts[PostStatus.SENT] for _ in range(4)] == [
        1,
        1,
        1,
        0,
    ]


def test_edits_wait_their_turn_without_being_lost(office: PostOffice) -> None:
    office.delivery = Delivery(
        office.store,
        Slack(TOKEN, office.slack.url, timeout=1),
        lambda: office.configuration,
        pace=Pace({Call.UPDATE: RATES[Call.UPDATE]}),
    )
    for number in range(30):
        office.slack.add(f"r{number}@example.org")
        office.owe(f"r{number}@example.org", application=f"A{number}")
    office.deliver()
    for number in range(30):
        office.answered(f"A{number}")
    edited = [
        office.deliver(after=MINUTE if n == 0 else TICK).posts[Aftercare.EDITED]
        for n in range(4)
    ]
    assert edited[0] == RATES[Call.UPDATE].burst
    assert sum(edited) == 30


# --- silent sources ---


def test_nothing_is_said_while_a_source_is_silent_and_the_admin_hears(
    office: PostOffice,
) -> None:
    office.at -= HOUR
    office.polled()
    office.at += HOUR
    office.owe()
    office.polled(RunOutcome.FAILED)
    report = office.deliver()
    assert report.stale == {"ats"}
    assert not office.said()
    [told] = office.said(OPS)
    assert "ats" in told
    assert "1 hour" in told
    office.deliver(after=HOUR)
    assert len(office.said(OPS)) == 1
    office.polled()
    office.deliver(after=TICK)
    assert len(office.said()) == 1


def test_a_source_that_is_back_before_the_admin_works_is_no_news(
    office: PostOffice,
) -> None:
    office.at = at("2026-09-07 05:00")
    office.polled()
    office.at = at("2026-09-07 07:00")
    office.polled(RunOutcome.FAILED)
    office.deliver()
    office.polled()
    office.at = at("2026-09-07 08:30")
    office.polled()
    office.deliver()
    assert not office.slack.messages


@pytest.fixture(params=["asleep", "ended"])
def back(request: pytest.FixtureRequest, office: PostOffice) -> PostOffice:
    """An office that saw nothing for three days, and owes something since."""
    office.polled()
    office.deliver()
    office.at += 3 * DAY
    office.owe()
    if request.param == "ended":
        office.restart()
    return office


def test_who_was_away_calls_no_source_silent(back: PostOffice) -> None:
    assert back.deliver().stale == {"ats"}
    back.polled(RunOutcome.FAILED)
    back.deliver(after=TICK)
    assert not back.slack.messages
    back.polled()
    back.deliver(after=TICK)
    assert len(back.said()) == 1
    assert not back.said(OPS)


def test_a_source_that_is_away_after_a_pause_is_told_of_in_time(
    back: PostOffice,
) -> None:
    back.deliver()
    back.polled(RunOutcome.FAILED)
    for told in (0, 0, 0, 1):
        back.deliver(after=10 * MINUTE)
        assert len(back.said(OPS)) == told


def test_a_source_that_nobody_tried_is_not_called_silent(office: PostOffice) -> None:
    office.polled()
    office.deliver(after=HOUR)
    assert not office.slack.messages


def test_a_late_message_that_is_still_to_be_sent_again_is_taken_for_it(
    office: PostOffice,
) -> None:
    office.owe()
    office.slack.fail("chat.postMessage", refuse("internal_error"), ratelimited("300"))
    office.deliver()
    office.deliver(after=MINUTE)  # looked for, not there; Slack asks to wait
    office.slack.messages.append(office.slack.standing(INGRID, office.keys()[0]))
    office.slack.messages[0].ts = f"{office.at.timestamp():.0f}.000001"
    office.deliver(after=5 * MINUTE)
    assert office.statuses() == ["sent"]
    [message] = office.slack.to(INGRID)
    assert message.edits == 1  # nobody knew what it said


def test_an_urgent_step_that_was_given_up_may_be_sent_later_that_day(
    office: PostOffice,
) -> None:
    opened = office.owe(is_now=True)
    office.slack.fail("chat.postMessage", refuse("internal_error"))
    office.deliver()
    snooze(office, opened, office.at + HOUR)
    office.deliver(after=MINUTE)
    assert office.statuses() == ["obsolete"]
    office.deliver(after=2 * HOUR)
    assert office.statuses() == ["obsolete", "sent"]
    assert len(office.said()) == 1


def test_what_was_put_off_while_slack_was_down_is_not_spoken_of(
    office: PostOffice,
) -> None:
    office.owe(candidate="K. N.")
    second = office.owe(application="A2", candidate="O. D.")
    office.slack.fail("chat.postMessage", ratelimited("30"))
    office.deliver()
    snooze(office, second, office.at + DAY)
    office.deliver(after=MINUTE)
    [said] = office.said()
    assert "K. N." in said
    assert "O. D." not in said
    office.at += DAY
    office.deliver(after=TICK)
    assert "O. D." in office.said()[1]


def snooze(office: PostOffice, opened: Alert, until: datetime) -> None:
    rule = office.configuration.rulebook.get(opened.seen.rule)
    assert rule is not None
    assert opened.id is not None
    snoozed = partial(
        alerts.snooze,
        rule=rule,
        until=until,
        calendar=office.configuration.calendar,
        actor="kari",
        reason="asked for",
        now=office.at,
    )
    with office.store.write() as connection:
        hands.act(connection, opened.id, snoozed, now=office.at)
