"""What is open under each rule in one source, as the page shows it."""

from dataclasses import dataclass

from monitor.alerts import State as Of
from monitor.configuration import Configuration
from monitor.language import Language
from monitor.messages import words
from monitor.metrics import rules
from monitor.metrics.last import Last
from monitor.page.amounts import Amount, amount, series, total
from monitor.store.ledger import OpenAlerts


@dataclass(frozen=True, slots=True)
class State:
    """The open alerts of one rule, those that are late, and the most overdue."""

    rule: str
    counts: tuple[Amount, ...]
    late: Amount
    oldest: Amount | None


def states(source: str, last: Last, configuration: Configuration) -> list[State]:
    """Return what is open under each rule, in the order of their files.

    Alerts of a rule that was taken away stand last, until the next poll closes them.
    """
    ours = [each for each in last.alerts if each.source == source]
    known = [rule.id for rule in configuration.rulebook.rules]
    names = dict.fromkeys([*known, *(each.rule for each in ours)])
    return [_state(source, name, ours) for name in names]


def _state(source: str, rule: str, ours: list[OpenAlerts]) -> State:
    found = [each for each in ours if each.rule == rule]
    counts = {each.state: each.count for each in found}
    late = [each for each in found if each.state != Of.WARNING]
    labels = {"source": source, "rule": rule}
    by_state = {
        state: amount(counts.get(state, 0), rules.ALERTS, **labels, state=state)
        for state in rules.OPEN_STATES
    }
    return State(
        rule,
        tuple(by_state.values()),
        total(each for state, each in by_state.items() if state != Of.WARNING),
        max(map(_overdue, late), key=lambda each: each.value, default=None),
    )


def _overdue(alert: OpenAlerts) -> Amount:
    """Return how late the most overdue of these alerts is."""
    since, as_of = alert.oldest_due_at, alert.as_of
    return Amount(
        words.silence(since, as_of, language=Language.EN),
        (as_of - since).total_seconds(),
        series(rules.OLDEST, source=alert.source, rule=alert.rule),
    )
