"""When people work, as the settings and a rule may say it."""

from collections.abc import Callable, Iterator
from datetime import time
from functools import partial

from pydantic import Field

from monitor.settings.fields import WEEKDAYS, Day, Hours, WallTime, Weekday
from monitor.worktime import Calendar
from monitor.yamlfile import Strict

NOBODY_WORKS = "nobody ever works; give at least one weekday its hours"
OFFICE_HOURS: dict[Weekday, tuple[tuple[time, time], ...]] = dict.fromkeys(
    WEEKDAYS[:5], ((time(8), time(16)),)
)


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

    def faults(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield each key that makes no sense, and what is wrong with it."""
        yield from _fault(
            ("timezone",), partial(Calendar, zone=self.timezone, hours={})
        )
        bare = partial(Calendar, zone="UTC", hours={})
        unknown = [*_fault(("country",), partial(bare, country=self.country))]
        yield from unknown
        if not unknown:
            where = partial(bare, country=self.country, region=self.region)
            yield from _fault(("region",), where)
        week: dict[int, tuple[tuple[time, time], ...]] = {}
        for day, ranges in self.hours.items():
            longer = week | {WEEKDAYS.index(day): ranges}
            wrong = [*_fault(("hours", day), partial(bare, hours=longer))]
            yield from wrong
            week = week if wrong else longer
        if not any(self.hours.values()):
            yield ("hours",), NOBODY_WORKS

    def works_after(self, hour: time) -> bool:
        """Tell whether work goes on at that hour, or after it, on any weekday."""
        ranges = [each for day in self.hours.values() for each in day]
        return not ranges or any(hour < last or last <= first for first, last in ranges)

    def under(self, base: "CalendarSettings") -> "CalendarSettings":
        """Return these settings, with what they leave open taken from `base`."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        if "country" in said:
            said.setdefault("region", None)  # the other country's region is not ours
        return base.model_copy(update=said)


def _fault(
    path: tuple[str, ...], made: Callable[[], Calendar]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what is wrong with a key, if a calendar cannot be made with it."""
    try:
        made()
    except ValueError as error:
        yield path, str(error)
