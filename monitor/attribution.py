"""Which message answers which application, where a system links mail to a person.

Matching by address alone takes a mail about another job for an answer; so a message
counts for an application only when one of four signs says so, else for none.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor.closure import CALL_FIRST
from monitor.model import Application, Channel

STATUS_CHANGE = timedelta(seconds=120)
RECEIPT = timedelta(hours=1)

Choose = Callable[[list[datetime]], datetime]


class Direction(StrEnum):
    """Whether we wrote or the candidate did."""

    OUT = "out"
    IN = "in"


class MessageKind(StrEnum):
    """What sort of message it is; notes and drafts never reach the candidate."""

    HUMAN = "human"
    AUTO = "auto"
    STATUS = "status"
    NOTE = "note"
    DRAFT = "draft"


class Sending(StrEnum):
    """How far an outgoing message got."""

    SENT = "sent"
    QUEUED = "queued"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Message(NamedTuple):
    """One message of the source's second query."""

    application_id: str | None
    candidate_email: str | None
    sent_at: datetime
    direction: Direction
    kind: MessageKind
    delivery: Sending | None
    subject_hint: str | None
    channel: Channel | None = None

    @property
    def is_call(self) -> bool:
        """Tell a call from what is written; of an unknown channel, it is written."""
        return self.channel is Channel.PHONE

    @property
    def is_in_vain(self) -> bool:
        """Tell a call of ours that reached nobody."""
        return self.is_call and self.delivery is Sending.FAILED and self.is_ours

    @property
    def is_ours(self) -> bool:
        return self.direction is Direction.OUT


class Bearing(StrEnum):
    """What a message is to one application; only the first is a reply."""

    REPLY = "reply"
    INBOUND = "inbound"
    RECEIPT = "receipt"
    NOTE = "note"
    DRAFT = "draft"
    UNSENT = "unsent"
    IN_VAIN = "in_vain"
    EARLY = "early"
    OTHER = "other"
    UNCLEAR = "unclear"


class Weighed(NamedTuple):
    """A message and what it is to one application; `other`: the one that it is about."""

    message: Message
    bearing: Bearing
    other: str | None = None


@dataclass(slots=True)
class Mailbox:
    """The messages of one poll, found by application or by address."""

    by_application: dict[str, list[Message]] = field(default_factory=dict)
    by_address: dict[str, list[Message]] = field(default_factory=dict)
    ambiguous: int = 0

    def add(self, message: Message) -> None:
        """Keep what reached somebody, and calls that did not; drop all the rest."""
        if _unheard(message) is not None:
            return
        if message.application_id is not None:
            self.by_application.setdefault(message.application_id, []).append(message)
        elif message.candidate_email:
            self.by_address.setdefault(message.candidate_email, []).append(message)

    def attribute(self, group: Sequence[Application]) -> list[Application]:
        """Return one address's applications with what was said about each filled in."""
        heard: dict[str, list[Message]] = {
            each.application_id: list(self.by_application.get(each.application_id, ()))
            for each in group
        }
        address = group[0].candidate_email
        for message in self.by_address.get(address or "", ()):
            application = _about(message, group)
            if application:
                heard[application.application_id].append(message)
            elif any(each.applied_at <= message.sent_at for each in group):
                self.ambiguous += 1
        return [_fold(each, heard[each.application_id]) for each in group]


def weigh(
    message: Message, application: Application, group: Sequence[Application]
) -> Weighed:
    """Say what a message of a person is to one of their applications.

    `group`: the applications of the same address, as the mailbox attributes them.
    """
    other = message.application_id
    if other is None:
        about = _about(message, group)
        if about is None:
            is_early = all(message.sent_at < each.applied_at for each in group)
            return Weighed(message, Bearing.EARLY if is_early else Bearing.UNCLEAR)
        other = about.application_id
    if other != application.application_id:
        return Weighed(message, Bearing.OTHER, other)
    bearing = _unheard(message) or _bearing(message, application)
    return Weighed(message, bearing)


def _unheard(message: Message) -> Bearing | None:
    """Say why a message counts for no application at all; None where it may."""
    if message.kind is MessageKind.NOTE:
        return Bearing.NOTE
    if message.kind is MessageKind.DRAFT:
        return Bearing.DRAFT
    is_unsent = message.delivery in {Sending.QUEUED, Sending.FAILED}
    if message.is_ours and is_unsent and not message.is_in_vain:
        return Bearing.UNSENT
    return None


