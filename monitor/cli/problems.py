"""Prints the problems of a configuration with the lines they stand on."""

import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from monitor import environment
from monitor.errors import ConfigError, Problem
from monitor.messages import words


def show(error: ConfigError, *, kept: str = "Nothing was changed.") -> None:
    """Print every problem, the line it is on, and how many there are."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for problem in error.problems:
        console.print(Text(str(problem)))
        for line in _excerpt(problem):
            console.print(Text(line, style="dim"))
    count = len(error.problems)
    files = len({each.file for each in error.problems if _is_file(each.file)})
    places = f" in {words.plural(files, 'file')}" if files else ""
    console.print(Text(f"{words.plural(count, 'problem')}{places}. {kept}"))
    sys.stderr.flush()


def _is_file(place: str) -> bool:
    """Tell a file, be it gone, from a folder, an option and a variable."""
    spoken = place.startswith(("--", environment.PREFIX))
    return not spoken and not Path(place).is_dir()


def _excerpt(problem: Problem) -> list[str]:
    """Return the line of the file with a mark below it, where the file is at hand."""
    if not problem.line:
        return []
    try:
        lines = Path(problem.file).read_text(encoding="utf-8").splitlines()
        line = lines[problem.line - 1]
    except (OSError, IndexError, UnicodeDecodeError):
        return []
    number = f"{problem.line:>6} | "
    mark = " " * (len(number) - 2) + "| " + " " * (problem.column - 1) + "^"
    return [f"{number}{line}", mark]
