"""`svar rules backtest`: what it counts is what a Svar that was there would have sent."""

import dataclasses
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from monitor.attribution import Mailbox
from monitor.configuration import Configuration
from monitor.cycle import Cycle, world
from monitor.errors import ConfigError
from monitor.model import Application, Ball, Channel, Status
from monitor.outbox import Digests
from monitor.proof import backtest, past
from monitor.proof.backtest import Backtest, Key
from monitor.rules import Kind, Rulebook
from monitor.source import Poll, Source
from monitor.store import Connection, Store, mail
from monitor.store.mail import PostStatus
from monitor.store.tables import notices
from tests.builders import INGRID, PER, application, rulebook
from tests.stories import office
from tests.stories.office import NOW, Office

DAYS = 21
BEGINS = NOW - timedelta(days=DAYS)
NUMBERS = count()

ASKS = (
    {},
    {
        "when": "{status: open, waiting_on: manager}",
        "clock": "{starts: {latest: [shared_at, waiting_since]}, stops: decided_at}",
        "owner": "manager",
    },
    {
        "when": "{status: [open, on_hold]}",
        "clock": "{starts: last_reply_at, stops: [last_reply_at, told_at]}",
    },
    {
        "when": "{closure: decided_not_told}",
        "clock": "{starts: decided_at, stops: told_at}",
        "owner": "decided_by",
    },
    {
        "when": "{closure: [undecided, wrong_channel], interviewed_at: present}",
        "exempt": "{next_interview_at: present}",
        "clock": "{starts: {latest: [interviewed_at, last_inbound_at]}, "
        "stops: reached_at, not_before: 1 day}",
    },
    {
        "when": "{applied_at: {after: 9 days ago}}",
        "exempt": "[{status: on_hold}, {interviewed_at: {before: 4 days ago}}]",
    },
    {
        "clock": "{starts: applied_at, stops: told_at, due: promised_at}",
        "when": "{stage: Interview}",
    },
)
LADDERS = (
    "[{at: target, tell: owner}]",
    """[
      {at: 2 days before, tell: owner},
      {at: target, tell: owner, repeat: {every: 1 working day, at_most: 3}},
      {at: 3 working days after, tell: '#leads'}]""",
    """[
      {at: target, tell: [owner, recruiter]},
      {at: 2 days after, tell: [manager, '#leads']},
      {at: 4 days after, tell: '#leads'}]""",
)
TARGETS = ("30 hours", "4 days", "2 working days", "20 working hours")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose state has its tables, and nothing in them."""
    made = office.build(tmp_path_factory.mktemp("past") / "office")
    with closing(Store(f"sqlite:///{made.state}")) as store:
        store.upgrade()
    return made


class Shown(Poll):
    """A pass over rows that are at hand."""

    def __init__(self, rows: Sequence[Application]) -> None:
        self.rows = rows
        self.rejected = Counter()
        self.rejected_ids = []
        self.mailbox = Mailbox()

    def __iter__(self) -> Iterator[Application]:
        yield from self.rows


class Past(Source):
    """A recruiting database as it stood on each day."""

    def __init__(self, loaded: Configuration, rows: Sequence[Application]) -> None:
        (self.settings,) = loaded.settings.sources
        self.name = self.settings.name
        self.mapping = loaded.mappings[self.name]
        self.rows = rows

    def columns(self, now: datetime) -> list[str]:
        return list(Application._fields)

    def delivered(self, now: datetime) -> set[str]:
        return set(Application._fields)

    @contextmanager
    def poll(self, now: datetime) -> Iterator[Poll]:
        yield Shown([past.as_of(r, now) for r in self.rows if r.applied_at <= now])


def lived(
    place: Office, loaded: Configuration, source: Source, looks: Sequence[datetime]
) -> tuple[Counter[Key], Counter[Key]]:
    """Poll and bundle at each digest hour with a real state; count what was posted."""
    state = place.folder / f"svar-{next(NUMBERS)}.db"
    shutil.copy(place.state, state)
    lines, escalations = Counter[Key](), Counter[Key]()
    with closing(Store(f"sqlite:///{state}")) as store:
        cycle = Cycle(store, source, loaded)
        for now in looks:
            assert cycle.run(now=now).run.outcome == "ok"
            with store.write() as connection:
                if now == looks[0]:  # what was owed by then is no news
                    connection.execute(delete(notices))
                day = loaded.calendar.local_day(now)
                for key, escalates in posted(connection, day, now):
                    lines[key] += 1
                    escalations[key] += escalates
    state.unlink()
    return lines, +escalations


def posted(
    connection: Connection, day: date, now: datetime
) -> Iterator[tuple[Key, bool]]:
    """Send the digests of a day; yield each line of each, and whether it escalates."""
    ids = mail.claim_new(connection, day, now=now, most=99)
    for post in mail.read(connection, ids):
        mail.settle(connection, post.id, PostStatus.SENT, sent_at=now)
        lines: dict[Any, bool] = {}
        for alert, kind in post.told:
            line = alert.id, Key(alert.seen.rule, day, post.recipient)
            lines[line] = lines.get(line, False) or kind is Kind.ESCALATION
        yield from ((key, escalates) for (_, key), escalates in lines.items())


def office_of(loaded: Configuration, source: Source) -> backtest.Office:
    digests = Digests(loaded.calendar, loaded.settings.slack.digest_at)
    looks = backtest.looks(digests, DAYS, now=NOW)
    people = loaded.settings.people
    return backtest.Office(world(loaded, source), people, digests, looks)


@st.composite
def rulebooks(draw: st.DrawFn) -> Rulebook:
    """Draw a few rules; what no admin may write is left out."""
    texts = [
        {
            "id": f"rule-{number}",
            "target": draw(st.sampled_from(TARGETS)),
            "ladder": draw(st.sampled_from(LADDERS)),
            "backlog": draw(st.sampled_from(["90 days", "5 days"])),
        }
        | asks
        for number, asks in enumerate(
            draw(st.lists(st.sampled_from(ASKS), min_size=1, max_size=3))
        )
    ]
    for text in texts:
        if "due:" in text.get("clock", ""):
            del text["target"]
    try:
        return rulebook(*texts)
    except ConfigError:
        assume(False)  # noqa: FBT003 - hypothesis' own word
        raise


instants = st.integers(-9 * 24, (DAYS + 2) * 24).map(
    lambda hours: BEGINS + timedelta(hours=hours, minutes=7)
)
maybe = st.none() | instants
MILESTONES = (
    *("stage_entered_at", "waiting_since", "first_reply_at", "last_reply_at"),
    *("last_inbound_at", "shared_at", "interviewed_at", "next_interview_at"),
    *("feedback_at", "decided_at", "told_at", "called_at", "unreached_at"),
    *("last_written_at", "promised_at", "job_closed_at", "updated_at"),
)


@st.composite
def applications(draw: st.DrawFn, name: str) -> Application:
    """Draw an application whose milestones lie anywhere in and around the days."""
    fields: dict[str, Any] = {each: draw(maybe) for each in MILESTONES}
    return application(
        application_id=name,
        applied_at=draw(instants),
        status=draw(st.sampled_from(Status)),
        stage=draw(st.sampled_from(["Interview", "Offer"])),
        waiting_on=draw(st.none() | st.sampled_from(Ball)),
        told_by=draw(st.sampled_from(Channel)),
        manager=draw(st.sampled_from([PER, None])),
        decided_by=draw(st.sampled_from([INGRID, PER, None])),
        **fields,
    )


rows = st.integers(1, 4).flatmap(
    lambda n: st.tuples(*(applications(f"A{each}") for each in range(n)))
)


@settings(derandomize=True, database=None, deadline=None, max_examples=40)
@given(rulebooks(), rows)
def test_it_counts_what_a_svar_that_was_there_would_have_sent(
    place: Office, asked: Rulebook, drawn: tuple[Application, ...]
) -> None:
    loaded = dataclasses.replace(place.load(), rulebook=asked)
    source = Past(loaded, drawn)
    where = office_of(loaded, source)
    made = Backtest(asked, where)
    assert list(made.run(drawn)) == [len(drawn)]
    sent = made.sent
    assert (sent.lines, +sent.escalations) == lived(place, loaded, source, where.looks)
