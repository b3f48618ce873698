"""The figures on the dashboards: rounding, verdicts, limits and what is said of rules."""

import re
from collections.abc import Iterator

import yaml

from monitor import shipped
from tests.dashboards import boards
from tests.dashboards.boards import Board


def shares(board: Board) -> Iterator[str]:
    """Yield the queries of the shares that are shown, not those of a verdict."""
    for panel in board.panels:
        defaults = panel["fieldConfig"]["defaults"]
        if defaults["unit"] == "percentunit" and not defaults["mappings"]:
            # A graph says nothing: with 0 its axis would have but 0 and 100 %.
            assert defaults.get("decimals", 0) == 0
            asked = (each["expr"] for each in panel["targets"])
            yield from (expr for expr in asked if "svar_promise_goal" not in expr)
        columns = {
            override["matcher"]["options"]
            for override in panel["fieldConfig"]["overrides"]
            if {"id": "unit", "value": "percentunit"} in override["properties"]
        }
        for names in boards.within(panel.get("transformations"), "renameByName"):
            assert isinstance(names, dict)
            for label, name in names.items():
                if name in columns:
                    yield boards.asked_as(panel, label.removeprefix("Value #"))


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
    shown = boards.asked_as(points, "A")
    assert shown.count("floor(") == 2
    assert boards.asked_as(verdict, "A").startswith(f"{shown} + 1000 * (")
    mappings = verdict["fieldConfig"]["defaults"]["mappings"]
    said = {n: boards.words(mappings, n) for n in (-3, -2, -1, 0, 1, 2, 3)}
    assert {n for n, word in said.items() if word == ["Worse"]} == {-3, -2}
    assert {n for n, word in said.items() if word == ["About the same"]} == {-1, 0, 1}
    assert {n for n, word in said.items() if word == ["Better"]} == {2, 3}


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
