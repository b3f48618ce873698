"""What a metric is called, what it says, and how many series it may have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import (
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from monitor.figures.nouns import BOUNDS, Spread

Row = tuple[tuple[str, ...], float]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric's name, help and labels, declared once.

    `each`: how many series it has at most for one source, rule and department, as far
    as these are among its labels.
    """

    name: str
    text: str
    labels: tuple[str, ...] = ()
    each: int = 1

    @property
    def shown(self) -> str:
        """Return the name as documents and dashboards have it."""
        return self.name

    @property
    def series(self) -> frozenset[str]:
        """Return the names under which Prometheus keeps its series."""
        return frozenset([self.shown])

    @property
    def lines(self) -> int:
        """Return how many series one set of labels has."""
        return 1


@dataclass(frozen=True, slots=True)
class Gauge(Family):
    """What is so now; drawn from the last reports."""

    def of(self, rows: Iterable[Row]) -> Metric:
        """Return the gauge with a sample for each row: its labels' values, its value."""
        family = GaugeMetricFamily(self.name, self.text, labels=self.labels)
        for values, value in rows:
            family.add_metric(values, value)
        return family

    def now(self, value: float | None) -> Metric:
        """Return the gauge without labels; without a sample where nothing is known."""
        return self.of([] if value is None else [((), value)])

    def at(self, instant: datetime | None) -> Metric:
        """Return the gauge of an instant."""
        return self.now(instant.timestamp() if instant else None)


@dataclass(frozen=True, slots=True)
class _Buckets(Family):
    """A metric that is kept as buckets, a count and a sum."""

    @property
    def series(self) -> frozenset[str]:
        return frozenset(f"{self.name}_{part}" for part in ("bucket", "count", "sum"))


@dataclass(frozen=True, slots=True)
class Spreads(_Buckets):
    """A histogram of what a window holds: what leaves the window is counted no more.

    So its buckets may fall, and `rate` says nothing; `histogram_quantile` reads it as it
    is. It stays a plain histogram, since that has the same names in both text formats.
    """

    @property
    def lines(self) -> int:
        return len(BOUNDS) + 3  # the last bucket, the count and the sum

    def of(self, rows: Iterable[tuple[tuple[str, ...], Spread]]) -> Metric:
        """Return the histogram; one of nothing is left out, since its median is NaN."""
        family = HistogramMetricFamily(self.name, self.text, labels=self.labels)
        for values, spread in rows:
            if spread.total:
                family.add_metric(values, _cumulated(spread), spread.seconds)
        return family


@dataclass(frozen=True, slots=True)
class Count(Family):
    """What happened since this process began."""

    @property
    def shown(self) -> str:
        return f"{self.name}_total"

    def register(self, registry: CollectorRegistry) -> Counter:
        """Return the counter, from zero on."""
        return Counter(self.name, self.text, self.labels, registry=registry)


@dataclass(frozen=True, slots=True)
class Timing(_Buckets):
    """How long something took, each time since this process began."""

    buckets: tuple[float, ...] = ()

    @property
    def lines(self) -> int:
        return len(self.buckets) + 3

    def register(self, registry: CollectorRegistry) -> Histogram:
        """Return the histogram, from zero on."""
        return Histogram(
            self.name,
            self.text,
            self.labels,
            buckets=self.buckets,
            registry=registry,
        )


def _cumulated(spread: Spread) -> Sequence[tuple[str, float]]:
    """Return how many took at most each bound, as Prometheus counts them."""
    bounds = [str(each.total_seconds()) for each in BOUNDS]
    return list(zip([*bounds, "+Inf"], accumulate(spread.counts), strict=True))
