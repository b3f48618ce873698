"""The frozen nouns that cross the borders between modules."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Status(StrEnum):
    """Where an application stands; `closed`: the job shut and nobody decided."""

    OPEN = "open"
    ON_HOLD = "on_hold"
    REJECTED = "rejected"
    HIRED = "hired"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


ENDED = frozenset({Status.REJECTED, Status.HIRED, Status.WITHDRAWN, Status.CLOSED})
NOTHING_OWED = frozenset({Status.HIRED, Status.WITHDRAWN})  # nobody waits for an answer


class Phase(StrEnum):
    """How far an application came, in words that every ATS shares."""

    APPLIED = "applied"
    SCREENING = "screening"
    ASSESSMENT = "assessment"
    INTERVIEW = "interview"
    OFFER = "offer"


class Ball(StrEnum):
    """Who the candidate waits on."""

    RECRUITER = "recruiter"
    MANAGER = "manager"
    CANDIDATE = "candidate"
    NOBODY = "nobody"


class Channel(StrEnum):
    """The way in which an outcome reached the candidate."""

    EMAIL = "email"
    PHONE = "phone"
    PORTAL = "portal"
    SMS = "sms"


class Closure(StrEnum):
    """How far a candidate is from having an answer, over the channel that is due."""

    UNDECIDED = "undecided"
    DECIDED_NOT_TOLD = "decided_not_told"
    WRONG_CHANNEL = "wrong_channel"
    TOLD = "told"


Spell = tuple[datetime, datetime]


class Application(NamedTuple):
    """One person's application to one job, in the words of the application view.

    A tuple rather than a dataclass: building one costs a tenth, and one is built
    for each row of the source. Instants are aware UTC.
    """

    application_id: str
    candidate_ref: str
    applied_at: datetime
    status: Status
    candidate_name: str | None = None
    candidate_email: str | None = None
    job_ref: str | None = None
    job_title: str | None = None
    department: str | None = None
    country: str | None = None
    url: str | None = None
    stage: str | None = None
    stage_entered_at: datetime | None = None
    waiting_on: Ball | None = None
    waiting_since: datetime | None = None
    paused: tuple[Spell, ...] | None = None
    recruiter: str | None = None
    manager: str | None = None
    decided_by: str | None = None
    first_reply_at: datetime | None = None
    last_reply_at: datetime | None = None
    last_inbound_at: datetime | None = None
    receipt_at: datetime | None = None
    screened_out_at: datetime | None = None
    assessed_at: datetime | None = None
    shared_at: datetime | None = None
    interviewed_at: datetime | None = None
    next_interview_at: datetime | None = None
    feedback_at: datetime | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    decision_reason: str | None = None
    told_at: datetime | None = None
    told_by: Channel | None = None
    called_at: datetime | None = None
    unreached_at: datetime | None = None
    last_written_at: datetime | None = None
    feedback_requested_at: datetime | None = None
    promised_at: datetime | None = None
    job_deadline_at: datetime | None = None
    job_closed_at: datetime | None = None
    applicants: int | None = None
    internal: bool | None = None
    knocked_out: bool | None = None
    survey_at: datetime | None = None
    survey_score: int | None = None
    updated_at: datetime | None = None
    basis: str | None = None
    phase: Phase | None = None
