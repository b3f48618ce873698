"""One poll of one source: read -> plan -> store. Never talks to Slack.

`check`, `preview`, the demo and the daemon all decide by the same code: what a
preview shows is what the daemon does.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.alerts import Alert, Change, step_back
from monitor.configuration import Configuration
from monitor.cycle.deciding import Decider, Decision, recall
from monitor.cycle.office import Office
from monitor.cycle.reading import (
    Plan,
    Report,
    Transitions,
    check,
    plan,
    read,
    require_ready,
    split,
    world,
)
from monitor.cycle.verifying import Verifier
from monitor.source import Source
from monitor.store import Connection, Store, chunks, ledger
from monitor.store.ledger import Owed, Run, hands
from monitor.store.outbox import reroute, trouble
from monitor.store.outbox.trouble import Held

__all__ = [
    "Cycle",
    "Office",
    "Plan",
    "Report",
    "Verifier",
    "check",
    "plan",
    "read",
    "require_ready",
    "split",
    "world",
]


class Cycle:
    """Polls one source and keeps what it means.

    `edited`: whether the rules may be others than at the last poll, so that notices
    which wait are held against the ladders of today.
    """

    def __init__(
        self,
        store: Store,
        source: Source,
        configuration: Configuration,
        *,
        edited: bool = True,
    ) -> None:
        self.store = store
        self.source = source
        self.edited = edited
        self.decider = Decider(source, configuration)

    def run(self, *, now: datetime) -> Report:
        """Poll once and keep what it means; a failed poll changes no alert."""
        memory = recall(self.store, self.source.name)
        decision = self.decider.decide(memory, now=now)
        run, transitions = self._keep(decision, memory.confirmed)
        return replace(decision.report, run=run, transitions=transitions)

    def _keep(
        self, decision: Decision, confirmed: frozenset[str]
    ) -> tuple[Run, Transitions]:
        """Write the changes, the notices they cause and the run: all of it, or none.

        A few hundred at a time: the first poll of a large source has thousands.
        """
        count, transitions = 0, Transitions()
        owed, run = decision.owed, decision.report.run
        with self.store.write() as connection:
            for few in chunks.split(owed):
                written = ledger.apply(connection, few, now=run.as_of)
                for change, _ in written:
                    self._review(connection, change, run.as_of)
                count += len(written)
                transitions += _counted(written)
            if run.is_good:
                self._look_over(connection, run.as_of)
                hands.used(connection, self.source.name, confirmed)
                self._tell_held(connection, decision.report.held, run.as_of)
            run = replace(run, changes=count)
            ledger.record(connection, run)
        return run, transitions

    def _look_over(self, connection: Connection, now: datetime) -> None:
        """Hold what waits against the ladders of today, where they may be others."""
        if self.edited:
            for alert in self._misrouted(connection):
                change = Change(alert, (), review=alert.step)
                self._review(connection, change, now)

    def _tell_held(
        self, connection: Connection, held: Mapping[str, int], now: datetime
    ) -> None:
        """Let the admin know of closings that are held, once a day and rule."""
        configuration = self.decider.configuration
        reader = configuration.settings.people.watch
        day = configuration.calendar.local_day(now)
        for rule, count in held.items() if reader else ():
            about = Held(self.source.name, rule, count)
            trouble.tell(connection, reader or "", about, on=day, now=now)

    def _misrouted(self, connection: Connection) -> list[Alert]:
        """Return the alerts with a notice that today's ladder would not owe so."""
        found: dict[int | None, Alert] = {}
        for alert, firing, recipient in reroute.waiting(connection, self.source.name):
            told = self.decider.told(Change(alert, (), review=alert.step))
            if told is not None and recipient not in told(firing):
                found[alert.id] = alert
        return list(found.values())

    def _review(self, connection: Connection, change: Change, now: datetime) -> None:
        """Hold notices that wait against who owes the step now, and against the step.

        An alert whose step is put off before anybody heard of it stands on the step
        before, so that it is told when it is due again.
        """
        told, alert = self.decider.told(change), change.alert
        if told is None or alert.id is None:
            return
        put_off = reroute.reroute(connection, alert.id, told, now=now)
        if put_off and change.review is not None and change.review < alert.step:
            rule = self.decider.rule_of(alert)
            reroute.step_back(connection, step_back(alert, rule, change.review))


def _counted(owed: Iterable[Owed]) -> Transitions:
    """Return how often each transition happened, per rule."""
    return Counter(
        (change.alert.seen.rule, each.before or "none", each.after, each.reason)
        for change, _ in owed
        for each in change.transitions
    )
