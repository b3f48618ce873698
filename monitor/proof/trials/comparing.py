"""Holds what was expected against what was found; only the keys that are written count."""

from collections.abc import Sequence

from monitor.proof.trials.nouns import Difference, Facts

NAMES = ("rule", "application")


def differences(
    about: str, expected: Sequence[Facts], found: Sequence[Facts]
) -> list[Difference]:
    """Return what is missing, what nobody expected, and what is other than expected."""
    taken = _pairs(expected, found)
    missing = [each for n, each in enumerate(expected) if n not in taken]
    odd = [each for n, each in enumerate(found) if n not in set(taken.values())]
    made = []
    for each in missing:
        near = _nearest(each, odd)
        if near is not None:
            odd.remove(near)
        made.append(_difference(about, each, near))
    return made + [Difference(about, None, each) for each in odd]


def _pairs(expected: Sequence[Facts], found: Sequence[Facts]) -> dict[int, int]:
    """Return which of the found each of the expected may take, for as many as can be.

    An expectation that says little may give way to one that says more.
    """
    takers: dict[int, int] = {}

    def take(number: int, tried: set[int]) -> bool:
        for place, facts in enumerate(found):
            if place in tried or not _fits(expected[number], facts):
                continue
            tried.add(place)
            if place not in takers or take(takers[place], tried):
                takers[place] = number
                return True
        return False

    for number in range(len(expected)):
        take(number, set())
    return {number: place for place, number in takers.items()}


def _fits(expected: Facts, found: Facts) -> bool:
    return all(found[key] == value for key, value in expected.items())


def _nearest(expected: Facts, found: Sequence[Facts]) -> Facts | None:
    """Return what is most like the expected among those of that rule and application."""
    about = {key: expected[key] for key in NAMES}
    same = [each for each in found if _fits(about, each)]
    return max(same, key=lambda each: _likeness(expected, each), default=None)


def _likeness(expected: Facts, found: Facts) -> int:
    return sum(found[key] == value for key, value in expected.items())


def _difference(about: str, expected: Facts, found: Facts | None) -> Difference:
    if found is None:
        return Difference(about, expected, None)
    keys = [key for key in found if key in expected]
    keys = [key for key in keys if key in NAMES or expected[key] != found[key]]
    return Difference(
        about,
        {key: expected[key] for key in keys},
        {key: found[key] for key in keys},
    )
