"""What holding findings against open alerts costs, beside making the findings.

    uv run python tests/bench/reconcile.py [--alerts 100000] [--runs 7]

Every application is late under one rule, and has its open alert. Prints medians of
alternating runs and their ratio: nothing changed, and one in a hundred changed; beside
them what it costs to read the open alerts from a state in SQLite. Asserts nothing.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor import alerts, evaluate
from monitor.alerts import Alert, Change
from monitor.cycle import reading
from monitor.evaluate import Check, Finding
from monitor.model import Application
from monitor.store import Store, ledger
from tests.builders import application, at, check, rule

Key = tuple[str, str]
NOW = at("2026-09-22 12:00")
LADDER = """[
  {at: 4 days before, tell: owner},
  {at: target, tell: owner, repeat: {every: 2 working days, at_most: 2}},
  {at: 8 working days after, tell: manager}]"""
CHUNK = 500  # as the daemon does it


def main() -> None:
    """Make as many late applications as asked for, and measure."""
    parser = argparse.ArgumentParser(description="Reconciling beside evaluating.")
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    ready = check(rule(ladder=LADDER), NOW)
    rows = [late(number) for number in range(options.alerts)]
    touched = [
        row._replace(recruiter="new@example.org") if number % 100 == 0 else row
        for number, row in enumerate(rows)
    ]
    same, some = find(ready, rows), find(ready, touched)
    print(f"{options.alerts:,} findings, {options.alerts:,} open alerts")
    with (
        tempfile.TemporaryDirectory(prefix="svar-bench-") as folder,
        closing(Store(f"sqlite:///{folder}/svar.db")) as store,
    ):
        fill(store, ready, same)
        opened = read(store)  # as a poll has them: no text is the very one of the row
        assert not reconcile(ready, same, opened)
        assert len(reconcile(ready, some, opened)) == -(-options.alerts // 100)
        jobs: dict[str, Callable[[], object]] = {
            "evaluate": lambda: find(ready, rows),
            "nothing changed": lambda: reconcile(ready, same, opened),
            "1 % changed": lambda: reconcile(ready, some, opened),
            "read from SQLite": lambda: read(store),
        }
        measure(jobs, options.runs)


def late(number: int) -> Application:
    """Return an application of two weeks and a little more ago."""
    return application(
        application_id=f"A{number}",
        candidate_ref=f"C{number}",
        applied_at=at("2026-09-07 09:00") + timedelta(seconds=number % 3600),
        recruiter=f"recruiter{number % 40}@example.org",
        job_ref=f"J{number % 900}",
        job_title=f"Nurse {number % 900}",
        department=f"Department {number % 30}",
        url=f"https://ats.example.org/applications/{number}",
    )


def find(ready: Check, rows: list[Application]) -> list[tuple[Application, Finding]]:
    """Return what the rule finds, some hundreds of rows at a time."""
    found: list[tuple[Application, Finding]] = []
    for start in range(0, len(rows), CHUNK):
        found += evaluate.find(ready, rows[start : start + CHUNK])
    return found


def reconcile(
    ready: Check, found: list[tuple[Application, Finding]], opened: dict[Key, Alert]
) -> list[Change]:
    """Hold the findings against the alerts as a cycle does; return what changes."""
    made, left = reading.Plan(NOW), dict[Key, Alert | None](opened)
    for row, finding in found:
        reading._meet(made, ready, row, finding, left)
    for row, _ in found:
        reading._settle(made, ready, row, left)
    assert not any(left.values())
    guarded = alerts.guard(made.closings, {ready.rule.id: len(opened)})
    return made.changes + guarded.changes


def fill(store: Store, ready: Check, found: list[tuple[Application, Finding]]) -> None:
    """Open an alert for each finding in an empty state."""
    store.upgrade()
    changes = [
        alerts.open_alert("ats", finding, ready.rule, closed=None, now=NOW)
        for _, finding in found
    ]
    with store.write() as connection:
        ledger.apply(connection, [(each, ()) for each in changes if each], now=NOW)


def read(store: Store) -> dict[Key, Alert]:
    """Read the open alerts, as every poll does first."""
    with store.read() as connection:
        return ledger.read_open(connection, "ats")


def measure(jobs: dict[str, Callable[[], object]], runs: int) -> None:
    """Print medians of alternating runs, and their ratio to the first job."""
    walls: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, work in jobs.items():
            gc.collect()
            began = time.perf_counter()
            work()
            walls[name].append(time.perf_counter() - began)
    [first, *_] = walls.values()
    for name, found in walls.items():
        ratio = median(one / other for one, other in zip(found, first, strict=True))
        print(
            f"  {name:<17}{median(found):6.3f} s ({min(found):.3f}-{max(found):.3f})"
            f"; ratio {ratio:.2f}"
        )


if __name__ == "__main__":
    main()
