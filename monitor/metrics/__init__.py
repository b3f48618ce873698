"""Turns the jobs' reports into Prometheus; the only place with metric names.

Told, never asks: gauges are drawn from the last reports, so that the series of a rule
that was deleted vanish by themselves. No label names a person. What changes with a poll
alone is rendered then, and not at each scrape.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from threading import Lock

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.core import Metric

from monitor import cycle, delivery
from monitor.configuration import Configuration
from monitor.metrics import business, exposition, feeds, process, rules
from monitor.metrics.catalogue import most_series, names
from monitor.metrics.counters import Counters, Ran, Reload, Work
from monitor.metrics.exposition import END, Format, Kept
from monitor.metrics.last import Effects, Last
from monitor.store.ledger import OpenAlerts
from monitor.store.ledger.erasure import Erased
from monitor.store.outbox.mail import Backlog
from monitor.store.replicas import Standing

__all__ = [
    "Effects",
    "Format",
    "Last",
    "Metrics",
    "Ran",
    "Work",
    "most_series",
    "names",
]


class Metrics:
    """All that Prometheus may know of this process."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._counters = Counters(self._registry)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._lock = Lock()
        self._last = Last()
        self._kept = Kept(self._polled)

    def last(self) -> Last:
        """Return what the jobs reported last, as it is at this moment."""
        with self._lock:
            return self._last.copy()

    def expose(self, form: Format = Format.CLASSIC) -> bytes:
        """Return the metrics as text."""
        kept, live = self._kept.text(form), exposition.draw(self._live, form)
        series = process.SERIES.now(kept.series + live.series + 1)
        count = exposition.draw(lambda: [series], form)
        parts = [kept.body, live.body, count.body]
        return b"".join(parts if form is Format.CLASSIC else [*parts, END])

    def _polled(self) -> Iterator[Metric]:
        """Yield what changes with a poll, a reload or a lease."""
        last = self.last()
        yield from business.collect(last)
        yield from rules.collect(last)
        yield from feeds.collect(last)
        yield from process.collect_settled(last)

    def _live(self) -> Iterator[Metric]:
        """Yield what may have changed since the scrape before."""
        return chain(process.collect(self.last()), self._registry.collect())

    def configured(self, configuration: Configuration, *, now: datetime) -> None:
        """Take up a configuration that was loaded."""
        self._counters.reloaded(Reload.TAKEN_UP)
        with self._lock:
            last = self._last
            if last.configuration is None:  # the sources stay those of the start
                sources = configuration.settings.sources
                last.intervals = {s.name: s.every.total_seconds() for s in sources}
                self._counters.watches(last.intervals)
            last.configuration = configuration
            last.reloaded_at = now
            last.is_reload_good = True
        self._kept.renew()

    def refused(self) -> None:
        """Take note of a reload that failed."""
        self._counters.reloaded(Reload.REFUSED)
        with self._lock:
            self._last.is_reload_good = False

    def edited(self, report: cycle.Report) -> None:
        """Take up what the first poll with a new configuration made of it."""
        self._counters.edited(report)

    def opened(self, open_alerts: list[OpenAlerts], effects: Effects) -> None:
        """Take up what the state knew before this process began."""
        with self._lock:
            self._last.read(open_alerts, effects)
        self._kept.renew()

    def cycled(
        self, report: cycle.Report, open_alerts: list[OpenAlerts], effects: Effects
    ) -> None:
        """Take up what a cycle did, and what the state knows after it."""
        loaded = self._last.configuration
        self._counters.keep(self._last.rules())  # a rule that is gone was told of once
        shows_as_of = loaded is not None and loaded.settings.metrics.exemplars
        self._counters.cycled(report, shows_as_of=shows_as_of)
        with self._lock:
            self._last.polled(report)
            self._last.read(open_alerts, effects)
        self._kept.renew()

    def delivered(
        self, report: delivery.Report, backlog: Backlog, *, now: datetime
    ) -> None:
        """Take up what a delivery did, and what is left to send."""
        self._counters.delivered(report)
        with self._lock:
            self._last.backlog = backlog
            self._last.is_token_valid = report.is_token_valid
            self._last.heartbeat_at = now

    def beat(self, *, now: datetime) -> None:
        """Take note that the daemon runs, where another one delivers."""
        with self._lock:
            self._last.heartbeat_at = now

    def stands(self, standing: Standing) -> None:
        """Take up what this replica is among the others."""
        with self._lock:
            has_changed = self._last.stands(standing)
        if has_changed:
            self._kept.renew()

    def erased(self, source: str, erased: Erased) -> None:
        """Count what was forgotten since its source has it no more."""
        self._counters.erased(source, erased.alerts)

    def scheduled(self, work: Work, ran: Ran) -> None:
        """Count a run of a job."""
        self._counters.scheduled(work, ran)
