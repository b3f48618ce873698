"""How an application of the demo is decided and told, and what follows; pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from monitor.demo import events
from monitor.demo.cases import Case, Path, local, within, workday
from monitor.demo.events import Event, Manner

REASONS = (
    "others have more of the experience that the ad asked for",
    "a certificate that the ad asked for is missing",
    "another applicant came closer to the requirements",
)

# Working days until the outcome is told; after how many of four calls a mail follows.
_OUTCOME = {Manner.BRISK: (1, 1), Manner.SWAMPED: (1, 8), Manner.SLOW: (1, 8)}
_WRITES = {Manner.BRISK: 3, Manner.SWAMPED: 1, Manner.SLOW: 1}


def verdict(case: Case, at: datetime) -> Iterator[Event]:
    """Tell what follows when the line manager decides at an instant."""
    dice = case.dice("after the verdict")
    manager, recruiter = case.job.manager, case.job.recruiter
    application_id = case.application_id
    if not case.impresses:
        yield events.ManagerDecided(at, application_id, manager, None)
        told_at = within(dice, at, *_OUTCOME[recruiter.manner])
        yield events.Replied(told_at, application_id, only_if_waiting=True)
        return
    interview_at = local(workday(at, dice.randint(3, 4)), dice.randrange(9, 14))
    yield events.ManagerDecided(at, application_id, manager, interview_at)
    held_at = interview_at + timedelta(hours=1)
    yield events.Interviewed(held_at, application_id)
    filed_at = held_at + timedelta(minutes=90)
    decided_at = within(dice, held_at, 1, 1)
    if case.path is Path.DELIBERATED:
        aside = case.dice("deliberation")
        filed_at = within(aside, held_at, 4, 4)
        decided_at = within(aside, filed_at, 6, 7)
    yield events.ScorecardFiled(filed_at, application_id)
    if case.path is Path.HIRED:
        yield events.Hired(decided_at, application_id, manager)
        yield events.JobFilled(decided_at + timedelta(hours=1), case.job.job_id)
        yield events.Replied(within(dice, decided_at, 1, 1), application_id)
        return
    reason = dice.choice(REASONS)
    yield events.Rejected(
        decided_at, application_id, manager, reason, with_letter=False
    )
    told_at = within(dice, decided_at, *_OUTCOME[recruiter.manner])
    yield from _told(case, decided_at, told_at)


def conclusion(case: Case, at: datetime) -> Iterator[Event]:
    """Tell what a line manager does about an interview that was, when reminded."""
    if case.path is Path.HIRED or not case.impresses:
        return
    dice = case.dice("conclusion")
    application_id, reason = case.application_id, dice.choice(REASONS)
    yield events.ScorecardFiled(at, application_id)
    decided_at = at + timedelta(minutes=10)
    yield events.Concluded(decided_at, application_id, case.job.manager, reason)
    told_at = within(dice, decided_at, *_OUTCOME[case.job.recruiter.manner])
    yield from _told(case, decided_at, told_at)


def _told(case: Case, decided_at: datetime, told_at: datetime) -> Iterator[Event]:
    """Tell how somebody who was interviewed hears that it is a no."""
    dice, application_id = case.dice("told"), case.application_id
    if case.path is Path.MAILED:
        at = within(dice, decided_at, 1, 2)
        yield events.Replied(at, application_id, only_if_waiting=True)
        yield events.AskedFeedback(at + timedelta(hours=20), application_id)
        return
    if case.path is Path.UNREACHED:
        first_at = within(dice, decided_at, 1, 1)
        second_at = within(dice, decided_at, 2, 2)
        yield events.CalledInVain(first_at, application_id)
        yield events.CalledInVain(second_at, application_id)
        at = second_at + timedelta(minutes=5)
        yield events.Replied(at, application_id, only_if_waiting=True)
        return
    yield events.Called(told_at, application_id, only_if_waiting=True)
    if dice.randrange(4) < _WRITES[case.job.recruiter.manner]:
        at = within(dice, told_at, 1, 1)
        yield events.Replied(at, application_id, only_if_waiting=True)


def aftermath(
    case: Case, told_at: datetime, scores: tuple[int, int]
) -> Iterator[Event]:
    """Tell what may follow a letter: a question why, a survey."""
    dice, application_id = case.dice("aftermath"), case.application_id
    if dice.randrange(8) == 0:
        asked_at = told_at + timedelta(hours=dice.randint(4, 30))
        yield events.AskedFeedback(asked_at, application_id)
        if case.job.recruiter.manner is Manner.BRISK:
            at = within(dice, asked_at, 1, 3)
            yield events.Replied(at, application_id, only_if_waiting=True)
    if dice.randrange(4) == 0:
        surveyed_at = told_at + timedelta(days=3)
        yield events.Surveyed(surveyed_at, application_id, dice.randint(*scores))
