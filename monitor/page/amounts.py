"""Figures as the page shows them: words, a plain value, and where it comes from."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from monitor.figures.nouns import LEAST
from monitor.messages import words
from monitor.metrics.families import Gauge


class Amount(NamedTuple):
    """A figure in words, its plain value, and the series of /metrics that it sums."""

    words: str
    value: float
    series: str


class Share(NamedTuple):
    """How many of how many."""

    part: Amount
    whole: Amount

    @property
    def says_enough(self) -> bool:
        """Tell whether these are cases enough to make a share of."""
        return self.whole.value >= LEAST

    @property
    def ratio(self) -> Amount:
        """Return the share in whole per cent; ask first whether it says enough."""
        part, whole = self.part.value, self.whole.value
        series = f"{self.part.series} / {self.whole.series}"
        return Amount(words.percent(int(part), int(whole)), part / whole, series)


class Counts:
    """What a gauge counts in a source, summed over the labels not asked for.

    The keys are the values of the gauge's labels, without the source.
    """

    def __init__(self, gauge: Gauge, source: str, counts: Mapping[Any, float]) -> None:
        self._gauge = gauge
        self._source = source
        self._counts = counts
        self._sums: dict[tuple[str, ...], dict[tuple[str, ...], float]] = {}

    def of(self, **labels: str) -> Amount:
        """Return the count of all that has these labels."""
        asked = tuple(labels)
        if asked not in self._sums:
            self._sums[asked] = self._summed(asked)
        found = self._sums[asked][tuple(labels.values())]
        return amount(found, self._gauge, source=self._source, **labels)

    def _summed(self, asked: tuple[str, ...]) -> dict[tuple[str, ...], float]:
        """Return the sums by some of the labels, so that each count is read once."""
        names = self._gauge.labels[1:]
        places = [names.index(name) for name in asked]
        sums: dict[tuple[str, ...], float] = defaultdict(int)
        for key, count in self._counts.items():
            sums[tuple(key[place] for place in places)] += count
        return sums


def amount(number: float, gauge: Gauge, **labels: str) -> Amount:
    """Return a count, and the series of that gauge which have these labels."""
    return Amount(f"{number:,.0f}", number, series(gauge, **labels))


def total(amounts: Iterable[Amount]) -> Amount:
    """Return all of these counts together."""
    each = list(amounts)
    number = sum(one.value for one in each)
    return Amount(f"{number:,.0f}", number, " + ".join(one.series for one in each))


def series(gauge: Gauge, **labels: str) -> str:
    """Return the selector of a gauge's series that have these labels."""
    said = (
        f"{name}={json.dumps(value, ensure_ascii=False)}"
        for name, value in labels.items()
    )
    return f"{gauge.name}{{{','.join(said)}}}"
