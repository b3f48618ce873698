"""Keeps watching: a poll job for each source, a delivery job, reload, and signals.

APScheduler is a ticker here and never a memory: what is due lives in the store.
"""

import logging
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock
from typing import Any

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.background import BackgroundScheduler

from monitor import clock, configuration, cycle, delivery
from monitor.configuration import Configuration
from monitor.daemon import server, watcher
from monitor.daemon.logs import fields
from monitor.daemon.teller import Teller
from monitor.delivery.routes import Transport
from monitor.errors import ConfigError, MonitorError, StoreError
from monitor.metrics import Metrics
from monitor.outbox import Digests
from monitor.source import Source
from monitor.store import Store, ledger, mail

DELIVER_EVERY = 5  # seconds
HEARTBEAT_WITHIN = timedelta(seconds=90)
POLLS_MISSED = 3
DRAIN_SECONDS = 10
# Two at once: what is asked for while a reload runs waits for it, and is not skipped.
_RELOAD = {"id": "reload", "replace_existing": True, "max_instances": 2}
_EVENTS = {
    EVENT_JOB_EXECUTED: "executed",
    EVENT_JOB_ERROR: "error",
    EVENT_JOB_MISSED: "missed",
    EVENT_JOB_MAX_INSTANCES: "still_running",
}


