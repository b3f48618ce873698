"""How one application goes when nobody reminds anybody; pure."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from monitor.demo import events, outcomes
from monitor.demo.cases import CLOSES, MEETS, Case, Path, local, within, workday
from monitor.demo.events import Event, Manner


def course(case: Case) -> Iterator[Event]:
    """Tell how the application goes, from its arrival on, with no reminder."""
    dice = case.dice("course")
    at, application_id = case.applied_at, case.application_id
    yield events.Applied(
        at, application_id, case.candidate, case.job.job_id, case.is_internal
    )
    received_at = at + timedelta(seconds=dice.randrange(40, 200))
    if not case.is_internal:  # they are entered by hand, past the machine
        yield events.Receipt(received_at, application_id)
    yield from _COURSES[case.path](case, dice)


# Working days until the first answer, and the manager's verdict.
_FIRST = {Manner.BRISK: (1, 3), Manner.SWAMPED: (3, 7), Manner.SLOW: (3, 7)}
_VERDICT = {Manner.BRISK: (1, 1), Manner.SWAMPED: (1, 2), Manner.SLOW: (9, 16)}


def _first(case: Case, dice: random.Random) -> datetime:
    least, most = _FIRST[case.job.recruiter.manner]
    if case.path in MEETS or case.path is Path.TESTED:
        least = most = 1
    return within(dice, case.applied_at, least, most)


def _promise(case: Case, at: datetime, days: int) -> Event:
    """Tell of a promise made in the reply of that instant: so many working days."""
    answer_by = local(workday(at, days), CLOSES - 1)
    return events.Promised(at + timedelta(seconds=1), case.application_id, answer_by)


def _declined(case: Case, dice: random.Random) -> Iterator[Event]:
    told_at = _first(case, dice)
    yield _letter(case, told_at, dice)
    yield from outcomes.aftermath(case, told_at, (6, 9))


def _reading(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.Replied(at, case.application_id)
    yield _promise(case, at, 10)


def _tested(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.TestSent(at, case.application_id)
    taken_at = local(workday(at, dice.randint(2, 3)), 19, dice.randrange(60))
    yield events.TestTaken(taken_at, case.application_id)
    if case.job.recruiter.manner is Manner.BRISK:
        yield _letter(case, within(dice, taken_at, 2, 3), dice)


def _held(case: Case, dice: random.Random) -> Iterator[Event]:
    yield events.Replied(_first(case, dice), case.application_id)
    wrote_at = local(workday(case.applied_at, 10), 20, dice.randrange(60))
    yield events.Wrote(wrote_at, case.application_id)


def _shared(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.Replied(at, case.application_id)
    if case.impresses:
        yield _promise(case, at, 5)
    shared_at = at + timedelta(minutes=dice.randrange(2, 20))
    yield events.Shared(shared_at, case.application_id)
    yield from outcomes.verdict(
        case, within(dice, shared_at, *_VERDICT[case.job.manager.manner])
    )


def _knocked_out(case: Case, dice: random.Random) -> Iterator[Event]:
    found_at = case.applied_at + timedelta(minutes=dice.randrange(4, 30))
    yield events.KnockedOut(found_at, case.application_id)
    told_at = within(dice, found_at, 3, 4)
    yield _letter(case, told_at, dice)
    yield from outcomes.aftermath(case, told_at, (4, 8))


def _late(case: Case, dice: random.Random) -> Iterator[Event]:
    yield from _forgotten(case, dice)
    told_at = within(dice, case.applied_at, 12, 17)
    yield _letter(case, told_at, dice)
    yield from outcomes.aftermath(case, told_at, (0, 4))


def _forgotten(case: Case, dice: random.Random) -> Iterator[Event]:
    if dice.randrange(4) == 0:
        wrote_at = case.applied_at + timedelta(days=dice.randint(8, 12), minutes=25)
        yield events.Wrote(wrote_at, case.application_id)


def _silent(case: Case, dice: random.Random) -> Iterator[Event]:
    at = _first(case, dice)
    yield events.Rejected(
        at, case.application_id, case.job.recruiter, None, with_letter=False
    )
    # The survey goes to all who were declined, whether they know it or not.
    surveyed_at = at + timedelta(days=4)
    yield events.Surveyed(surveyed_at, case.application_id, dice.randint(0, 2))


def _letter(case: Case, at: datetime, dice: random.Random) -> Event:
    reason = dice.choice(outcomes.REASONS)
    return events.Rejected(
        at, case.application_id, case.job.recruiter, reason, with_letter=True
    )


_COURSES: dict[Path, Callable[[Case, random.Random], Iterator[Event]]] = {
    Path.DECLINED: _declined,
    Path.READING: _reading,
    Path.SHARED: _shared,
    Path.TESTED: _tested,
    Path.HELD: _held,
    Path.INTERVIEWED: _shared,
    Path.MAILED: _shared,
    Path.UNREACHED: _shared,
    Path.DELIBERATED: _shared,
    Path.HIRED: _shared,
    Path.KNOCKED_OUT: _knocked_out,
    Path.LATE: _late,
    Path.FORGOTTEN: _forgotten,
    Path.SILENT: _silent,
}
