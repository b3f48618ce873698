"""One poll of one source: read -> plan -> store. Never talks to Slack.

`check`, `preview`, the demo and the daemon all call the same `plan`: what a preview
shows is what the daemon does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain, islice
from typing import cast

from monitor import alerts, evaluate, outbox
from monitor.alerts import Alert, Change
from monitor.configuration import Configuration
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
from monitor.errors import ConfigError, SourceError
from monitor.evaluate import Finding
from monitor.outbox import Digests
from monitor.rules import Rule
from monitor.source import MOST_REJECTED, Source
from monitor.store import Connection, Store, ledger
from monitor.store.ledger import Key, Owed, Run
from monitor.store.reroute import reroute

__all__ = ["Cycle", "Plan", "Report", "check", "plan", "read", "split", "world"]


class Cycle:
    """Polls one source again and again, and remembers nothing itself."""

    def __init__(
        self, store: Store, source: Source, configuration: Configuration
    ) -> None:
        self.store = store
        self.source = source
        self.configuration = configuration
        self.world = world(configuration, source)
        self.digests = Digests(
            configuration.calendar, configuration.settings.slack.digest_at
        )

    def run(self, *, now: datetime) -> Report:
        """Poll once and keep what it means; a failed poll changes no alert."""
        with self.store.read() as connection:
            known = ledger.read_open(connection, self.source.name)
            last = ledger.last_good(connection, self.source.name)
        opened = Counter(rule for rule, _ in known)
        # The same dict, which the pass takes apart: a copy would cost its memory again.
        open_alerts = cast("dict[Key, Alert | None]", known)
        expected = bool(open_alerts or (last and last.applications))
        try:
            made, report = read(
                self.source, self.configuration, open_alerts=open_alerts, now=now
            )
        except SourceError as error:
            return self._fail(now, "failed", error.reason, str(error))
        except ConfigError as error:  # the database is no longer as the mapping says
            problems = "; ".join(map(str, error.problems))
            return self._fail(now, "failed", "mapping", problems)
        if not made.applications and expected:
            message = f"{self.source.name} returned no application at all"
            if report.run.rejected:
                message = f"{self.source.name} returned no row that can be read"
            return self._fail(now, "empty", "empty", message)
        self._miss(made, open_alerts, report)
        guarded = alerts.guard(made.closings, opened)
        made.fresh = guarded.allowed(made.fresh)
        with self.store.read() as connection:
            closed = ledger.read_closed(connection, self.source.name, made.fresh)
        changes = chain(made.changes, guarded.changes, self._opened(made, closed))
        run, transitions = self._keep(changes, report.run)
        return replace(report, run=run, held=guarded.held, transitions=transitions)

    def _miss(
        self, made: Plan, unseen: dict[Key, Alert | None], report: Report
    ) -> None:
        """Count the good polls without these alerts' applications, or close them."""
        rejected = set(report.rejected_ids)
        unreadable = len(rejected) >= MOST_REJECTED
        for (rule, application_id), alert in unseen.items():
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

    def _opened(self, made: Plan, closed: dict[Key, Alert]) -> Iterator[Change]:
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

    def _keep(self, changes: Iterator[Change], run: Run) -> tuple[Run, Transitions]:
        """Write the changes, the notices they cause and the run: all of it, or none.

        A few hundred at a time: the first poll of a large source has thousands.
        """
        count, transitions = 0, Transitions()
        with self.store.write() as connection:
            while few := list(islice(changes, ledger.CHUNK)):
                owed = self._owed(few, run.as_of)
                ledger.apply(connection, owed, now=run.as_of)
                self._review(connection, few, run.as_of)
                count += len(owed)
                transitions += _counted(owed)
            run = replace(run, changes=count)
            ledger.record(connection, run)
        return run, transitions

    def _review(
        self, connection: Connection, changes: Iterable[Change], now: datetime
    ) -> None:
        """Hold notices that wait against who owes the step now, and against the step."""
        for change in changes:
            rule = self.configuration.rulebook.get(change.alert.seen.rule)
            if rule and change.review is not None and change.alert.id is not None:
                told = partial(self._told, rule, change.alert.seen, change.review)
                reroute(connection, change.alert.id, told, now=now)

    def _told(self, rule: Rule, seen: Finding, step: int, name: str) -> tuple[str, ...]:
        """Return who is to be told of a firing today; nobody if it is not due any more."""
        people = self.configuration.settings.people
        return tuple(
            recipient
            for firing, each in enumerate(rule.firings[: step + 1])
            if each.name == name
            for recipient in outbox.recipients(rule, firing, seen, people)
        )

    def _owed(self, changes: Iterable[Change], now: datetime) -> list[Owed]:
        """Return the changes with the notices that they cause."""
        return [(change, self._notices(change, now)) for change in changes]

    def _notices(self, change: Change, now: datetime) -> tuple[outbox.Notice, ...]:
        rule = self.configuration.rulebook.get(change.alert.seen.rule)
        if rule is None or change.firing is None:
            return ()
        seen = change.alert.seen
        calendar = self.world.calendar_of(rule, seen.department)
        firing = rule.firings[change.firing]
        due_at = evaluate.due_at(rule, firing, calendar, seen.started_at, seen.due_at)
        people = self.configuration.settings.people
        return outbox.owe(
            change, rule, people=people, digests=self.digests, due_at=due_at, now=now
        )

    def _fail(self, now: datetime, outcome: str, reason: str, message: str) -> Report:
        run = Run(source=self.source.name, as_of=now, outcome=outcome, error=message)
        with self.store.write() as connection:
            ledger.record(connection, run)
        return Report(run, reason=reason)


def _counted(owed: Iterable[Owed]) -> Transitions:
    """Return how often each transition happened, per rule."""
    return Counter(
        (change.alert.seen.rule, each.before or "none", each.after, each.reason)
        for change, _ in owed
        for each in change.transitions
    )
