"""How a command is put on the command line; the same for all of them."""

import argparse
import os
from datetime import date
from pathlib import Path
from typing import TypeAlias

DEFAULT_CONFIG = "config/svar.yaml"
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def command(
    commands: Commands,
    name: str,
    text: str,
    *given: str,
) -> argparse.ArgumentParser:
    """Add a command: its module is its name, its examples stand under its help."""
    made = commands.add_parser(
        name,
        help=text[0].lower() + text[1:].rstrip("."),
        description=text,
        epilog=examples(*given),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.set_defaults(module=name, call="run")
    return made


def configured(parser: argparse.ArgumentParser) -> None:
    """Let a command be told where the settings are."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get("SVAR_CONFIG", DEFAULT_CONFIG)),
        metavar="FILE",
        help=f"the settings (default: $SVAR_CONFIG or {DEFAULT_CONFIG})",
    )


def days(text: str) -> int:
    """Read a number of days."""
    if not text.isdigit() or int(text) not in range(1, 367):
        message = f"{text} is not a number of days from 1 to 366"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def weeks(text: str) -> int:
    """Read a number of weeks."""
    if not text.isdigit() or int(text) not in range(1, 53):
        message = f"{text} is not a number of weeks from 1 to 52"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f'{text} is not a day such as "2026-11-22"'
        raise argparse.ArgumentTypeError(message) from error


def examples(*lines: str) -> str:
    """Return the examples that stand under a help."""
    return "\n".join(["examples:", *(f"  {line}" for line in lines)]) if lines else ""
