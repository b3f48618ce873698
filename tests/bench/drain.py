"""What it costs us to hand a notice to Slack, where Slack answers at once.

    uv run python tests/bench/drain.py [--notices 10000] [--database sqlite|postgresql]

Two shapes: as many people with one notice each, and a hundredth of them with a hundred
each. No rate holds anything back, and the transport answers within this process, so
what is left is our own: claiming, rendering, writing down, and looking after 30 s
whether an edit is due. Prints medians; exit code 1 above the limits of LIMIT_MS on
SQLite and RATIO times that of SQLite on PostgreSQL.
"""

import argparse
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import func, select, text

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor.alerts import Alert, Change, State
from monitor.delivery import Delivery, Pace
from monitor.messages import Message
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.slack import Member
from monitor.store import Store, ledger, tables
from monitor.store.ledger import Owed
from tests import servers
from tests.builders import finding
from tests.stories.delivery import post_office

NOW = post_office.NINE
TICK = timedelta(seconds=5)
LIMIT_MS, RATIO = 3.0, 2.0
SHARED = 100  # notices of each person in the second shape


class Obliging:
    """A Slack that knows everybody and answers at once."""

    def __init__(self) -> None:
        self.posted = 0

    def whoami(self) -> tuple[str, set[str]]:
        return "bench", set()

    def lookup(self, email: str) -> Member:
        return Member(f"U{email}", "Kari")

    def open(self, member_id: str) -> str:
        return f"D{member_id}"

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool,
        thread: str | None = None,
    ) -> tuple[str, str]:
        self.posted += 1
        return channel, f"1.{self.posted:06d}"

    def update(self, channel: str, ts: str, message: Message, *, plain: bool) -> bool:
        return True

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> list[str]:
        return []

    def delete(self, channel: str, ts: str) -> None:
        return None


@dataclass(frozen=True)
class Drain:
    """What emptying one outbox took."""

    wall: float
    cpu: float
    runs: int
    posts: int


def main() -> int:
    """Measure the databases asked for, and hold them against the limits."""
    parser = argparse.ArgumentParser(description="Our own cost of a notice.")
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--database", choices=tuple(BOTH))
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    shapes = {"one each": 1, f"{SHARED} each": SHARED}
    costs: dict[tuple[str, str], float] = {}
    for database in [options.database] if options.database else BOTH:
        with (
            tempfile.TemporaryDirectory(prefix="svar-bench-") as name,
            BOTH[database](Path(name)) as url,
        ):
            for shape, each in shapes.items():
                drains = [
                    measure(Path(name), url, options.notices, each)
                    for _ in range(options.runs)
                ]
                costs[database, shape] = show(database, shape, drains, options.notices)
    return verdict(costs, list(shapes))


def show(database: str, shape: str, drains: list[Drain], notices: int) -> float:
    """Print what one shape took; return the milliseconds of a notice."""
    walls = [drain.wall / notices * 1000 for drain in drains]
    cpu = median(drain.cpu for drain in drains) / notices * 1000
    print(
        f"{database}, {notices:,} notices, {shape}: {median(walls):.2f} ms a notice"
        f" ({min(walls):.2f}-{max(walls):.2f}), own CPU {cpu:.2f} ms;"
        f" {drains[0].posts:,} posts in {drains[0].runs} ticks",
        flush=True,
    )
    return median(walls)


def verdict(costs: dict[tuple[str, str], float], shapes: list[str]) -> int:
    """Say which limit is not kept; return the exit code."""
    broken = []
    for shape in shapes:
        lite, large = (costs.get((database, shape)) for database in BOTH)
        if lite is not None and lite > LIMIT_MS:
            broken.append(f"sqlite, {shape}: {lite:.2f} ms is over {LIMIT_MS} ms")
        if lite is not None and large is not None and large > RATIO * lite:
            broken.append(
                f"postgresql, {shape}: {large / lite:.2f} times that of sqlite"
            )
    for each in broken or ["within the limits"]:
        print(each)
    return 1 if broken else 0


def measure(folder: Path, url: str, notices: int, each: int) -> Drain:
    """Fill an empty outbox and drain it."""
    loaded, transport = post_office.configured(folder), Obliging()
    with closing(Store(url)) as store:
        store.upgrade()
        empty(store)
        fill(store, notices, each)
        delivery = Delivery(store, transport, lambda: loaded, pace=Pace({}))
        wall, cpu, now, runs = time.perf_counter(), time.process_time(), NOW, 0
        while not is_done(store):
            delivery.run(now=now)
            now, runs = now + TICK, runs + 1
        took = time.perf_counter() - wall, time.process_time() - cpu
    if transport.posted != notices // each:
        message = f"{transport.posted} posts, {notices // each} are due"
        raise SystemExit(message)
    return Drain(*took, runs, transport.posted)


def empty(store: Store) -> None:
    """Forget what an earlier run left."""
    with store.write() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(table.delete())


def fill(store: Store, notices: int, each: int) -> None:
    """Owe so many notices, `each` of them to every person."""
    owed = [
        one(number, f"person{number // each}@example.org") for number in range(notices)
    ]
    with store.write() as connection:
        ledger.apply(connection, owed, now=NOW)
    if not store.is_sqlite:
        with store.write() as connection:
            connection.execute(text("ANALYZE"))


def one(number: int, recipient: str) -> Owed:
    """Return a breach with its notice to one person."""
    seen = finding(
        application_id=f"A{number}",
        job_ref=f"J{number % 400}",
        job_title=f"Opening {number % 400}",
        owner=recipient,
        recruiter=recipient,
        **post_office.LATE,
    )
    alert = Alert(None, "ats", seen, State.BREACHED, 1)
    return Change(alert, ()), (Notice("at target", Kind.BREACH, recipient, NOW),)


def is_done(store: Store) -> bool:
    """Tell whether all is sent, and looked at once more for edits."""
    waiting = select(func.count()).select_from(tables.notices)
    waiting = waiting.where(tables.notices.c.status != "sent")
    edits = select(func.count()).select_from(tables.posts)
    edits = edits.where(tables.posts.c.edit_due_at.is_not(None))
    with store.read() as connection:
        return not any(connection.execute(each).scalar() for each in (waiting, edits))


BOTH = servers.STATES

if __name__ == "__main__":
    sys.exit(main())
