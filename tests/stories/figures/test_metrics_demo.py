"""A season's /metrics: everything of the list is there, and nobody is named."""

import logging
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics import parser as openmetrics
from rich.console import Console

from monitor import configuration, metrics
from monitor.daemon import Daemon
from monitor.demo import ats, home, play
from monitor.demo.stage import Stage
from monitor.metrics import Format
from monitor.worktime import Calendar

SEED, WEEKS = 7, 9
MORNING = datetime(2026, 11, 5, 9, 30, tzinfo=UTC)  # a Thursday, the last in the season
NAMING = """
    SELECT name FROM people UNION SELECT email FROM people
    UNION SELECT name FROM candidates UNION SELECT email FROM candidates
    UNION SELECT id FROM candidates UNION SELECT id FROM applications
    UNION SELECT id FROM jobs UNION SELECT title FROM jobs
"""
# What a season without a law's rule, an edit or a Slack does not have.
NOT_IN_THE_DEMO = {
    "svar_legal_due_seconds",
    "svar_legal_missed_applications",
    "svar_source_errors_total",
    "svar_rows_rejected_total",
    "svar_config_edit_alerts_total",
    "svar_slack_calls_total",
    "svar_slack_token_valid",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "kept"
    home.build(folder, listen="127.0.0.1:0")
    return folder


@pytest.fixture(scope="module")
def daemon(folder: Path) -> Iterator[Daemon]:
    """A daemon that nudged on a morning of the last week, and polled at its end."""
    story = play.season(SEED, WEEKS)
    console = Console(quiet=True)
    stage = Stage(console, story.people, Calendar(zone="Europe/Oslo", hours={}))
    loaded = configuration.read(folder / "config" / "svar.yaml", {})
    log = logging.Logger("test", logging.CRITICAL)  # noqa: LOG001 - one for this test
    made = Daemon(loaded, {}, stage, log)
    try:
        made.open(now=story.starts_at)
        ahead, before = list(story.events), story.starts_at
        for now in (MORNING, story.ends_at):
            with closing(sqlite3.connect(folder / home.DATABASE)) as connection:
                ats.apply(connection, [e for e in ahead if before <= e.at < now])
                connection.commit()
            stage.now = before = now
            made.poll(made.sources[0], now=now)
            told = made.deliver(now=now).told
            nudged = {
                each.recipient: [alert.seen.application_id for alert, _ in each.told]
                for each in told
            }
            ahead = sorted([*ahead, *story.reactions(nudged, now)], key=lambda e: e.at)
        yield made
    finally:
        made.close()


def families(daemon: Daemon) -> Iterator[Metric]:
    """Yield what a Prometheus reads, in the format that it asks for."""
    page = daemon.metrics.expose(Format.OPENMETRICS).decode()
    yield from openmetrics.text_string_to_metric_families(page)  # type: ignore[no-untyped-call]


def test_everything_of_the_list_has_a_sample(daemon: Daemon) -> None:
    found = {sample.name for family in families(daemon) for sample in family.samples}
    lacking = {name for name, kept in metrics.names().items() if not kept & found}
    assert lacking == NOT_IN_THE_DEMO


def test_nobody_and_no_job_is_named(daemon: Daemon, folder: Path) -> None:
    with closing(sqlite3.connect(folder / home.DATABASE)) as connection:
        naming = {str(value) for (value,) in connection.execute(NAMING) if value}
    assert len(naming) > 500
    values = {
        value
        for family in families(daemon)
        for sample in family.samples
        for key, value in sample.labels.items()
        if key != "le"
    }
    assert {
        (name, value) for name in naming for value in values if name in value
    } == set()


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_has_nothing_to_complain_of(daemon: Daemon) -> None:
    done = subprocess.run(
        ["promtool", "check", "metrics"],  # noqa: S607 - whichever is installed
        input=daemon.metrics.expose(),
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")
