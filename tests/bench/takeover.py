"""How long nobody watches after a replica was killed: two daemons on one PostgreSQL.

    uv run python tests/bench/takeover.py [--runs 3] [--lease "30 seconds"]

The first daemon delivers and polls most sources; it is killed (SIGKILL) at a moment of
its rhythm that differs from run to run. Prints the seconds from the kill until the
second had all leases, and until it had polled all sources; ends with 1 where a run took
more than the limit.
"""

import argparse
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests import servers
from tests.fakes import FakeSlack
from tests.stories.daemon.process import eventually
from tests.stories.daemon.tower import LEASES, SOURCES, Tower, leads, two

LIMIT = 35.0
PHASE = 3.7  # seconds more before the kill in each run; renewals come every ten
POLLED = "svar_source_last_success_timestamp_seconds"


def main() -> int:
    """Kill one daemon after the other and time the one that is left."""
    parser = argparse.ArgumentParser(description="Take-over after a kill.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--lease", default="30 seconds")
    options = parser.parse_args()
    worst = 0.0
    with ExitStack() as stack:
        server = stack.enter_context(servers._started_postgresql())
        for run in range(options.runs):
            took, polled = follow(server, options.lease, wait=1 + run * PHASE % 10)
            print(f"  run {run + 1}: leases {took:5.1f} s, polled {polled:5.1f} s")
            worst = max(worst, polled)
    print(f"at most {worst:.1f} s with a lease of {options.lease}; limit {LIMIT:.0f} s")
    return int(worst > LIMIT)


def follow(server: str, lease: str, *, wait: float) -> tuple[float, float]:
    """Return the seconds until the second had all leases, and had polled all sources."""
    with ExitStack() as stack:
        drop = "DROP DATABASE {} WITH (FORCE)"
        url = stack.enter_context(servers._fresh_database(server, drop=drop))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="svar-")))
        slack = stack.enter_context(FakeSlack())
        tower = Tower(folder / "office", url, slack, lease=lease)
        first, second = stack.enter_context(two(tower))
        time.sleep(wait)
        first.signal(signal.SIGKILL)
        killed_at = time.monotonic()
        eventually(lambda: leads(second) == LEASES, what="a take-over")
        took = time.monotonic() - killed_at
        eventually(
            lambda: all(second.metric(POLLED, source=each) for each in SOURCES),
            what="polls",
        )
        return took, time.monotonic() - killed_at


if __name__ == "__main__":
    sys.exit(main())
