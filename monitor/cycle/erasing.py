"""Forgets what a source does not deliver any more: it is asked, and believed slowly."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from monitor import alerts
from monitor.source import MOST_REJECTED, Source
from monitor.store import Connection, Store, chunks
from monitor.store.ledger import erasure, seen
from monitor.store.ledger.erasure import PATIENCE, Erased

EVERY = timedelta(hours=2)  # with the next, less than a day from gone to forgotten
BELIEVED = 3  # passes in a row, where many are gone at once


def is_due(connection: Connection, source: str, *, now: datetime) -> bool:
    """Tell whether a source is to be asked again what it has no more."""
    known = erasure.last_pass(connection, source)
    # A clock that was set back has made no pass yet.
    return known is None or not now - EVERY < known[0] <= now


def erase_gone(
    store: Store,
    source: Source,
    *,
    unmeasurable: Collection[str] = (),
    now: datetime,
) -> Erased:
    """Forget alerts whose application the source does not deliver any more.

    Also those decided longer ago than `lookback`, which is right: nobody asks for them.
    What closed in the last hours is left for a later pass, and what is open is closed
    first, since an application may come back. Many at once are believed at the third
    pass. Raises SourceError where the source fails; nothing is forgotten then.
    """
    with store.read() as connection, seen.noting(connection):
        if not _look(connection, source, now):
            with store.write() as writing:
                erasure.keep_pass(writing, source.name, 0, now=now)
            return Erased()
        held = _held(store, connection, source.name, now)
        if held:
            return Erased(held=held)
        closed = 0
        # This is the second good look without them.
        for ids in erasure.pages(connection, *seen.missed(source.name, unmeasurable)):
            with store.write() as writing:
                vanish = partial(alerts.vanish, now=now)
                closed += erasure.close(writing, ids, vanish, now=now)
        return replace(_purge(store, connection, source.name, now), closed=closed)


def _look(connection: Connection, source: Source, now: datetime) -> bool:
    """Note every application that the source delivers; tell whether that is all."""
    is_empty = True
    with source.poll(now) as poll:
        for few in chunks.split(row.application_id for row in poll):
            seen.note(connection, few)
            is_empty = False
        unread = poll.rejected_ids
        seen.note(connection, unread)  # they are there, whatever is wrong with a row
    return not is_empty and len(unread) < MOST_REJECTED


def _held(store: Store, connection: Connection, source: str, now: datetime) -> int:
    """Return how many applications are gone where they are too many to be believed."""
    gone, known = seen.count(connection, source)
    before = erasure.last_pass(connection, source)
    passes = before[1] + 1 if before else 1
    if not alerts.is_mass(gone, known):
        passes = 0
    with store.write() as writing:
        kept = passes if passes < BELIEVED else 0
        erasure.keep_pass(writing, source, kept, now=now)
    return gone if 0 < passes < BELIEVED else 0


def _purge(store: Store, connection: Connection, source: str, now: datetime) -> Erased:
    """Forget what closed long enough ago."""
    erased, old = Erased(), erasure.closed_by(now - PATIENCE)
    for ids in erasure.pages(connection, *seen.gone(source), old):
        with store.write() as writing:
            erased += erasure.forget(writing, erasure.among(ids), old, now=now)
    return erased
