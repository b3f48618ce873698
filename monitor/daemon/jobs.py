"""What one Svar does: polls a source, empties the outbox, takes up edited files.

Whether this process does it is its duty: all, or what it holds the leases of.
"""

import logging
import math
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event, Lock

from monitor import clock, configuration, cycle, delivery, settings
from monitor.configuration import Configuration
from monitor.cycle import erasing
from monitor.daemon import duty, fingerprint, replica
from monitor.daemon.duty import Alone, Duty, Hold
from monitor.daemon.housekeeping import Housekeeping
from monitor.daemon.replica import Replica
from monitor.daemon.reporting import Reporting
from monitor.daemon.teller import Teller
from monitor.delivery.routes import Transport
from monitor.errors import ConfigError, SourceError
from monitor.metrics import Effects, Metrics
from monitor.outbox import Digests
from monitor.settings import Settings
from monitor.slack import Slack
from monitor.source import Source
from monitor.store import Connection, Store, ledger
from monitor.store.ledger import OpenAlerts, effects
from monitor.store.outbox import bundles
from monitor.store.replicas import leases
from monitor.store.replicas.leases import Leases
from monitor.store.words import NoticeStatus


class Jobs:
    """The jobs of one Svar, each with the time passed in."""

    def __init__(
        self,
        loaded: Configuration,
        environ: Mapping[str, str],
        transport: Transport,
        log: logging.Logger,
    ) -> None:
        self.configuration = loaded
        self.environ = environ
        self.transport = transport
        self.log = log
        self.started_with = loaded
        self.teller = Teller(log)
        self.metrics = Metrics()
        self.store = Store(loaded.settings.state.url.get_secret_value())
        self.sources = [
            Source(each, loaded.mappings[each.name]) for each in loaded.settings.sources
        ]
        self.duty = self._duty()
        self.reporting = Reporting(
            self.store, self.duty, lambda: self.configuration, self.teller
        )
        names = frozenset(source.name for source in self.sources)
        self._housekeeping = Housekeeping(names, self.teller)
        self.stop = Event()
        self._token = loaded.settings.slack.token
        self._reloading = Lock()
        self._polled_with: dict[str, Configuration] = {}
        self._delivery: tuple[Hold, delivery.Delivery] | None = None

    def _duty(self) -> Duty:
        names = (leases.DELIVER, *(leases.poll(source.name) for source in self.sources))
        if self.store.is_sqlite:
            return Alone(names, self.metrics.stands)
        ttl = self.configuration.settings.state.lease
        taken = Leases(self.store, replica.name_of_this(), ttl=ttl)
        return Replica(names, taken, self.teller, self.metrics.stands)

    def open(self, *, now: datetime) -> None:
        """Take hold of the state and look at every source; raise MonitorError.

        Of several sources one may be out of reach: the others are read all the same.
        """
        cycle.require_ready(self.configuration, now)
        self.store.claim()
        _migrate(self.store)
        self._look(now)
        self.metrics.configured(self.configuration, now=now)
        with self.store.read() as connection:
            self.metrics.opened(*_known(connection, now))
        self.duty.open(fingerprint.of(self.configuration))
        if hold := self.duty.hold(leases.DELIVER):
            with self.store.under(hold).write() as connection:
                bundles.key(connection, ())  # so that every backup holds the secret
            self.store.checkpoint()
        self.reporting.keep(now=now)

    def _look(self, now: datetime) -> None:
        """Look at every source; raise where none can be reached, or one is misread."""
        unreached: list[SourceError] = []
        for source in self.sources:
            try:
                source.columns(now)
            except SourceError as error:
                unreached.append(error)
        if len(unreached) == len(self.sources):
            raise unreached[0]
        for each in unreached:
            self.teller.unreached(each)

    def close(self) -> None:
        """Let go of sources and state."""
        self.duty.close()
        for source in self.sources:
            source.close()
        self.store.close()

    def poll(self, source: Source, *, now: datetime) -> cycle.Report:
        """Run one cycle over a source and report it; raise LeaseLost if it is not ours."""
        began = time.monotonic()
        loaded, last = self.configuration, self._polled_with.get(source.name)
        with duty.at_work(self.duty, leases.poll(source.name)) as hold:
            store = self.store.under(hold)
            one = cycle.Cycle(store, source, loaded, edited=last is not loaded)
            report = one.run(now=now)
            report = replace(report, seconds=time.monotonic() - began)
            is_edited = last not in (None, loaded)
            self._tell(report, is_edited=is_edited, now=now)
            if report.run.is_good:
                self._polled_with[source.name] = loaded
                self._erase(store, source, report.unmeasurable, now)
        return report

    def _tell(self, report: cycle.Report, *, is_edited: bool, now: datetime) -> None:
        """Show and say what a cycle came to, before anything else can go wrong."""
        with self.store.read() as connection:
            known = _known(connection, now)
        self.metrics.cycled(report, *known)
        self.teller.cycled(report)
        if is_edited and report.run.is_good:
            self.metrics.edited(report)
            self.teller.edited(report)

    def _erase(
        self, store: Store, source: Source, unmeasurable: Collection[str], now: datetime
    ) -> None:
        """Forget, now and then, what the source does not deliver any more."""
        with store.read() as connection:
            is_due = erasing.is_due(connection, source.name, now=now)
        if is_due:
            erased = erasing.erase_gone(
                store, source, unmeasurable=unmeasurable, now=now
            )
            self.metrics.erased(source.name, erased)
            self.teller.erased(source.name, erased)

    def deliver(self, *, now: datetime) -> delivery.Report:
        """Empty the outbox and report it; raise LeaseLost if that is not ours."""
        began = time.monotonic()
        with duty.at_work(self.duty, leases.DELIVER) as hold:
            self._housekeeping.run(self.store.under(hold), now=now)
            deliverer = self._deliverer(hold)
            report = deliverer.run(now=now)
            backlog = deliverer.backlog(now=now)
        if self.started_with.settings.slack.token is None:
            report.is_token_valid = None
        ended_at = now + timedelta(seconds=time.monotonic() - began)
        self.metrics.delivered(report, backlog, now=ended_at)
        self.teller.delivered(report)
        if report.is_token_valid is False:
            self._look_for_token()
        self._tell_waiting(backlog.by_status[NoticeStatus.QUEUED], now)
        return report

    def _look_for_token(self) -> None:
        """Read the token again: where it is changed now and then, its file has another."""
        with suppress(ConfigError):
            found, _ = settings.read(self.configuration.path, self.environ)
            self._take_token(found)

    def _take_token(self, found: Settings) -> None:
        """Go on with another token; to begin or end with Slack takes a restart."""
        token = found.slack.token
        if token in (None, self._token) or not isinstance(self.transport, Slack):
            return
        self.transport.take(token.get_secret_value())
        self._token = token
        self.log.info("another Slack token is taken up")

    def report(self, *, now: datetime) -> None:
        """Write edits of the rules down, and owe the leads their post where it is due."""
        self.reporting.keep(now=now)
        self.reporting.post(now=now)

    def _deliverer(self, hold: Hold) -> delivery.Delivery:
        """Return the delivery of this tenure: what it writes is fenced by this lease."""
        if self._delivery is None or self._delivery[0] is not hold:
            made = delivery.Delivery(
                self.store.under(hold),
                self.transport,
                lambda: self.configuration,
                # Who is told to stop has no time left, and claims nothing more.
                lambda: math.inf if self.stop.is_set() else time.monotonic(),
                may_send=hold.holds,
                verifier=cycle.Verifier(
                    self.store, self.sources, lambda: self.configuration
                ),
            )
            self._delivery = hold, made
        return self._delivery[1]

    def _digests(self) -> Digests:
        return Digests.configured(self.configuration)

    def _tell_waiting(self, notices: int, now: datetime) -> None:
        until = self._digests().opens(now)
        local = until and until.astimezone(self.configuration.calendar.zone)
        self.teller.waits(notices, f"{local:%a %d %b %H:%M}" if local else "")

    def reload(self) -> bool:
        """Take up the files as they are now, or keep what runs; return which."""
        with self._reloading:
            before, now = self.configuration, clock.utc_now()
            try:
                loaded = configuration.read(before.path, self.environ)
                cycle.require_ready(loaded, now)
            except ConfigError as error:
                self.metrics.refused()
                self.teller.refused(error)
                return False
            self.configuration = loaded
            self.metrics.configured(loaded, now=now)
            self.teller.reloaded(before, loaded, now=now)
            self.teller.restart(self.started_with, loaded)
            self._take_token(loaded.settings)
            self.duty.edited(fingerprint.of(loaded))
            self.reporting.keep(now=now)
            return True


def _known(connection: Connection, now: datetime) -> tuple[list[OpenAlerts], Effects]:
    """Return what the metrics tell of the state."""
    return ledger.count_open(connection, now=now), effects.read(connection, now=now)


def _migrate(store: Store) -> None:
    """Make or migrate the tables; a shared PostgreSQL is migrated by hand."""
    if store.is_sqlite or store.version() is None:
        store.upgrade()
    else:
        store.require_current()
