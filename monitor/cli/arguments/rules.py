"""What `svar rules ...` takes."""

import argparse
from pathlib import Path

from monitor.cli.arguments.making import Commands, command, configured, days


def add(commands: Commands) -> None:
    """Add `svar rules` with all its commands."""
    parser = command(
        commands,
        "rules",
        "Work on the rules: check them, test them, see what an edit would do.",
        "svar rules check                the rules that the settings name",
        "svar rules test                 the admins' own tests of them",
        "svar rules preview              what the next poll would tell, and whom",
    )
    parser.set_defaults(module=None)
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _rules_check(inner)
    _rules_list(inner)
    _rules_test(inner)
    _rules_preview(inner)
    _rules_diff(inner)
    _rules_backtest(inner)


def _rules_command(
    inner: Commands,
    name: str,
    text: str,
    *examples: str,
) -> argparse.ArgumentParser:
    """Add a command on rules: its module is `rules.NAME`, and it takes --json."""
    made = command(inner, name, text, *examples)
    made.set_defaults(module=f"rules.{name}")
    made.add_argument("--json", action="store_true", help="one JSON object")
    configured(made)
    return made


def _as_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", metavar="INSTANT", help="as if it were then")


def _rules_check(inner: Commands) -> None:
    check = _rules_command(
        inner,
        "check",
        "Check rule files; changes nothing.",
        "svar rules check",
        "svar rules check ./my-rules",
    )
    check.add_argument("folder", nargs="?", type=Path, help="a folder of rule files")


def _rules_list(inner: Commands) -> None:
    _rules_command(
        inner,
        "list",
        "List the rules: what each promises, and whether it is on.",
        "svar rules list",
    )


def _rules_test(inner: Commands) -> None:
    test = _rules_command(
        inner,
        "test",
        "Run the admins' tests of the rules; needs no database and sends nothing.",
        "svar rules test                 every file in rules/tests",
        "svar rules test rules/tests/first-reply.yaml",
        "svar rules test --junit report.xml",
    )
    test.add_argument("files", nargs="*", type=Path, help="test files")
    test.add_argument(
        "--rules", type=Path, metavar="DIR", help="the rules, where no settings exist"
    )
    test.add_argument("--junit", type=Path, metavar="FILE", help="a report for CI")


def _rules_preview(inner: Commands) -> None:
    preview = _rules_command(
        inner,
        "preview",
        "Show what the next poll would open, close and tell, and whom. Sends nothing.",
        "svar rules preview",
        "svar rules preview --all",
        "svar rules preview --as-of 2026-11-23T09:00+01:00",
    )
    _as_of(preview)
    preview.add_argument("--all", action="store_true", help="name every application")


def _rules_diff(inner: Commands) -> None:
    diff = _rules_command(
        inner,
        "diff",
        "Show which alerts an edit of the rules would open, close or retarget.",
        "svar rules diff rules ./my-rules",
        "svar rules diff HEAD:rules rules",
        "svar rules diff HEAD~3:rules HEAD:rules",
    )
    diff.add_argument("old", metavar="OLD", help="a folder, or REVISION:PATH of git")
    diff.add_argument("new", metavar="NEW", help="a folder, or REVISION:PATH of git")
    _as_of(diff)
    diff.add_argument("--all", action="store_true", help="name every application")


def _rules_backtest(inner: Commands) -> None:
    backtest = _rules_command(
        inner,
        "backtest",
        "Show what each rule would have sent in the last days, per day and person.",
        "svar rules backtest --days 90",
        "svar rules backtest --days 30 --rules ./my-rules",
    )
    backtest.add_argument(
        "--days", type=days, default=90, help="how many days back (default: 90)"
    )
    _as_of(backtest)
    backtest.add_argument(
        "--rules", type=Path, metavar="DIR", help="other rules than those in use"
    )
