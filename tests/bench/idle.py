"""What a tick with nothing due costs in a state with a long past.

    uv run python tests/bench/idle.py [--alerts 1000000] [--database sqlite|postgresql]

A tick is what the daemon does every five seconds: a run of the delivery, and the
figures of its backlog. The state holds closed alerts with a notice each and a post for
six of them, some open alerts that were told of, notices of tomorrow, people, and the
runs of 90 days. Prints medians and the statements that took longest; exit code 1
where a tick takes longer than LIMIT_MS.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, bindparam, event, insert, text

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor.delivery import Delivery
from monitor.store import Store, tables
from monitor.store.instants import Instant
from tests.bench import drain
from tests.bench.drain import Obliging
from tests.stories.delivery import post_office

NOON = post_office.NINE + timedelta(hours=3)
NIGHT = post_office.NINE + timedelta(hours=14)
LIMIT_MS = 20.0
TOLD_TOGETHER = 6  # notices in a post
PEOPLE, OPEN, TOMORROW = 200, 5_000, 2_000
RUNS = 90 * 24 * 12
BATCH = 5_000
SHOWN = 6

ALERTS = """
INSERT INTO alerts (id, source, rule, application_id, started_at, due_at, state, step,
  owner, recruiter, manager, candidate, job_ref, job_title, department, closing_polls,
  opened_at, closed_at, effective_at, reason, snoozes)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT i, 'ats', 'first-reply', 'A' || i, :at, :at,
  CASE WHEN i > :closed THEN 'breached' ELSE 'resolved' END, 1,
  'person' || (i % 200) || '@example.org', 'person' || (i % 200) || '@example.org',
  'manager' || (i % 500) || '@example.org', 'K. N.', 'J' || (i % 4000),
  'Opening ' || (i % 4000), 'Department ' || (i % 40), 0, :at,
  CASE WHEN i > :closed THEN NULL ELSE :at END,
  CASE WHEN i > :closed THEN NULL ELSE :at END,
  CASE WHEN i > :closed THEN NULL ELSE 'late' END, 0
FROM n
"""
NOTICES = """
INSERT INTO notices (alert_id, firing, kind, recipient, due_at, status, post_id,
  created_at, is_now)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
SELECT i, 'at target', 'breach', 'person' || (i % 200) || '@example.org', :at,
  CASE WHEN i % 10 = 0 THEN 'obsolete' ELSE 'sent' END,
  CASE WHEN i % 10 = 0 THEN NULL ELSE (i - 1) / :together + 1 END, :at, :no
FROM n
"""
QUEUED = """
INSERT INTO notices (alert_id, firing, kind, recipient, due_at, status, created_at,
  is_now)
SELECT id, 'step 2', 'breach', owner, :tomorrow, 'queued', :at, :no
FROM alerts WHERE id > :closed ORDER BY id LIMIT :tomorrows
"""

Times = Counter[str]


def main() -> int:
    """Measure the databases asked for."""
    parser = argparse.ArgumentParser(description="A tick with nothing due.")
    parser.add_argument("--alerts", type=int, default=1_000_000)
    parser.add_argument("--database", choices=tuple(drain.BOTH))
    parser.add_argument("--runs", type=int, default=21)
    options = parser.parse_args()
    slowest = 0.0
    for database in [options.database] if options.database else drain.BOTH:
        with (
            tempfile.TemporaryDirectory(prefix="svar-bench-") as name,
            drain.BOTH[database](Path(name)) as url,
            closing(Store(url)) as store,
        ):
            print(
                f"{database}, {options.alerts:,} closed alerts: filling ...", flush=True
            )
            store.upgrade()
            fill(store, options.alerts)
            slowest = max(slowest, measure(Path(name), store, options.runs))
    within = slowest <= LIMIT_MS
    print("within the limit" if within else f"{slowest:.1f} ms is over {LIMIT_MS} ms")
    return 0 if within else 1


def measure(folder: Path, store: Store, runs: int) -> float:
    """Print what a tick takes by day and by night; return the slower one's median."""
    loaded = post_office.configured(folder)
    transport = Obliging()
    delivery = Delivery(store, transport, lambda: loaded)
    found = []
    for when, now in (("by day", NOON), ("by night", NIGHT)):
        delivery.run(now=now)  # it writes that it lives, once in five minutes
        ticks: list[float] = []
        parts = {"run": 0.0, "backlog": 0.0}
        with timed(store) as statements:
            for _ in range(runs):
                begun = time.perf_counter()
                delivery.run(now=now)
                ran = time.perf_counter()
                delivery.backlog(now=now)
                ended = time.perf_counter()
                ticks.append((ended - begun) * 1000)
                parts["run"] += ran - begun
                parts["backlog"] += ended - ran
        shares = ", ".join(
            f"{name} {took / runs * 1000:.2f} ms" for name, took in parts.items()
        )
        print(
            f"  {when}: a tick {median(ticks):.2f} ms"
            f" ({min(ticks):.2f}-{max(ticks):.2f}); {shares}"
        )
        for statement, took in statements.most_common(SHOWN):
            print(f"    {took / runs * 1000:8.2f} ms  {statement[:150]}")
        found.append(median(ticks))
    if transport.posted:
        message = f"{transport.posted} posts where nothing was due"
        raise SystemExit(message)
    return max(found)


