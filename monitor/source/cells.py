"""Values of columns as every database may hand them over: texts, and yes or no."""

from collections.abc import Sequence
from typing import Any


def text(value: Any) -> str:
    """Return text; bytes come from binary columns of MariaDB and blobs of SQLite."""
    found = value.decode() if isinstance(value, bytes) else str(value)
    return found.replace("\0", " ")  # which PostgreSQL, where the state may be, refuses


def texts(values: Sequence[Any]) -> Sequence[str | None]:
    """Return a column of texts; what is right already stays as it is."""
    known = values if all(values) else [each for each in values if each is not None]
    try:  # to join them is the quickest way to ask whether all are texts
        is_plain = "\0" not in "".join(known)
    except TypeError:
        is_plain = False
    if is_plain:
        return values
    return [None if value is None else text(value) for value in values]


def truth(value: Any) -> bool:
    """Return whether a value of any database means yes."""
    if isinstance(value, bytes):  # BIT(1) of MariaDB
        return any(value)
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
