"""Some hundred rows of a poll, with what several figures ask of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from monitor import closure
from monitor.evaluate import Finding
from monitor.figures.promises import glance
from monitor.figures.promises.glance import AT, Row, Rows, Spans
from monitor.model import Application, Channel, Closure

Found = Sequence[tuple[Application, Finding]]
Within = tuple[datetime, datetime]  # later than the first, not later than the second
_TOLD, _TOLD_BY, _CALLED = AT["told_at"], AT["told_by"], AT["called_at"]
_DECIDED = AT["decided_at"]
_INTERVIEWED, _UNREACHED = AT["interviewed_at"], AT["unreached_at"]


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
        told_at: datetime | None = row[_TOLD]
        if row[_INTERVIEWED] is None or (told_at is None and row[_CALLED] is None):
            return told_at
        if row[_TOLD_BY] is Channel.PHONE and row[_UNREACHED] is None:
            return told_at  # as `closure` has it; nearly all come this far
        key = id(row)
        if key not in self._reached:
            self._reached[key] = closure.reached_at(row)
        return self._reached[key]

    def lately(self, after: datetime) -> Rows:
        """Return the rows whose outcome may have been told after an instant."""
        rows: Rows = self.rows
        return [
            row
            for row in rows
            if (row[_TOLD] or after) > after
            or (row[_CALLED] or after) > after
            or (row[_DECIDED] or after) > after
            or row[_UNREACHED] is not None
        ]
