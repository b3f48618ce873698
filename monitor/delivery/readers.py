"""Who reads what is owed to somebody: they, a deputy, or the fallback channel."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor import outbox
from monitor.outbox import Digests
from monitor.settings import PeopleSettings, Settings
from monitor.store.outbox.contacts import Person

KNOWN_FOR = timedelta(hours=20)  # so that each morning hears who is away
UNKNOWN_FOR = timedelta(hours=1)
APART = timedelta(minutes=1)  # two replicas' clocks, at most


def first(
    recipient: str, people: PeopleSettings, is_there: Callable[[str], bool]
) -> str:
    """Return the first reader who is there, or else the fallback channel."""
    if outbox.is_channel(recipient):
        return recipient
    found = (each for each in persons(recipient, people) if is_there(each))
    return next(found, people.fallback or recipient)


def persons(recipient: str, people: PeopleSettings) -> list[str]:
    """Return who of all persons may read what is owed to one."""
    both = recipient, people.deputies.get(recipient)
    return [each for each in both if each and each != outbox.NOBODY]


def is_any_at_work(
    recipient: str, people: PeopleSettings, digests: Digests, now: datetime
) -> bool:
    """Tell whether somebody may read now, by the clocks on their own walls."""
    each_of = [recipient, *persons(recipient, people), people.fallback or recipient]
    return any(digests.of(each).calendar.is_open(now) for each in each_of)


def is_out(email: str, settings: Settings, now: datetime) -> bool:
    """Tell whether somebody is out of the office by the settings, on the house's day."""
    today = now.astimezone(ZoneInfo(settings.calendar.timezone)).date()
    return settings.people.is_away(email, today)


def as_known(
    absent: Collection[Person], settings: Settings, now: datetime
) -> Callable[[str], str]:
    """Return what tells the reader of a recipient without asking Slack.

    Of whom Slack told nothing lately it would be asked first: they count as there.
    """
    gone = {each.email for each in absent if lost(each, now) or is_fresh(each, now)}

    def is_there(email: str) -> bool:
        return email not in gone and not is_out(email, settings, now)

    return lambda recipient: first(recipient, settings.people, is_there)


def lost(known: Person, now: datetime) -> str | None:
    """Return why an address leads to nobody, if Slack told so lately."""
    return known.error if _is_within(known, UNKNOWN_FOR, now) else None


def is_fresh(known: Person, now: datetime) -> bool:
    """Tell a way that Slack told of lately."""
    return bool(known.channel) and _is_within(known, KNOWN_FOR, now)


def _is_within(known: Person, spell: timedelta, now: datetime) -> bool:
    """Tell whether it was asked for so lately; a clock set back knows nothing of it."""
    return known.checked_at <= now + APART and now < known.checked_at + spell
