"""What the admin is to hear about Svar itself: once for each trouble, as a post."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from monitor.store.outbox import bundles
from monitor.store.words import PostKind


@dataclass(frozen=True, slots=True)
class Held:
    """Closings of a rule that are held back, since there are so many at once."""

    source: str
    rule: str
    count: int


@dataclass(frozen=True, slots=True)
class Silent:
    """A source without a good poll since then."""

    source: str
    since: datetime


Trouble = Held | Silent


def tell(
    connection: Connection, reader: str, trouble: Trouble, *, on: date, now: datetime
) -> None:
    """Owe the admin a post about a trouble, if it is new: one a day, or one an outage."""
    key = bundles.key(connection, (PostKind.ADMIN, reader, *_about(trouble, on)))
    if bundles.has(connection, key):
        return
    post = bundles.Reader(reader, on, frozenset()).post(PostKind.ADMIN)
    bundles.owe(connection, key, post | {"subject": write(trouble)}, now=now)


def _about(trouble: Trouble, on: date) -> tuple[str, ...]:
    if isinstance(trouble, Held):
        return "held", trouble.source, trouble.rule, on.isoformat()
    return "silent", trouble.source, trouble.since.isoformat()


def write(trouble: Trouble) -> str:
    """Return the trouble as a post keeps it."""
    return json.dumps({"is": type(trouble).__name__} | asdict(trouble), default=str)


def read(subject: str) -> Trouble:
    """Return the trouble that a post keeps."""
    found: dict[str, Any] = json.loads(subject)
    if found.pop("is") == Held.__name__:
        return Held(**found)
    return Silent(found["source"], datetime.fromisoformat(found["since"]))
