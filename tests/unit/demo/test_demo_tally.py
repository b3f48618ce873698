"""What a season came to, counted on a few events made by hand."""

from datetime import UTC, date, datetime, timedelta

from monitor.demo import events, tally, world
from monitor.demo.events import Event

PERSON = world.season(0, 1, date(2026, 9, 7)).people[0]
START = datetime(2026, 9, 7, 8, tzinfo=UTC)


def at(days: int) -> datetime:
    return START + timedelta(days=days)


def applied(*ids: str) -> list[Event]:
    nobody = events.Candidate("C", "Liv Wik", "liv.wik@example.org")
    return [events.Applied(START, each, nobody, "J1") for each in ids]


def test_nobody_applied() -> None:
    figures = tally.count([], at(1))
    assert figures == tally.Tally(0, 0, 0, 0, 0, timedelta())


def test_an_answer_on_the_fourteenth_day_keeps_the_promise() -> None:
    happened = [*applied("1"), events.Replied(at(14), "1")]
    figures = tally.count(happened, at(40))
    assert (figures.answered, figures.over_14_days) == (1, 0)
    assert figures.longest_wait == timedelta(days=14)


def test_late_and_never_are_told_apart() -> None:
    happened = [*applied("1", "2"), events.Replied(at(15), "1")]
    figures = tally.count(happened, at(40))
    assert (figures.over_14_days, figures.forgotten) == (2, 1)
    assert figures.longest_wait == timedelta(days=40)


def test_what_comes_later_does_not_count_yet() -> None:
    happened = [*applied("1"), events.Replied(at(3), "1")]
    assert tally.count(happened, at(3)).answered == 0


def test_receipts_and_knock_outs_answer_nobody() -> None:
    happened: list[Event] = [
        *applied("1"),
        events.Receipt(at(0), "1"),
        events.KnockedOut(at(1), "1"),
    ]
    assert tally.count(happened, at(20)).forgotten == 1


def test_left_over_without_a_word_is_untold() -> None:
    happened = [
        *applied("1", "2"),
        events.JobFilled(at(5), "J1"),
        events.Replied(at(6), "2"),
    ]
    assert tally.count(happened, at(7)).untold == 1


def test_a_second_decision_changes_nothing() -> None:
    happened = [
        *applied("1"),
        events.ManagerDecided(at(2), "1", PERSON, None),
        events.Rejected(at(3), "1", PERSON, "too late", with_letter=True),
    ]
    assert tally.count(happened, at(4)).untold == 1


def test_a_conclusion_settles_only_after_an_interview() -> None:
    concluded = [
        events.Concluded(at(4), key, PERSON, "others came closer") for key in ("1", "2")
    ]
    happened = [*applied("1", "2"), events.Interviewed(at(3), "1"), *concluded]
    assert tally.count(happened, at(5)).untold == 1


def test_a_call_in_vain_answers_nobody() -> None:
    happened = [*applied("1"), events.CalledInVain(at(2), "1")]
    assert tally.count(happened, at(3)).answered == 0


def test_an_invitation_to_a_test_is_an_answer() -> None:
    happened = [*applied("1"), events.TestSent(at(2), "1")]
    assert tally.count(happened, at(3)).answered == 1


def test_an_invitation_is_an_answer() -> None:
    happened: list[Event] = [
        *applied("1"),
        events.ManagerDecided(at(2), "1", PERSON, at(5)),
    ]
    figures = tally.count(happened, at(4))
    assert (figures.answered, figures.untold) == (1, 0)
