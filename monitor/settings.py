"""The daemon's settings: one YAML file, overridden by the environment.

No problem that it raises repeats a URL or a token.
"""

import re
import typing
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from monitor import environment, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.worktime import Calendar
from monitor.yamlfile import Document, Strict

Weekday = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]
WEEKDAYS: tuple[Weekday, ...] = typing.get_args(Weekday)
OFFICE_HOURS: dict[Weekday, tuple[tuple[time, time], ...]] = dict.fromkeys(
    WEEKDAYS[:5], ((time(8), time(16)),)
)
LAST_PORT = 65535
LONGEST = timedelta(days=3650)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class Shown(StrEnum):
    """How a candidate is named in a message."""

    INITIALS = "initials"
    REFERENCE = "reference"
    NAME = "name"


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
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > LAST_PORT:
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


def _token(value: object) -> object:
    if value is None or isinstance(value, str | SecretStr):
        return value or None  # compose always mounts the file, if need be empty
    message = "expected text (put the token in quotes)"
    raise ValueError(message)


def _name(value: object) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_\-]*", str(value)):
        message = (
            f'"{value}" is not a name (small letters, digits, - and _; try "opencats")'
        )
        raise ValueError(message)
    return str(value)


def _channel(value: object) -> str:
    if not re.fullmatch(r"#[a-z0-9_\-]{1,80}", str(value)):
        message = f'"{value}" is not a channel (try "#recruiting-ops")'
        raise ValueError(message)
    return str(value)


def _person(text: str) -> str:
    return text.lower() if "@" in text else text  # as the addresses of a source


Interval = Annotated[timedelta, BeforeValidator(_interval)]
WallTime = Annotated[time, BeforeValidator(_wall_time)]
Day = Annotated[date, BeforeValidator(_day)]
Hours = Annotated[tuple[tuple[time, time], ...], BeforeValidator(_hours)]
Listen = Annotated[tuple[str, int], BeforeValidator(_listen)]
Url = Annotated[SecretStr, BeforeValidator(_url)]
Rhythm = Annotated[timedelta, BeforeValidator(_rhythm)]
Token = Annotated[SecretStr | None, BeforeValidator(_token)]
Name = Annotated[str, BeforeValidator(_name)]
ChannelName = Annotated[str, BeforeValidator(_channel)]
Person = Annotated[str, AfterValidator(_person)]


class SourceSettings(Strict):
    """One recruiting database and how to read it."""

    name: Name
    url: Url
    mapping: str
    every: Rhythm = timedelta(minutes=5)
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

    def works_after(self, hour: time) -> bool:
        """Tell whether work goes on at that hour, or after it, on any weekday."""
        ranges = [each for day in self.hours.values() for each in day]
        return not ranges or any(hour < last or last <= first for first, last in ranges)


class PeopleSettings(Strict):
    """Who stands behind a role, who stands in, and where to turn when nobody does."""

    roles: dict[str, Person] = Field(default_factory=dict)
    deputies: dict[Person, Person] = Field(default_factory=dict)
    fallback: ChannelName | None = None


class SlackSettings(Strict):
    """How to reach Slack; without a token notices are printed."""

    token: Token = None
    app_token: Token = None
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
    if not path.exists():
        message = (
            "there is no such file; name yours with --config or SVAR_CONFIG, "
            "or see svar work first with `svar demo`"
        )
        raise ConfigError([Problem(str(path), 0, 0, "", message)])
    document = yamlfile.read(path)
    data, origins, problems = environment.overlay(
        document.data, environ, set(Settings.model_fields)
    )
    try:
        settings = yamlfile.build(Settings, document, data=data)
    except ConfigError as error:
        # What a variable said wrong is not to be looked for in the file.
        found = [
            replace(problem, file=origins[problem.key], line=0, column=0)
            if problem.key in origins
            else problem
            for problem in error.problems
        ]
        raise ConfigError([*problems, *found]) from error
    problems += _cross_check(settings, document)
    if problems:
        raise ConfigError(problems)
    return settings, document


def _cross_check(settings: Settings, document: Document) -> list[Problem]:
    """Return what is wrong between keys that are right by themselves."""
    problems = []
    names = [source.name for source in settings.sources]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = f'two sources are called "{name}"; give each its own name'
            problems.append(document.problem(("sources", index, "name"), message))
    if not any(settings.calendar.hours.values()):
        message = "nobody ever works; give at least one weekday its hours"
        problems.append(document.problem(("calendar", "hours"), message))
    if not settings.calendar.works_after(settings.slack.digest_at):
        message = "nobody works at or after that hour; no digest would ever go out"
        problems.append(document.problem(("slack", "digest_at"), message))
    try:
        settings.calendar.calendar()
    except ValueError as error:
        problems.append(document.problem(("calendar",), str(error)))
    return problems
