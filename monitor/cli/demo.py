"""`svar demo`: a season in a minute, on a fresh machine."""

import argparse
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli import FINE
from monitor.daemon import server
from monitor.demo import home, names, play
from monitor.demo.play import Outcome
from monitor.demo.stage import Stage
from monitor.demo.world import World
from monitor.errors import MonitorError
from monitor.messages import words
from monitor.metrics import Metrics
from monitor.settings import MetricsSettings
from monitor.worktime import Calendar


def run(options: argparse.Namespace) -> int:
    """Play the season and say what it came to."""
    console = Console(highlight=False)
    story = play.season(options.seed, options.weeks, options.until)
    with ExitStack() as stack:
        folder = options.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory())
        )
        settings = home.build(folder, listen=options.listen, people=story.arrangements)
        stage = Stage(console, story.people, Calendar(zone="Europe/Oslo", hours={}))
        stage.is_verbose = options.all
        daemon = play.open_daemon(settings, story, stage)
        stack.callback(daemon.close)
        stage.calendar = daemon.configuration.calendar
        url = stack.enter_context(_metrics(options.listen, daemon.metrics))
        _introduce(console, story, url)
        outcome = play.run(story, daemon, stage, folder)
    _summarise(console, story, stage, outcome)
    if options.keep:
        _next(console, settings, outcome, stage)
    else:
        console.print(
            "To look at it as an HR lead or an admin: svar demo --keep ./try-svar"
        )
    return FINE


@contextmanager
def _metrics(listen: str, metrics: Metrics) -> Iterator[str]:
    """Serve /metrics while the demo plays, on another port if this one is taken."""
    wanted = MetricsSettings.model_validate({"listen": listen}).listen
    pages: server.Pages = {"/metrics": server.metrics_page(metrics.expose)}
    try:
        http: ThreadingHTTPServer = server.serve(wanted, pages)
    except MonitorError:
        http = server.serve((wanted[0], 0), pages)
    try:
        yield f"http://{wanted[0]}:{http.server_address[1]}/metrics"
    finally:
        http.shutdown()
        http.server_close()


def _introduce(console: Console, story: World, url: str) -> None:
    weeks = (story.ends_at - story.starts_at).days // 7
    console.print(
        Text(f"{names.EMPLOYER}, {words.plural(weeks, 'week')} of hiring", "bold"),
        f"· {len(story.jobs)} jobs, {len(story.cases)} applications, a SQLite database",
    )
    console.print(
        "The promise: every candidate hears back within 14 days. Svar polls the database, "
        "read-only, and tells the one person who owes the next step. The clock runs fast.\n"
        f"Metrics while it plays: {url}\n"
    )


def _summarise(console: Console, story: World, stage: Stage, outcome: Outcome) -> None:
    console.print()
    console.print(_before_and_after(outcome))
    told = Table(
        box=None, padding=(0, 2, 0, 2), title="Who was told", title_justify="left"
    )
    told.add_column("")
    told.add_column("messages", justify="right")
    for channel, digests in sorted(stage.digests.items(), key=lambda each: -each[1]):
        told.add_row(stage.who(channel), str(digests))
    console.print(told)
    days = (story.ends_at - story.starts_at).days * 5 // 7
    console.print(
        f"Never more than one message per person and day, over {days} working days; "
        f"{stage.edits} edited when an answer came.",
        soft_wrap=True,
    )


def _before_and_after(outcome: Outcome) -> Table:
    table = Table(
        box=None, padding=(0, 2, 0, 2), title="The season", title_justify="left"
    )
    for name in ("", "without Svar", "with Svar"):
        table.add_column(name, justify="right" if name else "left")
    without, with_svar = outcome.without, outcome.with_svar
    for what, name in (
        ("applications", "applications"),
        ("waited more than 14 days", "over_14_days"),
        ("forgotten: over 14 days and still no answer", "forgotten"),
        ("decided and never told", "untold"),
    ):
        table.add_row(what, str(getattr(without, name)), str(getattr(with_svar, name)))
    table.add_row(
        "longest wait",
        words.plural(without.longest_wait.days, "day"),
        words.plural(with_svar.longest_wait.days, "day"),
    )
    return table


def _next(console: Console, settings: Path, outcome: Outcome, stage: Stage) -> None:
    config = shlex.quote(str(settings))
    as_of = outcome.ends_at.astimezone(stage.calendar.zone).isoformat(
        timespec="minutes"
    )
    console.print(f"\nKept in {settings.parent.parent}. Try next:", soft_wrap=True)
    console.print(f"  svar check --config {config} --as-of {as_of}", soft_wrap=True)
    console.print(f"  svar report --config {config} --as-of {as_of}", soft_wrap=True)
    console.print(f"  svar run --config {config}", soft_wrap=True)
