"""From a database's row to an application or a message; bad rows are named, not fatal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from enum import StrEnum
from functools import lru_cache, partial
from operator import itemgetter
from types import NoneType
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from monitor.attribution import Direction, Message, MessageKind, Sending
from monitor.mapping import MESSAGE_COLUMNS, Stage
from monitor.model import Application, Ball, Channel, Spell, Status
from monitor.rules import COLUMN_KINDS
from monitor.source.cells import text, texts, truth

FIELDS = Application._fields
AT = {name: index for index, name in enumerate(FIELDS)}
OLDEST = 1900  # years before this are how old systems write "none"
_FIRST = str(OLDEST)
_UTC = ("+00", "+00:00", "Z")
_ZEROS = ("0000-", "1000-", "0001-")

_UNREADABLE = (ValueError, TypeError, KeyError, OverflowError, AttributeError)
_REQUIRED = [AT[name] for name in ("candidate_ref", "applied_at", "status")]
_ID = AT["application_id"]
_STAGE, _ENTERED, _PHASE = AT["stage"], AT["stage_entered_at"], AT["phase"]
_WAITING_ON, _WAITING_SINCE = AT["waiting_on"], AT["waiting_since"]

_NOTHING = frozenset({None})
LONGEST_ID = 500  # what is longer does not fit into an index of the state
Row = Sequence[Any]
Read = Callable[[Any], datetime | None]
Convert = Callable[[Sequence[Any]], Sequence[Any]]
Word = TypeVar("Word", bound=StrEnum)


class RowError(ValueError):
    """A row that cannot be read; says which column, never what stood there."""


def instants(zone: ZoneInfo | None) -> Read:
    """Return the reader of this source's instants; naive ones are in the zone.

    Equal values are read once: the milestones of one application often coincide.
    """
    local: tzinfo | None = UTC if zone is not None and zone.key == "UTC" else zone

    @lru_cache(maxsize=8192)
    def read(value: Any) -> datetime | None:
        at = value if isinstance(value, datetime) else _parse(value)
        if at is None or at.year < OLDEST:
            return None
        if at.tzinfo is None:
            if local is None:
                message = "has no zone; say `timezone:` of this source"
                raise ValueError(message)
            # As `replace(tzinfo=local)`, which takes seven times as long.
            at = datetime.combine(at, at.time(), local)
        return at if at.tzinfo is UTC else at.astimezone(UTC)

    return read


def _parse(value: Any) -> datetime | None:
    """Return the instant that a text or a day stands for; None for "none"."""
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        if value in {"", "0"} or value.startswith(_ZEROS):
            return None
        raise


class ApplicationReader:
    """Reads rows with the columns given, each column of all of them at a time.

    The way over the values is then a loop of its own for each column, or none at all
    where a column is as it should be: a third of the time of row after row.
    """

    def __init__(
        self, columns: Sequence[str], stages: Mapping[str, Stage], zone: ZoneInfo | None
    ) -> None:
        self._phases = {name: stage.phase for name, stage in stages.items()}
        self._balls = {name: stage.ball for name, stage in stages.items()}
        kinds = _PLAIN | {datetime: _instants(zone), tuple: _spells(zone)}
        self._converters = [
            (AT[name], _addresses if name in _ADDRESSES else kinds[COLUMN_KINDS[name]])
            for name in columns
        ]

    def __call__(self, rows: Sequence[Row]) -> list[Application]:
        """Return the applications in the rows; raise RowError if one cannot be read."""
        columns = list(zip(*rows, strict=True))
        cells: list[Sequence[Any]] = [(None,) * len(rows)] * len(FIELDS)
        index = 0
        try:
            for (index, convert), column in zip(self._converters, columns, strict=True):
                cells[index] = convert(column)
        except _UNREADABLE as error:
            raise RowError(_bad(FIELDS[index], error)) from None
        _require(cells)
        self._complete(cells)
        return list(map(_application, zip(*cells, strict=True)))

    def _complete(self, cells: list[Sequence[Any]]) -> None:
        """Put in what the stages tell."""
        cells[_PHASE] = list(map(self._phases.get, cells[_STAGE]))
        waiting_on, since = list(cells[_WAITING_ON]), list(cells[_WAITING_SINCE])
        for row, known in enumerate(waiting_on):
            if known is None and (ball := self._balls.get(cells[_STAGE][row])):
                waiting_on[row] = ball
                since[row] = since[row] or cells[_ENTERED][row]
        cells[_WAITING_ON], cells[_WAITING_SINCE] = waiting_on, since


def _require(cells: Sequence[Sequence[Any]]) -> None:
    """Raise RowError for a row that lacks what every application has."""
    ids = cells[_ID]
    if not all(ids):  # an empty one is none either
        message = "application_id is missing"
        raise RowError(message)
    if max(map(len, ids)) > LONGEST_ID:
        message = f"application_id is longer than {LONGEST_ID} characters"
        raise RowError(message)
    for index in _REQUIRED:
        if not all(cells[index]) and None in cells[index]:
            message = f"{FIELDS[index]} is missing"
            raise RowError(message)


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
        about, address, sent_at, *words = pick((*row, None))
        try:
            sent = read_instant(sent_at) if sent_at is not None else None
            about, address, side, sort, delivery, hint, way = [
                None if value is None else text(value)
                for value in (about, address, *words)
            ]
            direction, kind = Direction(side or ""), MessageKind(sort or "")
            channel = Channel(way) if way else None
        except _UNREADABLE as error:
            raise RowError(_bad("message", error)) from None
        if sent is None:
            message = "sent_at is missing"
            raise RowError(message)
        return Message(
            application_id=about,
            candidate_email=(address or "").strip().lower() or None,
            sent_at=sent,
            direction=direction,
            kind=kind,
            delivery=_sending(delivery),
            subject_hint=hint,
            channel=channel,
        )

    return read


def _sending(word: str | None) -> Sending | None:
    """Return how far a message got; a word that is not ours never tells of an answer."""
    if word is None:
        return None
    return Sending(word) if word in set(Sending) else Sending.FAILED


def _bad(column: str, error: Exception) -> str:
    if "has no zone" in str(error):
        return f"{column} has no zone; say `timezone:` of this source"
    return f"{column} cannot be read"


def _words(kind: type[Word]) -> Convert:
    """Return the converter of a column of words of ours."""
    known: dict[Any, Word | None] = {str(member): member for member in kind}
    known |= {str(member).encode(): member for member in kind}
    known[None] = None
    return lambda values: list(map(known.__getitem__, values))


def _each(convert: Callable[[Any], Any], *right: type) -> Convert:
    """Return the converter of a column; one of the right types alone stays as it is."""
    types = {*right, NoneType}

    def column(values: Sequence[Any]) -> Sequence[Any]:
        if types.issuperset(map(type, values)):
            return values
        return [None if value is None else convert(value) for value in values]

    return column


def _instants(zone: ZoneInfo | None) -> Convert:
    """Return the converter of a column of instants; plain texts take a way of their own.

    A chunk that mixes types may be refused; its rows are read when they stand alone.
    """
    read = instants(zone)
    is_utc = zone is not None and zone.key == "UTC"

    def column(values: Sequence[Any]) -> Sequence[datetime | None]:
        if _NOTHING.issuperset(values):
            return values
        first = next(value for value in values if value is not None)
        if isinstance(first, str) and first.endswith(_UTC):
            return _zoned(values, read)
        if isinstance(first, str) and is_utc:
            return _naive(values, read)
        return [None if value is None else read(value) for value in values]

    return column


def _zoned(texts: Sequence[Any], read: Read) -> list[datetime | None]:
    """Read texts that say UTC themselves, as PostgreSQL's do; `read` has the others."""
    parse = datetime.fromisoformat
    return [
        None
        if text is None
        else at
        if text >= _FIRST and (at := parse(text)).tzinfo is UTC
        else read(text)
        for text in texts
    ]


