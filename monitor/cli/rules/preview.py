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
from monitor.cycle import Decider, Memory, recall
from monitor.errors import StoreError
from monitor.messages import words
from monitor.outbox import NOBODY
from monitor.proof.preview import Fate, Line, Preview, preview
from monitor.source import Source
from monitor.store import Store, turns

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
        store = _state(loaded, stack)
        for settings in loaded.settings.sources:
            mapping = loaded.mappings[settings.name]
            status = Console(stderr=True).status(f"reading {settings.name} ...")
            with closing(Source(settings, mapping)) as source, status:
                decider = Decider(source, loaded)
                memory = recall(store, source.name) if store else Memory()
                decision = decider.decide(memory, now=now)
            had = _had_post(store, loaded, now)
            found.append(
                preview(decision, loaded.rulebook, decider.digests, had_post=had)
            )
        return found, store.shown if store else None


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


def _had_post(
    store: Store | None, loaded: Configuration, now: datetime
) -> frozenset[str]:
    if store is None:
        return frozenset()
    with store.read() as connection:
        return turns.told_on(connection, loaded.calendar.local_day(now))


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
                "rule": change.alert.seen.rule,
                "application": change.alert.seen.application_id,
                "becomes": list(fates),
                "reasons": [each.reason for each in change.transitions],
                "due_at": _rfc3339(change.alert.seen.due_at),
            }
            for change, fates in sorted(
                found.changes, key=lambda each: each[0].alert.key
            )
        ],
        "notices": [
            {
                "recipient": line.notice.recipient,
                "rule": line.seen.rule,
                "application": line.seen.application_id,
                "step": line.step,
                "kind": line.notice.kind,
                "due_at": _rfc3339(line.notice.due_at),
                "goes_at": _rfc3339(line.goes_at),
            }
            for line in sorted(found.lines, key=_order)
        ],
    }


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _rules(found: Preview) -> list[str]:
    """Return the rules of which there is something to say."""
    names = {rule for rule, _ in found.tally} | set(found.notices)
    return sorted(names | set(found.report.held) | set(+found.report.backlog))


def _counts(found: Preview, rule: str) -> dict[str, int]:
    counts = {fate.value: found.tally[rule, fate] for fate in Fate}
    report = found.report
    return counts | {
        "held": report.held.get(rule, 0),
        "notices": found.notices[rule],
        "backlog": report.backlog[rule],
    }


def _order(line: Line) -> tuple[str, datetime, str, str]:
    return (
        line.notice.recipient,
        line.goes_at,
        line.seen.rule,
        line.seen.application_id,
    )


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
    console.print(head, "\n")
    if run.outcome != "ok":
        console.print(Text(f"  {run.error}"))
        console.print("  The next poll would change nothing and tell nobody.\n")
        return
    rules = _rules(found)
    if rules:
        console.print(_rule_table(found, rules), "\n")
    for line in _notes(found, loaded):
        console.print(Text(line))
    if found.lines:
        console.print(_people_table(found, loaded, everything=everything), "\n")
    else:
        console.print("  The next poll would tell nobody anything new.\n")
    if everything and found.changes:
        console.print(_change_table(found, loaded), "\n")


def _notes(found: Preview, loaded: Configuration) -> Iterator[str]:
    title = loaded.mappings[found.source].file.title
    for rule, count in sorted(found.report.held.items()):
        yield (
            f"  Held until three polls agree: {rule} would close {count:,} at once, "
            "which is more than is believed"
        )
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
    for line in sorted(found.lines, key=_order):
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
    counts = Counter((line.seen.rule, line.step) for line in lines)
    for (rule, step), count in counts.items():
        people = words.plural(count, "application")
        table.add_row(Text(f"  {name}"), when, Text(rule), Text(step), people)
        name = when = ""
        for line in lines if everything else ():
            if (line.seen.rule, line.step) == (rule, step):
                table.add_row("", "", "", "", Text(f"  {_who(line)}"))


def _who(line: Line) -> str:
    seen = line.seen
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
    for change, fates in sorted(found.changes, key=lambda each: each[0].alert.key):
        seen = change.alert.seen
        table.add_row(
            f"  {seen.rule}",
            Text(seen.application_id),
            Text(seen.candidate),
            ", ".join(fates),
            words.moment(seen.due_at, loaded.calendar, now=now),
        )
    return table
