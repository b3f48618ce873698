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
    INTERVIEWED = "handed on, interviewed, declined"
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
        return self.path in {Path.INTERVIEWED, Path.HIRED}


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
    yield events.Applied(at, application_id, case.candidate, case.job.job_id)
    received_at = at + timedelta(seconds=dice.randrange(40, 200))
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
    decided_at = _within(dice, held_at, 1, 1)
    if case.path is Path.HIRED:
        yield events.Hired(decided_at, application_id, manager)
        yield events.JobFilled(decided_at + timedelta(hours=1), case.job.job_id)
        return
    reason = dice.choice(REASONS)
    yield events.Rejected(
        decided_at, application_id, manager, reason, with_letter=False
    )
    told_at = _within(dice, decided_at, *_OUTCOME[recruiter.manner])
    yield events.Called(told_at, application_id, only_if_waiting=True)


# Working days until the first answer, the outcome, the manager's verdict.
_FIRST = {Manner.BRISK: (1, 3), Manner.SWAMPED: (3, 7), Manner.SLOW: (3, 7)}
_OUTCOME = {Manner.BRISK: (1, 1), Manner.SWAMPED: (1, 8), Manner.SLOW: (1, 8)}
_VERDICT = {Manner.BRISK: (1, 1), Manner.SWAMPED: (1, 2), Manner.SLOW: (9, 16)}


def _first(case: Case, dice: random.Random) -> datetime:
    least, most = _FIRST[case.job.recruiter.manner]
    if case.path in {Path.HIRED, Path.INTERVIEWED}:
        least = most = 1
    return _within(dice, case.applied_at, least, most)


def _declined(case: Case, dice: random.Random) -> Iterator[Event]:
    yield _letter(case, _first(case, dice), dice)


def _reading(case: Case, dice: random.Random) -> Iterator[Event]:
    yield events.Replied(_first(case, dice), case.application_id)


def _shared(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.Replied(at, case.application_id)
    shared_at = at + timedelta(minutes=dice.randrange(2, 20))
    yield events.Shared(shared_at, case.application_id)
    yield from verdict(
        case, _within(dice, shared_at, *_VERDICT[case.job.manager.manner])
    )


def _knocked_out(case: Case, dice: random.Random) -> Iterator[Event]:
    found_at = case.applied_at + timedelta(minutes=dice.randrange(4, 30))
    yield events.KnockedOut(found_at, case.application_id)
    yield _letter(case, _within(dice, found_at, 3, 4), dice)


def _late(case: Case, dice: random.Random) -> Iterator[Event]:
    yield from _forgotten(case, dice)
    yield _letter(case, _within(dice, case.applied_at, 12, 17), dice)


def _forgotten(case: Case, dice: random.Random) -> Iterator[Event]:
    if dice.randrange(4) == 0:
        wrote_at = case.applied_at + timedelta(days=dice.randint(8, 12), minutes=25)
        yield events.Wrote(wrote_at, case.application_id)


def _silent(case: Case, dice: random.Random) -> Iterator[Event]:
    yield _decline(case, _first(case, dice), dice, with_letter=False)


def _letter(case: Case, at: datetime, dice: random.Random) -> Event:
    return _decline(case, at, dice, with_letter=True)


def _decline(
    case: Case, at: datetime, dice: random.Random, *, with_letter: bool
) -> Event:
    return events.Rejected(
        at, case.application_id, case.job.recruiter, dice.choice(REASONS), with_letter
    )


_COURSES: dict[Path, Callable[[Case, random.Random], Iterator[Event]]] = {
    Path.DECLINED: _declined,
    Path.READING: _reading,
    Path.SHARED: _shared,
    Path.INTERVIEWED: _shared,
    Path.HIRED: _shared,
    Path.KNOCKED_OUT: _knocked_out,
    Path.LATE: _late,
    Path.FORGOTTEN: _forgotten,
    Path.SILENT: _silent,
}
