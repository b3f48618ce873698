"""Instants on the command line: `--as-of` goes in, RFC 3339 in UTC comes out."""

from datetime import UTC, datetime

from monitor import clock
from monitor.configuration import Configuration
from monitor.errors import ConfigError, Problem
from monitor.settings import YEARS


def as_of(text: str | None, loaded: Configuration) -> datetime:
    """Return the instant, or now; without a zone it is local to the calendar."""
    return read("--as-of", text, loaded) if text else clock.utc_now()


def read(option: str, text: str, loaded: Configuration) -> datetime:
    """Return the instant that stands after an option; a day alone is its start."""
    message = f'"{text}" is not an instant (try 2026-11-23T09:00+01:00)'
    problem = Problem(option, 0, 0, "", message)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError([problem]) from error
    if at.year not in YEARS:  # further out there is no room to count
        raise ConfigError([problem])
    zoned = at if at.tzinfo else at.replace(tzinfo=loaded.calendar.zone)
    return zoned.astimezone(UTC)


def rfc3339(at: datetime) -> str:
    """Return the instant as programs read it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
