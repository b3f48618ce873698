"""The demo's seeded world: who works there, what happens, who reacts to a nudge.

Pure: the same seed gives the same season, and nothing here reads a clock or a file.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from monitor.demo import events, outcomes, paths, plan
from monitor.demo.cases import Case, Path, local, office, workday
from monitor.demo.events import Event, Job, Manner, Person


@dataclass(frozen=True, slots=True)
class World:
    """One employer's season, as it would go without a reminder.

    `events` stand in the order of time and end before `ends_at`.
    """

    starts_at: datetime
    ends_at: datetime
    people: tuple[Person, ...]
    jobs: tuple[Job, ...]
    cases: Mapping[str, Case]
    events: tuple[Event, ...]
    arrangements: Mapping[str, Mapping[str, str]]
    nudges: Counter[tuple[str, str]] = field(
        default_factory=Counter, repr=False, compare=False
    )

    def reactions(self, told: Mapping[str, Sequence[str]], at: datetime) -> list[Event]:
        """Return what people do because they were told of applications.

        Takes the ids by the reader's e-mail address, and counts the nudges: the
        slow manager acts on the second about the same application. The events lie
        after `at`, in the order of time; what is pointless by then, `ats.apply`
        leaves out. The count makes a world good for one performance.
        """
        staff = {person.email: person for person in self.people}
        found: list[Event] = []
        for email in sorted(told.keys() & staff.keys()):
            for application_id in told[email]:
                self.nudges[email, application_id] += 1
                nudge = self.nudges[email, application_id]
                case = self.cases[application_id]
                found += _reaction(case, staff[email], nudge, at)
        return sorted(found, key=_time)


def season(
    seed: int, weeks: int, starts_on: date, ends_on: date | None = None
) -> World:
    """Return a season of some weeks; from five weeks on every story is told to its end.

    `ends_on`: a day in the last week, with which it breaks off as that day begins.
    """
    rng = random.Random(seed)  # noqa: S311 - a story, not a secret
    starts_at = local(starts_on, 0)
    ends_at = local(ends_on or starts_on + timedelta(weeks=weeks), 0)
    people = plan.staff(rng)
    jobs = plan.jobs(rng, people)
    script = plan.script(rng, weeks, starts_on, jobs)
    applied = [planned for planned in script if planned[0] < ends_at]
    cases = plan.cases(seed, rng, applied)
    told = [event for case in cases for event in paths.course(case)]
    told += _leftovers(cases, told)
    told += _pauses(cases, starts_at)
    happens = sorted((event for event in told if event.at < ends_at), key=_time)
    deadline_at = ends_at - timedelta(seconds=1)
    opening: list[Event] = [events.Joined(starts_at, person) for person in people]
    opening += [events.JobOpened(starts_at, job, deadline_at) for job in jobs]
    return World(
        starts_at,
        ends_at,
        people,
        jobs,
        {case.application_id: case for case in cases},
        (*opening, *happens),
        plan.arrangements(people, starts_on),
    )


def _time(event: Event) -> datetime:
    return event.at


def _leftovers(cases: Iterable[Case], told: Sequence[Event]) -> Iterator[Event]:
    """Tell every second one who was left over, a week after the job was filled."""
    filled = {e.job_id: e.at for e in told if isinstance(e, events.JobFilled)}
    waiting = [
        case
        for case in cases
        if case.path is Path.READING and case.job.job_id in filled
    ]
    for case in waiting[::2]:
        dice = case.dice("left over")
        day = workday(filled[case.job.job_id], 5)
        at = local(day, dice.randrange(9, 15), dice.randrange(60))
        yield events.Replied(at, case.application_id, only_if_waiting=True)


def _pauses(cases: Iterable[Case], starts_at: datetime) -> Iterator[Event]:
    """Put jobs on hold in the second week, with those who are told nothing of it."""
    held: dict[str, list[str]] = {}
    for case in cases:
        if case.path is Path.HELD:
            held.setdefault(case.job.job_id, []).append(case.application_id)
    at = local(workday(starts_at, 9), 15, 30)
    for job_id, waiting in held.items():
        yield events.JobPaused(at, job_id, tuple(waiting))


# How often a nudge is acted on, and within how many hours.
_HEED = {
    Manner.BRISK: (0.9, (1, 5)),
    Manner.SWAMPED: (0.5, (2, 30)),
    Manner.SLOW: (1.0, (2, 6)),
}
_SLOW_PATIENCE = 2  # nudges


def _reaction(case: Case, person: Person, nudge: int, at: datetime) -> Iterator[Event]:
    dice = case.dice(f"{person.email}/{nudge}")
    chance, (least, most) = _HEED[person.manner]
    if person.manner is Manner.SLOW and nudge < _SLOW_PATIENCE:
        return
    if dice.random() >= chance:
        return
    later = timedelta(hours=dice.randrange(least, most), minutes=dice.randrange(60))
    acts_at = office(at + later, dice)
    if person == case.job.manager:
        yield from outcomes.verdict(case, acts_at)
        yield from outcomes.conclusion(case, acts_at)
    elif person == case.job.recruiter:
        yield from _answer(case, acts_at, dice)


def _answer(case: Case, at: datetime, dice: random.Random) -> Iterator[Event]:
    """Tell how the recruiter answers: by phone after an interview, else in writing."""
    application_id = case.application_id
    if case.path is Path.SILENT:
        yield events.GaveReason(at, application_id, dice.choice(outcomes.REASONS))
    if case.path in {Path.LATE, Path.FORGOTTEN} and dice.choice((True, False)):
        yield events.Rejected(
            at,
            application_id,
            by=case.job.recruiter,
            reason=dice.choice(outcomes.REASONS),
            with_letter=True,
            only_if_waiting=True,
        )
    elif case.impresses:
        yield events.Called(at, application_id, only_if_waiting=True)
        written_at = at + timedelta(minutes=30)
        yield events.Replied(written_at, application_id, only_if_waiting=True)
        return
    written_at = at + timedelta(minutes=1)
    yield events.Replied(written_at, application_id, only_if_waiting=True)
