"""The page of a real daemon: served to browsers, equal to /metrics, without a name."""

import io
import logging
from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from rich.console import Console

from monitor import page
from monitor.daemon import Daemon
from monitor.terminal import Terminal
from tests.page import reading
from tests.page.reading import Reader
from tests.stories import office
from tests.stories.office import NOW, Office


class Site:
    """A daemon that serves, and a browser's way of asking it."""

    def __init__(self, place: Office) -> None:
        log = logging.Logger("test", logging.CRITICAL)  # noqa: LOG001 - one for each test
        log.addHandler(logging.NullHandler())
        paper = Terminal(Console(file=io.StringIO()))
        self.daemon = Daemon(place.load(), {}, paper, log)
        self.daemon.open(now=NOW)
        self._http = self.daemon._serve()

    def poll(self, *, after: timedelta = timedelta(0)) -> None:
        self.daemon.poll(self.daemon.sources[0], now=NOW + after)

    def ask(self, path: str, method: str = "GET") -> tuple[HTTPResponse, str]:
        connection = HTTPConnection("127.0.0.1", self._http.server_port, timeout=10)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self.daemon.close()


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office")
    office.furnish(made)
    return made


@pytest.fixture
def site(place: Office) -> Iterator[Site]:
    made = Site(place)
    try:
        yield made
    finally:
        made.close()


def test_before_the_first_poll_it_says_that_there_is_no_data(site: Site) -> None:
    answer, html = site.ask("/")
    assert answer.status == 200
    assert "No data yet: the first poll is under way." in Reader(html).text
    assert Reader(html).figures == []


def test_after_a_first_poll_that_failed_it_says_so(site: Site, place: Office) -> None:
    place.ats.unlink()
    site.poll()
    _, html = site.ask("/")
    text = Reader(html).text
    assert "No data yet: the poll of Wed 16 Sep 10:00 failed." in text
    assert "the first poll is under way" not in text
    assert str(place.ats) not in html


def test_every_figure_is_that_of_metrics(site: Site) -> None:
    site.poll()
    (_, html), (_, metrics) = site.ask("/"), site.ask("/metrics")
    assert "3 people wait longer than we promised" in Reader(html).text
    assert list(reading.differences(html, metrics)) == []


def test_figures_of_long_ago_are_greyed(site: Site) -> None:
    site.poll()  # at an instant of the past, as a feed that went silent then
    _, html = site.ask("/")
    assert "Figures are as of Wed 16 Sep" in Reader(html).text


def test_it_names_no_person_and_no_job(site: Site, place: Office) -> None:
    office.distort(place, "answered", applied_at="soon")
    site.poll()
    _, html = site.ask("/")
    people = *office.NAMES.values(), office.RECRUITER, office.MANAGER
    assert [
        each for each in (*people, "mail.example", "Developer") if each in html
    ] == []


@pytest.mark.parametrize("path", ["/", "/?from=a-mail"])
def test_a_browser_may_load_nothing_else(site: Site, path: str) -> None:
    answer, _ = site.ask(path)
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert answer.getheader("Content-Security-Policy") == page.POLICY
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert answer.getheader("Cache-Control") == "no-store"


@pytest.mark.parametrize("path", ["/", "/metrics", "/readyz", "/nowhere"])
def test_a_head_is_that_of_the_page_without_its_body(site: Site, path: str) -> None:
    site.poll()
    asked, body = site.ask(path)
    head, nothing = site.ask(path, "HEAD")
    assert head.status == asked.status
    assert nothing == ""
    assert head.getheader("Content-Type") == asked.getheader("Content-Type")
    assert int(head.getheader("Content-Length") or 0) > 0
    assert body


def test_its_links_lead_somewhere(site: Site) -> None:
    _, html = site.ask("/")
    links = [each["href"] for tag, each in Reader(html).elements if tag == "a"]
    assert links == ["/metrics", "/healthz"]
    assert all(site.ask(link or "")[0].status != 404 for link in links)


def test_it_is_the_first_of_the_paths_that_are_named(site: Site) -> None:
    answer, text = site.ask("/nowhere")
    assert answer.status == 404
    assert text.startswith("try /, /metrics, ")


def test_a_scheduler_that_has_stopped_makes_it_unhealthy(site: Site) -> None:
    site.daemon._ticker.start()
    answer, said = site.ask("/healthz")
    assert (answer.status, said) == (200, "ok\n")
    assert site.daemon._ticker.drain()
    answer, said = site.ask("/healthz")
    assert (answer.status, said) == (503, "the scheduler has stopped\n")
