"""From a database's row to an application or a message; bad rows are named, not fatal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from monitor.attribution import Direction, Message, MessageKind
from monitor.mapping import MESSAGE_COLUMNS, Stage
from monitor.model import Application, Ball, Channel, Status
from monitor.rules import COLUMN_KINDS

FIELDS = Application._fields
AT = {name: index for index, name in enumerate(FIELDS)}
OLDEST = 1900  # years before this are how old systems write "none"
_ZEROS = ("0000-", "1000-", "0001-")

_UNREADABLE = (ValueError, TypeError, KeyError, OverflowError, AttributeError)
_REQUIRED = [AT[name] for name in ("candidate_ref", "applied_at", "status")]
_STAGE, _ENTERED, _PHASE = AT["stage"], AT["stage_entered_at"], AT["phase"]
_WAITING_ON, _WAITING_SINCE = AT["waiting_on"], AT["waiting_since"]

Row = Sequence[Any]
Word = TypeVar("Word", bound=StrEnum)


class RowError(ValueError):
    """A row that cannot be read; says which column, never what stood there."""


def instants(zone: ZoneInfo | None) -> Callable[[Any], datetime | None]:
    """Return the reader of this source's instants; naive ones are in the zone.

    Equal values are read once: the milestones of one application often coincide.
    """

    @lru_cache(maxsize=8192)
    def read(value: Any) -> datetime | None:
        if isinstance(value, str):
            if not value or value == "0" or value.startswith(_ZEROS):
                return None
            value = datetime.fromisoformat(value)
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if value.year < OLDEST:
            return None
        if value.tzinfo is None:
            if zone is None:
                message = "has no zone; say `timezone:` of this source"
                raise ValueError(message)
            value = value.replace(tzinfo=zone)
        return value.astimezone(UTC)  # type: ignore[no-any-return]

    return read


class ApplicationReader:
    """Reads rows with the columns given; raises RowError for one it cannot read."""

    def __init__(
        self, columns: Sequence[str], stages: Mapping[str, Stage], zone: ZoneInfo | None
    ) -> None:
        absent = len(columns)  # where the None stands that is put behind every row
        self._pick = itemgetter(
            *[columns.index(name) if name in columns else absent for name in FIELDS]
        )
        self._stages = stages
        instant = instants(zone)
        kinds = [(AT[name], COLUMN_KINDS[name]) for name in columns]
        self._converters: list[tuple[int, Callable[[Any], Any]]] = [
            (index, instant if kind is datetime else _PLAIN[kind])
            for index, kind in kinds
        ]
        self._addresses = [AT[name] for name in columns if name in _ADDRESSES]

    def __call__(self, row: Row) -> Application:
        """Return the application in the row."""
        cells = list(self._pick((*row, None)))
        if cells[0] is None or cells[0] == "":
            message = "application_id is missing"
            raise RowError(message)
        index = 0
        try:
            for index, convert in self._converters:
                value = cells[index]
                if value is not None:
                    cells[index] = convert(value)
        except _UNREADABLE as error:
            raise RowError(_bad(FIELDS[index], error)) from None
        self._complete(cells)
        return Application._make(cells)

    def _complete(self, cells: list[Any]) -> None:
        """Put in what the stage tells, and refuse what may not be missing."""
        for index in self._addresses:
            if cells[index] is not None:
                cells[index] = cells[index].strip().lower() or None
        for index in _REQUIRED:
            if cells[index] is None:
                message = f"{FIELDS[index]} is missing"
                raise RowError(message)
        stage = self._stages.get(cells[_STAGE])
        if stage is not None:
            cells[_PHASE] = stage.phase
            if cells[_WAITING_ON] is None:
                cells[_WAITING_ON] = stage.ball
                cells[_WAITING_SINCE] = cells[_WAITING_SINCE] or cells[_ENTERED]


def messages(columns: Sequence[str], zone: ZoneInfo | None) -> Callable[[Row], Message]:
    """Return the reader of message rows with these columns; it raises RowError."""
    absent = len(columns)
    pick = itemgetter(
        *[
            columns.index(name) if name in columns else absent
            for name in MESSAGE_COLUMNS[1:]
        ]
    )
    read_instant = instants(zone)

    def read(row: Row) -> Message:
        about, address, sent_at, direction, kind, delivery, hint = pick((*row, None))
        try:
            sent = read_instant(sent_at) if sent_at is not None else None
            side, sort = Direction(direction), MessageKind(kind)
        except (ValueError, TypeError) as error:
            raise RowError(_bad("message", error)) from None
        if sent is None:
            message = "sent_at is missing"
            raise RowError(message)
        return Message(
            application_id=None if about is None else str(about),
            candidate_email=(address or "").strip().lower() or None,
            sent_at=sent,
            direction=side,
            kind=sort,
            delivery=delivery,
            subject_hint=hint,
        )

    return read


def _bad(column: str, error: Exception) -> str:
    if "has no zone" in str(error):
        return f"{column} has no zone; say `timezone:` of this source"
    return f"{column} cannot be read"


def _words(kind: type[Word]) -> Callable[[Any], Word]:
    known = {str(member): member for member in kind}
    return known.__getitem__


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        return {
            "true": True,
            "t": True,
            "1": True,
            "false": False,
            "f": False,
            "0": False,
        }[value.lower()]
    return bool(value)


_PLAIN: dict[type, Callable[[Any], Any]] = {
    str: str,
    int: int,
    bool: _truth,
    Status: _words(Status),
    Ball: _words(Ball),
    Channel: _words(Channel),
}
_ADDRESSES = {"candidate_email", "recruiter", "manager", "decided_by"}
