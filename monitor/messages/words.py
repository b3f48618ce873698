"""Numbers, days and waits in the words that people use."""

from datetime import datetime, timedelta

from monitor.language import Language
from monitor.messages.danish import DANISH
from monitor.messages.english import ENGLISH
from monitor.messages.norwegian import NORWEGIAN
from monitor.messages.phrases import Phrases
from monitor.messages.swedish import SWEDISH
from monitor.worktime import Calendar, Duration, Unit

SOME_DAYS = Duration(1, Unit.DAYS)  # a wait is told in days where no rule says
NOON, EVENING = 12, 17
COUNTED_DAYS = 400  # beyond this working days are not worth counting one by one
HOURS_TOLD = timedelta(days=2)  # of a silence; beyond it is told in days
_TABLES = {
    Language.EN: ENGLISH,
    Language.NB: NORWEGIAN,
    Language.SV: SWEDISH,
    Language.DA: DANISH,
}


def phrases(language: Language) -> Phrases:
    """Return what a language has to say."""
    return _TABLES[language]


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return "1 day" or "3 days", in English."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def percent(part: int, whole: int) -> str:
    """Return a share in whole per cent.

    Rounded down: 100 % is all of them, and no goal is met by rounding.
    """
    return f"{100 * part // whole} %"


def capital(text: str) -> str:
    """Return text with a capital at its start, and all else as it was."""
    return text[:1].upper() + text[1:]


def day(
    at: datetime,
    calendar: Calendar,
    *,
    now: datetime,
    language: Language = Language.EN,
) -> str:
    """Return the local day: "Wed 4 Nov", with the year where it is another one."""
    local, today = at.astimezone(calendar.zone), now.astimezone(calendar.zone)
    said = phrases(language)
    weekday, month = said.weekdays[local.weekday()], said.months[local.month - 1]
    text = said.day.format(weekday=weekday, day=local.day, month=month)
    return text if local.year == today.year else f"{text} {local.year}"


def moment(
    at: datetime,
    calendar: Calendar,
    *,
    now: datetime,
    language: Language = Language.EN,
) -> str:
    """Return the local day and time: "Wed 4 Nov 11:02"."""
    said = phrases(language)
    time = at.astimezone(calendar.zone).strftime(said.time)
    return said.moment.format(
        day=day(at, calendar, now=now, language=language), time=time
    )


def greeting(
    now: datetime, calendar: Calendar, *, language: Language = Language.EN
) -> str:
    """Return what one says at this hour."""
    hour, said = now.astimezone(calendar.zone).hour, phrases(language)
    if hour < NOON:
        return said.morning
    return said.afternoon if hour < EVENING else said.evening


def span(
    start: datetime,
    end: datetime,
    target: Duration,
    calendar: Calendar,
    *,
    language: Language = Language.EN,
) -> str:
    """Return the time from start to end in the unit that the promise is made in."""
    said = phrases(language)
    if target.unit.is_working:
        days, phrase = _working_days(start, end, calendar), said.working_days
    else:
        days = (calendar.local_day(end) - calendar.local_day(start)).days
        phrase = said.days
    if days:
        return said.count(phrase, days)
    hours = (end - start) // timedelta(hours=1)
    return said.count(said.hours, hours) if hours > 0 else said.under_an_hour


def silence(start: datetime, end: datetime, *, language: Language) -> str:
    """Return how long nothing was heard: "45 minutes", "3 hours" or "2 days"."""
    said, passed = phrases(language), end - start
    if passed < timedelta(hours=1):
        return said.count(said.minutes, passed // timedelta(minutes=1))
    if passed < HOURS_TOLD:
        return said.count(said.hours, passed // timedelta(hours=1))
    return said.count(said.days, passed.days)


def _working_days(start: datetime, end: datetime, calendar: Calendar) -> int:
    first, last = calendar.local_day(start), calendar.local_day(end)
    count = (last - first).days
    if count > COUNTED_DAYS:
        return count * 5 // 7
    days = (first + timedelta(days=n) for n in range(1, count + 1))
    return sum(calendar.is_working_day(each) for each in days)
