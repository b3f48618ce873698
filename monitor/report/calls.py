"""When the leads' post is due: once a week, on a day that people work."""

from datetime import date, datetime, timedelta

from monitor.outbox import Digests
from monitor.settings import WEEKDAYS, ReportSettings
from monitor.worktime import Calendar


def week_of(settings: ReportSettings, calendar: Calendar, now: datetime) -> date:
    """Return the day on which the week under way began: the last such weekday."""
    today = calendar.local_day(now)
    return today - timedelta(days=(today.weekday() - WEEKDAYS.index(settings.on)) % 7)


def is_due(settings: ReportSettings, calendar: Calendar, now: datetime) -> bool:
    """Tell whether the week's post may be made now: from its hour on, while people work.

    Where the day is off it is the next working day; a week with none has no post.
    """
    begins = calendar.at_local(week_of(settings, calendar, now), settings.at)
    return now >= Digests(calendar, settings.at).slot(begins) and calendar.is_open(now)
