"""The dashboards as Grafana reads them: panels, queries, variables, annotations."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from monitor import shipped

FOLDER = shipped.folder() / "config" / "grafana" / "dashboards"
NAMES = ("promise", "waiting", "svar")
_METRIC = re.compile(r"\b(?:svar|process)_[a-z_]+\b")
_SELECTOR = re.compile(r"\b((?:svar|process)_[a-z_]+)\{([^}]*)\}")
_VARIABLE = re.compile(r"\$\{?(\w+)")
_IN_TEXT = re.compile(r"\$\{(\w+)\}")
_ANY_JOB = re.compile(r'\b(?:svar|process)_[a-z_]+\b(?!\{job="\$job")')
OURS = "svar"  # the job of a dashboard that was just opened
SHOWN, HIDDEN = 0, 2  # Grafana's words for a variable that is hidden or not
# What Grafana puts into titles where Prometheus knows no target and no goal.
UNTOLD = {"days": "promised days", "goal": "unknown"}

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
    def choices(self) -> list[Json]:
        """Return the variables that a reader chooses from."""
        return [each for each in self.variables if each["hide"] == SHOWN]

    @property
    def sayings(self) -> list[Json]:
        """Return the hidden variables: figures in words, for titles and legends."""
        return [each for each in self.variables if each["hide"] == HIDDEN]

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


def asks(saying: Json) -> str:
    """Return what a hidden variable asks of Prometheus."""
    query = str(saying["query"]["query"])
    return query.removeprefix("query_result(").removesuffix(")")


def said(saying: Json, answer: list[Json]) -> list[str]:
    """Return the values that a hidden variable takes from an answer of Prometheus."""
    cut = re.compile(saying["regex"].strip("/"))
    matches = (cut.search(as_line(series)) for series in answer)
    return [match[1] for match in matches if match]


def as_line(series: Json) -> str:
    """Return a series as Grafana shows it to the regex of a variable."""
    at, value = series["value"]
    labels = ",".join(f'{name}="{text}"' for name, text in series["metric"].items())
    return f"{{{labels}}} {value} {1000 * at:.0f}"


def told(text: str, values: Mapping[str, str]) -> str:
    """Return a title or a legend as Grafana shows it."""
    return _IN_TEXT.sub(lambda found: values[found[1]], text)


def within(raw: object, key: str) -> Iterator[object]:
    """Yield what stands under a key, however deep."""
    if isinstance(raw, dict):
        yield from (value for name, value in raw.items() if name == key)
        for value in raw.values():
            yield from within(value, key)
    elif isinstance(raw, list):
        for value in raw:
            yield from within(value, key)


def asked_as(panel: Json, ref: str) -> str:
    """Return the query of a panel that goes by this letter."""
    (found,) = (each["expr"] for each in panel["targets"] if each["refId"] == ref)
    return str(found)


def column(panel: Json, name: str) -> str:
    """Return the query behind a column of a table."""
    (names,) = within(panel["transformations"], "renameByName")
    assert isinstance(names, dict)
    (label,) = (label for label, shown in names.items() if shown == name)
    return asked_as(panel, label.removeprefix("Value #"))


def overrides(panel: Json, name: str) -> Json:
    """Return what a panel says of its fields of this name, by property."""
    return {
        each["id"]: each["value"]
        for override in panel["fieldConfig"]["overrides"]
        if override["matcher"]["options"] == name
        for each in override["properties"]
    }


def words(mappings: list[Json], value: float) -> list[str]:
    """Return the words for a value, the one that is shown first."""
    ranges = (each["options"] for each in mappings if each["type"] == "range")
    return [
        each["result"]["text"] for each in ranges if each["from"] <= value <= each["to"]
    ]


def titled(board: Board, title: str) -> Json:
    """Return the panel whose title begins so."""
    (found,) = (panel for panel in board.panels if panel["title"].startswith(title))
    return found
