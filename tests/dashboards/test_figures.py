"""The figures on the dashboards: rounding, verdicts, limits and what is said of rules."""

import re
from collections.abc import Iterator
from datetime import timedelta

import yaml

from monitor import configuration, shipped
from monitor.rules import nominal
from monitor.settings import MetricsSettings
from tests.dashboards import boards
from tests.dashboards.boards import Board, Json


def shares(board: Board) -> Iterator[str]:
    """Yield the queries of the shares that are shown, not those of a verdict."""
    for panel in board.panels:
        defaults = panel["fieldConfig"]["defaults"]
        if defaults["unit"] == "percentunit" and not defaults["mappings"]:
            # A graph says nothing: with 0 its axis would have but 0 and 100 %.
            assert defaults.get("decimals", 0) == 0
            yield from (target["expr"] for target in panel["targets"])
        columns = {
            override["matcher"]["options"]
            for override in panel["fieldConfig"]["overrides"]
            if {"id": "unit", "value": "percentunit"} in override["properties"]
        }
        for names in boards.within(panel.get("transformations"), "renameByName"):
            assert isinstance(names, dict)
            for label, name in names.items():
                if name in columns:
                    yield asked_as(panel, label.removeprefix("Value #"))


def asked_as(panel: Json, ref: str) -> str:
    """Return the query of a panel that goes by this letter."""
    (found,) = (each["expr"] for each in panel["targets"] if each["refId"] == ref)
    return str(found)


def test_shares_are_whole_per_cent_rounded_down() -> None:
    found = [expr for board in boards.all_of_them() for expr in shares(board)]
    assert len(found) == 12
    for expr in found:
        assert expr.startswith("floor(")
        assert expr.endswith(") / 100")
        assert "100 * " in expr  # before it is divided: 100 * 0.29 is no 29


def test_better_or_worse_is_said_of_the_points_that_are_shown() -> None:
    board = boards.read("promise")
    verdict, points = (
        boards.titled(board, "Better or worse"),
        boards.titled(board, "Points gained"),
    )
    shown = asked_as(points, "A")
    assert shown.count("floor(") == 2
    assert asked_as(verdict, "A").startswith(f"{shown} + 1000 * (")
    said = {n: words_for(verdict, n) for n in (-3, -2, -1, 0, 1, 2, 3)}
    assert {n for n, words in said.items() if words == ["Worse"]} == {-3, -2}
    assert {n for n, words in said.items() if words == ["About the same"]} == {-1, 0, 1}
    assert {n for n, words in said.items() if words == ["Better"]} == {2, 3}


def words_for(panel: Json, value: float) -> list[str]:
    """Return all that a panel says for a value."""
    ranges = (each["options"] for each in panel["fieldConfig"]["defaults"]["mappings"])
    return [
        each["result"]["text"] for each in ranges if each["from"] <= value <= each["to"]
    ]


def test_rules_without_a_share_are_told_where_rules_are_listed() -> None:
    listed = [
        panel
        for board in boards.all_of_them()
        for panel in board.panels
        if "Promise" in [*boards.within(panel, "rule")]
    ]
    assert len(listed) == 3
    assert all("cannot be counted afterwards" in each["description"] for each in listed)
    readme = (boards.FOLDER.parent / "README.md").read_text(encoding="utf-8")
    told = re.search(r"begins anew[^(]*\(([^)]*)\) has \*\*no share\*\*", readme)
    assert told
    assert {*re.findall(r"`([a-z-]+)`", told[1])} == beginning_anew()


def beginning_anew() -> set[str]:
    """Return the rules that we ship whose clock's stop is its next start."""
    found = set()
    for path in (shipped.folder() / "rules").glob("*.yaml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            starts, stops = rule["clock"]["starts"], rule["clock"]["stops"]
            starts = starts["latest"] if isinstance(starts, dict) else starts
            names = [
                each if isinstance(each, list) else [each] for each in (starts, stops)
            ]
            if {*names[0]} & {*names[1]}:
                found.add(rule["id"])
    return found


def test_the_thresholds_are_the_goal_that_we_ship() -> None:
    goal = MetricsSettings().goal
    board = boards.read("promise")
    assert (
        max(at for at, _ in boards.steps(boards.titled(board, "Answered within 14")))
        == goal
    )
    assert [at for at, _ in boards.steps(boards.titled(board, "What share hears"))] == [
        goal
    ]
    table = boards.titled(board, "Which promises do we keep?")
    columns = list(boards.within(table["fieldConfig"]["overrides"], "properties"))
    limits = [
        each["value"]["steps"][-1]["value"]
        for column in columns
        if isinstance(column, list)
        for each in column
        if each["id"] == "thresholds"
    ]
    assert limits == [goal]
    assert (
        f"goal: {goal:.0%}".replace("%", " %")
        in boards.titled(board, "Answered")["title"]
    )


def test_the_days_are_those_of_the_rules_that_we_ship() -> None:
    loaded = configuration.read(shipped.folder() / "config" / "svar.yaml", {})
    rules = {rule.id: rule for rule in loaded.rulebook.rules}
    target = rules["first-reply"].target
    assert target
    assert timedelta(hours=nominal((target, False))) == timedelta(days=14)
    assert str(rules["decided-not-told"].target) == "2 working days"
    board = boards.read("promise")
    named = re.findall(r"(\d+) days", " ".join(p["title"] for p in board.panels))
    assert set(named) == {"14"}
    assert (
        boards.steps(boards.titled(board, "How many days until the first"))[0][0] == 14
    )
    assert boards.steps(boards.titled(board, "How many days from a no"))[0][0] == 2


def test_every_rule_that_we_ship_has_a_word_in_the_tables() -> None:
    pattern = re.compile(r"^  - id: (\S+)$", re.MULTILINE)
    files = (shipped.folder() / "rules").glob("*.yaml")
    ids = {
        found for path in files for found in pattern.findall(path.read_text("utf-8"))
    }
    for board in boards.all_of_them():
        for panel in board.panels:
            for override in panel["fieldConfig"]["overrides"]:
                if override["matcher"]["options"] in {"Promise", "Rule"}:
                    (words,) = boards.within(override["properties"], "options")
                    assert isinstance(words, dict)
                    assert words.keys() == ids, panel["title"]
