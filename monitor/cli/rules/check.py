"""`svar rules check`: every problem of every file at once."""

import argparse
import json
import os

from monitor import configuration, rules
from monitor.cli import FINE, WRONG, problems
from monitor.errors import ConfigError
from monitor.rules import House


def run(options: argparse.Namespace) -> int:
    """Check the rule files; every problem of every file at once."""
    folder, house = options.folder, House()
    if folder is None or options.config.exists():
        where, house = configuration.surroundings(options.config, os.environ)
        folder = folder or where
    try:
        rulebook = rules.read(folder, house)
    except ConfigError as error:
        if options.json:
            _print_json(error)
        else:
            problems.show(
                error, kept="Nothing was changed; a running svar keeps its rules."
            )
        return WRONG
    if options.json:
        _print_json(None)
    else:
        names = ", ".join(rule.id for rule in rulebook.rules)
        count = len(rulebook.rules)
        print(f"{count} rule{'' if count == 1 else 's'} on, no problems: {names}")  # noqa: T201
    return FINE


def _print_json(error: ConfigError | None) -> None:
    found = [
        {
            "file": each.file,
            "line": each.line,
            "column": each.column,
            "key": each.key,
            "message": each.message,
        }
        for each in (error.problems if error else ())
    ]
    print(json.dumps({"problems": found}, indent=2, ensure_ascii=False))  # noqa: T201
