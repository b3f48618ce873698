"""Whether the recruiting databases are read, and read well."""

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric

from monitor import cycle
from monitor.metrics.families import Gauge, Row
from monitor.metrics.last import Last

INTERVAL = Gauge(
    "svar_source_interval_seconds",
    "How often a source is to be read.",
    ("source",),
)
SUCCESS = Gauge(
    "svar_source_last_success_timestamp_seconds",
    "When a source was last read well.",
    ("source",),
)
ROWS = Gauge(
    "svar_source_rows",
    "Applications of the last good poll, with those that could not be read.",
    ("source",),
)
REJECTED = Gauge(
    "svar_source_rows_rejected",
    "Applications that the last good poll could not read.",
    ("source",),
)
MESSAGES_REJECTED = Gauge(
    "svar_source_messages_rejected",
    "Messages that the last good poll could not read.",
    ("source",),
)
FINDINGS = Gauge(
    "svar_source_findings",
    "Clocks that ran late in the last good poll.",
    ("source",),
)
FUTURE = Gauge(
    "svar_source_future_applications",
    "Applications dated in the future; held back until their day.",
    ("source",),
)
AMBIGUOUS = Gauge(
    "svar_source_ambiguous_messages",
    "Messages that may be about any of several applications; none counts as a reply.",
    ("source",),
)
EVALUATION = Gauge(
    "svar_evaluation_seconds",
    "Time that the rules and the figures took within the last good poll.",
    ("source",),
)


def collect(last: Last) -> Iterator[Metric]:
    """Yield what is known of the sources that this replica polls."""
    yield INTERVAL.of(((name,), last.intervals[name]) for name in last.held())
    yield SUCCESS.of(
        ((name,), last.succeeded[name].timestamp()) for name in last.ours()
    )
    for gauge, value in _READ:
        yield gauge.of(_rows(last, value))


_READ: tuple[tuple[Gauge, Callable[[cycle.Report], float]], ...] = (
    (ROWS, lambda each: each.run.applications + each.run.rejected),
    (REJECTED, lambda each: each.run.rejected),
    (MESSAGES_REJECTED, lambda each: each.rejected_messages.total()),
    (FINDINGS, lambda each: each.run.findings),
    (FUTURE, lambda each: each.future),
    (AMBIGUOUS, lambda each: each.ambiguous),
    (EVALUATION, lambda each: each.evaluation_seconds),
)


def _rows(last: Last, value: Callable[[cycle.Report], float]) -> Iterator[Row]:
    for name, report in last.ours().items():
        yield (name,), value(report)
