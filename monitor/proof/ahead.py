"""Who hears of one application next: the polls to come, taken one after another.

They decide by the daemon's own code, as if the application stayed as it is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor import alerts, evaluate
from monitor.alerts import Alert, Change, State
from monitor.cycle import Office
from monitor.evaluate import NOTHING, Finding
from monitor.outbox import Notice
from monitor.proof import quiet
from monitor.proof.clockface import Clockface
from monitor.proof.owing import Key, Owing
from monitor.proof.preview import goes_at
from monitor.proof.quiet import Quiet
from monitor.proof.steps import Step
from monitor.rules import Kind, Rule, Rulebook
from monitor.store.ledger.history import History, Telling
from monitor.store.words import NoticeStatus

_TICK = timedelta(seconds=1)  # a step is due when its instant has passed
_NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the next digest carries; `waiting`: what is to be sent after the next poll."""

    next: tuple[Step, ...] = ()
    waiting: frozenset[Key] = frozenset()


def look(
    face: Clockface, steps: Sequence[Step], known: History, office: Office
) -> Ahead:
    """Poll in thought until the next digest; `known` is what concerns this wait."""
    owing = Owing(face.rule, office, _alert(face.rule, known))
    polls = _Polls(face, owing, quiet.read(face.seen, known.alerts, known.silences))
    polls.recall(known.tellings)
    polls.poll(face.now)
    waiting = frozenset(polls.owing.queue)
    lag = face.check.as_of - face.check.known_by
    for step in sorted(steps, key=lambda each: each.due_at):
        at = step.due_at + _TICK + (lag if step.kind is not Kind.WARNING else _NO_TIME)
        if at <= face.now:
            continue
        goes = polls.goes_at(known.had).values()
        if goes and step.due_at > min(each or face.now for each in goes):
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


def _next(steps: Sequence[Step], goes: dict[Key, datetime | None]) -> Iterator[Step]:
    """Yield the steps of the soonest digest, as it goes out and to whom."""
    soonest = min(filter(None, goes.values()), default=None)
    for step in steps:
        tell = [
            recipient
            for (name, recipient), at in goes.items()
            if name == step.name and at == soonest
        ]
        if tell:
            yield step._replace(tell=tuple(tell), goes_out_at=soonest)


@dataclass(slots=True)
class _Polls:
    """What the alert owes from poll to poll, and what is on its way already."""

    face: Clockface
    owing: Owing
    quiet: Quiet
    under_way: set[Key] = field(default_factory=set)

    def recall(self, tellings: Iterable[Telling]) -> None:
        """Take in what was told, and what waits."""
        owing, kinds = self.owing, {e.name: e.kind for e in self.face.rule.firings}
        for each in tellings:
            key = each.firing, each.recipient
            kind = kinds.get(each.firing, Kind.BREACH)
            notice = Notice(each.firing, kind, each.recipient, each.due_at)
            if each.is_unsent:
                owing.queue[key] = notice
            elif each.is_settled:
                owing.settled.append(notice)
            elif each.status != NoticeStatus.OBSOLETE:
                owing.told[key] = each.sent_at
            if each.status == NoticeStatus.CLAIMED:
                self.under_way.add(key)

    def poll(self, now: datetime) -> None:
        """Hold the application against the rule as the daemon would then."""
        owing, world = self.owing, self.owing.office.world
        [check] = evaluate.prepare(Rulebook((self.face.rule,)), world, now=now)
        found = evaluate.finding(check, self.face.row)
        if found is None:
            self._close()
            return
        change = self._meet(found, now)
        if change is not None:
            owing.take(change, now=now)
        elif owing.alert is not None:
            owing.review(owing.alert.step)  # of a ladder that was edited since, maybe

    def _close(self) -> None:
        """Close the alert, if there is one: what waits is told if it opens again."""
        self.owing.settle()
        if self.owing.alert is not None:
            self.owing.alert = replace(self.owing.alert, state=State.CANCELLED)

    def _meet(self, found: Finding, now: datetime) -> Change | None:
        rule, alert = self.face.rule, self.owing.alert
        if alert is not None and alert.is_open:
            return alerts.advance(alert, found, rule, now=now)
        return alerts.open_alert("", found, rule, closed=alert, now=now)

    def goes_at(self, had: frozenset[str]) -> dict[Key, datetime | None]:
        """Return when the digest of each notice that waits can go out; None: not known."""
        return {
            key: self._leaves(
                notice.due_at, had=notice.recipient in had and key not in self.under_way
            )
            for key, notice in self.owing.queue.items()
        }

    def _leaves(self, due_at: datetime, *, had: bool) -> datetime | None:
        """Return the first digest that is not held back; None: until somebody ends it."""
        digests, now = self.owing.office.digests, self.face.now
        at, free = None, self.quiet.over(max(due_at, now))
        while free is not None and free != at:
            at = goes_at(free, digests, had=had, now=now)
            free = self.quiet.over(at)
        return free
