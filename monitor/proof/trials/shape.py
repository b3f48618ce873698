"""The shape of a file of rule tests: its keys, and what each may hold."""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    create_model,
)

from monitor.evaluate import Late
from monitor.model import Status
from monitor.rules import COLUMN_KINDS
from monitor.rules.language import Words
from monitor.settings import YEARS, CalendarSettings
from monitor.settings.fields import Person
from monitor.yamlfile import Strict

_DAY = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
_MOMENT = rf"{_DAY}([ T]{_CLOCK}( ?(Z|[+-]\d\d:?\d\d))?)?"
_TRY = 'try "2026-11-02 09:00", or with a zone "2026-11-02 09:00+01:00"'
_SPELL = "expected spells such as 2026-11-02 09:00/2026-11-04 16:00, with a comma between two"


def _moment(value: object) -> datetime:
    text = "" if value is None else str(value).strip()
    message = f'"{text}" is not a time ({_TRY})'
    if isinstance(value, bool | list | dict) or not re.fullmatch(_MOMENT, text):
        raise ValueError(message)
    try:
        at = datetime.fromisoformat(re.sub(r" ?(Z|[+-]\d\d:?\d\d)$", r"\1", text))
    except ValueError as error:
        raise ValueError(_unreal(text)) from error
    if at.year not in YEARS:  # further out there is no room to count
        message = f'"{text}" is too far from today (years {YEARS[0]} to {YEARS[-1]})'
        raise ValueError(message)
    return at


def _unreal(text: str) -> str:
    """Say which part of a well-formed instant does not exist."""
    day, rest = text[:10], text[11:]
    try:
        date.fromisoformat(day)
    except ValueError:
        return f'"{day}" is not a day of the calendar'
    return f'"{rest}" is not a time of day (try "09:00")'


def _spells(value: object) -> tuple[tuple[datetime, datetime], ...]:
    if not isinstance(value, str):
        raise ValueError(_SPELL)  # noqa: TRY004 - pydantic collects ValueErrors
    found = []
    for text in value.split(","):
        ends = text.split("/")
        if len(ends) != 2:  # noqa: PLR2004 - a spell has two ends
            raise ValueError(_SPELL)
        found.append((_moment(ends[0]), _moment(ends[1])))
    return tuple(found)


def _reference(value: object) -> object:
    """Return an id as text: many systems count their applications."""
    return str(value) if type(value) is int else value


def _listed(value: object) -> object:
    if value == "none":
        return ()
    if isinstance(value, list):
        return value
    message = "expected none, or a list of what is to be found"
    raise ValueError(message)


class _OrNone:
    """Lets a JSON Schema take the word `none` for an empty list."""

    def __get_pydantic_json_schema__(
        self, schema: Any, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"const": "none"}, handler(schema)]}


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "pattern": f"^{_MOMENT}$"}),
]
Reference = Annotated[
    str,
    BeforeValidator(_reference),
    WithJsonSchema({"type": ["string", "integer"]}),
]
_Spells = Annotated[
    tuple[tuple[datetime, datetime], ...],
    BeforeValidator(_spells),
    WithJsonSchema({"type": "string"}),
]
_FIELDS: dict[type, Any] = {
    str: Reference,
    int: Annotated[int, Field(strict=True)],
    bool: Annotated[bool, Field(strict=True)],
    datetime: Moment,
    tuple: _Spells,
}


def _columns() -> Any:
    """Return the columns of the application view as keys, all of them optional."""
    kinds = {name: k for name, k in COLUMN_KINDS.items() if name != "application_id"}
    fields: dict[str, Any] = {
        name: ((kind if issubclass(kind, StrEnum) else _FIELDS[kind]) | None, None)
        for name, kind in kinds.items()
    }
    return create_model("Columns", __base__=Strict, **fields)


_Columns = _columns()


class ChangeText(_Columns):  # type: ignore[misc, valid-type] # made of the application view
    """What other columns become later; null empties one."""

    at: Moment


class ApplicationText(_Columns):  # type: ignore[misc, valid-type] # made of the application view
    """One application: its columns, and what becomes of them."""

    application_id: Reference
    applied_at: Moment
    status: Status = Status.OPEN
    changes: tuple[ChangeText, ...] = ()


class FindingText(Strict):
    """A finding that is expected; only the keys that are written count.

    `step` is the highest of the ladder that is due, `none` or `backlog`.
    """

    rule: str
    application: Reference
    state: Late | None = None
    started: Moment | None = None
    due: Moment | None = None
    step: str | None = None
    owner: str | None = None


class NoticeText(Strict):
    """A notice that is expected; only the keys that are written count.

    `at` is when its digest may first go out, be it before this instant.
    """

    rule: str
    application: Reference
    tell: str | None = None
    step: str | None = None
    at: Moment | None = None


class ExpectText(Strict):
    """What is to be found at one instant; what is left out is not looked at."""

    now: Moment
    findings: Annotated[
        tuple[FindingText, ...], BeforeValidator(_listed), _OrNone()
    ] = ()
    notices: Annotated[tuple[NoticeText, ...], BeforeValidator(_listed), _OrNone()] = ()


class TrialText(Strict):
    """One test: some applications, and what is expected of them when."""

    name: str = Field(min_length=1)
    applications: tuple[ApplicationText, ...] = Field(min_length=1)
    expect: tuple[ExpectText, ...] = Field(min_length=1)


class TrialFile(Strict):
    """All that a file of rule tests may say.

    `rules`: only these are on, even those that their file turns off. Left out: the
    rules that are on. `profile` is laid over them; `none`: the rules as their files
    have them.
    """

    rules: Words = ()
    profile: Words = ()
    calendar: CalendarSettings = CalendarSettings()
    roles: dict[str, Person] = Field(default_factory=dict)
    tests: tuple[TrialText, ...] = Field(min_length=1)
