"""What happened since this process began: told by the jobs, kept by the client."""

from collections.abc import Collection
from enum import StrEnum
from itertools import product

from prometheus_client import CollectorRegistry

from monitor import cycle, delivery
from monitor.alerts import Reason
from monitor.delivery.round import Aftercare, Reconciled, Wait
from monitor.metrics.families import Count, Timing
from monitor.metrics.rules import OPEN_STATES
from monitor.model import Application
from monitor.slack.answers import Method, Verdict
from monitor.store.words import PostStatus, RunOutcome

CYCLE_BUCKETS = (0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
REASONS = 10  # at most, why a poll fails
FAULTS = len(Application._fields) + REASONS  # that a row may have


class Reload(StrEnum):
    """What became of an edited configuration."""

    TAKEN_UP = "taken_up"
    REFUSED = "refused"


class Work(StrEnum):
    """What the daemon does again and again."""

    POLL = "poll"  # of whichever source
    DELIVER = "deliver"
    REPORT = "report"
    RELOAD = "reload"


class Ran(StrEnum):
    """What came of a run of a job."""

    EXECUTED = "executed"
    ERROR = "error"
    MISSED = "missed"
    STILL_RUNNING = "still_running"


CYCLES = Count(
    "svar_cycles", "Polls of a source.", ("source", "outcome"), each=len(RunOutcome)
)
SOURCE_ERRORS = Count(
    "svar_source_errors", "Failed polls.", ("source", "reason"), each=REASONS
)
ROWS_REJECTED = Count(
    "svar_rows_rejected",
    "Rows of a source that could not be read.",
    ("source", "reason"),
    each=FAULTS,
)
CYCLE_SECONDS = Timing(
    "svar_cycle_duration_seconds",
    "Time that a poll took, from reading to storing.",
    ("source",),
    buckets=CYCLE_BUCKETS,
)
TRANSITIONS = Count(
    "svar_alert_transitions",
    "What happened to alerts.",
    ("rule", "from", "to", "reason"),
    each=len(OPEN_STATES) * len(Reason),  # about one for each that it may leave
)
RELOADS = Count(
    "svar_config_reloads",
    "Reloads of the configuration.",
    ("outcome",),
    each=len(Reload),
)
EDIT_ALERTS = Count(
    "svar_config_edit_alerts",
    "Alerts that changed in the first poll after an edit.",
    ("source", "reason"),
    each=len(Reason),
)
POSTS = Count(
    "svar_posts",
    "What became of Slack messages.",
    ("outcome",),
    each=len(PostStatus) + len(Aftercare),
)
CALLS = Count(
    "svar_slack_calls",
    "Calls to Slack by what came of them; unknown: it may have done what was asked.",
    ("method", "outcome"),
    each=len(Method) * len(Verdict),
)
THROTTLED = Count(
    "svar_slack_throttle_wait_seconds",
    "How long something that was due waited, for our own pace or since Slack asked.",
    ("cause",),
    each=len(Wait),
)
RECONCILIATIONS = Count(
    "svar_reconciliations",
    "Look-ups of posts that may or may not have arrived, by what they found.",
    ("outcome",),
    each=len(Reconciled),
)
DOUBTFUL = Count(
    "svar_notices_doubtful",
    "Notices held back since their rows, read again before sending, said otherwise.",
    ("source",),
)
ERASED = Count(
    "svar_alerts_erased",
    "Alerts forgotten since their source no longer has the application.",
    ("source",),
)
SCHEDULER = Count(
    "svar_scheduler_events",
    "Runs of the daemon's jobs.",
    ("job", "event"),
    each=len(Work) * len(Ran),
)


class Counters:
    """Counts what the jobs report."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._cycles = CYCLES.register(registry)
        self._source_errors = SOURCE_ERRORS.register(registry)
        self._rejected = ROWS_REJECTED.register(registry)
        self._seconds = CYCLE_SECONDS.register(registry)
        self._transitions = TRANSITIONS.register(registry)
        self._reloads = RELOADS.register(registry)
        self._effects = EDIT_ALERTS.register(registry)
        self._posts = POSTS.register(registry)
        self._calls = CALLS.register(registry)
        self._throttled = THROTTLED.register(registry)
        self._reconciled = RECONCILIATIONS.register(registry)
        self._doubtful = DOUBTFUL.register(registry)
        self._erased = ERASED.register(registry)
        self._scheduler = SCHEDULER.register(registry)
        self._begin()

    def _begin(self) -> None:
        """Say zero of what may happen: of a first sample there is no increase."""
        for reload in Reload:
            self._reloads.labels(reload)
        for wait in Wait:
            self._throttled.labels(wait)
        for outcome in Reconciled:
            self._reconciled.labels(outcome)
        for work, ran in product(Work, Ran):
            self._scheduler.labels(work, ran)

    def watches(self, sources: Collection[str]) -> None:
        """Say zero of every outcome that a poll of these sources may have."""
        for source in sources:
            self._doubtful.labels(source)
            for outcome in RunOutcome:
                self._cycles.labels(source, outcome)

    def reloaded(self, outcome: Reload) -> None:
        """Count a reload."""
        self._reloads.labels(outcome).inc()

    def cycled(self, report: cycle.Report, *, shows_as_of: bool) -> None:
        """Count a poll; `shows_as_of`: give its duration the instant as an exemplar."""
        run = report.run
        self._cycles.labels(run.source, run.outcome).inc()
        as_of = {"as_of": f"{run.as_of:%Y-%m-%dT%H:%M:%SZ}"} if shows_as_of else None
        self._seconds.labels(run.source).observe(report.seconds, as_of)
        if report.reason:
            self._source_errors.labels(run.source, report.reason).inc()
        for reason, count in (report.rejected + report.rejected_messages).items():
            self._rejected.labels(run.source, reason).inc(count)
        for labels, count in report.transitions.items():
            self._transitions.labels(*labels).inc(count)

    def keep(self, rules: Collection[str]) -> None:
        """Forget the alerts of other rules."""
        for family in self._transitions.collect():
            for sample in family.samples:
                if sample.labels["rule"] not in rules:
                    self._transitions.remove_by_labels({"rule": sample.labels["rule"]})

    def edited(self, report: cycle.Report) -> None:
        """Count what the first poll with a new configuration made of it."""
        for reason, count in report.effects.items():
            self._effects.labels(report.run.source, reason).inc(count)

    def delivered(self, report: delivery.Report) -> None:
        """Count what a delivery did, and what Slack said."""
        for became, count in report.posts.items():
            self._posts.labels(became).inc(count)
        for outcome, count in report.reconciled.items():
            self._reconciled.labels(outcome).inc(count)
        for source, count in report.doubtful.items():
            self._doubtful.labels(source).inc(count)
        if report.is_token_valid is None:
            return  # what is printed asks nothing of Slack
        for cause, seconds in report.waited.items():
            self._throttled.labels(cause).inc(seconds)
        for (method, verdict), count in report.calls.items():
            self._calls.labels(method, verdict).inc(count)

    def erased(self, source: str, alerts: int) -> None:
        """Count what was forgotten since its source has it no more."""
        self._erased.labels(source).inc(alerts)

    def scheduled(self, work: Work, ran: Ran) -> None:
        """Count a run of a job."""
        self._scheduler.labels(work, ran).inc()
