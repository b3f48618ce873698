"""Who hears of one application next: the polls to come, taken one after another.

They decide by the daemon's own code, as if the application stayed as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from monitor import alerts, evaluate
from monitor.alerts import Alert, Change, State
from monitor.cycle import Office
from monitor.evaluate import NOTHING, Finding
from monitor.outbox import Notice
from monitor.proof.clockface import Clockface
from monitor.proof.preview import goes_at
from monitor.proof.steps import Step
from monitor.rules import Kind, Rule, Rulebook
from monitor.store.history import History, Telling

_TICK = timedelta(seconds=1)  # a step is due when its instant has passed
_NO_TIME = timedelta(0)
_Key = tuple[str, str]  # the firing's name and the recipient


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the next digest carries; `waiting`: what is to be sent after the next poll."""

    next: tuple[Step, ...]
    waiting: frozenset[_Key]


def look(
    face: Clockface, steps: Sequence[Step], known: History, office: Office
) -> Ahead:
    """Poll in thought until the next digest; `known` is what concerns this wait."""
    polls = _Polls(face, office, _alert(face.rule, known))
    polls.recall(known.tellings)
    polls.poll(face.now)
    waiting = frozenset(polls.queue)
    lag = face.check.as_of - face.check.known_by
    for step in sorted(steps, key=lambda each: each.due_at):
        at = step.due_at + _TICK + (lag if step.kind is not Kind.WARNING else _NO_TIME)
        if at <= face.now:
            continue
        if polls.queue and step.due_at > min(polls.goes_at(known.had).values()):
            break
        polls.poll(at)
    return Ahead(tuple(_next(steps, polls.goes_at(known.had))), waiting)


def _alert(rule: Rule, known: History) -> Alert | None:
    """Return the alert, on the step that it stood on at the time."""
    alert = next(iter(known.alerts), None)
    if alert is None or alert.id not in known.moved:
        return alert
    told = {each.firing for each in known.tellings}
    reached = (n for n, each in enumerate(rule.firings) if each.name in told)
    return alerts.step_back(alert, rule, max(reached, default=NOTHING))


def _next(steps: Sequence[Step], goes: dict[_Key, datetime]) -> Iterator[Step]:
    """Yield the steps of the soonest digest, as it goes out and to whom."""
    soonest = min(goes.values(), default=None)
    for step in steps:
        tell = [
            recipient
            for (name, recipient), at in goes.items()
            if name == step.name and at == soonest
        ]
        if tell and soonest is not None:
            yield step._replace(tell=tuple(tell), goes_out_at=soonest)


@dataclass(slots=True)
class _Polls:
    """The alert and its notices from poll to poll."""

    face: Clockface
    office: Office
    alert: Alert | None
    queue: dict[_Key, Notice] = field(default_factory=dict)
    told: dict[_Key, datetime | None] = field(default_factory=dict)
    under_way: set[_Key] = field(default_factory=set)
    settled: list[Notice] = field(default_factory=list)

    def recall(self, tellings: Iterable[Telling]) -> None:
        """Take in what was told, and what waits."""
        kinds = {each.name: each.kind for each in self.face.rule.firings}
        for each in tellings:
            key = each.firing, each.recipient
            kind = kinds.get(each.firing, Kind.BREACH)
            notice = Notice(each.firing, kind, each.recipient, each.due_at)
            if each.is_unsent:
                self.queue[key] = notice
            elif each.is_settled:
                self.settled.append(notice)
            elif each.status != "obsolete":
                self.told[key] = each.sent_at
            if each.status == "claimed":
                self.under_way.add(key)

    def poll(self, now: datetime) -> None:
        """Hold the application against the rule as the daemon would then."""
        rule = self.face.rule
        [check] = evaluate.prepare(Rulebook((rule,)), self.office.world, now=now)
        found = next((seen for _, seen in evaluate.find(check, [self.face.row])), None)
        if found is None:
            self._close()
            return
        change = self._meet(found, now)
        if change is not None:
            self.alert = change.alert
            for notice in self.office.owed(
                change, rule, partial(self._announced, now), now=now
            ):
                self._owe(notice)
        if self.alert is not None:
            review = change.review if change else None
            self._review(self.alert, self.alert.step if review is None else review)

    def _close(self) -> None:
        """Close the alert, if there is one: what waits is told if it opens again."""
        self.settled += self.queue.values()
        self.queue.clear()
        if self.alert is not None:
            self.alert = replace(self.alert, state=State.CANCELLED)

    def _meet(self, found: Finding, now: datetime) -> Change | None:
        rule, alert = self.face.rule, self.alert
        if alert is not None and alert.is_open:
            return alerts.advance(alert, found, rule, now=now)
        change = alerts.open_alert("", found, rule, closed=alert, now=now)
        if change is not None:
            for notice in self.settled:
                self._owe(replace(notice, due_at=max(notice.due_at, now)))
            self.settled.clear()
        return change

    def _announced(self, now: datetime, _: Alert, firing: str) -> datetime | None:
        """Return when the owner heard of a public step, or will; None if never."""
        heard = [at for (name, _), at in self.told.items() if name == firing]
        if not heard and all(name != firing for name, _ in self.queue):
            return None
        return next(filter(None, heard), None) or self.office.digests.opens(now) or now

    def _owe(self, notice: Notice) -> None:
        key = notice.firing, notice.recipient
        if key not in self.told:
            self.queue.setdefault(key, notice)

    def _review(self, alert: Alert, step: int) -> None:
        """Hand what waits to whoever owes it now, and put off what nobody owes yet."""
        rule = self.face.rule
        for key, notice in list(self.queue.items()):
            wanted = self.office.told(rule, alert.seen, step, notice.firing)
            if notice.recipient in wanted:
                continue
            del self.queue[key]
            for each in wanted:
                self._owe(Notice(notice.firing, notice.kind, each, notice.due_at))
            if not wanted and step < alert.step:
                self.alert = alerts.step_back(alert, rule, step)

    def goes_at(self, had: frozenset[str]) -> dict[_Key, datetime]:
        """Return when the digest of each notice that waits can go out."""
        digests, now = self.office.digests, self.face.now
        return {
            key: goes_at(
                notice.due_at,
                digests,
                had=notice.recipient in had and key not in self.under_way,
                now=now,
            )
            for key, notice in self.queue.items()
        }
