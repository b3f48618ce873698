"""A recruiting database that shows whatever rows a story gives it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from monitor.attribution import Mailbox
from monitor.configuration import Configuration
from monitor.model import Application
from monitor.source import Poll, Source

Rows = Sequence[Application]


class Pass(Poll):
    """A pass over rows that are at hand."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.rejected = Counter()
        self.rejected_messages = Counter()
        self.rejected_ids = []
        self.mailbox = Mailbox()

    def __iter__(self) -> Iterator[Application]:
        yield from self.rows


class Shown(Source):
    """A source that delivers every column, of the rows that there are by then."""

    def __init__(
        self, loaded: Configuration, rows_of: Callable[[datetime], Rows]
    ) -> None:
        (self.settings,) = loaded.settings.sources
        self.name = self.settings.name
        self.mapping = loaded.mappings[self.name]
        self.rows_of = rows_of

    def columns(self, now: datetime) -> list[str]:
        return list(Application._fields)

    def delivered(self, now: datetime) -> set[str]:
        return set(Application._fields)

    @contextmanager
    def poll(self, now: datetime) -> Iterator[Poll]:
        yield Pass(self.rows_of(now))
