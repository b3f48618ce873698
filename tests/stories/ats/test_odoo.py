"""Odoo 18 end to end: a real PostgreSQL, the shipped mapping and rules, `svar check`."""

import json
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from monitor import cli
from monitor.errors import SourceError
from monitor.model import Application, Channel, Status
from monitor.source import Source
from tests.stories import office
from tests.stories.ats import odoo
from tests.stories.ats import odoo_scenario as scenario

Check = Callable[[datetime], dict[str, Any]]
CALENDAR = {"timezone": "UTC"}  # Monday to Friday, 08:00 to 16:00
COMPARED = {"first-reply", "decided-not-told"}


@pytest.fixture
def url(postgresql: str) -> str:
    odoo.load(postgresql)
    return postgresql


@pytest.fixture
def check(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run `svar check` as of an instant, and return what it says of the source."""
    place = office.build(tmp_path / "office", calendar=CALENDAR)
    place.source(name="odoo", url=url, mapping="odoo18", timezone=None)

    def run(as_of: datetime) -> dict[str, Any]:
        command = ["check", "--config", str(place.settings), "--json"]
        assert cli.main([*command, "--as-of", as_of.isoformat()]) == 0
        (source,) = json.loads(capsys.readouterr().out)["sources"]
        found: dict[str, Any] = source
        return found

    return run


def breached(source: dict[str, Any]) -> set[scenario.Pair]:
    return {
        (finding["rule"], finding["application"])
        for finding in source["findings"]
        if finding["state"] == "breached" and finding["rule"] in COMPARED
    }


class TestWhoIsLate:
    def test_check_finds_what_a_separate_query_finds(
        self, url: str, check: Check
    ) -> None:
        scenario.insert_scenario(url)
        source = check(odoo.NOW)
        assert breached(source) == scenario.expected_findings(url, odoo.NOW)
        assert source["rejected_rows"] == 0

    def test_the_separate_query_says_what_was_worked_out_by_hand(
        self, url: str
    ) -> None:
        scenario.insert_scenario(url)
        by_hand = scenario.DUMP_FINDINGS | scenario.SCENARIO_FINDINGS
        assert scenario.expected_findings(url, odoo.NOW) == by_hand

    @pytest.mark.parametrize(
        ("as_of", "late"),
        [
            (scenario.EARLIER, scenario.DUMP_FINDINGS_EARLIER),
            (odoo.NOW, scenario.DUMP_FINDINGS),
        ],
        ids=["after 9 days", "after 16 days"],
    )
    def test_check_finds_in_what_odoo_wrote_itself_who_was_left_waiting(
        self, url: str, check: Check, as_of: datetime, late: set[scenario.Pair]
    ) -> None:
        source = check(as_of)
        assert breached(source) == late == scenario.expected_findings(url, as_of)

    def test_every_application_is_counted_but_those_long_decided(
        self, url: str, check: Check
    ) -> None:
        scenario.insert_scenario(url)
        ((there,),) = odoo.run(url, "SELECT COUNT(*) FROM hr_applicant")
        assert check(odoo.NOW)["applications"] == int(str(there)) - 1
        missing = {str(each.id) for each in scenario.APPLICATIONS} - set(odoo.read(url))
        assert missing == set(map(str, scenario.NOT_READ))


class TestWhatOdooWroteItself:
    @pytest.fixture
    def rows(self, url: str) -> dict[str, Application]:
        return odoo.read(url)

    def test_no_row_is_rejected_and_every_stage_is_known(
        self, rows: dict[str, Application]
    ) -> None:
        assert len(rows) == 26
        assert all(row.phase and row.waiting_on for row in rows.values())

    def test_the_acknowledgement_is_a_receipt_and_no_reply(
        self, rows: dict[str, Application]
    ) -> None:
        assert all(rows[str(n)].receipt_at for n in range(18, 27))
        assert rows["20"].first_reply_at is rows["24"].first_reply_at is None

    def test_mail_to_one_and_to_many_are_replies_and_a_note_is_none(
        self, rows: dict[str, Application]
    ) -> None:
        replied = {n for n, row in rows.items() if row.first_reply_at}
        assert replied == {"18", "19", "21", "22", "23", "25", "26"}
        assert all(rows[n].last_written_at == rows[n].last_reply_at for n in replied)

    def test_a_refusal_tells_alone_and_in_bulk_but_not_in_silence(
        self, rows: dict[str, Application]
    ) -> None:
        refused = {n: row for n, row in rows.items() if row.status is Status.REJECTED}
        told = {n for n, row in refused.items() if row.told_by is Channel.EMAIL}
        assert (set(refused), told) == ({"19", "20", "25", "26"}, {"19", "25", "26"})
        for row in refused.values():
            assert row.decision_reason == "Does not fit the job requirements"
            assert row.decided_by == "admin@yourcompany.example.com"
            assert row.basis == "exact"

    def test_an_application_by_mail_is_no_news_and_has_its_writers_name(
        self, rows: dict[str, Application]
    ) -> None:
        assert rows["24"].candidate_name == "Mail In"
        assert rows["24"].last_inbound_at is None
        assert rows["24"].recruiter == "admin@yourcompany.example.com"  # the job's

    def test_mail_from_a_candidate_is_news(self, rows: dict[str, Application]) -> None:
        assert rows["18"].last_inbound_at == odoo.at("2026-11-21 23:51:20")

    def test_an_activity_done_by_the_manager_is_feedback(
        self, rows: dict[str, Application]
    ) -> None:
        assert rows["18"].feedback_at == odoo.at("2026-11-21 23:51:20")
        assert rows["18"].shared_at is None

    def test_who_is_archived_without_a_reason_is_left_over(
        self, rows: dict[str, Application]
    ) -> None:
        row = rows["22"]
        assert (row.status, row.basis, row.decision) == (Status.CLOSED, "proxy", None)

    def test_who_signed_is_hired(self, rows: dict[str, Application]) -> None:
        hired = {n for n, row in rows.items() if row.status is Status.HIRED}
        assert hired == {"11", "12"}
        assert rows["11"].decided_at == odoo.at("2026-11-21 23:48:40")

    def test_jobs_and_their_people_are_named(
        self, rows: dict[str, Application]
    ) -> None:
        row = rows["1"]
        assert row.job_title == "Marketing and Community Manager"
        assert row.department == "Sales"
        assert row.recruiter == "mark.brown23@example.com"
        assert row.manager == "jeffrey.kelly72@example.com"
        assert row.applicants == 5


class TestTheSessionOnlyReads:
    @pytest.mark.parametrize(
        "sql",
        [
            "UPDATE hr_applicant SET active = false",
            "DELETE FROM mail_message",
            "CREATE TABLE notes (n integer)",
            "SELECT setval('hr_applicant_id_seq', 1)",
        ],
    )
    def test_writing_is_refused_by_the_database(self, url: str, sql: str) -> None:
        with closing(odoo.opened(url)) as source:
            assert source.is_read_only()
            with source._connect() as connection:
                plain = connection.execution_options(stream_results=False)
                with pytest.raises(DBAPIError, match="read-only transaction"):
                    plain.execute(text(sql))

    def test_a_mapping_that_writes_fails_the_poll(self, url: str) -> None:
        odoo.run(
            url,
            "CREATE FUNCTION sly() RETURNS text LANGUAGE sql AS"
            " $$ DELETE FROM hr_applicant; SELECT 'gone' $$",
        )
        with closing(odoo.opened(url)) as right:
            sql = right.mapping.applications.replace("a.id::text AS", "sly() AS")
            wrong = Source(right.settings, replace(right.mapping, applications=sql))
        with (
            closing(wrong),
            wrong.poll(odoo.NOW) as poll,
            pytest.raises(SourceError, match="read-only transaction"),
        ):
            list(poll)
        assert len(odoo.read(url)) == 26

    def test_the_rights_that_the_readme_gives_are_enough(self, url: str) -> None:
        readme = (odoo.FOLDER / "README.md").read_text(encoding="utf-8")
        grants = readme.partition("```sql\n")[2].partition("```")[0]
        role = f"svar_{uuid.uuid4().hex}"
        odoo.run(url, grants.replace("svar", role))
        try:
            with pytest.raises(InsufficientPrivilege):
                odoo.run(url, f"SET ROLE {role}; SELECT password FROM res_users")  # noqa: S608 - ours
            joined = "&" if "?" in url else "?"
            assert len(odoo.read(f"{url}{joined}options=-crole%3D{role}")) == 26
        finally:
            odoo.run(url, f"DROP OWNED BY {role}; DROP ROLE {role}")
