"""What rules would have sent in days gone by, from the milestones of today's source.

Pure: applications go by once, and only counters stay.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import NamedTuple

from monitor import alerts, evaluate, past
from monitor.alerts import Alert, Change
from monitor.cycle import Office
from monitor.evaluate import NOTHING, Check, Finding
from monitor.model import Application
from monitor.outbox import Digests, Notice
from monitor.past import Stretch
from monitor.rules import Comparison, Kind, Rule, Rulebook
from monitor.worktime import Duration

CHUNK = 2_000  # applications that go through the rules at a time
_SOURCE = "backtest"
_TICK = timedelta.resolution

Life = tuple[Stretch, ...]  # of one application
Seen = tuple[int, Finding | None]


class Key(NamedTuple):
    """What lines are counted by."""

    rule: str
    day: date
    recipient: str


@dataclass(slots=True)
class Sent:
    """How many lines would have gone out; a digest is one person's lines of a day."""

    days: tuple[date, ...] = ()
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

    def add(self, other: "Sent") -> None:
        """Put in what another source would have sent to the same people."""
        self.days = other.days
        self.applications += other.applications
        self.lines.update(other.lines)
        self.escalations.update(other.escalations)


def looks(digests: Digests, days: int, *, now: datetime) -> list[datetime]:
    """Return the digest hours of the last days, and first the one before them."""
    begins = now - timedelta(days=days)
    back, before = begins, digests.slot(begins)
    while before >= begins:
        back -= timedelta(days=1)
        before = digests.slot(back)
    found = [before]
    while (slot := digests.slot(found[-1] + _TICK)) <= now:
        found.append(slot)
    return found


class Backtest:
    """Holds applications against rules as of each digest hour gone by.

    The first of the looks is the one before the history: at that Svar is taken to be
    running already, and what was told up to it is no news.
    """

    def __init__(
        self, rulebook: Rulebook, office: Office, looks: Sequence[datetime]
    ) -> None:
        self._office = office
        self._looks = looks
        local_day = office.digests.calendar.local_day
        self._days = [local_day(look) for look in looks]
        self.sent = Sent(tuple(self._days[1:]))
        world = replace(office.world, name=lambda _: "")  # nobody is named here
        prepared = [evaluate.prepare(rulebook, world, now=at) for at in looks]
        self._checks: list[Sequence[Check]] = list(zip(*prepared, strict=True))

    def run(self, applications: Iterable[Application]) -> Iterator[int]:
        """Take applications in; yield how many there were, now and then."""
        rows = iter(applications)
        while chunk := list(islice(rows, CHUNK)):
            self.sent.applications += len(chunk)
            self._take(chunk)
            yield self.sent.applications

    def _take(self, chunk: Sequence[Application]) -> None:
        lives = [tuple(past.stretches(row, self._looks)) for row in chunk]
        daily: list[Life] = []
        for checks in self._checks:
            fickle = _is_fickle(checks[0].rule)
            if fickle and not daily:
                daily = [_daily(life) for life in lives]
            for life in _late(checks, daily if fickle else lives):
                self._follow(checks, life)

    def _follow(self, checks: Sequence[Check], life: Life) -> None:
        """Count what one application's alerts of one rule would have sent."""
        rule = checks[0].rule
        memory = _Memory(rule, self._office, self._looks)
        for at, finding in _seen(checks, life):
            memory.see(at, finding)
        memory.see(len(self._days), None)
        for (at, recipient), escalates in memory.told.items():
            key = Key(rule.id, self._days[at], recipient)
            self.sent.lines[key] += 1
            self.sent.escalations[key] += escalates


