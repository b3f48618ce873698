"""The metrics as text, in the format that a client asks for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

from prometheus_client import exposition as classic
from prometheus_client.core import Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

END = b"# EOF\n"  # of OpenMetrics, once

Families = Callable[[], Iterable[Metric]]


class Format(StrEnum):
    """A text format; its value is what the Content-Type says of it."""

    CLASSIC = classic.CONTENT_TYPE_PLAIN_0_0_4
    OPENMETRICS = openmetrics.CONTENT_TYPE_LATEST


def wanted(accept: str) -> Format:
    """Return OpenMetrics where an Accept header names it, as Prometheus does."""
    named = {each.partition(";")[0].strip().lower() for each in accept.split(",")}
    is_named = "application/openmetrics-text" in named
    return Format.OPENMETRICS if is_named else Format.CLASSIC


def render(families: Collector, form: Format) -> bytes:
    """Return the families as text, without the end."""
    if form is Format.CLASSIC:
        return classic.generate_latest(families)
    text: bytes = openmetrics.generate_latest(families)  # type: ignore[no-untyped-call]
    return text.removesuffix(END)


def count(text: bytes) -> int:
    """Return how many series stand in a text."""
    return sum(not line.startswith(b"#") for line in text.splitlines())


@dataclass(frozen=True, slots=True)
class Text:
    """Rendered families, and how many series they have."""

    body: bytes
    series: int


@dataclass(frozen=True, slots=True)
class _Drawn(Collector):
    """Families that are drawn when they are asked for."""

    families: Families

    def collect(self) -> Iterable[Metric]:
        return self.families()


def draw(families: Families, form: Format) -> Text:
    """Render families."""
    body = render(_Drawn(families), form)
    return Text(body, count(body))


class Kept:
    """Text of families that change seldom: rendered when they change, not when read.

    Only in the formats that somebody has asked for.
    """

    def __init__(self, families: Families) -> None:
        self._families = families
        self._lock = Lock()  # one rendering at a time, so that none overtakes another
        self._texts: dict[Format, Text] = {}

    def renew(self) -> None:
        """Render anew; whoever reads meanwhile has the text of before."""
        with self._lock:
            for form in list(self._texts):
                self._texts[form] = draw(self._families, form)

    def text(self, form: Format) -> Text:
        """Return the text in this format."""
        found = self._texts.get(form)
        if found is None:
            with self._lock:
                found = self._texts.get(form) or draw(self._families, form)
                self._texts[form] = found
        return found
