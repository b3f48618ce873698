"""/metrics over a real daemon: it parses, it names nobody, it forgets what is gone."""

import io
import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from monitor.daemon import Daemon, server
from monitor.metrics import Format
from monitor.terminal import Terminal
from tests.stories import office
from tests.stories.office import NOW, Office
from tests.unit.figures.test_metrics_text import PROMETHEUS

OURS = ("svar_", "process_", "python_")
# The figures that operators build alerts on; a rename would silence them.
PROMISED = {
    "svar_alert_oldest_overdue_seconds",
    "svar_alert_transitions",
    "svar_alerts",
    "svar_applications",
    "svar_backlog_applications",
    "svar_build_info",
    "svar_calendar_valid_until_timestamp_seconds",
    "svar_config_last_reload_successful",
    "svar_config_last_reload_success_timestamp_seconds",
    "svar_cycle_duration_seconds",
    "svar_cycles",
    "svar_mass_closure_held",
    "svar_outbox_messages",
    "svar_outbox_oldest_due_seconds",
    "svar_people_unreachable",
    "svar_posts",
    "svar_rows_rejected",
    "svar_rule_last_success_timestamp_seconds",
    "svar_rule_unmeasurable",
    "svar_rules_loaded",
    "svar_scheduler_heartbeat_timestamp_seconds",
    "svar_slack_token_valid",
    "svar_source_errors",
    "svar_source_findings",
    "svar_source_future_applications",
    "svar_source_last_success_timestamp_seconds",
    "svar_source_rows_rejected",
}


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office", calendar={"country": "NO"})
    office.furnish(made)
    return made


@pytest.fixture
def daemon(place: Office) -> Iterator[Daemon]:
    paper = Terminal(Console(file=io.StringIO()))
    log = logging.Logger("test", logging.CRITICAL)  # noqa: LOG001 - one for each test
    log.addHandler(logging.NullHandler())
    loaded = place.load({"SVAR_SLACK__TOKEN": "xoxb-never-used"})
    made = Daemon(loaded, {}, paper, log)
    try:
        made.open(now=NOW)
        yield made
    finally:
        made.close()


def work(daemon: Daemon, *, after: timedelta = timedelta(0)) -> None:
    """Poll and deliver once."""
    daemon.poll(daemon.sources[0], now=NOW + after)
    daemon.deliver(now=NOW + after)


def scrape(daemon: Daemon) -> dict[str, Metric]:
    page = daemon.metrics.expose().decode()
    return {each.name: each for each in text_string_to_metric_families(page)}


def samples(daemon: Daemon, name: str) -> dict[tuple[str, ...], float]:
    """Return a family's samples by their labels' values."""
    family = scrape(daemon)[name]
    return {tuple(each.labels.values()): each.value for each in family.samples}


def test_a_scrape_before_the_first_poll_parses(daemon: Daemon) -> None:
    assert samples(daemon, "svar_rules_loaded") == {(): 3}
    assert all(value == 0 for value in samples(daemon, "svar_alerts").values())


def test_every_promised_family_is_there_and_explained(daemon: Daemon) -> None:
    work(daemon)
    found = scrape(daemon)
    assert found.keys() >= PROMISED
    assert all(name.startswith(OURS) for name in found)
    assert all(family.documentation for family in found.values())


def test_no_label_names_a_person_or_a_job(daemon: Daemon, place: Office) -> None:
    office.distort(place, "answered", applied_at="soon")
    work(daemon)
    values = {
        value
        for family in scrape(daemon).values()
        for sample in family.samples
        for value in sample.labels.values()
    }
    assert not any("@" in value for value in values)
    people = {*office.NAMES.values(), "reviewed", "declined", "dev", "Developer"}
    assert values & people == set()


def test_the_figures_are_those_of_the_office(daemon: Daemon) -> None:
    work(daemon)
    assert samples(daemon, "svar_alerts") == {
        ("decided-not-told", "recruiting", "warning"): 0,
        ("decided-not-told", "recruiting", "breached"): 1,
        ("decided-not-told", "recruiting", "escalated"): 0,
        ("first-reply", "recruiting", "warning"): 1,
        ("first-reply", "recruiting", "breached"): 1,
        ("first-reply", "recruiting", "escalated"): 0,
        ("manager-review", "recruiting", "warning"): 0,
        ("manager-review", "recruiting", "breached"): 0,
        ("manager-review", "recruiting", "escalated"): 1,
    }
    assert sum(samples(daemon, "svar_applications").values()) == 6
    overdue = samples(daemon, "svar_alert_oldest_overdue_seconds")
    late_by = timedelta(days=3).total_seconds()
    assert overdue["first-reply", "recruiting"] == late_by


