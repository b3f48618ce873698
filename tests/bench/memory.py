"""What a poll of a large SQLite source costs in memory, and whether that grows.

    uv run python tests/bench/memory.py [--rows 100000 1000000]

Prints the most memory that was ever resident (VmHWM, so Linux only) for each size and
poll, each measured in a process of its own; asserts nothing. In the first poll 2 % of
the applications open an alert; in the second nothing changed.
"""

import argparse
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor.cycle import Cycle
from monitor.source import Source
from monitor.store import Store
from tests.bench import world

POLLS = ("idle", "first poll", "second poll")
MEGABYTE = 1_000_000


def main() -> None:
    """Measure each size, or be the process that is measured."""
    parser = argparse.ArgumentParser(description="Peak memory of a poll.")
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--measured", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measured:
        folder, name = options.measured
        poll(Path(folder), name)
        return
    peaks = {rows: measure(rows) for rows in options.rows}
    first, last = min(peaks), max(peaks)
    for name in POLLS[1:]:
        growth = peaks[last][name] / peaks[first][name] - 1
        print(f"{name}: {first:,} to {last:,} applications {growth:+.1%}")


def measure(rows: int) -> dict[str, int]:
    """Print and return the peak of each poll of a database with so many rows."""
    with tempfile.TemporaryDirectory(prefix="svar-bench-") as folder:
        print(f"{rows:,} applications: filling ...", flush=True)
        world.build(database(Path(folder)), rows)
        peaks = {}
        for name in POLLS:
            command = [sys.executable, __file__, "--measured", folder, name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ourselves
            peak, _, said = done.stdout.strip().partition(" ")
            peaks[name] = int(peak)
            print(f"  {name:<12}{peaks[name] / MEGABYTE:6.1f} MB  {said}", flush=True)
        return peaks


def poll(folder: Path, name: str) -> None:
    """Poll once, unless idle, and print this process's peak in bytes."""
    loaded = world.configure(folder, database(folder))
    (settings,) = loaded.settings.sources
    said = ""
    with (
        closing(Source(settings, loaded.mappings[settings.name])) as ats,
        closing(Store(loaded.settings.state.url.get_secret_value())) as store,
    ):
        store.upgrade()
        if name != POLLS[0]:
            run = Cycle(store, ats, loaded, edited=False).run(now=world.NOW).run
            said = f"{run.findings:,} findings, {run.changes:,} changes"
    print(peak(), said)


def peak() -> int:
    """Return the most bytes that were ever resident in this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    message = "the kernel does not say VmHWM"
    raise RuntimeError(message)


def database(folder: Path) -> str:
    """Return the address of the source in this folder."""
    return f"sqlite:///{folder / 'recruiting.db'}"


if __name__ == "__main__":
    main()
