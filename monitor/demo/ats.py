"""The demo's recruiting database: what happens, written into the standard schema."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from monitor import shipped
from monitor.demo import events
from monitor.demo.events import Event, Reply

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


def text(at: datetime) -> str:
    """Return an instant as the schema spells it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _write(connection: sqlite3.Connection, event: Event) -> None:
    match event:
        case events.Joined() | events.JobOpened() | events.JobFilled():
            _write_office(connection, event)
        case events.Applied() | events.Receipt() | events.Wrote():
            _write_candidate(connection, event)
        case events.Replied() | events.Called():
            if not event.only_if_waiting or _waits(connection, event.application_id):
                _write_reply(connection, event)
        case events.KnockedOut() | events.Shared() | events.Interviewed():
            _write_step(connection, event)
        case events.ManagerDecided():
            _write_verdict(connection, event)
        case events.Rejected() | events.Hired():
            _write_end(connection, event)


def _write_office(
    connection: sqlite3.Connection,
    event: events.Joined | events.JobOpened | events.JobFilled,
) -> None:
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
        case events.JobFilled(at, job_id):
            connection.execute(
                "UPDATE jobs SET status = 'filled', closed_at = ?"
                " WHERE id = ? AND closed_at IS NULL",
                (text(at), job_id),
            )


def _write_candidate(
    connection: sqlite3.Connection,
    event: events.Applied | events.Receipt | events.Wrote,
) -> None:
    match event:
        case events.Applied(at, application_id, candidate, job_id):
            connection.execute(
                "INSERT INTO candidates (id, name, email) VALUES (?, ?, ?)",
                (candidate.candidate_id, candidate.name, candidate.email),
            )
            now = text(at)
            connection.execute(
                "INSERT INTO applications (id, candidate_id, job_id, url, applied_at,"
                " status, stage, stage_entered_at, waiting_on, waiting_since,"
                " internal, knocked_out, updated_at) VALUES"
                " (?, ?, ?, ?, ?, 'open', 'Applied', ?, 'recruiter', ?, 0, 0, ?)",
                (
                    application_id,
                    candidate.candidate_id,
                    job_id,
                    PAGE + application_id,
                    *(now,) * 4,
                ),
            )
        case events.Receipt(at, application_id):
            _say(connection, application_id, at, ("out", "auto", "email"))
        case events.Wrote(at, application_id):
            if _waits(connection, application_id):
                _say(connection, application_id, at, ("in", "human", "email"))


def _write_reply(connection: sqlite3.Connection, event: Reply) -> None:
    channel = "phone" if isinstance(event, events.Called) else "email"
    _say(connection, event.application_id, event.at, ("out", "human", channel))


def _write_step(
    connection: sqlite3.Connection,
    event: events.KnockedOut | events.Shared | events.Interviewed,
) -> None:
    now, application_id = text(event.at), event.application_id
    match event:
        case events.KnockedOut():
            connection.execute(
                "UPDATE applications SET knocked_out = 1, screened_out_at = ?,"
                " stage = 'Screening', stage_entered_at = ?, updated_at = ?"
                " WHERE id = ? AND status = 'open'",
                (now, now, now, application_id),
            )
        case events.Shared():
            connection.execute(
                "UPDATE applications SET shared_at = ?, stage = 'Manager review',"
                " stage_entered_at = ?, waiting_on = 'manager', waiting_since = ?,"
                " updated_at = ? WHERE id = ? AND status = 'open'",
                (now, now, now, now, application_id),
            )
        case events.Interviewed():
            connection.execute(
                "UPDATE applications SET interviewed_at = ?, next_interview_at = NULL,"
                " waiting_on = 'manager', waiting_since = ?, updated_at = ?"
                " WHERE id = ? AND status = 'open' AND next_interview_at IS NOT NULL",
                (now, now, now, application_id),
            )


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
    _say(connection, application_id, event.at, ("out", "human", "email"))


def _write_end(
    connection: sqlite3.Connection, event: events.Rejected | events.Hired
) -> None:
    application_id, at = event.application_id, event.at
    match event:
        case events.Rejected():
            if event.only_if_waiting and not _waits(connection, application_id):
                return
            closed = _close(connection, event, ("rejected", event.reason))
            if closed and event.with_letter:
                _say(connection, application_id, at, ("out", "status", "email"))
        case events.Hired():
            if _close(connection, event, ("hired", None)):
                _say(connection, application_id, at, ("out", "human", "phone"))


def _close(
    connection: sqlite3.Connection,
    event: events.ManagerDecided | events.Rejected | events.Hired,
    outcome: tuple[str, str | None],
) -> bool:
    """Decide an application; say whether it was still open."""
    decision, reason = outcome
    now = text(event.at)
    done = connection.execute(
        "UPDATE applications SET status = ?, decision = ?, decision_reason = ?,"
        " decided_at = ?, decided_by_id = ?, waiting_on = 'nobody', waiting_since = ?,"
        " next_interview_at = NULL, updated_at = ? WHERE id = ? AND status = 'open'",
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


def _say(
    connection: sqlite3.Connection,
    application_id: str,
    at: datetime,
    how: tuple[str, str, str],
) -> None:
    """Write a message: its direction, kind and channel."""
    connection.execute(
        "INSERT INTO messages (id, application_id, sent_at, direction, kind, channel)"
        " SELECT ? || '-' || (COUNT(*) + 1), ?, ?, ?, ?, ? FROM messages"
        " WHERE application_id = ?",
        (application_id, application_id, text(at), *how, application_id),
    )


def _is_under_review(connection: sqlite3.Connection, application_id: str) -> bool:
    found = connection.execute(
        "SELECT 1 FROM applications WHERE id = ? AND status = 'open'"
        " AND waiting_on = 'manager' AND interviewed_at IS NULL",
        (application_id,),
    )
    return found.fetchone() is not None


def _waits(connection: sqlite3.Connection, application_id: str) -> bool:
    """Say whether the candidate has no answer, or none since the decision."""
    found = connection.execute(
        "SELECT 1 FROM messages AS m"
        " JOIN applications AS a ON a.id = m.application_id"
        " JOIN jobs AS j ON j.id = a.job_id"
        " WHERE a.id = ? AND m.direction = 'out' AND m.kind IN ('human', 'status')"
        " AND m.sent_at >= COALESCE(a.decided_at, j.closed_at, a.applied_at)",
        (application_id,),
    )
    return found.fetchone() is None
