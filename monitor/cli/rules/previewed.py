"""Draws what the next poll would do, for a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli import printing
from monitor.cli.rules import tables
from monitor.configuration import Configuration
from monitor.messages import words
from monitor.outbox import NOBODY
from monitor.proof.preview import Fate, Line, Preview

MOST = 20  # digests that are listed without --all
WAITS = "waits already"
Marked = tuple[Line, str]  # and whether it waits already


def rules(found: Preview) -> list[str]:
    """Return the rules of which there is something to say."""
    names = {rule for rule, _ in found.tally} | {line.rule for line in found.lines}
    return sorted(names | set(found.report.held) | set(+found.report.backlog))


def counts(found: Preview, rule: str) -> dict[str, int]:
    """Return what would happen to a rule's alerts, how often."""
    counts = {fate.value: found.tally[rule, fate] for fate in Fate}
    report = found.report
    return counts | {
        "held": report.held.get(rule, 0),
        "notices": sum(line.rule == rule for line in found.lines),
        "backlog": report.backlog[rule],
    }


def show(
    console: Console,
    found: Sequence[Preview],
    state: str | None,
    loaded: Configuration,
    *,
    everything: bool,
) -> None:
    """Print what each source's next poll would do."""
    for each in found:
        _print_source(console, each, loaded, everything=everything)
    against = f"Held against {state}." if state else "No state yet: a first run."
    console.print(Text(f"{against} Nothing was written, nothing was sent."))


def _print_source(
    console: Console, found: Preview, loaded: Configuration, *, everything: bool
) -> None:
    run = found.report.run
    when = words.moment(run.as_of, loaded.calendar, now=run.as_of)
    count = words.plural(run.applications, "application")
    called = loaded.title(found.source)
    console.print(printing.heading(called, f"as of {when}", count))
    console.print()
    if not run.is_good:
        console.print(Text(f"  {run.error}"))
        console.print("  The next poll would change nothing and tell nobody.")
    asked = rules(found)
    if asked:
        console.print(_rule_table(found, asked))
        console.print()
    for line in _notes(found, loaded):
        console.print(Text(line))
    if run.is_good and not found.lines:
        console.print("  The next poll would tell nobody anything new.")
    if found.waiting:
        console.print(Text(f"  {_waiting(found, loaded)}"))
    console.print()
    if found.lines or found.waiting:
        console.print(_people_table(found, loaded, everything=everything))
        console.print()
    if everything and found.changes:
        console.print(_change_table(found, loaded))
        console.print()


def _waiting(found: Preview, loaded: Configuration) -> str:
    """Return how much waits to be sent without any poll, and until when."""
    first, last = (f(each.goes_at for each in found.waiting) for f in (min, max))
    people = len({each.notice.recipient for each in found.waiting})
    notices = words.plural(len(found.waiting), "notice")
    said = f"{notices} to {words.plural(people, 'recipient')}"
    verb = "waits" if len(found.waiting) == 1 else "wait"
    when = _when(first, found, loaded)
    if last != first:
        when += f" and up to {_when(last, found, loaded)}"
    return f"{said} {verb} already, until {when}."


def _notes(found: Preview, loaded: Configuration) -> Iterator[str]:
    for rule, count in sorted(found.report.held.items()):
        yield (
            f"  Held until three polls agree: {rule} would close {count:,} at once, "
            "which is more than is believed"
        )
    for (rule, name), count in Counter(
        (line.rule, line.notice.recipient) for line in found.spared
    ).items():
        lines = words.plural(count, "line")
        yield f"  Taken back before it is sent: {rule}, {lines} to {name}"
    called = loaded.title(found.source)
    for line in printing.unmeasurable(called, found.report.unmeasurable):
        yield f"  {line}"


def _rule_table(found: Preview, asked: Sequence[str]) -> Table:
    heads = ("opens", "breaches", "escalates", "retargets", "closes", "tells of")
    rows: list[tables.Row] = [
        ((f"  {rule}",), tuple(counts(found, rule).values())) for rule in asked
    ]
    return tables.counts(
        ("  The next poll",), (*heads, "holds", "lines", "too old"), rows
    )


def _people_table(found: Preview, loaded: Configuration, *, everything: bool) -> Table:
    """Return a row for each person, digest and step: what is new, and what waits."""
    heads = ("  Who would be told", "in the digest of", "of what", "step", "", "")
    table = printing.table(*heads)
    digests: dict[tuple[str, datetime], list[Marked]] = {}
    told = [(line, "") for line in found.lines]
    told += [(line, WAITS) for line in found.waiting]
    for line, mark in told:
        digest = line.notice.recipient, line.goes_at
        digests.setdefault(digest, []).append((line, mark))
    shown = sorted(digests)[: None if everything else MOST]
    for recipient, at in shown:
        name = "nobody: name a fallback" if recipient == NOBODY else recipient
        when, lines = _when(at, found, loaded), digests[recipient, at]
        _add_digest(table, name, when, lines, everything=everything)
    if len(digests) > len(shown):
        table.add_row(f"  and {len(digests) - len(shown)} more digests (--all)")
    return table


def _add_digest(
    table: Table, name: str, when: str, lines: Sequence[Marked], *, everything: bool
) -> None:
    counted = Counter((line.rule, line.step, mark) for line, mark in lines)
    for key, count in counted.items():
        rule, step, mark = key
        people = words.plural(count, "application")
        table.add_row(Text(f"  {name}"), when, Text(rule), Text(step), people, mark)
        name = when = ""
        for line, of in lines if everything else ():
            if (line.rule, line.step, of) == key:
                table.add_row("", "", "", "", Text(f"  {_who(line)}"))


def _who(line: Line) -> str:
    seen = line.alert.seen
    return " · ".join(
        filter(None, (seen.application_id, seen.candidate, seen.job_title))
    )


def _when(at: datetime, found: Preview, loaded: Configuration) -> str:
    now = found.report.run.as_of
    return "now" if at <= now else words.moment(at, loaded.calendar, now=now)


def _change_table(found: Preview, loaded: Configuration) -> Table:
    table = printing.table("  Alert", "application", "who", "becomes", "due")
    now = found.report.run.as_of
    for each in found.changes:
        seen = each.alert.seen
        table.add_row(
            f"  {seen.rule}",
            Text(seen.application_id),
            Text(seen.candidate),
            ", ".join(each.fates),
            words.moment(seen.due_at, loaded.calendar, now=now),
        )
    return table
