"""Metrics told by hand, and what a scrape of them reads."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from monitor import configuration, cycle, shipped
from monitor.configuration import Configuration
from monitor.figures.nouns import (
    BOUNDS,
    HOLDERS,
    After,
    Days,
    Figures,
    Heard,
    Kept,
    Mood,
    Spread,
    Way,
    Window,
)
from monitor.metrics import Format, Metrics
from monitor.metrics.business import PHASES
from monitor.metrics.last import Effects
from monitor.model import Closure
from monitor.rules import Rulebook
from monitor.store.ledger import OpenAlerts, Run
from tests.builders import at

NOW = at("2026-09-22 10:00")  # a Tuesday
SOURCE = "recruiting"
DAY = timedelta(days=1)


@cache
def loaded() -> Configuration:
    """Return the shipped configuration."""
    return configuration.read(shipped.folder() / "config" / "svar.yaml", {})


def without(rule: str) -> Configuration:
    """Return the shipped configuration without one of its rules."""
    kept = tuple(each for each in loaded().rulebook.rules if each.id != rule)
    return replace(loaded(), rulebook=Rulebook(kept))


def spread(*took: timedelta) -> Spread:
    """Return the spread of these times."""
    within = [sum(each <= bound for each in took) for bound in BOUNDS]
    counts = [
        after - before for before, after in zip([0, *within], within, strict=False)
    ]
    seconds = sum(each.total_seconds() for each in took)
    return Spread((*counts, len(took) - within[-1]), seconds)


def figures(**changed: Any) -> Figures:
    """Return the figures of a small house, with what the test says changed."""
    plain: dict[str, Any] = {
        "as_of": NOW,
        "waiting": Counter(
            {("Sales", "recruiter", Days.WEEK): 6, ("Sales", "manager", Days.LONG): 2}
        ),
        "turns": {("Sales", "applied", "recruiter"): 7200.0},
        "overdue": Counter({("Sales", "manager"): 2}),
        "promises": {
            ("first-reply", "Sales", Window.NARROW): Kept(12, 11),
            ("first-reply", "Sales", Window.WIDE): Kept(30, 27),
        },
        "first_reply": spread(DAY / 2, 2 * DAY, 60 * DAY),
        "decided_to_told": spread(DAY),
        "interviewed_told": Counter({(Way.PHONE, Window.NARROW): 4}),
        "answerable": Counter({After.APPLICATION: 40, After.INTERVIEW: 9}),
        "never_answered": Counter({After.APPLICATION: 3}),
        "surveys": Counter({(Heard.LATE, Mood.DETRACTOR): 5}),
        "legal": {"first-reply": NOW + 2 * DAY},
        "legal_missed": Counter({"first-reply": 0}),
    }
    return Figures(**plain | changed)


def full_house(departments: Collection[str], rules: Collection[str]) -> Figures:
    """Return figures with every combination that there may be."""
    return figures(
        waiting=Counter(
            {(d, b, days): 5 for d in departments for b in HOLDERS for days in Days}
        ),
        turns={(d, p, b): 1.5 for d in departments for p in PHASES for b in HOLDERS},
        overdue=Counter({(d, b): 1 for d in departments for b in HOLDERS}),
        promises={
            (rule, d, w): Kept(5, 4)
            for rule in rules
            for d in departments
            for w in Window
        },
        interviewed_told=Counter(dict.fromkeys(product(Way, Window), 1)),
        answerable=Counter(After),
        surveys=Counter({(heard, mood): 5 for heard in Heard for mood in Mood}),
        legal=dict.fromkeys(rules, NOW),
        legal_missed=Counter(dict.fromkeys(rules, 1)),
    )


def report(found: Figures | None = None, **changed: Any) -> cycle.Report:
    """Return the report of a good poll; keys of a run change the run."""
    own = {key: changed.pop(key) for key in Run.__slots__ if key in changed}
    plain: dict[str, Any] = {
        "source": SOURCE,
        "as_of": NOW,
        "outcome": "ok",
        "applications": 50,
        "rejected": 2,
        "findings": 7,
    }
    counted: dict[str, Any] = {
        "seconds": 1.5,
        "evaluation_seconds": 0.5,
        "waiting": Counter({("applied", "recruiter"): 6}),
        "rejected_messages": Counter({"message cannot be read": 3}),
        "closure": Counter({Closure.UNDECIDED: 8, Closure.TOLD: 42}),
        "figures": found or figures(),
    }
    return cycle.Report(Run(**plain | own), **counted | changed)


def told(
    *reports: cycle.Report,
    configured: Configuration | None = None,
    open_alerts: Iterable[OpenAlerts] = (),
    effects: Effects | None = None,
) -> Metrics:
    """Return the metrics of a process that reported these polls."""
    made = Metrics()
    made.configured(configured or loaded(), now=NOW)
    for each in reports:
        made.cycled(each, list(open_alerts), effects or {})
    return made


def scrape(metrics: Metrics) -> dict[str, Metric]:
    """Return the families of a page in the classic format, by name."""
    page = metrics.expose(Format.CLASSIC).decode()
    return {each.name: each for each in text_string_to_metric_families(page)}


def samples(metrics: Metrics, name: str) -> list[Sample]:
    """Return the samples of this very name."""
    found = (each for family in scrape(metrics).values() for each in family.samples)
    return [each for each in found if each.name == name]


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """Return the one sample that has these labels, if there is one."""
    found = [
        each.value
        for each in samples(metrics, name)
        if each.labels.items() >= labels.items()
    ]
    assert len(found) < 2, f"{name}{labels} is {len(found)} samples"
    return found[0] if found else None


def open_alert(source: str, rule: str, state: str, due_at: datetime) -> OpenAlerts:
    return OpenAlerts(source, rule, state, 1, due_at, NOW)
