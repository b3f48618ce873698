"""The recruiting database of the simulation: rows in memory, that may fail to be read."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from monitor.attribution import Mailbox
from monitor.configuration import Configuration
from monitor.errors import SourceError
from monitor.model import Application
from monitor.source import Poll, Source
from tests.simulation import house
from tests.simulation.fates import IN_A_POLL, Fates

COLUMNS = set(Application._fields) - {"called_at"}


class Rows(dict[str, Application]):
    """The applications by their id, and when each of them was changed last."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self.changed_at: dict[str, datetime] = {}
        self._clock = clock

    def __setitem__(self, name: str, row: Application) -> None:
        super().__setitem__(name, row)
        self.changed_at[name] = self._clock()


class Page(Poll):
    """One pass over the rows; it may break off before the end."""

    def __init__(
        self, rows: list[Application], breaks_after: int | None, ats: "Ats"
    ) -> None:
        self.rows = rows
        self.ats = ats
        self.breaks_after = breaks_after
        self.applications = 0
        self.rejected = Counter()
        self.rejected_messages = Counter()
        self.rejected_ids = []
        self.mailbox = Mailbox()

    def __iter__(self) -> Iterator[Application]:
        for count, row in enumerate(self.rows):
            if count == self.breaks_after:
                raise self.ats.failure()
            yield row
        self.ats.fates.meet(IN_A_POLL)
        if self.breaks_after is not None:
            raise self.ats.failure()


class Ats(Source):
    """What the recruiters did so far; `hidden` rows are there and are not delivered."""

    def __init__(
        self, loaded: Configuration, fates: Fates, clock: Callable[[], datetime]
    ) -> None:
        self.fates = fates
        self.clock = clock
        self.settings = loaded.settings.sources[0]
        self.name = self.settings.name
        self.rows = Rows(clock)
        self.failed_at: datetime | None = None
        self.hidden: set[str] = set()
        self.shown = "all"  # or "none", "few", or "broken" after some rows

    @property
    def is_dark(self) -> bool:
        """Tell a source that cannot be read, or shows nothing."""
        return self.shown in {"none", "broken"}

    @property
    def leaves_out(self) -> bool:
        """Tell whether rows that were there are not delivered."""
        return bool(self.hidden) or self.shown != "all"

    def delivered(self, now: datetime) -> set[str]:
        return COLUMNS

    @contextmanager
    def poll(self, now: datetime) -> Iterator[Page]:
        """Give one pass over what is shown."""
        yield self._page(self.delivered_rows())

    @contextmanager
    def again(self, now: datetime, application_ids: Collection[str]) -> Iterator[Page]:
        """Give one pass over what is shown of these applications."""
        rows = [r for r in self.delivered_rows() if r.application_id in application_ids]
        yield self._page(rows)

    def failure(self) -> SourceError:
        """Return how a pass breaks off, and remember when one did."""
        self.failed_at = self.clock()
        return SourceError(house.SOURCE, "timeout", "the query took too long")

    def _page(self, rows: list[Application]) -> Page:
        if self.shown == "none":
            rows = []
        if self.shown == "few":
            rows = rows[::4]
        breaks_after = len(rows) // 2 if self.shown == "broken" else None
        return Page(rows, breaks_after, self)

    def delivered_rows(self) -> list[Application]:
        """Return the rows that are in the database now."""
        return [each for name, each in self.rows.items() if name not in self.hidden]