class _Memory:
    """What is remembered of one rule and one application, from look to look."""

    def __init__(self, rule: Rule, office: Office, looks: Sequence[datetime]) -> None:
        self._looks = looks
        self.told: dict[tuple[int, str], bool] = {}  # and whether it escalates
        self._rule = rule
        self._office = office
        self._alert: Alert | None = None
        self._opened = 0
        self._closed: dict[datetime, Alert] = {}
        self._owed: dict[datetime, list[tuple[int, Notice]]] = {}
        self._heard: dict[tuple[datetime, str], datetime] = {}

    def see(self, at: int, finding: Finding | None) -> None:
        """Take in what the application is from this look on."""
        alert = self._alert
        if alert:
            self._tell(alert.seen.started_at, at)
            if finding is None or finding.started_at != alert.seen.started_at:
                self._closed[alert.seen.started_at] = alert
                alert = None
        self._alert = alert
        if finding is None or at == len(self._looks):
            return
        now = self._looks[at]
        if alert:
            change = alerts.advance(alert, finding, self._rule, now=now)
        else:
            closed = self._closed.get(finding.started_at)
            change = alerts.open_alert(
                _SOURCE, finding, self._rule, closed=closed, now=now
            )
            self._opened = at
        if change:
            self._alert = change.alert
            self._owe(change, at)

    def _owe(self, change: Change, at: int) -> None:
        looks, start = self._looks, change.alert.seen.started_at
        owed = self._owed.setdefault(start, [])
        found = self._office.owed(change, self._rule, self._announced, now=looks[at])
        for notice in found:
            due = max(bisect_left(looks, notice.due_at), at)
            if notice.kind is Kind.HEADS_UP:
                self._heard[start, notice.firing] = looks[min(due, len(looks) - 1)]
            if at:  # what was owed at the first look is no news
                owed.append((due, notice))

    def _announced(self, alert: Alert, firing: str) -> datetime | None:
        return self._heard.get((alert.seen.started_at, firing))

    def _tell(self, started_at: datetime, until: int) -> None:
        """Send what fell due before this look, while its alert was open."""
        owed = self._owed.get(started_at, [])
        for due, notice in owed:
            if due < until:
                sent = max(due, self._opened), notice.recipient
                escalates = notice.kind is Kind.ESCALATION
                self.told[sent] = self.told.get(sent, False) or escalates
        self._owed[started_at] = [each for each in owed if each[0] >= until]


def _late(checks: Sequence[Check], lives: Sequence[Life]) -> Iterator[Life]:
    """Yield the lives in which the rule has told of something.

    While an application stays as it is, its clock only runs on: what is no finding at
    the end of a stretch was none in it.
    """
    by_last: dict[int, list[Application]] = {}
    for life in lives:
        for _, last, row in life:
            by_last.setdefault(last, []).append(row)
    late = {
        id(row)
        for last, rows in by_last.items()
        for row, finding in evaluate.find(checks[last], rows)
        if finding.step != NOTHING
    }
    for life in lives if late else ():
        if any(id(row) in late for _, _, row in life):
            yield life


def _seen(checks: Sequence[Check], life: Life) -> Iterator[Seen]:
    """Yield the looks at which an application becomes another finding, or none."""
    for first, last, row in life:
        low = first, evaluate.finding(checks[first], row)
        yield low
        if first < last:
            yield from _climbed(
                checks, row, low, (last, evaluate.finding(checks[last], row))
            )


def _climbed(
    checks: Sequence[Check], row: Application, low: Seen, high: Seen
) -> Iterator[Seen]:
    """Yield the looks after the low one at which a step has fallen due."""
    if _step(low) == _step(high):
        return
    middle = (low[0] + high[0]) // 2
    if middle == low[0]:
        yield high
        return
    between = middle, evaluate.finding(checks[middle], row)
    yield from _climbed(checks, row, low, between)
    yield from _climbed(checks, row, between, high)


def _step(seen: Seen) -> int:
    return seen[1].step if seen[1] else NOTHING


def _is_fickle(rule: Rule) -> bool:
    """Tell a rule by which an application is another one as time goes by.

    That is, a rule that speaks of a time ago.
    """
    tests = [*rule.tests, *(test for tests in rule.exempt for test in tests)]
    return any(
        isinstance(test, Comparison) and isinstance(test.bound, Duration)
        for test in tests
    )


def _daily(life: Life) -> Life:
    return tuple(
        Stretch(look, look, row)
        for first, last, row in life
        for look in range(first, last + 1)
    )
