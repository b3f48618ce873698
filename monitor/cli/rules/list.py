"""`svar rules list`: what each rule promises, whom it tells, and whether it is on."""

import argparse
import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from rich.table import Table
from rich.text import Text

from monitor import configuration, rules, yamlfile
from monitor.cli import FINE, printing
from monitor.messages import words
from monitor.rules import Firing, Kind, Rule, Rulebook, RuleFile


def run(options: argparse.Namespace) -> int:
    """Print the rules that the settings name, those that are on first."""
    folder, house = configuration.surroundings(options.config, os.environ)
    rulebook = rules.read(folder, house)
    profiles = _profiles(folder)
    if options.json:
        printing.write_json(_json(rulebook, profiles))
        return FINE
    console = printing.console()
    console.print(_table(rulebook))
    console.print()
    on, off = len(rulebook.rules), len(rulebook.off)
    used = f"; with the profiles {', '.join(profiles)}" if profiles else ""
    console.print(Text(f"{words.plural(on, 'rule')} on, {off} off{used}."))
    return FINE


def _profiles(folder: Path) -> list[str]:
    """Return the profiles that the rule files name, in their order."""
    files = (yamlfile.build(RuleFile, yamlfile.read(p)) for p in rules.files(folder))
    return list(dict.fromkeys(name for file in files for name in file.extends))


def steps(rule: Rule) -> Iterator[str]:
    """Yield the ladder in words, one step at a time; what goes without saying is left out."""
    told = [each for each in rule.firings if each.kind is not Kind.HEADS_UP]
    told.sort(key=lambda each: each.at)
    found = [list(same) for _, same in groupby(told, key=lambda each: each.at)]
    for same in sorted(found, key=lambda each: each[0].place):
        yield _step(same)


def _step(firings: Sequence[Firing]) -> str:
    first, *repeats = firings
    text = f"{first.at}: {', '.join(first.tell)}"
    if not repeats:
        return text
    every, _ = repeats[0].shifts[-1]
    times = words.plural(len(repeats), "more time", "more times")
    return f"{text}, {times} every {every}"


def _json(rulebook: Rulebook, profiles: Sequence[str]) -> dict[str, object]:
    entries = [_entry(rule, is_on=True) for rule in rulebook.rules]
    entries += [_entry(rule, is_on=False) for rule in rulebook.off]
    return {"profiles": list(profiles), "rules": entries}


def _entry(rule: Rule, *, is_on: bool) -> dict[str, object]:
    return {
        "id": rule.id,
        "on": is_on,
        "title": rule.title,
        "promise": rule.promise,
        "owner": rule.owner,
        "severity": rule.severity,
        "steps": list(steps(rule)),
        "why": rule.why.strip(),
        "source": rule.source,
    }


def _table(rulebook: Rulebook) -> Table:
    table = printing.table("rule", "", "promise", "who owes it")
    table.add_column("steps")
    for rule in rulebook.rules:
        table.add_row(*_row(rule), style="")
    for rule in rulebook.off:
        table.add_row(*_row(rule, said="off"), style="dim")
    return table


def _row(rule: Rule, *, said: str = "on") -> tuple[Text | str, ...]:
    owner = "whoever has the ball" if rule.owner == "has_ball" else rule.owner
    return (
        Text(rule.id),
        said,
        rule.promise,
        Text(owner.replace("_", " ")),
        Text("\n".join(steps(rule))),
    )
