"""What each message to a candidate means to a clock: whether it counts, and why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.attribution import Bearing, MessageKind, Sending, Weighed, tells_at
from monitor.evaluate import get
from monitor.model import Application, Channel
from monitor.privacy import clean
from monitor.rules.nouns import REPLIES

COUNTS = ""  # nothing speaks against it
_NOT = "does not count"
_WAYS = {
    Channel.EMAIL: "mail",
    Channel.PHONE: "call",
    Channel.SMS: "SMS",
    Channel.PORTAL: "message in the portal",
}
_WHY = {
    Bearing.RECEIPT: "automatic",
    Bearing.NOTE: "never sent to the candidate",
    Bearing.DRAFT: "never sent",
    Bearing.IN_VAIN: "reached nobody",
    Bearing.EARLY: "before the application",
    Bearing.OTHER: "other job",
    Bearing.UNCLEAR: "unclear which job it is about",
}
# What happened where a column has an instant; "{}" is the candidate.
SAID = {
    "applied_at": "applied",
    "assessed_at": "test taken",
    "called_at": "call",
    "decided_at": "decided",
    "feedback_at": "feedback is in",
    "feedback_requested_at": "{} asked for feedback",
    "first_reply_at": "first reply",
    "interviewed_at": "interview",
    "job_closed_at": "the job closed",
    "job_deadline_at": "closing date of the ad",
    "last_inbound_at": "{} wrote",
    "last_reply_at": "reply",
    "last_written_at": "written message",
    "next_interview_at": "next interview",
    "promised_at": "promised day",
    "reached_at": "told the outcome",
    "receipt_at": "automatic receipt",
    "screened_out_at": "screened out",
    "shared_at": "handed to the line manager",
    "stage_entered_at": "moved to this stage",
    "survey_at": "survey sent",
    "told_at": "told the outcome",
    "unreached_at": "second call that reached nobody",
    "updated_at": "last change",
    "waiting_since": "the ball was passed on",
}
KNOWN = REPLIES | {"last_inbound_at"}  # what messages can tell
_INBOUND = "last_inbound_at"
_REPLIES = {"first_reply_at", "last_reply_at"}
_TOLD = {"told_at", "reached_at"}


@dataclass(frozen=True, slots=True)
class Case:
    """One application with all that was said to its candidate, in any order.

    `name`: what the candidate is called; `titles`: the jobs of the applications that
    were read; `columns`: what the source delivers.
    """

    row: Application
    name: str
    said: Sequence[Weighed] = ()
    titles: Mapping[str, str | None] | None = None
    columns: frozenset[str] = frozenset()
    knows_messages: bool = True


def happened(column: str, case: Case) -> str:
    """Return what happened where only the column says so."""
    return SAID.get(column, column).format(case.name)


def describe(weighed: Weighed, case: Case) -> str:
    """Return what a message was: "mail to A. K. about Data analyst"."""
    message, bearing = weighed.message, weighed.bearing
    way = _WAYS[message.channel or Channel.EMAIL]
    if bearing is Bearing.RECEIPT:
        return "automatic receipt"
    if message.kind is MessageKind.NOTE:
        return "internal note"
    if message.kind is MessageKind.DRAFT:
        return f"draft of a {way} to {case.name}"
    text = f"{way} {'to' if message.is_ours else 'from'} {case.name}"
    if message.is_ours and message.kind is MessageKind.AUTO:
        text = f"automatic {text}"
    if bearing is Bearing.OTHER:
        text += f" about {_other(weighed, case)}"
    return text


def _other(weighed: Weighed, case: Case) -> str:
    title = (case.titles or {}).get(weighed.other or "")
    return clean(title) or "another application"


def verdict(
    weighed: Weighed,
    row: Application,
    columns: Sequence[str],
    started_at: datetime,
    now: datetime,
) -> str:
    """Return what a message means to a clock that these columns stop."""
    message = weighed.message
    against = unfit(weighed, row, columns)
    if message.sent_at > now and weighed.bearing is Bearing.REPLY:
        return f"{_NOT}: planned, not sent yet"
    if weighed.bearing is Bearing.INBOUND and against:
        return "from the candidate; answers nothing"
    if against:
        return f"{_NOT}: {against}"
    told = not _TOLD.isdisjoint(columns)
    if (_counted_at(weighed, row) if told else message.sent_at) < started_at:
        return f"{_NOT}: before the start"
    # Columns such as `told_at` hold the first one only, whatever came later.
    taken = [name for name in columns if unfit(weighed, row, [name]) == COUNTS]
    if all((at := get(name)(row)) is not None and at < started_at for name in taken):
        return f"{_NOT}: {taken[0]} keeps the first, from before the start"
    return "counts"


def unfit(weighed: Weighed, row: Application, columns: Iterable[str]) -> str:
    """Return why none of the columns takes its value from the message; COUNTS if one does."""
    found = [_unfit(weighed, row, column) for column in columns]
    return COUNTS if COUNTS in found else next(filter(None, found), "no reply")


def _unfit(weighed: Weighed, row: Application, column: str) -> str:
    bearing, message = weighed.bearing, weighed.message
    if (column, bearing) in {
        (_INBOUND, Bearing.INBOUND),
        ("receipt_at", Bearing.RECEIPT),
    }:
        return COUNTS
    if bearing is Bearing.UNSENT:
        is_queued = message.delivery is Sending.QUEUED
        return "not sent yet" if is_queued else "was not delivered"
    if bearing is not Bearing.REPLY:
        return _WHY.get(bearing, "no reply")
    return _unfit_reply(weighed, row, column)


def _unfit_reply(weighed: Weighed, row: Application, column: str) -> str:
    """Return what a reply lacks to be what the column holds."""
    is_call = weighed.message.is_call
    if column in _REPLIES:
        return COUNTS
    if column == "called_at":
        return COUNTS if is_call else "not a call"
    if column == "last_written_at":
        return "not in writing" if is_call else COUNTS
    if column not in _TOLD:
        return "not what this clock waits for"
    untold = _untold(weighed, row)
    return untold if column == "told_at" else untold or _uncalled(weighed, row)


def _untold(weighed: Weighed, row: Application) -> str:
    """Return why a reply does not tell the outcome."""
    if row.decided_at is None:
        return "nothing is decided"
    is_early = tells_at(weighed.message, row) is None
    return "before the decision" if is_early else COUNTS


def _uncalled(weighed: Weighed, row: Application) -> str:
    """Return why a reply does not tell the outcome over the channel that is due."""
    if row.interviewed_at is None or weighed.message.is_call:
        return COUNTS
    sent_at, unreached_at = weighed.message.sent_at, row.unreached_at
    if unreached_at is not None and sent_at >= unreached_at:
        return COUNTS
    return "a call is due after an interview"


def behind(
    at: datetime, case: Case, columns: Iterable[str], now: datetime
) -> Weighed | None:
    """Return the message from which one of these columns has its instant."""
    columns = tuple(columns)
    for each in case.said:
        instants = {each.message.sent_at, _counted_at(each, case.row)}
        sent = each.message.sent_at <= now
        if sent and at in instants and unfit(each, case.row, columns) == COUNTS:
            return each
    return None


def _counted_at(weighed: Weighed, row: Application) -> datetime:
    """Return when a message counts; what was sent just before a decision, with it."""
    return tells_at(weighed.message, row) or weighed.message.sent_at
