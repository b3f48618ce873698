"""The dashboards as Grafana reads them: panels, queries, variables, annotations."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from monitor import shipped

FOLDER = shipped.folder() / "config" / "grafana" / "dashboards"
NAMES = ("promise", "waiting", "svar")
_METRIC = re.compile(r"\b(?:svar|process)_[a-z_]+\b")
_SELECTOR = re.compile(r"\b((?:svar|process)_[a-z_]+)\{([^}]*)\}")
_VARIABLE = re.compile(r"\$\{?(\w+)")
_ANY_JOB = re.compile(r'\b(?:svar|process)_[a-z_]+\b(?!\{job="\$job")')
OURS = "svar"  # the job of a dashboard that was just opened

Json = dict[str, Any]


class Query(NamedTuple):
    """One thing that a dashboard asks of Prometheus."""

    where: str  # the panel's title, or what else asks
    expr: str
    legend: str = ""
    is_instant: bool = True


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard."""

    name: str
    text: str
    raw: Json

    @property
    def panels(self) -> list[Json]:
        """Return the panels, in the order of the page."""
        found: list[Json] = self.raw["panels"]
        return found

    @property
    def variables(self) -> list[Json]:
        """Return the variables that are filled from Prometheus."""
        return [v for v in self.raw["templating"]["list"] if v["type"] == "query"]

    @property
    def annotations(self) -> list[Json]:
        """Return the marks that Prometheus knows of, not Grafana's own."""
        found = self.raw["annotations"]["list"]
        return [each for each in found if not each.get("builtIn")]

    def asked(self) -> Iterator[Query]:
        """Yield every query of every panel."""
        for panel in self.panels:
            for target in panel["targets"]:
                yield Query(
                    panel["title"],
                    target["expr"],
                    target["legendFormat"],
                    is_instant=target["instant"],
                )

    def marks(self) -> Iterator[Query]:
        """Yield the query of every annotation."""
        for each in self.annotations:
            yield Query(each["name"], each["target"]["expr"], is_instant=False)


def read(name: str) -> Board:
    """Return a dashboard that we ship."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return Board(name, text, json.loads(text))


def all_of_them() -> list[Board]:
    """Return every dashboard that we ship."""
    return [read(name) for name in NAMES]


def metrics(expr: str) -> set[str]:
    """Return the metrics that a query names."""
    return set(_METRIC.findall(expr))


def selectors(expr: str) -> set[str]:
    """Return what a query selects, without what the reader chooses."""
    found = set()
    for metric, labels in _SELECTOR.findall(expr):
        fixed = [each for each in labels.split(",") if each and "$" not in each]
        found.add(f"{metric}{{{','.join(fixed)}}}")
    return found


def of_any_job(expr: str) -> list[str]:
    """Return the metrics that a query takes from every installation that there is."""
    return _ANY_JOB.findall(expr)


def variables(text: str) -> set[str]:
    """Return the variables that a text names; Grafana's own begin with two lines."""
    return {each for each in _VARIABLE.findall(text) if not each.startswith("__")}


def filled(expr: str, **values: str) -> str:
    """Return a query as Grafana sends it: All, where no value is given; but one job."""
    chosen = {"job": OURS} | values
    return _VARIABLE.sub(lambda found: chosen.get(found[1], ".*"), expr)


def within(raw: object, key: str) -> Iterator[object]:
    """Yield what stands under a key, however deep."""
    if isinstance(raw, dict):
        yield from (value for name, value in raw.items() if name == key)
        for value in raw.values():
            yield from within(value, key)
    elif isinstance(raw, list):
        for value in raw:
            yield from within(value, key)


def steps(panel: Json) -> list[tuple[float, str]]:
    """Return where a panel changes its colour."""
    found = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [
        (step["value"], step["color"]) for step in found if step["value"] is not None
    ]


def titled(board: Board, title: str) -> Json:
    """Return the panel whose title begins so."""
    (found,) = (panel for panel in board.panels if panel["title"].startswith(title))
    return found
