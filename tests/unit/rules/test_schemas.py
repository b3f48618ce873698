"""The JSON Schemas: fresh, true of what is shipped, and false of most mistakes."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from monitor import rules, schemas, shipped, yamlfile
from monitor.cli import main
from monitor.errors import ConfigError
from monitor.rules import KINDS

ROOT = shipped.folder()
SCHEMAS = ROOT / "config" / "schemas"
BAD = sorted((Path(__file__).parents[2] / "data" / "rules" / "bad").glob("*.yaml"))
# What lies between keys, or within a text: only Svar itself can tell.
BEYOND = {
    "calendar_bad_closed",
    "calendar_bad_hours",
    "calendar_country_is_no",
    "calendar_never_open",
    "calendar_overlap",
    "calendar_unknown_country",
    "calendar_unknown_name",
    "calendar_unknown_region",
    "calendar_unknown_zone",
    "calendar_zone_under_a_comment_of_one_word",
    "clock_never_stops",
    "clock_never_stops_two",
    "clock_stops_at_its_start",
    "due_and_not_before",
    "due_and_pauses",
    "due_and_target",
    "effective_from_instant",
    "effective_from_no_day",
    "effective_from_out_of_reach",
    "effective_from_word",
    "exempt_all_that_when_asks",
    "exempt_everything",
    "exempt_more_than_when_asks",
    "exempt_what_is_always_there",
    "extends_unknown_profile",
    "ids_twice",
    "message_attribute",
    "message_by_language_empty",
    "message_by_language_unknown_variable",
    "message_call",
    "message_empty",
    "message_endless",
    "message_filter",
    "message_not_closed",
    "message_unknown_variable",
    "not_before_later_than_target",
    "owner_of_itself",
    "owner_unknown",
    "step_at_start",
    "step_before_start",
    "step_later_than_the_backlog",
    "step_tells_a_ping",
    "step_tells_unknown_role",
    "steps_at_one_offset",
    "stops_long_before_it_starts",
    "target_missing",
    "title_by_language_empty",
    "title_empty",
    "when_after_itself",
    "when_ago_empty",
    "when_beyond_time",
    "when_day_of_no_month",
    "when_day_of_no_year",
    "when_days_empty",
    "when_every_start_absent",
    "when_excludes_both_switches",
    "when_no_closure_left",
    "when_no_status_left",
    "when_out_of_reach",
    "when_range_empty",
    "when_range_empty_between",
    "when_start_is_absent",
    "when_unknown_stage",
}


def shipped_files() -> dict[Path, str]:
    """Return every YAML file that comes along and is ours, and its schema's name."""
    found = dict.fromkeys(rules.files(ROOT / "rules"), "rules")
    found |= dict.fromkeys((ROOT / "rules" / "profiles").glob("*.yaml"), "profile")
    found |= dict.fromkeys((ROOT / "rules" / "tests").glob("*.yaml"), "rule-tests")
    found |= dict.fromkeys((ROOT / "config" / "ats").glob("*/mapping.yaml"), "mapping")
    return found | {ROOT / "config" / "svar.yaml": "settings"}


SHIPPED = shipped_files()
each_shipped = pytest.mark.parametrize(
    ("path", "schema"),
    [pytest.param(p, s, id=str(p.relative_to(ROOT))) for p, s in SHIPPED.items()],
)
each_schema = pytest.mark.parametrize("name", schemas.SCHEMAS)


def complaints(name: str, data: Any) -> list[str]:
    """Return where, and why, data does not fit a schema."""
    validator = Draft202012Validator(schemas.SCHEMAS[name]())
    return [f"{e.json_path}: {e.message}" for e in validator.iter_errors(data)]


@each_schema
def test_the_file_is_fresh(name: str) -> None:
    """`svar schemas config/schemas` makes it so."""
    written = (SCHEMAS / f"{name}.schema.json").read_text("utf-8")
    assert written == schemas.render(schemas.SCHEMAS[name]())


@each_schema
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schemas.SCHEMAS[name]())


@each_schema
def test_every_key_is_described(name: str) -> None:
    found = schemas.SCHEMAS[name]()
    parts = [found, *found["$defs"].values()]
    columns = {"Conditions", "Moment", "Number", "ApplicationText", "ChangeText"}
    columns |= {"Latest", "Pauses", "FindingText", "NoticeText"}
    known = {
        key
        for part in columns & set(found["$defs"])
        for key in found["$defs"][part]["properties"]
    }
    silent = {
        key
        for part in parts
        for key, value in part.get("properties", {}).items()
        if "description" not in value
    }
    assert silent <= known


