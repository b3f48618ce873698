"""The cast and the script of a season: who works there, who applies, and how it goes."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from monitor.demo import events, names
from monitor.demo.cases import Case, Path, local
from monitor.demo.events import Job, Manner, Person

A_WEEK = 25  # applications
FIRST_NUMBER = 1001

# What a hundred applications come to, by the recruiter's manner.
_USUAL = {
    Manner.BRISK: {
        Path.DECLINED: 50,
        Path.SHARED: 27,
        Path.KNOCKED_OUT: 10,
        Path.INTERVIEWED: 6,
        Path.FORGOTTEN: 7,
    },
    Manner.SWAMPED: {
        Path.DECLINED: 43,
        Path.SHARED: 17,
        Path.KNOCKED_OUT: 8,
        Path.LATE: 12,
        Path.FORGOTTEN: 12,
        Path.SILENT: 8,
    },
}

# What happens in every season: (day, job, path). Job 0 waits on the slow manager,
# job 1 is filled, jobs 2 to 4 are the swamped recruiter's, job 5 is a quiet one.
_ALWAYS = (
    (0, 0, Path.SHARED),
    (0, 0, Path.INTERVIEWED),
    (1, 0, Path.SHARED),
    (0, 1, Path.HIRED),
    (0, 1, Path.READING),
    (0, 1, Path.READING),
    (1, 1, Path.READING),
    (2, 1, Path.READING),
    (0, 2, Path.FORGOTTEN),
    (1, 3, Path.LATE),
    (1, 4, Path.FORGOTTEN),
    (2, 2, Path.LATE),
    (2, 3, Path.SILENT),
    (1, 5, Path.KNOCKED_OUT),
    (2, 5, Path.INTERVIEWED),
)
# Rarer stories, in place of the first of the random applications: (job, path).
_ALSO = (
    (5, Path.HELD),
    (5, Path.HELD),
    (5, Path.TESTED),
    (4, Path.TESTED),
    (3, Path.MAILED),
    (2, Path.UNREACHED),
    (4, Path.DELIBERATED),
)
_QUICKLY_FILLED = 1  # the job that is filled within two weeks
_SWAMPED_JOBS = frozenset({2, 3, 4})


Planned = tuple[datetime, Job, Path]


def staff(rng: random.Random) -> tuple[Person, ...]:
    """Return two recruiters, four line managers (the slow one first), an HR lead."""
    manners = (
        ("recruiter", Manner.BRISK),
        ("recruiter", Manner.SWAMPED),
        ("manager", Manner.SLOW),
        ("manager", Manner.BRISK),
        ("manager", Manner.BRISK),
        ("manager", Manner.BRISK),
        ("hr_lead", Manner.BRISK),
    )
    drawn: dict[str, str] = {}  # by first name: no two share one
    while len(drawn) < len(manners):
        name = names.draw(rng)
        drawn.setdefault(name.split()[0], name)
    return tuple(
        Person(name, names.address(name, "example.com"), role, manner)
        for name, (role, manner) in zip(drawn.values(), manners, strict=True)
    )


def arrangements(
    people: Sequence[Person], starts_on: date
) -> dict[str, dict[str, str]]:
    """Return what the settings say of people: who stands in, when, and who reads Norwegian.

    The slow manager is away in the second week, on two days with decisions to make.
    """
    brisk, _, slow, stand_in, *_ = people
    first, last = starts_on + timedelta(days=9), starts_on + timedelta(days=10)
    return {
        "deputies": {slow.email: stand_in.email},
        "away": {slow.email: f"{first} - {last}"},
        "languages": {brisk.email: "nb"},
    }


def jobs(rng: random.Random, people: Sequence[Person]) -> tuple[Job, ...]:
    """Return six to nine jobs, the first of them the slow manager's."""
    brisk, swamped, slow, *others, _ = people
    openings = rng.sample(names.OPENINGS, rng.randint(6, len(names.OPENINGS)))
    return tuple(
        Job(
            job_id=f"J{number + 1}",
            title=opening.title,
            department=opening.department,
            country=opening.country,
            recruiter=swamped if number in _SWAMPED_JOBS else brisk,
            manager=slow if number == 0 else others[number % len(others)],
        )
        for number, opening in enumerate(openings)
    )


def script(
    rng: random.Random, weeks: int, starts_on: date, jobs: Sequence[Job]
) -> list[Planned]:
    """Return when somebody applies, to which job, and what becomes of it."""
    plan = [
        (_moment(rng, starts_on, day), jobs[job], path) for day, job, path in _ALWAYS
    ]
    steady = [job for number, job in enumerate(jobs) if number != _QUICKLY_FILLED]
    swamped = [job for job in steady if job.recruiter.manner is Manner.SWAMPED]
    brisk = [job for job in steady if job.recruiter.manner is Manner.BRISK]
    for week in range(weeks):
        for turn in range(A_WEEK - (len(_ALWAYS) if week == 0 else 0)):
            job = rng.choice(swamped if turn % 2 else brisk)
            usual = _USUAL[job.recruiter.manner]
            (path,) = rng.choices(list(usual), list(usual.values()))
            day = week * 7 + rng.choice((0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 6))
            plan.append((_moment(rng, starts_on, day), job, path))
    for number, (also, path) in enumerate(_ALSO, start=len(_ALWAYS)):
        plan[number] = (plan[number][0], jobs[also], path)
    return sorted(plan, key=lambda planned: planned[0])


def _moment(rng: random.Random, starts_on: date, day: int) -> datetime:
    hour, minute, second = rng.randint(7, 22), rng.randrange(60), rng.randrange(60)
    at = local(starts_on + timedelta(days=day), hour, minute)
    return at + timedelta(seconds=second)


def cases(seed: int, rng: random.Random, plan: Sequence[Planned]) -> list[Case]:
    """Give every planned application its candidate and its number."""
    awkward = dict(zip(rng.sample(range(12), 2), names.AWKWARD, strict=True))
    seen: Counter[str] = Counter()
    cases = []
    for number, (applied_at, job, path) in enumerate(plan):
        name = awkward.get(number) or names.draw(rng)
        seen[name] += 1
        again = f".{seen[name]}" if seen[name] > 1 else ""  # addresses stay unique
        email = names.address(name + again, "example.org")
        application_id = str(FIRST_NUMBER + number)
        candidate = events.Candidate(f"C{application_id}", name, email)
        cases.append(Case(seed, application_id, applied_at, candidate, job, path))
    return cases
