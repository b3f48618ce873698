"""One poll of one source: read -> plan -> store. Never talks to Slack.

`check`, `preview`, the demo and the daemon all decide by the same code: what a
preview shows is what the daemon does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from monitor.configuration import Configuration
from monitor.cycle.deciding import Decider, Decision, Memory, recall
from monitor.cycle.reading import (
    Plan,
    Report,
    Transitions,
    check,
    plan,
    read,
    split,
    world,
)
from monitor.source import Source
from monitor.store import Connection, Store, ledger
from monitor.store.ledger import Owed, Run
from monitor.store.reroute import reroute

__all__ = [
    "Cycle",
    "Decider",
    "Decision",
    "Memory",
    "Plan",
    "Report",
    "check",
    "plan",
    "read",
    "recall",
    "split",
    "world",
]


class Cycle:
    """Polls one source again and again, and remembers nothing itself."""

    def __init__(
        self, store: Store, source: Source, configuration: Configuration
    ) -> None:
        self.store = store
        self.source = source
        self.decider = Decider(source, configuration)

    def run(self, *, now: datetime) -> Report:
        """Poll once and keep what it means; a failed poll changes no alert."""
        memory = recall(self.store, self.source.name)
        decision = self.decider.decide(memory, now=now)
        report = decision.report
        run, transitions = self._keep(decision.owed, report.run)
        return replace(report, run=run, transitions=transitions)

    def _keep(self, owed: Iterator[Owed], run: Run) -> tuple[Run, Transitions]:
        """Write the changes, the notices they cause and the run: all of it, or none.

        A few hundred at a time: the first poll of a large source has thousands.
        """
        count, transitions = 0, Transitions()
        with self.store.write() as connection:
            while few := list(islice(owed, ledger.CHUNK)):
                ledger.apply(connection, few, now=run.as_of)
                self._review(connection, few, run.as_of)
                count += len(few)
                transitions += _counted(few)
            run = replace(run, changes=count)
            ledger.record(connection, run)
        return run, transitions

    def _review(
        self, connection: Connection, owed: Iterable[Owed], now: datetime
    ) -> None:
        """Hold notices that wait against who owes the step now, and against the step."""
        for change, _ in owed:
            told = self.decider.told(change)
            if told is not None and change.alert.id is not None:
                reroute(connection, change.alert.id, told, now=now)


def _counted(owed: Iterable[Owed]) -> Transitions:
    """Return how often each transition happened, per rule."""
    return Counter(
        (change.alert.seen.rule, each.before or "none", each.after, each.reason)
        for change, _ in owed
        for each in change.transitions
    )
