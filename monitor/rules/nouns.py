"""What a rule is once it passed every check."""

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from monitor.wording import Wording
from monitor.worktime import Duration

REPLIES = {"first_reply_at", "last_reply_at", "told_at", "receipt_at", "called_at"}


class Severity(StrEnum):
    """How far up a line stands among a person's lines."""

    PAGE = "page"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class Kind(StrEnum):
    """Why a notice is owed; also the order in which notices go out."""

    ESCALATION = "escalation"
    HEADS_UP = "heads_up"
    BREACH = "breach"
    WARNING = "warning"


class Awaits(StrEnum):
    """What the owner owes: an answer to the candidate, or a decision within the house."""

    ANSWER = "answer"
    DECISION = "decision"


Shift = tuple[Duration, bool]  # by how much, and whether back in time
Place = tuple[float, str]  # a firing's hours after the target, and what it is called


@dataclass(frozen=True, slots=True)
class Condition:
    """One column's test: it has a value, has none, or has (not) one of these."""

    column: str
    values: frozenset[object] | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Firing:
    """One instant at which a rule tells somebody: a step, or one repeat of it.

    `hours` is about how long after the target it is due, on whatever clock.
    `announced_by` is what the heads-up of a public step is called.
    """

    at: str
    kind: Kind
    tell: tuple[str, ...]
    shifts: tuple[Shift, ...]
    hours: float

    @property
    def place(self) -> Place:
        """Return where it stands in any ladder, whatever stands before it."""
        return self.hours, self.at

    @property
    def name(self) -> str:
        """Return what no other firing of the ladder is called, also after an edit."""
        return f"{self.at} ({self.hours:+g} h)"

    @property
    def announced_by(self) -> str:
        return f"heads-up for {self.at}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that passed every check; firings are in the order of their time."""

    id: str
    title: str
    conditions: tuple[Condition, ...]
    starts: tuple[str, ...]
    pick: Literal["latest", "earliest"]
    stops: tuple[str, ...]
    target: Duration
    owner: str
    firings: tuple[Firing, ...]
    severity: Severity
    backlog: Duration
    message: Wording

    @property
    def awaits(self) -> Awaits:
        """Return what the owner owes, read off what stops the clock."""
        return Awaits.ANSWER if REPLIES & set(self.stops) else Awaits.DECISION

    def reached(self, place: Place) -> int:
        """Return the last firing at or before a place, -1 if all stand behind it."""
        return bisect_right(self.firings, place, key=lambda each: each.place) - 1

    def heads_up(self, firing: int) -> int | None:
        """Return the firing that announces a public one to the owner, if it is public."""
        name = self.firings[firing].announced_by
        found = (n for n, each in enumerate(self.firings) if each.at == name)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules that are on, by id, in the order of their files."""

    rules: tuple[Rule, ...]

    def get(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)
