"""Durations that name their clock, and good advice for those that do not."""

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import Self


class Unit(StrEnum):
    """The four clocks that a duration can run on."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WORKING_HOURS = "working hours"

    @property
    def singular(self) -> str:
        return self.value.removesuffix("s")

    @property
    def is_working(self) -> bool:
        return self in {Unit.WORKING_DAYS, Unit.WORKING_HOURS}


_SHAPE = re.compile(r"(-?\d{1,12}(?:[.,]\d{1,12})?)\s*(.*)", re.DOTALL | re.ASCII)
_UNITS = {name: unit for unit in Unit for name in (unit.value, unit.singular)}
_TEN_YEARS = {
    Unit.HOURS: 87_600,
    Unit.DAYS: 3_650,
    Unit.WORKING_DAYS: 3_650,
    Unit.WORKING_HOURS: 87_600,
}
_PART = re.compile(r"(\d+)([^\d]*)", re.ASCII)
_JOINTS = re.compile(r"[,+&]|\band\b")
_ANY = 'try "3 days" or "2 working days"'

# What people write instead: how many of which unit they most likely mean.
_HABITS = (
    (1, Unit.HOURS, "h, hr, hrs, clock hours, timer, timmar"),
    (1, Unit.DAYS, "d, calendar day, calendar days, dag, dagar, dager, dage"),
    (7, Unit.DAYS, "w, wk, wks, week, weeks, veckor, uker, uger"),
    (14, Unit.DAYS, "fortnight, fortnights"),
    (30, Unit.DAYS, "month, months"),
    (1, Unit.WORKING_DAYS, "wd, bd, workday, workdays, work days, workingdays"),
    (1, Unit.WORKING_DAYS, "business day, business days, office days, weekdays"),
    (1, Unit.WORKING_DAYS, "arbetsdagar, arbeidsdager, virkedager, arbejdsdage"),
    (1, Unit.WORKING_HOURS, "wh, workhours, work hours, workinghours"),
    (1, Unit.WORKING_HOURS, "business hour, business hours, office hours"),
    (1, Unit.WORKING_HOURS, "arbetstimmar, arbeidstimer, arbejdstimer"),
)
_MEANINGS = {
    word: (factor, unit)
    for factor, unit, words in _HABITS
    for word in words.split(", ")
}


_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            *("one a an", "two", "three", "four", "five", "six", "seven", "eight"),
            *("nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
            *("sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
        ),
        start=1,
    )
    for word in words.split()
}


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of hours or days, on the physical or the working clock."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            fault = "no time at all" if self.amount == 0 else "negative"
            message = f'"{self}" is {fault} (write at least "1 {self.unit.singular}")'
            raise ValueError(message)
        if self.amount > (most := _TEN_YEARS[self.unit]):
            message = f'"{self}" is too long (write at most "{most} {self.unit}")'
            raise ValueError(message)

    @classmethod
    def parse(cls, text: object) -> Self:
        """Read "10 working days" and the like.

        Raise ValueError, with the nearest valid duration, for anything else.
        """
        written = "" if text is None else " ".join(str(text).split())
        shape = None if isinstance(text, bool) else _SHAPE.fullmatch(written)
        if shape is None:
            first, _, rest = written.partition(" ")
            amount = _NUMBERS.get(first.lower())
            advice = _advice(str(amount), rest) if amount and rest else _ANY
            message = f'"{written}" is not a duration ({advice})'
            raise ValueError(message)
        number, word = shape.groups()
        if not word:
            message = (
                f'{written} names no clock (write "14 days", "10 working days", '
                '"336 hours" or "80 working hours")'
            )
            raise ValueError(message)
        unit = _UNITS.get(word)
        whole = number.removeprefix("-").isdigit()
        if unit is None or not whole:
            fault = "a duration" if whole else "a whole number"
            message = f'"{written}" is not {fault} ({_advice(number, word)})'
            raise ValueError(message)
        return cls(int(number), unit)

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.singular if self.amount == 1 else self.unit}"


def _advice(number: str, word: str) -> str:
    """Say what was probably meant: by meaning first, then by spelling."""
    if any(sign.isdecimal() for sign in word):
        return "one unit only: " + _total(f"{number} {word}")
    amount = math.ceil(abs(float(number.replace(",", "."))))
    meaning = _MEANINGS.get(word.lower())
    if meaning:
        factor, unit = meaning
        return _try(amount * factor, unit)
    near = get_close_matches(word.lower(), _UNITS, n=1)
    if not near:
        return _ANY
    advice = _try(amount, _UNITS[near[0]])
    if word not in _UNITS and _UNITS[near[0]] is Unit.DAYS:
        advice += ' or "2 working days"'  # the clock that they may not know of
    return advice


def _total(written: str) -> str:
    """Return what "1 day 4 hours" and the like come to, in one unit."""
    sums = dict.fromkeys(Unit, 0)
    for number, word in _PART.findall(_JOINTS.sub(" ", written)):
        name = word.strip().lower()
        if name not in _UNITS and name not in _MEANINGS:
            return _ANY
        factor, unit = _MEANINGS.get(name) or (1, _UNITS[name])
        sums[unit] += int(number) * factor
    used = [unit for unit, amount in sums.items() if amount]
    if len(used) == 1:
        return _try(sums[used[0]], used[0])
    if used == [Unit.HOURS, Unit.DAYS]:
        return _try(sums[Unit.DAYS] * 24 + sums[Unit.HOURS], Unit.HOURS)
    return _ANY  # how long a working day is, the calendar alone knows


def _try(amount: int, unit: Unit) -> str:
    return f'try "{Duration(min(max(amount, 1), _TEN_YEARS[unit]), unit)}"'
