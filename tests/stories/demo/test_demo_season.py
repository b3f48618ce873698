"""A season played into a real database, with people who heed what they are told."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor import shipped
from monitor.demo import ats, events, letters, tally, world
from monitor.demo.cases import ZONE, local, workday
from monitor.demo.events import Event
from monitor.demo.world import World

QUERY = (shipped.folder() / "config/ats/standard/query.sql").read_text(encoding="utf-8")
MONDAY = date(2026, 9, 7)
AGES_AGO = "2000-01-01 00:00:00"

Alert = tuple[str, str]  # rule, application id


def instant(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def two_working_days(after: str) -> datetime:
    start = instant(after).astimezone(ZONE)
    return local(workday(start, 2), start.hour, start.minute)


def late(row: sqlite3.Row, at: datetime) -> Iterator[tuple[str, Alert]]:
    """Name who is told of an application: the shipped rules in their plainest form."""
    key = str(row["application_id"])
    status, told = row["status"], row["told_at"] is not None
    replied_by = instant(row["applied_at"]) + tally.PROMISE
    if status != "hired" and row["first_reply_at"] is None and at > replied_by:
        yield row["recruiter"], ("first-reply", key)
    settled = status in {"rejected", "closed"}
    if settled and not told and at > two_working_days(row["decided_at"]):
        yield row["recruiter"], ("decided-not-told", key)
    reviewed = status != "open" or row["waiting_on"] != "manager"
    if not reviewed and at > two_working_days(row["waiting_since"]):
        yield row["manager"], ("manager-review", key)


@dataclass
class Play:
    """A season in which everybody gets a digest each working day at nine."""

    season: World
    connection: sqlite3.Connection
    happened: list[Event] = field(default_factory=list)
    told_at: dict[Alert, datetime] = field(default_factory=dict)
    settled: set[Alert] = field(default_factory=set)
    most: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        ahead = list(self.season.events)
        day = self.season.starts_at.astimezone(ZONE).date()
        while (at := local(day, 9)) < self.season.ends_at:
            due = sorted((e for e in ahead if e.at < at), key=lambda e: e.at)
            ahead = [e for e in ahead if e.at >= at]
            ats.apply(self.connection, due)
            self.happened += due
            if day.weekday() < 5:
                ahead += self.season.reactions(self.digests(at), at)
            day += timedelta(days=1)
        self.happened += ahead

    def digests(self, at: datetime) -> dict[str, list[str]]:
        """Tell of an alert at once, and again every two days."""
        now = {"now": letters.text(at), "since": AGES_AGO}
        rows = self.connection.execute(QUERY, now)
        owed = [pair for row in rows for pair in late(row, at)]
        self.settled |= self.told_at.keys() - {alert for _, alert in owed}
        for reader, number in Counter(reader for reader, _ in owed).items():
            self.most[reader] = max(self.most[reader], number)
        told: dict[str, list[str]] = defaultdict(list)
        for reader, alert in owed:
            if alert not in self.told_at or at - self.told_at[alert] >= timedelta(
                days=2
            ):
                told[reader].append(alert[1])
                self.told_at[alert] = at
        return told


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    ats.create(tmp_path / "ats.db")
    with closing(sqlite3.connect(tmp_path / "ats.db")) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def play(connection: sqlite3.Connection, seed: int, weeks: int) -> Play:
    played = Play(world.season(seed, weeks, MONDAY), connection)
    played.run()
    return played


def application(connection: sqlite3.Connection, key: str) -> sqlite3.Row:
    now = {"now": "2100-01-01 00:00:00", "since": AGES_AGO}
    rows = {row["application_id"]: row for row in connection.execute(QUERY, now)}
    found: sqlite3.Row = rows[key]
    return found


@pytest.mark.parametrize("seed", range(6))
def test_nudges_leave_fewer_people_without_an_answer(
    connection: sqlite3.Connection, seed: int
) -> None:
    played = play(connection, seed, 6)
    end = played.season.ends_at
    without = tally.count(played.season.events, end)
    with_svar = tally.count(played.happened, end)
    assert with_svar.applications == without.applications
    assert with_svar.forgotten < without.forgotten / 2
    assert with_svar.untold < without.untold
    assert with_svar.longest_wait < without.longest_wait - timedelta(days=7)


@pytest.mark.parametrize("seed", range(6))
def test_digests_stay_short(connection: sqlite3.Connection, seed: int) -> None:
    played = play(connection, seed, 6)
    assert 1 <= max(played.most.values()) <= 8


def test_messages_get_settled_after_a_reminder(connection: sqlite3.Connection) -> None:
    played = play(connection, seed=1, weeks=3)
    assert {rule for rule, _ in played.settled} == {
        "first-reply",
        "decided-not-told",
        "manager-review",
    }


@pytest.mark.parametrize("seed", range(1, 5))
def test_the_tally_says_what_the_database_says(
    connection: sqlite3.Connection, seed: int
) -> None:
    played = play(connection, seed, weeks=6)
    end = {"now": letters.text(played.season.ends_at), "since": AGES_AGO}
    rows = connection.execute(QUERY, end).fetchall()
    figures = tally.count(played.happened, played.season.ends_at)
    assert sum(row["first_reply_at"] is not None for row in rows) == figures.answered
    settled = [row for row in rows if row["decided_at"]]
    assert sum(row["told_at"] is None for row in settled) == figures.untold


def test_the_same_seed_gives_the_same_performance(tmp_path: Path) -> None:
    dumps = []
    for name in ("one.db", "two.db"):
        ats.create(tmp_path / name)
        with closing(sqlite3.connect(tmp_path / name)) as connection:
            connection.row_factory = sqlite3.Row
            play(connection, seed=4, weeks=4)
            connection.row_factory = None
            dumps.append(list(connection.iterdump()))
    assert dumps[0] == dumps[1]


class TestPointless:
    """Events that have lost their point by the time they come."""

    AT = datetime(2026, 9, 14, 10, tzinfo=UTC)

    @pytest.fixture
    def season(self, connection: sqlite3.Connection) -> World:
        season = world.season(0, 1, MONDAY)
        office = (events.Joined, events.JobOpened)
        ats.apply(connection, (e for e in season.events if isinstance(e, office)))
        return season

    @pytest.fixture
    def key(self, season: World, connection: sqlite3.Connection) -> str:
        arrival = next(e for e in season.events if isinstance(e, events.Applied))
        ats.apply(connection, [arrival])
        return arrival.application_id

    def later(self, hours: int) -> datetime:
        return self.AT + timedelta(hours=hours)

    def declined(self, season: World, key: str, hours: int) -> events.Rejected:
        by = season.people[0]
        return events.Rejected(self.later(hours), key, by, "a reason", with_letter=True)

    def test_a_second_decision(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        hired = events.Hired(self.later(0), key, season.people[2])
        ats.apply(connection, [hired, self.declined(season, key, 1)])
        row = application(connection, key)
        assert (row["status"], row["last_reply_at"]) == (
            "hired",
            letters.text(self.later(0)),
        )

    def test_a_job_for_somebody_declined(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        hired = events.Hired(self.later(1), key, season.people[2])
        ats.apply(connection, [self.declined(season, key, 0), hired])
        assert application(connection, key)["status"] == "rejected"

    def test_an_answer_for_somebody_who_has_it(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        again = events.Called(self.later(1), key, only_if_waiting=True)
        ats.apply(connection, [self.declined(season, key, 0), again])
        assert application(connection, key)["called_at"] is None

    def test_a_letter_to_somebody_who_was_just_answered(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        by = season.people[0]
        letter = events.Rejected(
            self.later(1), key, by, "", with_letter=True, only_if_waiting=True
        )
        ats.apply(connection, [events.Replied(self.later(0), key), letter])
        assert application(connection, key)["status"] == "open"

    def test_a_verdict_without_a_review(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        manager = season.people[2]
        verdict = events.ManagerDecided(self.later(0), key, manager, None)
        ats.apply(connection, [verdict])
        assert application(connection, key)["status"] == "open"

    def test_a_verdict_that_comes_twice(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        manager = season.people[2]
        happened: list[Event] = [
            events.Shared(self.later(0), key),
            events.ManagerDecided(self.later(1), key, manager, self.later(48)),
            events.ManagerDecided(self.later(2), key, manager, self.later(96)),
        ]
        ats.apply(connection, happened)
        query = "SELECT next_interview_at FROM applications WHERE id = ?"
        [planned] = connection.execute(query, (key,)).fetchone()
        assert planned == letters.text(self.later(48))

    def test_a_question_from_somebody_who_was_told(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        question = events.Wrote(self.later(1), key)
        ats.apply(connection, [self.declined(season, key, 0), question])
        assert application(connection, key)["last_inbound_at"] is None

    def test_filling_a_job_twice(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        job = season.cases[key].job.job_id
        filled = [events.JobFilled(self.later(hours), job) for hours in (0, 5)]
        ats.apply(connection, filled)
        assert application(connection, key)["job_closed_at"] == letters.text(
            self.later(0)
        )

    def test_half_a_batch_is_not_written(
        self, connection: sqlite3.Connection, season: World, key: str
    ) -> None:
        replied = events.Replied(self.later(0), key)
        stray = events.Replied(self.later(1), "nobody")
        connection.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            ats.apply(connection, [replied, stray])
        assert application(connection, key)["first_reply_at"] is None
