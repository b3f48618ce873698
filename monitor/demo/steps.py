"""Writes the steps of an application on its way; what is pointless changes no row."""

import sqlite3

from monitor.demo import events, letters
from monitor.demo.events import Step

# Each step's change, and where it applies beside the application's own id.
_CHANGES: dict[type, tuple[str, str]] = {
    events.KnockedOut: (
        (
            "knocked_out = 1, screened_out_at = :now, stage = 'Screening',"
            " stage_entered_at = :now"
        ),
        "status = 'open'",
    ),
    events.Promised: ("promised_at = :answer_by", "status IN ('open', 'on_hold')"),
    events.TestSent: (
        (
            "stage = 'Assessment', stage_entered_at = :now, waiting_on = 'candidate',"
            " waiting_since = :now"
        ),
        "status = 'open'",
    ),
    events.TestTaken: (
        "assessed_at = :now, waiting_on = 'recruiter', waiting_since = :now",
        "status = 'open' AND stage = 'Assessment' AND waiting_on = 'candidate'",
    ),
    events.Shared: (
        (
            "shared_at = :now, stage = 'Manager review', stage_entered_at = :now,"
            " waiting_on = 'manager', waiting_since = :now"
        ),
        "status = 'open'",
    ),
    events.Interviewed: (
        (
            "interviewed_at = :now, next_interview_at = NULL, waiting_on = 'manager',"
            " waiting_since = :now"
        ),
        "status = 'open' AND next_interview_at IS NOT NULL",
    ),
    events.ScorecardFiled: (
        "feedback_at = :now",
        "status = 'open' AND interviewed_at IS NOT NULL AND feedback_at IS NULL",
    ),
    events.GaveReason: (
        "decision_reason = :reason",
        "status = 'rejected' AND decision_reason IS NULL",
    ),
}


def write(connection: sqlite3.Connection, step: Step) -> None:
    """Write one step of an application."""
    turn = _turn(connection, step)
    change, applies = _CHANGES[type(step)]
    done = connection.execute(
        f"UPDATE applications SET {change}, updated_at = :now"  # noqa: S608 - from the table above
        f" WHERE id = :id AND {applies}",
        {
            "now": letters.text(step.at),
            "id": step.application_id,
            "reason": getattr(step, "reason", None),
            "answer_by": _answer_by(step),
        },
    )
    if not done.rowcount:
        return
    if turn:
        connection.execute("INSERT INTO candidate_turns VALUES (?, ?, ?)", turn)
    if isinstance(step, events.TestSent):
        how = ("out", "human", "email")
        letters.say(connection, step.application_id, step.at, how)


def _turn(connection: sqlite3.Connection, step: Step) -> tuple[str, str, str] | None:
    """Return the candidate's turn that a step ends: whose, from when and until when."""
    if not isinstance(step, events.TestTaken):
        return None
    found = connection.execute(
        "SELECT waiting_since FROM applications WHERE id = ?", (step.application_id,)
    ).fetchone()
    return (step.application_id, found[0], letters.text(step.at)) if found else None


def _answer_by(step: Step) -> str | None:
    return letters.text(step.answer_by) if isinstance(step, events.Promised) else None
