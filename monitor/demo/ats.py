"""The demo's recruiting database: what happens, written into the standard schema."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from monitor import shipped
from monitor.demo import events, letters, steps
from monitor.demo.events import CandidateEvent, Event, OfficeEvent, Outcome
from monitor.demo.letters import say, text

SCHEMA = Path("config/ats/standard/schema.sqlite.sql")
PAGE = "https://ats.example.com/applications/"


def create(path: Path) -> None:
    """Make an empty database in the standard schema; the file must not exist yet."""
    ddl = (shipped.folder() / SCHEMA).read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(ddl)


def apply(connection: sqlite3.Connection, happened: Iterable[Event]) -> None:
    """Write events in the order given, in one transaction.

    Leaves out what became pointless: a verdict on an application that is decided,
    an answer for somebody who has it already.
    """
    with connection:
        for event in happened:
            _write(connection, event)


def _write(connection: sqlite3.Connection, event: Event) -> None:
    match event:
        case (
            events.Joined()
            | events.JobOpened()
            | events.JobPaused()
            | events.JobFilled()
        ):
            _write_office(connection, event)
        case (
            events.Applied()
            | events.Receipt()
            | events.Wrote()
            | events.AskedFeedback()
            | events.Surveyed()
        ):
            _write_candidate(connection, event)
        case events.Replied() | events.Called() | events.CalledInVain():
            _write_reply(connection, event)
        case events.ManagerDecided():
            _write_verdict(connection, event)
        case events.Concluded() | events.Rejected() | events.Hired():
            _write_end(connection, event)
        case _:
            steps.write(connection, event)


def _write_office(connection: sqlite3.Connection, event: OfficeEvent) -> None:
    match event:
        case events.Joined(_, person):
            connection.execute(
                "INSERT INTO people (id, email, name, role) VALUES (?, ?, ?, ?)",
                (person.email, person.email, person.name, person.role),
            )
        case events.JobOpened(at, job, deadline_at):
            connection.execute(
                "INSERT INTO jobs (id, title, department, country, recruiter_id,"
                " manager_id, opened_at, deadline_at, status)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open')",
                (
                    job.job_id,
                    job.title,
                    job.department,
                    job.country,
                    job.recruiter.email,
                    job.manager.email,
                    text(at),
                    text(deadline_at),
                ),
            )
        case events.JobPaused(at, job_id, application_ids):
            connection.execute(
                "UPDATE jobs SET status = 'paused' WHERE id = ? AND status = 'open'",
                (job_id,),
            )
            connection.executemany(
                "UPDATE applications SET status = 'on_hold', waiting_on = 'recruiter',"
                " waiting_since = ?, updated_at = ? WHERE id = ? AND status = 'open'",
                [(text(at), text(at), each) for each in application_ids],
            )
        case events.JobFilled(at, job_id):
            connection.execute(
                "UPDATE jobs SET status = 'filled', closed_at = ?"
                " WHERE id = ? AND closed_at IS NULL",
                (text(at), job_id),
            )


def _write_candidate(connection: sqlite3.Connection, event: CandidateEvent) -> None:
    match event:
        case events.Applied(at, application_id, candidate, job_id, is_internal):
            connection.execute(
                "INSERT INTO candidates (id, name, email) VALUES (?, ?, ?)",
                (candidate.candidate_id, candidate.name, candidate.email),
            )
            now = text(at)
            connection.execute(
                "INSERT INTO applications (id, candidate_id, job_id, url, applied_at,"
                " status, stage, stage_entered_at, waiting_on, waiting_since,"
                " internal, knocked_out, updated_at) VALUES"
                " (?, ?, ?, ?, ?, 'open', 'Applied', ?, 'recruiter', ?, ?, 0, ?)",
                (
                    application_id,
                    candidate.candidate_id,
                    job_id,
                    PAGE + application_id,
                    *(now,) * 3,
                    is_internal,
                    now,
                ),
            )
        case events.Receipt(at, application_id):
            say(connection, application_id, at, ("out", "auto", "email"))
        case events.Wrote(at, application_id):
            if _is_waiting(connection, event, application_id):
                say(connection, application_id, at, ("in", "human", "email"))
        case events.AskedFeedback(at, application_id):
            asked = connection.execute(
                "UPDATE applications SET feedback_requested_at = ?, updated_at = ?"
                " WHERE id = ? AND status = 'rejected'",
                (text(at), text(at), application_id),
            )
            if asked.rowcount:
                say(connection, application_id, at, ("in", "human", "email"))
        case events.Surveyed(at, application_id, score):
            connection.execute(
                "UPDATE applications SET survey_at = ?, survey_score = ?,"
                " updated_at = ? WHERE id = ? AND status = 'rejected'",
                (text(at), score, text(at), application_id),
            )


def _write_reply(
    connection: sqlite3.Connection,
    event: events.Replied | events.Called | events.CalledInVain,
) -> None:
    found = letters.standing(connection, event.application_id)
    is_owed = found.is_waiting(event.at)
    kind, channel = "human", "email"
    match event:
        case events.CalledInVain():
            kind, channel = "attempt", "phone"
        case events.Called():
            channel = "phone"
            is_owed = is_owed or not event.only_if_waiting or found.lacks_call()
        case events.Replied():
            is_owed = is_owed or not event.only_if_waiting or found.lacks_mail()
    if is_owed:
        say(connection, event.application_id, event.at, ("out", kind, channel))


def _write_verdict(
    connection: sqlite3.Connection, event: events.ManagerDecided
) -> None:
    """Write a line manager's yes or no to an application still under review."""
    application_id, now = event.application_id, text(event.at)
    if not _is_under_review(connection, application_id):
        return
    if event.interview_at is None:
        _close(connection, event, ("rejected", "the line manager chose others"))
        return
    connection.execute(
        "UPDATE applications SET stage = 'Interview', stage_entered_at = ?,"
        " waiting_on = 'nobody', waiting_since = ?, next_interview_at = ?,"
        " updated_at = ? WHERE id = ?",
        (now, now, text(event.interview_at), now, application_id),
    )
    say(connection, application_id, event.at, ("out", "human", "email"))


