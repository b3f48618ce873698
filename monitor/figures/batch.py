"""Some hundred rows of a poll, with what several figures ask of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor import closure
from monitor.evaluate import Finding
from monitor.figures import glance
from monitor.figures.glance import AT, Row, Rows, Spans
from monitor.model import Application, Closure

Found = Sequence[tuple[Application, Finding]]
Within = tuple[datetime, datetime]  # later than the first, not later than the second
_TOLD, _CALLED = AT["told_at"], AT["called_at"]


class Batch:
    """Rows that go by together; what is worked out of all of them is so once."""

    def __init__(
        self,
        rows: Sequence[Application],
        found: Mapping[str, Found],
        closures: Sequence[Closure] = (),
    ) -> None:
        self.rows, self.found, self.closures = rows, found, closures
        self._stopped: dict[object, Spans] = {}
        self._reached: dict[int, datetime | None] = {}

    def first_stops(
        self, rows: Rows, start: int, stops: tuple[int, ...], within: Within
    ) -> Spans:
        """Return the clocks of some of the rows, with their first stop; see `glance`."""
        if rows is not self.rows:
            return glance.first_stops(rows, start, stops, within)
        key = start, stops, within
        if key not in self._stopped:
            self._stopped[key] = glance.first_stops(rows, start, stops, within)
        return self._stopped[key]

    def reached_at(self, row: Row) -> datetime | None:
        """Return when the outcome reached the candidate of one of the rows."""
        if row[_TOLD] is None and row[_CALLED] is None:
            return None
        key = id(row)
        if key not in self._reached:
            self._reached[key] = closure.reached_at(row)
        return self._reached[key]
