"""Numbers, days and waits in the words that people use."""

from datetime import datetime, timedelta

from monitor.worktime import Calendar, Duration, Unit

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]
SOME_DAYS = Duration(1, Unit.DAYS)  # a wait is told in days where no rule says
NOON, EVENING = 12, 17
COUNTED_DAYS = 400  # beyond this working days are not worth counting one by one


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 day" or "3 days"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def day(at: datetime, calendar: Calendar, *, now: datetime) -> str:
    """Return the local day: "Wed 4 Nov", with the year where it is another one."""
    local, today = at.astimezone(calendar.zone), now.astimezone(calendar.zone)
    text = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"
    return text if local.year == today.year else f"{text} {local.year}"


def moment(at: datetime, calendar: Calendar, *, now: datetime) -> str:
    """Return the local day and time: "Wed 4 Nov 11:02"."""
    return f"{day(at, calendar, now=now)} {at.astimezone(calendar.zone):%H:%M}"


def greeting(now: datetime, calendar: Calendar) -> str:
    """Return what one says at this hour."""
    hour = now.astimezone(calendar.zone).hour
    if hour < NOON:
        return "Good morning"
    return "Good afternoon" if hour < EVENING else "Good evening"


def span(start: datetime, end: datetime, target: Duration, calendar: Calendar) -> str:
    """Return the time from start to end in the unit that the promise is made in."""
    if target.unit in {Unit.WORKING_DAYS, Unit.WORKING_HOURS}:
        days = _working_days(start, end, calendar)
        if days:
            return plural(days, "working day")
    else:
        days = (calendar.local_day(end) - calendar.local_day(start)).days
        if days:
            return plural(days, "day")
    hours = (end - start) // timedelta(hours=1)
    return plural(hours, "hour") if hours > 0 else "less than an hour"


def _working_days(start: datetime, end: datetime, calendar: Calendar) -> int:
    first, last = calendar.local_day(start), calendar.local_day(end)
    count = (last - first).days
    if count > COUNTED_DAYS:
        return count * 5 // 7
    days = (first + timedelta(days=n) for n in range(1, count + 1))
    return sum(calendar.is_working_day(each) for each in days)
