"""The shape of rule files and profiles: their keys and what each may hold."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema

from monitor.language import Language
from monitor.rules.nouns import Severity
from monitor.settings import CalendarSettings, Day
from monitor.worktime import Duration, Unit
from monitor.yamlfile import Strict

ONE_START = "expected a column, {latest: [...]} or {earliest: [...]}"
_PATTERN = "^[1-9][0-9]* (hour|day|working day|working hour)s?$"


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
    words = re.findall("[a-z0-9]+", str(value or "").lower())
    return "-".join(words).lstrip("-0123456789")[:62].rstrip("-") or "first-reply"


def _starts(value: object) -> object:
    if isinstance(value, str):
        return {"latest": [value]}
    if not isinstance(value, dict):
        raise ValueError(ONE_START)  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def _pauses(value: object) -> object:
    if value != {"waiting_on": "candidate"}:
        message = (
            "a clock stands still only while the candidate has the ball; "
            "write {waiting_on: candidate}"
        )
        raise ValueError(message)
    return value


def _snooze(value: object) -> object:
    if value == "never" or isinstance(value, dict | SnoozeText):
        return value
    message = "expected never, or {longest: 3 days, at_most: 2}"
    raise ValueError(message)


def _maps(value: object) -> object:
    return [value] if isinstance(value, dict) else value


def _in_one(value: object) -> str:
    """Tell a text from one for each language; braces that hold nothing are a slip."""
    has_texts = isinstance(value, dict) and any(
        each is not None for each in value.values()
    )
    return _KEYS if has_texts or isinstance(value, ByLanguage) else _TEXT


def _arm(value: object) -> str:
    """Return which form of a key that has two is meant, so that one is complained of."""
    return _TEXT if isinstance(value, str) else _KEYS


_TEXT, _KEYS = "[text]", "[keys]"  # brackets: no key of the file; see `yamlfile.fill`
_WORDS = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
DurationText = Annotated[
    Duration,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": _PATTERN}),
]
Id = Annotated[
    str,
    BeforeValidator(_id),
    WithJsonSchema({"type": "string", "pattern": r"^[a-z][a-z0-9\-]{0,62}$"}),
]
Words = Annotated[tuple[str, ...], BeforeValidator(_listed), WithJsonSchema(_WORDS)]
Conditions = dict[str, Any]


class ByLanguage(Strict):
    """A text in several languages; where one is left out the English stands in."""

    en: str
    nb: str = ""
    sv: str = ""
    da: str = ""

    def said(self) -> dict[Language, str]:
        """Return the texts that were given."""
        return {Language(key): getattr(self, key) for key in self.model_fields_set}


Said = Annotated[
    Annotated[str, Tag(_TEXT)] | Annotated[ByLanguage, Tag(_KEYS)],
    Discriminator(_in_one),
]


def by_language(
    key: str, text: str | ByLanguage
) -> Iterator[tuple[tuple[str, ...], Language, str]]:
    """Yield each language's text of a key and where it stands; a bare one is English."""
    if isinstance(text, str):
        yield (key,), Language.EN, text
    else:
        for language, said in text.said().items():
            yield (key, language), language, said


class Repeat(Strict):
    """Tell again, so often and so many times more."""

    every: DurationText
    at_most: int = Field(ge=1, le=20, strict=True)


class Step(Strict):
    """One rung of the ladder."""

    at: str
    tell: Words
    repeat: Repeat | None = None
    now: bool = Field(default=False, strict=True)


class Latest(Strict):
    """The latest or the earliest of several columns; one of the two keys."""

    latest: Words | None = None
    earliest: Words | None = None


class Pauses(Strict):
    """When the clock stands still."""

    waiting_on: Literal["candidate"]


class ClockText(Strict):
    """What starts the wait, what ends it, and when it stands still."""

    starts: Annotated[Latest, BeforeValidator(_starts)]
    stops: Words
    pauses: Annotated[Pauses | None, BeforeValidator(_pauses)] = None
    not_before: DurationText | None = None
    due: str | None = None


class SnoozeText(Strict):
    """How often a nudge may be put off, and for how long at most."""

    longest: DurationText = Duration(3, Unit.DAYS)
    at_most: int = Field(default=2, ge=1, le=10, strict=True)


class RuleText(Strict):
    """All that a rule may say."""

    id: Id
    title: Said
    source: str = ""
    why: str = ""
    enabled: bool = Field(default=True, strict=True)
    when: Conditions = Field(default_factory=dict)
    exempt: Annotated[tuple[Conditions, ...], BeforeValidator(_maps)] = ()
    clock: ClockText
    target: DurationText | None = None
    owner: str = "has_ball"
    ladder: tuple[Step, ...] = Field(min_length=1)
    severity: Severity = Severity.NORMAL
    snooze: Annotated[
        Annotated[SnoozeText, Tag(_KEYS)] | Annotated[Literal["never"], Tag(_TEXT)],
        Discriminator(_arm),
        BeforeValidator(_snooze),
    ] = SnoozeText()
    backlog: DurationText = Duration(90, Unit.DAYS)
    calendar: (
        Annotated[
            Annotated[str, Tag(_TEXT)] | Annotated[CalendarSettings, Tag(_KEYS)],
            Discriminator(_arm),
        ]
        | None
    ) = None
    effective_from: Day | None = None
    legal: bool = Field(default=False, strict=True)
    message: Said = ByLanguage(
        en="waiting for {{ waited }}; our promise is {{ promise }}",
        nb="har ventet i {{ waited }}; vi har lovet {{ promise }}",
        sv="har väntat i {{ waited }}; vi har lovat {{ promise }}",
        da="har ventet i {{ waited }}; vi har lovet {{ promise }}",
    )


class RuleFile(Strict):
    """All that a rule file may say; `rules` and `changes` are looked into one by one.

    `defaults` are for every rule of the folder, and `extends` names the profiles.
    """

    rules: tuple[Any, ...] = ()
    defaults: dict[str, Any] = Field(default_factory=dict)
    extends: Words = ()


class ProfileFile(Strict):
    """All that a profile may say: what it changes in which rule."""

    title: str
    why: str = ""
    extends: Words = ()
    changes: dict[str, dict[str, Any]]
