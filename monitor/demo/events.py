"""What can happen in the demo's season; plain facts, in no database's words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Manner(StrEnum):
    """How quickly a person acts when nobody reminds them."""

    BRISK = "brisk"
    SWAMPED = "swamped"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works for the demo's employer."""

    name: str
    email: str
    role: str
    manner: Manner


@dataclass(frozen=True, slots=True)
class Job:
    """A job, the recruiter who answers for it and the manager who decides."""

    job_id: str
    title: str
    department: str
    country: str
    recruiter: Person
    manager: Person


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who applies."""

    candidate_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A recruiter, manager or HR lead gets an account."""

    at: datetime
    person: Person


@dataclass(frozen=True, slots=True)
class JobOpened:
    """A job is advertised until its deadline."""

    at: datetime
    job: Job
    deadline_at: datetime


@dataclass(frozen=True, slots=True)
class JobFilled:
    """A job is shut because somebody got it; whoever is still open is left over."""

    at: datetime
    job_id: str


@dataclass(frozen=True, slots=True)
class JobPaused:
    """A job is put on hold, and with it the applications that were not handed on."""

    at: datetime
    job_id: str
    application_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """An application arrives; `is_internal`: from somebody who works here already."""

    at: datetime
    application_id: str
    candidate: Candidate
    job_id: str
    is_internal: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The machine confirms that an application arrived."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class KnockedOut:
    """A stated requirement is missing; the candidate has not been told yet."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class Replied:
    """A recruiter writes to the candidate.

    `only_if_waiting`: does not happen when the candidate has the answer already.
    """

    at: datetime
    application_id: str
    only_if_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A recruiter calls the candidate; `only_if_waiting` as for a mail."""

    at: datetime
    application_id: str
    only_if_waiting: bool = False


@dataclass(frozen=True, slots=True)
class CalledInVain:
    """A recruiter calls with the outcome and reaches nobody."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class Promised:
    """A reply that was just sent says by when the next one comes."""

    at: datetime
    application_id: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Wrote:
    """A candidate who has heard nothing, or nothing for days, asks how it goes."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class AskedFeedback:
    """A candidate who was declined asks why."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A candidate is asked how it was, and gives nought to ten."""

    at: datetime
    application_id: str
    score: int


@dataclass(frozen=True, slots=True)
class TestSent:
    """A recruiter invites the candidate to a test; it is the candidate's turn."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class TestTaken:
    """The candidate is done with the test; it is our turn again."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A recruiter hands the application to the line manager."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class ManagerDecided:
    """The line manager says no, or yes: then an invitation goes out."""

    at: datetime
    application_id: str
    by: Person
    interview_at: datetime | None


@dataclass(frozen=True, slots=True)
class Interviewed:
    """The interview takes place."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class ScorecardFiled:
    """The line manager writes down what the interview showed."""

    at: datetime
    application_id: str


@dataclass(frozen=True, slots=True)
class Concluded:
    """The line manager says no after the interview; nothing if there was none."""

    at: datetime
    application_id: str
    by: Person
    reason: str


@dataclass(frozen=True, slots=True)
class GaveReason:
    """Somebody adds why the application was declined."""

    at: datetime
    application_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """Somebody declines the application, with or without a letter and a reason."""

    at: datetime
    application_id: str
    by: Person
    reason: str | None
    with_letter: bool
    only_if_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Hired:
    """The candidate gets the job and hears it by phone."""

    at: datetime
    application_id: str
    by: Person


Reply = Replied | Called
OfficeEvent = Joined | JobOpened | JobPaused | JobFilled
CandidateEvent = Applied | Receipt | Wrote | AskedFeedback | Surveyed
Step = (
    KnockedOut
    | Promised
    | TestSent
    | TestTaken
    | Shared
    | Interviewed
    | ScorecardFiled
    | GaveReason
)
Outcome = Concluded | Rejected | Hired
Event = (
    OfficeEvent
    | CandidateEvent
    | Reply
    | CalledInVain
    | Step
    | ManagerDecided
    | Outcome
)


def answers(event: Event) -> bool:
    """Say whether the candidate hears from a human through this event."""
    match event:
        case Replied() | Called() | TestSent() | Hired():
            return True
        case Rejected():
            return event.with_letter
        case ManagerDecided():
            return event.interview_at is not None
        case _:
            return False
