"""How problems and errors read to the person who has to mend them."""

import pytest

from monitor.errors import (
    ConfigError,
    DeliveryError,
    LeaseLost,
    MonitorError,
    Outcome,
    Problem,
    SourceError,
    StoreError,
)


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (Problem("a.yaml", 3, 5, "rules[0].id", "is missing"), "a.yaml:3:5: rules[0]"),
        (Problem("a.yaml", 0, 0, "rules", "is missing"), "a.yaml: rules: is missing"),
        (Problem("a.yaml", 3, 5, "", "two documents"), "a.yaml:3:5: two documents"),
        (Problem("SVAR_X", 0, 0, "", "no key"), "SVAR_X: no key"),
    ],
)
def test_a_problem_says_where_then_what(problem: Problem, told: str) -> None:
    assert str(problem).startswith(told)


def test_problems_are_told_once_and_in_the_order_of_the_file() -> None:
    late, early, other = (
        Problem("a.yaml", 10, 1, "b", "no"),
        Problem("a.yaml", 9, 1, "c", "no"),
        Problem("A.yaml", 99, 1, "a", "no"),
    )
    error = ConfigError([late, early, other, late])
    assert error.problems == [other, early, late]
    assert str(error).splitlines() == [str(other), str(early), str(late)]


def test_every_error_is_one_that_can_be_explained() -> None:
    errors: list[Exception] = [
        SourceError("opencats", "timeout", "no answer in 2 minutes"),
        StoreError("the file is in use"),
        DeliveryError(Outcome.NOT_SENT, "ratelimited", retry_after=30),
    ]
    assert all(isinstance(error, MonitorError) for error in errors)
    assert [str(error) for error in errors] == [
        "opencats: no answer in 2 minutes",
        "the file is in use",
        "ratelimited (not_sent)",
    ]


def test_an_error_keeps_what_a_metric_needs() -> None:
    source = SourceError("opencats", "timeout", "no answer")
    assert (source.source, source.reason) == ("opencats", "timeout")
    delivery = DeliveryError(Outcome.UNKNOWN, "timeout")
    assert (delivery.outcome, delivery.reason) == (Outcome.UNKNOWN, "timeout")
    assert delivery.retry_after is None


def test_a_lost_lease_says_which_one_and_why() -> None:
    error = LeaseLost("deliver", "another replica goes on")
    assert (error.lease, str(error)) == ("deliver", "another replica goes on")
