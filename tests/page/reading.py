"""Reads the page as a machine would, and holds its figures against /metrics."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from prometheus_client.parser import text_string_to_metric_families

_SELECTOR = re.compile(r"(\w+)\{(.*)\}")
_LABEL = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*")')

VOID = {"link", "meta"}  # elements that have no end

Sample = tuple[str, dict[str, str], float]
Attributes = dict[str, str | None]


class Figure(NamedTuple):
    """A figure of the page, and the series that it says it comes from."""

    words: str
    value: float
    series: str


class Reader(HTMLParser):
    """What stands on a page: its text, its figures and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.figures: list[Figure] = []
        self.elements: list[tuple[str, Attributes]] = []
        self._text: list[str] = []
        self._inside: list[str] = []
        self._open: Attributes | None = None
        self._path: list[str] = []
        self.feed(html)
        self.close()
        assert self._path == [], "elements that do not end"

    @property
    def text(self) -> str:
        """Return all words, as somebody reads them."""
        return " ".join("".join(self._text).split())

    def said(self, label: str) -> list[str]:
        """Return the words of all figures whose series have this label."""
        return [each.words for each in self.figures if label in each.series]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._path.append(tag)
        if tag == "data":
            self._open, self._inside = dict(attrs), []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._path.pop() == tag, f"{tag} ends where another began"
        if tag == "data" and self._open is not None:
            words = "".join(self._inside)
            value, series = self._open["value"], self._open["data-series"]
            self.figures.append(Figure(words, float(value or "nan"), series or ""))
            self._open = None

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] != "style":
            self._text.append(data)
        self._inside.append(data)


def samples(metrics: str) -> list[Sample]:
    """Return every sample of a scrape."""
    return [
        (sample.name, sample.labels, sample.value)
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
    ]


def value(series: str, found: list[Sample]) -> float:
    """Return what a figure's series come to: a sum, sums, or a sum over another."""
    one, _, others = series.partition("} + ")
    if others:
        return _sum(one + "}", found) + value(others, found)
    part, _, whole = series.partition("} / ")
    if whole:
        return _sum(part + "}", found) / _sum(whole, found)
    return _sum(series, found)


def differences(html: str, metrics: str) -> Iterator[str]:
    """Yield every figure of the page that /metrics does not tell."""
    found = samples(metrics)
    for each in Reader(html).figures:
        told = value(each.series, found)
        if abs(told - each.value) > 1e-9 * max(1.0, abs(told)):
            yield f"{each}: /metrics has {told}"


def _sum(selector: str, found: list[Sample]) -> float:
    match = _SELECTOR.fullmatch(selector)
    assert match, selector
    name, inner = match.groups()
    wanted = {key: json.loads(text) for key, text in _LABEL.findall(inner)}
    assert name in {each for each, _, _ in found}, f"{name} is no metric"
    return sum(
        v for n, labels, v in found if n == name and wanted.items() <= labels.items()
    )
