"""What polls would make us remember and owe, held in memory: no state database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from monitor import alerts, cycle, evaluate
from monitor.alerts import Alert, Change
from monitor.cycle import Office
from monitor.cycle.reading import Unmet
from monitor.evaluate import Finding
from monitor.model import Application
from monitor.outbox import Notice
from monitor.proof.owing import Key, Owing
from monitor.rules import Firing, Rule, Rulebook

SOURCE = "memory"


@dataclass(frozen=True, slots=True)
class OwedNotice:
    """A notice that is owed, with the alert and the step that it is about."""

    alert: Alert
    firing: Firing
    notice: Notice

    @property
    def key(self) -> Key:
        return self.notice.firing, self.notice.recipient


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll came to: every finding, what changed, and who is newly owed word."""

    findings: list[Finding]
    changes: list[Change]
    owed: list[OwedNotice]
    held: dict[str, int]


@dataclass(slots=True)
class Memory:
    """Takes good polls one after another, and remembers alerts as the store does."""

    rulebook: Rulebook
    office: Office
    _owing: list[Owing] = field(default_factory=list)  # an alert's id is its place

    @property
    def alerts(self) -> list[Alert]:
        """Return every alert that there is or was."""
        return [each.alert for each in self._owing if each.alert is not None]

    def poll(self, applications: Iterable[Application], *, now: datetime) -> Poll:
        """Hold the applications against the rules and keep what that means."""
        rows = list(applications)
        for owing in self._owing:
            owing.send(before=now)
        checks = evaluate.prepare(self._concerned(rows), self.office.world, now=now)
        findings = cycle.plan(rows, checks, open_alerts={}, now=now).fresh
        unmet: Unmet = {each.key: each for each in self.alerts if each.is_open}
        opened = Counter(rule for rule, _ in unmet)
        made = cycle.plan(rows, checks, open_alerts=unmet, now=now)
        gone = filter(None, unmet.values())
        made.closings += [(each, alerts.miss(each, now=now)) for each in gone]
        guarded = alerts.guard(made.closings, opened)
        fresh = guarded.allowed(made.fresh)
        owed: list[OwedNotice] = []
        changes = []
        for change in chain(made.changes, guarded.changes, self._opened(fresh, now)):
            kept, newly = self._take(change, now)
            changes.append(kept)
            owed += newly
        return Poll(findings, changes, owed, guarded.held)

    def _concerned(self, rows: Sequence[Application]) -> Rulebook:
        """Return the rules of which a clock runs, or an alert is open; the rest is idle.

        To make a rule ready costs more than to hold a few applications against it.
        """
        alerted = {each.seen.rule for each in self.alerts if each.is_open}

        def is_running(rule: Rule) -> bool:
            start = evaluate.start(rule.clock)
            return rule.id in alerted or any(start(row) is not None for row in rows)

        return Rulebook(tuple(filter(is_running, self.rulebook.rules)))

    def _opened(self, fresh: Iterable[Finding], now: datetime) -> Iterator[Change]:
        closed = {
            (*each.key, each.seen.started_at): each
            for each in self.alerts
            if not each.is_open
        }
        for finding in fresh:
            key = (finding.rule, finding.application_id, finding.started_at)
            rule = self._rule(finding)
            change = alerts.open_alert(
                SOURCE, finding, rule, closed=closed.get(key), now=now
            )
            if change:
                yield change

    def _take(self, change: Change, now: datetime) -> tuple[Change, list[OwedNotice]]:
        """Keep the alert; return the change, and the notices that it causes or hands on."""
        number = change.alert.id
        if number is None:
            number = len(self._owing)
            change = replace(change, alert=replace(change.alert, id=number))
            self._owing.append(Owing(self._rule(change.alert.seen), self.office))
        owing, alert = self._owing[number], change.alert
        owed = owing.take(change, now=now)
        named = {each.name: each for each in owing.rule.firings}
        return change, [OwedNotice(alert, named[each.firing], each) for each in owed]

    def _rule(self, finding: Finding) -> Rule:
        return next(rule for rule in self.rulebook.rules if rule.id == finding.rule)
