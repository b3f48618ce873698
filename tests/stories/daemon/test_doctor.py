"""`svar doctor`: all well, and each thing wrong once."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from monitor import alerts, cli
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.store import Connection, Store, ledger
from monitor.store.outbox import contacts
from monitor.store.outbox.contacts import Person
from tests.builders import finding, rule
from tests.fakes import TOKEN, FakeSlack
from tests.stories import office
from tests.stories.office import NOW, Office

Checks = list[tuple[str, str, str]]


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office")
    office.furnish(made)
    return made


@pytest.fixture
def slack(place: Office) -> Iterator[FakeSlack]:
    """A workspace that the settings point at."""
    with FakeSlack() as fake:
        place.change(slack={"api_url": fake.url, "token": TOKEN})
        yield fake


def doctor(place: Office, capsys: pytest.CaptureFixture[str]) -> tuple[int, Checks]:
    code = cli.main(["doctor", "--json", "--config", str(place.settings)])
    found = json.loads(capsys.readouterr().out)["checks"]
    return code, [(each["what"], each["mark"], each["detail"]) for each in found]


def wrong(place: Office, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Return the one thing that is wrong, and what is said about it."""
    code, found = doctor(place, capsys)
    assert code == 1
    (only,) = [(what, detail) for what, mark, detail in found if mark == "wrong"]
    return only


