"""The rules for Prometheus: each alert can be acted on, and each rule has its story."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import shipped
from monitor.configuration import POLLS_MISSED, SILENCE
from monitor.metrics import catalogue

FOLDER = shipped.folder() / "config" / "prometheus"
DASHBOARDS = FOLDER.parent / "grafana" / "dashboards"
NOTES = {"summary", "description", "next_step", "runbook", "dashboard"}
PROMETHEUS_OWN = {"up"}
NAME = re.compile(r"\bup\b|\b(?:\w+:)?svar_\w+(?::\w+)?\b")


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def rules() -> Iterator[dict[str, Any]]:
    for path in sorted((FOLDER / "rules").glob("*.yml")):
        for group in read(path)["groups"]:
            yield from group["rules"]


def stories() -> Iterator[dict[str, Any]]:
    for path in sorted((FOLDER / "tests").glob("*.yml")):
        yield from read(path)["tests"]


def dashboards() -> set[str]:
    """Return the paths under which Grafana has our dashboards."""
    texts = (path.read_text(encoding="utf-8") for path in DASHBOARDS.glob("*.json"))
    return {f"/d/{json.loads(text)['uid']}" for text in texts}


ALERTS = {rule["alert"]: rule for rule in rules() if "alert" in rule}
STORIES = list(stories())
RECORDED = {rule["record"] for rule in rules() if "record" in rule}


def checks(kind: str) -> Iterator[dict[str, Any]]:
    for story in STORIES:
        yield from story.get(kind, ())


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_says_what_is_so_and_what_to_do(name: str) -> None:
    alert = ALERTS[name]
    notes = alert["annotations"]
    assert set(notes) == NOTES
    assert alert["labels"]["severity"] in {"critical", "warning", "info"}
    assert alert["labels"]["audience"] in {"operators", "leads"}
    path, _, chosen = notes["dashboard"].partition("?")
    assert path in dashboards()
    assert chosen.startswith("var-job={{ $labels.job }}")
    assert "!" not in "".join(notes.values())


def test_a_feed_is_stale_when_svar_itself_calls_it_so() -> None:
    interval = "max by (job, source) (svar_source_interval_seconds)"
    least = f"{SILENCE.total_seconds():.0f}"
    patience = f"> clamp_min({POLLS_MISSED} * {interval}, {least})"
    assert patience in " ".join(ALERTS["SvarFeedStale"]["expr"].split())


def test_shares_in_alerts_are_whole_per_cent_rounded_down() -> None:
    for alert in ALERTS.values():
        text = "".join(alert["annotations"].values())
        assert "humanizePercentage" not in text
        assert ("$value }} %" in text) == ("floor(100 * " in alert["expr"])


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_its_place_in_the_runbook(name: str) -> None:
    runbook = (FOLDER / "README.md").read_text(encoding="utf-8")
    link = f"config/prometheus/README.md#{name.lower()}"
    assert ALERTS[name]["annotations"]["runbook"] == link
    assert f"\n### {name}\n" in runbook


def test_the_runbook_knows_no_other_alert_and_no_other_figure() -> None:
    runbook = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (\w+)$", runbook, re.M)) == set(ALERTS)
    assert set(re.findall(r"`(\w+:\w+:\w+)`", runbook)) <= RECORDED


@pytest.mark.parametrize("name", ALERTS)
def test_an_alert_has_a_story_in_which_it_is_raised_and_one_in_which_not(
    name: str,
) -> None:
    told = [
        bool(check["exp_alerts"])
        for check in checks("alert_rule_test")
        if check["alertname"] == name
    ]
    assert set(told) == {True, False}


def test_every_recorded_figure_has_a_story() -> None:
    asked = " ".join(check["expr"] for check in checks("promql_expr_test"))
    assert {name for name in RECORDED if name not in asked} == set()


def test_rules_read_what_svar_or_another_rule_gives() -> None:
    known = PROMETHEUS_OWN.union(RECORDED, *catalogue.names().values())
    found: set[str] = set()
    for rule in rules():
        bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]', "", rule["expr"])
        found |= set(NAME.findall(bare))
    assert found - known == set()
    assert found >= {"up", "svar_leader", "source_rule:svar_promise_kept:ratio"}


def test_what_compose_starts_is_reached_from_its_own_machine_alone() -> None:
    services = read(shipped.folder() / "compose.yaml")["services"]
    ports = {name: each["ports"] for name, each in services.items() if "ports" in each}
    assert ports.keys() >= {"svar", "svar-demo", "prometheus", "grafana"}
    assert all(
        port.startswith("127.0.0.1:") for each in ports.values() for port in each
    )


def test_grafana_writes_days_as_its_reader_does() -> None:
    services = read(shipped.folder() / "compose.yaml")["services"]
    said = services["grafana"]["environment"]["GF_DATE_FORMATS_USE_BROWSER_LOCALE"]
    assert said == "true"
