"""How long things took, as a histogram that grows; keeps no length."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import timedelta

from monitor.figures.nouns import BOUNDS, Spread

_BOUNDS = [each.total_seconds() for each in BOUNDS]


class Lengths:
    """A histogram that grows."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def add(self, lengths: Iterable[timedelta]) -> None:
        seconds = sorted([each.total_seconds() for each in lengths])
        before = 0
        for place, bound in enumerate(_BOUNDS):
            up_to = bisect_right(seconds, bound)
            self._counts[place] += up_to - before
            before = up_to
        self._counts[-1] += len(seconds) - before
        self._seconds += sum(seconds)

    @property
    def spread(self) -> Spread:
        return Spread(tuple(self._counts), self._seconds)
