"""Every query of every dashboard, asked of a real Prometheus about a real season."""

import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.dashboards import boards, prometheus, season
from tests.dashboards.boards import Query
from tests.dashboards.prometheus import Past, Series
from tests.dashboards.season import History

WEEKS = 8
LAST_HOURS = timedelta(hours=6)
# What is empty on a good day, and is asked about the odd one instead.
ON_THE_ODD_DAY = {
    "Not known": "nobody waits in a stage that the mapping does not know",
    "Closures held": "no poll closed more than can be believed",
}
OTHER = "svar-staging"
MIXED = ('job="$job"', 'job=~".+"')
BANNER = "Are the figures fresh?"
SILENT, NO_DATA = 1.0, 2.0
OLD = ("Do we keep our ${days}?", "Better or worse than a month ago?")
GREY = "#6E6E6E"
SHIPPED = {"days": "14 days", "goal": "95 %"}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> History:
    prometheus.demand("prometheus", "promtool")
    return season.write(tmp_path_factory.mktemp("played"), weeks=WEEKS)


@pytest.fixture(scope="module")
def server(played: History) -> Iterator[Past]:
    folder = played.text.parent / "tsdb"
    prometheus.store(played.text, folder)
    with prometheus.running(folder) as found:
        yield found


def answers(server: Past, query: Query, played: History) -> list[float]:
    """Return what a query comes to on the last day, or on the odd one."""
    is_odd = {query.where, query.legend} & ON_THE_ODD_DAY.keys()
    at = played.odd_at if is_odd else played.ends_at
    found = ask(server, query, at)
    if query.is_instant:
        return [float(each["value"][1]) for each in found]
    return [float(value) for each in found for _, value in each["values"]]


def ask(server: Past, query: Query, at: datetime) -> Series:
    """Return what a query comes to, in the order of its series."""
    expr = boards.filled(query.expr)
    if query.is_instant:
        found = server.at(expr, at)
    else:
        found = server.over(expr, at - LAST_HOURS, at)
    return sorted(found, key=lambda each: sorted(each["metric"].items()))


# One test, so that workers who share the tests do not play the season several times.
def test_every_query_finds_the_season(server: Past, played: History) -> None:
    empty, odd = [], []
    for board in boards.all_of_them():
        for query in (*board.asked(), *board.marks()):
            found = answers(server, query, played)
            if not found:
                empty.append((board.name, query))
            if not all(map(math.isfinite, found)):
                odd.append((board.name, query))
    assert empty == []
    assert odd == []
    every_label_is_one_that_there_is(server, played.ends_at)
    every_variable_has_values(server, played.ends_at)
    every_choice_narrows(server, played.ends_at)
    marks_stand_where_it_happened(server, played)
    graphs_reach_back(server, played)
    what_is_old_is_said_to_be_old(server, played.ends_at + timedelta(hours=2))
    another_installation_moves_nothing(server, played)


def every_label_is_one_that_there_is(server: Past, at: datetime) -> None:
    """A zero, or the other window, may hide a query that selects nothing at all."""
    selected = {
        selector
        for board in boards.all_of_them()
        for query in board.asked()
        for selector in boards.selectors(query.expr)
    }
    missing = [
        selector
        for selector in selected
        if not server.at(f"last_over_time({selector}[{WEEKS}w])", at)
    ]
    assert missing == []


def every_variable_has_values(server: Past, at: datetime) -> None:
    for board in boards.all_of_them():
        for variable in board.choices:
            inner = variable["query"]["query"].removeprefix("label_values(").rstrip(")")
            metric, _, label = inner.rpartition(", ")
            assert server.labels(label, boards.filled(metric), at), variable["name"]
        for variable in board.sayings:
            found = server.at(boards.filled(boards.asks(variable)), at)
            assert boards.said(variable, found) == [SHIPPED[variable["name"]]]


def every_choice_narrows(server: Past, at: datetime) -> None:
    """Ask with a department that there is not: what has departments must be empty."""
    for query in boards.read("waiting").asked():
        if "department" in boards.variables(query.expr):
            found = server.at(boards.filled(query.expr, department="nowhere"), at)
            assert all(float(each["value"][1]) == 0 for each in found), query