class Daemon:
    """One running Svar."""

    def __init__(
        self,
        loaded: Configuration,
        environ: Mapping[str, str],
        transport: Transport,
        log: logging.Logger,
    ) -> None:
        self.configuration = loaded
        self.environ = environ
        self.log = log
        self.started_with = loaded
        self.teller = Teller(log)
        self.metrics = Metrics()
        self.store = Store(loaded.settings.state.url.get_secret_value())
        self.sources = [
            Source(each, loaded.mappings[each.name]) for each in loaded.settings.sources
        ]
        self.delivery = delivery.Delivery(
            self.store, transport, lambda: self.configuration
        )
        self._stop = Event()
        self._reloading = Lock()
        self._polled_at: dict[str, datetime] = {}
        self._polled_with: dict[str, Configuration] = {}

    def open(self, *, now: datetime) -> None:
        """Take hold of the state and look at every source; raise MonitorError."""
        cycle.require_ready(self.configuration, now)
        self.store.claim()
        _migrate(self.store)
        with self.store.write() as connection:
            ledger.prune(connection, now=now)
            open_alerts = ledger.count_open(connection, now=now)
        for source in self.sources:
            source.columns(now)
        self.metrics.configured(self.configuration, now=now)
        self.metrics.opened(open_alerts)

    def close(self) -> None:
        """Let go of sources and state."""
        for source in self.sources:
            source.close()
        self.store.close()

    def poll(self, source: Source, *, now: datetime) -> cycle.Report:
        """Run one cycle over a source and report it."""
        began = time.monotonic()
        loaded, last = self.configuration, self._polled_with.get(source.name)
        one = cycle.Cycle(self.store, source, loaded, edited=last is not loaded)
        report = one.run(now=now)
        report = replace(report, seconds=time.monotonic() - began)
        with self.store.read() as connection:
            open_alerts = ledger.count_open(connection, now=now)
        self.metrics.cycled(report, open_alerts)
        self._polled_at[source.name] = now
        self.teller.cycled(report)
        if report.run.outcome == "ok":
            self._polled_with[source.name] = loaded
            if last not in (None, loaded):
                self.metrics.edited(report)
                self.teller.edited(report)
        return report

    def deliver(self, *, now: datetime) -> delivery.Report:
        """Empty the outbox and report it."""
        report = self.delivery.run(now=now)
        if self.started_with.settings.slack.token is None:
            report.is_token_valid = None
        day = self._digests().day(now)
        with self.store.read() as connection:
            backlog = mail.backlog(connection, day, now=now)
        self.metrics.delivered(report, backlog, now=now)
        self.teller.delivered(report)
        self._tell_waiting(backlog.by_status["queued"], now)
        return report

    def _digests(self) -> Digests:
        loaded = self.configuration
        return Digests(loaded.calendar, loaded.settings.slack.digest_at)

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
            return True

    def run(self) -> None:
        """Watch until a signal says to stop; then finish what is in flight."""
        scheduler = self._schedule()
        http = self._serve(scheduler)
        signal.signal(signal.SIGTERM, lambda *_: self._stop.set())
        signal.signal(signal.SIGINT, lambda *_: self._stop.set())
        signal.signal(signal.SIGHUP, lambda *_: self._reload_soon(scheduler))
        watcher.watch(self._watched, lambda: self._reload_soon(scheduler), self._stop)
        scheduler.start()
        host, port = http.server_address[:2]
        self.log.info(
            "svar watches",
            extra=fields(
                sources=len(self.sources),
                rules=len(self.configuration.rulebook.rules),
                metrics=f"http://{host!s}:{port}/metrics",
            ),
        )
        while not self._stop.wait(1):
            pass
        self.log.info("svar stops")
        _drain(scheduler)
        http.shutdown()
        http.server_close()
        self.close()

    def _schedule(self) -> BackgroundScheduler:
        scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,  # its default of 1 s drops late runs
            },
        )
        scheduler.add_listener(self._count, sum(_EVENTS))
        first = clock.utc_now()
        for source in self.sources:
            self._polled_at[source.name] = first  # a first poll that hangs shows too
            scheduler.add_job(
                self._guarded,
                "interval",
                args=[lambda source=source: self.poll(source, now=clock.utc_now())],
                seconds=source.settings.every.total_seconds(),
                id=f"poll {source.name}",
                next_run_time=first,
            )
        scheduler.add_job(
            self._guarded,
            "interval",
            args=[lambda: self.deliver(now=clock.utc_now())],
            seconds=DELIVER_EVERY,
            id="deliver",
            next_run_time=first + timedelta(seconds=1),
        )
        return scheduler

    def _guarded(self, job: Any) -> None:
        """Run a job; what goes wrong is said, and tried again at the next tick."""
        try:
            job()
        except MonitorError as error:
            self.teller.once(type(error).__name__, str(error))
        except Exception:  # the one broad catch: a bug may not end the watch
            self.log.exception("a job failed; the next tick tries again")
            raise
        else:
            self.teller.over("StoreError")

    def _count(self, event: JobEvent) -> None:
        self.metrics.scheduled(event.job_id.split()[0], _EVENTS[event.code])

    def _reload_soon(self, scheduler: BackgroundScheduler) -> None:
        scheduler.add_job(self._guarded, args=[self.reload], **_RELOAD)

    def _watched(self) -> list[Path]:
        folders = [each.folder for each in self.configuration.mappings.values()]
        loaded = self.configuration
        return [loaded.path.parent, loaded.rules_folder, *folders]

    def _serve(self, scheduler: BackgroundScheduler) -> ThreadingHTTPServer:
        pages: server.Pages = {
            "/metrics": server.metrics_page(self.metrics.expose),
            "/healthz": lambda: server.verdict(self._unhealthy(scheduler)),
            "/readyz": lambda: server.verdict(self._unready()),
        }
        return server.serve(self.configuration.settings.metrics.listen, pages)

    def _unhealthy(self, scheduler: BackgroundScheduler) -> list[str]:
        """Return why this process should be started anew, if it should."""
        now = clock.utc_now()
        problems = []
        thread = scheduler._thread  # noqa: SLF001 - `running` stays true when it died
        if thread is None or not thread.is_alive():
            problems.append("the scheduler has stopped")
        heartbeat = self.metrics.heartbeat_at
        if heartbeat and now - heartbeat > HEARTBEAT_WITHIN:
            problems.append(f"no delivery since {heartbeat:%H:%M:%S} UTC")
        for source in self.sources:
            at = self._polled_at.get(source.name)
            patience = (
                source.settings.every * POLLS_MISSED + source.settings.statement_timeout
            )
            if at and now - at > patience:
                problems.append(f"{source.name} was last polled at {at:%H:%M:%S} UTC")
        return problems

    def _unready(self) -> list[str]:
        """Return why this process cannot do its work yet, if it cannot."""
        try:
            current = self.store.is_current()
        except StoreError as error:
            return [str(error)]
        problems = (
            [] if current else ["the state is not migrated; run `svar db upgrade`"]
        )
        if not self.configuration.rulebook.rules:
            problems.append("no rule is on")
        return problems


def _migrate(store: Store) -> None:
    """Make or migrate the tables; a shared PostgreSQL is migrated by hand."""
    if store.is_sqlite or store.version() is None:
        store.upgrade()
    elif not store.is_current():
        message = (
            f"the state at {store.shown} is of another version; run `svar db upgrade`"
        )
        raise StoreError(message)


def _drain(scheduler: BackgroundScheduler) -> None:
    """Let running jobs finish, for a while; a claim that is cut off is looked up later."""
    scheduler.pause()
    alarm = signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
    signal.alarm(DRAIN_SECONDS)
    scheduler.shutdown(wait=True)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, alarm)
