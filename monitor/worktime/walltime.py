"""Instants to local wall time and back, without ever running backwards.

`wall` and `instant` are non-decreasing over every clock change: a deadline that is
computed on the wall clock can therefore never fall earlier for a later start.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

TICK = timedelta.resolution


def load(name: str) -> ZoneInfo:
    """Return the time zone called `name`; raise ValueError with the nearest name."""
    try:
        return ZoneInfo(name)
    # OSError: "Europe" is a folder of the zone data, not a zone.
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        names = {zone.lower(): zone for zone in available_timezones()}
        cities = {low.rpartition("/")[2]: zone for low, zone in sorted(names.items())}
        wanted = name.strip().lower().replace(" ", "_")
        near = get_close_matches(wanted, names | cities, n=1, cutoff=0.75)
        nearest = (names | cities)[near[0]] if near else "Europe/Stockholm"
        message = f'"{name}" is not a time zone (try "{nearest}")'
        raise ValueError(message) from error


def utc(at: datetime) -> datetime:
    """Return the same instant in UTC; raise ValueError if it is naive."""
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        message = f"{at} names no time zone"
        raise ValueError(message)
    return at.astimezone(UTC)


def earliest(
    low: datetime, high: datetime, holds: Callable[[datetime], bool]
) -> datetime:
    """Return the first instant in (low, high] from which on `holds` is true.

    `holds` must be false at `low`, true at `high`, and change once.
    """
    while high - low > TICK:
        middle = low + (high - low) // 2
        if holds(middle):
            high = middle
        else:
            low = middle
    return high


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """Return the naive local time of a UTC instant, as a clock that never goes back.

    While an hour is repeated, that clock waits at the end of the hour.
    """
    local = at.astimezone(zone)
    if not local.fold:
        return local.replace(tzinfo=None)
    before = local.replace(fold=0).utcoffset() or timedelta()
    after = local.utcoffset() or timedelta()
    change = earliest(
        at - (before - after), at, lambda then: then.astimezone(zone).fold == 1
    )
    return (change + before).replace(tzinfo=None)


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first UTC instant at which the local clock has reached `local`.

    A local time that is skipped gives the instant of the skip; of a repeated one
    the first is taken.
    """
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == local:
        return first
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return earliest(
        early,
        first,
        lambda then: then.astimezone(zone).replace(tzinfo=None) >= local,
    )
