"""Who is told what and when; pure plans, no message text and no network."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import chain

from monitor.alerts import Change
from monitor.evaluate import Finding
from monitor.rules import Kind, Rule
from monitor.settings import PeopleSettings
from monitor.worktime import Calendar, Duration, Unit

NOBODY = "nobody"  # a recipient that no setting names; shown by doctor and a metric
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=5)
_WORKING_DAY = Duration(1, Unit.WORKING_DAYS)
QUARANTINE = timedelta(seconds=60)  # a dying request may still arrive for so long


@dataclass(frozen=True, slots=True)
class Notice:
    """What is owed to one recipient about one step of one alert.

    `firing` is the step's name: its number changes where the ladder is edited.
    """

    firing: str
    kind: Kind
    recipient: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Digests:
    """When digests may go out: the hour of the day, and whose working time counts."""

    calendar: Calendar
    digest_at: time

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

    def _hour(self, day: date) -> datetime:
        return self.calendar.at_local(day, self.digest_at)


def owe(
    change: Change,
    rule: Rule,
    *,
    people: PeopleSettings,
    digests: Digests,
    due_at: datetime,
    now: datetime,
) -> tuple[Notice, ...]:
    """Return the notices that a change causes; none where no step became due.

    `due_at` is when the step itself was due: what fell due before today's digest
    hour goes with today's digest, however late the poll saw it.
    """
    if change.firing is None:
        return ()
    slot = digests.slot(due_at)
    # The heads-up of a public step was skipped, as after an outage: the owner hears
    # now, and what is public waits for the working day that was promised.
    public_at = digests.slot(digests.calendar.shift(now, _WORKING_DAY))
    owed: list[Notice] = []
    for firing in _together(rule, change.firing, after=change.climbed_from):
        step = _notices(rule, firing, change.alert.seen, people, slot)
        warned = rule.heads_up(firing)
        if warned is not None and warned > change.climbed_from:
            owed += _notices(rule, warned, change.alert.seen, people, slot)
            step = tuple(
                replace(each, due_at=public_at) if is_channel(each.recipient) else each
                for each in step
            )
        owed += step
    return tuple(dict.fromkeys(owed))


def _together(rule: Rule, firing: int, *, after: int = -1) -> Iterator[int]:
    """Yield the firings that go out with this one: those at its place, and itself."""
    yield from (n for n in rule.joint(firing) if after < n <= firing)


def audience(
    rule: Rule, firing: int, finding: Finding, people: PeopleSettings
) -> tuple[str, ...]:
    """Return everybody who is told when this firing is the highest that is due."""
    told = (recipients(rule, each, finding, people) for each in _together(rule, firing))
    return tuple(dict.fromkeys(chain.from_iterable(told)))


def _notices(
    rule: Rule, firing: int, finding: Finding, people: PeopleSettings, slot: datetime
) -> tuple[Notice, ...]:
    step = rule.firings[firing]
    told = dict.fromkeys(recipients(rule, firing, finding, people))
    return tuple(Notice(step.name, step.kind, each, slot) for each in told)


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
