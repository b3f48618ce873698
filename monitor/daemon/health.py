"""Whether the jobs still do their work, as /healthz and /readyz tell it."""

import time
from collections.abc import Callable, Iterable
from datetime import timedelta

from monitor.configuration import POLLS_MISSED
from monitor.errors import MonitorError, StoreError
from monitor.settings import SourceSettings
from monitor.store.replicas import leases

DELIVERY_WITHIN = timedelta(seconds=90)


class Pulse:
    """Remembers when each job last did its work, by a clock that nobody sets."""

    def __init__(
        self,
        sources: Iterable[SourceSettings],
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = {
            leases.poll(each.name): each.every * POLLS_MISSED + each.statement_timeout
            for each in sources
        } | {leases.DELIVER: DELIVERY_WITHIN}
        self._stopwatch = stopwatch
        self._done_at: dict[str, float] = {}

    def beat(self, job: str) -> None:
        """Take note of a run, or that one is due: a first one that hangs shows too."""
        self._done_at[job] = self._stopwatch()

    def troubles(self, ours: Iterable[str]) -> list[str]:
        """Return which of these jobs have not done their work for too long."""
        now, problems = self._stopwatch(), []
        for job in ours:
            silence = timedelta(seconds=int(now - self._done_at.get(job, now)))
            if silence > self._patience[job]:
                problems.append(f"no {job} for {silence}")
        return problems


class Faults:
    """Remembers which jobs fail, and of what, until they succeed."""

    def __init__(self) -> None:
        self._errors: dict[str, MonitorError] = {}

    def fails(self, job: str, error: MonitorError) -> bool:
        """Take note of a failure; tell whether no job has failed of just that so far."""
        is_new = str(error) not in self._messages()
        self._errors[job] = error
        return is_new

    def works(self, job: str) -> bool:
        """Forget what a job failed of; tell whether that is over for all jobs."""
        error = self._errors.pop(job, None)
        return error is not None and str(error) not in self._messages()

    def of_state(self) -> list[str]:
        """Return why the state could not be written, or read."""
        errors = list(self._errors.values())
        return sorted({str(each) for each in errors if isinstance(each, StoreError)})

    def _messages(self) -> set[str]:
        return {str(each) for each in list(self._errors.values())}
