"""Turns the jobs' reports into Prometheus; the only place with metric names.

Told, never asks: gauges are drawn from the last reports at each scrape, so that the
series of a rule that was deleted vanish by themselves. No label names a person.
"""

from collections.abc import Iterator
from datetime import datetime
from threading import Lock

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from monitor import cycle, delivery
from monitor.configuration import Configuration
from monitor.metrics import gauges
from monitor.metrics.gauges import Last
from monitor.store.erasure import Erased
from monitor.store.ledger import OpenAlerts
from monitor.store.mail import Backlog
from monitor.store.replicas import Standing

CYCLE_BUCKETS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Metrics(Collector):
    """All that Prometheus may know of this process."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        self._lock = Lock()
        self._last = Last()
        self._count()
        self.registry.register(self)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def _count(self) -> None:
        registry = self.registry
        self._cycles_total = Counter(
            "svar_cycles",
            "Polls of a source.",
            ["source", "outcome"],
            registry=registry,
        )
        self._source_errors = Counter(
            "svar_source_errors",
            "Failed polls.",
            ["source", "reason"],
            registry=registry,
        )
        self._rejected = Counter(
            "svar_rows_rejected",
            "Rows of a source that could not be read.",
            ["source", "reason"],
            registry=registry,
        )
        self._seconds = Histogram(
            "svar_cycle_duration_seconds",
            "Time that a poll took, from reading to storing.",
            ["source"],
            buckets=CYCLE_BUCKETS,
            registry=registry,
        )
        self._transitions = Counter(
            "svar_alert_transitions",
            "What happened to alerts.",
            ["rule", "from", "to", "reason"],
            registry=registry,
        )
        self._reloads = Counter(
            "svar_config_reloads",
            "Reloads of the configuration.",
            ["outcome"],
            registry=registry,
        )
        self._effects = Counter(
            "svar_config_edit_alerts",
            "Alerts that changed in the first poll after an edit.",
            ["source", "reason"],
            registry=registry,
        )
        self._posts = Counter(
            "svar_posts",
            "What became of Slack messages.",
            ["outcome"],
            registry=registry,
        )
        self._slack_errors = Counter(
            "svar_slack_errors",
            "Slack calls that failed.",
            ["outcome"],
            registry=registry,
        )
        self._erased = Counter(
            "svar_alerts_erased",
            "Alerts forgotten since their source has the application no more.",
            ["source"],
            registry=registry,
        )
        self._scheduler = Counter(
            "svar_scheduler_events",
            "Runs of the daemon's jobs.",
            ["job", "event"],
            registry=registry,
        )

    @property
    def heartbeat_at(self) -> datetime | None:
        """Return when the daemon last did a job."""
        return self._last.heartbeat_at

    def expose(self) -> bytes:
        """Return the metrics in the classic text format."""
        return generate_latest(self.registry)

    def configured(self, configuration: Configuration, *, now: datetime) -> None:
        """Take up a configuration that was loaded."""
        self._reloads.labels("taken_up").inc()
        with self._lock:
            self._last.configuration = configuration
            self._last.reloaded_at = now
            self._last.is_reload_good = True

    def refused(self) -> None:
        """Take note of a reload that failed."""
        self._reloads.labels("refused").inc()
        self._last.is_reload_good = False

    def edited(self, report: cycle.Report) -> None:
        """Take up what the first poll with a new configuration made of it."""
        for reason, count in report.effects.items():
            self._effects.labels(report.run.source, reason).inc(count)

    def opened(self, open_alerts: list[OpenAlerts]) -> None:
        """Take up the alerts that were open before this process began."""
        with self._lock:
            self._last.alerts = open_alerts

    def cycled(self, report: cycle.Report, open_alerts: list[OpenAlerts]) -> None:
        """Take up what a cycle did, and which alerts are open after it."""
        run = report.run
        self._cycles_total.labels(run.source, run.outcome).inc()
        self._seconds.labels(run.source).observe(report.seconds)
        if report.reason:
            self._source_errors.labels(run.source, report.reason).inc()
        for reason, count in report.rejected.items():
            self._rejected.labels(run.source, reason).inc(count)
        for (rule, before, after, reason), count in report.transitions.items():
            self._transitions.labels(rule, before, after, reason).inc(count)
        with self._lock:
            if run.outcome == "ok":
                self._last.cycles[run.source] = report
                self._last.succeeded[run.source] = run.as_of
            self._last.alerts = open_alerts

    def delivered(
        self, report: delivery.Report, backlog: Backlog, *, now: datetime
    ) -> None:
        """Take up what a delivery did, and what is left to send."""
        for outcome, count in report.posts.items():
            self._posts.labels(outcome).inc(count)
        for reason, count in report.errors.items():
            self._slack_errors.labels(reason.partition(":")[0]).inc(count)
        with self._lock:
            self._last.backlog = backlog
            self._last.is_token_valid = report.is_token_valid
            self._last.heartbeat_at = now

    def beat(self, *, now: datetime) -> None:
        """Take note that the daemon runs, where another one delivers."""
        self._last.heartbeat_at = now

    def stands(self, standing: Standing) -> None:
        """Take up what this replica is among the others."""
        with self._lock:
            self._last.standing = standing

    def erased(self, source: str, erased: Erased) -> None:
        """Count what was forgotten since its source has it no more."""
        self._erased.labels(source).inc(erased.alerts)

    def scheduled(self, job: str, event: str) -> None:
        """Count a run of a job."""
        self._scheduler.labels(job, event).inc()

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges of this moment."""
        with self._lock:
            yield from gauges.collect(self._last)
