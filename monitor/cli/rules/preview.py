"""`svar rules preview`: what the next poll would open, close and tell, and whom."""

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor import clock, configuration
from monitor.cli import FAILED, FINE
from monitor.configuration import Configuration
from monitor.errors import StoreError
from monitor.messages import words
from monitor.outbox import NOBODY
from monitor.proof.preview import Fate, Line, Preview, preview
from monitor.source import Source
from monitor.store import Store
from monitor.store.rehearsal import Rehearsal

WIDE = 160  # where no terminal sets the width
MOST = 20  # recipients that are named without --all


def run(options: argparse.Namespace) -> int:
    """Decide what each source's next cycle would, and print it."""
    loaded = configuration.read(options.config, os.environ)
    now = clock.utc_now()
    found, state = foresee(loaded, now=now)
    if options.json:
        print(json.dumps(_json(found, state, now), indent=2, ensure_ascii=False))  # noqa: T201
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console = Console(highlight=False, width=WIDE)
        _print(console, found, state, loaded, everything=options.all)
    polled = all(each.report.run.outcome == "ok" for each in found)
    return FINE if polled else FAILED


def foresee(
    loaded: Configuration, *, now: datetime
) -> tuple[list[Preview], str | None]:
    """Return what each source's next cycle would do, and the state it was held against."""
    found = []
    with ExitStack() as stack:
        state = _state(loaded, stack)
        rehearsal = stack.enter_context(closing(Rehearsal(state)))
        for settings in loaded.settings.sources:
            mapping = loaded.mappings[settings.name]
            status = Console(stderr=True).status(f"reading {settings.name} ...")
            with closing(Source(settings, mapping)) as source, status:
                found.append(preview(source, loaded, rehearsal, now=now))
        return found, state.shown if state else None


def _state(loaded: Configuration, stack: ExitStack) -> Store | None:
    """Return the state as it is, never made and never migrated; None before a first run."""
    url = loaded.settings.state.url.get_secret_value()
    store = stack.enter_context(closing(Store(url, reads_only=True)))
    if store.is_missing() or store.version() is None:
        return None
    if not store.is_current():
        message = (
            f"the state at {store.shown} is of another version, and a preview leaves "
            "it as it is; run `svar db upgrade` first"
        )
        raise StoreError(message)
    return store


def _json(
    found: Sequence[Preview], state: str | None, now: datetime
) -> dict[str, object]:
    return {
        "as_of": _rfc3339(now),
        "state": state,
        "sources": [_source(each) for each in found],
    }


def _source(found: Preview) -> dict[str, object]:
    report = found.report
    return {
        "name": found.source,
        "outcome": report.run.outcome,
        "error": report.run.error,
        "applications": report.run.applications,
        "rejected_rows": report.run.rejected,
        "not_measurable": list(report.unmeasurable),
        "rules": {rule: _counts(found, rule) for rule in _rules(found)},
        "changes": [
            {
                "rule": each.alert.seen.rule,
                "application": each.alert.seen.application_id,
                "becomes": list(each.fates),
                "reasons": [step.reason for step in each.transitions],
                "due_at": _rfc3339(each.alert.seen.due_at),
            }
            for each in found.changes
        ],
        "notices": [_notice(line) for line in found.lines],
        "taken_back": [_notice(line) for line in found.spared],
    }


def _notice(line: Line) -> dict[str, object]:
    return {
        "recipient": line.notice.recipient,
        "rule": line.rule,
        "application": line.alert.seen.application_id,
        "step": line.step,
        "kind": line.notice.kind,
        "due_at": _rfc3339(line.notice.due_at),
        "goes_at": _rfc3339(line.goes_at),
    }


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _rules(found: Preview) -> list[str]:
    """Return the rules of which there is something to say."""
    names = {rule for rule, _ in found.tally} | {line.rule for line in found.lines}
    return sorted(names | set(found.report.held) | set(+found.report.backlog))


def _counts(found: Preview, rule: str) -> dict[str, int]:
    counts = {fate.value: found.tally[rule, fate] for fate in Fate}
    report = found.report
    return counts | {
        "held": report.held.get(rule, 0),
        "notices": sum(line.rule == rule for line in found.lines),
        "backlog": report.backlog[rule],
    }


def _print(
    console: Console,
    found: Sequence[Preview],
    state: str | None,
    loaded: Configuration,
    *,
    everything: bool,
) -> None:
    for each in found:
        _print_source(console, each, loaded, everything=everything)
    against = f"Held against {state}." if state else "No state yet: a first run."
    console.print(Text(f"{against} Nothing was written, nothing was sent."))


def _print_source(
    console: Console, found: Preview, loaded: Configuration, *, everything: bool
) -> None:
    run = found.report.run
    when = words.moment(run.as_of, loaded.calendar, now=run.as_of)
    head = Text(loaded.mappings[found.source].file.title, "bold")
    count = words.plural(run.applications, "application")
    head.append(f"  as of {when}  {count}", "not bold")
    console.print(head)
    console.print()
    if run.outcome != "ok":
        console.print(Text(f"  {run.error}"))
        console.print("  The next poll would change nothing and tell nobody.\n")
        return
    rules = _rules(found)
    if rules:
        console.print(_rule_table(found, rules))
        console.print()
    for line in _notes(found, loaded):
        console.print(Text(line))
    if found.lines:
        console.print(_people_table(found, loaded, everything=everything))
        console.print()
    else:
        console.print("  The next poll would tell nobody anything new.\n")
    if everything and found.changes:
        console.print(_change_table(found, loaded))
        console.print()


def _notes(found: Preview, loaded: Configuration) -> Iterator[str]:
    title = loaded.mappings[found.source].file.title
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
    for rule, lacking in found.report.unmeasurable.items():
        names = ", ".join(sorted(lacking))
        yield f"  Cannot be measured here: {rule} ({title} lacks {names})"


def _rule_table(found: Preview, rules: Sequence[str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("  The next poll", no_wrap=True)
    heads = ("opens", "breaches", "escalates", "retargets", "closes", "tells of")
    for head in (*heads, "holds", "lines", "too old"):
        table.add_column(head, justify="right", no_wrap=True)
    for rule in rules:
        counts = _counts(found, rule).values()
        table.add_row(f"  {rule}", *(f"{n:,}" if n else "" for n in counts))
    return table


def _people_table(found: Preview, loaded: Configuration, *, everything: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in ("  Who would be told", "in the digest of", "of what", "step", ""):
        table.add_column(head, no_wrap=True)
    digests: dict[tuple[str, datetime], list[Line]] = {}
    for line in found.lines:
        digests.setdefault((line.notice.recipient, line.goes_at), []).append(line)
    shown = list(digests.items())[: None if everything else MOST]
    for (recipient, at), lines in shown:
        name = "nobody: name a fallback" if recipient == NOBODY else recipient
        _add_digest(table, name, _when(at, found, loaded), lines, everything=everything)
    if len(digests) > len(shown):
        table.add_row(f"  and {len(digests) - len(shown)} more digests (--all)")
    return table


def _add_digest(
    table: Table, name: str, when: str, lines: Sequence[Line], *, everything: bool
) -> None:
    counts = Counter((line.rule, line.step) for line in lines)
    for (rule, step), count in counts.items():
        people = words.plural(count, "application")
        table.add_row(Text(f"  {name}"), when, Text(rule), Text(step), people)
        name = when = ""
        for line in lines if everything else ():
            if (line.rule, line.step) == (rule, step):
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
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in ("  Alert", "application", "who", "becomes", "due"):
        table.add_column(head, no_wrap=True)
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
