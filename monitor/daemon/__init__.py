"""Keeps watching: a poll job for each source, a delivery job, reload, and signals."""

import logging
import os
import signal
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from monitor import clock, page
from monitor.configuration import Configuration
from monitor.daemon import server, ticker, watcher
from monitor.daemon.health import Faults, Pulse
from monitor.daemon.jobs import Jobs
from monitor.daemon.logs import fields
from monitor.daemon.server import Answer
from monitor.daemon.teller import BEHIND
from monitor.daemon.ticker import Job, Ticker
from monitor.delivery.routes import Transport
from monitor.errors import LeaseLost, MonitorError, StoreError
from monitor.metrics import Work
from monitor.source import Source
from monitor.store.replicas import leases

DELIVER_EVERY = timedelta(seconds=5)
REPORT_EVERY = timedelta(minutes=1)
LETTING_GO = 10  # seconds, after the jobs have ended or are given up


class Daemon(Jobs):
    """One running Svar."""

    def __init__(
        self,
        loaded: Configuration,
        environ: Mapping[str, str],
        transport: Transport,
        log: logging.Logger,
    ) -> None:
        super().__init__(loaded, environ, transport, log)
        self._files = watcher.look(self._watched())
        self._pulse = Pulse(loaded.settings.sources)
        self._faults = Faults()
        self._ticker = Ticker(self.metrics.scheduled)
        self._watcher: Thread | None = None

    def run(self) -> None:
        """Watch until a signal says to stop; then finish what is in flight."""
        signal.signal(signal.SIGTERM, lambda *_: self.stop.set())
        signal.signal(signal.SIGINT, lambda *_: self.stop.set())
        signal.signal(signal.SIGHUP, lambda *_: self._reload_soon())
        self._schedule()
        http = self._serve()
        self._watcher = watcher.watch(
            self._watched, self._reload_soon, self.stop, known=self._files, log=self.log
        )
        self._ticker.start()
        host, port = http.server_address[:2]
        self.log.info(
            "svar watches",
            extra=fields(
                sources=len(self.sources),
                rules=len(self.configuration.rulebook.rules),
                metrics=f"http://{host!s}:{port}/metrics",
            ),
        )
        while not self.stop.wait(1):
            if self._ticker.catch_up(now=clock.utc_now()):
                self.log.warning("the clock was set back; all jobs run now")
        self.log.info("svar stops")
        self._end(http)

    def _end(self, http: ThreadingHTTPServer) -> None:
        """Finish what is in flight and let go; what is cut off is looked up later."""
        signal.signal(signal.SIGALRM, lambda *_: os._exit(0))
        signal.alarm(ticker.DRAIN_SECONDS + LETTING_GO)
        self.duty.retire()
        finished = self._ticker.drain()
        http.shutdown()
        http.server_close()
        self.close()
        if not finished:
            os._exit(0)
        signal.alarm(0)

    def _schedule(self) -> None:
        self.duty.changed = self._changed
        first = clock.utc_now()
        for source in self.sources:
            name = leases.poll(source.name)
            if self.duty.hold(name):
                self._pulse.beat(name)
            job = self._job(name, partial(self._poll_ours, source))
            self._ticker.every(source.settings.every, name, job, first=first)
        self._pulse.beat(leases.DELIVER)
        job = self._job(leases.DELIVER, self._deliver_ours)
        first += timedelta(seconds=1)
        self._ticker.every(DELIVER_EVERY, leases.DELIVER, job, first=first)
        job = self._job(Work.REPORT, lambda: self.report(now=clock.utc_now()))
        self._ticker.every(REPORT_EVERY, Work.REPORT, job, first=first)

    def _poll_ours(self, source: Source) -> None:
        name = leases.poll(source.name)
        if self.duty.hold(name):
            self.poll(source, now=clock.utc_now())
            self._pulse.beat(name)

    def _deliver_ours(self) -> None:
        if self.duty.hold(leases.DELIVER):
            self.deliver(now=clock.utc_now())
        else:
            self.metrics.beat(now=clock.utc_now())
        self._pulse.beat(leases.DELIVER)

    def _changed(self, name: str, is_ours: bool) -> None:  # noqa: FBT001 - as heard
        """Begin at once with what another has left, and forget what is another's."""
        source = name.removeprefix(leases.POLL)
        if is_ours:
            self._pulse.beat(name)
            self._ticker.hasten(name, now=clock.utc_now())
        else:
            self._polled_with.pop(source, None)
            self._faults.works(name)  # or not: another has to do with it now

    def _reload_soon(self) -> None:
        self._ticker.once(Work.RELOAD, self._job(Work.RELOAD, self.reload))

    def _watched(self) -> list[Path]:
        folders = [each.folder for each in self.configuration.mappings.values()]
        loaded = self.configuration
        return [loaded.path.parent, loaded.rules_folder, *folders]

    def _serve(self) -> ThreadingHTTPServer:
        pages: server.Pages = {
            "/": lambda _: self._page(),
            "/metrics": server.metrics_page(self.metrics.expose),
            "/healthz": lambda _: server.verdict(self._unhealthy()),
            "/readyz": lambda _: server.verdict(self._unready(), well=self._standing()),
        }
        return server.serve(self.configuration.settings.metrics.listen, pages)

    def _page(self) -> Answer:
        """Return the page for people, over the sources that this process began with."""
        last, now = self.metrics.last(), clock.utc_now()
        text = page.render(last, self.started_with, now=now)
        return Answer(200, text.encode(), server.HTML, page.POLICY)

    def _unhealthy(self) -> list[str]:
        """Return why this process should be started anew, if it should."""
        problems = [] if self._ticker.is_alive() else ["the scheduler has stopped"]
        if self._watcher is not None and not self._watcher.is_alive():
            problems.append("nobody looks whether files change")
        polls = [leases.poll(source.name) for source in self.sources]
        ours = [leases.DELIVER, *(name for name in polls if self.duty.hold(name))]
        return [*problems, *self.duty.troubles(), *self._pulse.troubles(ours)]

    def _unready(self) -> list[str]:
        """Return why this process cannot do its work yet, if it cannot."""
        try:
            self.store.require_current()
        except StoreError as error:
            return [str(error)]
        idle = [] if self.configuration.rulebook.rules else ["no rule is on"]
        return [*self._faults.of_state(), *idle]

    def _standing(self) -> str:
        """Return what is said where all is well.

        Who waits behind newer files is ready: a rollout that goes back to older ones
        would otherwise stop in the middle, each replica waiting for the other.
        """
        return BEHIND if self.duty.is_behind() else "ok"

    def _job(self, name: str, job: Job) -> Job:
        return lambda: self._guarded(name, job)

    def _guarded(self, name: str, job: Job) -> None:
        """Run a job; what goes wrong is said, and tried again at the next tick."""
        try:
            job()
        except LeaseLost as error:
            self.teller.lost(error)
        except MonitorError as error:
            if self._faults.fails(name, error):
                self.log.error(str(error))  # noqa: TRY400 - no bug, so no traceback
        except Exception:  # the one broad catch: a bug may not end the watch
            self.log.exception("a job failed; the next tick tries again")
            raise
        else:
            if self._faults.works(name):
                self.log.info("works again", extra=fields(job=name))
