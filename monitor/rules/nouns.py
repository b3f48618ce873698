"""What a rule is once it passed every check."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from monitor.language import Language
from monitor.wording import Wording
from monitor.worktime import Calendar, Duration

REPLIES = {
    "first_reply_at",
    "last_reply_at",
    "last_written_at",
    "told_at",
    "reached_at",
    "receipt_at",
    "called_at",
}


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
    """One column's test: it has a value, has none, or has (not) one of these.

    `globs` are patterns with `*` and `?`, which stand beside the plain values.
    """

    column: str
    values: frozenset[object] | None = None
    wanted: bool = True
    globs: tuple[str, ...] = ()


class Order(StrEnum):
    """How a value is to stand to a bound; an empty value stands nowhere."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column held against a bound.

    A number, the start of a local day, an instant, how long ago, or another column;
    what never happened in that column does not stand in the way.
    """

    column: str
    order: Order
    bound: int | date | datetime | Duration | str


Test = Condition | Comparison
Tests = tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Snooze:
    """How often an alert may be put off, and for how long at most."""

    longest: Duration
    at_most: int


@dataclass(frozen=True, slots=True)
class Firing:
    """One instant at which a rule tells somebody: a step, or one repeat of it.

    `hours` is about how long after the target it is due, on whatever clock, and `rank`
    the same of the step that it repeats. `announced_by` is what the heads-up of a public
    step is called. `is_now`: it does not wait for the day's digest.
    """

    at: str
    kind: Kind
    tell: tuple[str, ...]
    shifts: tuple[Shift, ...]
    hours: float
    rank: float
    is_now: bool = False

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
class Clock:
    """What starts a wait, what ends it, and when it stands still.

    A stop that is among the starts counts only if it is later than the start: the next
    one of its kind. `due`: the column that holds the deadline, where there is no target.
    """

    starts: tuple[str, ...]
    pick: Literal["latest", "earliest"]
    stops: tuple[str, ...]
    pauses: bool = False
    not_before: Duration | None = None
    due: str | None = None

    @property
    def columns(self) -> set[str]:
        """Return the columns without which the clock cannot run."""
        return {*self.starts, *self.stops, *filter(None, [self.due])}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that passed every check; firings are in the order of their time.

    An application is left out where all tests of one of the exemptions hold. `titles`
    and `messages` are those in other languages than English.
    """

    id: str
    title: str
    why: str
    source: str
    tests: Tests
    exempt: tuple[Tests, ...]
    clock: Clock
    target: Duration | None
    owner: str
    firings: tuple[Firing, ...]
    severity: Severity
    snooze: Snooze
    backlog: Duration
    message: Wording
    calendar: Calendar | None = None
    effective_from: date | None = None
    legal: bool = False  # a law asks for it
    titles: Mapping[Language, str] = field(default_factory=dict, hash=False)
    messages: Mapping[Language, Wording] = field(default_factory=dict, hash=False)

    def title_in(self, language: Language) -> str:
        """Return the title in a language, or in English where it was not translated."""
        return self.titles.get(language, self.title)

    def message_in(self, language: Language) -> Wording:
        """Return the line in a language, or in English where it was not translated."""
        return self.messages.get(language, self.message)

    @property
    def awaits(self) -> Awaits:
        """Return what the owner owes, read off what stops the clock."""
        return Awaits.ANSWER if REPLIES & set(self.clock.stops) else Awaits.DECISION

    @property
    def promise(self) -> str:
        """Return what was promised, in words."""
        return str(self.target) if self.target else "what we promised"

    def reached(self, place: Place) -> int:
        """Return the last firing at or before a place, -1 if all stand behind it.

        By its hours alone: a step that was only worded anew is the same step.
        """
        return bisect_right(self.firings, place[0], key=lambda each: each.hours) - 1

    def highest(self, after: int, upto: int) -> int:
        """Return which of the firings that fell due at once is told.

        The highest rung of the ladder: a repeat of a lower one does not hide it.
        """
        due = range(after + 1, upto + 1)
        steps = [n for n in due if self.firings[n].kind is not Kind.HEADS_UP]
        return max(steps or due, key=lambda n: (self.firings[n].rank, n))

    def together(self, firing: int, after: int, upto: int) -> tuple[int, ...]:
        """Return the firings that go out with the highest of those that fell due.

        Those at its place, and the heads-up of a public step that is still to come.
        """
        hours = self.firings[firing].hours
        return tuple(
            n
            for n in range(after + 1, upto + 1)
            if self.firings[n].hours == hours or self._announces(n, upto)
        )

    def _announces(self, firing: int, upto: int) -> bool:
        """Tell a heads-up whose public step is not due yet."""
        coming = (each.announced_by for each in self.firings[upto + 1 :])
        is_one = self.firings[firing].kind is Kind.HEADS_UP
        return is_one and self.firings[firing].at in coming

    def heads_up(self, firing: int) -> int | None:
        """Return the firing that announces a public one to the owner, if it is public."""
        name = self.firings[firing].announced_by
        found = (n for n, each in enumerate(self.firings) if each.at == name)
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules that are on, by id, in the order of their files; and those that are off."""

    rules: tuple[Rule, ...]
    off: tuple[Rule, ...] = ()

    def get(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)
