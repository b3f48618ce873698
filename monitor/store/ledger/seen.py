"""What a source delivered at one look: a table of the session, gone when the look ends."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Table,
    Text,
    exists,
    func,
    insert,
    or_,
    select,
)

from monitor.store.tables import alerts

_SEEN = Table(
    "seen",
    MetaData(),
    Column("application_id", Text, index=True),
    prefixes=["TEMPORARY"],
)
_UNSEEN = ~exists().where(_SEEN.c.application_id == alerts.c.application_id)

Which = tuple[ColumnElement[bool], ...]


@contextmanager
def noting(connection: Connection) -> Iterator[None]:
    """Take notes in this session as long as this lasts."""
    _SEEN.create(connection, checkfirst=False)
    try:
        yield
    finally:
        connection.rollback()  # the table goes with it


def note(connection: Connection, application_ids: Collection[str]) -> None:
    """Note applications that the source delivers."""
    rows = [{"application_id": each} for each in application_ids]
    if rows:
        connection.execute(insert(_SEEN), rows)


def count(connection: Connection, source: str) -> tuple[int, int]:
    """Return how many of a source's applications were not seen, and how many it has."""
    query = select(func.count(func.distinct(alerts.c.application_id)))
    known = query.where(alerts.c.source == source)
    unseen = connection.execute(known.where(_UNSEEN)).scalar_one()
    return unseen, connection.execute(known).scalar_one()


def missed(source: str, unmeasurable: Collection[str]) -> Which:
    """Return what holds for open alerts that the last poll missed as well.

    Alerts of an unmeasurable rule are missed by no poll.
    """
    by_poll = or_(alerts.c.closing_polls > 0, alerts.c.rule.in_(unmeasurable))
    return alerts.c.source == source, by_poll, alerts.c.closed_at.is_(None), _UNSEEN


def gone(source: str) -> Which:
    """Return what holds for all alerts of applications that were not seen."""
    return alerts.c.source == source, _UNSEEN
