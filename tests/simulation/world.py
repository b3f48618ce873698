"""The real cycle and the real delivery over a real store, from one moment to the next."""

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import TypeVar

from monitor.errors import MonitorError
from tests.fakes import Killed
from tests.simulation import house
from tests.simulation.inspector import Inspector
from tests.simulation.process import REAL, Parts, Process
from tests.simulation.scene import Scene

SECOND = timedelta(seconds=1)
SOON = timedelta(seconds=61)  # what is put off for a minute is due by then
LONGEST_IDLE = timedelta(hours=2)
T = TypeVar("T")


class World:
    """Runs the jobs when they are due; what happens beside them is put in by `at`."""

    def __init__(self, scene: Scene, parts: Parts = REAL) -> None:
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
        self.restart()

    def restart(self) -> None:
        """Begin anew with what the store remembers, as a new process does."""
        self.process = Process(self.scene, self.parts)

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
        if not self._is_asleep():
            self._survive(self.poll)
            self.deliver()

    def look(self) -> None:
        """Poll, and no more."""
        if not self._is_asleep():
            self._survive(self.poll)

    def poll(self) -> None:
        """Run one cycle; a failed or empty one closes nothing."""
        scene = self.scene
        scene.played.jobs += 1
        before = self.inspector.opened()
        report = self.process.poll()
        if scene.ats.is_dark:
            self.inspector.nothing_closed(before)
        if report.run.outcome == "ok":
            scene.polled_at = scene.now
        else:
            scene.played.happened[f"a poll was {report.run.outcome}"] += 1
        if report.held:
            scene.played.happened["closures held"] += 1
        for (rule, was, after, reason), times in report.transitions.items():
            scene.say(f"poll: {times} {rule} {was} -> {after} ({reason})")

    def deliver(self) -> None:
        """Run the delivery, and again when it has something to do."""
        if self._is_asleep():
            return
        scene, idle_since = self.scene, self._idle_since
        scene.played.jobs += 1
        self._wakes_at = None
        report = self._survive(lambda: self.process.deliver(idle_since))
        is_well = scene.slack.has_token and not scene.store.fates.is_away
        self._idle_since = scene.now if is_well else None
        self._idle = 0 if report and report.posts else self._idle + 1
        pause = min(SOON * 4 ** min(self._idle, 4), LONGEST_IDLE)
        if report is None:
            self._wake(scene.real + pause)
            return
        for what, times in [*report.posts.items(), *report.errors.items()]:
            scene.say(f"delivery: {times} {what}")
        due = self.inspector.next_due()
        if due is not None:
            self._wake(max(due - scene.skew + SECOND, scene.real + pause))

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

    def _survive(self, job: Callable[[], T]) -> T | None:
        """Run a job as the daemon does; a death ends it, and a new process begins."""
        scene, found = self.scene, None
        try:
            found = job()
        except MonitorError as error:
            scene.played.happened[f"a job met {type(error).__name__}"] += 1
            scene.say(f"a job fails: {error}")
        except Killed:
            scene.played.happened["a death"] += 1
            scene.say("the process dies, and is started again")
            self._idle = 0
            self.restart()
        self.inspector.step()
        return found
