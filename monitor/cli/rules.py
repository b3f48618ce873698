"""`svar rules ...`: work on the rules before they bite."""

import argparse
import json
import os

from monitor import rules, settings
from monitor.cli import FINE, WRONG, problems
from monitor.errors import ConfigError


def check(options: argparse.Namespace) -> int:
    """Check the rule files; every problem of every file at once."""
    roles: tuple[str, ...] = ()
    folder = options.folder
    if folder is None or options.config.exists():
        found, _ = settings.read(options.config, os.environ)
        roles = tuple(found.people.roles)
        folder = folder or (options.config.parent / found.rules).resolve()
    try:
        rulebook = rules.read(folder, roles=roles)
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
