"""The daemon's settings: one YAML file, overridden by the environment.

`SVAR_SLACK__TOKEN` overrides `slack.token`, `SVAR_SOURCES__OPENCATS__URL` the URL
of the source called opencats, and `..._FILE` names a mounted file with the value.
pydantic-settings is left out: it cannot address an item of a list by its name.
"""

import copy
import re
import typing
from collections.abc import Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr

from monitor import yamlfile
from monitor.errors import ConfigError, Problem
from monitor.worktime import Calendar
from monitor.yamlfile import Document, Strict

PREFIX = "SVAR_"
Weekday = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]
WEEKDAYS: tuple[Weekday, ...] = typing.get_args(Weekday)
OFFICE_HOURS: dict[Weekday, tuple[tuple[time, time], ...]] = dict.fromkeys(
    WEEKDAYS[:5], ((time(8), time(16)),)
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class Shown(StrEnum):
    """How a candidate is named in a message."""

    INITIALS = "initials"
    REFERENCE = "reference"
    NAME = "name"


def _interval(value: object) -> timedelta:
    match = re.fullmatch(r"(\d+) (second|minute|hour|day)s?", str(value))
    if not match:
        message = f'"{value}" is not an interval (try "5 minutes" or "30 seconds")'
        raise ValueError(message)
    return timedelta(seconds=int(match[1]) * _SECONDS[match[2]])


def _wall_time(value: object) -> time:
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(value)):
        message = f'"{value}" is not a time of day (try "09:00")'
        raise ValueError(message)
    hour, minute = str(value).split(":")
    return time(int(hour), int(minute))


