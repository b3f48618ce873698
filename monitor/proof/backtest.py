"""What rules would have sent in days gone by, from the milestones of today's source.

Pure: applications go by once, and only counters stay.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from monitor import alerts, evaluate, outbox
from monitor.alerts import Alert
from monitor.evaluate import NOTHING, Check, Finding, World
from monitor.model import Application
from monitor.outbox import Digests, Notice
from monitor.proof import past
from monitor.proof.past import Stretch
from monitor.rules import Kind, Rule, Rulebook
from monitor.settings import PeopleSettings
from monitor.worktime import Duration

CHUNK = 2_000  # applications that go through the rules at a time
_SOURCE = "backtest"
_TICK = timedelta.resolution


class Key(NamedTuple):
    """What lines are counted by."""

    rule: str
    day: date
    recipient: str


@dataclass(slots=True)
class Sent:
    """How many lines would have gone out; a digest is one person's lines of a day."""

    days: tuple[date, ...]
    applications: int = 0
    lines: Counter[Key] = field(default_factory=Counter)
    escalations: Counter[Key] = field(default_factory=Counter)

    @property
    def digests(self) -> Counter[tuple[date, str]]:
        """Return how many lines each digest would have had."""
        found: Counter[tuple[date, str]] = Counter()
        for key, count in self.lines.items():
            found[key.day, key.recipient] += count
        return found


class Look(NamedTuple):
    """From this look on an application is this finding of a rule, or none."""

    at: int
    finding: Finding | None


def looks(digests: Digests, days: int, *, now: datetime) -> list[datetime]:
    """Return the digest hours of the last days, and first the one before them.

    At that one Svar is taken to be running already: what was told up to it is no news.
    """
    begins = now - timedelta(days=days)
    found = [digests.slot(begins)]
    while (slot := digests.slot(found[-1] + _TICK)) <= now:
        found.append(slot)
    back = begins
    while (before := digests.slot(back)) >= begins:
        back -= timedelta(days=1)
    return [before, *(slot for slot in found if slot <= now)]


class Backtest:
    """Holds applications against rules as of each digest hour gone by."""

    def __init__(
        self,
        rulebook: Rulebook,
        world: World,
        people: PeopleSettings,
        digests: Digests,
        looks: Sequence[datetime],
    ) -> None:
        self.looks = looks
        self._people = people
        self._digests = digests
        self._world = world
        self._days = [digests.calendar.local_day(look) for look in looks]
        self.sent = Sent(tuple(self._days[1:]))
        prepared = [evaluate.prepare(rulebook, world, now=look) for look in looks]
        self._checks: list[Sequence[Check]] = list(zip(*prepared, strict=True))

    def run(self, applications: Iterable[Application]) -> Iterator[int]:
        """Take applications in; yield how many there were, now and then."""
        rows = iter(applications)
        while chunk := list(islice(rows, CHUNK)):
            self.sent.applications += len(chunk)
            self._take(chunk)
            yield self.sent.applications

    def _take(self, chunk: Sequence[Application]) -> None:
        lives = [list(past.stretches(row, self.looks)) for row in chunk]
        by_last: dict[int, list[Application]] = {}
        owners: dict[int, int] = {}
        for number, life in enumerate(lives):
            for stretch in life:
                by_last.setdefault(stretch.last, []).append(stretch.row)
                owners[id(stretch.row)] = number
        for checks in self._checks:
            # Who is no finding at the end of a stretch was none in it.
            late = {
                owners[id(row)]
                for last, rows in by_last.items()
                for row, finding in evaluate.find(checks[last], rows)
                if finding.step != NOTHING
            }
            for number in late:
                self._follow(checks, lives[number])

    def _follow(self, checks: Sequence[Check], life: Sequence[Stretch]) -> None:
        """Count what one application's alerts of one rule would have sent."""
        memory = _Memory(self, checks[0].rule)
        for look in _seen(checks, life):
            memory.see(look)
        memory.see(Look(len(self.looks), None))
        for (at, recipient), escalates in memory.told.items():
            key = Key(checks[0].rule.id, self._days[at], recipient)
            self.sent.lines[key] += 1
            self.sent.escalations[key] += escalates
