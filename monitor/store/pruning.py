"""Lets go of what nobody asks for any more: old polls, old posts, people who left."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, delete, exists, select

from monitor.store import chunks
from monitor.store.schema import Store
from monitor.store.tables import notices, people, posts, runs
from monitor.store.words import PostStatus

RUNS_KEPT = timedelta(days=90)
PEOPLE_KEPT = timedelta(days=90)  # Slack is asked again and again about those in use
POSTS_KEPT = timedelta(days=180)
MOST = 20 * chunks.MOST  # rows of a table in one pass; the next pass goes on
_UNSETTLED = (PostStatus.CLAIMED, PostStatus.WAITING, PostStatus.UNKNOWN)
_Which = tuple[ColumnElement[bool], ...]


def prune(store: Store, *, now: datetime) -> None:
    """Delete what is old, some hundreds in a transaction, so that nobody waits long."""
    _prune(store, runs.c.id, _old_runs(store, now))
    _prune(store, people.c.email, (people.c.checked_at < now - PEOPLE_KEPT,))
    _prune(store, posts.c.id, _old_posts(now))


def _old_runs(store: Store, now: datetime) -> _Which:
    """Return which polls are old; the oldest have the lowest ids, where one looks."""
    with store.read() as connection:
        oldest = connection.scalars(select(runs.c.id).order_by(runs.c.id).limit(MOST))
        last = max(oldest, default=0)
    return runs.c.id <= last, runs.c.as_of < now - RUNS_KEPT


def _old_posts(now: datetime) -> _Which:
    """Return which posts are old and settled, and tell of nothing that is remembered.

    While an alert is, its posts are: erasing it edits what they say of it.
    """
    return (
        posts.c.sent_on < (now - POSTS_KEPT).date(),
        posts.c.status.not_in(_UNSETTLED),
        posts.c.edit_due_at.is_(None),
        posts.c.sweep_at.is_(None),
        ~exists().where(notices.c.post_id == posts.c.id),
    )


def _prune(store: Store, key: Column[Any], which: _Which) -> None:
    with store.read() as connection:
        old = _keys(connection, key, which)
    for few in chunks.split(old):
        with store.write() as connection:
            connection.execute(delete(key.table).where(key.in_(few), *which))


def _keys(connection: Connection, key: Column[Any], which: _Which) -> Sequence[Any]:
    return connection.scalars(select(key).where(*which).limit(MOST)).all()
