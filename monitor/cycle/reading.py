"""One pass over a source, held against the rules and the alerts that are open."""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from operator import attrgetter

from monitor import alerts, closure, evaluate, privacy
from monitor.alerts import Alert, Change
from monitor.configuration import Configuration
from monitor.errors import ConfigError, Problem
from monitor.evaluate import Check, Finding, World
from monitor.figures import Figures, Tally
from monitor.figures.nouns import UNKNOWN
from monitor.model import Application, Ball, Closure, Phase
from monitor.rules import Rulebook
from monitor.source import Source
from monitor.store.ledger import Key, Run
from monitor.store.words import RunOutcome

CHUNK = 500  # rows that go through the rules at a time

_waits = attrgetter("phase", "waiting_on")

Unmet = dict[Key, Alert | None]  # open alerts; None where a pass met one
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
    seconds: float = field(default=0.0, compare=False)  # without fetching the rows
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    backlog: Counter[str] = field(default_factory=Counter)
    closure: Counter[Closure] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Report:
    """What a cycle did, for the metrics and the log; names no candidate."""

    run: Run
    seconds: float = 0.0
    future: int = 0
    ambiguous: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    rejected_messages: Counter[str] = field(default_factory=Counter)
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)
    backlog: Counter[str] = field(default_factory=Counter)
    closure: Counter[Closure] = field(default_factory=Counter)
    held: dict[str, int] = field(default_factory=dict)
    transitions: Transitions = field(default_factory=Counter)
    rejected_ids: tuple[str, ...] = ()
    unmeasurable: dict[str, set[str]] = field(default_factory=dict)
    figures: Figures | None = None
    evaluation_seconds: float = field(default=0.0, compare=False)  # of rules, figures
    reason: str = ""

    @property
    def effects(self) -> Counter[str]:
        """Return how many alerts changed, by reason."""
        counts: Counter[str] = Counter()
        for (_, _, _, reason), times in self.transitions.items():
            counts[reason] += times
        return counts


def world(configuration: Configuration, source: Source) -> World:
    """Return what every rule of this source is held against."""
    shown = configuration.settings.privacy.candidate
    return World(
        calendar=configuration.calendar,
        evidence_lag=source.settings.evidence_lag,
        name=lambda application: privacy.label(application, shown),
        departments=configuration.departments,
    )


def require_ready(configuration: Configuration, now: datetime) -> None:
    """Raise ConfigError for every rule and calendar with which no poll could be made."""
    configuration.require_open(now)
    problems: list[Problem] = []
    place = World(configuration.calendar, departments=configuration.departments)
    for rule in configuration.rulebook.rules:
        try:
            evaluate.prepare(Rulebook((rule,)), place, now=now)
        except (ValueError, OverflowError) as error:
            message = f"its clock leads out of time ({error}); write shorter durations"
            folder = str(configuration.rules_folder)
            problems.append(Problem(folder, 0, 0, rule.id, message))
    if problems:
        raise ConfigError(problems)


def split(
    rulebook: Rulebook, columns: Iterable[str]
) -> tuple[Rulebook, dict[str, set[str]]]:
    """Return the rules that these columns can feed, and what the others lack, by id."""
    found = set(columns)
    lacking = {rule.id: evaluate.missing(rule, found) for rule in rulebook.rules}
    fed = tuple(rule for rule in rulebook.rules if not lacking[rule.id])
    return Rulebook(fed), {name: lack for name, lack in lacking.items() if lack}


