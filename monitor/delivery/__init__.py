"""Claim -> post -> record, in that order: each post is one message, through crashes.

A claim is committed before any network call; what may have arrived is looked up by
its key before it is tried again.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor.configuration import Configuration
from monitor.delivery import readers
from monitor.delivery.editing import Editor
from monitor.delivery.looking import LookUp
from monitor.delivery.pace import Pace
from monitor.delivery.round import Report, Round, Stop
from monitor.delivery.routes import Router, Transport
from monitor.delivery.sending import Sender
from monitor.delivery.verifying import Trusting, Verifier, Verifying
from monitor.delivery.wire import Wire
from monitor.errors import DeliveryError
from monitor.store import Store
from monitor.store.outbox import bundles, contacts, mail, trouble
from monitor.store.outbox.mail import Backlog
from monitor.store.outbox.trouble import Silent
from monitor.store.replicas import heartbeats

__all__ = ["TRUSTING", "Delivery", "Pace", "Report", "Verifier"]

LONGEST_RUN = 20.0  # seconds; where each call is slow, the next tick goes on
TRUSTING = Trusting()
LOOKS_FOR = timedelta(days=1)  # how long after a gap what was sent is looked for


def always() -> bool:
    """Let a process that is alone send at any time."""
    return True


class Delivery:
    """Empties the outbox; remembers only what Slack asked it to wait for.

    `may_send` is asked right before each call that writes: with several replicas only
    the one that holds the lease may. `verifier` has the rows read again before a post.
    """

    def __init__(  # noqa: PLR0913 - half of them by name
        self,
        store: Store,
        transport: Transport,
        configuration: Callable[[], Configuration],
        stopwatch: Callable[[], float] = time.monotonic,
        *,
        may_send: Callable[[], bool] = always,
        pace: Pace | None = None,
        verifier: Verifier = TRUSTING,
    ) -> None:
        self.store = store
        self.wire = Wire(transport, pace or Pace(), may_send)
        self._router = router = Router(store, self.wire)
        self._configuration = configuration
        self._stopwatch = stopwatch
        self._verifying = Verifying(store, verifier, stopwatch)
        self._sender = Sender(store, self.wire, router, self._verifying, stopwatch)
        self._look_up = LookUp(store, self.wire, router)
        self._editor = Editor(store, self.wire)
        self._vigil = heartbeats.Vigil()
        self._told_silent: set[Silent] = set()

    def run(self, *, now: datetime) -> Report:
        """Send, look up and edit what is due; stop early where Slack asks to wait."""
        self._router.begin()
        this, until = self._begin(now), self._stopwatch() + LONGEST_RUN
        if self.wire.begin(now, this.report):
            try:
                self._look_up.run(this)
                self._look_up.sweep(this)
                looks_first = self._looks_first(now)
                self._sender.send(this, until=until, looks_first=looks_first)
                self._editor.run(this)
            except Stop:
                pass
            except DeliveryError as error:  # on the way to somebody; nothing is claimed
                self.wire.note(error)
        this.report.is_token_valid = not self.wire.token_lost
        return this.report

    def backlog(self, *, now: datetime) -> Backlog:
        """Return what the outbox holds, and since when it could have been sent."""
        this = self._round(now)
        with self.store.read() as connection:
            absent = contacts.absent(connection)
            reader = readers.as_known(absent, this.configuration.settings, now)
            return mail.backlog(connection, this.moment, this.digests, reader)

    def _begin(self, now: datetime) -> Round:
        this = self._round(now)
        this.report.stale = frozenset(this.stale)
        self._tell_silent(this)
        return this

    def _round(self, now: datetime) -> Round:
        configuration = self._configuration()
        with self.store.read() as connection:
            zones = contacts.zones(connection)
            stale = heartbeats.stale(connection, configuration.patience, now=now)
        this = Round(
            now, configuration, zones | configuration.settings.people.zones, stale
        )
        self._verifying.begin(this)
        return this

    def _tell_silent(self, this: Round) -> None:
        """Let the admin know of sources that are silent, once an outage."""
        reader, patience = (
            this.configuration.settings.people.watch,
            this.configuration.patience,
        )
        with self.store.read() as connection:
            outages = self._vigil.outages(
                connection, this.stale, patience, now=this.now
            )
        silent = {Silent(*each) for each in outages.items()}
        new = silent - self._told_silent
        self._told_silent = silent
        if not reader or not new:
            return
        with self.store.write() as connection:
            for each in new:
                day = this.moment.day
                trouble.tell(connection, reader, each, on=day, now=this.now)

    def _looks_first(self, now: datetime) -> bool:
        """Tell whether this state may be older than what Slack holds: after a gap.

        A state that was put back from a backup knows nothing of what was sent since.
        """
        with self.store.read() as connection:
            gap = heartbeats.gap(connection, now=now)
            until = heartbeats.looks_until(connection)
        if gap is None or gap > heartbeats.BEAT:
            is_long = gap is not None and gap > heartbeats.GAP
            until = now + LOOKS_FOR if is_long else until
            with self.store.write() as connection:
                bundles.key(connection, ())  # so that every backup holds the secret
                heartbeats.beat(connection, now=now)
                if is_long and until:
                    heartbeats.look_until(connection, until)
        return until is not None and now < until
