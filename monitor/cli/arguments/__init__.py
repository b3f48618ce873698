"""The whole command line: what each command takes, and its help."""

import argparse
from importlib.metadata import version
from pathlib import Path

from monitor.cli.arguments import alerts, rules
from monitor.cli.arguments.making import (
    Commands,
    command,
    configured,
    day,
    examples,
    weeks,
)


def build() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="svar",
        description="Makes sure that no candidate is left without an answer.",
        epilog=examples(
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
    _report(commands)
    rules.add(commands)
    alerts.add(commands)
    alerts.add_forget(commands)
    _schemas(commands)
    _doctor(commands)
    _db(commands)
    return parser


def _demo(commands: Commands) -> None:
    parser = command(
        commands,
        "demo",
        "Play some weeks of a hiring season over a real database, in a minute.",
        "svar demo",
        "svar demo --weeks 8 --seed 7 --all",
        "svar demo --keep ./try-svar     leaves a database and a configuration there",
    )
    parser.add_argument(
        "--weeks", type=weeks, default=6, help="how many weeks (default: 6)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="another seed, another story"
    )
    parser.add_argument(
        "--until",
        type=day,
        metavar="DAY",
        help="end as DAY begins, such as today (default: the same every day)",
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


def _run(commands: Commands) -> None:
    parser = command(
        commands,
        "run",
        "Keep watching: poll, nudge, serve /metrics. Reloads rules when they change.",
        "svar run",
        "svar run --once                 one full cycle with delivery, for cron",
        "kill -HUP PID                   reload now",
    )
    configured(parser)
    parser.add_argument("--once", action="store_true", help="one full cycle, then exit")


def _check(commands: Commands) -> None:
    parser = command(
        commands,
        "check",
        "Show who waits too long now. Writes nothing, sends nothing.",
        "svar check",
        "svar check --all                every application, not only the counts",
        "svar check --json | jq '.sources[].findings[].application'",
        "svar check --as-of 2026-11-23T09:00+01:00 --fail-on breached",
    )
    configured(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--all", action="store_true", help="list every application")
    parser.add_argument("--as-of", metavar="INSTANT", help="as if it were then")
    parser.add_argument(
        "--fail-on",
        choices=("warning", "breached"),
        help="exit with 3 if there is such a finding, or a worse one",
    )


def _explain(commands: Commands) -> None:
    parser = command(
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
    configured(parser)


def _report(commands: Commands) -> None:
    parser = command(
        commands,
        "report",
        "Show what the last weeks came to: promises kept, who waits, on whom. No names.",
        "svar report",
        "svar report --weeks 12 --format html --output report.html",
        "svar report --format json | jq '.sources[].weeks[-1].promises.all'",
    )
    parser.add_argument(
        "--weeks", type=weeks, default=4, help="how many weeks (default: 4)"
    )
    parser.add_argument(
        "--format",
        choices=("terminal", "markdown", "html", "json"),
        default="terminal",
        help="how it is written (default: terminal)",
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write it there, not on the screen"
    )
    parser.add_argument("--as-of", metavar="INSTANT", help="as if it were then")
    configured(parser)


def _schemas(commands: Commands) -> None:
    parser = command(
        commands,
        "schemas",
        "Write the JSON Schemas by which editors complete and check the YAML files.",
        "svar schemas config/schemas",
    )
    parser.add_argument("folder", type=Path, help="where to write them")


def _doctor(commands: Commands) -> None:
    parser = command(
        commands,
        "doctor",
        "Try every connection and say what is wrong and what to do.",
        "svar doctor",
    )
    configured(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _db(commands: Commands) -> None:
    parser = command(commands, "db", "Look after Svar's own state.", "svar db upgrade")
    parser.set_defaults(module=None)
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    upgrade = command(
        inner, "upgrade", "Bring the state's tables to this version.", "svar db upgrade"
    )
    upgrade.set_defaults(module="database", call="upgrade")
    configured(upgrade)
    backup = command(
        inner,
        "backup",
        "Copy a state in SQLite into a new file, also while svar runs.",
        "svar db backup /backups/svar-$(date +%F).db",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="where; must be new")
    backup.set_defaults(module="database", call="back_up")
    configured(backup)
    rename = command(
        inner,
        "rename-source",
        "Hand the memory of a source over to what the settings call it now.",
        "svar db rename-source demo ats",
    )
    rename.add_argument("old", metavar="OLD", help="its name until now")
    rename.add_argument("new", metavar="NEW", help="its name in the settings")
    rename.add_argument("--json", action="store_true", help="one JSON object")
    rename.set_defaults(module="database", call="rename_source")
    configured(rename)
