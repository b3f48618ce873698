"""What polls would make us remember and owe, held in memory: no state database."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from monitor import alerts, cycle, evaluate, outbox
from monitor.alerts import Alert, Change
from monitor.evaluate import Finding, World
from monitor.model import Application
from monitor.outbox import Digests, Notice
from monitor.rules import Firing, Rule, Rulebook
from monitor.settings import PeopleSettings

SOURCE = "memory"


@dataclass(frozen=True, slots=True)
class House:
    """What decides who is told what: the rules, the calendars and the people."""

    rulebook: Rulebook
    world: World
    people: PeopleSettings
    digests: Digests


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that is owed, with the alert and the step that it is about."""

    alert: Alert
    firing: Firing
    notice: Notice


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll came to: all findings, and what they changed."""

    findings: list[Finding]
    changes: list[Change]
    told: list[Told]
    held: dict[str, int]


@dataclass(slots=True)
class _Slip:
    """A notice in the outbox, and whether it is still to be told."""

    told: Told
    is_dropped: bool = False


@dataclass(slots=True)
class Memory:
    """Takes polls one after another and remembers alerts as the store does."""

    house: House
    alerts: list[Alert] = field(default_factory=list)  # an alert's id is its place
    _slips: dict[int, list[_Slip]] = field(default_factory=dict)

    def poll(self, rows: Iterable[Application], *, now: datetime) -> Poll:
        """Hold a good poll's applications against the rules, and keep what it means."""
        rows = list(rows)
        checks = evaluate.prepare(self.house.rulebook, self.house.world, now=now)
        findings = cycle.plan(rows, checks, open_alerts={}, now=now).fresh
        open_alerts: dict[tuple[str, str], Alert | None] = {
            each.key: each for each in self.alerts if each.is_open
        }
        opened = Counter(rule for rule, _ in open_alerts)
        made = cycle.plan(rows, checks, open_alerts=open_alerts, now=now)
        unseen = filter(None, open_alerts.values())
        made.closings += [(each, alerts.miss(each, now=now)) for each in unseen]
        guarded = alerts.guard(made.closings, opened)
        fresh = guarded.allowed(made.fresh)
        changes = list(chain(made.changes, guarded.changes, self._opened(fresh, now)))
        told: list[Told] = []
        for change in changes:
            alert = self._keep(change.alert)
            told += self._owed(replace(change, alert=alert), now)
        return Poll(findings, changes, told, guarded.held)

    def _opened(self, fresh: Iterable[Finding], now: datetime) -> Iterator[Change]:
        closed = {
            (*each.key, each.seen.started_at): each
            for each in self.alerts
            if not each.is_open
        }
        for finding in fresh:
            key = (finding.rule, finding.application_id, finding.started_at)
            change = alerts.open_alert(
                SOURCE,
                finding,
                self._rule(finding),
                closed=closed.get(key),
                now=now,
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
        return next(r for r in self.house.rulebook.rules if r.id == finding.rule)

    def _owed(self, change: Change, now: datetime) -> list[Told]:
        """Return the notices that a change causes, those that change hands too."""
        rule, seen = self._rule(change.alert.seen), change.alert.seen
        slips = self._slips.setdefault(change.alert.id or 0, [])
        moved: list[Told] = []
        if change.firing is not None:
            notices = self._notices(change, rule, change.firing, now)
            named = {each.name: each for each in rule.firings}
            moved = [Told(change.alert, named[each.firing], each) for each in notices]
            slips += map(_Slip, moved)
        if change.review is not None:
            moved += self._reroute(slips, rule, seen, change.review, now)
        return moved

    def _notices(
        self, change: Change, rule: Rule, firing: int, now: datetime
    ) -> tuple[Notice, ...]:
        seen = change.alert.seen
        calendar = self.house.world.calendar_of(rule, seen.department)
        due_at = evaluate.due_at(
            rule, rule.firings[firing], calendar, seen.started_at, seen.due_at
        )
        return outbox.owe(
            change,
            rule,
            people=self.house.people,
            digests=self.house.digests,
            due_at=due_at,
            now=now,
        )

    def _reroute(
        self, slips: list[_Slip], rule: Rule, seen: Finding, step: int, now: datetime
    ) -> list[Told]:
        """Hand what waits for its digest hour to whoever owes the step now."""
        moved: list[Told] = []
        for slip in [each for each in slips if self._waits(each, now)]:
            firing, alert = slip.told.firing, slip.told.alert
            wanted = [
                recipient
                for number, each in enumerate(rule.firings[: step + 1])
                if each.name == firing.name
                for recipient in outbox.recipients(
                    rule, number, seen, self.house.people
                )
            ]
            if slip.told.notice.recipient in wanted:
                continue
            slip.is_dropped = True
            for recipient in wanted:
                told = Told(
                    alert, firing, replace(slip.told.notice, recipient=recipient)
                )
                if not any(_is_same(each, told) for each in slips):
                    slips.append(_Slip(told))
                    moved.append(told)
        return moved

    def _waits(self, slip: _Slip, now: datetime) -> bool:
        """Tell a notice whose digest has not gone out yet from one that was told."""
        due_at = slip.told.notice.due_at
        goes_at = self.house.digests.opens(due_at) or due_at
        return not slip.is_dropped and goes_at >= now


def _is_same(slip: _Slip, told: Told) -> bool:
    """Tell whether a notice was owed before, and was not taken back."""
    notice = slip.told.notice
    same = (notice.firing, notice.recipient) == (
        told.notice.firing,
        told.notice.recipient,
    )
    return same and not slip.is_dropped
