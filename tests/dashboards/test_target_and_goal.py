"""The dashboards follow an employer's own target and goal: nothing names ours."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import pytest

from monitor.settings import MetricsSettings
from tests.dashboards import boards, prometheus
from tests.dashboards.boards import Board, Json
from tests.dashboards.prometheus import Past

AT = datetime.fromisoformat("2026-11-22T10:00:00+00:00")
DAY = 86_400
TARGET, GOAL = "svar_rule_target_seconds", "svar_promise_goal_ratio"
# What the target and the goal that we ship look like in a text.
OURS = ("14 days", "14-day", f"{MetricsSettings().goal:.0%}".rstrip("%"), "2 working")
# Buckets of a metric, which are the same everywhere.
BUCKETS = {"Within 14 days", "8 to 14 days"}
# Where a panel changes its colour, and why that is the same everywhere.
STEPS = {
    "Do we keep our ${days}?": [-5, 0],  # points above the goal
    "Better or worse than a month ago?": [-1, 2],  # points between two shares
    "Points gained or lost in a month": [-1, 2],
    "Who heard nothing after applying?": [0.05, 0.33],  # against surveys
    "Who heard nothing after an interview?": [0.01, 0.12],
    "Next legal deadline?": [7],  # days to act in
    "How many missed?": [1],  # one is too many
    "Who is past a promise now?": [1],
}

leads = pytest.mark.parametrize(
    "board", [boards.read("promise"), boards.read("waiting")], ids=lambda b: b.name
)


class Installation(NamedTuple):
    """An employer with its own target and goal, and what its readers are to see."""

    job: str
    target: float  # days
    goal: float
    kept: int
    cases: int
    days: str
    percent: str
    verdict: str


INSTALLATIONS = (
    Installation("svar", 14, 0.95, 19, 20, "14 days", "95 %", "Yes"),
    Installation("quick", 10, 0.9, 19, 20, "10 days", "90 %", "Yes"),
    # Five points under the goal, to a hair: 0.85 - 0.9 would be a hair more.
    Installation("edge", 10, 0.9, 17, 20, "10 days", "90 %", "Almost"),
    Installation("strict", 1, 1.0, 18, 20, "1 day", "100 %", "No"),
    # Two working days are 2.8 nominal ones.
    Installation("working", 2.8, 0.925, 37, 40, "2.8 days", "92.5 %", "Yes"),
)
TOO_FEW = Installation("small", 10, 0.9, 4, 4, "10 days", "90 %", "")


def texts(board: Board) -> Iterator[str]:
    """Yield what a reader may read on a dashboard."""
    yield board.raw["description"]
    for panel in board.panels:
        yield panel["title"]
        yield panel["description"]
        yield from (target["legendFormat"] for target in panel["targets"])
        for names in boards.within(panel.get("transformations"), "renameByName"):
            assert isinstance(names, dict)
            yield from names.values()
        for key in ("text", "noValue", "options"):
            found = boards.within(panel["fieldConfig"], key)
            yield from (text for text in found if isinstance(text, str))
    for variable in board.sayings:
        yield from (variable["current"]["text"], variable["query"]["query"])


@leads
def test_no_text_names_the_target_or_the_goal_that_we_ship(board: Board) -> None:
    named = [
        text
        for text in texts(board)
        if text not in BUCKETS and any(ours in text for ours in OURS)
    ]
    assert named == []


@leads
def test_no_colour_changes_at_a_target_or_a_goal(board: Board) -> None:
    for panel in board.panels[2:]:  # the first two say whether the figures are fresh
        lists = boards.within(panel["fieldConfig"], "steps")
        found = [each for steps in lists if isinstance(steps, list) for each in steps]
        at = [step["value"] for step in found if step["value"] is not None]
        assert at == STEPS.get(panel["title"], []), panel["title"]
        limits = boards.within(panel["fieldConfig"], "thresholdsStyle")
        assert all(each == {"mode": "off"} for each in limits), panel["title"]


def test_dashed_lines_are_drawn_of_the_figures() -> None:
    dashed = {}
    for panel in boards.read("promise").panels:
        for target in panel["targets"]:
            if boards.metrics(target["expr"]) & {TARGET, GOAL}:
                start = target["legendFormat"].partition(":")[0].partition(",")[0]
                if "custom.lineStyle" in boards.overrides(panel, f"/^{start}/"):
                    dashed[panel["title"]] = target["legendFormat"]
    assert dashed == {
        "What share hears from us within ${days}?": "Goal: ${goal}",
        "How many days until the first reply?": "Target: ${days}",
        "How many days from a no to telling it?": "Target, in nominal days",
    }


def test_what_is_said_is_asked_anew_and_never_kept_in_an_address() -> None:
    sayings = boards.read("promise").sayings
    assert [each["name"] for each in sayings] == ["days", "goal"]
    for each in sayings:
        assert each["query"]["query"].startswith("query_result(")
        assert each["refresh"] == 2
        assert each["skipUrlSync"]
        assert each["current"]["value"] == ""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    prometheus.demand("prometheus", "promtool")
    folder = tmp_path_factory.mktemp("installations")
    text = folder / "all.om"
    lines = [line for each in (*INSTALLATIONS, TOO_FEW) for line in samples(each)]
    text.write_text("\n".join([*lines, "# EOF\n"]), encoding="utf-8")
    prometheus.store(text, folder / "tsdb")
    with prometheus.running(folder / "tsdb") as found:
        yield found


def samples(one: Installation) -> Iterator[str]:
    """Yield the figures of an installation, of two replicas and at one moment."""
    now = AT.timestamp()
    promise = 'source="ats",rule="first-reply",department="Sales",window="30d"'
    values = {
        f'{TARGET}{{rule="first-reply"': one.target * DAY,
        f'{TARGET}{{rule="silence"': 99 * DAY,
        f"{GOAL}{{": one.goal,
        f"svar_promise_kept{{{promise}": one.kept,
        f"svar_promise_cases{{{promise}": one.cases,
        'svar_source_last_success_timestamp_seconds{source="ats"': now,
        'svar_source_interval_seconds{source="ats"': 300,
    }
    for head, value in values.items():
        comma = "" if head.endswith("{") else ","
        for replica in (1, 2):
            own = f'job="{one.job}",instance="{one.job}-{replica}"'
            yield f"{head}{comma}{own}}} {value} {now:.0f}"


def said(server: Past, board: Board, job: str) -> dict[str, str]:
    """Return what the hidden variables come to, each to one value."""
    found = {}
    for each in board.sayings:
        query = boards.filled(boards.asks(each), job=job)
        (found[each["name"]],) = boards.said(each, server.at(query, AT))
    return found


def verdicts(server: Past, board: Board, job: str) -> Iterator[str]:
    """Yield the words of the verdict and of both tables' columns."""
    first = boards.titled(board, "Do we keep our ")
    mappings = first["fieldConfig"]["defaults"]["mappings"]
    yield shown(server, boards.asked_as(first, "A"), mappings, job)
    for title in ("Which promises do we keep?", "Which departments keep our "):
        table, name = boards.titled(board, title), "Goal met?"
        mappings = boards.overrides(table, name)["mappings"]
        yield shown(server, boards.column(table, name), mappings, job)


