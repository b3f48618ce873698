"""The gauges, drawn from what the jobs last reported."""

import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version

from prometheus_client.core import GaugeMetricFamily, Metric

from monitor import cycle
from monitor.configuration import Configuration
from monitor.model import Closure
from monitor.store.ledger import OpenAlerts
from monitor.store.mail import Backlog
from monitor.store.replicas import Standing

OPEN_STATES = ("warning", "breached", "escalated")

Rows = list[tuple[dict[str, str], float]]


@dataclass(slots=True)
class Last:
    """The last that each job reported."""

    cycles: dict[str, cycle.Report] = field(default_factory=dict)
    succeeded: dict[str, datetime] = field(default_factory=dict)
    alerts: list[OpenAlerts] = field(default_factory=list)
    backlog: Backlog | None = None
    configuration: Configuration | None = None
    reloaded_at: datetime | None = None
    is_reload_good: bool = True
    is_token_valid: bool | None = True  # None where there is no token
    heartbeat_at: datetime | None = None
    standing: Standing = field(default_factory=lambda: Standing({}))

    def leads(self, lease: str) -> bool:
        """Tell whether that is this replica's to do; all is, where nobody said."""
        return self.standing.leads.get(lease, True)

    def ours(self) -> dict[str, cycle.Report]:
        """Return the last good polls of the sources that this replica polls."""
        return {
            source: report
            for source, report in self.cycles.items()
            if self.leads(f"poll {source}")
        }

    def polls(self) -> bool:
        """Tell whether this replica polls anything; else its alerts are old."""
        leads = self.standing.leads
        return not leads or any(leads[each] for each in leads if each != "deliver")


def collect(last: Last) -> Iterator[Metric]:
    """Yield every gauge."""
    yield from _about_process(last)
    yield from _about_replicas(last.standing)
    yield from _about_sources(last)
    yield from _about_rules(last)
    yield from _about_outbox(last)


def _about_process(last: Last) -> Iterator[Metric]:
    labels = {"version": version("svar"), "python": platform.python_version()}
    yield _gauge("svar_build_info", "Constant 1; who runs.", [(labels, 1)])
    good: Rows = [({}, float(last.is_reload_good))]
    yield _gauge(
        "svar_config_last_reload_successful",
        "Whether the last reload was taken up.",
        good,
    )
    if last.reloaded_at:
        at: Rows = [({}, last.reloaded_at.timestamp())]
        yield _gauge(
            "svar_config_last_reload_success_timestamp_seconds",
            "When the running configuration was loaded.",
            at,
        )
    if last.heartbeat_at:
        yield _gauge(
            "svar_scheduler_heartbeat_timestamp_seconds",
            "When the daemon last did a job.",
            [({}, last.heartbeat_at.timestamp())],
        )
    until = last.configuration and last.configuration.calendar.holidays_until
    if until:
        ends = datetime(until + 1, 1, 1, tzinfo=UTC).timestamp()
        yield _gauge(
            "svar_calendar_valid_until_timestamp_seconds",
            "The end of the public holidays that are known.",
            [({}, ends)],
        )


def _about_replicas(standing: Standing) -> Iterator[Metric]:
    yield _gauge(
        "svar_leader",
        "1 where this replica does what the lease is for.",
        [({"lease": name}, int(is_ours)) for name, is_ours in standing.leads.items()],
        ["lease"],
    )
    yield _gauge(
        "svar_replicas",
        "Replicas that live on the same state.",
        [({}, standing.replicas)],
    )
    yield _gauge(
        "svar_configurations_differ",
        "1 where replicas run with different rules, mappings or settings.",
        [({}, int(standing.differ))],
    )


def _about_sources(last: Last) -> Iterator[Metric]:
    reports = list(last.ours().values())
    yield _gauge(
        "svar_applications",
        "Applications in the last good poll, by phase and who has the ball.",
        [
            ({"source": r.run.source, "phase": phase, "waiting_on": ball}, count)
            for r in reports
            for (phase, ball), count in sorted(r.waiting.items())
        ],
        ["source", "phase", "waiting_on"],
    )
    yield _gauge(
        "svar_closure",
        "Applications by how far the candidate is from having an answer.",
        [
            ({"source": r.run.source, "state": state}, r.closure[state])
            for r in reports
            for state in Closure
        ],
        ["source", "state"],
    )
    for name, text, value in (
        (
            "svar_source_rows_rejected",
            "Rows that the last poll could not read.",
            "rejected",
        ),
        (
            "svar_source_findings",
            "Clocks that ran late in the last poll.",
            "findings",
        ),
    ):
        rows = [({"source": r.run.source}, getattr(r.run, value)) for r in reports]
        yield _gauge(name, text, rows, ["source"])
    yield _gauge(
        "svar_source_future_applications",
        "Applications dated in the future; held back until their day.",
        [({"source": r.run.source}, r.future) for r in reports],
        ["source"],
    )
    yield _gauge(
        "svar_source_ambiguous_messages",
        "Messages that may be about any of several applications; none counts as a reply.",
        [({"source": r.run.source}, r.ambiguous) for r in reports],
        ["source"],
    )
    yield _gauge(
        "svar_source_last_success_timestamp_seconds",
        "When a source was last read well.",
        [({"source": s}, last.succeeded[s].timestamp()) for s in last.ours()],
        ["source"],
    )


