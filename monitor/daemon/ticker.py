"""The scheduler: a ticker and never a memory. What is due lives in the store."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitor.metrics import Ran, Work

DRAIN_SECONDS = 10
TOLERANCE = timedelta(seconds=1)  # by which a clock is set back and nobody minds
# Two at once: what is asked for while a reload runs waits for it, and is not skipped.
_ONCE = {"replace_existing": True, "max_instances": 2}
_EVENTS = {
    EVENT_JOB_EXECUTED: Ran.EXECUTED,
    EVENT_JOB_ERROR: Ran.ERROR,
    EVENT_JOB_MISSED: Ran.MISSED,
    EVENT_JOB_MAX_INSTANCES: Ran.STILL_RUNNING,
}

Job = Callable[[], object]


class Ticker:
    """Runs jobs again and again; `count` hears of each run and what became of it.

    A job's name begins with the work that it is: "poll", or "poll opencats".
    """

    def __init__(self, count: Callable[[Work, Ran], None]) -> None:
        self._scheduler = BackgroundScheduler(
            timezone="UTC",
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,  # its default of 1 s drops late runs
            },
        )

        def listen(event: JobEvent) -> None:
            count(Work(event.job_id.split()[0]), _EVENTS[event.code])

        self._scheduler.add_listener(listen, sum(_EVENTS))

    def every(self, pause: timedelta, name: str, job: Job, *, first: datetime) -> None:
        """Run a job from first on, with this pause."""
        trigger = IntervalTrigger(seconds=pause.total_seconds(), timezone="UTC")
        self._scheduler.add_job(job, trigger, id=name, next_run_time=first)

    def once(self, name: str, job: Job) -> None:
        """Run a job as soon as may be."""
        self._scheduler.add_job(job, DateTrigger(timezone="UTC"), id=name, **_ONCE)

    def hasten(self, name: str, *, now: datetime) -> None:
        """Run a job now that would run later, if it is there."""
        try:
            self._scheduler.modify_job(name, next_run_time=now)
        except JobLookupError:
            return

    def catch_up(self, *, now: datetime) -> bool:
        """Run now what a clock that was set back put off; tell whether there is any."""
        late = [
            job.id
            for job in self._scheduler.get_jobs()
            if isinstance(job.trigger, IntervalTrigger)
            and job.next_run_time - now > job.trigger.interval + TOLERANCE
        ]
        for name in late:
            self.hasten(name, now=now)
        return bool(late)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def is_alive(self) -> bool:
        """Tell whether it ticks; its own `running` stays true when its thread died."""
        thread = self._scheduler._thread  # noqa: SLF001 - as said
        return thread is not None and thread.is_alive()

    def drain(self) -> bool:
        """Start nothing more and let running jobs finish; tell whether they did in time."""
        self._scheduler.pause()
        end = Thread(target=self._scheduler.shutdown, name="drain", daemon=True)
        end.start()
        end.join(DRAIN_SECONDS)
        return not end.is_alive()
