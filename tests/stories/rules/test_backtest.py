"""`svar rules backtest`: what it counts is what a Svar that was there would have sent."""

import dataclasses
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from monitor import cli, clock, cycle, past, shipped
from monitor.configuration import Configuration
from monitor.cycle import Cycle, world
from monitor.errors import ConfigError
from monitor.model import Application, Ball, Channel, Status
from monitor.outbox import Digests
from monitor.proof import backtest
from monitor.proof.backtest import Backtest, Key
from monitor.rules import Kind, Rulebook
from monitor.source import Source
from monitor.store import Connection, Store
from monitor.store.outbox import mail
from monitor.store.tables import notices
from monitor.store.words import PostStatus
from tests.builders import INGRID, PER, application, rulebook
from tests.stories import office
from tests.stories.ats.showing import Shown
from tests.stories.delivery import claiming
from tests.stories.office import NOW, Office

DAYS = 21
BEGINS = NOW - timedelta(days=DAYS)
NUMBERS = count()

ASKS: tuple[dict[str, str], ...] = (
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
        "when": "{status: [open, rejected]}",
        "clock": "{starts: applied_at, stops: told_at, pauses: {waiting_on: candidate}}",
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


def past_of(loaded: Configuration, rows: Sequence[Application]) -> Shown:
    """Return a recruiting database as it stood on each day."""
    return Shown(
        loaded,
        lambda now: [past.as_of(row, now) for row in rows if row.applied_at <= now],
    )


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
                day = loaded.calendar.local_day(now)
                told = list(posted(connection, day, now))
                if now == looks[0]:  # what was owed by then is no news
                    owed = update(notices).where(notices.c.status == "queued")
                    connection.execute(owed.values(status="obsolete"))
                    continue
                for key, escalates in told:
                    lines[key] += 1
                    escalations[key] += escalates
    state.unlink()
    return lines, +escalations


def posted(
    connection: Connection, day: date, now: datetime
) -> Iterator[tuple[Key, bool]]:
    """Send the digests of a day; yield each line of each, and whether it escalates."""
    ids = claiming.digests(connection, day, now=now)
    for post in mail.read(connection, ids):
        mail.settle(connection, post.id, PostStatus.SENT, sent_at=now)
        lines: dict[Any, bool] = {}
        for alert, kind in post.told:
            line = alert.id, Key(alert.seen.rule, day, post.recipient)
            lines[line] = lines.get(line, False) or kind is Kind.ESCALATION
        yield from ((key, escalates) for (_, key), escalates in lines.items())


def office_of(
    loaded: Configuration, source: Source
) -> tuple[cycle.Office, list[datetime]]:
    digests = Digests(loaded.calendar, loaded.settings.slack.digest_at)
    looks = backtest.looks(digests, DAYS, now=NOW)
    people = loaded.settings.people
    return cycle.Office(world(loaded, source), people, digests), looks


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
    spells = draw(st.lists(st.tuples(instants, instants), max_size=2))
    fields["paused"] = tuple(sorted((min(pair), max(pair)) for pair in spells)) or None
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
    source = past_of(loaded, drawn)
    where, looks = office_of(loaded, source)
    made = Backtest(asked, where, looks)
    assert list(made.run(drawn)) == [len(drawn)]
    sent = made.sent
    assert (sent.lines, +sent.escalations) == lived(place, loaded, source, looks)


@pytest.fixture
def furnished(tmp_path: Path) -> Office:
    """An office with three rules over six applications, three of them late by now."""
    made = office.build(tmp_path / "office")
    office.furnish(made, clock.utc_now())
    return made


def run(place: Office, *options: str) -> int:
    return cli.main(["rules", "backtest", "--config", str(place.settings), *options])


def printed(
    place: Office, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, Any]:
    assert run(place, "--json", *options) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


class TestJson:
    def test_the_object_is_as_promised(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        found = printed(furnished, capsys)
        assert list(found) == ["sources", "days", "sent", "digests", "unknown"]
        assert found["sources"] == [
            {
                "name": "recruiting",
                "applications": 6,
                "rejected_rows": 0,
                "rejected_messages": 0,
                "not_measurable": [],
            }
        ]
        assert list(found["sent"][0]) == [
            *("rule", "day", "person", "lines", "escalations")
        ]
        rules = {each["rule"] for each in found["sent"]}
        assert rules == {"decided-not-told", "first-reply", "manager-review"}

    def test_lines_add_up_to_digests_and_days(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        found = printed(furnished, capsys)
        total = sum(each["lines"] for each in found["sent"])
        assert sum(each["lines"] for each in found["digests"]) == total > 0
        assert sum(each["lines"] for each in found["days"]) == total
        digests = sum(each["digests"] for each in found["days"])
        assert digests == len(found["digests"])

    def test_fewer_days_have_fewer_lines(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        few = printed(furnished, capsys, "--days", "10")
        many = printed(furnished, capsys, "--days", "30")
        assert len(few["days"]) < len(many["days"])
        kept = {each["day"] for each in few["days"]}
        assert few["sent"] == [each for each in many["sent"] if each["day"] in kept]

    def test_a_rule_that_the_source_cannot_feed_is_named(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = shipped.folder() / "config" / "ats" / "standard"
        own = furnished.folder / "config" / "ats" / "own"
        shutil.copytree(folder, own)
        query = (own / "query.sql").read_text("utf-8")
        (own / "query.sql").write_text(
            f"SELECT application_id, candidate_ref, applied_at, status FROM ({query})",  # noqa: S608 - names are ours
            "utf-8",
        )
        furnished.source(mapping="ats/own")
        (source,) = printed(furnished, capsys)["sources"]
        assert source["not_measurable"] == [
            *("decided-not-told", "first-reply", "manager-review")
        ]
        assert run(furnished) == 0
        assert "Cannot be measured here: first-reply" in capsys.readouterr().out

    def test_days_before_another_instant_may_be_asked_about(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        asked = ("--days", "10", "--as-of", "2026-09-16T12:00+02:00")
        days = [each["day"] for each in printed(furnished, capsys, *asked)["days"]]
        assert (days[0], days[-1]) == ("2026-09-07", "2026-09-16")


class TestText:
    def test_it_shows_rules_people_and_what_is_not_known(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(furnished, "--days", "30") == 0
        shown = capsys.readouterr()
        assert shown.err == ""
        for said in (
            *("Standard schema", "6 applications", "busiest day", "fullest day"),
            *("first-reply", office.RECRUITER, "who had the ball earlier"),
            *("lines a digest. Nothing was sent.",),
        ):
            assert said in shown.out
        assert "lookback" not in shown.out

    def test_a_lookback_that_is_too_short_is_said(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        furnished.source(lookback="60 days")
        assert run(furnished) == 0
        assert "before its lookback of 60 days" in capsys.readouterr().out

    def test_other_rules_may_be_held_against_the_same_days(
        self, furnished: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = tmp_path / "other"
        other.mkdir()
        text = (furnished.rules / "first-reply.yaml").read_text("utf-8")
        (other / "a.yaml").write_text(text.replace("first-reply", "mine"), "utf-8")
        found = printed(furnished, capsys, "--rules", str(other))
        assert {each["rule"] for each in found["sent"]} == {"mine"}

    def test_days_on_which_nothing_was_due_are_said_to_be_so(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(office.build(tmp_path / "office")) == 0
        assert "0 lines in 0 digests to 0 recipients." in capsys.readouterr().out

    def test_many_people_are_cut_short(
        self, furnished: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        now = clock.utc_now()
        for number in range(25):
            who = f"person{number}@example.com"
            furnished.run(
                "INSERT INTO people VALUES (?, ?, ?, 'recruiter')", who, who, who
            )
            furnished.run(
                "INSERT INTO jobs (id, title, recruiter_id, status)"
                " VALUES (?, 'Nurse', ?, 'open')",
                *(f"job{number}", who),
            )
            office.apply(furnished, f"more{number}", now, days=20)
            office.change(furnished, f"more{number}", job_id=f"job{number}")
        assert run(furnished) == 0
        assert "more (--json has all)" in capsys.readouterr().out

    def test_nothing_is_written(self, furnished: Office) -> None:
        before = furnished.ats.read_bytes()
        assert run(furnished) == 0
        assert furnished.ats.read_bytes() == before
        assert not furnished.state.exists()

    def test_a_terminal_is_shown_how_far_the_reading_is(
        self,
        furnished: Office,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert run(furnished) == 0
        assert "reading recruiting ... 6" in capsys.readouterr().err
