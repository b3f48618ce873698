"""What a poll costs beside a bare fetch of the same rows.

    uv run python tests/bench/poll.py [--rows 200000] [--database sqlite|postgresql]

Prints medians of alternating runs and their ratio; asserts nothing. The bare fetch is
the same SQL with the same binds in the same read-only session, streamed in partitions
of the same size, and only iterated; `uncounted` is `check` without the figures. Without
--database both are measured.
"""

import argparse
import gc
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor import cycle, evaluate, source
from monitor.configuration import Configuration
from monitor.cycle import Cycle
from monitor.source import Source
from monitor.store import Store, tables
from tests import servers
from tests.bench import world

Work = Callable[[], object]


def main() -> None:
    """Measure the databases asked for."""
    parser = argparse.ArgumentParser(description="A poll beside a bare fetch.")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    for database in [options.database] if options.database else BOTH:
        with (
            tempfile.TemporaryDirectory(prefix="svar-bench-") as folder,
            BOTH[database](Path(folder)) as url,
        ):
            print(f"{database}, {options.rows:,} applications: filling ...", flush=True)
            world.build(url, options.rows)
            measure(Path(folder), url, options.runs)


def measure(folder: Path, url: str, runs: int) -> None:
    """Print what the polls of this database cost."""
    loaded = world.configure(folder, url)
    (settings,) = loaded.settings.sources
    with (
        closing(Source(settings, loaded.mappings[settings.name])) as ats,
        closing(Store(loaded.settings.state.url.get_secret_value())) as store,
    ):
        store.upgrade()
        cycles = Cycle(store, ats, loaded, edited=False)
        fetch(ats)  # so that nothing measured is the first to touch the file
        bare, _ = timed(lambda: fetch(ats))
        wall, _ = timed(lambda: cycles.run(now=world.NOW))
        print(f"  first poll {wall:6.2f} s, once; ratio {wall / bare:.2f}")
        jobs: dict[str, Work] = {
            "bare fetch": lambda: fetch(ats),
            "uncounted": lambda: uncounted(ats, loaded),
            "check": lambda: cycle.check(ats, loaded, now=world.NOW),
            "second poll": lambda: cycles.run(now=world.NOW),
        }
        before = state(store)
        compare(jobs, runs)
        print(f"  state before the second polls: {before}")
        print(f"  state after {runs} of them:        {state(store)}")
        print(f"  changes in the next:         {cycles.run(now=world.NOW).run.changes}")


def compare(jobs: dict[str, Work], runs: int) -> None:
    """Run the jobs in turn, and print each one's median and its ratio to the first."""
    walls: dict[str, list[float]] = {name: [] for name in jobs}
    cpus: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, work in jobs.items():
            wall, cpu = timed(work)
            walls[name].append(wall)
            cpus[name].append(cpu)
    first = next(iter(jobs))
    for name in jobs:
        wall, cpu = median(walls[name]), median(cpus[name])
        ratios = [a / b for a, b in zip(walls[name], walls[first], strict=True)]
        print(
            f"  {name:<11}{wall:6.2f} s ({min(walls[name]):.2f}-{max(walls[name]):.2f}),"
            f" own CPU {cpu:5.2f} s; ratio {median(ratios):.2f}"
            f" (CPU {cpu / median(cpus[first]):.2f})"
        )


def timed(work: Work) -> tuple[float, float]:
    """Return the seconds and the CPU seconds of this process that the work takes."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def fetch(ats: Source) -> int:
    """Iterate the very rows of a poll, and do nothing with them."""
    sql, count = ats.mapping.applications, 0
    with ats.engine.connect() as connection:
        streaming = connection.execution_options(stream_results=True)
        result = streaming.execute(text(sql), ats.binds(world.NOW, sql))
        for partition in result.partitions(source.CHUNK):
            for _ in partition:
                count += 1
    return count


def uncounted(ats: Source, loaded: Configuration) -> object:
    """Poll as `check` does, without counting the figures."""
    rulebook, _ = cycle.split(loaded.rulebook, ats.delivered(world.NOW))
    checks = evaluate.prepare(rulebook, cycle.world(loaded, ats), now=world.NOW)
    with ats.poll(world.NOW) as poll:
        return cycle.plan(poll, checks, open_alerts={}, now=world.NOW)


def state(store: Store) -> str:
    """Return how many rows each table of the state has."""
    with store.read() as connection:
        counts = {
            table.name: connection.execute(
                text(f"SELECT COUNT(*) FROM {table.name}")  # noqa: S608 - names are ours
            ).scalar_one()
            for table in tables.metadata.sorted_tables
        }
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """Give the address of a SQLite file that is not there yet."""
    yield f"sqlite:///{folder / 'recruiting.db'}"


@contextmanager
def postgresql(_: Path) -> Iterator[str]:
    """Give the address of an empty database on a PostgreSQL server of our own."""
    with servers._started_postgresql() as url:
        yield url


BOTH = {"sqlite": sqlite, "postgresql": postgresql}

if __name__ == "__main__":
    main()
