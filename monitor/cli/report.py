"""`svar report`: what the last weeks came to, in counts and without names."""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor import clock, configuration, cycle
from monitor.cli import FINE, instants, printing
from monitor.cli.alerts import state
from monitor.configuration import Configuration
from monitor.errors import MonitorError, StoreError
from monitor.report import html, markdown, paper, plain, reading
from monitor.report.paper import Paper, Sheet
from monitor.store import edits
from monitor.store.edits import RuleEdit

_LATE = "red"
_A_WEEK = 9  # characters of a column
_BESIDE = 43  # of what stands beside the weeks, names aside


def run(options: argparse.Namespace) -> int:
    """Read each source once and print, or write, what its weeks came to."""
    loaded = configuration.read(options.config, os.environ)
    now = instants.as_of(options.as_of, loaded)
    cycle.require_ready(loaded, now)
    ends = reading.ends(options.weeks, now=now)
    is_past = options.as_of is not None and now < clock.utc_now()
    with printing.reading("all sources"):
        edited = _edits(loaded, ends)
        report = reading.read(loaded, ends, edits=edited, rewinds=is_past)
    if options.format == "json":
        _put(options, printing.as_json(plain.values(report)))
        return FINE
    laid_out = paper.lay_out(report, loaded.calendar)
    match options.format:
        case "html":
            _put(options, html.render(laid_out, loaded.settings.metrics.goal))
        case "markdown":
            _put(options, markdown.render(laid_out))
        case _:
            _write(laid_out, options)
    return FINE


def _edits(
    loaded: Configuration, ends: Sequence[datetime]
) -> tuple[RuleEdit, ...] | None:
    """Return what was edited in these weeks; None where no state can tell."""
    with (
        suppress(StoreError),
        state.opened(loaded, reads_only=True) as store,
        store.read() as connection,
    ):
        return tuple(edits.between(connection, ends[0] - reading.WEEK, ends[-1]))
    return None


def _put(options: argparse.Namespace, text: str) -> None:
    if options.output is None:
        print(text, end="")  # noqa: T201
        return
    try:
        options.output.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"{options.output} cannot be written: {error.strerror}"
        raise MonitorError(message) from error


def _write(found: Paper, options: argparse.Namespace) -> None:
    """Print it, or write it without colours where it goes to a file."""
    if options.output is None:
        show(printing.console(), found)
        return
    text = StringIO()
    show(Console(file=text, highlight=False, width=printing.WIDE), found)
    _put(options, text.getvalue())


def show(console: Console, found: Paper) -> None:
    """Print the report."""
    for sheet in found.sheets:
        _sheet(console, sheet, found.as_of)
    for line in _rest(found):
        console.print(Text(line))


def _sheet(console: Console, sheet: Sheet, as_of: str) -> None:
    heading = printing.heading(sheet.title, f"as of {as_of}", sheet.applications)
    console.print(heading, "\n")
    console.print(Text(f"  {sheet.headline}", "bold"))
    for sentence in filter(None, (sheet.trend, sheet.total, sheet.late)):
        console.print(Text(f"  {sentence}"))
    console.print()
    weeks = min(len(sheet.ends), _room(sheet, console.width))
    console.print(_promises(sheet, weeks))
    if sheet.footnote:
        console.print(Text(f"  {sheet.footnote}", "dim"))
    if weeks < len(sheet.ends):
        console.print(Text("  earlier weeks: --format markdown", "dim"))
    console.print()
    for table in filter(None, (_waits(sheet), _answers(sheet), _jobs(sheet))):
        console.print(table)
        console.print()
    for note in sheet.notes:
        console.print(Text(f"  {note}"))
    if sheet.notes:
        console.print()


def _room(sheet: Sheet, width: int) -> int:
    """Return how many weeks there is room for."""
    names = max(len(each.name) for each in sheet.promises)
    promises = max(len(each.promise) for each in sheet.promises)
    return max(1, (width - names - promises - _BESIDE) // _A_WEEK)


def _promises(sheet: Sheet, weeks: int) -> Table:
    """Return the table of the last weeks."""
    table = printing.table("  Promises kept", "")
    for day in sheet.ends[-weeks:]:
        table.add_column(day, justify="right", no_wrap=True)
    for _ in range(3):
        table.add_column("", no_wrap=True)
    for each in sheet.promises:
        last = each.shares[-1]
        bar = "" if last is None else printing.bar(last / 100)
        table.add_row(
            Text(f"  {each.name}"),
            each.promise,
            *each.said[-weeks:],
            Text(bar, "blue"),
            each.counted,
            f"in {each.window}",
        )
    return table


def _waits(sheet: Sheet) -> Table:
    heads = ("people", "", "too long", "", "hours")
    table = _counted("  Waiting for", *heads)
    most = max((each.people for each in sheet.waits), default=0)
    for each in sheet.waits:
        table.add_row(
            f"  {each.whom}",
            f"{each.people:,}",
            Text(printing.bar(each.people / most if most else 0), "blue"),
            f"{each.late:,}",
            Text(printing.bar(each.late / most if most else 0), _LATE),
            f"{each.hours:,}",
        )
    return table


def _answers(sheet: Sheet) -> Table:
    return _ranked("  Answers", sheet.closure, "blue")


def _jobs(sheet: Sheet) -> Table | None:
    heading = "  Jobs with the most people waiting too long"
    return _ranked(heading, sheet.jobs, _LATE) if sheet.jobs else None


def _ranked(heading: str, rows: Sequence[tuple[str, int]], style: str) -> Table:
    table = _counted(heading, "people", "")
    most = max((count for _, count in rows), default=0)
    for said, count in rows:
        bar = Text(printing.bar(count / most if most else 0), style)
        table.add_row(Text(f"  {said}"), f"{count:,}", bar)
    return table


def _counted(heading: str, *heads: str) -> Table:
    table = printing.table(heading)
    for head in heads:
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    return table


def _rest(found: Paper) -> Iterator[str]:
    """Yield what is said of all sources together."""
    if found.edits is None:
        yield "Changed in the rules: not known, since no state has written it down."
    elif not found.edits:
        yield "Changed in the rules: nothing."
    else:
        yield "Changed in the rules"
        yield from (f"  {day}  {text}" for day, text in found.edits)
    if found.doubts:
        yield ""
        yield "What the earlier weeks cannot tell"
        yield from (f"  {each}" for each in found.doubts)
