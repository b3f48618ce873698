"""Whether a candidate has an answer: four states, a call where one is owed, a fallback."""

from typing import Any

import pytest

from monitor import closure
from monitor.model import Application, Channel, Closure, Status
from tests.builders import application, at

DECIDED = {"status": Status.REJECTED, "decided_at": "09-10"}
MAILED = {"told_at": "09-12", "told_by": Channel.EMAIL, "last_written_at": "09-12"}
MET = {"interviewed_at": "09-09"}
WRONG = Closure.WRONG_CHANNEL


def row(*parts: dict[str, Any]) -> Application:
    """Return an application; days of September stand for nine in the morning."""
    fields = {name: value for part in parts for name, value in part.items()}
    return application(
        **{
            name: at(f"2026-{value} 09:00") if name.endswith("_at") else value
            for name, value in fields.items()
        }
    )


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        pytest.param([{}], Closure.UNDECIDED, id="open"),
        pytest.param([{"status": Status.ON_HOLD}], Closure.UNDECIDED, id="on hold"),
        pytest.param([MET], Closure.UNDECIDED, id="met, not decided"),
        pytest.param([DECIDED], Closure.DECIDED_NOT_TOLD, id="declined"),
        pytest.param(
            [{"decided_at": "09-10"}],
            Closure.DECIDED_NOT_TOLD,
            id="decided, still open",
        ),
        pytest.param(
            [{"status": Status.REJECTED}], Closure.DECIDED_NOT_TOLD, id="undated"
        ),
        pytest.param(
            [{"status": Status.CLOSED}], Closure.DECIDED_NOT_TOLD, id="the job closed"
        ),
        pytest.param([DECIDED, MAILED], Closure.TOLD, id="mailed, never met"),
        pytest.param([MAILED], Closure.TOLD, id="told before it was decided"),
        pytest.param([DECIDED, MAILED, MET], Closure.WRONG_CHANNEL, id="met, mailed"),
        pytest.param(
            [DECIDED, MET, MAILED, {"told_by": Channel.PHONE}],
            Closure.TOLD,
            id="met, told by phone",
        ),
        pytest.param(
            [DECIDED, MET, MAILED, {"called_at": "09-11"}],
            Closure.TOLD,
            id="met, called",
        ),
        pytest.param(
            [DECIDED, MET, MAILED, {"called_at": "09-08"}],
            Closure.WRONG_CHANNEL,
            id="called before it was decided",
        ),
        pytest.param(
            [DECIDED, MET, {"called_at": "09-11"}],
            Closure.DECIDED_NOT_TOLD,
            id="called about something else",
        ),
        pytest.param(
            [DECIDED, MET, MAILED, {"unreached_at": "09-11"}],
            Closure.TOLD,
            id="mailed since nobody answered",
        ),
        pytest.param(
            [DECIDED, MET, MAILED, {"unreached_at": "09-13"}],
            Closure.WRONG_CHANNEL,
            id="mailed before two calls",
        ),
        pytest.param([{"status": Status.HIRED}], Closure.TOLD, id="hired"),
        pytest.param([{"status": Status.WITHDRAWN}, MET], Closure.TOLD, id="withdrew"),
    ],
)
def test_an_application_is_in_one_of_four_states(
    parts: list[dict[str, Any]], state: Closure
) -> None:
    assert closure.state(row(*parts)) is state


def test_a_source_that_tells_of_no_calls_owes_none() -> None:
    met = row(DECIDED, MET, MAILED)
    assert closure.state(met, calls=False) is Closure.TOLD
    assert closure.state(row(DECIDED, MET), calls=False) is Closure.DECIDED_NOT_TOLD


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([DECIDED, MAILED], Closure.DECIDED_NOT_TOLD),
        ([MAILED], Closure.UNDECIDED),
        ([DECIDED, MAILED, {"told_at": "09-11"}], Closure.TOLD),
        ([DECIDED, MET, {"told_at": "09-10", "called_at": "09-12"}], WRONG),
        ([DECIDED, MET, {"told_at": "09-10", "called_at": "09-11"}], Closure.TOLD),
        ([DECIDED, MET, MAILED | {"told_by": Channel.PHONE}], Closure.DECIDED_NOT_TOLD),
        ([{"status": Status.HIRED}, MAILED], Closure.TOLD),
    ],
    ids=[
        *("to be told", "to be told, open", "told", "to be called", "called"),
        *("to be told by phone", "hired"),
    ],
)
def test_an_answer_of_a_later_day_is_none_yet(
    parts: list[dict[str, Any]], state: Closure
) -> None:
    assert closure.state(row(*parts), by=at("2026-09-11 09:00")) is state


def test_what_is_known_leaves_out_the_answers_that_are_dated_later() -> None:
    written = row(DECIDED, MET, MAILED, {"called_at": "09-10"})
    assert closure.as_known(written, at("2026-09-12 09:00")) is written
    known = closure.as_known(written, at("2026-09-11 09:00"))
    assert known == row(DECIDED, MET, {"called_at": "09-10"})


@pytest.mark.parametrize(
    ("parts", "reached_on", "is_fallback"),
    [
        pytest.param([MAILED], "09-12", False, id="a mail"),
        pytest.param([{}], None, False, id="nothing"),
        pytest.param([MET, MAILED], None, False, id="a mail where a call is owed"),
        pytest.param(
            [MET, MAILED, {"told_by": Channel.PHONE}],
            "09-12",
            False,
            id="told by phone",
        ),
        pytest.param(
            [MET, DECIDED, {"called_at": "09-10"}], "09-10", False, id="a call at once"
        ),
        pytest.param([MET, {"called_at": "09-10"}], "09-10", False, id="not decided"),
        pytest.param(
            [MET, {"called_at": "09-08"}], None, False, id="before the interview"
        ),
        pytest.param(
            [MET, MAILED, {"unreached_at": "09-12"}], "09-12", True, id="fallback"
        ),
        pytest.param(
            [MET, MAILED, {"unreached_at": "09-11", "last_written_at": "09-14"}],
            "09-14",
            True,
            id="the mail written since",
        ),
        pytest.param(
            [MET, {"unreached_at": "09-11", "told_at": "09-13"}],
            "09-13",
            True,
            id="told, nothing written",
        ),
        pytest.param([MET, {"unreached_at": "09-11"}], None, False, id="no mail yet"),
        pytest.param(
            [MET, MAILED, {"unreached_at": "09-11", "called_at": "09-11"}],
            "09-11",
            False,
            id="a call before the mail",
        ),
        pytest.param(
            [MET, MAILED, {"unreached_at": "09-11", "called_at": "09-13"}],
            "09-12",
            True,
            id="a mail before the call",
        ),
        pytest.param(
            [MAILED, {"unreached_at": "09-11"}], "09-12", False, id="never met"
        ),
    ],
)
def test_the_outcome_reached_the_candidate_over_the_channel_that_is_due(
    parts: list[dict[str, Any]], reached_on: str | None, *, is_fallback: bool
) -> None:
    made = row(*parts)
    expected = at(f"2026-{reached_on} 09:00") if reached_on else None
    assert closure.reached_at(made) == expected
    assert closure.is_fallback(made) == is_fallback
