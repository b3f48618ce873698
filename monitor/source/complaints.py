"""What a database said went wrong, without the values of a row that it repeats."""

import re

from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError

# To the last such quote, since a value may hold some as well; or to the end.
_QUOTED = r"""(?P<quote>['"])(?:.*(?P=quote)|.*)"""
_ANY = re.compile(_QUOTED, re.DOTALL)
# Not where the word is in a name, as in "no such column: q.value".
_VALUE = re.compile(
    rf"""(?P<before>(?<!['"`.])\b(?:value|entry|character string)\b[^'"]*){_QUOTED}""",
    re.DOTALL | re.IGNORECASE,
)
_TEXT = " with text"  # SQLite goes on to say what it could not decode


def words(error: SQLAlchemyError) -> str:
    """Return what was said; names in quotes stay, values do not."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    said = str(cause.args[-1] if cause and cause.args else cause).strip()
    said = said.partition(_TEXT)[0]
    if isinstance(error, DataError):  # all that it quotes may be a value
        said = _ANY.sub("…", said)
    return _VALUE.sub(r"\g<before>…", said)
