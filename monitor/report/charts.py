"""Small charts as plain geometry: a line in a box of WIDTH and HEIGHT, bars up to LENGTH.

A line's box begins at its floor, since between 86 % and 95 % lies the whole matter.
"""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 96, 28
LENGTH = 240
_MARGIN = 4
_WHOLE, FLOOR = 100, 50  # per cent


class Point(NamedTuple):
    """A place in the box, from its upper left corner."""

    x: float
    y: float


def floor(shares: Sequence[int | None], goal: float) -> float:
    """Return the share at which the box of a line begins: FLOOR, or lower if need be."""
    return min(FLOOR, _WHOLE * goal, *(each for each in shares if each is not None))


def line(shares: Sequence[int | None], floor: float) -> list[list[Point]]:
    """Return the strokes of a line through shares in per cent; gaps part them."""
    strokes: list[list[Point]] = [[]]
    step = (WIDTH - 2 * _MARGIN) / max(1, len(shares) - 1)
    for number, share in enumerate(shares):
        if share is None:
            strokes.append([])
        else:
            strokes[-1].append(Point(_MARGIN + number * step, _height(share, floor)))
    return [stroke for stroke in strokes if stroke]


def goal(share: float, floor: float) -> float:
    """Return how far down the goal is drawn."""
    return _height(_WHOLE * share, floor)


def bars(counts: Sequence[int]) -> list[float]:
    """Return how long each bar is, the longest LENGTH."""
    most = max(counts, default=0)
    return [round(LENGTH * count / most, 1) if most else 0 for count in counts]


def _height(share: float, floor: float) -> float:
    inner = HEIGHT - 2 * _MARGIN
    return round(HEIGHT - _MARGIN - inner * (share - floor) / (_WHOLE - floor), 1)
