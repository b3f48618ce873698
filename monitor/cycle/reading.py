"""One pass over a source, held against the rules and the alerts that are open."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitor import alerts, evaluate, mapping, privacy
from monitor.alerts import Alert, Change
from monitor.configuration import Configuration
from monitor.evaluate import Check, Finding, World
from monitor.model import Application
from monitor.rules import Rulebook
from monitor.source import Source
from monitor.store.ledger import Key, Run

UNKNOWN = "unknown"  # a phase or a holder of the ball that the mapping does not tell

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
    doubled: int = 0  # rules met twice by one application_id, a fault of the query
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    backlog: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Report:
    """What a cycle did, for the metrics and the log; names no candidate."""

    run: Run
    seconds: float = 0.0
    future: int = 0
    ambiguous: int = 0
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
    open_alerts: dict[Key, Alert | None],
    now: datetime,
) -> Plan:
    """Return what these applications mean for the open alerts; takes the latter apart.

    In `open_alerts` None takes the place of each alert that was met, so that those
    left are the unseen ones, and an application that stands twice is not met twice.
    """
    made = Plan(now)
    # A dict, since a set of thousands takes five times the memory.
    watched = dict.fromkeys(application_id for _, application_id in open_alerts)
    horizon = now + evaluate.SKEW
    find, waiting = evaluate.find, made.waiting
    for row in applications:
        made.applications += 1
        waiting[row.phase or UNKNOWN, row.waiting_on or UNKNOWN] += 1
        if row.applied_at > horizon:
            made.future += 1
        is_watched = row.application_id in watched
        for check in checks:
            finding = find(check, row)
            if finding is not None:
                made.findings += 1
                made.backlog[check.rule.id] += finding.backlog
            elif not is_watched:
                continue
            _meet(made, check, row, finding, open_alerts)
    return made


def _meet(
    made: Plan,
    check: Check,
    row: Application,
    finding: Finding | None,
    open_alerts: dict[Key, Alert | None],
) -> None:
    """Hold one rule's finding, or its absence, against the alert of the same key."""
    key = (check.rule.id, row.application_id)
    alert = open_alerts.get(key)
    if alert is None:
        if key in open_alerts:
            made.doubled += 1
        elif finding is not None:
            made.fresh.append(finding)
            open_alerts[key] = None
        return
    open_alerts[key] = None
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
    open_alerts: dict[Key, Alert | None],
    now: datetime,
) -> tuple[Plan, Report]:
    """Poll the source once and hold it against these alerts; writes nothing."""
    columns = mapping.delivered(source.mapping.file, source.columns(now))
    rulebook, unmeasurable = split(configuration.rulebook, columns)
    checks = evaluate.prepare(rulebook, world(configuration, source), now=now)
    with source.poll(now) as poll:
        made = plan(poll, checks, open_alerts=open_alerts, now=now)
    if made.doubled:
        poll.rejected["application_id stands twice"] += made.doubled
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
        ambiguous=poll.mailbox.ambiguous,
        rejected=poll.rejected,
        rejected_ids=tuple(poll.rejected_ids),
        waiting=made.waiting,
        backlog=made.backlog,
        unmeasurable=unmeasurable,
    )
    return made, report