def shown(server: Past, expr: str, mappings: list[Json], job: str) -> str:
    """Return the word for the only value that a query has."""
    (found,) = server.at(boards.filled(expr, job=job), AT)
    return boards.words(mappings, float(found["value"][1]))[0]


@pytest.mark.parametrize("one", INSTALLATIONS, ids=lambda one: one.job)
def test_titles_and_verdicts_follow_the_target_and_the_goal(
    one: Installation, server: Past
) -> None:
    board = boards.read("promise")
    found = said(server, board, one.job)
    assert found == {"days": one.days, "goal": one.percent}
    assert list(verdicts(server, board, one.job)) == [one.verdict] * 3


def test_titles_legends_and_lines_say_what_is_so() -> None:
    board, own = boards.read("promise"), {"days": "10 days", "goal": "90 %"}
    shown = {boards.told(query.where, own) for query in board.asked()}
    assert {"Do we keep our 10 days?", "Answered within 10 days (goal: 90 %)"} <= shown
    legends = {boards.told(query.legend, own) for query in board.asked()}
    assert {"Within 10 days", "Goal: 90 %", "Target: 10 days"} <= legends


def test_lines_are_drawn_at_the_target_and_the_goal(server: Past) -> None:
    drawn = {}
    for query in boards.read("promise").asked():
        if query.legend in {"Goal: ${goal}", "Target: ${days}"}:
            (found,) = server.at(boards.filled(query.expr, job="quick"), AT)
            drawn[query.legend] = float(found["value"][1])
    assert drawn == {"Goal: ${goal}": 0.9, "Target: ${days}": 10}


def test_where_nothing_is_known_no_number_is_made_up(server: Past) -> None:
    assert said(server, boards.read("promise"), "nowhere") == boards.UNTOLD


def test_a_table_has_a_verdict_where_it_has_a_share(server: Past) -> None:
    table = boards.titled(boards.read("promise"), "Which promises do we keep?")
    for job, rows in (("quick", 1), (TOO_FEW.job, 0)):
        for name in ("Kept", "Goal met?"):
            query = boards.filled(boards.column(table, name), job=job)
            assert len(server.at(query, AT)) == rows
