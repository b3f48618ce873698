"""`svar check`: who waits too long, as a table or as JSON."""

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from monitor import configuration, outbox
from monitor.cli import FINE, FOUND, instants, printing
from monitor.configuration import Configuration
from monitor.cycle import Plan, Report, check, require_ready
from monitor.evaluate import NOTHING, Finding, Late
from monitor.messages import words
from monitor.model import Closure
from monitor.report.paper import CLOSURES
from monitor.source import Source


@dataclass(frozen=True, slots=True)
class Result:
    """What one source's poll found."""

    name: str
    title: str
    plan: Plan
    report: Report

    @property
    def late(self) -> list[Finding]:
        """Return those past our promise, without what is too old."""
        found = (f for f in self.plan.fresh if f.late is Late.BREACHED)
        return [each for each in found if not each.backlog]

    @property
    def soon(self) -> list[Finding]:
        """Return those that are due soon."""
        return [each for each in self.plan.fresh if each.late is Late.WARNING]

    @property
    def old(self) -> list[Finding]:
        """Return those that are too old to nudge anybody about."""
        return [each for each in self.plan.fresh if each.backlog]


def run(options: argparse.Namespace) -> int:
    """Poll each source once and print what was found."""
    loaded = configuration.read(options.config, os.environ)
    now = instants.as_of(options.as_of, loaded)
    require_ready(loaded, now)
    results = []
    for settings in loaded.settings.sources:
        reading = printing.reading(settings.name)
        with Source.opened(loaded, settings) as source, reading:
            plan, report = check(source, loaded, now=now)
        called = loaded.title(settings.name)
        results.append(Result(settings.name, called, plan, report))
    if options.json:
        printing.write_json(_json(results, loaded, now))
    else:
        for result in results:
            _print(result, loaded, now, everything=options.all)
        if len(results) > 1:
            print(f"\nIn all: {_sum(results)}.")  # noqa: T201
    return FOUND if _is_failing(results, options.fail_on) else FINE


def _is_failing(results: Sequence[Result], threshold: str | None) -> bool:
    found = {finding.late for result in results for finding in result.plan.fresh}
    return bool(threshold) and (Late.BREACHED in found or threshold in found)


def _json(
    results: Sequence[Result], loaded: Configuration, now: datetime
) -> dict[str, object]:
    return {
        "as_of": instants.rfc3339(now),
        "sources": [
            {
                "name": result.name,
                "applications": result.report.run.applications,
                "rejected_rows": result.report.run.rejected,
                "rejected_messages": result.report.rejected_messages.total(),
                "closure": {key: result.report.closure[key] for key in Closure},
                "findings": [
                    _entry(each, loaded, now) for each in _sorted(result.plan.fresh)
                ],
                "not_measurable": list(result.report.unmeasurable),
            }
            for result in results
        ],
    }


def _sorted(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: (each.rule, each.application_id))


def _entry(finding: Finding, loaded: Configuration, now: datetime) -> dict[str, object]:
    rule = loaded.rulebook.get(finding.rule)
    step, tell = None, []
    if finding.backlog:
        step = "backlog"
    elif rule and finding.step != NOTHING:
        highest = rule.highest(NOTHING, finding.step)
        step = rule.firings[highest].at
        firings = rule.together(highest, NOTHING, finding.step)
        told = outbox.audience(rule, firings, finding, loaded.settings.people)
        tell = [each for each in told if each != outbox.NOBODY]
    return {
        "rule": finding.rule,
        "application": finding.application_id,
        "state": finding.late,
        "step": step,
        "started_at": instants.rfc3339(finding.started_at),
        "due_at": instants.rfc3339(finding.due_at),
        "late_seconds": max(0, int((now - finding.due_at).total_seconds())),
        "owner": finding.owner,
        "tell": tell,
    }