@contextmanager
def timed(store: Store) -> Iterator[Times]:
    """Give the seconds that each statement takes in the block."""
    times: Times = Counter()

    def before(connection: Connection, *_: Any) -> None:
        connection.info["began"] = time.perf_counter()

    def after(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        times[" ".join(statement.split())] += (
            time.perf_counter() - connection.info["began"]
        )

    event.listen(store.engine, "before_cursor_execute", before)
    event.listen(store.engine, "after_cursor_execute", after)
    try:
        yield times
    finally:
        event.remove(store.engine, "before_cursor_execute", before)
        event.remove(store.engine, "after_cursor_execute", after)


def fill(store: Store, closed: int) -> None:
    """Give the state a long past, and nothing that is due."""
    count, past = closed + OPEN, NOON - timedelta(days=60)
    instants = {"at": past, "tomorrow": NOON + timedelta(days=1)}
    binds = {
        "count": count,
        "closed": closed,
        "together": TOLD_TOGETHER,
        "tomorrows": TOMORROW,
        "no": False,
    }
    with store.write() as connection:
        _each(connection, tables.people, _people())
        _each(connection, tables.runs, _runs())
        _each(connection, tables.posts, _posts(count // TOLD_TOGETHER + 1))
        for script in (ALERTS, NOTICES, QUEUED):
            named = {
                name: value
                for name, value in (binds | instants).items()
                if f":{name}" in script
            }
            typed = [
                bindparam(name, type_=Instant()) for name in instants & named.keys()
            ]
            connection.execute(text(script).bindparams(*typed), named)
    with store.write() as connection:
        connection.execute(text("ANALYZE"))


def _each(connection: Connection, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, BATCH)):
        connection.execute(insert(table), batch)


def _people() -> Iterator[dict[str, Any]]:
    for number in range(PEOPLE):
        yield {
            "email": f"person{number}@example.org",
            "slack_id": f"U{number}",
            "channel": f"D{number}",
            "name": "Kari",
            "checked_at": NOON - timedelta(hours=1),
            "zone": "Europe/Oslo" if number % 2 else None,
        }


def _runs() -> Iterator[dict[str, Any]]:
    for number in range(RUNS):
        yield {
            "source": "ats",
            "as_of": NIGHT - timedelta(minutes=5) * (RUNS - number),
            "outcome": "ok",
            "applications": 5_000,
            "rejected": 0,
            "findings": 300,
            "changes": 2,
        }


def _posts(count: int) -> Iterator[dict[str, Any]]:
    """Yield a digest for each person on each day back from today."""
    today: date = NOON.date()
    for number in range(count):
        sent_on = today - timedelta(days=number // PEOPLE)
        at = NOON - timedelta(days=number // PEOPLE, hours=2)
        yield {
            "id": number + 1,
            "key": f"{number:032x}",
            "recipient": f"person{number % PEOPLE}@example.org",
            "sent_on": sent_on,
            "status": "sent",
            "attempts": 1,
            "rendered_at": at,
            "first_attempt_at": at,
            "claimed_at": at,
            "sent_at": at,
            "name": "Kari",
            "channel": f"D{number % PEOPLE}",
            "ts": f"1.{number:06d}",
            "digest": f"{number:032x}",
            "is_plain": False,
            "is_public": False,
        }


if __name__ == "__main__":
    sys.exit(main())
