"""What polls would make us remember and owe, held in memory: no state database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain

from monitor import alerts, cycle, evaluate
from monitor.alerts import Alert, Change
from monitor.cycle import Office
from monitor.evaluate import Finding
from monitor.model import Application
from monitor.outbox import Notice
from monitor.rules import Firing, Rule, Rulebook

SOURCE = "memory"


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that is owed, with the alert and the step that it is about."""

    alert: Alert
    firing: Firing
    notice: Notice

    @property
    def key(self) -> tuple[str, str]:
        return self.notice.firing, self.notice.recipient


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll came to: every finding, what changed, and who is newly owed word."""

    findings: list[Finding]
    changes: list[Change]
    told: list[Told]
    held: dict[str, int]


@dataclass(slots=True)
class Memory:
    """Takes good polls one after another, and remembers alerts as the store does."""

    rulebook: Rulebook
    office: Office
    alerts: list[Alert] = field(default_factory=list)  # an alert's id is its place
    _told: dict[int, dict[tuple[str, str], Told]] = field(default_factory=dict)

    def poll(self, applications: Iterable[Application], *, now: datetime) -> Poll:
        """Hold the applications against the rules and keep what that means."""
        rows = list(applications)
        checks = evaluate.prepare(self._concerned(rows), self.office.world, now=now)
        findings = cycle.plan(rows, checks, open_alerts={}, now=now).fresh
        unmet: dict[tuple[str, str], Alert | None] = {
            each.key: each for each in self.alerts if each.is_open
        }
        opened = Counter(rule for rule, _ in unmet)
        made = cycle.plan(rows, checks, open_alerts=unmet, now=now)
        gone = filter(None, unmet.values())
        made.closings += [(each, alerts.miss(each, now=now)) for each in gone]
        guarded = alerts.guard(made.closings, opened)
        fresh = guarded.allowed(made.fresh)
        told: list[Told] = []
        changes = []
        for change in chain(made.changes, guarded.changes, self._opened(fresh, now)):
            kept = replace(change, alert=self._keep(change.alert))
            changes.append(kept)
            told += self._owed(kept, now)
        return Poll(findings, changes, told, guarded.held)

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

    def _keep(self, alert: Alert) -> Alert:
        if alert.id is None:
            alert = replace(alert, id=len(self.alerts))
            self.alerts.append(alert)
        else:
            self.alerts[alert.id] = alert
        return alert

    def _rule(self, finding: Finding) -> Rule:
        return next(rule for rule in self.rulebook.rules if rule.id == finding.rule)

    def _owed(self, change: Change, now: datetime) -> list[Told]:
        """Return the notices that a change causes, and those that it hands on."""
        alert = change.alert
        rule = self._rule(alert.seen)
        known = self._told.setdefault(alert.id or 0, {})
        named = {each.name: each for each in rule.firings}
        wanted = [
            Told(alert, named[each.firing], each)
            for each in self.office.owed(
                change, rule, partial(self._announced, now), now=now
            )
        ]
        if change.review is not None:
            wanted += self._handed_on(change, change.review, rule, now)
        owed = [each for each in wanted if each.key not in known]
        known.update({each.key: each for each in owed})
        return owed

    def _handed_on(
        self, change: Change, step: int, rule: Rule, now: datetime
    ) -> list[Told]:
        """Take back what waits for its digest and somebody else owes now; return that.

        What nobody owes any more is put off, and told when it is due again.
        """
        alert, handed = change.alert, list[Told]()
        known = self._told[alert.id or 0]
        for told in [each for each in known.values() if self._waits(each, now)]:
            recipients = self.office.told(rule, alert.seen, step, told.notice.firing)
            if told.notice.recipient not in recipients:
                del known[told.key]
                if not recipients and step < alert.step:
                    self._keep(alerts.step_back(alert, rule, step))
                handed += [
                    replace(told, notice=replace(told.notice, recipient=each))
                    for each in recipients
                ]
        return handed

    def _announced(self, now: datetime, alert: Alert, firing: str) -> datetime | None:
        """Return when the owner heard of a public step, or will; None if never."""
        opens = self.office.digests.opens
        for told in self._told[alert.id or 0].values():
            if told.notice.firing == firing:
                at = now if self._waits(told, now) else told.notice.due_at
                return opens(at) or at
        return None

    def _waits(self, told: Told, now: datetime) -> bool:
        """Tell a notice whose digest has not gone out yet from one that was read."""
        due_at = told.notice.due_at
        return (self.office.digests.opens(due_at) or due_at) >= now
