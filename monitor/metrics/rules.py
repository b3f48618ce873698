"""What the rules ask for, and the alerts that they have open."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from monitor.alerts import CLOSED_STATES, State
from monitor.metrics.families import Gauge, Row, Spreads
from monitor.metrics.last import Last
from monitor.rules import Rule, nominal

OPEN_STATES = tuple(state for state in State if state not in CLOSED_STATES)

LOADED = Gauge("svar_rules_loaded", "Rules that are on.")
INFO = Gauge(
    "svar_rule_info",
    "Constant 1; what a rule is.",
    ("rule", "severity", "legal"),
)
TARGET = Gauge(
    "svar_rule_target_seconds",
    "About how long a rule's promise is, a working day taken for 7/5 of a day; none "
    "where the source sets the deadline.",
    ("rule",),
)
GOAL = Gauge("svar_promise_goal_ratio", "The share of promises that is to be kept.")
ALERTS = Gauge(
    "svar_alerts",
    "Open alerts by state.",
    ("source", "rule", "state"),
    each=len(OPEN_STATES),
)
OLDEST = Gauge(
    "svar_alert_oldest_overdue_seconds",
    "How late the most overdue open alert of a rule is; 0 if none is late.",
    ("source", "rule"),
)
BACKLOG = Gauge(
    "svar_backlog_applications",
    "Applications too late to nudge anybody about.",
    ("source", "rule"),
)
HELD = Gauge(
    "svar_mass_closure_held",
    "Closures held until they are believed.",
    ("source", "rule"),
)
UNMEASURABLE = Gauge(
    "svar_rule_unmeasurable",
    "1 where a source lacks the columns that a rule needs.",
    ("source", "rule"),
)
SUCCESS = Gauge(
    "svar_rule_last_success_timestamp_seconds",
    "When a rule was last held against a source.",
    ("source", "rule"),
)
EFFECT = Spreads(
    "svar_nudge_effect_seconds",
    "From the last nudge to the reply that settled the alert, of those settled in the "
    "last 90 days; may fall, so take no rate.",
    ("source", "rule"),
)


def collect(last: Last) -> Iterator[Metric]:
    """Yield the rules, and their alerts at the sources that this replica polls."""
    loaded = last.configuration
    rules = loaded.rulebook.rules if loaded else ()
    yield LOADED.now(len(rules))
    yield INFO.of(((r.id, r.severity, str(r.legal).lower()), 1) for r in rules)
    yield TARGET.of(
        ((rule.id,), nominal((rule.target, False)) * 3600)
        for rule in rules
        if rule.target
    )
    yield GOAL.now(loaded.settings.metrics.goal if loaded else None)
    yield from _alerts(last)
    yield from _at_sources(last, rules)
    known, on = last.known(), last.rules()
    yield EFFECT.of(
        (key, spread)
        for key, spread in sorted(last.effects.items())
        if key[0] in known and key[1] in on
    )


def _alerts(last: Last) -> Iterator[Metric]:
    known = last.known()
    keys = [(source, rule) for source in known for rule in last.rules()]
    counts = {(*key, state): 0 for key in keys for state in OPEN_STATES}
    oldest = dict.fromkeys(keys, 0.0)
    for each in last.alerts:
        if each.source in known:
            counts[each.source, each.rule, State(each.state)] = each.count
            if each.state != State.WARNING:
                overdue = (each.as_of - each.oldest_due_at).total_seconds()
                key = each.source, each.rule
                oldest[key] = max(oldest.get(key, 0.0), overdue)
    yield ALERTS.of(sorted(counts.items()))
    yield OLDEST.of(sorted(oldest.items()))


def _at_sources(last: Last, rules: tuple[Rule, ...]) -> Iterator[Metric]:
    backlog, held, unmeasurable, fresh = (list[Row]() for _ in range(4))
    for name, report in last.ours().items():
        at = last.succeeded[name].timestamp()
        for rule in rules:
            key, is_off = (name, rule.id), rule.id in report.unmeasurable
            backlog.append((key, report.backlog.get(rule.id, 0)))
            held.append((key, report.held.get(rule.id, 0)))
            unmeasurable.append((key, int(is_off)))
            if not is_off:
                fresh.append((key, at))
    yield BACKLOG.of(backlog)
    yield HELD.of(held)
    yield UNMEASURABLE.of(unmeasurable)
    yield SUCCESS.of(fresh)
