"""Keeps the state true and small over the years, now and then, under the delivery's lease."""

from collections.abc import Collection
from datetime import datetime, timedelta

from monitor.daemon.teller import Teller
from monitor.store import Store, pruning
from monitor.store.ledger import orphans

EVERY = timedelta(hours=2)


class Housekeeping:
    """Remembers when it was done last; `known` are the sources that are polled."""

    def __init__(self, known: Collection[str], teller: Teller) -> None:
        self._known = known
        self._teller = teller
        self._done_at: datetime | None = None

    def run(self, store: Store, *, now: datetime) -> None:
        """Do it if it is due: before anybody is told of what a source left behind."""
        done_at = self._done_at
        if done_at is not None and abs(now - done_at) < EVERY:
            return
        with store.read() as connection:
            left = orphans.sources(connection, self._known)
        for source in left:
            self._teller.orphaned(source, orphans.close(store, source, now=now))
            self._teller.erased(source, orphans.forget(store, source, now=now))
        pruning.prune(store, now=now)
        self._done_at = now
