"""An alert's life, told as polls: what each one saw, and what came of it."""

from dataclasses import dataclass, field
from datetime import timedelta

from monitor import alerts, evaluate
from monitor.alerts import Alert, Change
from monitor.evaluate import Ending
from monitor.model import Application
from monitor.rules import Rule
from tests.builders import at, check, found_in


@dataclass
class Life:
    """One application under one rule, from poll to poll."""

    rule: Rule
    lag: timedelta = timedelta(0)
    alert: Alert | None = None
    closed: Alert | None = None
    told: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def poll(self, when: str, row: Application | None) -> list[str]:
        """Return the transitions of a poll: "breached target_passed"."""
        change = self._change(when, row)
        if change is None:
            return []
        if change.firing is not None:
            self.told.append(self.rule.firings[change.firing].at)
        self.notes += [each.note for each in change.transitions if each.note]
        is_open = change.alert.is_open
        self.alert = change.alert if is_open else None
        self.closed = self.closed if is_open else change.alert
        return [f"{each.after} {each.reason}" for each in change.transitions]

    def _change(self, when: str, row: Application | None) -> Change | None:
        now = at(when)
        if row is None:
            return alerts.miss(self.alert, now=now) if self.alert else None
        ready = check(self.rule, now, lag=self.lag)
        found = found_in(ready, row)
        if self.alert is None:
            if found is None:
                return None
            closed = self.closed
            if closed and closed.seen.started_at != found.started_at:
                closed = None
            return alerts.open_alert("ats", found, self.rule, closed=closed, now=now)
        started_at = self.alert.seen.started_at
        if found is not None and found.started_at == started_at:
            return alerts.advance(self.alert, found, self.rule, now=now)
        seen = evaluate.verdict(ready, row, started_at=started_at, now=now)
        assert found is None or seen.ending is Ending.MOVED
        return alerts.settle(self.alert, seen)
