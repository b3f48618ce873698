"""Dashboards and alert rules name metrics that there are, and leave none unseen."""

import re
from itertools import chain

import pytest

from monitor import metrics, shipped
from monitor.metrics import catalogue
from tests.dashboards import boards
from tests.dashboards.boards import Board

RULES = shipped.folder() / "config" / "prometheus" / "rules"
OF_THE_CLIENT = {"process_resident_memory_bytes"}
# Metrics that nobody has to look at, with the reason.
UNSEEN: dict[str, str] = {}
# These each replica exports for itself: their sum would count a thing twice.
OF_A_REPLICA = sorted(
    family.shown
    for family in catalogue.families()
    if not {"source", "rule"} & set(family.labels)
    and not family.shown.endswith("_total")
)


def known() -> set[str]:
    """Return every name under which Prometheus may keep a series of ours."""
    return set(chain.from_iterable(metrics.names().values())) | OF_THE_CLIENT


def seen() -> set[str]:
    """Return every name that a panel, a mark or a rule reads."""
    shown = boards.all_of_them()
    asked = [
        query.expr for board in shown for query in (*board.asked(), *board.marks())
    ]
    rules = [path.read_text(encoding="utf-8") for path in RULES.glob("*.yml")]
    return set(chain.from_iterable(map(boards.metrics, asked + rules)))


@pytest.mark.parametrize("board", boards.all_of_them(), ids=lambda b: b.name)
def test_no_dashboard_names_a_metric_that_does_not_exist(board: Board) -> None:
    queries = [*board.asked(), *board.marks()]
    named = {name for query in queries for name in boards.metrics(query.expr)}
    for variable in board.variables:
        named |= boards.metrics(variable["query"]["query"])
    assert named - known() == set()


def test_no_metric_is_without_a_panel_or_an_alert() -> None:
    found = seen()
    blind = {name for name, series in metrics.names().items() if not series & found}
    assert blind == UNSEEN.keys()


@pytest.mark.parametrize("name", OF_A_REPLICA)
def test_what_each_replica_says_of_itself_is_never_summed(name: str) -> None:
    summed = re.compile(rf"sum(?: by \([^)]*\) ?)? ?\({name}\b")
    for board in boards.all_of_them():
        assert not any(summed.search(query.expr) for query in board.asked())
