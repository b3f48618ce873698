"""Arguments, printing and exit codes; each command is a module of its own.

A command's module is imported when it is asked for, so that `--help` is quick.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from monitor.cli import arguments
from monitor.errors import ConfigError, MonitorError, SourceError

FINE, FAILED, WRONG, FOUND = 0, 1, 2, 3
INTERRUPTED = 130


def main(given: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; errors are said on standard error."""
    parser = arguments.build()
    options = parser.parse_args(given)
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
        print(f"svar: {error}{_advice(error, options)}", file=sys.stderr)  # noqa: T201
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `svar check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    return code


def _advice(error: MonitorError, options: argparse.Namespace) -> str:
    """Return what to do where a recruiting database cannot be reached."""
    if isinstance(error, SourceError) and error.reason == "connect":
        return f"; edit {options.config}, or try svar doctor"
    return ""
