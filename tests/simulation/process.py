"""One running Svar: its jobs, what it remembers, and the leases that it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import cycle
from monitor.configuration import Configuration
from monitor.cycle import Cycle, erasing
from monitor.cycle import Report as Polled
from monitor.daemon.duty import Always, Hold
from monitor.delivery import Delivery, Verifier
from monitor.delivery import Report as Delivered
from monitor.delivery.routes import Transport
from monitor.store import Store
from monitor.store.replicas import heartbeats
from monitor.store.replicas.leases import Leases, Tenure
from tests.simulation import house
from tests.simulation.scene import Scene

Configured = Callable[[], Configuration]


@dataclass(frozen=True, slots=True)
class Watch:
    """By which a process tells how long it has been at work, and what it may send."""

    stopwatch: Callable[[], float]
    may_send: Callable[[], bool]
    verifier: Verifier


MakeDelivery = Callable[[Store, Transport, Configured, Watch], Delivery]
POLL, DELIVER = f"poll {house.SOURCE}", "deliver"


def delivery(
    store: Store, transport: Transport, configured: Configured, watch: Watch
) -> Delivery:
    """Return the real delivery."""
    return Delivery(
        store,
        transport,
        configured,
        watch.stopwatch,
        may_send=watch.may_send,
        verifier=watch.verifier,
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """The code under test; a planted bug is another one."""

    cycle: type[Cycle] = Cycle
    delivery: MakeDelivery = delivery


REAL = Parts()
ALONE = Always()


class Process:
    """A process: with it dies all that is not in the store."""

    def __init__(
        self, scene: Scene, parts: Parts, name: str, *, is_alone: bool
    ) -> None:
        self.scene = scene
        self.parts = parts
        self.name = name
        self.is_alone = is_alone
        self.polled_with: Configuration | None = None
        self.leases = Leases(
            scene.store,
            name,
            clock=lambda _: scene.real,
            stopwatch=self._seconds,
        )
        self._tenures: dict[str, Tenure] = {}
        self._delivery: tuple[Hold, Delivery] | None = None

    def _seconds(self) -> float:
        return self.scene.real.timestamp()

    def _hold(self, name: str) -> Hold | None:
        """Return the lease: renewed, as it is all the time, or taken if it is free."""
        if self.is_alone:
            return ALONE
        tenure = self._tenures.get(name)
        if tenure is not None and tenure.until > 0:
            self.leases.renew([tenure])
        if tenure is None or not tenure.holds():
            tenure = self.leases.take(name)
            if tenure is not None:
                self._tenures[name] = tenure
        return tenure

    def poll(self) -> Polled | None:
        """Run one cycle, as the daemon does, if that is ours."""
        scene, loaded = self.scene, self.scene.configuration
        tenure = self._hold(POLL)
        if tenure is None:
            return None
        edited = self.polled_with is not loaded
        store = scene.store.under(tenure)
        report = self.parts.cycle(store, scene.ats, loaded, edited=edited).run(
            now=scene.now
        )
        if report.run.outcome == "ok":
            self.polled_with = loaded
        return report

    def erase(self, report: Polled) -> None:
        """Forget what is gone, as the daemon does after a good poll."""
        scene = self.scene
        if not scene.ats.leaves_out:
            return  # there is nothing to find, and every pass takes its time
        store = scene.store.under(self._tenures.get(POLL, ALONE))
        with store.read() as connection:
            if not erasing.is_due(connection, scene.ats.name, now=scene.now):
                return
        was, scene.is_rewritten = scene.is_rewritten, True  # also if it dies in it
        unmeasurable = report.unmeasurable
        erased = erasing.erase_gone(
            store, scene.ats, unmeasurable=unmeasurable, now=scene.now
        )
        scene.is_rewritten = was or erased.alerts > 0
        if erased.alerts:
            scene.played.happened["alerts of who is gone are forgotten"] += 1
            scene.say(f"{erased.alerts} alerts are forgotten")

    def deliver(self, idle_since: datetime | None) -> Delivered | None:
        """Run the delivery, if that is ours.

        It also ran, and found nothing to do, all the time since then.
        """
        scene = self.scene
        tenure = self._hold(DELIVER)
        if tenure is None:
            return None
        store = scene.store.under(tenure)
        if idle_since is not None and scene.now - idle_since > timedelta(minutes=5):
            with store.write() as connection:
                heartbeats.beat(connection, now=scene.now)
        if self._delivery is None or self._delivery[0] is not tenure:
            made = self.parts.delivery(
                store,
                scene.slack,
                lambda: scene.configuration,
                Watch(
                    self._seconds,
                    tenure.holds,
                    cycle.Verifier(store, [scene.ats], lambda: scene.configuration),
                ),
            )
            self._delivery = tenure, made
        return self._delivery[1].run(now=scene.now)