def _bearing(message: Message, application: Application) -> Bearing:
    """Say what a message is to the very application that it is about."""
    if not message.is_ours:
        return Bearing.INBOUND
    if message.sent_at < application.applied_at:
        return Bearing.EARLY  # outreach, which answers nothing
    if message.is_in_vain:
        return Bearing.IN_VAIN
    is_receipt = _is_receipt(message, application)
    return Bearing.RECEIPT if is_receipt else Bearing.REPLY


def _about(message: Message, group: Sequence[Application]) -> Application | None:
    """Return the one application that a message is about, or None if it is not clear."""
    applied = [each for each in group if each.applied_at <= message.sent_at]
    hint = (message.subject_hint or "").casefold()
    for signs in (
        applied,
        [each for each in applied if _changed_near(each, message.sent_at)],
        [
            each
            for each in applied
            if each.job_title and each.job_title.casefold() in hint
        ],
    ):
        if len(signs) == 1:
            return signs[0]
    return None


def _changed_near(application: Application, sent_at: datetime) -> bool:
    changes = (
        application.stage_entered_at,
        application.shared_at,
        application.decided_at,
    )
    return any(at is not None and abs(sent_at - at) <= STATUS_CHANGE for at in changes)


def _fold(application: Application, messages: Iterable[Message]) -> Application:
    """Return the application with its replies, receipt and inbound mail filled in."""
    heard: defaultdict[Bearing, list[Message]] = defaultdict(list)
    for message in messages:
        heard[_bearing(message, application)].append(message)
    replies, in_vain = heard[Bearing.REPLY], heard[Bearing.IN_VAIN]
    receipts = [each.sent_at for each in heard[Bearing.RECEIPT]]
    inbound = [each.sent_at for each in heard[Bearing.INBOUND]]
    if not (replies or in_vain or receipts or inbound):
        return application
    told_at, told_by = _told(application, replies)
    sent = [each.sent_at for each in replies]
    calls = [each.sent_at for each in replies if each.is_call]
    written = [each.sent_at for each in replies if not each.is_call]
    unreached_at = _unreached(application, in_vain)
    return application._replace(
        first_reply_at=_pick(min, application.first_reply_at, *sent),
        last_reply_at=_pick(max, application.last_reply_at, *sent),
        last_inbound_at=_pick(max, application.last_inbound_at, *inbound),
        receipt_at=_pick(min, application.receipt_at, *receipts),
        told_at=told_at,
        told_by=told_by,
        called_at=_pick(max, application.called_at, *calls),
        unreached_at=_pick(min, application.unreached_at, unreached_at),
        last_written_at=_pick(max, application.last_written_at, *written),
    )


def tells_at(message: Message, application: Application) -> datetime | None:
    """Return when a message of ours counts as about the decision; None if it does not.

    Who writes or calls first moves the card afterwards; it counts from the decision on.
    """
    decided_at = application.decided_at
    if decided_at is None:
        return None
    before = CALL_FIRST if message.is_call else STATUS_CHANGE
    is_about = message.sent_at >= decided_at - before
    return max(message.sent_at, decided_at) if is_about else None


def _is_receipt(message: Message, application: Application) -> bool:
    """Tell an automatic acknowledgement from an automatic letter that comes later."""
    soon = message.sent_at - application.applied_at <= RECEIPT
    return message.kind is MessageKind.AUTO and soon


def _told(
    application: Application, replies: Iterable[Message]
) -> tuple[datetime | None, Channel | None]:
    """Return when the outcome was first told, and how; a call before a mail."""
    known = application.told_at, application.told_by
    tellings = [
        (told_at, not each.is_call, each.channel or Channel.EMAIL)
        for each in replies
        if (told_at := tells_at(each, application)) is not None
    ]
    if not tellings:
        return known
    told_at, _, told_by = min(tellings)
    if application.told_at is not None and application.told_at <= told_at:
        return known
    return told_at, told_by


def _unreached(application: Application, in_vain: Iterable[Message]) -> datetime | None:
    """Return the second call about the decision that reached nobody."""
    tried = (tells_at(each, application) for each in in_vain)
    attempts = sorted(at for at in tried if at is not None)
    return attempts[1] if len(attempts) > 1 else None


def _pick(choose: Choose, *instants: datetime | None) -> datetime | None:
    known = [at for at in instants if at is not None]
    return choose(known) if known else None
