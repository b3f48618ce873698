"""Holds back what one poll would close all at once, until it is believed; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from monitor.alerts.nouns import Alert, Change, Reason
from monitor.evaluate import Finding

HELD_FOR = 3  # equal polls before a mass closure is believed
MASS = 5  # closures of one rule in one poll that are never held
MASS_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Guarded:
    """Closings that go through, and per rule how many are held for now."""

    changes: list[Change]
    held: dict[str, int]

    def allowed(self, fresh: Iterable[Finding]) -> list[Finding]:
        """Return the findings whose key no alert takes that is held open."""
        taken = {each.alert.key for each in self.changes if each.alert.is_open}
        return [each for each in fresh if (each.rule, each.application_id) not in taken]


def is_mass(closing: int, opened: int) -> bool:
    """Tell more closings in one poll than can be believed at once."""
    return closing > max(MASS, MASS_SHARE * opened)


def guard(
    closings: Iterable[tuple[Alert, Change]],
    open_by_rule: Mapping[str, int],
    confirmed: frozenset[str] = frozenset(),
) -> Guarded:
    """Hold back a rule's closings where one poll would close too many to be believed.

    More than five and more than 30 % of a rule's open alerts wait for three equal
    polls; each alert counts its own, so new closings do not start the others afresh.
    What an admin closed by taking the rule away needs no second look.
    """
    pairs = list(closings)
    wanted = Counter(
        alert.seen.rule for alert, change in pairs if not change.alert.is_open
    )
    held: Counter[str] = Counter()
    changes = []
    for alert, change in pairs:
        rule = alert.seen.rule
        is_few = not is_mass(wanted[rule], open_by_rule.get(rule, 0))
        meant = rule in confirmed or change.alert.reason is Reason.RULE_REMOVED
        believed = meant or change.alert.closing_polls >= HELD_FOR
        if change.alert.is_open or is_few or believed:
            changes.append(change)
            continue
        held[rule] += 1
        changes.append(
            Change(replace(alert, closing_polls=alert.closing_polls + 1), ())
        )
    return Guarded(changes, dict(held))
