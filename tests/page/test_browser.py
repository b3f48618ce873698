"""The page in a real Chromium: it paints, it is quiet, and anybody can read it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest

from monitor import page
from monitor.daemon import server
from monitor.daemon.server import Answer
from tests.page import browser, colours, scene
from tests.page.browser import Tab

DEMANDED = os.environ.get("SVAR_TEST_DEMAND_CHROMIUM") == "1"
pytestmark = pytest.mark.skipif(
    browser.FOUND is None and not DEMANDED, reason="no chromium on this machine"
)

# Every text that is shown, with its colour and that of the ground behind it.
TEXTS = """
(() => {
  const hex = (rgb) => "#" + rgb.match(/\\d+/g).slice(0, 3)
    .map((n) => (+n).toString(16).padStart(2, "0")).join("");
  const clear = (rgb) => rgb === "rgba(0, 0, 0, 0)";
  const ground = (at) => {
    while (at && clear(getComputedStyle(at).backgroundColor)) at = at.parentElement;
    return hex(getComputedStyle(at ?? document.body).backgroundColor);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), at = walker.currentNode.parentElement;
    if (text && at.checkVisibility())
      found.push([text, hex(getComputedStyle(at).color), ground(at)]);
  }
  return found;
})()
"""
FIRST_PAINT = """
new Promise((told) => new PerformanceObserver((list) => told(list.getEntries()[0].startTime))
  .observe({type: "paint", buffered: true}))
"""
OPEN_ALL = "document.querySelectorAll('details').forEach((each) => each.open = true)"
WIDTH = "document.documentElement.scrollWidth"
FOCUSED = "document.activeElement.textContent.trim()"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser.browsing(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The pages of some days, as the daemon itself would serve them."""
    last, loaded = scene.day()
    empty = scene.told(loaded, opened=[]).last()
    failed = scene.told(loaded, scene.failure(), opened=[]).last()
    days = {
        "fresh": (last, timedelta(minutes=3)),
        "stale": (last, timedelta(days=1)),
        "empty": (empty, timedelta(0)),
        "failed": (failed, timedelta(0)),
        "large": (scene.large(), timedelta(0)),
        "nobody": (scene.nobody(), timedelta(0)),
    }
    pages = {
        f"/{day}": _answer(page.render(known, loaded, now=scene.AS_OF + after))
        for day, (known, after) in days.items()
    }
    with serving(pages) as address:
        yield address


@contextmanager
def serving(pages: server.Pages) -> Iterator[str]:
    """Serve the pages on a free port."""
    made = server.serve(("127.0.0.1", 0), pages)
    try:
        yield f"http://127.0.0.1:{made.server_port}"
    finally:
        made.shutdown()
        made.server_close()


def _answer(html: str) -> server.Page:
    return lambda _: Answer(200, html.encode(), server.HTML, page.POLICY)


days = pytest.mark.parametrize(
    "day", ["fresh", "stale", "empty", "failed", "large", "nobody"]
)
themes = pytest.mark.parametrize("theme", colours.THEMES)


@days
def test_it_paints_and_says_nothing_in_the_console(
    tab: Tab, served: str, day: str
) -> None:
    tab.open(f"{served}/{day}")
    assert tab.ask(FIRST_PAINT) > 0
    assert tab.events("Log.entryAdded") == []
    assert tab.events("Runtime.consoleAPICalled") == []
    assert tab.events("Runtime.exceptionThrown") == []


def test_it_asks_for_nothing_but_itself(tab: Tab, served: str) -> None:
    tab.open(f"{served}/fresh")
    asked = [each["request"]["url"] for each in tab.events("Network.requestWillBeSent")]
    fetched = [url for url in asked if not url.startswith("data:")]
    assert fetched == [f"{served}/fresh"]


def test_its_own_policy_would_stop_a_script(tab: Tab, served: str) -> None:
    tab.open(f"{served}/fresh")
    tab.ask("document.body.append(Object.assign(new Image(), {src: '/elsewhere.png'}))")
    tab.ask("new Promise((done) => setTimeout(done, 100))")
    assert "Content Security Policy" in str(tab.events("Log.entryAdded"))


@days
@themes
def test_every_text_stands_out_from_its_ground(
    tab: Tab, served: str, day: str, theme: str
) -> None:
    tab.open(f"{served}/{day}", dark=theme == "dark")
    tab.ask(OPEN_ALL)
    texts = tab.ask(TEXTS)
    assert len(texts) > 5
    faint = [each for each in texts if colours.contrast(each[1], each[2]) < colours.AA]
    assert faint == []


def test_the_themes_are_two(tab: Tab, served: str) -> None:
    grounds = []
    for theme in colours.THEMES:
        tab.open(f"{served}/fresh", dark=theme == "dark")
        grounds.append(tab.ask("getComputedStyle(document.body).backgroundColor"))
    assert len(set(grounds)) == 2


@days
@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_it_fits_into_any_window(tab: Tab, served: str, day: str, width: int) -> None:
    tab.open(f"{served}/{day}", width=width)
    tab.ask(OPEN_ALL)
    assert tab.ask(WIDTH) == width


def test_the_tab_key_reaches_all_that_can_be_used_in_order(
    tab: Tab, served: str
) -> None:
    tab.open(f"{served}/fresh")
    reached = []
    for _ in range(3):
        tab.press("Tab")
        reached.append(tab.ask(FOCUSED))
        assert tab.ask("document.activeElement.checkVisibility()")
    assert reached == [
        "By department",
        "Metrics for Prometheus",
        "Health of this process",
    ]


def test_somebody_who_hears_it_finds_the_way(tab: Tab, served: str) -> None:
    tab.open(f"{served}/fresh")
    nodes = tab.call("Accessibility.getFullAXTree")["nodes"]
    found = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]
    roles = [role for role, _ in found]
    for landmark in ("banner", "main", "contentinfo", "navigation"):
        assert roles.count(landmark) == 1, landmark
    assert ("region", "opencats") in found
    assert ("columnheader", "Line manager") not in found
    assert ("rowheader", "Line manager") in found
    levels = tab.ask(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert tab.ask("document.documentElement.lang") == "en"