def _day(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        message = f'"{value}" is not a date (try "2026-12-24")'
        raise ValueError(message) from error


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


def _listen(value: object) -> tuple[str, int]:
    host, _, port = str(value).rpartition(":")
    if not host or not port.isdigit() or int(port) not in range(65536):
        message = f'"{value}" is not host:port (try "127.0.0.1:9464")'
        raise ValueError(message)
    return host.strip("[]"), int(port)


def _url(value: object) -> SecretStr:
    text = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    if not re.match(r"[a-z0-9]+(\+[a-z0-9]+)?://", text):
        message = (
            "not a database URL (try sqlite:////var/lib/svar/svar.db "
            "or postgresql+psycopg://user@host/name)"
        )
        raise ValueError(message)
    return SecretStr(text)


def _channel(value: object) -> str:
    if not re.fullmatch(r"#[a-z0-9_\-]{1,80}", str(value)):
        message = f'"{value}" is not a channel (try "#recruiting-ops")'
        raise ValueError(message)
    return str(value)


Interval = Annotated[timedelta, BeforeValidator(_interval)]
WallTime = Annotated[time, BeforeValidator(_wall_time)]
Day = Annotated[date, BeforeValidator(_day)]
Hours = Annotated[tuple[tuple[time, time], ...], BeforeValidator(_hours)]
Listen = Annotated[tuple[str, int], BeforeValidator(_listen)]
Url = Annotated[SecretStr, BeforeValidator(_url)]
ChannelName = Annotated[str, BeforeValidator(_channel)]


class SourceSettings(Strict):
    """One recruiting database and how to read it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_\-]*$")
    url: Url
    mapping: str
    every: Interval = timedelta(minutes=5)
    timezone: str | None = None
    lookback: Interval = timedelta(days=180)
    evidence_lag: Interval = timedelta(0)
    statement_timeout: Interval = timedelta(minutes=2)


class StateSettings(Strict):
    """Where Svar keeps its alerts and its outbox."""

    url: Url = SecretStr("sqlite:///svar.db")


class CalendarSettings(Strict):
    """When people work."""

    timezone: str = "Europe/Oslo"
    country: str | None = None
    region: str | None = None
    hours: dict[Weekday, Hours] = Field(default_factory=lambda: dict(OFFICE_HOURS))
    closed: tuple[Day, ...] = ()
    half_days: dict[Day, WallTime] = Field(default_factory=dict)

    def calendar(self) -> Calendar:
        """Return the calendar; raise ValueError where it makes no sense."""
        return Calendar(
            zone=self.timezone,
            hours={WEEKDAYS.index(day): ranges for day, ranges in self.hours.items()},
            country=self.country,
            region=self.region,
            closed_on=self.closed,
            half_days=self.half_days,
        )


class PeopleSettings(Strict):
    """Who stands behind a role, who stands in, and where to turn when nobody does."""

    roles: dict[str, str] = Field(default_factory=dict)
    deputies: dict[str, str] = Field(default_factory=dict)
    fallback: ChannelName | None = None


class SlackSettings(Strict):
    """How to reach Slack; without a token notices are printed."""

    token: SecretStr | None = None
    app_token: SecretStr | None = None
    api_url: str = "https://slack.com/api/"
    channels: dict[ChannelName, str] = Field(default_factory=dict)
    digest_at: WallTime = time(9)


class PrivacySettings(Strict):
    """How much of a candidate a message shows."""

    candidate: Shown = Shown.INITIALS


class MetricsSettings(Strict):
    """Where Prometheus finds the metrics."""

    listen: Listen = ("127.0.0.1", 9464)


class LogSettings(Strict):
    """How the daemon logs."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Strict):
    """All that `config/svar.yaml` may say."""

    sources: tuple[SourceSettings, ...] = Field(min_length=1)
    rules: str = "../rules"
    state: StateSettings = StateSettings()
    calendar: CalendarSettings = CalendarSettings()
    people: PeopleSettings = PeopleSettings()
    slack: SlackSettings = SlackSettings()
    privacy: PrivacySettings = PrivacySettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()
    language: Literal["en"] = "en"


def read(path: Path, environ: Mapping[str, str]) -> tuple[Settings, Document]:
    """Return the settings in path under environ; raise ConfigError with all problems."""
    document = yamlfile.read(path)
    data, problems = overlay(document.data, environ)
    try:
        settings = yamlfile.build(Settings, document, data=data)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from error
    problems += _cross_check(settings, document)
    if problems:
        raise ConfigError(problems)
    return settings, document


def overlay(data: Any, environ: Mapping[str, str]) -> tuple[Any, list[Problem]]:
    """Return a copy of data with the environment's values set, and what went wrong."""
    merged = copy.deepcopy(data) if isinstance(data, dict) else data
    problems: list[Problem] = []
    if merged is None:
        merged = {}
    for name in sorted(environ):
        path = name.removeprefix(PREFIX).removesuffix("_FILE").lower().split("__")
        if not name.startswith(PREFIX) or len(path) == 1:
            continue  # SVAR_CONFIG and the like are not settings
        if path[0] not in Settings.model_fields:
            hint = yamlfile.nearest(path[0], Settings.model_fields)
            problems.append(Problem(name, 0, 0, "", f'no key "{path[0]}"{hint}'))
            continue
        try:
            value = _value(name, environ)
            _set(merged, path, value)
        except (OSError, LookupError, TypeError) as error:
            reason = getattr(error, "strerror", None) or str(error).strip("'\"")
            problems.append(Problem(name, 0, 0, "", reason))
    return merged, problems


def _value(name: str, environ: Mapping[str, str]) -> str:
    if name.endswith("_FILE"):
        return Path(environ[name]).read_text(encoding="utf-8").strip()
    return environ[name]


def _set(data: Any, path: list[str], value: str) -> None:
    """Put value at path; an item of a list is found by its name."""
    *parents, last = path
    here = data
    for key in parents:
        if isinstance(here, list):
            here = _named(here, key)
        else:
            if here.get(key) is None:
                here[key] = {}
            here = here[key]
    if not isinstance(here, dict):
        message = f"{'.'.join(parents)} holds no keys to override"
        raise TypeError(message)
    here[last] = value


def _named(items: list[Any], name: str) -> Any:
    """Return the item called name; hyphens may stand as underscores."""
    for item in items:
        if isinstance(item, dict) and str(item.get("name")).replace("-", "_") == name:
            return item
    message = f'nothing in the file is called "{name}"'
    raise LookupError(message)


def _cross_check(settings: Settings, document: Document) -> list[Problem]:
    """Return what is wrong between keys that are right by themselves."""
    problems = []
    names = [source.name for source in settings.sources]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = f'two sources are called "{name}"; give each its own name'
            problems.append(document.problem(("sources", index, "name"), message))
    try:
        settings.calendar.calendar()
    except ValueError as error:
        problems.append(document.problem(("calendar",), str(error)))
    return problems
