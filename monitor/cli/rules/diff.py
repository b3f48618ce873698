"""`svar rules diff`: what an edit of the rules would open, close, retarget and tell."""

import argparse
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor import configuration, cycle
from monitor.cli import FINE, instants, printing
from monitor.cli.rules import revisions, tables
from monitor.configuration import Configuration
from monitor.messages import words
from monitor.outbox import NOBODY
from monitor.proof import difference
from monitor.proof.difference import Comparer, Difference, Edit, Edited, Effect, Fate
from monitor.rules import Rulebook
from monitor.settings import SourceSettings
from monitor.source import Source


@dataclass(frozen=True, slots=True)
class Result:
    """What the edit would do over one source, and which rules it cannot feed."""

    name: str
    title: str
    found: Difference
    unmeasurable: dict[str, set[str]]


def run(options: argparse.Namespace) -> int:
    """Read both sides, then each source once, and print what differs."""
    _, house = configuration.surroundings(options.config, os.environ)
    with revisions.opened("OLD", options.old) as old:
        before = old.read(house)
    with revisions.opened("NEW", options.new) as new:
        after = new.read(house)
    loaded = configuration.read(options.config, os.environ)
    now = instants.as_of(options.as_of, loaded)
    for given, rulebook in ((options.old, before), (options.new, after)):
        side = replace(loaded, rules_folder=Path(given), rulebook=rulebook)
        cycle.require_ready(side, now)
    edited = difference.edits(before, after, now=now)
    results = []
    for settings in loaded.settings.sources:
        with printing.reading(settings.name):
            results.append(_compare(settings, loaded, before, after, now))
    if options.json:
        sides = {"old": options.old, "new": options.new}
        found = {"as_of": instants.rfc3339(now), **sides, **_json(edited, results)}
        printing.write_json(found)
    else:
        _print(printing.console(), edited, results, loaded, now, everything=options.all)
    return FINE


def _compare(
    settings: SourceSettings,
    loaded: Configuration,
    before: Rulebook,
    after: Rulebook,
    now: datetime,
) -> Result:
    """Read a source once, with both sets of rules."""
    with Source.opened(loaded, settings) as source:
        columns = source.delivered(now)
        old, _ = cycle.split(before, columns)
        new, unmeasurable = cycle.split(after, columns)
        world, people = cycle.world(loaded, source), loaded.settings.people
        comparer = Comparer(old, new, world, people, now=now)
        with source.poll(now) as poll:
            made = comparer.compare(poll, kept=unmeasurable)
    return Result(settings.name, loaded.title(settings.name), made, unmeasurable)


def _json(edited: Sequence[Edited], results: Sequence[Result]) -> dict[str, object]:
    return {
        "rules": [
            {"rule": each.rule, "edit": each.edit, "changed": list(each.keys)}
            for each in edited
        ],
        "sources": [
            {
                "name": each.name,
                "applications": each.found.applications,
                "rules": {rule.rule: _counts(each.found, rule.rule) for rule in edited},
                "held": each.found.held,
                "not_measurable": list(each.unmeasurable),
                "alerts": [_effect(effect) for effect in each.found.effects],
            }
            for each in results
        ],
    }


def _counts(found: Difference, rule: str) -> dict[str, int]:
    told = sum(bool(each.told) for each in found.effects if each.seen.rule == rule)
    return {fate.value: found.counts[rule, fate] for fate in Fate} | {"tells": told}


def _effect(effect: Effect) -> dict[str, object]:
    before = effect.was_due_at
    return {
        "rule": effect.seen.rule,
        "application": effect.seen.application_id,
        "becomes": effect.fate,
        "was_due_at": before and instants.rfc3339(before),
        "due_at": None
        if effect.fate is Fate.CLOSES
        else instants.rfc3339(effect.seen.due_at),
        "tell": [each for each in effect.told if each != NOBODY],
    }


def _print(
    console: Console,
    edited: Sequence[Edited],
    results: Sequence[Result],
    loaded: Configuration,
    now: datetime,
    *,
    everything: bool,
) -> None:
    if all(each.edit is Edit.SAME for each in edited):
        console.print("Both sides hold the same rules.")
        return
    for each in results:
        when = words.moment(now, loaded.calendar, now=now)
        count = words.plural(each.found.applications, "application")
        console.print(printing.heading(each.title, f"as of {when}", count))
        console.print()
        console.print(_rule_table(edited, each.found))
        console.print()
        for line in _notes(edited, each):
            console.print(Text(line))
        if everything and each.found.effects:
            console.print(_alert_table(each.found.effects, loaded, now))
            console.print()
    console.print("Nothing was written, nothing was sent.")


def _rule_table(edited: Sequence[Edited], found: Difference) -> Table:
    rows: list[tables.Row] = [
        ((f"  {each.rule}", _edit(each)), tuple(_counts(found, each.rule).values()))
        for each in edited
        if each.edit is not Edit.SAME
    ]
    return tables.counts(("  Rule", "edit"), (*Fate, "tells"), rows)


def _edit(edited: Edited) -> str:
    keys = f": {', '.join(edited.keys)}" if edited.keys else ""
    return f"{edited.edit}{keys}"


def _notes(edited: Sequence[Edited], result: Result) -> Iterator[str]:
    """Yield what the table leaves out."""
    told = Counter(name for each in result.found.effects for name in each.told)
    for name, count in sorted(told.items()):
        shown = "nobody, since no fallback is named" if name == NOBODY else name
        yield f"  Told newly: {shown}, {words.plural(count, 'line')}"
    for rule, count in sorted(result.found.held.items()):
        yield (
            f"  Closed only when three polls agree: {rule}, {count:,} at once are more "
            "than is believed"
        )
    changed = {each.rule for each in edited if each.edit is not Edit.SAME}
    lacking = {r: names for r, names in result.unmeasurable.items() if r in changed}
    for line in printing.unmeasurable(result.title, lacking):
        yield f"  {line}"
    if result.found.held or told:
        yield ""


def _alert_table(
    effects: Sequence[Effect], loaded: Configuration, now: datetime
) -> Table:
    heads = ("  Alert", "application", "who", "becomes", "was due", "due", "tells")
    table = printing.table(*heads)
    for each in effects:
        seen, before = each.seen, each.was_due_at
        due = None if each.fate is Fate.CLOSES else seen.due_at
        table.add_row(
            f"  {seen.rule}",
            Text(seen.application_id),
            Text(seen.candidate),
            "tells" if each.fate is Fate.SAME else str(each.fate),
            *(
                words.moment(at, loaded.calendar, now=now) if at else ""
                for at in (before, due)
            ),
            Text(", ".join(name for name in each.told if name != NOBODY)),
        )
    return table
