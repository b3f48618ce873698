"""When people work, as the settings and a rule may say it."""

from datetime import time

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
        if not any(self.hours.values()):
            raise ValueError(NOBODY_WORKS)
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

    def under(self, base: "CalendarSettings") -> "CalendarSettings":
        """Return these settings, with what they leave open taken from `base`."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        if "country" in said:
            said.setdefault("region", None)  # the other country's region is not ours
        return base.model_copy(update=said)
