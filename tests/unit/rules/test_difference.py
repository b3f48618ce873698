"""What an edit of the rules would tell, and whom: those whom the daemon would tell."""

from datetime import timedelta

import pytest

from monitor.evaluate import World
from monitor.proof.difference import Comparer, Fate
from monitor.settings import PeopleSettings
from tests.builders import INGRID, PER, application, at, calendar, rulebook

DUE = at("2026-09-21 09:00")  # of the plain rule
OLD = "[{at: target, tell: owner}, {at: 5 days after, tell: manager}]"
AGAIN = "{at: target, tell: owner, repeat: {every: 7 days, at_most: 1}}"


def told(ladder: str, *, days_late: int) -> tuple[Fate, tuple[str, ...]]:
    """Return what becomes of the alert of an application when the ladder is edited."""
    comparer = Comparer(
        rulebook({"ladder": OLD}),
        rulebook({"ladder": ladder}),
        World(calendar()),
        PeopleSettings(),
        now=DUE + timedelta(days=days_late),
    )
    [effect] = comparer.compare([application()]).effects
    return effect.fate, effect.told


@pytest.mark.parametrize(
    ("escalation", "days_late", "expected"),
    [
        pytest.param("5 days after", 8, (INGRID,), id="a repeat after an escalation"),
        pytest.param(
            "7 days after", 8, (PER, INGRID), id="a repeat with an escalation"
        ),
        pytest.param("9 days after", 8, (INGRID,), id="a repeat before an escalation"),
        pytest.param("9 days after", 10, (PER,), id="a repeat that is passed over"),
    ],
)
def test_an_edit_tells_those_whom_the_daemon_would_tell(
    escalation: str, days_late: int, expected: tuple[str, ...]
) -> None:
    ladder = f"[{AGAIN}, {{at: {escalation}, tell: manager}}]"
    assert told(ladder, days_late=days_late) == (Fate.SAME, expected)
