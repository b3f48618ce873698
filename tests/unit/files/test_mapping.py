"""How a folder of SQL and one mapping file become a way to read an ATS."""

from pathlib import Path

import pytest

from monitor import mapping, shipped
from monitor.errors import ConfigError
from monitor.model import Ball, Phase

PLAIN = "name: ours\ntitle: Our own\n"
SHIPPED = sorted((shipped.folder() / "config" / "ats").glob("*/mapping.yaml"))


def folder(at: Path, text: str = PLAIN, **queries: str) -> Path:
    """Write a mapping with its queries, and return where it lies."""
    at.mkdir(parents=True, exist_ok=True)
    (at / "mapping.yaml").write_text(text, encoding="utf-8")
    for name, sql in queries.items():
        (at / f"{name}.sql").write_text(sql, encoding="utf-8")
    return at


def complaints(at: Path) -> list[str]:
    """Return what is wrong with the mapping, without the place where it lies."""
    with pytest.raises(ConfigError) as caught:
        mapping.read(at)
    return [str(each).removeprefix(f"{at}/") for each in caught.value.problems]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_mapping_loads_under_its_own_name(path: Path) -> None:
    found = mapping.read(path.parent)
    assert found.file.name == path.parent.name
    assert found.applications.upper().startswith(("SELECT", "WITH"))


def test_some_mappings_are_shipped() -> None:
    assert {"odoo18", "opencats", "standard"} <= {path.parent.name for path in SHIPPED}


def test_a_mapping_brings_its_queries_and_stages(tmp_path: Path) -> None:
    text = (
        PLAIN + "messages: mail.sql\nstages:\n  Interview: {phase: interview}\n"
        "  Offered: {phase: offer, ball: candidate}\n"
    )
    at = folder(tmp_path, text, query="SELECT 1;\n", mail="SELECT 2")
    found = mapping.read(at)
    assert (found.applications, found.messages) == ("SELECT 1", "SELECT 2")
    assert found.folder == at
    assert found.file.stages["Interview"].ball is Ball.RECRUITER
    assert found.file.stages["Offered"].phase is Phase.OFFER
    assert found.file.stages["Offered"].ball is Ball.CANDIDATE


def test_messages_are_optional(tmp_path: Path) -> None:
    assert mapping.read(folder(tmp_path, query="SELECT 1")).messages is None


@pytest.mark.parametrize(
    ("sql", "bare"),
    [
        ("SELECT 1 -- as :of", "SELECT 1"),
        ("SELECT 1 /* as\n:of */ , 2", "SELECT 1   , 2"),
        ("SELECT 'it''s -- no comment'", None),
        ("SELECT '/* text */' ; \n", "SELECT '/* text */'"),
        ("SELECT a::text FROM t WHERE at < :now AND at > :since", None),
        ("SELECT '10:30'", None),
    ],
)
def test_comments_go_and_text_stays(tmp_path: Path, sql: str, bare: str | None) -> None:
    # A colon in a comment would be taken for a bind by the database's driver.
    found = mapping.read(folder(tmp_path, query=sql))
    assert found.applications == (bare or sql)


def test_every_foreign_bind_of_every_query_is_told(tmp_path: Path) -> None:
    text = PLAIN + "messages: mail.sql\n"
    at = folder(tmp_path, text, query="SELECT ':tenant', :day, :now", mail="SELECT :x")
    hint = "is not bound; a query may use :now and :since"
    assert complaints(at) == [
        f"mail.sql: :x: {hint}",
        f"query.sql: :day: {hint}",
        f"query.sql: :tenant: {hint}",
    ]


def test_only_explain_may_ask_for_one_application(tmp_path: Path) -> None:
    one = "SELECT :application"
    text = PLAIN + "explain: explain.sql\n"
    assert mapping.read(folder(tmp_path, text, query="SELECT 1", explain=one)).explain
    wrong = folder(tmp_path, text, query=one, explain="SELECT :day")
    hint = "is not bound; a query may use"
    assert complaints(wrong) == [
        f"explain.sql: :day: {hint} :now, :since and :application",
        f"query.sql: :application: {hint} :now and :since",
    ]


def test_a_query_that_is_not_there_is_told_at_its_key(tmp_path: Path) -> None:
    text = PLAIN + "applications: gone.sql\nmessages: gone.sql\n"
    reason = '"gone.sql" cannot be read: No such file or directory'
    assert complaints(folder(tmp_path, text)) == [
        f"mapping.yaml:3:1: applications: {reason}",
        f"mapping.yaml:4:1: messages: {reason}",
    ]


