"""Arguments, printing and exit codes; each command is a module of its own.

A command's module is imported when it is asked for, so that `--help` is quick.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from monitor.errors import ConfigError, MonitorError

DEFAULT_CONFIG = "config/svar.yaml"
FINE, FAILED, WRONG, FOUND = 0, 1, 2, 3
INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; errors are said on standard error."""
    parser = build()
    options = parser.parse_args(arguments)
    if options.module is None:
        parser.print_help()
        return WRONG
    try:
        command = importlib.import_module(f"monitor.cli.{options.module}")
        code: int = getattr(command, options.call)(options)
        sys.stdout.flush()  # here, where a reader that went away is no error
    except ConfigError as error:
        importlib.import_module("monitor.cli.problems").show(error)
        return WRONG
    except MonitorError as error:
        print(f"svar: {error}", file=sys.stderr)  # noqa: T201
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `svar check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    return code


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
    _rules(commands)
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
        "Work on the rules.",
        "svar rules check                the rules that the settings name",
        "svar rules check ./my-rules",
    )
    parser.set_defaults(module=None)
    inner = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    check = _command(
        inner, "check", "Check rule files; changes nothing.", "svar rules check"
    )
    check.set_defaults(module="rules", call="check")
    check.add_argument("folder", nargs="?", type=Path, help="a folder of rule files")
    check.add_argument("--json", action="store_true", help="one JSON object")
    _configured(check)


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


def _weeks(text: str) -> int:
    if not text.isdigit() or int(text) not in range(1, 53):
        message = f"{text} is not a number of weeks from 1 to 52"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _examples(*lines: str) -> str:
    return "\n".join(["examples:", *(f"  {line}" for line in lines)]) if lines else ""
