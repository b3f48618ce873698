"""The shape of a rule file: its keys and what each may hold."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from monitor.rules.nouns import Severity
from monitor.worktime import Duration, Unit
from monitor.yamlfile import Strict

ONE_START = "expected a column, {latest: [...]} or {earliest: [...]}"


def _duration(value: object) -> Duration:
    if isinstance(value, list | dict):
        message = 'expected one duration, such as "14 days" or "2 working days"'
        raise ValueError(message)  # noqa: TRY004 - pydantic collects ValueErrors
    return value if isinstance(value, Duration) else Duration.parse(value)


def _listed(value: object) -> list[str]:
    words = [value] if isinstance(value, str) else value
    if isinstance(words, list) and words and all(isinstance(w, str) for w in words):
        return words
    message = "expected a word or a list of words (one that starts with # needs quotes)"
    raise ValueError(message)


def _id(value: object) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9\-]{0,62}", str(value)):
        message = f'"{value}" is not an id (small letters, digits and -; try "{_slug(value)}")'
        raise ValueError(message)
    return str(value)


def _slug(value: object) -> str:
    words = re.findall("[a-z0-9]+", str(value).lower())
    return "-".join(words).lstrip("-0123456789")[:62].rstrip("-") or "first-reply"


DurationText = Annotated[Duration, BeforeValidator(_duration)]
Id = Annotated[str, BeforeValidator(_id)]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Repeat(Strict):
    """Tell again, so often and so many times more."""

    every: DurationText
    at_most: int = Field(ge=1, le=20, strict=True)


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
    if isinstance(value, str):
        return {"latest": [value]}
    if not isinstance(value, dict):
        raise ValueError(ONE_START)  # noqa: TRY004 - pydantic collects ValueErrors
    return value


class Clock(Strict):
    """What starts the wait and what ends it."""

    starts: Annotated[Latest, BeforeValidator(_starts)]
    stops: Words


class RuleText(Strict):
    """All that a rule may say."""

    id: Id
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