def _about_rules(last: Last) -> Iterator[Metric]:
    rules = last.configuration.rulebook.rules if last.configuration else ()
    yield _gauge("svar_rules_loaded", "Rules that are on.", [({}, len(rules))])
    counts = dict.fromkeys([(r.id, s) for r in rules for s in OPEN_STATES], 0)
    oldest = dict.fromkeys([r.id for r in rules], 0.0)
    for each in last.alerts if last.polls() else ():
        counts[each.rule, each.state] = each.count
        if each.state != "warning":
            overdue = (each.as_of - each.oldest_due_at).total_seconds()
            oldest[each.rule] = max(oldest.get(each.rule, 0.0), overdue)
    yield _gauge(
        "svar_alerts",
        "Open alerts by state.",
        [({"rule": r, "state": s}, n) for (r, s), n in sorted(counts.items())],
        ["rule", "state"],
    )
    yield _gauge(
        "svar_alert_oldest_overdue_seconds",
        "How late the latest open alert of a rule is; 0 if none is late.",
        [({"rule": rule}, seconds) for rule, seconds in sorted(oldest.items())],
        ["rule"],
    )
    yield from _about_rules_and_sources(last)


def _about_rules_and_sources(last: Last) -> Iterator[Metric]:
    rules = last.configuration.rulebook.rules if last.configuration else ()
    backlog, held, unmeasurable, fresh = [], [], [], []
    for name, report in last.ours().items():
        at = last.succeeded[name].timestamp()
        for rule in rules:
            labels = {"source": name, "rule": rule.id}
            off = rule.id in report.unmeasurable
            backlog.append((labels, report.backlog.get(rule.id, 0)))
            held.append((labels, report.held.get(rule.id, 0)))
            unmeasurable.append((labels, int(off)))
            if not off:
                fresh.append((labels, at))
    labelled = ["source", "rule"]
    yield _gauge(
        "svar_backlog_applications",
        "Applications too late to nudge anybody about.",
        backlog,
        labelled,
    )
    yield _gauge(
        "svar_mass_closure_held",
        "Closures held until they are believed.",
        held,
        labelled,
    )
    yield _gauge(
        "svar_rule_unmeasurable",
        "1 where a source lacks the columns that a rule needs.",
        unmeasurable,
        labelled,
    )
    yield _gauge(
        "svar_rule_last_success_timestamp_seconds",
        "When a rule was last held against a source.",
        fresh,
        labelled,
    )


def _about_outbox(last: Last) -> Iterator[Metric]:
    if last.backlog is None or last.heartbeat_at is None or not last.leads("deliver"):
        return
    yield _gauge(
        "svar_outbox_messages",
        "Notices that wait (queued) and posts by what became of them.",
        [({"status": s}, n) for s, n in sorted(last.backlog.by_status.items())],
        ["status"],
    )
    oldest = last.backlog.oldest_due_at
    overdue = (last.heartbeat_at - oldest).total_seconds() if oldest else 0.0
    yield _gauge(
        "svar_outbox_oldest_due_seconds",
        "How long the oldest unsent message has been due.",
        [({}, overdue)],
    )
    yield _gauge(
        "svar_people_unreachable",
        "Owners whom Slack does not know.",
        [({}, last.backlog.unreachable)],
    )
    if last.is_token_valid is not None:
        yield _gauge(
            "svar_slack_token_valid",
            "Whether Slack takes the token.",
            [({}, float(last.is_token_valid))],
        )


def _gauge(
    name: str,
    text: str,
    rows: Iterable[tuple[dict[str, str], float]],
    labels: Iterable[str] = (),
) -> Metric:
    """Return a gauge with one sample a row."""
    family = GaugeMetricFamily(name, text, labels=list(labels))
    for each, value in rows:
        family.add_sample(name, each, value)
    return family
