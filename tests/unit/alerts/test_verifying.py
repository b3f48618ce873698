"""Which notices are read again before they go out, and for how long they are in doubt."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts import Reason
from monitor.cycle.errands import Errands
from monitor.cycle.verifying import LATER, PATIENCE, Doubt, is_asked
from monitor.daemon.health import DELIVERY_WITHIN
from monitor.delivery import LONGEST_RUN
from monitor.delivery.verifying import LONGEST
from monitor.store.outbox.outgoing import Outgoing
from tests.builders import INGRID, rule

NOW = datetime(2026, 9, 16, 8, tzinfo=UTC)

LADDER = (
    "[{at: 4 days before, tell: owner},"
    " {at: target, tell: owner, repeat: {every: 1 working day, at_most: 1}}]"
)


@pytest.mark.parametrize(
    ("firing", "verify", "asked"),
    [
        (0, None, False),
        (1, None, True),
        (2, None, True),
        (0, True, True),
        (1, False, False),
    ],
    ids=["first step", "second step", "repeat", "all", "none"],
)
def test_a_notice_is_read_again(
    firing: int,
    verify: bool | None,  # noqa: FBT001 - of a table
    asked: bool,  # noqa: FBT001
) -> None:
    made = rule(ladder=LADDER)
    notice = Outgoing(
        1, "ats", made.id, made.firings[firing].name, INGRID, is_now=False, post_id=None
    )
    assert is_asked(notice, made, verify=verify) is asked


def test_a_step_that_was_edited_away_is_read_again() -> None:
    notice = Outgoing(
        1,
        "ats",
        "first-reply",
        "3 days before (-72 h)",
        INGRID,
        is_now=False,
        post_id=None,
    )
    assert is_asked(notice, rule(), verify=None)


def test_no_reading_makes_a_delivery_so_long_that_it_seems_dead() -> None:
    assert PATIENCE < LONGEST
    assert DELIVERY_WITHIN.total_seconds() / 1.5 > LONGEST_RUN + LONGEST


def test_what_an_errand_raises_is_raised_to_who_asks() -> None:
    def fail() -> int:
        message = "no way"
        raise ValueError(message)

    ended = Errands[int](1).run({"one": fail, "two": lambda: 2})
    assert ended["two"].result() == 2
    with pytest.raises(ValueError, match="no way"):
        ended["one"].result()


@pytest.mark.parametrize(
    ("polled", "over"),
    [
        (timedelta(minutes=-5), False),
        (timedelta(seconds=-30), False),
        (LATER / 2, False),
        (LATER, True),
        (timedelta(minutes=-30), True),
        (None, False),
    ],
    ids=["same", "was under way", "just after", "later", "clock went back", "none"],
)
def test_a_doubt_is_over_with_a_poll(
    polled: timedelta | None,
    over: bool,  # noqa: FBT001 - of a table
) -> None:
    before = NOW - timedelta(minutes=5)
    doubt = Doubt("ats", before, NOW, (Reason.LATE, None))
    assert doubt.is_over(None if polled is None else NOW + polled) is over


def test_a_doubt_of_before_the_first_poll_is_over_with_a_later_one() -> None:
    doubt = Doubt("ats", None, NOW, (Reason.LATE, None))
    assert doubt.is_over(NOW + LATER)
    assert not doubt.is_over(NOW)
