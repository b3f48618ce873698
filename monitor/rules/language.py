"""The shape of a rule file: its keys and what each may hold."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from monitor.rules.nouns import Severity
from monitor.worktime import Duration, Unit
from monitor.yamlfile import Strict


def _duration(value: object) -> Duration:
    return value if isinstance(value, Duration) else Duration.parse(value)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


DurationText = Annotated[Duration, BeforeValidator(_duration)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Repeat(Strict):
    """Tell again, so often and so many times more."""

    every: DurationText
    at_most: int = Field(ge=1, le=20)


class Step(Strict):
    """One rung of the ladder."""

    at: str
    tell: Words
    repeat: Repeat | None = None


class Latest(Strict):
    """The latest or the earliest of several columns; one of the two keys."""

    latest: Words | None = None
    earliest: Words | None = None


def _starts(value: object) -> object:
    return {"latest": [value]} if isinstance(value, str) else value


class Clock(Strict):
    """What starts the wait and what ends it."""

    starts: Annotated[Latest, BeforeValidator(_starts)]
    stops: Words


class RuleText(Strict):
    """All that a rule may say."""

    id: str = Field(pattern=r"^[a-z][a-z0-9\-]{0,62}$")
    title: str
    source: str | None = None
    why: str | None = None
    enabled: bool = True
    when: dict[str, Any] = Field(default_factory=dict)
    clock: Clock
    target: DurationText
    owner: str = "has_ball"
    ladder: tuple[Step, ...] = Field(min_length=1)
    severity: Severity = Severity.NORMAL
    backlog: DurationText = Duration(90, Unit.DAYS)
    message: str = "waiting for {{ waited }}; our promise is {{ promise }}"


class RuleFile(Strict):
    """All that a rule file may say."""

    rules: tuple[RuleText, ...]
