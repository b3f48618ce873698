"""One process among others on a state: takes its share of the leases, and keeps them.

A thread of its own looks at them, so that a long poll holds up nothing.
"""

import os
import secrets
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from threading import Event, Lock, Thread

from monitor.daemon import duty, sharing
from monitor.daemon.duty import Changed, Hold, Stands
from monitor.daemon.sharing import View
from monitor.daemon.teller import Teller
from monitor.errors import StoreError
from monitor.store import replicas
from monitor.store.replicas import Standing
from monitor.store.replicas.leases import Leases, Tenure, hurry

# Of the TTL: how often leases are renewed, and how often others are looked at.
RENEW, LOOK = 1 / 3, 1 / 30
LOOKS_LEFT = 1.5  # to those who poll less, when a lease is free
JOIN_SECONDS = 5.0


class Replica:
    """This process, and its leases on a state that others use as well."""

    def __init__(
        self, names: tuple[str, ...], leases: Leases, teller: Teller, stands: Stands
    ) -> None:
        self.names = names
        self.leases = leases
        self.teller = teller
        self.stands = stands
        self.changed: Changed = duty.unheard
        self._standing = Standing(dict.fromkeys(names, False), replicas=0)
        self._digest = ""
        self._is_edited = False
        self._is_retired = False
        self._held: dict[str, Tenure] = {}
        self._free_since: dict[str, float] = {}
        self._renewed_at = self._shared_at = float("-inf")
        self._lock = Lock()  # one look at a time
        self._end = Event()
        self._keeper = Thread(target=self._keep, name="leases", daemon=True)

    def open(self, digest: str) -> None:
        """Join the others and keep what is taken; raise StoreError without the state."""
        self.join(digest)
        self._keeper.start()

    def join(self, digest: str) -> None:
        """Look at the others for the first time, with files of this digest."""
        self._digest = digest
        with self._lock:
            self._look()

    def hold(self, name: str) -> Hold | None:
        """Return the lease, as long as it is surely ours."""
        found = self._held.get(name)
        return found if found is not None and found.holds() else None

    def edited(self, digest: str) -> None:
        """Make these files the newest of all replicas, where they are others."""
        if digest != self._digest:
            with self._lock:
                self._digest, self._is_edited = digest, True
            self.tick()

    def troubles(self) -> list[str]:
        """Return why this process should be started anew, if it should."""
        return [] if self._keeper.is_alive() else ["nobody keeps the leases"]

    def is_behind(self) -> bool:
        """Tell whether another replica has newer files."""
        return self._standing.is_behind

    def retire(self) -> None:
        """Take no more leases, and give up each as soon as no work is done under it."""
        with self._lock:
            self._is_retired = True
            self._renewed_at = float("-inf")
        self.tick()

    def close(self) -> None:
        """Give up every lease and leave; where the state is away they run out."""
        self._end.set()
        if self._keeper.is_alive():
            self._keeper.join(JOIN_SECONDS)
        if not self._digest or not self._lock.acquire(timeout=JOIN_SECONDS):
            return  # never joined, or the state does not answer
        try:
            with suppress(StoreError):
                self._give(list(self._held))
                with self.leases.store.write() as connection:
                    replicas.leave(connection, self.leases.holder)
        finally:
            self._lock.release()

    def tick(self) -> None:
        """Look once at the leases; a state that is away is said, and tried again."""
        with self._lock:
            try:
                self._look()
            except StoreError as error:
                self._drop()
                self._tell(self._standing)
                self.teller.cut_off(error)
            else:
                self.teller.connected()

    def _keep(self) -> None:
        while not self._end.wait(self.leases.ttl.total_seconds() * LOOK):
            try:
                self.tick()
            except Exception:  # as in the jobs: a bug may not end the watch
                self.teller.log.exception("the leases; the next look tries again")

    def _look(self) -> None:
        leases = self.leases
        if (
            self._is_edited
            or leases.stopwatch()
            >= self._renewed_at + leases.ttl.total_seconds() * RENEW
        ):
            self._renew()
        with leases.store.read() as connection:
            others = replicas.live(connection, leases.ttl, leases.clock)
            table = leases.read(connection)
        epochs = {each.holder: each.epoch for each in others}
        newest = max(epochs.values(), default=0)
        is_behind = epochs.get(leases.holder, newest) < newest
        fit = [each for each in epochs if epochs[each] == newest]
        view = View(self.names, table, leases.holder, fit, self._free_for_long())
        if is_behind or self._is_retired:
            self._give(self._idle() if self._is_retired else list(self._held))
        else:
            self._take(sharing.take(view))
            self._share(view)
        seen_at = leases.stopwatch()
        self._free_since = {
            name: self._free_since.get(name, seen_at) for name in view.free()
        }
        self._tell(
            Standing(
                leads=dict.fromkeys(self.names, False),
                replicas=len(others),
                is_behind=is_behind,
                differ=len(set(epochs.values())) > 1,
            )
        )

    def _share(self, view: View) -> None:
        """Give back what is too much; seldom, lest a lease goes to and fro."""
        ttl = self.leases.ttl.total_seconds()
        if self.leases.stopwatch() < self._shared_at + ttl:
            return
        given = sharing.give(view, self._idle())
        if given:
            self._shared_at = self.leases.stopwatch()
            self._give(given)

    def _renew(self) -> None:
        at = self.leases.stopwatch()
        with self.leases.store.write() as connection:
            hurry(connection, self.leases.ttl)
            if self._is_retired:
                replicas.leave(connection, self.leases.holder)
            else:
                replicas.announce(
                    connection,
                    self.leases.holder,
                    self._digest,
                    is_newest=self._is_edited,
                    clock=self.leases.clock,
                )
        self._is_edited = False
        self.leases.renew(self._held.values())
        self._drop()
        self._renewed_at = at

    def _take(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._held:
                continue
            tenure = self.leases.take(name)
            if tenure is not None:
                self._held[name] = tenure
                self.teller.holds(name)
                self.changed(name, True)  # noqa: FBT003 - it comes

    def _give(self, names: Iterable[str]) -> None:
        given = [self._held[name] for name in names if name in self._held]
        if given:
            try:
                self.leases.release(given)
            finally:
                self._drop()

    def _drop(self) -> None:
        """Forget the leases that are over."""
        for name, tenure in list(self._held.items()):
            if not tenure.holds():
                del self._held[name]
                self.teller.lets_go(name)
                self.changed(name, False)  # noqa: FBT003 - it goes

    def _free_for_long(self) -> list[str]:
        """Return the leases that those with fewer had the time to take."""
        patience = self.leases.ttl.total_seconds() * LOOK * LOOKS_LEFT
        before = self.leases.stopwatch() - patience
        return [name for name, since in self._free_since.items() if since <= before]

    def _idle(self) -> list[str]:
        return [name for name, tenure in self._held.items() if not tenure.is_busy]

    def _tell(self, standing: Standing) -> None:
        leads = {name: self.hold(name) is not None for name in self.names}
        self.teller.stands(self._standing, standing)
        self._standing = replace(standing, leads=leads)
        self.stands(self._standing)


def name_of_this() -> str:
    """Return a name that no other process has had."""
    host = socket.gethostname()[:32]
    return f"{host}-{os.getpid()}-{secrets.token_hex(4)}"