def _naive(texts: Sequence[Any], read: Read) -> list[datetime | None]:
    """Read texts that are in UTC and do not say so; `read` has the others."""
    parse, combine = datetime.fromisoformat, datetime.combine
    return [
        None
        if text is None
        else combine(at, at.time(), UTC)
        if text >= _FIRST and (at := parse(text)).tzinfo is None
        else read(text)
        for text in texts
    ]


def _spells(zone: ZoneInfo | None) -> Convert:
    """Return the converter of spells, which stand as `FROM/TO, FROM/TO` in a text."""
    read = instants(zone)

    def spell(text: str) -> Spell:
        begins, ends = map(read, map(str.strip, text.split("/")))
        if begins is None or ends is None or ends < begins:
            message = "not a spell"
            raise ValueError(message)
        return begins, ends

    def spells(value: Any) -> tuple[Spell, ...] | None:
        parts = filter(None, map(str.strip, text(value).split(",")))
        return tuple(sorted(map(spell, parts))) or None

    return _each(spells)


_PLAIN: dict[type, Convert] = {
    str: texts,
    int: _each(int, int),
    bool: _each(truth, bool),
    Status: _words(Status),
    Ball: _words(Ball),
    Channel: _words(Channel),
}
_ADDRESSES = {"candidate_email", "recruiter", "manager", "decided_by"}


def _addresses(values: Sequence[Any]) -> list[str | None]:
    found = texts(values)
    return [None if text is None else text.strip().lower() or None for text in found]


# As the tuple's own `_make`, in half the time.
_application = partial(tuple.__new__, Application)
