"""Plays the simulation from the command line.

python -m tests.simulation --seeds 1000 [--from N] [--jobs N] [--backend both]
python -m tests.simulation --seed 17
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator

from tests.simulation import running
from tests.simulation.running import Tally

KINDS = ("sqlite", "postgresql")


def main() -> int:
    """Play the seeds that are asked for, and say what they came to."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=1000, help="how many")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--backend", choices=(*KINDS, "both"), default="both")
    options = parser.parse_args()
    kinds = KINDS if options.backend == "both" else (options.backend,)
    seeds = range(options.first, options.first + options.seeds)
    if options.seed is not None:
        seeds, options.jobs = range(options.seed, options.seed + 1), 1
    began = time.monotonic()
    total = running.run(seeds, kinds, options.jobs)
    for line in show(total, time.monotonic() - began):
        sys.stdout.write(f"{line}\n")
    return 1 if total.broken else 0


def show(total: Tally, seconds: float) -> Iterator[str]:
    """Yield the lines that say what the stories came to."""
    kinds = ", ".join(f"{count} on {kind}" for kind, count in total.stories.items())
    yield f"{total.stories.total():,} stories ({kinds}) in {seconds:.0f} s"
    yield f"{total.events:,} events, {total.jobs:,} jobs, {total.messages:,} messages"
    yield from (f"  {n:7,}  {what}" for what, n in sorted(total.happened.items()))
    yield from total.failures
    if total.broken:
        yield f"broken: {', '.join(map(str, sorted(total.broken)))}"
    else:
        yield "no law was broken"


if __name__ == "__main__":
    sys.exit(main())
