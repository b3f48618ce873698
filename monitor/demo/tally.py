"""What a season came to for those who applied, with Svar or without; pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.demo import events
from monitor.demo.events import Event

PROMISE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Tally:
    """How long candidates waited for a first answer, and who never had one.

    `forgotten`: no answer at the end, and more than 14 days since they applied.
    `untold`: declined or left over, and nothing sent to them since.
    """

    applications: int
    answered: int
    over_14_days: int
    forgotten: int
    untold: int
    longest_wait: timedelta


@dataclass(slots=True)
class _Book:
    """What is known of each application by its id."""

    applied: dict[str, datetime] = field(default_factory=dict)
    job: dict[str, str] = field(default_factory=dict)
    answered: dict[str, datetime] = field(default_factory=dict)
    settled: dict[str, datetime] = field(default_factory=dict)
    interviewed: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)

    def enter(self, event: Event) -> None:
        match event:
            case events.JobFilled():
                self._fill(event)
            case events.Applied():
                self.applied[event.application_id] = event.at
                self.job[event.application_id] = event.job_id
            case events.Interviewed():
                self.interviewed.add(event.application_id)
            case (
                events.ManagerDecided()
                | events.Concluded()
                | events.Rejected()
                | events.Hired()
            ):
                self._decide(event)
            case events.Replied() | events.Called() | events.TestSent():
                self._answer(event.application_id, event.at)
            case _:
                pass

    def _fill(self, event: events.JobFilled) -> None:
        for application_id, job_id in self.job.items():
            if job_id == event.job_id:
                self.settled.setdefault(application_id, event.at)

    def _decide(self, event: events.ManagerDecided | events.Outcome) -> None:
        """Enter a decision, unless there is one: the first is the one that counts."""
        application_id = event.application_id
        if application_id in self.settled:
            return
        is_late = isinstance(event, events.Concluded)
        if is_late and application_id not in self.interviewed:
            return
        invites = isinstance(event, events.ManagerDecided) and event.interview_at
        if not invites:
            self.settled[application_id] = event.at
        if events.answers(event):
            self._answer(application_id, event.at)

    def _answer(self, application_id: str, at: datetime) -> None:
        self.answered.setdefault(application_id, at)
        if application_id in self.settled:
            self.told.add(application_id)


def count(happened: Iterable[Event], until: datetime) -> Tally:
    """Count what events came to, up to an instant.

    Over the events of a world this is the season without Svar; with the reactions
    added it is the season with it. Who still waits counts with the wait so far.
    """
    book = _Book()
    for event in sorted(happened, key=lambda event: event.at):
        if event.at < until:
            book.enter(event)
    waits = {
        key: book.answered.get(key, until) - at for key, at in book.applied.items()
    }
    late = {key for key, wait in waits.items() if wait > PROMISE}
    return Tally(
        applications=len(waits),
        answered=len(book.answered),
        over_14_days=len(late),
        forgotten=len(late - book.answered.keys()),
        untold=len(book.settled.keys() - book.told),
        longest_wait=max(waits.values(), default=timedelta()),
    )
