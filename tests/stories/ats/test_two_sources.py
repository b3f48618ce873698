"""Two databases that are read by one mapping: each is told apart by its name."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from monitor import cli
from tests.stories import office
from tests.stories.daemon.process import eventually, running
from tests.stories.office import NOW, Office

AS_OF = ("--as-of", NOW.isoformat())
BOTH = ("Standard schema (recruiting)", "Standard schema (clinic)")


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office and its twin."""
    made = office.build(tmp_path / "office")
    office.furnish(made)
    twin = made.folder / "clinic.db"
    shutil.copy(made.ats, twin)
    [first] = yaml.safe_load(made.settings.read_text("utf-8"))["sources"]
    second = first | {"name": "clinic", "url": f"sqlite:///{twin}"}
    made.change(sources=[first, second])
    return made


def said(
    place: Office, capsys: pytest.CaptureFixture[str], *command: str
) -> tuple[str, ...]:
    """Return how a command calls the sources."""
    assert cli.main([*command, "--config", str(place.settings), *AS_OF]) == 0
    return tuple(re.findall(r"Standard schema(?: \(\w+\))?", capsys.readouterr().out))


@pytest.mark.parametrize(
    "command",
    [("check",), ("rules", "preview"), ("rules", "backtest")],
    ids=["check", "preview", "backtest"],
)
def test_each_is_told_by_its_name(
    place: Office, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    assert said(place, capsys, *command) == BOTH


def test_a_difference_tells_them_apart_too(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    edited = place.folder / "edited"
    shutil.copytree(place.rules, edited)
    (edited / "first-reply.yaml").unlink()
    command = ("rules", "diff", str(place.rules), str(edited))
    assert said(place, capsys, *command) == BOTH


def test_one_that_is_out_of_reach_keeps_the_other_from_nothing(place: Office) -> None:
    sources = yaml.safe_load(place.settings.read_text("utf-8"))["sources"]
    place.change(sources=[each | {"every": "1 second"} for each in sources])
    (place.folder / "clinic.db").unlink()
    with running(place.settings) as svar:
        svar.said("no connection to")
        svar.said("the other sources are read meanwhile")
        eventually(lambda: svar.metric("svar_source_rows", source="recruiting"))
        shutil.copy(place.ats, place.folder / "clinic.db")
        eventually(lambda: svar.metric("svar_source_rows", source="clinic"))


def test_one_alone_needs_no_name(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source()
    assert said(place, capsys, "check") == ("Standard schema",)


def test_check_ends_with_both_together(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["check", "--config", str(place.settings), *AS_OF]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last == "In all: 6 people wait too long, for 2 jobs."