def marks_stand_where_it_happened(server: Past, played: History) -> None:
    reloads, held = boards.read("promise").marks()
    start = played.odd_at - timedelta(days=2)
    edited = server.over(boards.filled(reloads.expr), start, played.odd_at)
    instants = {float(value) / 1000 for each in edited for _, value in each["values"]}
    hour = timedelta(hours=1)
    assert any(
        played.odd_at - hour <= datetime.fromtimestamp(at, played.odd_at.tzinfo)
        for at in instants
    )
    marked = server.over(boards.filled(held.expr), start, played.odd_at + hour)
    first = min(at for each in marked for at, _ in each["values"])
    assert abs(first - played.odd_at.timestamp()) < hour.total_seconds()


def graphs_reach_back(server: Past, played: History) -> None:
    """The figures of the leads' dashboards go back to the season's first weeks."""
    for query in boards.read("promise").asked():
        if query.where == "How many have waited too long, and on whom?":
            expr = boards.filled(query.expr)
            found = server.over(expr, played.starts_at, played.ends_at)
            if query.legend != "Not known":
                first = min(at for each in found for at, _ in each["values"])
                assert first - played.starts_at.timestamp() < 5 * 86400


def what_is_old_is_said_to_be_old(server: Past, at: datetime) -> None:
    """Ask hours after the last poll: the figures stay, and the verdicts turn grey."""
    board = boards.read("promise")
    asked = {query.where: boards.filled(query.expr) for query in board.asked()}
    said = {title: float(server.at(asked[title], at)[0]["value"][1]) for title in OLD}
    for panel in board.panels:
        if panel["title"] in OLD:
            mapped = panel["fieldConfig"]["defaults"]["mappings"]
            colours = {
                each["options"]["result"]["color"]
                for each in mapped
                if each["type"] == "range"
                and each["options"]["from"]
                <= said[panel["title"]]
                <= each["options"]["to"]
            }
            assert colours == {GREY}
    assert float(server.at(asked[BANNER], at)[0]["value"][1]) == SILENT
    assert server.at(asked["How many wait too long now?"], at)


def another_installation_moves_nothing(server: Past, played: History) -> None:
    """Ask where an installation under another name has other figures.

    Asked of all installations most queries come to something else, or this would
    prove nothing.
    """
    folder = played.text.parent / "crowded"
    crowd = played.text.with_name("crowd.om")
    crowd.write_text("".join(crowded(played.text)), encoding="utf-8")
    prometheus.store(crowd, folder)
    moved, mixed = [], 0
    with prometheus.running(folder) as both:
        for board in boards.all_of_them():
            for query in (*board.asked(), *board.marks()):
                alone = ask(server, query, played.ends_at)
                if ask(both, query, played.ends_at) != alone:
                    moved.append((board.name, query))
                of_all = query._replace(expr=query.expr.replace(*MIXED))
                mixed += ask(both, of_all, played.ends_at) != alone
    assert moved == []
    assert mixed > 100


def crowded(samples: Path) -> Iterator[str]:
    """Yield samples, and those of another installation, where all is more."""
    with samples.open(encoding="utf-8") as lines:
        for line in lines:
            head, _, rest = line.rpartition("} ")
            if not head:
                yield line
                continue
            value, second = rest.split()
            other = head.replace(
                'job="svar",instance="svar:', f'job="{OTHER}",instance="{OTHER}:'
            )
            yield line
            yield f"{other}}} {float(value) * 2 + 1} {second}\n"


def test_before_the_first_poll_only_the_banner_speaks(tmp_path: Path) -> None:
    prometheus.demand("prometheus")
    at = datetime.fromisoformat("2026-11-22T10:00:00+00:00")
    with prometheus.running(tmp_path / "empty") as server:
        for board in boards.all_of_them():
            for query in (*board.asked(), *board.marks()):
                found = server.at(boards.filled(query.expr), at)
                if query.where == BANNER:
                    assert [float(each["value"][1]) for each in found] == [NO_DATA]
                else:
                    assert found == [], query
