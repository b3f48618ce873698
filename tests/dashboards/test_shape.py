"""The dashboards' files: what Grafana needs, and what their readers need."""

import json
import re
from itertools import combinations

import pytest

from monitor import shipped
from monitor.configuration import POLLS_MISSED, SILENCE
from tests.dashboards import boards
from tests.dashboards.boards import Board

UIDS = {"promise": "svar-promise", "waiting": "svar-waiting", "svar": "svar-self"}
KINDS = {"stat", "table", "timeseries"}
WIDE, FIRST_ROW = 24, 12  # Grafana's units; twelve down is 456 of a laptop's 768 pixels
FIRST = {
    "promise": (
        "Do we keep our ${days}?",
        "How many wait too long now?",
        "On whom do they wait?",
        "Better or worse than a month ago?",
    ),
    "waiting": ("On whom do people wait now?", "Who is past a promise now?"),
    "svar": ("Do messages go out in time?", "Was the last reload taken up?"),
}
CHARACTERS = (
    5.8  # of a title, for each unit of width, beside the mark of its description
)
# Okabe and Ito's colours, which colour-blind readers tell apart, and a grey.
LINES = {
    *("#0072B2", "#D55E00", "#E69F00", "#009E73", "#56B4E9", "#CC79A7", "#F0E442"),
    "#8C8C8C",
}
# Of words and figures: readable on white, on Grafana's dark panel and under white text.
WORDS = {"#0072B2", "#9A6700", "#BF5000", "#6E6E6E"}
WHITE, DARK = "#FFFFFF", "#181B1F"
NEUTRAL = {"text", "transparent"}

