"""Which notices are read again before they go out."""

import pytest

from monitor.cycle.verifying import is_asked
from monitor.store.outgoing import Outgoing
from tests.builders import INGRID, alert, rule

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
        alert(), made.firings[firing].name, INGRID, is_now=False, post_id=None
    )
    assert is_asked(notice, made, verify=verify) is asked


def test_a_step_that_was_edited_away_is_read_again() -> None:
    notice = Outgoing(
        alert(), "3 days before (-72 h)", INGRID, is_now=False, post_id=None
    )
    assert is_asked(notice, rule(), verify=None)
