"""Who is told what and when; pure plans, no message text and no network."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import chain

from monitor.alerts import Alert, Change
from monitor.configuration import Configuration
from monitor.evaluate import Finding
from monitor.rules import Kind, Rule
from monitor.settings import PeopleSettings
from monitor.worktime import Calendar

NOBODY = "nobody"  # a recipient that no setting names; shown by doctor and a metric
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)
QUARANTINE = timedelta(seconds=60)  # a dying request may still arrive for so long
CAUGHT_UP = timedelta(hours=1)  # what is seen later than that is not news at once


# When the owner hears, or heard, of a public step by its heads-up; None if never.
Announced = Callable[[Alert, str], datetime | None]


def unheard(_alert: Alert, _firing: str) -> None:
    """Tell that nobody heard of anything yet."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What is owed to one recipient about one step of one alert.

    `firing` is the step's name: its number changes where the ladder is edited.
    `announced_by` is that of the heads-up, where the step is public. `is_now`: it does
    not wait for the day's digest.
    """

    firing: str
    kind: Kind
    recipient: str
    due_at: datetime
    announced_by: str | None = None
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Digests:
    """When digests may go out: the hour of the day, and whose working time counts.

    `zones` are those of people who do not live by the calendar's own.
    """

    calendar: Calendar
    digest_at: time
    zones: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def configured(cls, loaded: Configuration) -> "Digests":
        """Return when digests may go out by the settings, to whoever has no own zone."""
        return cls(loaded.calendar, loaded.settings.slack.digest_at)

    def of(self, recipient: str) -> "Digests":
        """Return the digests of one recipient, by the clock on their wall."""
        calendar = lived_in(self.calendar, self.zones.get(recipient))
        return self if calendar is self.calendar else replace(self, calendar=calendar)

    def slot(self, at: datetime) -> datetime:
        """Return the first digest hour of a working day at or after `at`."""
        day = self.calendar.local_day(at)
        while True:
            slot = self._hour(day)
            if self.calendar.is_working_day(day) and slot >= at:
                return slot
            day += timedelta(days=1)

    def day(self, now: datetime) -> date | None:
        """Return the day whose digests may be sent now, or None outside those hours."""
        day = self.calendar.local_day(now)
        if self.calendar.is_open(now) and now >= self._hour(day):
            return day
        return None

    def opens(self, now: datetime) -> datetime | None:
        """Return when digests may be sent again, or None where they may be sent now."""
        if self.day(now):
            return None
        return self.calendar.next_open(self.slot(now))

    def next_day(self, at: datetime) -> datetime:
        """Return the first digest hour of a later working day than that of `at`."""
        tomorrow = self.calendar.local_day(at) + timedelta(days=1)
        return self.slot(self.calendar.at_local(tomorrow, time()))

    def _hour(self, day: date) -> datetime:
        return self.calendar.at_local(day, self.digest_at)


def lived_in(calendar: Calendar, zone: str | None) -> Calendar:
    """Return the calendar as it is lived in a zone, if this machine knows that zone."""
    try:
        return calendar.in_zone(zone) if zone else calendar
    except ValueError:  # Slack may know more zones
        return calendar


def owe(  # noqa: PLR0913 - all but two by name
    change: Change,
    rule: Rule,
    *,
    people: PeopleSettings,
    digests: Digests,
    due_at: datetime,
    now: datetime,
    announced: Announced = unheard,
) -> tuple[Notice, ...]:
    """Return the notices that a change causes; none where no step became due.

    `due_at` is when the step itself was due: what fell due before today's digest
    hour goes with today's digest, however late the poll saw it. What is public waits
    until the working day after the owner heard that it would be.
    """
    if change.firing is None:
        return ()
    seen, slot = change.alert.seen, partial(_slot, digests, due_at)
    fresh = now - due_at <= CAUGHT_UP
    owed: list[Notice] = []
    for firing in rule.together(change.firing, change.climbed_from, change.alert.step):
        step = _notices(rule, firing, seen, people, slot)
        if rule.firings[firing].is_now and fresh:
            step = tuple(replace(each, due_at=due_at, is_now=True) for each in step)
        warned = rule.heads_up(firing)
        if warned is not None:
            heard_at = announced(change.alert, rule.firings[warned].name)
            if heard_at is None:
                owed += _notices(rule, warned, seen, people, slot)
            public_at = digests.next_day(heard_at or digests.opens(now) or now)
            step = tuple(_not_before(each, public_at) for each in step)
        owed += step
    return tuple(dict.fromkeys(owed))


def _slot(digests: Digests, due_at: datetime, recipient: str) -> datetime:
    return digests.of(recipient).slot(due_at)


def _not_before(notice: Notice, public_at: datetime) -> Notice:
    """Return the notice, put off if it is public."""
    if not is_channel(notice.recipient):
        return notice
    return replace(notice, due_at=max(notice.due_at, public_at))


def audience(
    rule: Rule, firings: Iterable[int], finding: Finding, people: PeopleSettings
) -> tuple[str, ...]:
    """Return everybody whom these firings tell, each once."""
    told = (recipients(rule, each, finding, people) for each in firings)
    return tuple(dict.fromkeys(chain.from_iterable(told)))


def _notices(
    rule: Rule,
    firing: int,
    finding: Finding,
    people: PeopleSettings,
    slot: Callable[[str], datetime],
) -> tuple[Notice, ...]:
    step, warned = rule.firings[firing], rule.heads_up(firing)
    heard = None if warned is None else rule.firings[warned].name
    told = dict.fromkeys(recipients(rule, firing, finding, people))
    return tuple(
        Notice(
            step.name, step.kind, each, slot(each), heard if is_channel(each) else None
        )
        for each in told
    )


def recipients(
    rule: Rule, firing: int, finding: Finding, people: PeopleSettings
) -> Iterator[str]:
    """Yield the addresses and channels that a step tells, in the ladder's order."""
    for word in rule.firings[firing].tell:
        yield _address(word, finding, people) or people.fallback or NOBODY


def _address(word: str, finding: Finding, people: PeopleSettings) -> str | None:
    """Return the address behind a role, a person or a channel; None if unknown."""
    match word:
        case "owner":
            found = finding.owner
        case "recruiter":
            found = finding.recruiter
        case "manager":
            found = finding.manager
        case "decided_by":
            found = finding.decided_by
        case _:
            found = word
    return people.roles.get(found, found) if found else None


def is_channel(recipient: str) -> bool:
    """Tell a channel, where no name may stand, from a person."""
    return recipient.startswith("#")


def retry_in(attempts: int, key: str) -> timedelta:
    """Return the wait after so many failed attempts: doubling, capped, with jitter.

    The jitter is read off the key, so that a plan made twice is the same plan.
    """
    wait = min(FIRST_RETRY * (1 << min(attempts, 16) - 1), LONGEST_RETRY)
    spread = hashlib.blake2b(f"{key}:{attempts}".encode(), digest_size=2).digest()
    return wait * (0.75 + int.from_bytes(spread) / 0xFFFF / 2)
