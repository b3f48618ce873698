"""How Svar itself is: its configuration, its replicas, its outbox and its heart."""

import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version

from prometheus_client.core import Metric

from monitor.metrics.families import Gauge
from monitor.metrics.last import Last
from monitor.store.outbox.mail import BACKLOG
from monitor.store.replicas.leases import DELIVER

BUILD = Gauge("svar_build_info", "Constant 1; who runs.", ("version", "python"))
RELOAD_GOOD = Gauge(
    "svar_config_last_reload_successful",
    "Whether the last reload was taken up.",
)
RELOADED = Gauge(
    "svar_config_last_reload_success_timestamp_seconds",
    "When the running configuration was loaded.",
)
CALENDAR = Gauge(
    "svar_calendar_valid_until_timestamp_seconds",
    "The end of the public holidays that are known.",
)
HEARTBEAT = Gauge(
    "svar_scheduler_heartbeat_timestamp_seconds",
    "When the daemon last did a job.",
)
LEADER = Gauge(
    "svar_leader",
    "1 where this replica does what the lease is for.",
    ("lease",),
)
REPLICAS = Gauge("svar_replicas", "Replicas that live on the same state.")
DIFFER = Gauge(
    "svar_configurations_differ",
    "1 where replicas run with different rules, mappings or settings.",
)
OUTBOX = Gauge(
    "svar_outbox_messages",
    "Notices that wait (queued), and posts that are still on their way, by status.",
    ("status",),
    each=len(BACKLOG),
)
OLDEST_DUE = Gauge(
    "svar_outbox_oldest_due_seconds",
    "How long the oldest unsent message has been due.",
)
UNREACHABLE = Gauge("svar_people_unreachable", "Owners whom Slack does not know.")
TOKEN = Gauge("svar_slack_token_valid", "Whether Slack takes the token.")
SERIES = Gauge("svar_series", "Series on this page.")


def collect_settled(last: Last) -> Iterator[Metric]:
    """Yield what changes only where a configuration is loaded."""
    labels = version("svar"), platform.python_version()
    yield BUILD.of([(labels, 1)])
    yield RELOADED.at(last.reloaded_at)
    loaded = last.configuration
    until = loaded.calendar.holidays_until if loaded else None
    yield CALENDAR.at(datetime(until + 1, 1, 1, tzinfo=UTC) if until else None)


def collect(last: Last) -> Iterator[Metric]:
    """Yield what may have changed since the scrape before."""
    yield RELOAD_GOOD.now(float(last.is_reload_good))
    yield HEARTBEAT.at(last.heartbeat_at)
    standing = last.standing
    yield LEADER.of(((name,), int(ours)) for name, ours in standing.leads.items())
    yield REPLICAS.now(standing.replicas)
    yield DIFFER.now(int(standing.differ))
    yield from _outbox(last)


def _outbox(last: Last) -> Iterator[Metric]:
    backlog, at = last.backlog, last.heartbeat_at
    if backlog is None or at is None or not last.leads(DELIVER):
        yield from (each.of([]) for each in (OUTBOX, OLDEST_DUE, UNREACHABLE, TOKEN))
        return
    yield OUTBOX.of(((status,), n) for status, n in sorted(backlog.by_status.items()))
    oldest = backlog.oldest_due_at
    yield OLDEST_DUE.now((at - oldest).total_seconds() if oldest else 0.0)
    yield UNREACHABLE.now(backlog.unreachable)
    is_valid = last.is_token_valid
    yield TOKEN.now(None if is_valid is None else float(is_valid))