def test_no_schema_knows_this_machine() -> None:
    texts = [schemas.render(make()) for make in schemas.SCHEMAS.values()]
    assert not any(str(ROOT) in text or str(Path.home()) in text for text in texts)


def test_the_command_writes_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schemas", str(tmp_path / "new" / "schemas")]) == 0
    written = sorted(path.name for path in (tmp_path / "new" / "schemas").iterdir())
    assert written == sorted(path.name for path in SCHEMAS.iterdir())
    assert len(capsys.readouterr().out.splitlines()) == len(schemas.SCHEMAS)


def test_a_folder_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert main(["schemas", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err


@each_shipped
def test_what_is_shipped_fits(path: Path, schema: str) -> None:
    assert complaints(schema, yamlfile.read(path).data) == []


@each_shipped
def test_what_is_shipped_names_its_schema(path: Path, schema: str) -> None:
    first = path.read_text("utf-8").splitlines()[0]
    words, _, there = first.partition("$schema=")
    assert words == "# yaml-language-server: "
    assert (path.parent / there).resolve() == (
        SCHEMAS / f"{schema}.schema.json"
    ).resolve()


def fits(path: Path) -> bool:
    """Tell whether an editor with the schema would find nothing wrong."""
    try:
        data = yamlfile.read(path).data
    except ConfigError:
        return False  # no YAML, as editors see too
    return not complaints("rules", data)


def test_a_mistake_of_form_is_found_while_one_types() -> None:
    assert {path.stem for path in BAD if fits(path)} == BEYOND


@pytest.mark.parametrize(
    "text",
    [
        "status: open",
        "status: [open, on_hold]",
        "status: {not: [hired, withdrawn]}",
        "status: {not: hired}",
        "interviewed_at: present",
        "told_at: absent",
        'department: "Sales*"',
        "applicants: {at_least: 100, below: 200}",
        "applicants: 7",
        "applied_at: {after: 2026-03-01}",
        'applied_at: {before: "2026-03-01T09:00+01:00"}',
        "applied_at: {before: 30 days ago, after: 2026-03-01}",
        "last_inbound_at: {after: last_reply_at}",
        "closure: wrong_channel",
        "internal: true",
        "paused: present",
        "reached_at: absent",
    ],
)
def test_a_condition_that_svar_takes_fits(text: str) -> None:
    data = yamlfile.parse(
        f"rules:\n  - {{id: a, title: A, when: {{{text}}}}}", "a"
    ).data
    assert complaints("rules", data) == []


@pytest.mark.parametrize(
    "text",
    [
        "paused: 7",
        "applicants: {at_least: many}",
        "applicants: {before: 2026-03-01}",
        "applied_at: {after: soon}",
        'applied_at: {after: "2026-03-01 09:00"}',
        "applied_at: {at_least: 3}",
        "applied_at: {}",
        "internal: maybe",
        "closure: nearly",
        "department: {not: []}",
    ],
)
def test_a_condition_that_svar_refuses_does_not_fit(text: str) -> None:
    data = yamlfile.parse(
        f"rules:\n  - {{id: a, title: A, when: {{{text}}}}}", "a"
    ).data
    assert complaints("rules", data)


def test_every_column_may_be_asked_for() -> None:
    made = schemas.rules()["$defs"]["Conditions"]["properties"]
    assert list(made) == list(KINDS)


def test_a_rule_may_leave_to_the_defaults_what_they_give() -> None:
    shared = {"clock": {"starts": "applied_at", "stops": "told_at"}}
    data = {"defaults": shared, "rules": [{"id": "a", "title": "A"}]}
    assert complaints("rules", data) == []
    assert complaints("rules", {"defaults": {"id": "a"}})
    assert complaints("rules", {"rules": [{"id": "a"}]})


def test_a_source_may_get_its_url_from_the_environment() -> None:
    data: dict[str, Any] = {"sources": [{"name": "ats", "mapping": "standard"}]}
    assert complaints("settings", data) == []
    data["sources"][0]["url"] = "no url"
    assert complaints("settings", data)
