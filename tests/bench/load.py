"""What loading and checking rule files costs, beside a bare parse of the same YAML.

    uv run python tests/bench/load.py [--files 500] [--runs 7]

The files are the shipped rules again and again, each under another id. The bare parse
is PyYAML's safe loader in C, which neither checks nor knows a line number. Prints
medians of alternating runs and their ratio; asserts nothing.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from statistics import median

import yaml

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor import rules, shipped
from monitor.rules import Rulebook
from tests.bench.rules import timed


def main() -> None:
    """Write the files, and load them in turn."""
    parser = argparse.ArgumentParser(description="Loading rules beside a bare parse.")
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rules", type=Path, default=shipped.folder() / "rules")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="svar-bench-") as name:
        folder = Path(name)
        write(folder, rules.files(options.rules), options.files)
        book = load(folder)
        count = len(book.rules) + len(book.off)
        print(f"{options.files} files, {count} rules")
        jobs: dict[str, Callable[[], object]] = {
            "bare parse": lambda: parse(folder),
            "load and check": lambda: load(folder),
        }
        walls: dict[str, list[float]] = {job: [] for job in jobs}
        for _ in range(options.runs):
            for job, work in jobs.items():
                walls[job].append(timed(work))
    bare = walls["bare parse"]
    for job, found in walls.items():
        ratio = median(one / other for one, other in zip(found, bare, strict=True))
        print(
            f"  {job:<15}{median(found):6.3f} s ({min(found):.3f}-{max(found):.3f})"
            f"; ratio {ratio:.1f}"
        )


def write(folder: Path, origins: list[Path], count: int) -> None:
    """Fill a folder with so many rule files, each of whose rules has its own id."""
    for number, path in enumerate(islice(cycle(origins), count)):
        text = path.read_text(encoding="utf-8")
        text = text.replace("- id: ", f"- id: n{number}-")
        (folder / f"{number:04d}.yaml").write_text(text, encoding="utf-8")


def load(folder: Path) -> Rulebook:
    """Load and check the rules, as the daemon does when it starts or reloads."""
    return rules.read(folder)


def parse(folder: Path) -> list[object]:
    """Parse the files and make nothing of them."""
    return [
        yaml.load(path.read_bytes(), yaml.CSafeLoader)
        for path in sorted(folder.glob("*.yaml"))
    ]


if __name__ == "__main__":
    main()
