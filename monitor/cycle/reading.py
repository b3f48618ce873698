"""One pass over a source, held against the rules and the alerts that are open."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor import alerts, evaluate, privacy
from monitor.alerts import Alert, Change
from monitor.configuration import Configuration
from monitor.evaluate import Check, Finding, World
from monitor.model import Application
from monitor.rules import Rulebook
from monitor.source import Source
from monitor.store.ledger import Key, Run

Transitions = Counter[tuple[str, str, str, str]]


@dataclass(slots=True)
class Plan:
    """What one pass over a source found, held against the alerts that are open."""

    now: datetime
    fresh: list[Finding] = field(default_factory=list)  # no open alert has their key
    changes: list[Change] = field(default_factory=list)
    closings: list[tuple[Alert, Change]] = field(default_factory=list)
    applications: int = 0
    findings: int = 0
    future: int = 0
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    backlog: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Report:
    """What a cycle did, for the metrics and the log; names no candidate."""

    run: Run
    seconds: float = 0.0
    future: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    backlog: Counter[str] = field(default_factory=Counter)
    held: dict[str, int] = field(default_factory=dict)
    transitions: Transitions = field(default_factory=Counter)
    rejected_ids: tuple[str, ...] = ()
    unmeasurable: tuple[str, ...] = ()
    reason: str = ""


def world(configuration: Configuration, source: Source) -> World:
    """Return what every rule of this source is held against."""
    shown = configuration.settings.privacy.candidate
    return World(
        calendar=configuration.calendar,
        evidence_lag=source.settings.evidence_lag,
        name=lambda application: privacy.label(application, shown),
    )


def split(
    rulebook: Rulebook, columns: Iterable[str]
) -> tuple[Rulebook, tuple[str, ...]]:
    """Return the rules that these columns can feed, and the ids of the others."""
    found = set(columns)
    fed = [rule for rule in rulebook.rules if evaluate.measurable(rule, found)]
    others = [rule.id for rule in rulebook.rules if rule not in fed]
    return Rulebook(tuple(fed)), tuple(others)


def plan(
    applications: Iterable[Application],
    checks: tuple[Check, ...],
    *,
    open_alerts: dict[Key, Alert],
    now: datetime,
) -> Plan:
    """Return what these applications mean for the open alerts; takes the latter apart.

    What stays in `open_alerts` are the alerts whose application was not seen.
    """
    made = Plan(now)
    # A dict, since a set of thousands takes five times the memory.
    watched = dict.fromkeys(application_id for _, application_id in open_alerts)
    horizon = now + evaluate.SKEW
    find, waiting = evaluate.find, made.waiting
    for row in applications:
        made.applications += 1
        waiting[row.phase or "", row.waiting_on or ""] += 1
        if row.applied_at > horizon:
            made.future += 1
        is_watched = row.application_id in watched
        for check in checks:
            finding = find(check, row)
            if finding is not None:
                made.findings += 1
            elif not is_watched:
                continue
            _meet(made, check, row, finding, open_alerts)
    return made


def _meet(
    made: Plan,
    check: Check,
    row: Application,
    finding: Finding | None,
    open_alerts: dict[Key, Alert],
) -> None:
    """Hold one rule's finding, or its absence, against the alert of the same key."""
    alert = open_alerts.pop((check.rule.id, row.application_id), None)
    if finding is not None and finding.backlog:
        made.backlog[check.rule.id] += 1
    if alert is None:
        if finding is not None:
            made.fresh.append(finding)
        return
    if finding is not None and finding.started_at == alert.seen.started_at:
        change = alerts.advance(alert, finding, check.rule, now=made.now)
        if change:
            made.changes.append(change)
        return
    seen = evaluate.verdict(check, row, started_at=alert.seen.started_at, now=made.now)
    made.closings.append((alert, alerts.settle(alert, seen)))
    if finding is not None:
        made.fresh.append(finding)


def check(
    source: Source, configuration: Configuration, *, now: datetime
) -> tuple[Plan, Report]:
    """Return what a first poll would find; reads no state and writes none."""
    return read(source, configuration, open_alerts={}, now=now)


def read(
    source: Source,
    configuration: Configuration,
    *,
    open_alerts: dict[Key, Alert],
    now: datetime,
) -> tuple[Plan, Report]:
    """Poll the source once and hold it against these alerts; writes nothing."""
    rulebook, unmeasurable = split(configuration.rulebook, source.columns(now))
    checks = evaluate.prepare(rulebook, world(configuration, source), now=now)
    with source.poll(now) as poll:
        made = plan(poll, checks, open_alerts=open_alerts, now=now)
    run = Run(
        source=source.name,
        as_of=now,
        outcome="ok",
        applications=made.applications,
        rejected=poll.rejected.total(),
        findings=made.findings,
    )
    report = Report(
        run,
        future=made.future,
        rejected=poll.rejected,
        rejected_ids=tuple(poll.rejected_ids),
        waiting=made.waiting,
        backlog=made.backlog,
        unmeasurable=unmeasurable,
    )
    return made, report
