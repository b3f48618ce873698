"""What stands in one place of the settings: times, names, addresses and their shapes.

No problem that it raises repeats a URL or a token.
"""

import re
import typing
from datetime import date, time, timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    WithJsonSchema,
)

Weekday = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]
WEEKDAYS: tuple[Weekday, ...] = typing.get_args(Weekday)
LAST_PORT = 65535
YEARS = range(1970, 2200)
LONGEST = timedelta(days=3650)
SHORTEST_LEASE, LONGEST_LEASE = timedelta(seconds=3), timedelta(minutes=10)
_URL = r"[a-z0-9]+(\+[a-z0-9]+)?://"
_NAME = r"[a-z][a-z0-9_\-]*"
_CHANNEL = r"#[a-z0-9_\-]{1,80}"
_JOB_URL = r"https?://[^\s{}<>|]+\{job_ref\}[^\s{}<>|]*"
JOB_REF = "{job_ref}"  # what a job_url holds in place of the job
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def _interval(value: object) -> timedelta:
    match = re.fullmatch(r"(\d{1,9}) (second|minute|hour|day)s?", str(value))
    if not match:
        message = f'"{value}" is not an interval (try "5 minutes" or "30 seconds")'
        raise ValueError(message)
    found = timedelta(seconds=int(match[1]) * _SECONDS[match[2]])
    if found > LONGEST:
        message = f'"{value}" is too long (write at most "{LONGEST.days} days")'
        raise ValueError(message)
    return found


def _rhythm(value: object) -> timedelta:
    every = _interval(value)
    if not every:
        message = f'"{value}" leaves no rest between two polls (try "5 minutes")'
        raise ValueError(message)
    return every


def _lease(value: object) -> timedelta:
    lease = _interval(value)
    if not SHORTEST_LEASE <= lease <= LONGEST_LEASE:
        message = f'"{value}" is no lease (write 3 seconds to 10 minutes)'
        raise ValueError(message)
    return lease


def _wall_time(value: object) -> time:
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(value)):
        message = f'"{value}" is not a time of day (try "09:00")'
        raise ValueError(message)
    hour, minute = str(value).split(":")
    return time(int(hour), int(minute))


def _day(value: object) -> date:
    try:
        found = date.fromisoformat(str(value))
    except ValueError as error:
        message = f'"{value}" is not a date (try "2026-12-24")'
        raise ValueError(message) from error
    if found.year not in YEARS:
        message = f'"{value}" is out of reach (write a year from 1970 to 2199)'
        raise ValueError(message)
    return found


def _hours(value: object) -> tuple[tuple[time, time], ...]:
    ranges = value if isinstance(value, list) else [value]
    found = []
    for each in ranges:
        ends = str(each).split("-")
        if len(ends) != 2:  # noqa: PLR2004 - a range has two ends
            message = f'"{each}" is not a range of hours (try "08:00-16:00")'
            raise ValueError(message)
        found.append((_wall_time(ends[0].strip()), _wall_time(ends[1].strip())))
    return tuple(found)


def _days(value: object) -> tuple[tuple[date, date], ...]:
    found = []
    for each in value if isinstance(value, list) else [value]:
        first, _, last = str(each).partition(" - ")
        spell = _day(first.strip()), _day((last or first).strip())
        if spell[0] > spell[1]:
            message = f'"{each}" ends before it begins'
            raise ValueError(message)
        found.append(spell)
    return tuple(found)


def _listen(value: object) -> tuple[str, int]:
    host, _, port = str(value).rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > LAST_PORT:
        message = f'"{value}" is not host:port (try "127.0.0.1:9464")'
        raise ValueError(message)
    return host.strip("[]"), int(port)


def _url(value: object) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if not re.match(_URL, text):
        message = (
            "not a database URL (try sqlite:////var/lib/svar/svar.db "
            "or postgresql+psycopg://user@host/name)"
        )
        raise ValueError(message)
    return SecretStr(text)


def _job_url(value: object) -> str:
    text = str(value)
    if not re.fullmatch(_JOB_URL, text):
        message = (
            "not a web address with {job_ref} in it "
            '(try "https://ats.example.com/jobs/{job_ref}")'
        )
        raise ValueError(message)
    return text


def _token(value: object) -> object:
    if value is None or isinstance(value, str | SecretStr):
        return value or None  # compose always mounts the file, if need be empty
    message = "expected text (put the token in quotes)"
    raise ValueError(message)


def _name(value: object) -> str:
    if not re.fullmatch(_NAME, str(value)):
        message = (
            f'"{value}" is not a name (small letters, digits, - and _; try "opencats")'
        )
        raise ValueError(message)
    return str(value)


def _channel(value: object) -> str:
    if not re.fullmatch(_CHANNEL, str(value)):
        message = f'"{value}" is not a channel (try "#recruiting-ops")'
        raise ValueError(message)
    return str(value)


def _person(text: str) -> str:
    return text.lower() if "@" in text else text  # as the addresses of a source


_INTERVAL = "^[0-9]{1,9} (second|minute|hour|day)s?$"
_RANGE = {"type": "string", "pattern": "^[0-9:]+ ?- ?[0-9:]+$"}
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SPELL = {"type": "string", "pattern": f"^{_DATE}( - {_DATE})?$"}
_HOURS = {"anyOf": [_RANGE, {"type": "array", "items": _RANGE}]}
Interval = Annotated[
    timedelta,
    BeforeValidator(_interval),
    WithJsonSchema({"type": "string", "pattern": _INTERVAL}),
]
WallTime = Annotated[
    time,
    BeforeValidator(_wall_time),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$"}),
]
Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})
]
Hours = Annotated[
    tuple[tuple[time, time], ...], BeforeValidator(_hours), WithJsonSchema(_HOURS)
]
Days = Annotated[
    tuple[tuple[date, date], ...],
    BeforeValidator(_days),
    WithJsonSchema({"anyOf": [_SPELL, {"type": "array", "items": _SPELL}]}),
]
Listen = Annotated[
    tuple[str, int],
    BeforeValidator(_listen),
    WithJsonSchema({"type": "string", "pattern": ":[0-9]{1,5}$"}),
]
Url = Annotated[
    SecretStr,
    BeforeValidator(_url),
    WithJsonSchema({"type": "string", "pattern": f"^{_URL}"}),
]
Rhythm = Annotated[
    timedelta,
    BeforeValidator(_rhythm),
    WithJsonSchema({"type": "string", "pattern": _INTERVAL}),
]
Lease = Annotated[
    timedelta,
    BeforeValidator(_lease),
    WithJsonSchema({"type": "string", "pattern": _INTERVAL}),
]
Token = Annotated[
    SecretStr | None,
    BeforeValidator(_token),
    WithJsonSchema({"type": ["string", "null"]}),
]
Name = Annotated[
    str,
    BeforeValidator(_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME}$"}),
]
ChannelName = Annotated[
    str,
    BeforeValidator(_channel),
    WithJsonSchema({"type": "string", "pattern": f"^{_CHANNEL}$"}),
]
JobUrl = Annotated[
    str,
    BeforeValidator(_job_url),
    WithJsonSchema({"type": "string", "pattern": f"^{_JOB_URL}$"}),
]
Person = Annotated[str, AfterValidator(_person)]
Weeks = Annotated[int, Field(ge=1, le=52)]