def _write_end(connection: sqlite3.Connection, event: Outcome) -> None:
    application_id, at = event.application_id, event.at
    match event:
        case events.Concluded():
            found = letters.standing(connection, application_id)
            if found.interviewed_at:
                _close(connection, event, ("rejected", event.reason))
        case events.Rejected():
            is_waiting = _is_waiting(connection, event, application_id)
            if event.only_if_waiting and not is_waiting:
                return
            closed = _close(connection, event, ("rejected", event.reason))
            if closed and event.with_letter:
                say(connection, application_id, at, ("out", "status", "email"))
        case events.Hired():
            if _close(connection, event, ("hired", None)):
                say(connection, application_id, at, ("out", "human", "phone"))


def _close(
    connection: sqlite3.Connection,
    event: events.ManagerDecided | Outcome,
    outcome: tuple[str, str | None],
) -> bool:
    """Decide an application; say whether it was undecided."""
    decision, reason = outcome
    now = text(event.at)
    done = connection.execute(
        "UPDATE applications SET status = ?, decision = ?, decision_reason = ?,"
        " decided_at = ?, decided_by_id = ?, waiting_on = 'nobody', waiting_since = ?,"
        " next_interview_at = NULL, updated_at = ?"
        " WHERE id = ? AND status IN ('open', 'on_hold')",
        (
            decision,
            decision,
            reason,
            now,
            event.by.email,
            now,
            now,
            event.application_id,
        ),
    )
    return done.rowcount > 0


def _is_under_review(connection: sqlite3.Connection, application_id: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM applications WHERE id = ? AND status = 'open'"
        " AND waiting_on = 'manager' AND interviewed_at IS NULL",
        (application_id,),
    )
    return found.fetchone() is not None


def _is_waiting(
    connection: sqlite3.Connection, event: Event, application_id: str
) -> bool:
    """Say whether the candidate waits for a word when the event comes."""
    return letters.standing(connection, application_id).is_waiting(event.at)
