"""What a rule is once it passed every check."""

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


@dataclass(frozen=True, slots=True)
class Condition:
    """One column's test: it has a value, has none, or has (not) one of these."""

    column: str
    values: frozenset[object] | None = None
    wanted: bool = True


@dataclass(frozen=True, slots=True)
class Firing:
    """One instant at which a rule tells somebody: a step, or one repeat of it.

    `announced_by` is what the heads-up of a public step is called.
    """

    at: str
    kind: Kind
    tell: tuple[str, ...]
    shifts: tuple[Shift, ...]

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