def notes(place: Office, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """Return what is only to be known; nothing is wrong."""
    code, found = doctor(place, capsys)
    assert code == 0
    return {what: detail for what, mark, detail in found if mark == "note"}


def upgrade(place: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["db", "upgrade", "--config", str(place.settings)]) == 0
    capsys.readouterr()


def test_all_is_well(
    place: Office, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    upgrade(place, capsys)
    code, found = doctor(place, capsys)
    assert code == 0
    assert [(what, mark) for what, mark, _ in found] == [
        ("configuration", "ok"),
        ("recruiting", "ok"),
        ("recruiting", "ok"),
        ("state", "ok"),
        ("slack", "ok"),
        ("metrics", "ok"),
    ]
    assert found[0][2].endswith("1 source, 3 rules on")
    assert found[4][2] == "speaks to Fjord Bank"
    assert found[5][2].endswith("series with 1 source, 3 rules, 100 departments")


def test_it_reads_well_too(
    place: Office, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["doctor", "--config", str(place.settings)]) == 0
    out = capsys.readouterr().out
    assert "the session cannot write" in out
    assert TOKEN not in out


def test_servers_are_held_to_reading(
    place: Office, postgresql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    office.copy(place, postgresql)
    place.source(url=postgresql)
    _, found = doctor(place, capsys)
    assert ("recruiting", "ok", "the session cannot write") in found


def test_a_new_installation_has_only_notes(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.change(people=None)
    found = notes(place, capsys)
    assert "is made by the first `svar run`" in found["state"]
    assert "no token" in found["slack"]
    assert "no fallback channel" in found["people"]
    assert not place.state.exists()


def test_a_rule_without_its_columns_is_a_note(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = (place.rules / "first-reply.yaml").read_text(encoding="utf-8")
    own = place.settings.parent / "ats" / "own"
    own.mkdir(parents=True)
    sql = (
        "SELECT id AS application_id, candidate_id AS candidate_ref, applied_at,"
        " status, NULL AS first_reply_at FROM applications"
    )
    (own / "query.sql").write_text(sql, encoding="utf-8")
    (own / "mapping.yaml").write_text("{name: own, title: Own}", encoding="utf-8")
    place.source(mapping="own")
    (place.rules / "more.yaml").write_text(rule.replace("first-reply", "more"), "utf-8")
    cannot = notes(place, capsys)["recruiting"]
    assert cannot.startswith(
        "cannot be measured here: decided-not-told (map decided_at, "
    )
    assert "; manager-review (map " in cannot


class TestSource:
    def test_not_there(self, place: Office, capsys: pytest.CaptureFixture[str]) -> None:
        place.ats.unlink()
        what, detail = wrong(place, capsys)
        assert (what, "no connection to" in detail) == ("recruiting", True)

    def test_of_a_kind_that_cannot_be_held_to_reading(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.source(url="oracle://svar:s3cret@host/ats")
        what, detail = wrong(place, capsys)
        assert what == "recruiting"
        assert "cannot be held to reading only" in detail
        assert "s3cret" not in detail

    def test_a_column_that_is_unknown(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.run("ALTER TABLE jobs RENAME COLUMN country TO land")
        what, detail = wrong(place, capsys)
        assert what == "recruiting"
        assert "no such column: j.country" in detail


class TestState:
    def test_that_cannot_be_written(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.state.mkdir()
        what, detail = wrong(place, capsys)
        assert what == "state"
        assert "svar may write there" in detail

    def test_that_is_no_database(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.state.write_text("not a database, but long enough to be read as one" * 9)
        assert wrong(place, capsys)[0] == "state"

    @pytest.mark.parametrize(
        ("version", "advice"),
        [("0003", "run `svar db upgrade`"), ("9999", "a newer Svar (version 9999)")],
    )
    def test_of_another_version(
        self,
        place: Office,
        capsys: pytest.CaptureFixture[str],
        version: str,
        advice: str,
    ) -> None:
        upgrade(place, capsys)
        with closing(sqlite3.connect(place.state)) as state, state:
            state.execute("UPDATE alembic_version SET version_num = ?", (version,))
        what, detail = wrong(place, capsys)
        assert (what, advice in detail) == ("state", True)

    def test_that_is_down(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.change(state={"url": "postgresql+psycopg://svar:s3cret@127.0.0.1:1/x"})
        what, detail = wrong(place, capsys)
        assert what == "state"
        assert "s3cret" not in detail


class TestSlack:
    def test_a_token_that_is_wrong(
        self, place: Office, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
    ) -> None:
        slack.token = "xoxb-another"  # noqa: S105 - opens nothing
        what, detail = wrong(place, capsys)
        assert (what, detail.startswith("invalid_auth")) == ("slack", True)

    def test_a_scope_that_is_missing(
        self, place: Office, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
    ) -> None:
        slack.scopes.discard("users:read.email")
        what, detail = wrong(place, capsys)
        assert what == "slack"
        assert "the app lacks users:read.email; add" in detail

    def test_a_channel_in_which_nothing_can_be_looked_up(
        self, place: Office, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
    ) -> None:
        slack.scopes.discard("channels:history")
        note = notes(place, capsys)["slack"]
        assert (
            "a post to #recruiting-leads, #recruiting-ops cannot be looked up" in note
        )
        assert "what is late is sent again" in note
        assert "what only warns is not" in note
        assert "`slack.channels` may name" in note

    def test_a_leads_channel_that_cannot_be_looked_up_by_its_id(
        self, place: Office, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.change(report={"channel": "#recruiting-leads"})
        note = notes(place, capsys)["slack"]
        assert "a post to #recruiting-leads cannot be looked up" in note
        assert "restored from a backup, and may stand twice" in note
        known = {"api_url": slack.url, "token": TOKEN}
        place.change(slack=known | {"channels": {"#recruiting-leads": "C0123456789"}})
        assert "slack" not in notes(place, capsys)

    def test_that_cannot_be_reached(
        self, place: Office, slack: FakeSlack, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.change(slack={"api_url": "http://127.0.0.1:1/api/", "token": TOKEN})
        what, detail = wrong(place, capsys)
        assert what == "slack"
        assert "slack.api_url" in detail


def test_who_is_not_reached_in_slack_is_named(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    upgrade(place, capsys)
    lost = Person("gone@example.org", None, None, None, NOW, "users_not_found")
    with (
        closing(Store(f"sqlite:///{place.state}")) as state,
        state.write() as connection,
    ):
        contacts.remember(connection, lost)
        owe(connection, lost.email)
    found = [detail for what, _, detail in doctor(place, capsys)[1] if what == "people"]
    assert "gone@example.org (users_not_found)" in found[0]
    assert "deputy" in found[0]


def owe(connection: Connection, email: str) -> None:
    """Let there be an alert that somebody is to be told of."""
    change = alerts.open_alert("recruiting", finding(), rule(), closed=None, now=NOW)
    assert change is not None
    told = (Notice("target", Kind.BREACH, email, NOW),)
    ledger.apply(connection, [(change, told)], now=NOW)


def test_a_wrong_configuration_is_said_as_everywhere(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.change(slak={})
    assert cli.main(["doctor", "--config", str(place.settings)]) == 2
    assert 'did you mean "slack"?' in capsys.readouterr().err


def test_a_lookback_that_is_too_short_for_some_figures_is_a_note(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source(lookback="60 days")
    said = notes(place, capsys)["recruiting"]
    assert said.startswith("lookback is 60 days: figures that look further back ")
    assert said.endswith("are left out; with 180 days all are counted")
    place.source(lookback="180 days")
    assert "recruiting" not in notes(place, capsys)


def test_pauses_that_are_over_and_not_known_are_a_note(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (place.rules / "first-reply.yaml").read_text("utf-8")
    pauses = "    clock:\n      pauses: {waiting_on: candidate}\n"
    (place.rules / "first-reply.yaml").write_text(
        text.replace("    clock:\n", pauses), "utf-8"
    )
    own = place.settings.parent / "ats" / "own"
    own.mkdir(parents=True)
    sql = (
        "SELECT id AS application_id, candidate_id AS candidate_ref, applied_at, status,"
        " waiting_on, NULL AS first_reply_at, NULL AS told_at, NULL AS called_at"
        " FROM applications"
    )
    (own / "query.sql").write_text(sql, encoding="utf-8")
    (own / "mapping.yaml").write_text("{name: own, title: Own}", encoding="utf-8")
    place.source(mapping="own")
    said = notes(place, capsys)["recruiting"]
    assert "(map paused): first-reply" in said
