"""The small things of a season: tests, calls, promises, and what they leave behind."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor import shipped
from monitor.demo import ats, events, letters, world
from monitor.demo.events import Event, Person
from monitor.demo.world import World

QUERY = (shipped.folder() / "config/ats/standard/query.sql").read_text(encoding="utf-8")
AT = datetime(2026, 9, 14, 10, tzinfo=UTC)
OUT_MAIL, OUT_CALL = ("out", "human", "email"), ("out", "human", "phone")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    ats.create(tmp_path / "ats.db")
    with closing(sqlite3.connect(tmp_path / "ats.db")) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


@pytest.fixture
def season(connection: sqlite3.Connection) -> World:
    season = world.season(0, 1, date(2026, 9, 7))
    office = (events.Joined, events.JobOpened)
    ats.apply(connection, (e for e in season.events if isinstance(e, office)))
    return season


@pytest.fixture
def key(season: World, connection: sqlite3.Connection) -> str:
    arrival = next(e for e in season.events if isinstance(e, events.Applied))
    ats.apply(connection, [arrival])
    return arrival.application_id


@pytest.fixture
def manager(season: World) -> Person:
    return season.people[2]


def later(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


def after(connection: sqlite3.Connection, key: str, *happened: Event) -> sqlite3.Row:
    """Return the application as the shipped query reads it after these events."""
    ats.apply(connection, happened)
    connection.row_factory = sqlite3.Row
    now = {"now": "2100-01-01 00:00:00", "since": "2000-01-01 00:00:00"}
    rows = {row["application_id"]: row for row in connection.execute(QUERY, now)}
    found: sqlite3.Row = rows[key]
    return found


def interviewed(key: str, manager: Person) -> list[Event]:
    return [
        events.Shared(later(0), key),
        events.ManagerDecided(later(1), key, manager, later(24)),
        events.Interviewed(later(25), key),
    ]


def said(connection: sqlite3.Connection, key: str) -> list[tuple[str, str, str]]:
    rows = connection.execute(
        "SELECT direction, kind, channel FROM messages WHERE application_id = ?"
        " ORDER BY sent_at",
        (key,),
    )
    return [tuple(row) for row in rows]


def test_a_test_is_the_candidates_turn(
    connection: sqlite3.Connection, key: str
) -> None:
    sent = after(connection, key, events.TestSent(later(0), key))
    assert (sent["waiting_on"], sent["stage"]) == ("candidate", "Assessment")
    assert sent["last_written_at"] == letters.text(later(0))
    taken = after(connection, key, events.TestTaken(later(50), key))
    assert (taken["waiting_on"], taken["assessed_at"]) == (
        "recruiter",
        letters.text(later(50)),
    )
    turn = f"{letters.text(later(0))}/{letters.text(later(50))}"
    assert taken["paused"] == turn


def test_a_test_that_nobody_sent_is_not_taken(
    connection: sqlite3.Connection, key: str
) -> None:
    row = after(connection, key, events.TestTaken(later(0), key))
    assert (row["assessed_at"], row["paused"]) == (None, None)


def test_a_promise_stands_until_the_next_word(
    connection: sqlite3.Connection, key: str
) -> None:
    reply = events.Replied(later(0), key)
    promised = after(connection, key, reply, events.Promised(later(0), key, later(48)))
    assert promised["promised_at"] == letters.text(later(48))
    kept = after(connection, key, events.Called(later(40), key))
    assert kept["promised_at"] is None


def test_a_scorecard_needs_an_interview(
    connection: sqlite3.Connection, key: str, manager: Person
) -> None:
    filed = events.ScorecardFiled(later(0), key)
    assert after(connection, key, filed)["feedback_at"] is None
    again = [events.ScorecardFiled(later(hours), key) for hours in (30, 40)]
    row = after(connection, key, *interviewed(key, manager), *again)
    assert row["feedback_at"] == letters.text(later(30))


def test_a_conclusion_needs_an_interview(
    connection: sqlite3.Connection, key: str, manager: Person
) -> None:
    no = events.Concluded(later(0), key, manager, "another came closer")
    assert after(connection, key, no)["status"] == "open"
    no = events.Concluded(later(30), key, manager, "another came closer")
    row = after(connection, key, *interviewed(key, manager), no)
    assert (row["status"], row["decided_by"]) == ("rejected", manager.email)


def test_a_reason_may_follow_and_is_not_overwritten(
    connection: sqlite3.Connection, key: str, season: World
) -> None:
    declined = events.Rejected(later(0), key, season.people[1], None, with_letter=False)
    assert after(connection, key, declined)["decision_reason"] is None
    reasons = [events.GaveReason(later(n), key, f"reason {n}") for n in (1, 2)]
    assert after(connection, key, *reasons)["decision_reason"] == "reason 1"


@pytest.mark.parametrize("is_declined", [True, False])
def test_only_who_was_declined_asks_why_and_is_surveyed(
    connection: sqlite3.Connection, key: str, season: World, *, is_declined: bool
) -> None:
    declined = events.Rejected(later(0), key, season.people[0], "why", with_letter=True)
    row = after(
        connection,
        key,
        *[declined] * is_declined,
        events.AskedFeedback(later(5), key),
        events.Surveyed(later(6), key, 7),
    )
    asked_at = letters.text(later(5)) if is_declined else None
    assert row["feedback_requested_at"] == row["last_inbound_at"] == asked_at
    assert row["survey_score"] == (7 if is_declined else None)


def test_an_interviewed_candidate_who_was_only_written_to_is_called(
    connection: sqlite3.Connection, key: str, manager: Person, season: World
) -> None:
    no = events.Concluded(later(30), key, manager, "another came closer")
    mail = events.Replied(later(31), key, only_if_waiting=True)
    call = events.Called(later(32), key, only_if_waiting=True)
    again = events.Called(later(33), key, only_if_waiting=True)
    row = after(connection, key, *interviewed(key, manager), no, mail, call, again)
    assert (row["told_by"], row["called_at"]) == ("email", letters.text(later(32)))


def test_a_mail_follows_the_call_once(
    connection: sqlite3.Connection, key: str, manager: Person
) -> None:
    no = events.Concluded(later(30), key, manager, "another came closer")
    call = events.Called(later(31), key, only_if_waiting=True)
    mails = [events.Replied(later(n), key, only_if_waiting=True) for n in (40, 50)]
    after(connection, key, *interviewed(key, manager), no, call, *mails)
    assert said(connection, key)[-2:] == [OUT_CALL, OUT_MAIL]


def test_two_calls_in_vain_are_enough(
    connection: sqlite3.Connection, key: str, manager: Person
) -> None:
    no = events.Concluded(later(30), key, manager, "another came closer")
    vain = [events.CalledInVain(later(n), key) for n in (31, 32)]
    mail = events.Replied(later(33), key, only_if_waiting=True)
    late: list[Event] = [
        events.CalledInVain(later(34), key),
        events.Called(later(35), key, only_if_waiting=True),
    ]
    row = after(connection, key, *interviewed(key, manager), no, *vain, mail, *late)
    assert row["unreached_at"] == letters.text(later(32))
    assert (row["told_by"], row["called_at"]) == ("email", None)


def test_who_has_not_heard_for_days_is_written_to_again(
    connection: sqlite3.Connection, key: str
) -> None:
    replies = [
        events.Replied(later(hours), key, only_if_waiting=True)
        for hours in (0, 90, 130)
    ]
    after(connection, key, *replies)
    assert said(connection, key) == [OUT_MAIL, OUT_MAIL]


def test_a_job_on_hold_holds_only_those_named(
    connection: sqlite3.Connection, key: str, season: World
) -> None:
    job = season.cases[key].job.job_id
    paused = events.JobPaused(later(0), job, (key,))
    assert after(connection, key, paused)["status"] == "on_hold"
    declined = events.Rejected(later(1), key, season.people[0], "why", with_letter=True)
    row = after(connection, key, declined)
    assert (row["status"], row["told_at"]) == ("rejected", letters.text(later(1)))
