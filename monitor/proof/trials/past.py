"""Shows an application as a source would have shown it at an earlier instant."""

from datetime import datetime
from typing import Any

from monitor.model import Application, Ball, Status
from monitor.proof.trials.nouns import Story

PLANNED = {"next_interview_at", "promised_at", "job_deadline_at"}  # known beforehand
# What a source learns together with an instant, and does not know before it.
_WITH = {
    "screened_out_at": ("knocked_out",),
    "decided_at": ("decided_by", "decision", "decision_reason"),
    "told_at": ("told_by",),
    "stage_entered_at": ("stage", "phase"),
    "waiting_since": ("waiting_on",),
    "survey_at": ("survey_score",),
}
_SETTLED = {Status.REJECTED, Status.HIRED, Status.WITHDRAWN, Status.CLOSED}


def show(story: Story, now: datetime) -> Application | None:
    """Return the application as of now, or None before anybody applied.

    What lies ahead is hidden, save what is planned: an application that is to be
    decided is still open. A spell that goes on now is who has the ball.
    """
    columns = dict(story.columns)
    for at, changed in story.changes:
        if at <= now:
            columns |= changed
    if columns["applied_at"] > now:
        return None
    ahead = {
        name
        for name, value in columns.items()
        if isinstance(value, datetime) and value > now and name not in PLANNED
    }
    for name in ahead:
        columns |= dict.fromkeys((name, *_WITH.get(name, ())))
    if columns["status"] in _SETTLED and "decided_at" in ahead:
        columns["status"] = Status.OPEN
    if columns["status"] is Status.CLOSED and "job_closed_at" in ahead:
        columns["status"] = Status.OPEN
    _pause(columns, now)
    return Application(**columns)


def _pause(columns: dict[str, Any], now: datetime) -> None:
    spells = columns.get("paused") or ()
    columns["paused"] = tuple(each for each in spells if each[1] <= now) or None
    for begins, ends in spells:
        if begins <= now < ends:
            columns |= {"waiting_on": Ball.CANDIDATE, "waiting_since": begins}
