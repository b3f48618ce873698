"""What a backtest of many days costs beside a bare fetch of the same rows.

    uv run python tests/bench/backtest.py [--rows 100000] [--days 90] [--runs 3]

Prints medians of alternating runs and their ratio; asserts nothing. The bare fetch is
that of `poll.py`. With --all the rules that are off are held against the days as well.
"""

import argparse
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor.cli.rules.backtest import replay
from monitor.rules import Rulebook
from monitor.source import Source
from tests.bench import world
from tests.bench.poll import compare, fetch


def main() -> None:
    """Fill a database, and read it in turn."""
    parser = argparse.ArgumentParser(description="A backtest beside a bare fetch.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="svar-bench-") as folder:
        url = f"sqlite:///{folder}/recruiting.db"
        print(f"{options.rows:,} applications: filling ...", flush=True)
        world.build(url, options.rows)
        loaded = world.configure(Path(folder), url)
        book = loaded.rulebook
        if options.all:
            loaded = replace(loaded, rulebook=Rulebook(book.rules + book.off))
        (settings,) = loaded.settings.sources
        with closing(Source(settings, loaded.mappings[settings.name])) as ats:
            fetch(ats)  # so that nothing measured is the first to touch the file
            sent, _ = replay(loaded, options.days, now=world.NOW)
            compare(
                {
                    "bare fetch": lambda: fetch(ats),
                    "backtest": lambda: replay(loaded, options.days, now=world.NOW),
                },
                options.runs,
            )
    print(
        f"  {len(loaded.rulebook.rules)} rules, {len(sent.days)} days with digests, "
        f"{sent.lines.total():,} lines in {len(sent.digests):,} digests"
    )


if __name__ == "__main__":
    main()
