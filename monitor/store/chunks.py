"""Rows a few hundred at a time, as many as go well into one statement."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

MOST = 500  # rows in one statement


def split(rows: Iterable[T]) -> Iterator[list[T]]:
    """Yield the rows in order, a few hundred at a time; takes no more than it yields."""
    left = iter(rows)
    while some := list(islice(left, MOST)):
        yield some
