"""How one application goes when nobody reminds anybody; pure."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.demo import events
from monitor.demo.events import Event, Manner

ZONE = ZoneInfo("Europe/Oslo")
OPENS, CLOSES = 8, 16
SATURDAY = 5
REASONS = (
    "others have more of the experience that the ad asked for",
    "a certificate that the ad asked for is missing",
    "another applicant came closer to the requirements",
)


class Path(StrEnum):
    """What becomes of an application."""

    DECLINED = "declined soon, with a letter"
    READING = "told that we are still reading, then left open"
    SHARED = "handed to the line manager"
    TESTED = "invited to a test, told how it went or not"
    HELD = "told that we are still reading, then on hold with the job"
    INTERVIEWED = "handed on, interviewed, declined"
    MAILED = "interviewed, declined by mail alone"
    UNREACHED = "interviewed, called in vain, then written to"
    DELIBERATED = "interviewed, discussed for more than a week"
    HIRED = "handed on, interviewed, hired"
    KNOCKED_OUT = "knocked out, answered some days later"
    LATE = "answered after more than two weeks"
    FORGOTTEN = "never answered"
    SILENT = "declined soon, and nobody writes"


@dataclass(frozen=True, slots=True)
class Case:
    """An application with dice of its own, so that no case disturbs another."""

    seed: int
    application_id: str
    applied_at: datetime
    candidate: events.Candidate
    job: events.Job
    path: Path

    def dice(self, purpose: str) -> random.Random:
        """Return the same dice for the same purpose, every time."""
        key = f"{self.seed}/{self.application_id}/{purpose}"
        return random.Random(key)  # noqa: S311 - a story, not a secret

    @property
    def impresses(self) -> bool:
        """Say what the line manager will think of the application."""
        if self.path is Path.SHARED:
            return self.dice("verdict").choice((True, False))
        return self.path in _MEETS

    @property
    def is_internal(self) -> bool:
        """Say whether the candidate works here already; about one in twenty does."""
        works_here = self.dice("internal").randrange(20) == 0
        return works_here or self.path is Path.DELIBERATED


_MEETS = {
    *{Path.INTERVIEWED, Path.HIRED},
    *{Path.MAILED, Path.UNREACHED, Path.DELIBERATED},
}


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the instant of a wall-clock time at the employer's."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def workday(after: datetime, days: int) -> date:
    """Return the day that lies some working days (Monday to Friday) after an instant."""
    day = after.astimezone(ZONE).date()
    while days > 0 or day.weekday() >= SATURDAY:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day


def office(at: datetime, dice: random.Random) -> datetime:
    """Return the instant itself, or the next morning when the office is closed."""
    there = at.astimezone(ZONE)
    if there.weekday() < SATURDAY and OPENS <= there.hour < CLOSES:
        return at
    days = 0 if there.hour < OPENS else 1
    return local(workday(at, days), OPENS, dice.randrange(5, 55))


def _within(dice: random.Random, after: datetime, least: int, most: int) -> datetime:
    """Return an office hour some working days later."""
    day = workday(after, dice.randint(least, most))
    return local(day, dice.randrange(OPENS, CLOSES), dice.randrange(60))


def course(case: Case) -> Iterator[Event]:
    """Tell how the application goes, from its arrival on, with no reminder."""
    dice = case.dice("course")
    at, application_id = case.applied_at, case.application_id
    yield events.Applied(
        at, application_id, case.candidate, case.job.job_id, case.is_internal
    )
    received_at = at + timedelta(seconds=dice.randrange(40, 200))
    if not case.is_internal:  # they are entered by hand, past the machine
        yield events.Receipt(received_at, application_id)
    yield from _COURSES[case.path](case, dice)


def verdict(case: Case, at: datetime) -> Iterator[Event]:
    """Tell what follows when the line manager decides at an instant."""
    dice = case.dice("after the verdict")
    manager, recruiter = case.job.manager, case.job.recruiter
    application_id = case.application_id
    if not case.impresses:
        yield events.ManagerDecided(at, application_id, manager, None)
        told_at = _within(dice, at, *_OUTCOME[recruiter.manner])
        yield events.Replied(told_at, application_id, only_if_waiting=True)
        return
    interview_at = local(workday(at, dice.randint(3, 4)), dice.randrange(9, 14))
    yield events.ManagerDecided(at, application_id, manager, interview_at)
    held_at = interview_at + timedelta(hours=1)
    yield events.Interviewed(held_at, application_id)
    filed_at = held_at + timedelta(minutes=90)
    decided_at = _within(dice, held_at, 1, 1)
    if case.path is Path.DELIBERATED:
        aside = case.dice("deliberation")
        filed_at = _within(aside, held_at, 4, 4)
        decided_at = _within(aside, filed_at, 4, 5)
    yield events.ScorecardFiled(filed_at, application_id)
    if case.path is Path.HIRED:
        yield events.Hired(decided_at, application_id, manager)
        yield events.JobFilled(decided_at + timedelta(hours=1), case.job.job_id)
        yield events.Replied(_within(dice, decided_at, 1, 1), application_id)
        return
    reason = dice.choice(REASONS)
    yield events.Rejected(
        decided_at, application_id, manager, reason, with_letter=False
    )
    told_at = _within(dice, decided_at, *_OUTCOME[recruiter.manner])
    yield from _told(case, decided_at, told_at)


def conclusion(case: Case, at: datetime) -> Iterator[Event]:
    """Tell what a line manager does about an interview that was, when reminded."""
    if case.path is Path.HIRED or not case.impresses:
        return
    dice = case.dice("conclusion")
    application_id, reason = case.application_id, dice.choice(REASONS)
    yield events.ScorecardFiled(at, application_id)
    decided_at = at + timedelta(minutes=10)
    yield events.Concluded(decided_at, application_id, case.job.manager, reason)
    told_at = _within(dice, decided_at, *_OUTCOME[case.job.recruiter.manner])
    yield from _told(case, decided_at, told_at)


def _told(case: Case, decided_at: datetime, told_at: datetime) -> Iterator[Event]:
    """Tell how somebody who was interviewed hears that it is a no."""
    dice, application_id = case.dice("told"), case.application_id
    if case.path is Path.MAILED:
        at = _within(dice, decided_at, 1, 2)
        yield events.Replied(at, application_id, only_if_waiting=True)
        yield events.AskedFeedback(at + timedelta(hours=20), application_id)
        return
    if case.path is Path.UNREACHED:
        for days in (1, 2):
            at = _within(dice, decided_at, days, days)
            yield events.CalledInVain(at, application_id)
        at += timedelta(minutes=5)
        yield events.Replied(at, application_id, only_if_waiting=True)
        return
    yield events.Called(told_at, application_id, only_if_waiting=True)
    if dice.randrange(4) < _WRITES[case.job.recruiter.manner]:
        at = _within(dice, told_at, 1, 1)
        yield events.Replied(at, application_id, only_if_waiting=True)


# Working days until the first answer, the outcome, the manager's verdict.
_FIRST = {Manner.BRISK: (1, 3), Manner.SWAMPED: (3, 7), Manner.SLOW: (3, 7)}
_OUTCOME = {Manner.BRISK: (1, 1), Manner.SWAMPED: (1, 8), Manner.SLOW: (1, 8)}
_VERDICT = {Manner.BRISK: (1, 1), Manner.SWAMPED: (1, 2), Manner.SLOW: (9, 16)}
_WRITES = {
    Manner.BRISK: 3,
    Manner.SWAMPED: 1,
    Manner.SLOW: 1,
}  # of 4 mails after a call


def _first(case: Case, dice: random.Random) -> datetime:
    least, most = _FIRST[case.job.recruiter.manner]
    if case.path in _MEETS or case.path is Path.TESTED:
        least = most = 1
    return _within(dice, case.applied_at, least, most)


def _promise(case: Case, at: datetime, days: int) -> Event:
    """Tell of a promise made in the reply of that instant: so many working days."""
    answer_by = local(workday(at, days), CLOSES - 1)
    return events.Promised(at + timedelta(seconds=1), case.application_id, answer_by)


def _declined(case: Case, dice: random.Random) -> Iterator[Event]:
    told_at = _first(case, dice)
    yield _letter(case, told_at, dice)
    yield from _aftermath(case, told_at, (6, 9))


def _reading(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.Replied(at, case.application_id)
    yield _promise(case, at, 10)


def _tested(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.TestSent(at, case.application_id)
    taken_at = local(workday(at, dice.randint(2, 3)), 19, dice.randrange(60))
    yield events.TestTaken(taken_at, case.application_id)
    if case.job.recruiter.manner is Manner.BRISK:
        yield _letter(case, _within(dice, taken_at, 2, 3), dice)


def _held(case: Case, dice: random.Random) -> Iterator[Event]:
    yield events.Replied(_first(case, dice), case.application_id)
    wrote_at = local(workday(case.applied_at, 13), 20, dice.randrange(60))
    yield events.Wrote(wrote_at, case.application_id)


def _shared(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.Replied(at, case.application_id)
    if case.impresses:
        yield _promise(case, at, 5)
    shared_at = at + timedelta(minutes=dice.randrange(2, 20))
    yield events.Shared(shared_at, case.application_id)
    yield from verdict(
        case, _within(dice, shared_at, *_VERDICT[case.job.manager.manner])
    )


def _knocked_out(case: Case, dice: random.Random) -> Iterator[Event]:
    found_at = case.applied_at + timedelta(minutes=dice.randrange(4, 30))
    yield events.KnockedOut(found_at, case.application_id)
    told_at = _within(dice, found_at, 3, 4)
    yield _letter(case, told_at, dice)
    yield from _aftermath(case, told_at, (4, 8))


def _late(case: Case, dice: random.Random) -> Iterator[Event]:
    yield from _forgotten(case, dice)
    told_at = _within(dice, case.applied_at, 12, 17)
    yield _letter(case, told_at, dice)
    yield from _aftermath(case, told_at, (0, 4))


def _forgotten(case: Case, dice: random.Random) -> Iterator[Event]:
    if dice.randrange(4) == 0:
        wrote_at = case.applied_at + timedelta(days=dice.randint(8, 12), minutes=25)
        yield events.Wrote(wrote_at, case.application_id)


def _silent(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.Rejected(
        at, case.application_id, case.job.recruiter, None, with_letter=False
    )
    # The survey goes to all who were declined, whether they know it or not.
    surveyed_at = at + timedelta(days=4)
    yield events.Surveyed(surveyed_at, case.application_id, dice.randint(0, 2))


def _aftermath(
    case: Case, told_at: datetime, scores: tuple[int, int]
) -> Iterator[Event]:
    """Tell what may follow a letter: a question why, a survey."""
    dice, application_id = case.dice("aftermath"), case.application_id
    if dice.randrange(8) == 0:
        asked_at = told_at + timedelta(hours=dice.randint(4, 30))
        yield events.AskedFeedback(asked_at, application_id)
        if case.job.recruiter.manner is Manner.BRISK:
            at = _within(dice, asked_at, 1, 3)
            yield events.Replied(at, application_id, only_if_waiting=True)
    if dice.randrange(4) == 0:
        surveyed_at = told_at + timedelta(days=3)
        yield events.Surveyed(surveyed_at, application_id, dice.randint(*scores))


def _letter(case: Case, at: datetime, dice: random.Random) -> Event:
    reason = dice.choice(REASONS)
    return events.Rejected(
        at, case.application_id, case.job.recruiter, reason, with_letter=True
    )


_COURSES: dict[Path, Callable[[Case, random.Random], Iterator[Event]]] = {
    Path.DECLINED: _declined,
    Path.READING: _reading,
    Path.SHARED: _shared,
    Path.TESTED: _tested,
    Path.HELD: _held,
    Path.INTERVIEWED: _shared,
    Path.MAILED: _shared,
    Path.UNREACHED: _shared,
    Path.DELIBERATED: _shared,
    Path.HIRED: _shared,
    Path.KNOCKED_OUT: _knocked_out,
    Path.LATE: _late,
    Path.FORGOTTEN: _forgotten,
    Path.SILENT: _silent,
}