every = pytest.mark.parametrize("board", boards.all_of_them(), ids=lambda b: b.name)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, as WCAG 2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return sum(c * w for c, w in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@every
def test_import_and_export_leave_the_file_as_it_is(board: Board) -> None:
    text = json.dumps(board.raw, indent=2, sort_keys=True, ensure_ascii=False)
    assert board.text == text + "\n"


@every
def test_nothing_of_one_installation_is_in_the_file(board: Board) -> None:
    assert board.raw["id"] is None
    assert board.raw["uid"] == UIDS[board.name]
    drifts = {"version", "iteration", "gnetId", "slug", "__inputs", "__requires"}
    assert not drifts & board.raw.keys()
    assert not list(boards.within(board.raw, "pluginVersion"))
    sources = {json.dumps(each) for each in boards.within(board.raw, "datasource")}
    assert sources == {
        '{"type": "grafana", "uid": "-- Grafana --"}',
        '{"type": "prometheus", "uid": "${datasource}"}',
    }


@every
def test_the_data_source_is_the_one_that_is_provisioned(board: Board) -> None:
    (found,) = (v for v in board.raw["templating"]["list"] if v["type"] == "datasource")
    path = shipped.folder() / "config/grafana/provisioning/datasources/prometheus.yaml"
    assert f"uid: {found['current']['value']}\n" in path.read_text(encoding="utf-8")


@every
def test_panels_fill_the_grid_and_do_not_overlap(board: Board) -> None:
    ids = [panel["id"] for panel in board.panels]
    assert ids == list(range(1, len(ids) + 1))
    taken = [panel["gridPos"] for panel in board.panels]
    assert all(at["x"] + at["w"] <= WIDE for at in taken)
    for one, other in combinations(taken, 2):
        beside = (
            one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        )
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below, (one, other)


@every
def test_what_matters_most_is_seen_without_scrolling(board: Board) -> None:
    ends = {panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in board.panels}
    starts = {panel["gridPos"]["y"] for panel in board.panels}
    assert any(FIRST_ROW - 1 <= end <= FIRST_ROW and end in starts for end in ends)
    seen = [p["title"] for p in board.panels if p["gridPos"]["y"] < FIRST_ROW - 1]
    assert {*FIRST[board.name]} <= {*seen}


@every
def test_the_first_line_says_whether_the_figures_are_fresh(board: Board) -> None:
    first, second = board.panels[:2]
    assert first["title"] == "Are the figures fresh?"
    assert second["title"] == "Figures are as of"
    mapped = first["fieldConfig"]["defaults"]["mappings"][0]["options"]
    said = [mapped[value]["text"].partition(" ")[0] for value in "012"]
    assert said == ["Yes.", "No.", "No"]
    everywhere = boards.read("promise").panels[0]["targets"][0]["expr"]
    assert first["targets"][0]["expr"] == everywhere
    assert f"clamp_min({POLLS_MISSED} * " in everywhere
    assert f", {SILENCE.total_seconds():.0f})" in everywhere


@every
def test_a_panel_asks_a_question_that_fits_above_it(board: Board) -> None:
    for panel in board.panels:
        title = boards.told(panel["title"], boards.UNTOLD)
        assert title[0].isupper()
        assert title.endswith("?") or len(title.split()) > 3, title
        assert len(title) <= panel["gridPos"]["w"] * CHARACTERS, title


@every
def test_a_panel_says_where_its_figures_come_from(board: Board) -> None:
    for panel in board.panels:
        asked = {name for t in panel["targets"] for name in boards.metrics(t["expr"])}
        families = {re.sub("_(bucket|count|sum)$", "", name) for name in asked}
        assert families
        told = set(re.findall(r"`(\w+)`", panel["description"]))
        # A zero where nobody waits is drawn from who waits; that needs no telling.
        missing = families - told - {"svar_waiting_applications"}
        assert not missing, (panel["title"], missing)


@every
def test_a_panel_has_a_kind_a_unit_and_words_for_no_data(board: Board) -> None:
    for panel in board.panels:
        assert panel["type"] in KINDS
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"]
        assert defaults["noValue"].strip()
    assert not any("NaN" in str(each) for each in boards.within(board.raw, "text"))


@every
def test_every_link_leads_to_another_of_our_dashboards(board: Board) -> None:
    others = set(UIDS.values()) - {board.raw["uid"]}
    assert {each["url"] for each in board.raw["links"]} == {f"/d/{u}" for u in others}
    for panel in board.panels:
        urls = [str(url) for url in boards.within(panel, "url")]
        assert urls
        assert all(url.split("?")[0].removeprefix("/d/") in others for url in urls)


@every
def test_variables_are_there_when_they_are_named(board: Board) -> None:
    there = {each["name"] for each in board.raw["templating"]["list"]}
    named = boards.variables(board.text)
    assert named <= there
    assert there >= {"datasource", "job", "source", "rule"}
    for each in board.choices[1:]:
        assert each["multi"]
        assert each["includeAll"]
        assert each["allValue"] == ".*"


@every
def test_one_installation_is_chosen_before_anything_else(board: Board) -> None:
    job = board.choices[0]
    assert job["name"] == "job"
    assert job["query"]["query"] == "label_values(svar_build_info, job)"
    assert not job["multi"]
    assert not job["includeAll"]
    assert job["current"]["value"] == boards.OURS


@every
def test_whatever_is_asked_is_asked_of_one_installation(board: Board) -> None:
    for query in (*board.asked(), *board.marks()):
        assert boards.of_any_job(query.expr) == [], query
    for each in (*board.choices[1:], *board.sayings):
        assert boards.of_any_job(each["query"]["query"]) == []
    assert boards.of_any_job("sum(svar_replicas)")
    assert boards.of_any_job('svar_closure{source=~"$source"}')


@every
def test_links_lead_to_the_same_installation(board: Board) -> None:
    assert all(each["includeVars"] for each in board.raw["links"])
    for url in boards.within(board.panels, "url"):
        assert "${__all_variables}" in str(url) or "${job:queryparam}" in str(url)


@every
def test_reloads_and_held_closures_are_marked(board: Board) -> None:
    names = [each["name"] for each in board.annotations]
    assert names == ["Rules taken up", "Closures held"]
    assert board.annotations[0]["useValueForTime"]


@every
def test_colours_are_told_apart_and_read_by_everybody(board: Board) -> None:
    lines = {str(each) for each in boards.within(board.raw, "fixedColor")}
    marks = {each["iconColor"] for each in board.annotations}
    assert lines | marks <= LINES
    words = {
        str(each) for each in boards.within(board.raw, "color") if isinstance(each, str)
    }
    assert words - NEUTRAL <= WORDS


@pytest.mark.parametrize("colour", sorted(WORDS))
def test_words_stand_out_on_light_and_dark(colour: str) -> None:
    assert contrast(colour, WHITE) >= 4.5
    assert contrast(colour, DARK) >= 3  # figures are large


@every
def test_small_coloured_words_have_their_colour_behind_them(board: Board) -> None:
    assert not any(
        "color-text" in str(each) for each in boards.within(board.raw, "type")
    )


@every
def test_a_colour_never_speaks_alone(board: Board) -> None:
    for panel in board.panels:
        if panel["type"] == "stat" and panel["options"]["colorMode"] != "none":
            mapped = panel["fieldConfig"]["defaults"]["mappings"]
            is_figure = panel["options"]["colorMode"] == "value"
            assert mapped or is_figure, panel["title"]
