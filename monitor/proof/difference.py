"""What an edit of the rules would do to the alerts that the old rules hold open now.

What the old rules find stands for what is open; the new ones then meet it with the
daemon's own code, in one pass over the source.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice

from monitor import alerts, cycle, evaluate, outbox
from monitor.alerts import Alert, Change, Reason
from monitor.cycle.reading import Unmet
from monitor.evaluate import Finding, World
from monitor.model import Application
from monitor.proof import forms
from monitor.proof.forms import Forms
from monitor.rules import Rule, Rulebook
from monitor.settings import PeopleSettings

CHUNK = 500


class Edit(StrEnum):
    """What became of a rule."""

    ADDED = "added"
    REMOVED = "removed"
    SWITCHED_ON = "switched on"
    SWITCHED_OFF = "switched off"
    CHANGED = "changed"
    REWORDED = "only its words"
    SAME = "unchanged"


class Fate(StrEnum):
    """What becomes of an alert."""

    OPENS = "opens"
    CLOSES = "closes"
    RETARGETS = "retargets"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Edited:
    """One rule in both sets, and which of its keys differ."""

    rule: str
    edit: Edit
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one alert, and who would be told newly.

    `was_due_at`: the deadline under the old rules, where there was one.
    """

    fate: Fate
    seen: Finding
    was_due_at: datetime | None
    told: tuple[str, ...] = ()


@dataclass(slots=True)
class Difference:
    """What the edit would do over one source."""

    applications: int = 0
    effects: list[Effect] = field(default_factory=list)  # without those that stay
    counts: Counter[tuple[str, Fate]] = field(default_factory=Counter)
    held: dict[str, int] = field(default_factory=dict)


def edits(old: Rulebook, new: Rulebook, *, now: datetime) -> list[Edited]:
    """Return what became of each rule, in the order of the new files."""
    return compare(forms.make(old, at=now), forms.make(new, at=now))


def compare(old: Forms, new: Forms) -> list[Edited]:
    """Return what became of each rule, read off its form then and now."""
    found = []
    for name in dict.fromkeys((*new.rules, *old.rules)):
        before, after = old.rules.get(name), new.rules.get(name)
        if before is None:
            found.append(Edited(name, Edit.ADDED))
        elif after is None:
            found.append(Edited(name, Edit.REMOVED))
        else:
            keys = forms.changed(before, after)
            edit = _edit(keys, was_on=before.is_on, is_on=after.is_on)
            found.append(Edited(name, edit, keys))
    return found


def _edit(keys: Sequence[str], *, was_on: bool, is_on: bool) -> Edit:
    if was_on != is_on:
        return Edit.SWITCHED_ON if is_on else Edit.SWITCHED_OFF
    if not keys:
        return Edit.SAME
    return Edit.REWORDED if forms.WORDS.issuperset(keys) else Edit.CHANGED


class Comparer:
    """Holds a source's applications against two sets of rules, as of one instant."""

    def __init__(
        self,
        old: Rulebook,
        new: Rulebook,
        world: World,
        people: PeopleSettings,
        *,
        now: datetime,
    ) -> None:
        self.old = {rule.id: rule for rule in old.rules}
        self.new = {rule.id: rule for rule in new.rules}
        self.people = people
        self.now = now
        self._old = evaluate.prepare(old, world, now=now)
        self._new = evaluate.prepare(new, world, now=now)

    def compare(
        self, applications: Iterable[Application], *, kept: Iterable[str] = ()
    ) -> Difference:
        """Return what the new rules would do to what the old ones hold open.

        `kept`: new rules that this source cannot feed; their alerts stay as they are.
        """
        made, closings = Difference(), list[tuple[Alert, Change]]()
        lacking = frozenset(kept)
        opened: Counter[str] = Counter()
        rows = iter(applications)
        while chunk := list(islice(rows, CHUNK)):
            made.applications += len(chunk)
            held = {each.key: each for each in self._open(chunk)}
            opened.update(rule for rule, _ in held)
            closings += self._meet(made, chunk, held, lacking)
        made.held = alerts.guard(closings, opened).held
        made.effects.sort(key=lambda each: (each.seen.rule, each.seen.application_id))
        return made

    def _open(self, chunk: Sequence[Application]) -> Iterator[Alert]:
        """Yield the alerts that the old rules would have open."""
        found = cycle.plan(chunk, self._old, open_alerts={}, now=self.now)
        for finding in found.fresh:
            change = self._opening(finding, self.old[finding.rule])
            if change:
                yield change.alert

    def _opening(self, finding: Finding, rule: Rule) -> Change | None:
        return alerts.open_alert("", finding, rule, closed=None, now=self.now)

    def _meet(
        self,
        made: Difference,
        chunk: Sequence[Application],
        held: dict[tuple[str, str], Alert],
        lacking: frozenset[str],
    ) -> list[tuple[Alert, Change]]:
        """Let the new rules meet what is open, and note what becomes of it."""
        unmet: Unmet = dict(held)
        found = cycle.plan(chunk, self._new, open_alerts=unmet, now=self.now)
        closings = found.closings + [
            (each, alerts.remove(each, now=self.now))
            for each in unmet.values()
            if each and each.seen.rule not in lacking
        ]
        for alert, _ in closings:
            _note(made, Effect(Fate.CLOSES, alert.seen, alert.seen.due_at))
        for finding in found.fresh:
            change = self._opening(finding, self.new[finding.rule])
            if change:
                told = self._told(change)
                _note(made, Effect(Fate.OPENS, change.alert.seen, None, told))
        for change in found.changes:
            moved = any(t.reason is Reason.RETARGETED for t in change.transitions)
            fate = Fate.RETARGETS if moved else Fate.SAME
            before = held[change.alert.key].seen.due_at
            told = self._told(change)
            _note(made, Effect(fate, change.alert.seen, before, told))
        untouched = held.keys() - _seen(closings, found.changes)
        made.counts.update((rule, Fate.SAME) for rule, _ in untouched)
        return closings

    def _told(self, change: Change) -> tuple[str, ...]:
        if change.firing is None:
            return ()
        rule, alert = self.new[change.alert.seen.rule], change.alert
        firings = rule.together(change.firing, change.climbed_from, alert.step)
        return outbox.audience(rule, firings, alert.seen, self.people)


def _note(made: Difference, effect: Effect) -> None:
    made.counts[effect.seen.rule, effect.fate] += 1
    if effect.fate is not Fate.SAME or effect.told:
        made.effects.append(effect)


def _seen(
    closings: Iterable[tuple[Alert, Change]], changes: Iterable[Change]
) -> set[tuple[str, str]]:
    closed = {alert.key for alert, _ in closings}
    return closed | {change.alert.key for change in changes}
