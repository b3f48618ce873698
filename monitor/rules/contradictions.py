"""What in a rule speaks against itself; pure."""

from monitor.rules.columns import ALWAYS, NEVER_LATER
from monitor.rules.nouns import Condition, Test, Tests


def is_endless(starts: tuple[str, ...], stops: tuple[str, ...]) -> bool:
    """Tell a clock whose every stop lies before its start, at the latest at it."""
    return bool(stops) and all(
        NEVER_LATER.get(stop, frozenset()).intersection(starts) for stop in stops
    )


def must_be_empty(tests: Tests) -> set[str]:
    """Return the columns that have to be empty."""
    return {
        each.column
        for each in tests
        if isinstance(each, Condition) and each.values is None and not each.wanted
    }


def is_implied(test: Test, tests: Tests) -> bool:
    """Tell whether whatever meets the tests meets this one too."""
    if test in tests:
        return True
    if not isinstance(test, Condition) or not test.wanted or test.globs:
        return False
    if test.values is None:
        return test.column in ALWAYS
    return any(
        isinstance(other, Condition)
        and other.column == test.column
        and other.wanted
        and not other.globs
        and other.values is not None
        and other.values <= test.values
        for other in tests
    )