def test_a_query_in_another_encoding_is_told(tmp_path: Path) -> None:
    at = folder(tmp_path)
    (at / "query.sql").write_bytes(b"SELECT 'p\xe5'")
    reason = '"query.sql" cannot be read: not UTF-8; save it as UTF-8'
    assert complaints(at) == [f"mapping.yaml:1:1: applications: {reason}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("stages: {New: {phase: intervju}}", '"intervju" is not known; did you mean'),
        ("stages: {New: {fase: offer}}", 'stages.New.fase: unknown key "fase"; did'),
        ("stages: {New: offer}", "stages.New: expected keys and values, found text"),
        ("dialect: [sqlite]", 'unknown key "dialect"; did you mean "dialects"?'),
    ],
)
def test_a_bad_mapping_names_the_key(tmp_path: Path, text: str, told: str) -> None:
    said = complaints(folder(tmp_path, f"{PLAIN}{text}\n", query="SELECT 1"))
    assert any(told in each and each.startswith("mapping.yaml:3:") for each in said)


def test_ones_own_mapping_wins_over_a_shipped_one(tmp_path: Path) -> None:
    shipped_one = mapping.find("opencats", tmp_path)
    assert shipped_one == shipped.folder() / "config" / "ats" / "opencats"
    ours = folder(tmp_path / "ats" / "opencats")
    assert mapping.find("opencats", tmp_path) == ours
    beside = folder(tmp_path / "opencats")
    assert mapping.find("opencats", tmp_path) == beside


def test_an_unknown_mapping_offers_the_nearest(tmp_path: Path) -> None:
    folder(tmp_path / "ats" / "bamboo")
    for slip, meant in (("opencat", "opencats"), ("bambo", "bamboo")):
        with pytest.raises(ConfigError) as caught:
            mapping.find(slip, tmp_path)
        hint = f'no mapping "{slip}"; did you mean "{meant}"?'
        assert str(caught.value) == f"{tmp_path}: mapping: {hint}"


def test_missing_and_unknown_columns_are_told() -> None:
    told = mapping.check_columns(
        ["application_id", "aplied_at"], "query.sql", mapping.COLUMNS, mapping.REQUIRED
    )
    lacking = "the query delivers no such column, and it is required"
    assert [str(problem) for problem in told] == [
        f"query.sql: candidate_ref: {lacking}",
        f"query.sql: applied_at: {lacking}",
        f"query.sql: status: {lacking}",
        'query.sql: aplied_at: unknown column; did you mean "applied_at"?',
    ]


def test_the_whole_view_is_welcome_but_a_phase_comes_from_the_stages() -> None:
    told = mapping.check_columns(
        [*mapping.COLUMNS, "phase"], "q", mapping.COLUMNS, mapping.REQUIRED
    )
    assert [problem.key for problem in told] == ["phase"]


MAIL = {
    "first_reply_at",
    "last_reply_at",
    "last_inbound_at",
    "receipt_at",
    "last_written_at",
}


def test_what_is_shipped_is_found_in_a_checkout() -> None:
    assert (shipped.folder() / "rules").is_dir()
    assert (shipped.folder() / "config" / "ats").is_dir()


@pytest.mark.parametrize(
    ("columns", "stages", "messages", "more"),
    [
        pytest.param({"stage"}, False, None, set(), id="nothing to fill in"),
        pytest.param({"stage"}, True, None, {"phase", "waiting_on"}, id="stages"),
        pytest.param(
            {"stage", "stage_entered_at"},
            True,
            None,
            {"phase", "waiting_on", "waiting_since"},
            id="stages with their day",
        ),
        pytest.param({"applied_at"}, True, None, set(), id="stages of no stage"),
        pytest.param({"applied_at"}, False, "messages.sql", MAIL, id="messages"),
        pytest.param(
            {"decided_at"},
            False,
            "messages.sql",
            MAIL | {"told_at", "told_by"},
            id="messages after a decision",
        ),
    ],
)
def test_stages_and_messages_fill_columns_in(
    columns: set[str],
    stages: bool,  # noqa: FBT001 - from the table
    messages: str | None,
    more: set[str],
) -> None:
    known = {"Applied": mapping.Stage(phase=Phase.APPLIED)} if stages else {}
    file = mapping.MappingFile(name="x", title="X", messages=messages, stages=known)
    assert mapping.delivered(file, columns) == columns | more


@pytest.mark.parametrize(
    ("columns", "said", "more"),
    [
        ({"decided_at"}, {"delivery"}, set()),
        ({"decided_at"}, {"channel"}, {"called_at"}),
        ({"applied_at"}, {"channel", "delivery"}, {"called_at"}),
        ({"decided_at"}, {"channel", "delivery"}, {"called_at", "unreached_at"}),
    ],
    ids=["mail", "calls", "no decisions", "calls in vain"],
)
def test_messages_that_name_their_channel_tell_of_calls(
    columns: set[str], said: set[str], more: set[str]
) -> None:
    file = mapping.MappingFile(name="x", title="X", messages="messages.sql")
    silent = mapping.delivered(file, columns)
    assert mapping.delivered(file, columns, said) == silent | more
