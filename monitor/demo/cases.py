"""One application of the demo, and the hours in which its people work; pure."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from monitor.demo import events

ZONE = ZoneInfo("Europe/Oslo")
OPENS, CLOSES = 8, 16
SATURDAY = 5


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
        return self.path in MEETS

    @property
    def is_internal(self) -> bool:
        """Say whether the candidate works here already; about one in twenty does."""
        works_here = self.dice("internal").randrange(20) == 0
        return works_here or self.path is Path.DELIBERATED


MEETS = {
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


def within(dice: random.Random, after: datetime, least: int, most: int) -> datetime:
    """Return an office hour some working days later."""
    day = workday(after, dice.randint(least, most))
    return local(day, dice.randrange(OPENS, CLOSES), dice.randrange(60))