def test_the_series_of_a_rule_that_is_removed_vanish(
    daemon: Daemon, place: Office
) -> None:
    work(daemon)
    (place.rules / "manager-review.yaml").unlink()
    assert daemon.reload()
    work(daemon, after=timedelta(minutes=5))
    gauges = [each for each in scrape(daemon).values() if each.type == "gauge"]
    rules = {s.labels.get("rule") for each in gauges for s in each.samples}
    assert rules == {None, "decided-not-told", "first-reply"}


def test_applications_that_count_for_nothing_are_counted(
    daemon: Daemon, place: Office
) -> None:
    office.apply(place, "ancient", NOW, days=170)
    office.apply(place, "tomorrow", NOW, days=-1)
    work(daemon)
    backlog = samples(daemon, "svar_backlog_applications")
    assert backlog["first-reply", "recruiting"] == 1
    assert samples(daemon, "svar_source_future_applications")["recruiting",] == 1


def test_prometheus_gets_the_format_that_it_asks_for(daemon: Daemon) -> None:
    work(daemon)
    page = server.metrics_page(daemon.metrics.expose)
    http = server.serve(("127.0.0.1", 0), {"/metrics": page})
    try:
        plain, kind = fetch(http.server_address[1], "text/html, */*")
        assert kind == Format.CLASSIC
        assert list(text_string_to_metric_families(plain))
        exact, kind = fetch(http.server_address[1], PROMETHEUS)
        assert kind == Format.OPENMETRICS
        assert exact.endswith("\n# EOF\n")
    finally:
        http.shutdown()
        http.server_close()


def fetch(port: int, accept: str) -> tuple[str, str | None]:
    """Return a page and its content type."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    with closing(connection):
        connection.request("GET", "/metrics", headers={"Accept": accept})
        answer = connection.getresponse()
        return answer.read().decode(), answer.getheader("Content-Type")


def test_the_rules_take_a_part_of_the_time_that_a_poll_takes(daemon: Daemon) -> None:
    work(daemon)
    [evaluation] = samples(daemon, "svar_evaluation_seconds").values()
    whole = scrape(daemon)["svar_cycle_duration_seconds"]
    [poll] = [each.value for each in whole.samples if each.name.endswith("_sum")]
    assert 0 < evaluation < poll


def test_the_figures_of_a_silent_source_stay_as_they_were(
    daemon: Daemon, place: Office
) -> None:
    work(daemon)
    before = samples(daemon, "svar_waiting_applications")
    assert sum(before.values()) == 6
    place.ats.unlink()
    daemon.poll(daemon.sources[0], now=NOW + timedelta(days=1))
    assert samples(daemon, "svar_waiting_applications") == before
    seen = samples(daemon, "svar_source_last_success_timestamp_seconds")
    assert seen["recruiting",] == NOW.timestamp()


def test_a_nudge_that_was_answered_had_an_effect(daemon: Daemon, place: Office) -> None:
    work(daemon)
    office.reply(place, "waiting", NOW, days=-0.5)
    work(daemon, after=timedelta(days=1))
    effect = samples(daemon, "svar_nudge_effect_seconds")
    assert effect["86400.0", "first-reply", "recruiting"] == 1
    assert effect["14400.0", "first-reply", "recruiting"] == 0


def test_what_the_state_knows_is_there_before_the_first_poll(place: Office) -> None:
    log = logging.Logger("test", logging.CRITICAL)  # noqa: LOG001 - one for each
    for polls in (True, False):
        again = Daemon(place.load(), {}, Terminal(Console(file=io.StringIO())), log)
        try:
            again.open(now=NOW)
            if polls:
                work(again)
            found = samples(again, "svar_alerts")
            assert found["first-reply", "recruiting", "breached"] == 1
            assert bool(samples(again, "svar_closure")) is polls
        finally:
            again.close()
