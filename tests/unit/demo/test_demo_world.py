"""The demo's world: the same for a seed, and with every story in it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.demo import events, names, tally, world
from monitor.demo.cases import ZONE, Case, Path, local, office
from monitor.demo.events import Event, Manner
from monitor.demo.world import World

MONDAY = date(2026, 9, 7)
SEEDS = range(20)
STARTS = (MONDAY, date(2026, 9, 12), date(2026, 10, 22))  # the last over a clock change


@pytest.fixture(scope="module", params=SEEDS)
def season(request: pytest.FixtureRequest) -> World:
    seed: int = request.param
    return world.season(seed, 3, STARTS[seed % len(STARTS)])


def of(season: World, application_id: str) -> Iterator[Event]:
    return (
        e for e in season.events if getattr(e, "application_id", "") == application_id
    )


def replied_after(season: World, application_id: str) -> timedelta | None:
    applied_at = season.cases[application_id].applied_at
    answers = (e.at for e in of(season, application_id) if events.answers(e))
    return next((at - applied_at for at in answers), None)


def test_the_same_seed_gives_the_same_season() -> None:
    assert world.season(7, 5, MONDAY) == world.season(7, 5, MONDAY)


def test_another_seed_gives_another_season() -> None:
    assert world.season(7, 5, MONDAY) != world.season(8, 5, MONDAY)


def test_events_stand_in_order_within_the_season(season: World) -> None:
    instants = [event.at for event in season.events]
    assert instants == sorted(instants)
    assert season.starts_at <= instants[0]
    assert instants[-1] < season.ends_at
    assert all(at.tzinfo is UTC for at in instants)


def test_people_work_in_office_hours(season: World) -> None:
    staff = (events.Replied, events.Called, events.Shared, events.ManagerDecided)
    for event in season.events:
        if isinstance(event, staff):
            there = event.at.astimezone(ZONE)
            assert there.weekday() < 5
            assert 8 <= there.hour <= 16


def test_about_25_people_apply_each_week() -> None:
    season = world.season(3, 8, MONDAY)
    assert len(season.cases) == 8 * 25
    first_week = season.starts_at + timedelta(weeks=1)
    assert sum(c.applied_at < first_week for c in season.cases.values()) == 25


def test_the_cast_is_whole(season: World) -> None:
    roles = [person.role for person in season.people]
    assert roles == ["recruiter"] * 2 + ["manager"] * 4 + ["hr_lead"]
    assert 6 <= len(season.jobs) <= 9
    assert len({person.name.split()[0] for person in season.people}) == 7


def test_addresses_are_unique_and_reach_nobody(season: World) -> None:
    applicants = [case.candidate.email for case in season.cases.values()]
    everybody = [*applicants, *(person.email for person in season.people)]
    assert len(set(everybody)) == len(everybody)
    assert all(email.endswith(("@example.org", "@example.com")) for email in everybody)
    assert all(email.isascii() for email in everybody)


def test_awkward_names_apply(season: World) -> None:
    applicants = {case.candidate.name for case in season.cases.values()}
    assert set(names.AWKWARD) <= applicants


def test_one_recruiter_answers_well_and_one_is_swamped(season: World) -> None:
    def kept(manner: Manner) -> float:
        old = [
            case
            for case in season.cases.values()
            if case.job.recruiter.manner is manner
            and case.applied_at < season.ends_at - tally.PROMISE
        ]
        waits = [replied_after(season, case.application_id) for case in old]
        return sum(w is not None and w < timedelta(days=7) for w in waits) / len(old)

    assert kept(Manner.BRISK) >= 0.7
    assert kept(Manner.SWAMPED) < kept(Manner.BRISK)


def test_some_wait_longer_than_the_promise_and_some_for_ever(season: World) -> None:
    figures = tally.count(season.events, season.ends_at)
    assert figures.over_14_days >= 4
    assert figures.forgotten >= 2
    assert figures.untold >= 2


def test_a_line_manager_sits_on_shared_applications(season: World) -> None:
    waits = []
    for event in season.events:
        if isinstance(event, events.Shared):
            case = season.cases[event.application_id]
            verdicts = (
                e.at
                for e in of(season, event.application_id)
                if isinstance(e, events.ManagerDecided)
            )
            waited = next(verdicts, season.ends_at) - event.at
            waits.append((case.job.manager.manner, waited))
    slow = [wait for manner, wait in waits if manner is Manner.SLOW]
    assert sum(wait > timedelta(days=7) for wait in slow) >= 2


def test_a_knock_out_is_answered_after_some_days(season: World) -> None:
    waits = [
        replied_after(season, event.application_id)
        for event in season.events
        if isinstance(event, events.KnockedOut)
    ]
    assert any(w and timedelta(days=2) < w < timedelta(days=8) for w in waits)


def test_a_filled_job_leaves_people_over_who_hear_late(season: World) -> None:
    (filled,) = (e for e in season.events if isinstance(e, events.JobFilled))
    left = [
        case.application_id
        for case in season.cases.values()
        if case.job.job_id == filled.job_id and case.path is Path.READING
    ]
    told = [
        event.at
        for application_id in left
        for event in of(season, application_id)
        if events.answers(event) and event.at > filled.at
    ]
    assert len(left) == 4
    assert len(told) == 2
    assert min(told) > filled.at + timedelta(days=4)


@pytest.mark.parametrize(
    "kind",
    [
        events.AskedFeedback,
        events.Called,
        events.CalledInVain,
        events.Hired,
        events.Interviewed,
        events.JobPaused,
        events.Promised,
        events.ScorecardFiled,
        events.Surveyed,
        events.TestSent,
        events.TestTaken,
        events.Wrote,
    ],
)
def test_every_season_has(season: World, kind: type[Event]) -> None:
    assert any(isinstance(event, kind) for event in season.events)


def test_who_works_here_already_gets_no_receipt(season: World) -> None:
    received = {
        e.application_id for e in season.events if isinstance(e, events.Receipt)
    }
    arrived = [e for e in season.events if isinstance(e, events.Applied)]
    assert any(e.is_internal for e in arrived)
    assert {e.application_id for e in arrived if not e.is_internal} == received


def test_one_is_called_twice_in_vain_and_then_written_to(season: World) -> None:
    (case,) = (c for c in season.cases.values() if c.path is Path.UNREACHED)
    told = list(of(season, case.application_id))[-3:]
    kinds = [events.CalledInVain, events.CalledInVain, events.Replied]
    assert [type(event) for event in told] == kinds


def test_a_manager_who_is_reminded_of_an_interview_decides() -> None:
    season = world.season(1, 6, MONDAY)
    (case,) = (c for c in season.cases.values() if c.path is Path.DELIBERATED)
    told = {case.job.manager.email: [case.application_id]}
    at = local(MONDAY + timedelta(days=18), 9)
    reactions = [e for n in range(5) for e in season.reactions(told, at)]
    kinds = {type(event) for event in reactions}
    assert {events.ScorecardFiled, events.Concluded, events.Called} <= kinds


def test_a_recruiter_who_is_reminded_says_why() -> None:
    season = world.season(1, 6, MONDAY)
    case = first_late(season, Manner.SWAMPED, Path.SILENT)
    told = {case.job.recruiter.email: [case.application_id]}
    at = local(MONDAY + timedelta(days=15), 9)
    reactions = [e for n in range(9) for e in season.reactions(told, at)]
    assert any(isinstance(event, events.GaveReason) for event in reactions)


def test_a_short_season_is_only_shorter() -> None:
    season = world.season(1, 1, MONDAY)
    assert len(season.cases) == 25
    assert season.events[-1].at < datetime(2026, 9, 14, tzinfo=UTC)


def first_late(season: World, manner: Manner, *wanted: Path) -> Case:
    return next(
        case
        for case in season.cases.values()
        if case.path in wanted and case.job.recruiter.manner is manner
    )


def nudged(season: World, *, times: int, manner: Manner) -> list[list[Event]]:
    """Tell the slow or brisk manager of job 0 or 1 about one application."""
    case = next(c for c in season.cases.values() if c.job.manager.manner is manner)
    told = {case.job.manager.email: [case.application_id]}
    at = local(MONDAY + timedelta(days=9), 9)
    return [season.reactions(told, at + timedelta(days=n)) for n in range(times)]


def test_the_slow_manager_acts_on_the_second_nudge() -> None:
    first, second = nudged(world.season(1, 3, MONDAY), times=2, manner=Manner.SLOW)
    assert first == []
    assert isinstance(second[0], events.ManagerDecided)


def test_a_good_recruiter_answers_within_hours() -> None:
    answered = 0
    at = local(MONDAY + timedelta(days=15), 9)
    for seed in SEEDS:
        season = world.season(seed, 3, MONDAY)
        case = first_late(season, Manner.BRISK, Path.READING)
        reactions = season.reactions(
            {case.job.recruiter.email: [case.application_id]}, at
        )
        answered += bool(reactions)
        assert all(at < e.at < at + timedelta(hours=6) for e in reactions)
    assert answered >= 14


def test_a_swamped_recruiter_answers_about_half_within_two_days() -> None:
    answered = 0
    at = local(MONDAY + timedelta(days=15), 9)
    for seed in SEEDS:
        season = world.season(seed, 3, MONDAY)
        case = first_late(season, Manner.SWAMPED, Path.FORGOTTEN, Path.LATE)
        reactions = season.reactions(
            {case.job.recruiter.email: [case.application_id]}, at
        )
        answered += bool(reactions)
        assert all(at < e.at < at + timedelta(days=2) for e in reactions)
        assert all(events.answers(e) for e in reactions)
    assert 5 <= answered <= 15


def test_who_was_interviewed_is_called_and_then_written_to() -> None:
    season = world.season(0, 3, MONDAY)
    case = first_late(season, Manner.BRISK, Path.INTERVIEWED)
    told = {case.job.recruiter.email: [case.application_id]}
    at = local(MONDAY + timedelta(days=15), 9)
    reactions = [e for n in range(5) for e in season.reactions(told, at)]
    assert reactions
    calls, mails = reactions[::2], reactions[1::2]
    assert all(isinstance(event, events.Called) for event in calls)
    assert all(isinstance(event, events.Replied) for event in mails)


def test_others_do_not_react() -> None:
    season = world.season(0, 3, MONDAY)
    lead = season.people[-1].email
    ids = list(season.cases)
    told = {"#recruiting-leads": ids, lead: ids, "stranger@example.com": ids}
    assert season.reactions(told, season.ends_at) == []


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ((2026, 9, 7, 9), (7, 9)),
        ((2026, 9, 7, 2), (7, 8)),
        ((2026, 9, 7, 20), (8, 8)),
        ((2026, 9, 11, 17), (14, 8)),
        ((2026, 9, 12, 12), (14, 8)),
    ],
    ids=["open", "early", "evening", "Friday evening", "Saturday"],
)
def test_nobody_acts_when_the_office_is_closed(
    at: tuple[int, int, int, int], expected: tuple[int, int]
) -> None:
    dice = world.season(0, 1, MONDAY).cases["1001"].dice("test")
    moved = office(datetime(*at, tzinfo=ZONE), dice)
    there = moved.astimezone(ZONE)
    assert (there.day, there.hour) == expected
