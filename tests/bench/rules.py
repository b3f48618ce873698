"""What holding rules against applications costs, beside loops written by hand.

    uv run python tests/bench/rules.py [--rows 100000] [--runs 7]

All shipped rules, also those that are off, over applications in memory. Prints medians
of alternating runs: microseconds for each application and rule, and the ratio to a
loop that does the same comparisons with the same cutoffs. What such a loop finds is
written up by the same code as ours: who, due when, which step. Both find the same, or
the script says which rule does not and fails.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor import cycle, evaluate, rules, shipped
from monitor.evaluate import Check, Finding, World
from monitor.model import Application
from monitor.rules import Rulebook
from monitor.source import CHUNK, Source
from tests.bench import by_hand, world
from tests.bench.by_hand import Rows

Found = tuple[Application, Finding]


def main() -> None:
    """Measure each rule alone, and all of them together."""
    parser = argparse.ArgumentParser(description="Rules beside loops by hand.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--rules", type=Path, default=shipped.folder() / "rules")
    options = parser.parse_args()
    book = rules.read(options.rules)
    rows, office = applications(options.rows)
    checks = evaluate.prepare(Rulebook(book.rules + book.off), office, now=world.NOW)
    chunks = [rows[n : n + CHUNK] for n in range(0, len(rows), CHUNK)]
    print(f"{len(rows):,} applications, {len(checks)} rules", flush=True)
    sums = [0.0, 0.0]
    for check in checks:
        walls = compare(check, chunks, options.runs)
        sums = [total + wall for total, wall in zip(sums, walls, strict=True)]
    each = sums[0] / len(rows) / len(checks) * 1e6
    print(f"all: {each:.2f} us an application and rule; ratio {sums[0] / sums[1]:.2f}")


def applications(rows: int) -> tuple[list[Application], World]:
    """Return the applications of the benchmarks' database, and their calendars."""
    with tempfile.TemporaryDirectory(prefix="svar-bench-") as folder:
        url = f"sqlite:///{folder}/recruiting.db"
        world.build(url, rows)
        loaded = world.configure(Path(folder), url)
        (settings,) = loaded.settings.sources
        mapping = loaded.mappings[settings.name]
        with (
            closing(Source(settings, mapping)) as source,
            source.poll(world.NOW) as poll,
        ):
            return list(poll), cycle.world(loaded, source)


def compare(check: Check, chunks: Sequence[Rows], runs: int) -> tuple[float, float]:
    """Return the median seconds of the rule and of its loop; print them."""
    loop = by_hand.BY_HAND[check.rule.id]

    def ours() -> list[Found]:
        return [found for rows in chunks for found in evaluate.find(check, rows)]

    def theirs() -> list[Found]:
        late = (loop(check, rows) for rows in chunks)
        return [found for rows in late for found in evaluate.find(check, rows)]

    found, expected = ours(), theirs()
    if found != expected:
        message = f"{check.rule.id}: found {len(found):,}, by hand {len(expected):,}"
        raise SystemExit(message)
    walls = [(timed(ours), timed(theirs)) for _ in range(runs)]
    first, second = (median(each) for each in zip(*walls, strict=True))
    ratio = median(one / other for one, other in walls)
    count = sum(map(len, chunks))
    print(
        f"  {check.rule.id:<24}{len(found):>8,} found {first / count * 1e6:6.2f} us"
        f"   by hand {second / count * 1e6:6.2f} us   ratio {ratio:.2f}"
    )
    return first, second


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that the work takes."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
