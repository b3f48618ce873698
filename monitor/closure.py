"""Whether a candidate has an answer, over the channel that is due; pure.

Who had an interview is owed a call (Talentech, Frie): a mail alone is the wrong
channel. After two calls that nobody answered a mail counts, marked as a fallback.
"""

from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from monitor.model import ENDED, NOTHING_OWED, Application, Channel, Closure

# What each derived column is worked out from; a source has to deliver the first ones.
NEEDS = {
    "closure": ("decided_at", "told_at", "called_at"),
    "reached_at": ("told_at", "called_at"),
}
_ANSWERS = ("told_at", "called_at", "unreached_at", "last_written_at")
_answers = attrgetter(*_ANSWERS)
CALL_FIRST = timedelta(hours=1)  # before the decision is written down


def state(
    row: Application, *, calls: bool = True, by: datetime | None = None
) -> Closure:
    """Return how far the candidate is from having an answer.

    `calls`: whether the source tells of calls at all; where it does not, a mail is
    taken for an answer. Hired and withdrawn applications count as told. `by`: an answer
    that is dated later is none yet.
    """
    if row.status in NOTHING_OWED:
        return Closure.TOLD
    told_at = row.told_at
    if told_at is None or (by is not None and told_at > by):
        is_open = row.status not in ENDED and row.decided_at is None
        return Closure.UNDECIDED if is_open else Closure.DECIDED_NOT_TOLD
    phoned = row.told_by is Channel.PHONE  # as nearly all are whom we met
    if calls and not phoned and row.interviewed_at is not None:
        known = row if by is None else as_known(row, by)
        if reached_at(known) is None:
            return Closure.WRONG_CHANNEL
    return Closure.TOLD


def as_known(row: Application, by: datetime) -> Application:
    """Return the row without the answers that are dated later than an instant."""
    later: dict[str, Any] = {
        name: None
        for name, at in zip(_ANSWERS, _answers(row), strict=True)
        if at is not None and at > by
    }
    if "told_at" in later:
        later["told_by"] = None
    return row._replace(**later) if later else row


def reached_at(row: Application) -> datetime | None:
    """Return when the outcome reached the candidate over the channel that is due."""
    told_at = row.told_at
    phoned = row.told_by is Channel.PHONE and row.unreached_at is None
    if phoned or row.interviewed_at is None:
        return told_at
    reached = [_called_at(row), _fallback_at(row)]
    return min((at for at in reached if at is not None), default=None)


def is_fallback(row: Application) -> bool:
    """Tell an outcome that was mailed since the calls reached nobody."""
    fallback_at = _fallback_at(row)
    if row.interviewed_at is None or fallback_at is None:
        return False
    return reached_at(row) == fallback_at


def _called_at(row: Application) -> datetime | None:
    """Return the call that told the outcome; one from before it was decided is none."""
    if row.told_by is Channel.PHONE:
        return row.told_at
    if row.called_at is None or not _is_about(row, row.called_at):
        return None
    return max(row.called_at, row.decided_at or row.called_at)


def _fallback_at(row: Application) -> datetime | None:
    """Return the mail that counts since two calls were not answered."""
    if row.told_at is None or not _is_about(row, row.unreached_at):
        return None
    written_at = row.last_written_at or row.told_at
    return written_at if written_at >= (row.unreached_at or written_at) else None


def _is_about(row: Application, called_at: datetime | None) -> bool:
    """Tell whether a call may have been about the outcome: not one long before it.

    Who calls first moves the card afterwards. Without a decision's date it is a call
    since the interview.
    """
    if called_at is None:
        return False
    known_at = row.decided_at or row.job_closed_at
    if known_at is not None:
        return called_at >= known_at - CALL_FIRST
    return row.interviewed_at is None or called_at >= row.interviewed_at
