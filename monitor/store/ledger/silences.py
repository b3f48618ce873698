"""Silences: what nobody is told of for a while; everything goes on but the telling.

A silence names a source, a rule, a department or a job, or several of these, all of
which must fit. One that names nothing fits everything: it is called a hold.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    and_,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from monitor.store.tables import alerts, notices, silences

MATCHERS = ("source", "rule", "department", "job")
_NAMED = {
    "department": (alerts.c.department,),
    "job": (alerts.c.job_title, alerts.c.job_ref),
}


@dataclass(frozen=True, slots=True)
class Silence:
    """What is silent, from when until when (None: until somebody ends it), and why."""

    starts_at: datetime
    ends_at: datetime | None
    author: str
    reason: str
    source: str | None = None
    rule: str | None = None
    department: str | None = None
    job: str | None = None
    id: int | None = None
    ended_by: str | None = None

    @property
    def matcher(self) -> dict[str, str]:
        """Return what must fit, by name."""
        pairs = {name: getattr(self, name) for name in MATCHERS}
        return {name: value for name, value in pairs.items() if value is not None}

    @property
    def is_hold(self) -> bool:
        """Tell a silence that fits everything."""
        return not self.matcher


Now = datetime | ColumnElement[datetime]  # an instant, or what will stand for one


def is_quiet(now: Now) -> ColumnElement[bool]:
    """Return whether a notice's alert is put off until later, or silenced now.

    For a query on `notices`, or a change of them.
    """
    about = alerts.alias("quieted")
    silenced = exists().where(_in_force(now), *_fits(about))
    return exists().where(
        about.c.id == notices.c.alert_id, or_(about.c.overlay_until > now, silenced)
    )


def silenced(now: Now) -> ColumnElement[bool]:
    """Return whether an alert is silenced now; for a query on `alerts`."""
    return exists().where(_in_force(now), *_fits(alerts))


def _in_force(now: Now) -> ColumnElement[bool]:
    return and_(silences.c.starts_at <= now, _lasts(now))


def _fits(about: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Return what holds where a silence fits an alert."""
    wanted, its = silences.c, about.c
    return (
        or_(wanted.source.is_(None), wanted.source == its.source),
        or_(wanted.rule.is_(None), wanted.rule == its.rule),
        or_(wanted.department.is_(None), same(wanted.department, its.department)),
        or_(
            wanted.job.is_(None),
            same(wanted.job, its.job_title),
            same(wanted.job, its.job_ref),
        ),
    )


def same(
    one: ColumnElement[str], other: ColumnElement[str] | str
) -> ColumnElement[bool]:
    """Return whether texts are equal but for their case.

    SQLite knows the case of ASCII letters alone; `spell` is for the others.
    """
    return or_(one == other, func.lower(one) == func.lower(other))


def spell(connection: Connection, silence: Silence) -> Silence:
    """Return the silence, its department and job spelled as the alerts spell them."""
    return replace(
        silence,
        department=_spelled(connection, silence.department, *_NAMED["department"]),
        job=_spelled(connection, silence.job, *_NAMED["job"]),
    )


def _spelled(
    connection: Connection, typed: str | None, *columns: ColumnElement[Any]
) -> str | None:
    for column in columns if typed else ():
        for text in connection.execute(select(column).distinct()).scalars():
            if _folded(text) == _folded(typed):
                return str(text)
    return typed


def _folded(text: str | None) -> str:
    return (text or "").strip().casefold()


def names(connection: Connection, matcher: str) -> set[str]:
    """Return every department, or every job, that the memory knows."""
    found = (
        connection.execute(select(column).distinct()).scalars()
        for column in _NAMED[matcher]
    )
    return {each for column in found for each in column if each}


def add(connection: Connection, silence: Silence, *, now: datetime) -> Silence:
    """Keep a silence; return it as it is kept, with its id."""
    kept = spell(connection, silence)
    values = {
        name: getattr(kept, name) for name in Silence.__slots__ if name != "id"
    } | {"created_at": now}
    made = connection.execute(insert(silences).values(values).returning(silences.c.id))
    return replace(kept, id=made.scalar_one())


def read(
    connection: Connection, *, now: datetime, ended: bool = False
) -> list[Silence]:
    """Return the silences in force and those to come; those that ended where asked."""
    query = select(silences).order_by(silences.c.starts_at, silences.c.id)
    if not ended:
        query = query.where(_lasts(now))
    return [_silence(row) for row in connection.execute(query)]


def in_force(connection: Connection, *, now: datetime) -> list[Silence]:
    """Return the silences, and holds, that are in force now."""
    found = read(connection, now=now)
    return [each for each in found if each.starts_at <= now]


def end(
    connection: Connection, silence_id: int, *, actor: str, now: datetime
) -> Silence | None:
    """End a silence now; return it, or None where there is none of that id to end."""
    ended = _end(connection, silences.c.id == silence_id, actor=actor, now=now)
    return ended[0] if ended else None


def release(connection: Connection, *, actor: str, now: datetime) -> list[Silence]:
    """End every hold; return those that were ended."""
    bare = [silences.c[name].is_(None) for name in MATCHERS]
    return _end(connection, *bare, actor=actor, now=now)


def _end(
    connection: Connection, *which: ColumnElement[bool], actor: str, now: datetime
) -> list[Silence]:
    rows = connection.execute(
        update(silences)
        .where(*which, _lasts(now))
        .values(ends_at=now, ended_by=actor)
        .returning(silences)
    )
    return [_silence(row) for row in rows]


def _lasts(now: Now) -> ColumnElement[bool]:
    return or_(silences.c.ends_at.is_(None), silences.c.ends_at > now)


def _silence(row: Row[Any]) -> Silence:
    return Silence(**{name: getattr(row, name) for name in Silence.__slots__})
