"""The two text formats: what a client asks for, and what it gets."""

import threading
from collections import Counter
from dataclasses import replace

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families

from monitor.configuration import Configuration
from monitor.figures.nouns import Days
from monitor.metrics import Format, Metrics, exposition
from monitor.metrics.exposition import Kept
from tests.unit.figures.scraping import (
    NOW,
    figures,
    loaded,
    report,
    samples,
    told,
    value,
)

PROMETHEUS = (
    "application/openmetrics-text;version=1.0.0,"
    "application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
ODD = 'a"b\nc\\d'


def exemplary() -> Configuration:
    """Return the shipped configuration with exemplars on."""
    settings = loaded().settings
    shown = settings.metrics.model_copy(update={"exemplars": True})
    return replace(loaded(), settings=settings.model_copy(update={"metrics": shown}))


def read(metrics: Metrics, form: Format) -> dict[str, Metric]:
    """Return the families of a page, as the client's own parser reads them."""
    page = metrics.expose(form).decode()
    parse = text_string_to_metric_families
    if form is Format.OPENMETRICS:
        parse = openmetrics.text_string_to_metric_families
    return {each.name: each for each in parse(page)}


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", Format.CLASSIC),
        ("*/*", Format.CLASSIC),
        ("text/html,application/xhtml+xml", Format.CLASSIC),
        ("text/plain;version=0.0.4", Format.CLASSIC),
        ("Application/OpenMetrics-Text", Format.OPENMETRICS),
        (PROMETHEUS, Format.OPENMETRICS),
    ],
)
def test_the_format_is_the_one_that_is_asked_for(accept: str, form: Format) -> None:
    assert exposition.wanted(accept) is form


def test_both_formats_hold_the_same_samples() -> None:
    page = told(report())
    pages = [
        {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in read(page, form).values()
            for sample in family.samples
            if sample.name.startswith("svar_")
        }
        for form in Format
    ]
    assert pages[0] == pages[1]
    assert len(pages[0]) > 100


def test_openmetrics_ends_once() -> None:
    body = told(report()).expose(Format.OPENMETRICS)
    assert body.endswith(b"# EOF\n")
    assert body.count(b"# EOF") == 1
    assert b"# EOF" not in told(report()).expose(Format.CLASSIC)


@pytest.mark.parametrize("form", list(Format))
def test_an_odd_department_is_escaped(form: Format) -> None:
    odd = figures(waiting=Counter({(ODD, "recruiter", Days.WEEK): 6}))
    page = told(report(odd))
    family = read(page, form)["svar_waiting_applications"]
    found = {s.labels["department"]: s.value for s in family.samples if s.value}
    assert found == {ODD: 6}


def test_exemplars_are_off_by_default() -> None:
    for form in Format:
        assert b" # {" not in told(report()).expose(form)


def test_an_exemplar_names_the_poll_and_nobody() -> None:
    page = told(report(), configured=exemplary())
    family = read(page, Format.OPENMETRICS)["svar_cycle_duration_seconds"]
    [found] = [each.exemplar for each in family.samples if each.exemplar]
    assert found.labels == {"as_of": "2026-09-22T08:00:00Z"}
    assert found.value == 1.5
    assert b" # {" not in page.expose(Format.CLASSIC)


@pytest.mark.parametrize("form", list(Format))
def test_the_series_are_counted(form: Format) -> None:
    page = told(report())
    every = [s for family in read(page, form).values() for s in family.samples]
    [counted] = [each.value for each in every if each.name == "svar_series"]
    assert counted == len(every)


class Drawer:
    """Families of one gauge, and how often they were drawn."""

    def __init__(self) -> None:
        self.times = 0

    def draw(self) -> list[Metric]:
        self.times += 1
        return [GaugeMetricFamily("times", "How often.", value=self.times)]


def test_what_is_kept_is_drawn_when_it_changes_and_not_when_it_is_read() -> None:
    drawer = Drawer()
    kept = Kept(drawer.draw)
    kept.renew()
    assert drawer.times == 0
    first = [kept.text(Format.CLASSIC) for _ in range(3)]
    assert drawer.times == 1
    kept.renew()
    assert kept.text(Format.CLASSIC).body != first[0].body
    assert drawer.times == 2
    kept.text(Format.OPENMETRICS)
    kept.renew()
    assert drawer.times == 5


def test_a_page_is_whole_while_polls_are_reported() -> None:
    """Each thread reads while another tells: no page is torn, no count is wrong."""
    page, end = told(report()), threading.Event()
    wrong: list[object] = []

    def look() -> None:
        while not end.is_set():
            every = [
                sample
                for family in read(page, Format.OPENMETRICS).values()
                for sample in family.samples
            ]
            counted = [each.value for each in every if each.name == "svar_series"]
            if counted != [len(every)]:
                wrong.append(counted)

    readers = [threading.Thread(target=look) for _ in range(3)]
    for each in readers:
        each.start()
    for number in range(20):
        busy = Counter({(f"d{n}", "recruiter", Days.WEEK): 5 for n in range(number)})
        page.cycled(report(figures(waiting=busy)), [], {})
        page.beat(now=NOW)
    end.set()
    for each in readers:
        each.join()
    assert wrong == []
    assert value(page, "svar_cycles_total", outcome="ok") == 21
    assert len(samples(page, "svar_waiting_applications")) == 25 + 19
