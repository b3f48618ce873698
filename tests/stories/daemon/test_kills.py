"""`svar run` killed at every step of its delivery: each message stands exactly once.

A dozen kills of each state; `python -m tests.kills` kills as often as one likes.
"""

from pathlib import Path

import pytest

from tests.kills import trial

KILLS = 12


@pytest.mark.parametrize("state", ["sqlite", "postgresql"])
def test_no_kill_loses_or_doubles_a_message(
    request: pytest.FixtureRequest, tmp_path: Path, state: str
) -> None:
    url = f"sqlite:///{tmp_path}/svar.db"
    if state == "postgresql":
        url = request.getfixturevalue("postgresql")
    result = trial.run(KILLS, tmp_path / "firm", url, seed=4, hurried=True)
    assert result.audit == trial.CLEAN
    assert not result.complaints
    assert result.kills.total() == KILLS
    assert len({method for method, _ in result.kills}) > 4
    assert result.edits