def plan(
    applications: Iterable[Application],
    checks: tuple[Check, ...],
    *,
    open_alerts: Unmet,
    now: datetime,
    calls: bool = True,
    tally: Tally | None = None,
) -> Plan:
    """Return what these applications mean for the open alerts; takes the latter apart.

    `calls`: whether the source tells of calls, which decides what an answer is.
    In `open_alerts` None takes the place of each alert that was met, so that those
    left are the unseen ones, and an application that stands twice is not met twice.
    A `tally` counts the figures of these applications.
    """
    made = Plan(now)
    # A dict, since a set of thousands takes five times the memory.
    watched = dict.fromkeys(application_id for _, application_id in open_alerts)
    horizon = now + evaluate.SKEW
    state = partial(closure.state, calls=calls, by=horizon)
    waiting: Counter[tuple[Phase | None, Ball | None]] = Counter()
    rows = iter(applications)
    while chunk := list(islice(rows, CHUNK)):
        began = time.perf_counter()
        made.applications += len(chunk)
        made.future += len([row for row in chunk if row.applied_at > horizon])
        waiting.update(map(_waits, chunk))
        closures = list(map(state, chunk))
        made.closure.update(closures)
        known = [row for row in chunk if row.application_id in watched]
        found = {each.rule.id: list(evaluate.find(each, chunk)) for each in checks}
        if tally is not None:
            tally.take(chunk, closures, found)
        for check in checks:
            for row, finding in found[check.rule.id]:
                made.findings += 1
                made.backlog[check.rule.id] += finding.backlog
                _meet(made, check, row, finding, open_alerts)
            for row in known:
                _settle(made, check, row, open_alerts)
        made.seconds += time.perf_counter() - began
    for (phase, ball), count in waiting.items():
        made.waiting[phase or UNKNOWN, ball or UNKNOWN] += count
    return made


def _meet(
    made: Plan,
    check: Check,
    row: Application,
    finding: Finding,
    open_alerts: Unmet,
) -> None:
    """Hold a finding against the open alert of the same key."""
    key = (check.rule.id, row.application_id)
    alert = open_alerts.get(key)
    if alert is None:
        if key in open_alerts:
            made.doubled += 1
        else:
            made.fresh.append(finding)
            open_alerts[key] = None
        return
    open_alerts[key] = None
    if finding.started_at == alert.seen.started_at:
        change = alerts.advance(alert, finding, check.rule, now=made.now)
        if change:
            made.changes.append(change)
        return
    _close(made, check, row, alert)
    made.fresh.append(finding)


def _settle(
    made: Plan,
    check: Check,
    row: Application,
    open_alerts: Unmet,
) -> None:
    """Close the open alert of an application that is no finding any more."""
    key = (check.rule.id, row.application_id)
    alert = open_alerts.get(key)
    if alert is not None:
        open_alerts[key] = None
        _close(made, check, row, alert)


def _close(made: Plan, check: Check, row: Application, alert: Alert) -> None:
    seen = evaluate.verdict(check, row, started_at=alert.seen.started_at, now=made.now)
    made.closings.append((alert, alerts.settle(alert, seen)))


def check(
    source: Source, configuration: Configuration, *, now: datetime
) -> tuple[Plan, Report]:
    """Return what a first poll would find; reads no state and writes none."""
    return read(source, configuration, open_alerts={}, now=now)


def read(
    source: Source,
    configuration: Configuration,
    *,
    open_alerts: Unmet,
    now: datetime,
) -> tuple[Plan, Report]:
    """Poll the source once and hold it against these alerts; writes nothing."""
    columns = source.delivered(now)
    rulebook, unmeasurable = split(configuration.rulebook, columns)
    checks = evaluate.prepare(rulebook, world(configuration, source), now=now)
    tally = Tally(
        checks,
        columns,
        now=now,
        departments=configuration.settings.metrics.departments,
        lookback=source.settings.lookback,
    )
    with source.poll(now) as poll:
        made = plan(
            poll,
            checks,
            open_alerts=open_alerts,
            now=now,
            calls="called_at" in columns,
            tally=tally,
        )
    if made.doubled:
        poll.rejected["application_id stands twice"] += made.doubled
    run = Run(
        source=source.name,
        as_of=now,
        outcome=RunOutcome.OK,
        applications=made.applications,
        rejected=poll.rejected.total(),
        findings=made.findings,
    )
    report = Report(
        run,
        future=made.future,
        ambiguous=poll.mailbox.ambiguous,
        rejected=poll.rejected,
        rejected_messages=poll.rejected_messages,
        rejected_ids=tuple(poll.rejected_ids),
        waiting=made.waiting,
        backlog=made.backlog,
        closure=made.closure,
        unmeasurable=unmeasurable,
        figures=tally.figures(),
        evaluation_seconds=made.seconds,
    )
    return made, report
