"""Which applications a rule is about: each form of a test, and what is left out."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from monitor.evaluate import World
from monitor.model import Application, Channel, Closure, Status
from monitor.rules import Comparison, Condition, Order
from monitor.worktime import Duration, Unit
from tests.builders import MONDAY, application, at, calendar, check, found_in, rule

LATE = "2026-10-01 09:00"  # the plain rule was broken ten days ago


def is_found(row: Application, **text: str) -> bool:
    """Tell whether a rule that is long overdue finds the application."""
    return found_in(check(rule(**text), at(LATE)), row) is not None


def holds(when: str, **fields: Any) -> bool:
    return is_found(application(**fields), when=f"{{{when}}}")


# --- reading ---


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("applicants: {at_least: 5}", [(Order.AT_LEAST, 5)]),
        ("applicants: {at_most: -5}", [(Order.AT_MOST, -5)]),
        ("applicants: {above: 5, below: 7}", [(Order.ABOVE, 5), (Order.BELOW, 7)]),
        ("applicants: {at_least: 5, at_most: 5}", [("at_least", 5), ("at_most", 5)]),
        (
            'told_at: {after: "2026-12-01"}',
            [(Order.AFTER, date(2026, 12, 1))],
        ),
        (
            "told_at: {after: 2026-12-01, before: 2026-12-02}",
            [(Order.AFTER, date(2026, 12, 1)), (Order.BEFORE, date(2026, 12, 2))],
        ),
        (
            'told_at: {before: "2026-12-01T08:00+01:00"}',
            [(Order.BEFORE, datetime(2026, 12, 1, 7, tzinfo=UTC))],
        ),
        (
            'told_at: {after: "2026-12-01T03:00Z", before: "2026-12-01T00:00-05:00"}',
            [
                (Order.AFTER, datetime(2026, 12, 1, 3, tzinfo=UTC)),
                (Order.BEFORE, datetime(2026, 12, 1, 5, tzinfo=UTC)),
            ],
        ),
        (
            "told_at: {after: 30 days ago, before: 2 days ago}",
            [
                (Order.AFTER, Duration(30, Unit.DAYS)),
                (Order.BEFORE, Duration(2, Unit.DAYS)),
            ],
        ),
        ("told_at: {after: last_reply_at}", [(Order.AFTER, "last_reply_at")]),
        ("reached_at: {after: called_at}", [(Order.AFTER, "called_at")]),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_comparison_holds_a_column_against_bounds(
    test: str, expected: list[tuple[Order, Any]]
) -> None:
    column, _, _ = test.partition(":")
    found = rule(when=f"{{{test}}}").tests
    assert found == tuple(Comparison(column, *each) for each in expected)


def test_a_text_with_a_star_or_a_question_mark_is_a_pattern() -> None:
    found = rule(when="{job_title: ['Nurse*', Doctor, 'Cook ?']}").tests
    expected = Condition("job_title", frozenset({"Doctor"}), globs=("Nurse*", "Cook ?"))
    assert found == (expected,)


# --- patterns ---


@pytest.mark.parametrize(
    ("wanted", "title", "is_met"),
    [
        ("'Nurse*'", "Nurse", True),
        ("'Nurse*'", "Nurse, nights", True),
        ("'Nurse*'", "Head nurse", False),
        ("'Nurse*'", "nurse", False),
        ("'*urse'", "Head nurse", True),
        ("'N?rse'", "Nurse", True),
        ("'N?rse'", "Nrse", False),
        ("'* [IT]'", "Manager [IT]", True),
        ("'* [IT]'", "Manager I", False),
        ("'* (m/f.)'", "Cook (m/f.)", True),
        ("'* (m/f.)'", "Cook (m/fx)", False),
        ("'N*'", None, False),
        ("['Cook*', Nurse]", "Nurse", True),
        ("['Cook*', '*night*']", "Nurse at night", True),
        ("{not: 'Nurse*'}", "Nurse, nights", False),
        ("{not: 'Nurse*'}", "Cook", True),
        ("{not: 'Nurse*'}", None, True),
        ("{not: ['Cook*', Nurse]}", "Nurse", False),
        ("'Nurse\\n*'", "Nurse", False),
    ],
)
def test_a_pattern_is_met_by_the_whole_text(
    wanted: str, title: str | None, *, is_met: bool
) -> None:
    assert holds(f"job_title: {wanted}", job_title=title) == is_met


def test_a_pattern_reaches_over_lines() -> None:
    assert holds("job_title: 'Nurse*'", job_title="Nurse\nnights")


# --- numbers ---


@pytest.mark.parametrize(
    ("bounds", "numbers"),
    [
        ("at_least: 5", {5, 6}),
        ("at_most: 5", {4, 5}),
        ("above: 5", {6}),
        ("below: 5", {4}),
        ("above: 4, below: 6", {5}),
    ],
)
def test_a_number_stands_to_its_bounds(bounds: str, numbers: set[int]) -> None:
    met = {n for n in (4, 5, 6) if holds(f"applicants: {{{bounds}}}", applicants=n)}
    assert met == numbers
    assert not holds(f"applicants: {{{bounds}}}", applicants=None)


# --- instants ---


@pytest.mark.parametrize(
    ("bounds", "job_closed_at", "is_met"),
    [
        ('after: "2026-09-10"', "2026-09-10 00:00", False),
        ('after: "2026-09-10"', "2026-09-10 00:01", True),
        ('before: "2026-09-10"', "2026-09-09 23:59", True),
        ('before: "2026-09-10"', "2026-09-10 00:00", False),
        ('before: "2026-09-10T06:00Z"', "2026-09-10 07:59", True),
        ('before: "2026-09-10T06:00Z"', "2026-09-10 08:00", False),
        ("before: 10 days ago", "2026-09-21 08:59", True),
        ("before: 10 days ago", "2026-09-21 09:00", False),
        ("after: 2 working days ago", "2026-09-29 09:00", False),
        ("after: 2 working days ago", "2026-09-29 09:01", True),
        ("before: job_deadline_at", "2026-09-08 08:59", True),
        ("before: job_deadline_at", "2026-09-08 09:00", False),
        ("after: job_deadline_at", "2026-09-08 09:01", True),
    ],
)
def test_an_instant_stands_to_its_bounds(
    bounds: str, job_closed_at: str, *, is_met: bool
) -> None:
    row = {
        "job_closed_at": at(job_closed_at),
        "job_deadline_at": at("2026-09-08 09:00"),
    }
    assert holds(f"job_closed_at: {{{bounds}}}", **row) == is_met


@pytest.mark.parametrize("order", ["before", "after"])
def test_what_never_happened_does_not_stand_in_the_way(order: str) -> None:
    test = f"job_closed_at: {{{order}: job_deadline_at}}"
    assert holds(test, job_closed_at=at(MONDAY), job_deadline_at=None)
    assert not holds(test, job_closed_at=None, job_deadline_at=at(MONDAY))
    assert not holds(test, job_closed_at=None, job_deadline_at=None)


@pytest.mark.parametrize(
    ("next_interview_at", "is_planned"),
    [
        (None, False),
        ("2026-09-30 09:00", False),
        (LATE, False),
        ("2026-10-01 09:01", True),
    ],
)
def test_an_interview_whose_day_has_passed_is_none_that_is_planned(
    next_interview_at: str | None, *, is_planned: bool
) -> None:
    day = at(next_interview_at) if next_interview_at else None
    assert holds("next_interview_at: present", next_interview_at=day) == is_planned
    assert holds("next_interview_at: absent", next_interview_at=day) != is_planned


# --- derived columns ---


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (Closure.UNDECIDED, {}),
        (Closure.DECIDED_NOT_TOLD, {"status": Status.REJECTED}),
        (Closure.WRONG_CHANNEL, {"interviewed_at": "2026-09-02"}),
        (Closure.TOLD, {}),
    ],
)
def test_a_rule_may_ask_for_the_closure(state: Closure, fields: dict[str, Any]) -> None:
    told_at = at("2026-09-01 09:00")  # before the clock starts, so that it runs on
    is_told = state in {Closure.TOLD, Closure.WRONG_CHANNEL}
    row = {k: at(f"{v} 09:00") if k.endswith("_at") else v for k, v in fields.items()}
    row |= {"told_at": told_at if is_told else None, "told_by": Channel.EMAIL}
    met = {each for each in Closure if holds(f"closure: {each}", **row)}
    assert met == {state}
    assert not holds(f"closure: {{not: {state}}}", **row)


@pytest.mark.parametrize(
    ("test", "called_at", "is_met"),
    [
        ("reached_at: present", "2026-09-05", True),
        ("reached_at: present", None, False),
        ("reached_at: absent", None, True),
        ("reached_at: {before: applied_at}", "2026-09-05", True),
        ("reached_at: {after: applied_at}", "2026-09-05", False),
        ("applied_at: {after: reached_at}", "2026-09-05", True),
    ],
)
def test_a_rule_may_ask_when_the_candidate_was_reached(
    test: str, called_at: str | None, *, is_met: bool
) -> None:
    early = at("2026-09-04 09:00")
    row = {"interviewed_at": early, "told_at": early, "told_by": Channel.EMAIL}
    called = at(f"{called_at} 09:00") if called_at else None
    assert holds(test, called_at=called, **row) == is_met


# --- exempt ---


@pytest.mark.parametrize(
    ("exempt", "fields", "is_left_out"),
    [
        ("{internal: true}", {"internal": True}, True),
        ("{internal: true}", {"internal": False}, False),
        ("{internal: true}", {"internal": None}, False),
        ("{internal: true, country: SE}", {"internal": True}, False),
        ("{internal: true, country: SE}", {"internal": True, "country": "SE"}, True),
        ("[{internal: true}, {country: SE}]", {"country": "SE"}, True),
        ("[{internal: true}, {country: SE}]", {"internal": True}, True),
        ("[{internal: true}, {country: SE}]", {"country": "NO"}, False),
        ("{applicants: {above: 500}}", {"applicants": 501}, True),
        ("{applicants: {above: 500}}", {}, False),
        ("{job_title: 'Intern*'}", {"job_title": "Internship"}, True),
        ("[]", {}, False),
    ],
)
def test_an_application_is_left_out_where_all_of_one_map_hold(
    exempt: str, fields: dict[str, Any], *, is_left_out: bool
) -> None:
    assert is_found(application(**fields), exempt=exempt) != is_left_out


# --- from a day on ---


@pytest.mark.parametrize(
    ("applied_at", "counts"),
    [("2026-09-06 23:59", False), ("2026-09-07 00:00", True)],
)
def test_clocks_that_started_before_a_rule_are_left_alone(
    applied_at: str, *, counts: bool
) -> None:
    row = application(applied_at=at(applied_at))
    assert is_found(row, effective_from="2026-09-07") == counts


def test_a_rules_first_day_begins_where_its_calendar_is() -> None:
    row = application(applied_at=at("2026-09-06 23:30"))
    helsinki = "{timezone: Europe/Helsinki}"
    assert is_found(row, effective_from="2026-09-07", calendar=helsinki)


def test_a_departments_calendar_goes_before_the_houses_and_after_the_rules() -> None:
    house, theirs = calendar(), calendar(date(2026, 9, 8))
    world = World(house, departments={"Health": theirs})
    own = rule(calendar="{timezone: Europe/Helsinki}")
    assert world.calendar_of(rule(), "Health") is theirs
    assert world.calendar_of(rule(), "School") is house
    assert world.calendar_of(rule(), None) is house
    assert world.calendar_of(own, "Health") is own.calendar
