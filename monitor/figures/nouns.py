"""The figures of one poll, as plain counts: no name of a person in any of them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor.model import Ball

OTHER = "other"  # departments too small, or too many, to be named
NONE = "none"  # the source names no department
UNKNOWN = "unknown"  # a phase or a holder of the ball that the mapping does not tell
HOLDERS = (*Ball, UNKNOWN)  # in the order of the work
LEAST = 5  # people in a group that is shown on its own (k-anonymity)
FEW = 10  # cases under which the wide window counts
LEADING = "first-reply"  # the rule whose promise is told first, where it is on
BOUNDS = tuple(
    timedelta(hours=hours)
    for hours in (1, 4, *(24 * days for days in (1, 2, 3, 5, 7, 10, 14, 21, 30, 45)))
)


class Window(StrEnum):
    """How far back outcomes are counted."""

    NARROW = "30d"
    WIDE = "90d"

    @property
    def length(self) -> timedelta:
        return timedelta(days=int(self[:-1]))

    @classmethod
    def telling(cls, cases: float) -> "Window":
        """Return the window that says something; `cases`: those of the narrow one."""
        return cls.NARROW if cases >= FEW else cls.WIDE


class Days(StrEnum):
    """How long somebody has waited, in whole days."""

    WEEK = "0-7"
    FORTNIGHT = "8-14"
    MONTH = "15-30"
    LONG = "31-45"
    ENDLESS = "46+"


class Heard(StrEnum):
    """How a candidate who answered the survey had been told."""

    IN_TIME = "in_time"
    LATE = "late"
    NEVER = "never"


class Way(StrEnum):
    """How the outcome of an interview came to the candidate: by a call, or otherwise."""

    PHONE = "phone"
    OTHER = "other"


class Mood(StrEnum):
    """What a survey's score means (Trustcruit: 9-10, 7-8, 0-6)."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"


class After(StrEnum):
    """What somebody did before they heard nothing."""

    APPLICATION = "application"
    INTERVIEW = "interview"


class Kept(NamedTuple):
    """How many promises fell due or were met, and how many of them in time."""

    cases: int = 0
    kept: int = 0

    @property
    def ratio(self) -> float | None:
        """Return the share that was kept; None under five cases, which say nothing."""
        return self.kept / self.cases if self.cases >= LEAST else None


@dataclass(frozen=True, slots=True)
class Spread:
    """A histogram: how many took at most each of BOUNDS and not the one before.

    One count more than bounds: the last is for what took longer than any.
    """

    counts: tuple[int, ...] = (0,) * (len(BOUNDS) + 1)
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return sum(self.counts)


class Job(NamedTuple):
    """A job as the weekly report names it; never a label."""

    ref: str | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Figures:
    """What an HR lead may know of one source at one instant.

    Departments are folded already: those with fewer than five applications, and those
    beyond the cap, are OTHER; NONE stands for no department. `turns` are seconds that
    people wait in the turn under way, summed. `overdue` counts applications, each
    once, past any promise. `legal` holds, for each rule that a law asks for, the next
    deadline of a clock that runs, and none that was missed; `legal_missed` how many are
    past theirs and not yet too old to nudge about, with a zero for a rule without any.
    What looks further back than the source tells is left out.
    """

    as_of: datetime
    waiting: Counter[tuple[str, str, Days]] = field(default_factory=Counter)
    turns: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    overdue: Counter[tuple[str, str]] = field(default_factory=Counter)
    overdue_jobs: Counter[Job] = field(default_factory=Counter)
    promises: Mapping[tuple[str, str, Window], Kept] = field(default_factory=dict)
    first_reply: Spread = Spread()
    decided_to_told: Spread = Spread()
    interviewed_told: Counter[tuple[Way, Window]] = field(default_factory=Counter)
    answerable: Counter[After] = field(default_factory=Counter)
    never_answered: Counter[After] = field(default_factory=Counter)
    surveys: Counter[tuple[Heard, Mood]] = field(default_factory=Counter)
    legal: Mapping[str, datetime] = field(default_factory=dict)
    legal_missed: Counter[str] = field(default_factory=Counter)
