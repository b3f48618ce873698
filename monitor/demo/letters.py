"""What the demo's people said to a candidate, and what they still owe."""

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

LONG_AGO = timedelta(days=5)  # after so many days another word is not too much
ENOUGH_CALLS = 2  # in vain; then a mail will do

_STANDING = """
    SELECT a.applied_at, COALESCE(a.decided_at, j.closed_at), a.interviewed_at,
        a.assessed_at,
        MAX(CASE WHEN m.direction = 'in' THEN m.sent_at END),
        MAX(CASE WHEN m.kind IN ('human', 'status') AND m.direction = 'out'
            AND m.channel <> 'phone' THEN m.sent_at END),
        MAX(CASE WHEN m.kind = 'human' AND m.direction = 'out'
            AND m.channel = 'phone' THEN m.sent_at END),
        COUNT(CASE WHEN m.kind = 'attempt' THEN 1 END)
    FROM applications AS a
    JOIN jobs AS j ON j.id = a.job_id
    LEFT JOIN messages AS m ON m.application_id = a.id
    WHERE a.id = ?
    GROUP BY a.id
"""


class Standing(NamedTuple):
    """What counts for whether a candidate is owed a word; instants in the schema's way."""

    applied_at: str
    settled_at: str | None = None
    interviewed_at: str | None = None
    assessed_at: str | None = None
    asked_at: str | None = None
    written_at: str | None = None
    called_at: str | None = None
    attempts: int = 0

    def is_waiting(self, at: datetime) -> bool:
        """Say whether the candidate waits for an answer, or has not heard for days."""
        since = max(
            self.settled_at or self.applied_at,
            self.asked_at or "",
            self.assessed_at or "",
        )
        heard_at = max(self.written_at or "", self.called_at or "")
        if heard_at < since:
            return True
        return self.settled_at is None and heard_at < text(at - LONG_AGO)

    def lacks_call(self) -> bool:
        """Say whether somebody who was interviewed was only written to."""
        if not (self.interviewed_at and self.settled_at):
            return False
        is_called = (self.called_at or "") >= self.settled_at
        return not is_called and self.attempts < ENOUGH_CALLS

    def lacks_mail(self) -> bool:
        """Say whether the outcome was told by phone and not written yet."""
        called_at = self.called_at or ""
        is_told = bool(self.settled_at) and called_at >= (self.settled_at or "")
        return is_told and (self.written_at or "") < called_at


def standing(connection: sqlite3.Connection, application_id: str) -> Standing:
    """Return how an application stands; one that is not there was never spoken to."""
    row = connection.execute(_STANDING, (application_id,)).fetchone()
    return Standing(*row) if row else Standing("")


def say(
    connection: sqlite3.Connection,
    application_id: str,
    at: datetime,
    how: tuple[str, str, str],
) -> None:
    """Write a message: its direction, kind and channel.

    A human's word keeps or breaks the promise of one, so none stands any longer.
    """
    connection.execute(
        "INSERT INTO messages (id, application_id, sent_at, direction, kind, channel)"
        " SELECT ? || '-' || (COUNT(*) + 1), ?, ?, ?, ?, ? FROM messages"
        " WHERE application_id = ?",
        (application_id, application_id, text(at), *how, application_id),
    )
    direction, kind, _ = how
    if direction == "out" and kind in {"human", "status"}:
        connection.execute(
            "UPDATE applications SET promised_at = NULL WHERE id = ?", (application_id,)
        )


def text(at: datetime) -> str:
    """Return an instant as the schema spells it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
