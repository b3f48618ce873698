"""`svar rules test`: the admins' own tests of their rules, without a database."""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor import configuration, rules, shipped
from monitor.cli import FAILED, FINE, WRONG, instants, printing, problems
from monitor.cli.arguments.making import DEFAULT_CONFIG
from monitor.cli.rules import junit
from monitor.cli.rules.junit import Result
from monitor.errors import ConfigError, Problem
from monitor.messages import words
from monitor.proof import trials
from monitor.proof.trials import Difference, Failure
from monitor.rules import House
from monitor.worktime import Calendar

NOTHING = "nothing"


def run(options: argparse.Namespace) -> int:
    """Run the tests, and print what was not as expected."""
    started = time.perf_counter()
    try:
        folder, house = _surroundings(options)
        suites = trials.read(_files(options.files, folder), folder, house)
    except ConfigError as error:
        if options.json:
            found = [asdict(problem) for problem in error.problems]
            printing.write_json({"problems": found})
        else:
            problems.show(error, kept="No test was run.")
        return WRONG
    results = [_timed(suite, trial) for suite in suites for trial in suite.trials]
    seconds = time.perf_counter() - started
    if options.junit:
        _write(options.junit, junit.render(results, _texts))
    if options.json:
        printing.write_json(_json(results, seconds))
    else:
        _print(results, seconds)
    return FAILED if any(result.failures for result in results) else FINE


def _surroundings(options: argparse.Namespace) -> tuple[Path, House]:
    """Return the folder of the rules, and what they may speak of where that is known."""
    if options.config.exists() or options.config != Path(DEFAULT_CONFIG):
        folder, house = configuration.surroundings(options.config, os.environ)
        return options.rules or folder, house
    here = Path("rules")
    ours = here if here.is_dir() else shipped.folder() / "rules"
    return options.rules or ours, House()


def _files(named: Sequence[Path], folder: Path) -> list[Path]:
    """Return the files to run; a folder stands for those in it."""
    asked = named or [folder / rules.TESTS]
    found = [
        path
        for each in asked
        for path in (trials.files(each) if each.is_dir() else [each])
    ]
    missing = not named and not asked[0].is_dir()
    if found and not missing:
        return found
    message = "holds no test; put a *.yaml there"
    raise ConfigError([Problem(str(each), 0, 0, "", message) for each in asked])


def _timed(suite: trials.Suite, trial: trials.Trial) -> Result:
    started = time.perf_counter()
    failures = trials.run(suite, trial)
    return Result(suite, trial, failures, time.perf_counter() - started)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise ConfigError([Problem(str(path), 0, 0, "--junit", message)]) from error


def _print(results: Sequence[Result], seconds: float) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for result in results:
        for failure in result.failures:
            place = f"{result.suite.file}:{failure.line}"
            console.print(Text(f"{place}  {result.trial.name}", "bold"))
            for line in _lines(failure, result.suite.world.calendar):
                console.print(Text(line, _STYLES.get(line.strip()[:1], "")))
            console.print()
    console.print(Text(_sum(results, seconds)))


_STYLES = {"-": "red", "+": "green"}


def _sum(results: Sequence[Result], seconds: float) -> str:
    """Return how it went, in one line."""
    failed = sum(bool(result.failures) for result in results)
    files = words.plural(len({result.suite.file for result in results}), "file")
    text = f"{words.plural(len(results), 'test')} in {files}: "
    if failed:
        text += f"{len(results) - failed:,} as expected, {failed:,} not"
    else:
        text += "all as expected" if len(results) > 1 else "as expected"
    return f"{text} ({seconds:.1f} s)"


def _texts(result: Result) -> Iterator[str]:
    """Yield each failure of a test as plain text."""
    for failure in result.failures:
        lines = _lines(failure, result.suite.world.calendar)
        yield "\n".join([f"{result.suite.file}:{failure.line}", *lines])


def _lines(failure: Failure, calendar: Calendar) -> Iterator[str]:
    """Yield a failure as a difference, in words and local times."""
    yield f"  on {_when(failure.now, calendar, failure.now)}"
    for each in failure.differences:
        yield f"    - expected  {_facts(each, each.expected, calendar, failure.now)}"
        yield f"    + found     {_facts(each, each.found, calendar, failure.now)}"


def _facts(
    difference: Difference,
    facts: trials.Facts | None,
    calendar: Calendar,
    now: datetime,
) -> str:
    """Return what was expected or found: "first-reply for A1: state breached"."""
    if facts is None:
        return f"no {difference.about}" if difference.expected is None else NOTHING
    name = f"{difference.about}: {facts['rule']} for {facts['application']}"
    said = [
        f"{key} {_when(value, calendar, now) if isinstance(value, datetime) else value}"
        for key, value in facts.items()
        if key not in trials.NAMES
    ]
    return ", ".join([name, *said])


def _when(at: datetime, calendar: Calendar, now: datetime) -> str:
    """Return the local time in words, with seconds only where there are some."""
    text = words.moment(at, calendar, now=now)
    exact = at.time().isoformat()
    return text + exact[len("00:00") :] if exact > f"{at:%H:%M}:00" else text


def _json(results: Sequence[Result], seconds: float) -> dict[str, object]:
    return {
        "tests": len(results),
        "failed": sum(bool(result.failures) for result in results),
        "seconds": round(seconds, 3),
        "results": [
            {
                "file": result.suite.file,
                "line": result.trial.line,
                "name": result.trial.name,
                "seconds": round(result.seconds, 3),
                "failures": [_failure(each) for each in result.failures],
            }
            for result in results
        ],
    }


def _failure(failure: Failure) -> dict[str, object]:
    return {
        "line": failure.line,
        "now": instants.rfc3339(failure.now),
        "differences": [
            {
                "about": each.about,
                "expected": _all_plain(each.expected),
                "found": _all_plain(each.found),
            }
            for each in failure.differences
        ],
    }


def _all_plain(facts: trials.Facts | None) -> dict[str, object] | None:
    return None if facts is None else {key: _plain(v) for key, v in facts.items()}


def _plain(value: Any) -> object:
    return instants.rfc3339(value) if isinstance(value, datetime) else value
