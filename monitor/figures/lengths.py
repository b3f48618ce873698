"""How long things took, as a histogram that grows; keeps no length."""

from bisect import bisect_left
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
        seconds = [each.total_seconds() for each in lengths]
        for each in seconds:
            self._counts[bisect_left(_BOUNDS, each)] += 1
        self._seconds += sum(seconds)

    @property
    def spread(self) -> Spread:
        return Spread(tuple(self._counts), self._seconds)
