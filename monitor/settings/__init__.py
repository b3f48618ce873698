"""The daemon's settings: one YAML file, overridden by the environment.

No problem that it raises repeats a URL or a token.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, SecretStr

from monitor import environment, misfit, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.language import Language
from monitor.settings.calendars import OFFICE_HOURS, CalendarSettings
from monitor.settings.fields import (
    JOB_REF,
    WEEKDAYS,
    YEARS,
    ChannelName,
    Day,
    Days,
    Interval,
    JobUrl,
    Lease,
    Listen,
    Name,
    Person,
    Rhythm,
    Token,
    Url,
    WallTime,
    Weekday,
    Weeks,
)
from monitor.worktime import Calendar
from monitor.yamlfile import Document, Strict

RULES = "../rules"  # a folder, relative to the settings file

__all__ = [
    "OFFICE_HOURS",
    "WEEKDAYS",
    "YEARS",
    "CalendarSettings",
    "Day",
    "ReportSettings",
    "Settings",
    "read",
]


class Shown(StrEnum):
    """How a candidate is named in a message."""

    INITIALS = "initials"
    REFERENCE = "reference"
    NAME = "name"


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
    verify: bool | None = Field(default=None, strict=True)
    job_url: JobUrl | None = None

    def job_link(self, job_ref: str | None) -> str | None:
        """Return where all of a job's candidates are looked after, if that is known."""
        if self.job_url is None or not job_ref:
            return None
        return self.job_url.replace(JOB_REF, quote(job_ref, safe=""))


class StateSettings(Strict):
    """Where Svar keeps its alerts and its outbox."""

    url: Url = SecretStr("sqlite:///svar.db")
    lease: Lease = timedelta(seconds=30)


class PeopleSettings(Strict):
    """Who stands behind a role, who stands in, and where to turn when nobody does."""

    roles: dict[str, Person] = Field(default_factory=dict)
    deputies: dict[Person, Person] = Field(default_factory=dict)
    fallback: ChannelName | None = None
    admin: Person | None = None
    zones: dict[Person, str] = Field(default_factory=dict)
    away: dict[Person, Days] = Field(default_factory=dict)
    languages: dict[Person, Language] = Field(default_factory=dict)

    def is_away(self, address: str, day: date) -> bool:
        """Tell whether somebody is out of the office on a day."""
        return any(first <= day <= last for first, last in self.away.get(address, ()))

    @property
    def watch(self) -> str | None:
        """Return who hears of trouble with Svar itself, a person or a channel."""
        return self.admin or self.fallback


class SlackSettings(Strict):
    """How to reach Slack; without a token, notices are printed."""

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
    exemplars: bool = False
    departments: int = Field(default=100, ge=1, strict=True)
    goal: float = Field(default=0.95, ge=0, le=1)


class ReportSettings(Strict):
    """Where the leads read once a week what the week came to; without a channel nowhere."""

    channel: ChannelName | None = None
    on: Weekday = "monday"
    at: WallTime = time(9)
    weeks: Weeks = 4


class LogSettings(Strict):
    """How the daemon logs."""

    format: Literal["text", "json"] = "text"
    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(Strict):
    """All that `config/svar.yaml` may say."""

    sources: tuple[SourceSettings, ...] = Field(min_length=1)
    rules: str = RULES
    state: StateSettings = StateSettings()
    calendar: CalendarSettings = CalendarSettings()
    calendars: dict[Name, CalendarSettings] = Field(default_factory=dict)
    departments: dict[str, str] = Field(default_factory=dict)
    people: PeopleSettings = PeopleSettings()
    slack: SlackSettings = SlackSettings()
    privacy: PrivacySettings = PrivacySettings()
    metrics: MetricsSettings = MetricsSettings()
    report: ReportSettings = ReportSettings()
    log: LogSettings = LogSettings()
    language: Language = Language.EN

    def calendar_of(self, name: str) -> CalendarSettings:
        """Return a named calendar, what it leaves open taken from the main one."""
        return self.calendars[name].under(self.calendar)

    def by_department(self) -> dict[str, Calendar]:
        """Return the calendars of the departments that have one of their own."""
        names = sorted(set(self.departments.values()))
        made = {name: self.calendar_of(name).calendar() for name in names}
        return {where: made[name] for where, name in self.departments.items()}


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
    problems += _wrong_hours(settings, document)
    problems += _wrong_zones(settings, document)
    named = {name: settings.calendar_of(name) for name in settings.calendars}
    problems += _wrong_calendar(settings.calendar, document, ("calendar",))
    for name, calendar in named.items():
        problems += _wrong_calendar(calendar, document, ("calendars", name))
    for department, name in settings.departments.items():
        if name not in named:
            message = f'no calendar "{name}"{misfit.nearest(name, named)}'
            problems.append(document.problem(("departments", department), message))
    return problems


def _wrong_hours(settings: Settings, document: Document) -> Iterator[Problem]:
    hours = {("slack", "digest_at"): ("digest", settings.slack.digest_at)}
    if settings.report.channel:
        hours["report", "at"] = ("report", settings.report.at)
    for path, (what, hour) in hours.items():
        if not settings.calendar.works_after(hour):
            message = f"nobody works at or after that hour; no {what} would ever go out"
            yield document.problem(path, message)


def _wrong_zones(settings: Settings, document: Document) -> Iterator[Problem]:
    for address, zone in settings.people.zones.items():
        try:
            Calendar(zone=zone, hours={})
        except ValueError as error:
            yield document.problem(("people", "zones", address), str(error))


def _wrong_calendar(
    calendar: CalendarSettings, document: Document, path: tuple[str, ...]
) -> list[Problem]:
    return [document.problem((*path, *key), said) for key, said in calendar.faults()]
