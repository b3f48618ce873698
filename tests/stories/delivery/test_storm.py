"""A first run over years of silence: one calm message each, within Slack's limits."""

import logging
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor import outbox
from monitor.daemon import Daemon
from monitor.demo import letters
from monitor.slack import Slack
from monitor.store.tables import notices
from tests.fakes import (
    BLOCKS_LENGTH,
    MOST_BLOCKS,
    SECTION_LENGTH,
    TOKEN,
    FakeSlack,
    Posted,
)
from tests.stories import office
from tests.stories.office import NOW, Office

TICK, MINUTE = timedelta(seconds=5), timedelta(minutes=1)
TIER_3 = 50  # calls of one method in a minute; Slack, Web API rate limits
SLOW = ("users.lookupByEmail", "conversations.open", "users.info", "chat.update")
TITLE = (
    "Senior adviser for strategy, analysis and communication in the department of"
    " regional development, office {number}"
)
FIRST_REPLY = timedelta(days=14)
JOBS_EACH = 60


class Storm:
    """A daemon that runs in virtual time, over a workspace that counts."""

    def __init__(self, daemon: Daemon, slack: FakeSlack) -> None:
        self.daemon = daemon
        self.slack = slack
        self.at = NOW

    def poll(self) -> None:
        (source,) = self.daemon.sources
        assert self.daemon.poll(source, now=self.at).run.outcome == "ok"

    def deliver(self, *, lasting: timedelta) -> None:
        """Let the daemon's deliveries tick for so long."""
        until = self.at + lasting
        while self.at < until:
            self.slack.now = self.at
            self.daemon.deliver(now=self.at)
            self.at += TICK

    def owed(self, *, to_channels: bool) -> set[str]:
        """Return the statuses of the notices to channels, or of those to people."""
        query = select(notices.c.recipient, notices.c.status).distinct()
        with self.daemon.store.read() as connection:
            return {
                status
                for recipient, status in connection.execute(query)
                if outbox.is_channel(recipient) is to_channels
            }


def crowd(place: Office, recruiters: int, applications: int) -> list[str]:
    """Let so many candidates wait for so many recruiters; return their addresses."""
    people = [f"recruiter{number}@example.com" for number in range(recruiters)]
    jobs = [
        (f"job{number}", TITLE.format(number=number), people[number % recruiters])
        for number in range(recruiters * JOBS_EACH)
    ]
    rows = []
    for number in range(applications):
        late = FIRST_REPLY + timedelta(hours=1 + number % 1500)
        at = letters.text(NOW - late)
        rows.append((f"A{number}", f"A{number}", jobs[number % len(jobs)][0], at, at))
    with closing(sqlite3.connect(place.ats)) as ats, ats:
        ats.executemany(
            "INSERT INTO people VALUES (?, ?, ?, 'recruiter')",
            [(email, email, email) for email in people],
        )
        ats.executemany(
            "INSERT INTO jobs (id, title, recruiter_id, status)"
            " VALUES (?, ?, ?, 'open')",
            jobs,
        )
        ats.executemany(
            "INSERT INTO candidates VALUES (?, ?, ?)",
            [(row[0], "Kari Nordli", f"{row[0]}@mail.example") for row in rows],
        )
        ats.executemany(
            "INSERT INTO applications (id, candidate_id, job_id, applied_at, status,"
            " stage, updated_at) VALUES (?, ?, ?, ?, 'open', 'Applied', ?)",
            rows,
        )
    return people


@contextmanager
def storm(place: Office, people: list[str]) -> Iterator[Storm]:
    """Yield a daemon over this office, all of whose people are in Slack."""
    with FakeSlack() as slack:
        slack.open_channel("#recruiting-ops")
        slack.open_channel("#recruiting-leads")
        for email in people:
            slack.add(email, email.partition("@")[0].title())
        transport = Slack(TOKEN, slack.url, timeout=5)
        log = logging.Logger("storm")  # noqa: LOG001 - heard by nobody
        daemon = Daemon(place.load(), {}, transport, log)
        try:
            daemon.open(now=NOW)
            yield Storm(daemon, slack)
        finally:
            daemon.close()


def most_in_a_minute(instants: list[datetime]) -> int:
    """Return how many of these lie within one minute, where they are densest."""
    return max(
        (sum(first <= at < first + MINUTE for at in instants) for first in instants),
        default=0,
    )


def length(message: Posted) -> int:
    """Return the letters in all blocks of a message."""
    return sum(
        len(each["text"])
        for block in message.blocks
        for each in ([block["text"]] if "text" in block else block["elements"])
    )


def assert_in_pace(slack: FakeSlack) -> None:
    """Hold all that was asked of Slack against what it takes."""
    for method in SLOW:
        asked = [each.at for each in slack.requests if each.method == method]
        assert most_in_a_minute(asked) <= TIER_3, method
    posts = [each for each in slack.requests if each.method == "chat.postMessage"]
    by_second = Counter((each.arguments["channel"], each.at) for each in posts)
    assert max(by_second.values()) == 1


@pytest.fixture
def place(tmp_path: Path) -> Office:
    return office.build(tmp_path / "office")


def test_five_thousand_who_wait_are_forty_messages(place: Office) -> None:
    people = crowd(place, recruiters=40, applications=5000)
    with storm(place, people) as watch:
        watch.poll()
        watch.deliver(lasting=3 * MINUTE)
        slack = watch.slack
        assert watch.owed(to_channels=False) == {"sent"}
        assert watch.owed(to_channels=True) == {"queued"}  # the owners hear first
        assert [len(slack.to(email)) for email in people] == [1] * 40
        assert len(slack.messages) == 40
        assert slack.count("chat.postMessage") == 40  # none was refused
        assert_in_pace(slack)
        for message in slack.messages:
            assert re.search(r"\b125 people\b", message.shown)
            assert re.search(r"\band [0-9]+ more\b", message.shown)
            assert 1 < len(message.blocks) <= MOST_BLOCKS
            assert length(message) <= BLOCKS_LENGTH
            assert all(len(part) <= SECTION_LENGTH for part in sections(message))
        watch.poll()
        watch.deliver(lasting=10 * MINUTE)
        assert len(slack.messages) == slack.count("chat.postMessage") == 40
        assert slack.count("chat.update") == 0


def sections(message: Posted) -> list[str]:
    return [block["text"]["text"] for block in message.blocks if "text" in block]


def test_many_recruiters_are_told_no_faster_than_slack_takes_it(place: Office) -> None:
    people = crowd(place, recruiters=130, applications=260)
    with storm(place, people) as watch:
        watch.poll()
        watch.deliver(lasting=MINUTE)
        assert 25 <= len(watch.slack.messages) <= TIER_3
        watch.deliver(lasting=5 * MINUTE)
        assert [len(watch.slack.to(email)) for email in people] == [1] * 130
        assert_in_pace(watch.slack)
