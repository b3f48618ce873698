"""Read -> plan: all that a cycle does up to its write, for the daemon and a preview."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain

from monitor import alerts
from monitor.alerts import Alert, Change
from monitor.configuration import Configuration
from monitor.cycle.office import Office
from monitor.cycle.reading import Plan, Report, Unmet, read, world
from monitor.errors import ConfigError, SourceError
from monitor.evaluate import Finding
from monitor.outbox import Digests
from monitor.rules import Rule
from monitor.source import MOST_REJECTED, Source
from monitor.store import Store, ledger
from monitor.store.ledger import Key, Owed, Run, hands
from monitor.store.outbox import contacts, headsups
from monitor.store.words import RunOutcome

Closed = dict[Key, Alert]
OwedTo = Callable[[str], tuple[str, ...]]  # by the firing
Heard = dict[tuple[int, str], datetime | None]


@dataclass(frozen=True, slots=True)
class Memory:
    """What the state remembers of a source; `closed` looks up alerts of these keys."""

    open_alerts: Unmet
    last: Run | None
    closed: Callable[[Sequence[Finding]], Closed]
    heard: Callable[[Collection[int]], Heard]
    zones: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a poll comes to before any of it is kept.

    `owed` are the changes with the notices that they cause, made while they are gone
    through, once.
    """

    report: Report
    owed: Iterator[Owed] = field(default_factory=lambda: iter(()))


def recall(store: Store, source: str) -> Memory:
    """Return what the state remembers of a source."""

    def closed(findings: Sequence[Finding]) -> Closed:
        with store.read() as connection:
            return ledger.read_closed(connection, source, findings)

    def heard(alert_ids: Collection[int]) -> Heard:
        with store.read() as connection:
            return headsups.read(connection, alert_ids)

    with store.read() as connection:
        return Memory(
            dict(ledger.read_open(connection, source)),
            ledger.last_good(connection, source),
            closed,
            heard,
            contacts.zones(connection),
            hands.confirmed(connection, source),
        )


class Decider:
    """Polls one source and says what that means; remembers and writes nothing."""

    def __init__(self, source: Source, configuration: Configuration) -> None:
        self.source = source
        self.configuration = configuration
        self.office = Office(
            world(configuration, source),
            configuration.settings.people,
            Digests.configured(configuration),
        )

    def decide(self, memory: Memory, *, now: datetime) -> Decision:
        """Poll once; a failed poll changes no alert. Takes the open alerts apart."""
        opened = Counter(rule for rule, _ in memory.open_alerts)
        open_alerts = memory.open_alerts
        expected = bool(open_alerts or (memory.last and memory.last.applications))
        try:
            made, report = read(
                self.source, self.configuration, open_alerts=open_alerts, now=now
            )
        except SourceError as error:
            return self._fail(now, RunOutcome.FAILED, error.reason, str(error))
        except ConfigError as error:  # the database is no longer as the mapping says
            problems = "; ".join(map(str, error.problems))
            return self._fail(now, RunOutcome.FAILED, "mapping", problems)
        if not made.applications and expected:
            message = f"{self.source.name} returned no application at all"
            if report.run.rejected:
                message = f"{self.source.name} returned no row that can be read"
            return self._fail(now, RunOutcome.EMPTY, "empty", message)
        self._miss(made, open_alerts, report)
        guarded = alerts.guard(made.closings, opened, memory.confirmed)
        made.fresh = guarded.allowed(made.fresh)
        closed = memory.closed(made.fresh)
        changes = chain(made.changes, guarded.changes, self._opened(made, closed))
        told = [each.alert.id for each in made.changes if each.firing is not None]
        told += [each.id for each in closed.values()]
        heard = memory.heard([each for each in told if each is not None])
        office = self.office.in_zones(memory.zones)
        announced = partial(_announced, office, heard, now)
        owed = (
            (
                change,
                office.owed(change, self.rule_of(change.alert), announced, now=now),
            )
            for change in changes
        )
        return Decision(replace(report, held=guarded.held), owed)

    def rule_of(self, alert: Alert) -> Rule | None:
        """Return the alert's rule, if it is still there."""
        return self.configuration.rulebook.get(alert.seen.rule)

    def told(self, change: Change) -> OwedTo | None:
        """Return who is to be told of a firing by now, where notices may have to move."""
        rule = self.rule_of(change.alert)
        if rule is None or change.review is None:
            return None
        return partial(self.office.told, rule, change.alert.seen, change.review)

    def _miss(self, made: Plan, unmet: Unmet, report: Report) -> None:
        """Count the good polls without these alerts' applications, or close them."""
        rejected = set(report.rejected_ids)
        unreadable = len(rejected) >= MOST_REJECTED
        for (rule, application_id), alert in unmet.items():
            if alert is None:
                continue  # met in this poll
            if self.configuration.rulebook.get(rule) is None:
                made.closings.append((alert, alerts.remove(alert, now=made.now)))
            elif (
                rule in report.unmeasurable or unreadable or application_id in rejected
            ):
                continue
            else:
                made.closings.append((alert, alerts.miss(alert, now=made.now)))

    def _opened(self, made: Plan, closed: Closed) -> Iterator[Change]:
        for finding in made.fresh:
            rule = self.configuration.rulebook.get(finding.rule)
            key = (finding.rule, finding.application_id)
            if rule is None:
                continue
            change = alerts.open_alert(
                self.source.name, finding, rule, closed=closed.get(key), now=made.now
            )
            if change:
                yield change

    def _fail(
        self, now: datetime, outcome: RunOutcome, reason: str, message: str
    ) -> Decision:
        run = Run(source=self.source.name, as_of=now, outcome=outcome, error=message)
        return Decision(Report(run, reason=reason))


def _announced(
    office: Office, heard: Heard, now: datetime, alert: Alert, firing: str
) -> datetime | None:
    """Return when the owner heard of a public step, or will; None if never."""
    key = (alert.id or 0, firing)
    if key not in heard:
        return None
    return heard[key] or office.digests.opens(now) or now
