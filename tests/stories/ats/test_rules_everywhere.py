"""All shipped rules, the optional ones too, over OpenCATS' and Odoo's own data.

A rule finds somebody there, or says which columns the source lacks, or has its reason
written down; none is silently empty.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from monitor import cli, rules, shipped
from tests.servers import load_opencats
from tests.stories import office
from tests.stories.ats import odoo, odoo_lives, odoo_scenario, opencats, opencats_lives
from tests.stories.office import Office

BOOK = rules.read(shipped.folder() / "rules")
EVERY = {rule.id for rule in (*BOOK.rules, *BOOK.off)}
# What these systems do not keep; see the mappings' own pages.
NOT_IN_OPENCATS = {
    "all-notified",
    "decision-after-feedback",
    "feedback-request",
    "knockout-reply",
    "ontario-notice",
    "promise-kept",
    "reason-missing",
    "survey-guard",
    "test-result",
}
NOT_IN_ODOO = {
    "all-notified",
    "feedback-request",
    "knockout-reply",
    "ontario-notice",
    "promise-kept",
    "survey-guard",
    "test-result",
}


def checked(place: Office, capsys: pytest.CaptureFixture[str], as_of: str) -> Any:
    """Turn every shipped rule on and return what `svar check` says of the source."""
    for path in sorted((shipped.folder() / "rules").glob("*.yaml")):
        text = path.read_text("utf-8").replace("enabled: false", "enabled: true")
        (place.rules / path.name).write_text(text, "utf-8")
    command = ["check", "--config", str(place.settings), "--json", "--as-of", as_of]
    assert cli.main(command) == 0
    (source,) = json.loads(capsys.readouterr().out)["sources"]
    assert source["rejected_rows"] == 0
    return source


def breached(source: Any, among: Iterable[int] | None = None) -> dict[str, set[int]]:
    """Return whom each rule finds late, of all or of some applications."""
    found: dict[str, set[int]] = {}
    wanted = among and set(among)
    for each in source["findings"]:
        number = int(each["application"])
        if each["state"] == "breached" and (not wanted or number in wanted):
            found.setdefault(each["rule"], set()).add(number)
    return found


@pytest.fixture
def opencats_checked(
    mariadb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Any:
    load_opencats(mariadb)
    opencats.insert_scenario(mariadb)
    opencats_lives.insert(mariadb)
    place = office.build(tmp_path / "office", calendar={"timezone": opencats.ZONE})
    place.source(
        name="opencats", url=mariadb, mapping="opencats", timezone=opencats.ZONE
    )
    return checked(place, capsys, opencats.NOW.isoformat())


@pytest.fixture
def odoo_checked(
    postgresql: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Any:
    odoo.load(postgresql)
    odoo_scenario.insert_scenario(postgresql)
    odoo_lives.insert(postgresql)
    place = office.build(tmp_path / "office", calendar={"timezone": "UTC"})
    place.source(name="odoo", url=postgresql, mapping="odoo18", timezone=None)
    return checked(place, capsys, odoo.NOW.isoformat())


def test_every_rule_finds_somebody_in_opencats_or_says_what_it_lacks(
    opencats_checked: Any,
) -> None:
    assert set(opencats_checked["not_measurable"]) == NOT_IN_OPENCATS
    assert set(breached(opencats_checked)) == EVERY - NOT_IN_OPENCATS


def test_rules_find_in_opencats_whom_they_should_and_nobody_else(
    opencats_checked: Any,
) -> None:
    assert breached(opencats_checked, opencats_lives.LIVES) == opencats_lives.FOUND


def test_every_rule_finds_somebody_in_odoo_or_says_what_it_lacks(
    odoo_checked: Any,
) -> None:
    assert set(odoo_checked["not_measurable"]) == NOT_IN_ODOO
    found = set(breached(odoo_checked))
    assert found == EVERY - NOT_IN_ODOO - set(odoo_lives.NOBODY)


def test_rules_find_in_odoo_whom_they_should_and_nobody_else(odoo_checked: Any) -> None:
    assert breached(odoo_checked, odoo_lives.LIVES) == odoo_lives.FOUND