def _print(
    result: Result, loaded: Configuration, now: datetime, *, everything: bool
) -> None:
    console = printing.console()
    calendar = loaded.calendar
    run = result.report.run
    when = words.moment(now, calendar, now=now)
    count = words.plural(run.applications, "application")
    console.print(printing.heading(result.title, f"as of {when}", count), "\n")
    late, soon, old = result.late, result.soon, result.old
    if late:
        console.print(_table(late, loaded, now))
    if soon:
        console.print(f"  Due soon: {words.plural(len(soon), 'application')}")
    console.print(f"  {_closure(result.report)}")
    for line in _notes(result):
        console.print(Text(line))
    if everything:
        console.print(_list([*late, *soon, *old], loaded, now))
    hint = "" if everything or not run.findings else " svar check --all lists them."
    console.print(Text(f"\n{_sum([result])}.{hint}"))


def _closure(report: Report) -> str:
    """Return how far candidates are from having an answer, in one line."""
    counts = (f"{text} {report.closure[key]:,}" for key, text in CLOSURES.items())
    return f"Answers: {' · '.join(counts)}"


def _notes(result: Result) -> Iterator[str]:
    """Yield what the table leaves out."""
    report = result.report
    for rule, count in sorted((+report.backlog).items()):
        yield f"  Too old to nudge anybody about: {rule}, {count:,}"
    for line in printing.unmeasurable(result.title, report.unmeasurable):
        yield f"  {line}"
    unread = {"Rows": report.rejected, "Messages": report.rejected_messages}
    for what, counts in unread.items():
        if counts:
            why = ", ".join(f"{reason}: {n:,}" for reason, n in counts.items())
            yield f"  {what} that cannot be read: {counts.total():,} ({why})"


def _sum(results: Sequence[Result]) -> str:
    late = [(result.name, each) for result in results for each in result.late]
    old = sum(len(result.old) for result in results)
    people = len({(source, each.application_id) for source, each in late})
    said = f"{words.plural(people, 'person waits', 'people wait')} too long"
    if people:
        jobs = len({(source, each.job_ref) for source, each in late})
        said += f", for {words.plural(jobs, 'job')}"
    return f"{said}; {old:,} too old to nudge anybody about" if old else said


def _table(late: Sequence[Finding], loaded: Configuration, now: datetime) -> Table:
    table = printing.table()
    columns: tuple[tuple[str, JustifyMethod], ...] = (
        ("  Past our promise", "left"),
        ("", "left"),
        ("", "right"),
        ("", "left"),
        ("who has it", "left"),
        ("longest wait", "left"),
    )
    for name, side in columns:
        table.add_column(name, justify=side, no_wrap=True)
    counts = Counter(each.rule for each in late)
    most = max(counts.values())
    for rule in loaded.rulebook.rules:
        if counts[rule.id]:
            mine = [each for each in late if each.rule == rule.id]
            oldest = min(mine, key=lambda each: each.started_at)
            table.add_row(
                f"  {rule.id}",
                rule.promise,
                f"{counts[rule.id]:,}",
                Text(printing.bar(counts[rule.id] / most), "red"),
                _holder(mine),
                words.span(
                    oldest.started_at,
                    now,
                    rule.target or words.SOME_DAYS,
                    loaded.calendar,
                ),
            )
    return table


def _holder(findings: Sequence[Finding]) -> str:
    """Return in whose hands most of these are."""
    managers = sum(
        each.owner is not None and each.owner == each.manager for each in findings
    )
    return "line manager" if managers * 2 > len(findings) else "recruiter"


def _list(findings: Sequence[Finding], loaded: Configuration, now: datetime) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left")
    for name in ("", "application", "who", "job", "owner", "due"):
        table.add_column(name)
    for finding in sorted(findings, key=lambda each: (each.due_at, each.rule)):
        rule = loaded.rulebook.get(finding.rule)
        late = finding.late is Late.BREACHED
        due = words.moment(finding.due_at, loaded.calendar, now=now)
        if late and rule:
            due = f"{words.span(finding.due_at, now, rule.target or words.SOME_DAYS, loaded.calendar)} late"
        if finding.backlog:
            due += ", too old to nudge"
        table.add_row(
            Text(finding.rule, "red" if late else "yellow"),
            Text(finding.application_id),
            Text(finding.candidate),
            Text(finding.job_title or ""),
            Text(finding.owner or "nobody named"),
            due,
        )
    return table
