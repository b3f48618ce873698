"""Reads `when` and `exempt`: which applications a rule is about."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from monitor import misfit
from monitor.rules.columns import INSTANTS, KINDS
from monitor.rules.nouns import Comparison, Condition, Order, Test, Tests
from monitor.settings import YEARS
from monitor.worktime import Duration
from monitor.yamlfile import Key

Note = Callable[[tuple[Key, ...], str], None]
Bound = int | date | datetime | Duration | str

Day = TypeVar("Day", bound=date)
NUMBERS = (Order.AT_LEAST, Order.AT_MOST, Order.ABOVE, Order.BELOW)
MOMENTS = (Order.BEFORE, Order.AFTER)
_FORMS = (
    "expected a value, a list, present, absent, {not: ...}, "
    "{at_least: 5} or the like, or {before: ...}"
)
_MOMENT = (
    'is an instant; test it with present, absent, {before: "2026-12-01"}, '
    '{after: last_reply_at} or {before: "30 days ago"}'
)
_NAMES: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    str: "text",
}


class Reader:
    """Reads conditions, and notes what makes no sense at its place.

    `stages`: the stages that some mapping knows, or None where that is not known.
    """

    def __init__(self, note: Note, stages: Collection[str] | None = None) -> None:
        self._note = note
        self._stages = stages

    def tests(self, path: tuple[Key, ...], texts: Mapping[str, object]) -> Tests:
        """Return the tests, all of which have to hold."""
        found: list[Test] = []
        for column, text in texts.items():
            here = (*path, column)
            if column not in KINDS:
                hint = misfit.nearest(column, KINDS)
                self._note(here, f'no column "{column}"{hint}')
            elif isinstance(text, dict) and set(text) != {"not"}:
                found += self._comparisons(here, column, text)
            else:
                found += self._condition(here, column, text)
        return tuple(found)

    def _condition(
        self, path: tuple[Key, ...], column: str, text: object
    ) -> Iterator[Test]:
        if text in ("present", "absent"):
            yield Condition(column, None, text == "present")
            return
        wanted = True
        if isinstance(text, dict):
            text, wanted = text["not"], False
        values = text if isinstance(text, list) else [text]
        kind = KINDS[column]
        if kind is datetime:
            self._note(path, _MOMENT)
        elif kind is tuple:
            self._note(path, "holds spells; test it with present or absent")
        elif "present" in values or "absent" in values:
            message = 'present and absent stand alone, not in a list or under "not"'
            self._note(path, message)
        elif not values:
            self._note(path, "an empty list matches nothing; name a value")
        else:
            yield self._values(path, column, values, wanted=wanted)

    def _values(
        self, path: tuple[Key, ...], column: str, values: list[object], *, wanted: bool
    ) -> Condition:
        kind = KINDS[column]
        ready = [self._value(path, kind, value) for value in values]
        globs = [each for each in ready if kind is str and _is_glob(each)]
        plain = frozenset(each for each in ready if each not in globs)
        if column == "stage" and self._stages is not None:
            self._known_stages(path, plain)
        every: Set[object] = {True, False} if kind is bool else frozenset()
        if issubclass(kind, StrEnum):
            every = set(kind)
        if not wanted and every and plain >= every:
            self._note(path, "leaves nothing out that could match; name fewer")
        return Condition(column, plain, wanted, tuple(map(str, globs)))

    def _known_stages(self, path: tuple[Key, ...], values: frozenset[object]) -> None:
        known = set(self._stages or ())
        for value in sorted(map(str, values - known)):
            hint = misfit.nearest(value, known)
            self._note(path, f'no mapping has a stage "{value}"{hint}')

    def _value(self, path: tuple[Key, ...], kind: type, value: object) -> object:
        """Return the value as rows hold it; None, and a problem, if none holds it."""
        if issubclass(kind, StrEnum):
            words = [str(member) for member in kind]
            if value in words:
                return kind(value)
            hint = misfit.nearest(str(value), words)
            self._note(path, f'"{value}" is not known{hint}')
        elif type(value) is not kind:
            meant = misfit.switch(value) if kind is bool else None
            message = f"expected {_NAMES[kind]}, or a list of such"
            self._note(path, meant or message)
        else:
            return value
        return None

    def _comparisons(
        self, path: tuple[Key, ...], column: str, bounds: Mapping[str, Any]
    ) -> Iterator[Comparison]:
        allowed: tuple[Order, ...] = {int: NUMBERS, datetime: MOMENTS}.get(
            KINDS[column], ()
        )
        found = []
        for word, bound in bounds.items():
            if word not in set(Order):
                self._unknown(path, word, allowed)
            elif word not in allowed:
                other = f" (one of {', '.join(allowed)})" if allowed else ""
                self._note((*path, word), f"cannot be asked of {column}{other}")
            elif (ready := self._bound((*path, word), bound)) is not None:
                found.append(Comparison(column, Order(word), ready))
        if not bounds:
            self._note(path, _FORMS)
        if _is_empty({each.order: each.bound for each in found}):
            self._note(path, "no value meets both bounds; the range is empty")
        yield from found

    def _unknown(
        self, path: tuple[Key, ...], word: str, allowed: tuple[Order, ...]
    ) -> None:
        """Note a word that asks nothing; `not` is known, but stands alone."""
        words = [*map(str, allowed), "not"]
        if word in words:
            self._note(path, _FORMS)
            return
        hint = misfit.nearest(word, words)
        if "did you mean" not in hint:
            hint = f"; {_FORMS}"
        self._note((*path, word), f'"{word}" is not known{hint}')

    def _bound(self, path: tuple[Key, ...], bound: object) -> Bound | None:
        if path[-1] in NUMBERS:
            if type(bound) is int:
                return bound
            self._note(path, "expected a whole number")
            return None
        if bound == path[-2]:
            self._note(path, f"{bound} is never {path[-1]} itself")
            return None
        try:
            return _moment(str(bound))
        except OverflowError:
            reach = f"write a year from {YEARS[0]} to {YEARS[-1]}"
            self._note(path, f'"{bound}" is out of reach ({reach})')
        except ValueError as error:
            self._note(path, str(error))
        return None


def _is_empty(bounds: Mapping[Order, Bound]) -> bool:
    """Tell a range in which no value can lie."""
    steps = {Order.AT_LEAST: 0, Order.ABOVE: 1, Order.AT_MOST: 0, Order.BELOW: -1}
    ends = {
        order: bound + steps[order]
        for order, bound in bounds.items()
        if isinstance(bound, int)
    }
    low = [ends[each] for each in (Order.AT_LEAST, Order.ABOVE) if each in ends]
    high = [ends[each] for each in (Order.AT_MOST, Order.BELOW) if each in ends]
    if low and high:
        return max(low) > min(high)
    match bounds.get(Order.AFTER), bounds.get(Order.BEFORE):
        case Duration() as long_ago, Duration() as ago:
            return long_ago.unit is ago.unit and long_ago.amount <= ago.amount
        case datetime() as first, datetime() as last:
            return first >= last
        case date() as first, date() as last if type(first) is type(last):
            return first >= last
    return False


def _is_glob(value: object) -> bool:
    return isinstance(value, str) and ("*" in value or "?" in value)


def _moment(text: str) -> Bound:
    """Return the bound in text; raise ValueError with what it may be."""
    if text in INSTANTS:
        return text
    if text.endswith(" ago"):
        return Duration.parse(text.removesuffix(" ago"))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            return within(date.fromisoformat(text))
        except ValueError as error:
            message = f'"{text}" is not a day of the calendar'
            raise ValueError(message) from error
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        hint = misfit.nearest(text, INSTANTS)
        if "did you mean" not in hint:
            hint = ' (try "2026-12-01", "30 days ago" or a column)'
        message = f'"{text}" is no instant, and no column that holds one{hint}'
        raise ValueError(message) from error
    if at.tzinfo is None:
        message = f'"{text}" names no zone (try "{text}Z", or only the day)'
        raise ValueError(message)
    return within(at.astimezone(UTC))


def within(at: Day) -> Day:
    """Return a day or an instant; raise OverflowError outside the years of a clock."""
    if at.year not in YEARS:
        raise OverflowError
    return at
