"""What a scrape costs: 200 departments, 30 rules, everybody waits on somebody.

    uv run python tests/bench/scrape.py [--departments 200] [--rules 30]

Prints the median over real HTTP in both formats, beside what rendering everything anew
would take, which is what a poll pays once; asserts nothing.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[2]))

from monitor import delivery
from monitor.configuration import Configuration
from monitor.daemon import server
from monitor.figures.nouns import HOLDERS, Days, Figures, Kept, Window
from monitor.metrics import Format, Metrics, Ran, Work
from monitor.metrics.business import PHASES
from monitor.rules import Rulebook
from monitor.store.outbox.mail import Backlog
from tests.unit.figures.scraping import (
    DAY,
    NOW,
    SOURCE,
    figures,
    loaded,
    report,
    spread,
)

RUNS = 31


def main() -> None:
    """Measure both formats."""
    parser = argparse.ArgumentParser(description="What a scrape costs.")
    parser.add_argument("--departments", type=int, default=200)
    parser.add_argument("--rules", type=int, default=30)
    options = parser.parse_args()
    configured = with_rules(options.rules)
    found = full(configured, options.departments)
    metrics = told(configured, found)
    page = server.metrics_page(metrics.expose)
    http = server.serve(("127.0.0.1", 0), {"/metrics": page})
    port = http.server_address[1]
    for form in Format:
        seconds, size = scraped(port, form)
        anew = rendered(configured, found, form)
        print(
            f"{form.name.lower():<12} {size / 1e6:.1f} MB"
            f"  scrape {seconds * 1e3:.1f} ms  anew {anew * 1e3:.0f} ms"
            f"  {anew / seconds:.0f} times as long"
        )
    told_again = timed(lambda: metrics.cycled(report(found), [], {}), 3)
    print(f"a poll's report, which renders both: {told_again * 1e3:.0f} ms")
    http.shutdown()


def with_rules(count: int) -> Configuration:
    """Return the shipped configuration with so many rules."""
    first = loaded().rulebook.rules[0]
    rules = tuple(replace(first, id=f"rule-{n}") for n in range(count))
    return replace(loaded(), rulebook=Rulebook(rules))


def full(configured: Configuration, departments: int) -> Figures:
    """Return figures where every combination has somebody."""
    where = ["other", *(f"Department {n}" for n in range(departments))]
    rules = [rule.id for rule in configured.rulebook.rules]
    return figures(
        waiting=Counter(
            {(d, b, days): 5 for d in where for b in HOLDERS for days in Days}
        ),
        turns={(d, p, b): 1.5 for d in where for p in PHASES for b in HOLDERS},
        overdue=Counter({(d, b): 1 for d in where for b in HOLDERS}),
        promises={
            (rule, d, window): Kept(5, 4)
            for rule in rules
            for d in where
            for window in Window
        },
    )


def told(configured: Configuration, found: Figures) -> Metrics:
    """Return the metrics of a process that has polled once."""
    made = Metrics()
    made.configured(configured, now=NOW)
    rules = [rule.id for rule in configured.rulebook.rules]
    effects = {(SOURCE, rule): spread(DAY) for rule in rules}
    made.cycled(report(found), [], effects)
    made.beat(now=NOW)
    made.scheduled(Work.POLL, Ran.EXECUTED)
    made.delivered(delivery.Report(), Backlog({}, None, 0), now=NOW)
    return made


def rendered(configured: Configuration, found: Figures, form: Format) -> float:
    """Return how long it takes to report a poll and to render all of it."""
    return timed(lambda: told(configured, found).expose(form), 3)


def scraped(port: int, form: Format) -> tuple[float, int]:
    """Return the median time of a scrape over HTTP, and its size."""
    accept = "application/openmetrics-text" if form is Format.OPENMETRICS else "*/*"

    def get() -> int:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/metrics", headers={"Accept": accept})
        body = connection.getresponse().read()
        connection.close()
        return len(body)

    return timed(get, RUNS), get()


def timed(work: Callable[[], object], runs: int) -> float:
    """Return the median time of some work, after one run to warm up."""
    work()
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


if __name__ == "__main__":
    main()
