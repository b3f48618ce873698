"""The real cycle and the real delivery over a real store, from one moment to the next."""

import heapq
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count
from typing import TypeVar

from monitor.delivery import Report
from monitor.errors import MonitorError
from tests.fakes import Killed
from tests.simulation import house
from tests.simulation.inspector import Inspector
from tests.simulation.process import REAL, Parts, Process
from tests.simulation.scene import Broken, Scene

SECOND = timedelta(seconds=1)
SOON = timedelta(seconds=61)  # what is put off for a minute is due by then
LONGEST_IDLE = timedelta(hours=2)
STANDS_STILL = (95, 70)  # seconds; then the others have taken over, and delivered
T = TypeVar("T")


class World:
    """Runs the jobs when they are due; what happens beside them is put in by `at`."""

    def __init__(self, scene: Scene, replicas: int, parts: Parts = REAL) -> None:
        self.scene = scene
        self.parts = parts
        self.inspector = Inspector(scene)
        scene.slack.witness = self.inspector.posting
        self.asleep_until = scene.real
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._wakes_at: datetime | None = None
        self._idle = 0
        self._idle_since: datetime | None = None
        self._named, self._is_alone = count(1), replicas == 1
        self.processes = [self._start() for _ in range(replicas)]
        self._running: Process | None = None
        self._still: list[Process] = []

    def _start(self) -> Process:
        name = f"svar-{next(self._named)}"
        return Process(self.scene, self.parts, name, is_alone=self._is_alone)

    def _restart(self, process: Process) -> None:
        """Begin anew with what the store remembers; another one comes first now."""
        self.processes.remove(process)
        self.processes.append(self._start())

    def begin_anew(self) -> None:
        """Let every process end, and another one begin in its place."""
        for process in list(self.processes):
            self._restart(process)
        self._idle_since = None

    def at(self, at: datetime, do: Callable[[], None]) -> None:
        """Let something happen then."""
        heapq.heappush(self._queue, (at, next(self._order), do))

    def plan(self, first: date, last: date) -> None:
        """Poll and deliver some times a day from one day to another."""
        day = first
        while day <= last:
            for hour in house.polls(day):
                self.at(house.instant(day, hour) + 3 * SECOND, self.tick)
            day += timedelta(days=1)

    def run(self, until: datetime) -> None:
        """Let everything happen that was put in, and what comes of it, up to then."""
        while self._queue and self._queue[0][0] <= until:
            at, _, do = heapq.heappop(self._queue)
            self.scene.real = max(self.scene.real, at)
            do()

    def tick(self) -> None:
        """Poll, then deliver."""
        self.look()
        self.deliver()

    def look(self) -> None:
        """Poll, by whoever has the lease."""
        if self._is_asleep():
            return
        for process in list(self.processes):
            if self._survive(process, partial(self.poll, process)):
                return

    def poll_beside(self) -> None:
        """Poll in another thread of the process that delivers now."""
        try:
            for process in self.processes:
                if self.poll(process):
                    return
        except MonitorError as error:
            self.scene.say(f"a poll fails: {error}")

    def poll(self, process: Process) -> bool:
        """Run one cycle, if it is this process's; a dark one closes nothing."""
        scene = self.scene
        before = self.inspector.opened() if scene.ats.is_dark else set()
        report = process.poll()
        if report is None:
            return False
        scene.played.jobs += 1
        self.inspector.nothing_closed(before)
        if report.run.outcome == "ok":
            scene.polled_at = scene.now
        else:
            scene.played.happened[f"a poll was {report.run.outcome}"] += 1
        if report.held:
            scene.played.happened["closures held"] += 1
        for (rule, was, after, reason), times in report.transitions.items():
            scene.say(f"poll: {times} {rule} {was} -> {after} ({reason})")
        if report.run.outcome == "ok":
            process.erase(report)
        return True

    def deliver(self) -> None:
        """Run the delivery, by whoever has the lease, and again when it is due."""
        if self._is_asleep():
            return
        scene = self.scene
        self._wakes_at = None
        report = self._deliver(self.processes)
        is_well = scene.slack.has_token and not scene.store.fates.is_away
        self._idle_since = scene.now if is_well else None
        self._idle = 0 if report and report.posts else self._idle + 1
        pause = min(SOON * 4 ** min(self._idle, 4), LONGEST_IDLE)
        if report is None:
            self._wake(scene.real + pause)
            return
        due = self.inspector.next_due()
        if due is not None:
            self._wake(max(due - scene.skew + SECOND, scene.real + pause))

    def _deliver(self, processes: Iterable[Process]) -> Report | None:
        """Let the first process that may deliver do it; None where that fails."""
        scene, report, since = self.scene, None, self._idle_since
        for process in list(processes):
            report = self._survive(process, partial(process.deliver, since))
            if report is not None:
                break
        scene.played.jobs += 1
        if report is not None:
            for what, times in [*report.posts.items(), *report.errors.items()]:
                scene.say(f"delivery: {times} {what}")
        return report

    def stand_still(self) -> None:
        """Let the process that runs now stand still, and the other ones go on."""
        current = self._running
        if current is None:
            return
        self._still.append(current)
        for seconds in STANDS_STILL:
            self.scene.real += timedelta(seconds=seconds)
            for process in self._awake():
                self._survive(process, partial(self.poll, process))
            self._deliver(self._awake())
        self._still.remove(current)
        self.scene.say(f"{current.name} goes on")

    def _awake(self) -> list[Process]:
        return [each for each in self.processes if each not in self._still]

    def sleep(self, until: datetime) -> None:
        """Let the machine stand still until then."""
        self.asleep_until, self._idle_since = until, None
        self.at(until, self.tick)

    def _is_asleep(self) -> bool:
        return self.scene.real < self.asleep_until

    def _wake(self, at: datetime) -> None:
        self._wakes_at = at
        self.at(at, lambda: self._woken(at))

    def _woken(self, at: datetime) -> None:
        if self._wakes_at == at:  # else an earlier run made another plan
            self.deliver()

    def _survive(self, process: Process, job: Callable[[], T]) -> T | None:
        """Run a job as the daemon does; a death ends it, and a new process begins."""
        scene, found = self.scene, None
        if process not in self.processes:
            return None  # it died meanwhile
        outer, self._running = self._running, process
        try:
            found = job()
        except MonitorError as error:
            scene.played.happened[f"a job met {type(error).__name__}"] += 1
            scene.say(f"a job fails: {error}")
        except Killed:
            scene.played.happened["a death"] += 1
            scene.say(f"{process.name} dies, and another begins")
            self._idle = 0
            self._restart(process)
        except Broken:
            raise
        except Exception as error:
            law = "a job fails in no way that was not foreseen"
            raise Broken(law, repr(error)) from error
        finally:
            self._running = outer
        self.inspector.step()
        return found
