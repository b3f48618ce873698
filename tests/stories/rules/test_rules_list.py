"""`svar rules list`: what each rule promises, whom it tells, and whether it is on."""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor import cli
from monitor.cli.rules.list import steps
from tests.builders import rule
from tests.stories import office
from tests.stories.office import Office

LADDER = """[
  {at: "2 working days after", tell: "#leads"},
  {at: target, tell: [owner, manager], repeat: {every: 2 working days, at_most: 3}},
  {at: "4 days before", tell: owner},
]"""


@pytest.fixture
def place(tmp_path: Path) -> Office:
    return office.build(tmp_path / "office")


def listed(place: Office, *options: str) -> int:
    given = ["rules", "list", "--config", str(place.settings), *options]
    return cli.main(given)


def test_steps_are_told_in_words_and_in_their_order() -> None:
    assert list(steps(rule(ladder=LADDER))) == [
        "4 days before: owner",
        "target: owner, manager, 3 more times every 2 working days",
        "2 working days after: #leads",
    ]


def test_the_table_names_every_rule(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(place) == 0
    printed = capsys.readouterr().out
    assert "first-reply" in printed
    assert "whoever has the ball" in printed
    assert "rules on, " in printed


def test_the_object_says_which_are_on_and_what_is_extended(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    path = place.rules / "first-reply.yaml"
    text = path.read_text("utf-8").replace(
        "    target:", "    enabled: false\n    target:"
    )
    path.write_text(text + "extends: [strict]\n", "utf-8")
    (place.rules / "profiles").mkdir(exist_ok=True)
    profile = "title: Mine\nchanges: {decided-not-told: {target: 1 working day}}\n"
    (place.rules / "profiles" / "strict.yaml").write_text(profile, "utf-8")
    assert listed(place, "--json") == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert printed["profiles"] == ["strict"]
    by_id = {each["id"]: each for each in printed["rules"]}
    assert by_id["first-reply"]["on"] is False
    assert by_id["decided-not-told"]["promise"] == "1 working day"
    assert by_id["decided-not-told"]["on"] is True


def test_a_mistake_is_told_as_by_the_check(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.rules / "first-reply.yaml").write_text("rules: [{id: 7}]\n", "utf-8")
    assert listed(place) == 2
    assert "first-reply.yaml" in capsys.readouterr().err
