"""Why a rule does not concern an application: which condition does not hold."""

from collections.abc import Iterator
from datetime import date, datetime

from monitor.evaluate import PLANNED, Check, get
from monitor.evaluate.conditions import sieve
from monitor.messages import words
from monitor.model import Application
from monitor.privacy import clean
from monitor.rules import Comparison, Condition, Order, Test

# What a screen does not need to show for the reason to be clear.
_PRIVATE = {
    "candidate_email",
    "candidate_name",
    "candidate_ref",
    "decision_reason",
    "survey_score",
}
_ORDERS = {
    Order.AT_LEAST: "at least",
    Order.AT_MOST: "at most",
    Order.ABOVE: "above",
    Order.BELOW: "below",
    Order.BEFORE: "before",
    Order.AFTER: "after",
}


def reasons(check: Check, row: Application) -> Iterator[str]:
    """Yield why no clock of this rule runs, or ever ran, for the application."""
    for test in check.rule.tests:
        if not _holds(test, check, row):
            yield _fault(test, check, row)
    for tests in check.rule.exempt:
        if all(_holds(test, check, row) for test in tests):
            facts = (_fact(test, check, row) for test in tests)
            yield f"exempt, since {' and '.join(facts)}"
    yield from _unstarted(check, row)


def _holds(test: Test, check: Check, row: Application) -> bool:
    return bool(sieve(test, check.limits.calendar, check.as_of)([row]))


def _fault(test: Test, check: Check, row: Application) -> str:
    """Return what stands there, and what would have to."""
    fact = _fact(test, check, row)
    if isinstance(test, Comparison):
        return f"{fact}, not {_ORDERS[test.order]} {_bound(test, check, row)}"
    if test.values is None or not test.wanted:
        return fact
    wanted = sorted(map(_plain, (*test.values, *test.globs)))
    return f"{fact}, not {' or '.join(wanted)}"


def _fact(test: Test, check: Check, row: Application) -> str:
    """Return what stands in the column."""
    value = get(test.column)(row)
    if value is None:
        return f"{test.column} is empty"
    is_asked = isinstance(test, Condition) and test.values is None
    if is_asked and test.column in PLANNED and value <= check.as_of:
        return f"{test.column} has passed ({_shown(value, check)})"
    if is_asked or test.column in _PRIVATE:
        return f"{test.column} has a value"
    return f"{test.column} is {_shown(value, check)}"


def _bound(test: Comparison, check: Check, row: Application) -> str:
    match test.bound:
        case str() as column:
            return f"{column} ({_shown(get(column)(row), check)})"
        case date() as day:
            return _shown(day, check)
        case bound:
            ago = " ago" if test.order in {Order.BEFORE, Order.AFTER} else ""
            return f"{bound}{ago}"


def _shown(value: object, check: Check) -> str:
    if isinstance(value, datetime):
        return words.moment(value, check.limits.calendar, now=check.as_of)
    return _plain(value)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return clean(str(value))


def _unstarted(check: Check, row: Application) -> Iterator[str]:
    """Yield why the clock has not started, or has no deadline."""
    clock, started_at = check.rule.clock, check.start(row)
    if started_at is None:
        verb = "is" if len(clock.starts) == 1 else "are"
        yield f"not started: {' and '.join(clock.starts)} {verb} empty"
        return
    if started_at >= check.horizon:
        yield f"starts only {_shown(started_at, check)}"
    if check.floor is not None and started_at < check.floor:
        yield f"started before {check.rule.effective_from}, when the rule took effect"
    if clock.due:
        due_at = get(clock.due)(row)
        if due_at is None:
            yield f"no deadline: {clock.due} is empty"
        elif due_at <= started_at:
            yield f"{clock.due} is not after the start"
