"""One alert and what it owes, from poll to poll, without a state database.

It is kept as the store keeps it: a step is owed once, what waits is handed to whoever
owes it by then, and what was settled is owed again with an alert that opens again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from monitor import alerts
from monitor.alerts import Alert, Change
from monitor.cycle import Office
from monitor.outbox import Notice
from monitor.rules import Rule

Key = tuple[str, str]  # the firing's name and the recipient


@dataclass(slots=True)
class Owing:
    """The alert, and its notices: those that wait, were told (and when), were settled."""

    rule: Rule
    office: Office
    alert: Alert | None = None
    queue: dict[Key, Notice] = field(default_factory=dict)
    told: dict[Key, datetime | None] = field(default_factory=dict)
    settled: list[Notice] = field(default_factory=list)

    def take(self, change: Change, *, now: datetime) -> list[Notice]:
        """Let the alert change; return what is newly owed, to whom it is owed by then."""
        self.alert = change.alert
        before = frozenset(self.queue)
        if change.opens_again:
            again = (replace(e, due_at=max(e.due_at, now)) for e in self.settled)
            self._owe(again)
            self.settled.clear()
        announced = partial(self._announced, now)
        self._owe(self.office.owed(change, self.rule, announced, now=now))
        if change.alert.is_open:
            self.review(change.alert.step if change.review is None else change.review)
        return [each for key, each in self.queue.items() if key not in before]

    def review(self, step: int) -> None:
        """Hand what waits to whoever owes it now, and put off what nobody owes yet."""
        alert = self.alert
        if alert is None:
            return
        for key, notice in list(self.queue.items()):
            wanted = self.office.told(self.rule, alert.seen, step, notice.firing)
            if notice.recipient in wanted:
                continue
            del self.queue[key]
            self._owe(replace(notice, recipient=each) for each in wanted)
            if not wanted and step < alert.step:
                self.alert = alerts.step_back(alert, self.rule, step)

    def send(self, *, before: datetime) -> None:
        """Let the digests go out of the time since the last poll, if anybody waits."""
        opens, is_open = self.office.digests.opens, self.alert and self.alert.is_open
        for key, notice in list(self.queue.items()):
            at = opens(notice.due_at) or notice.due_at
            if at < before:
                del self.queue[key]
                if is_open:
                    self.told[key] = at
                else:
                    self.settled.append(notice)

    def settle(self) -> None:
        """Take all that waits as settled."""
        self.settled += self.queue.values()
        self.queue.clear()

    def _owe(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            key = notice.firing, notice.recipient
            if key not in self.told:
                self.queue.setdefault(key, notice)

    def _announced(self, now: datetime, _: Alert, firing: str) -> datetime | None:
        """Return when the owner heard of a public step, or will; None if never."""
        heard = [at for (name, _), at in self.told.items() if name == firing]
        if not heard and all(name != firing for name, _ in self.queue):
            return None
        return next(filter(None, heard), None) or self.office.digests.opens(now) or now
