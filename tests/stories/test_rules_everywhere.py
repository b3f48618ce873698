"""All shipped rules, the optional ones too, over OpenCATS' and Odoo's own data.

A rule either runs there or says which columns the source lacks; none is silently empty.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from monitor import cli, rules, shipped
from tests.servers import load_opencats
from tests.stories import odoo, office, opencats
from tests.stories import odoo_scenario as scenario
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
    return source


def test_every_rule_runs_on_opencats_or_says_what_it_lacks(
    mariadb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load_opencats(mariadb)
    opencats.insert_scenario(mariadb)
    place = office.build(tmp_path / "office", calendar={"timezone": opencats.ZONE})
    place.source(
        name="opencats", url=mariadb, mapping="opencats", timezone=opencats.ZONE
    )
    source = checked(place, capsys, opencats.NOW.isoformat())
    assert set(source["not_measurable"]) == NOT_IN_OPENCATS
    found = {each["rule"] for each in source["findings"]}
    assert found == set()
    assert source["rejected_rows"] == 0


def test_every_rule_runs_on_odoo_or_says_what_it_lacks(
    postgresql: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odoo.load(postgresql)
    scenario.insert_scenario(postgresql)
    place = office.build(tmp_path / "office", calendar={"timezone": "UTC"})
    place.source(name="odoo", url=postgresql, mapping="odoo18", timezone=None)
    source = checked(place, capsys, odoo.NOW.isoformat())
    assert set(source["not_measurable"]) == NOT_IN_ODOO
    found = {each["rule"] for each in source["findings"]}
    assert found == set()
    assert source["rejected_rows"] == 0
