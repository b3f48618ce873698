"""The whole command line: what each command takes, and its help."""

import argparse
import os
from importlib.metadata import version
from pathlib import Path

DEFAULT_CONFIG = "config/svar.yaml"


def build() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="svar",
        description="Makes sure that no candidate is left without an answer.",
        epilog=_examples(
            "svar demo                       see it work, in a minute, on this machine",
            "svar check                      who waits too long now; sends nothing",
            "svar run                        keep watching",
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"svar {version('svar')}"
    )
    parser.set_defaults(module=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _demo(commands)
    _run(commands)
    _check(commands)
    _explain(commands)
    _rules(commands)
    _schemas(commands)
    _doctor(commands)
    _db(commands)
    return parser


Commands = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(
    commands: Commands,  # type: ignore[valid-type] # argparse names it only in private
    name: str,
    text: str,
    *examples: str,
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(  # type: ignore[attr-defined]
        name,
        help=text[0].lower() + text[1:].rstrip("."),
        description=text,
        epilog=_examples(*examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(module=name, call="run")
    return made


def _configured(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get("SVAR_CONFIG", DEFAULT_CONFIG)),
        metavar="FILE",
        help=f"the settings (default: $SVAR_CONFIG or {DEFAULT_CONFIG})",
    )


def _demo(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(
        commands,
        "demo",
        "Play some weeks of a hiring season over a real database, in a minute.",
        "svar demo",
        "svar demo --weeks 8 --seed 7 --all",
        "svar demo --keep ./try-svar     leaves a database and a configuration there",
    )
    parser.add_argument(
        "--weeks", type=_weeks, default=6, help="how many weeks (default: 6)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, another story"
    )
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="leave all of it in DIR"
    )
    parser.add_argument("--all", action="store_true", help="draw every message in full")
    parser.add_argument(
        "--listen",
        default="127.0.0.1:9464",
        metavar="HOST:PORT",
        help="where /metrics is while it plays",
    )


def _run(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(
        commands,
        "run",
        "Keep watching: poll, nudge, serve /metrics. Reloads rules when they change.",
        "svar run",
        "svar run --once                 one full cycle with delivery, for cron",
        "kill -HUP PID                   reload now",
    )
    _configured(parser)
    parser.add_argument("--once", action="store_true", help="one full cycle, then exit")


def _check(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(
        commands,
        "check",
        "Show who waits too long now. Writes nothing, sends nothing.",
        "svar check",
        "svar check --all                every application, not only the counts",
        "svar check --json | jq '.sources[].findings[].application'",
        "svar check --as-of 2026-11-23T09:00+01:00 --fail-on breached",
    )
    _configured(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--all", action="store_true", help="list every application")
    parser.add_argument("--as-of", metavar="INSTANT", help="as if it were then")
    parser.add_argument(
        "--fail-on",
        choices=("warning", "breached"),
        help="exit with 3 if there is such a finding, or a worse one",
    )


def _rules(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(
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
    inner: Commands,  # type: ignore[valid-type]
    name: str,
    text: str,
    *examples: str,
) -> argparse.ArgumentParser:
    """Add a command on rules: its module is `rules.NAME`, and it takes --json."""
    made = _command(inner, name, text, *examples)
    made.set_defaults(module=f"rules.{name}")
    made.add_argument("--json", action="store_true", help="one JSON object")
    _configured(made)
    return made


def _rules_check(inner: Commands) -> None:  # type: ignore[valid-type]
    check = _rules_command(
        inner,
        "check",
        "Check rule files; changes nothing.",
        "svar rules check",
        "svar rules check ./my-rules",
    )
    check.add_argument("folder", nargs="?", type=Path, help="a folder of rule files")


def _rules_list(inner: Commands) -> None:  # type: ignore[valid-type]
    _rules_command(
        inner,
        "list",
        "List the rules: what each promises, and whether it is on.",
        "svar rules list",
    )


def _rules_test(inner: Commands) -> None:  # type: ignore[valid-type]
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


def _rules_preview(inner: Commands) -> None:  # type: ignore[valid-type]
    preview = _rules_command(
        inner,
        "preview",
        "Show what the next poll would open, close and tell, and whom. Sends nothing.",
        "svar rules preview",
        "svar rules preview --all",
    )
    preview.add_argument("--all", action="store_true", help="name every application")


def _rules_diff(inner: Commands) -> None:  # type: ignore[valid-type]
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
    diff.add_argument("--all", action="store_true", help="name every application")


def _rules_backtest(inner: Commands) -> None:  # type: ignore[valid-type]
    backtest = _rules_command(
        inner,
        "backtest",
        "Show what each rule would have sent in the last days, per day and person.",
        "svar rules backtest --days 90",
        "svar rules backtest --days 30 --rules ./my-rules",
    )
    backtest.add_argument(
        "--days", type=_days, default=90, help="how many days back (default: 90)"
    )
    backtest.add_argument(
        "--rules", type=Path, metavar="DIR", help="other rules than those in use"
    )


def _explain(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(
        commands,
        "explain",
        "Show every clock of one application: what started it, what counted, what is next.",
        "svar explain 8812",
        "svar explain 8812 --source opencats --all",
    )
    parser.add_argument("application", help="its id in the recruiting database")
    parser.add_argument("--source", help="the source to look in, where ids repeat")
    parser.add_argument(
        "--all", action="store_true", help="also rules that do not concern it"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--as-of", metavar="INSTANT", help="as if it were then")
    _configured(parser)


def _schemas(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(
        commands,
        "schemas",
        "Write the JSON Schemas by which editors complete and check the YAML files.",
        "svar schemas config/schemas",
    )
    parser.add_argument("folder", type=Path, help="where to write them")


def _doctor(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(
        commands,
        "doctor",
        "Try every connection and say what is wrong and what to do.",
        "svar doctor",
    )
    _configured(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _db(commands: Commands) -> None:  # type: ignore[valid-type]
    parser = _command(commands, "db", "Look after Svar's own state.", "svar db upgrade")
    parser.set_defaults(module=None)
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    upgrade = _command(
        inner, "upgrade", "Bring the state's tables to this version.", "svar db upgrade"
    )
    upgrade.set_defaults(module="database", call="upgrade")
    _configured(upgrade)


def _days(text: str) -> int:
    if not text.isdigit() or int(text) not in range(1, 367):
        message = f"{text} is not a number of days from 1 to 366"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _weeks(text: str) -> int:
    if not text.isdigit() or int(text) not in range(1, 53):
        message = f"{text} is not a number of weeks from 1 to 52"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _examples(*lines: str) -> str:
    return "\n".join(["examples:", *(f"  {line}" for line in lines)]) if lines else ""
