"""`svar rules check`: every problem of every file at once."""

import argparse
import os
from dataclasses import asdict

from monitor import configuration, rules
from monitor.cli import FINE, WRONG, printing, problems
from monitor.errors import ConfigError
from monitor.messages import words
from monitor.proof import trials
from monitor.rules import House, Rulebook


def run(options: argparse.Namespace) -> int:
    """Check the rules, the profiles and the tests; every problem at once."""
    try:
        rulebook = _read(options)
    except ConfigError as error:
        if options.json:
            found = [asdict(problem) for problem in error.problems]
            printing.write_json({"problems": found})
        else:
            problems.show(
                error, kept="Nothing was changed; a running svar keeps its rules."
            )
        return WRONG
    if options.json:
        printing.write_json({"problems": []})
    else:
        names = ", ".join(rule.id for rule in rulebook.rules)
        count = words.plural(len(rulebook.rules), "rule")
        print(f"{count} on, no problems: {names}")  # noqa: T201
    return FINE


def _read(options: argparse.Namespace) -> Rulebook:
    """Return the rules; raise ConfigError with what is wrong in any of the files."""
    folder, house = options.folder, House()
    if folder is None or options.config.exists():
        try:
            where, house = configuration.surroundings(options.config, os.environ)
        except ConfigError as error:
            others = configuration.problems_of_rules(options.config, folder)
            raise ConfigError([*error.problems, *others]) from error
        folder = folder or where
    rulebook = rules.read(folder, house)
    trials.read(trials.files(folder / rules.TESTS), folder, house)
    return rulebook
