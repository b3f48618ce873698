"""One running Svar: its jobs, what it remembers, and the leases that it holds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.configuration import Configuration
from monitor.cycle import Cycle
from monitor.cycle import Report as Polled
from monitor.delivery import Delivery
from monitor.delivery import Report as Delivered
from monitor.delivery.routes import Transport
from monitor.store import Store, heartbeats
from tests.simulation.scene import Scene

Configured = Callable[[], Configuration]
MakeDelivery = Callable[[Store, Transport, Configured], Delivery]


def still() -> float:
    """Tell that no time passes while the delivery runs."""
    return 0.0


def delivery(store: Store, transport: Transport, configured: Configured) -> Delivery:
    """Return the real delivery."""
    return Delivery(store, transport, configured, still)


@dataclass(frozen=True, slots=True)
class Parts:
    """The code under test; a planted bug is another one."""

    cycle: type[Cycle] = Cycle
    delivery: MakeDelivery = delivery


REAL = Parts()


class Process:
    """A process: with it dies all that is not in the store."""

    def __init__(self, scene: Scene, parts: Parts) -> None:
        self.scene = scene
        self.parts = parts
        self.polled_with: Configuration | None = None
        self.delivery = parts.delivery(
            scene.store, scene.slack, lambda: scene.configuration
        )

    def poll(self) -> Polled:
        """Run one cycle, as the daemon does."""
        scene, loaded = self.scene, self.scene.configuration
        edited = self.polled_with is not loaded
        cycle = self.parts.cycle(scene.store, scene.ats, loaded, edited=edited)
        report = cycle.run(now=scene.now)
        if report.run.outcome == "ok":
            self.polled_with = loaded
        return report

    def deliver(self, idle_since: datetime | None) -> Delivered:
        """Run the delivery; it also ran, and found nothing to do, since then."""
        if idle_since is not None and self.scene.now - idle_since > timedelta(
            minutes=5
        ):
            with self.scene.store.write() as connection:
                heartbeats.beat(connection, now=self.scene.now)
        return self.delivery.run(now=self.scene.now)
