"""Odoo 18 end to end: a real PostgreSQL, the shipped mapping and rules, `svar check`."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor import cli, mapping, shipped
from monitor.errors import SourceError
from monitor.model import Application, Ball, Channel, Phase, Status
from monitor.settings import SourceSettings
from monitor.source import Source
from tests.stories import odoo, office
from tests.stories.odoo import Applied, Said

Check = Callable[[datetime], dict[str, Any]]
CALENDAR = {"timezone": "UTC"}  # Monday to Friday, 08:00 to 16:00
COMPARED = {"first-reply", "decided-not-told"}
FOLDER = shipped.folder() / "config" / "ats" / "odoo18"


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


def breached(source: dict[str, Any]) -> set[odoo.Pair]:
    return {
        (finding["rule"], finding["application"])
        for finding in source["findings"]
        if finding["state"] == "breached" and finding["rule"] in COMPARED
    }


def opened(url: str) -> Source:
    settings = SourceSettings(name="odoo", url=url, mapping="odoo18")
    return Source(settings, mapping.read(FOLDER))


def read(url: str, now: datetime = odoo.NOW) -> dict[str, Application]:
    """Return all applications by their ids; none may be rejected."""
    with closing(opened(url)) as source, source.poll(now) as poll:
        found = {each.application_id: each for each in poll}
        assert not poll.rejected
    return found


def one(url: str, each: Applied, *said: Said) -> Application:
    """Add an application with what was said about it, and return it as read."""
    odoo.apply(url, each)
    odoo.say(url, said)
    return read(url)[str(each.id)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestWhoIsLate:
    def test_check_finds_what_a_separate_query_finds(
        self, url: str, check: Check
    ) -> None:
        odoo.insert_scenario(url)
        source = check(odoo.NOW)
        assert breached(source) == odoo.expected_findings(url, odoo.NOW)
        assert source["rejected_rows"] == 0

    def test_the_separate_query_says_what_was_worked_out_by_hand(
        self, url: str
    ) -> None:
        odoo.insert_scenario(url)
        by_hand = odoo.DUMP_FINDINGS | odoo.SCENARIO_FINDINGS
        assert odoo.expected_findings(url, odoo.NOW) == by_hand

    @pytest.mark.parametrize(
        ("as_of", "late"),
        [
            (odoo.EARLIER, odoo.DUMP_FINDINGS_EARLIER),
            (odoo.NOW, odoo.DUMP_FINDINGS),
        ],
        ids=["after 9 days", "after 16 days"],
    )
    def test_check_finds_in_what_odoo_wrote_itself_who_was_left_waiting(
        self, url: str, check: Check, as_of: datetime, late: set[odoo.Pair]
    ) -> None:
        source = check(as_of)
        assert breached(source) == late == odoo.expected_findings(url, as_of)

    def test_every_application_is_counted_but_those_long_decided(
        self, url: str, check: Check
    ) -> None:
        odoo.insert_scenario(url)
        ((there,),) = odoo.run(url, "SELECT COUNT(*) FROM hr_applicant")
        assert check(odoo.NOW)["applications"] == int(str(there)) - 1
        missing = {str(each.id) for each in odoo.APPLICATIONS} - set(read(url))
        assert missing == set(map(str, odoo.NOT_READ))


class TestWhatOdooWroteItself:
    @pytest.fixture
    def rows(self, url: str) -> dict[str, Application]:
        return read(url)

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

    def test_mail_from_a_candidate_bears_its_arrival_and_not_its_senders_clock(
        self, rows: dict[str, Application]
    ) -> None:
        assert rows["18"].last_inbound_at == at("2026-11-21 23:51:20")

    def test_an_activity_done_by_the_manager_is_feedback(
        self, rows: dict[str, Application]
    ) -> None:
        assert rows["18"].feedback_at == at("2026-11-21 23:51:20")
        assert rows["18"].shared_at is None

    def test_who_is_archived_without_a_reason_is_left_over(
        self, rows: dict[str, Application]
    ) -> None:
        row = rows["22"]
        assert (row.status, row.basis, row.decision) == (Status.CLOSED, "proxy", None)

    def test_who_signed_is_hired(self, rows: dict[str, Application]) -> None:
        hired = {n for n, row in rows.items() if row.status is Status.HIRED}
        assert hired == {"11", "12"}
        assert rows["11"].decided_at == at("2026-11-21 23:48:40")

    def test_jobs_and_their_people_are_named(
        self, rows: dict[str, Application]
    ) -> None:
        row = rows["1"]
        assert row.job_title == "Marketing and Community Manager"
        assert row.department == "Sales"
        assert row.recruiter == "mark.brown23@example.com"
        assert row.manager == "jeffrey.kelly72@example.com"
        assert row.applicants == 5


NEWS = "2026-12-02 10:00:00"


class TestWhoHasTheBall:
    @staticmethod
    def ask(url: str, user: int, **columns: object) -> None:
        """Add an activity for the user on application 201."""
        values = {
            **{"res_model": "hr.applicant", "res_id": 201, "user_id": user},
            **{"res_model_id": 407, "date_deadline": "2026-12-09", "active": True},
            **{"activity_type_id": odoo.TO_DO, "create_date": NEWS, **columns},
        }
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        odoo.run(
            url,
            f"INSERT INTO mail_activity ({names}) VALUES ({marks})",  # noqa: S608 - as above
            *values.values(),
        )

    @staticmethod
    def meet(url: str, start: str, stop: str, **columns: object) -> None:
        """Add a meeting about application 201."""
        values = {
            **{"applicant_id": 201, "name": "Interview", "show_as": "busy"},
            **{"start": start, "stop": stop, "active": True, **columns},
        }
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        odoo.run(
            url,
            f"INSERT INTO calendar_event ({names}) VALUES ({marks})",  # noqa: S608 - as above
            *values.values(),
        )

    def test_an_open_activity_waits_for_the_manager(self, url: str) -> None:
        self.ask(url, odoo.MANAGER)
        row = one(url, Applied(201), Said(201, "comment", odoo.ASKED))
        assert row.waiting_on is Ball.MANAGER
        assert row.waiting_since == row.shared_at == at(NEWS)
        assert row.manager == "mark.brown23@example.com"

    def test_an_open_activity_waits_for_the_interviewer_who_is_named(
        self, url: str
    ) -> None:
        odoo.run(url, "UPDATE res_users SET share = false WHERE id = %s", odoo.STRANGER)
        odoo.run(
            url,
            "INSERT INTO hr_applicant_res_users_interviewers_rel VALUES (201, %s)",
            odoo.STRANGER,
        )
        self.ask(url, odoo.STRANGER)
        row = one(url, Applied(201))
        assert row.waiting_on is Ball.MANAGER
        assert row.manager == "joel.willis63@example.com"

    @pytest.mark.parametrize(
        ("user", "columns"),
        [
            (odoo.RECRUITER, {}),
            (odoo.STRANGER, {}),
            (odoo.MANAGER, {"active": False, "date_done": "2026-12-03"}),
            (odoo.MANAGER, {"create_date": "2026-12-08 10:00:00"}),
        ],
        ids=["the recruiter's own", "a stranger's", "kept when done", "to come"],
    )
    def test_another_activity_waits_for_no_manager(
        self, url: str, user: int, columns: dict[str, object]
    ) -> None:
        self.ask(url, user, **columns)
        row = one(url, Applied(201))
        assert (row.waiting_on, row.shared_at) == (Ball.RECRUITER, None)

    def test_after_an_interview_the_manager_is_awaited(self, url: str) -> None:
        self.meet(url, NEWS, "2026-12-02 11:00:00")
        row = one(url, Applied(201), Said(201, "comment", odoo.ASKED))
        assert row.interviewed_at == row.waiting_since == at("2026-12-02 11:00:00")
        assert row.waiting_on is Ball.MANAGER

    @pytest.mark.parametrize("kind", ["comment", "notification"])
    def test_a_note_or_a_done_activity_of_the_manager_is_feedback(
        self, url: str, kind: str
    ) -> None:
        self.meet(url, NEWS, "2026-12-02 11:00:00")
        activity = odoo.TO_DO if kind == "notification" else None
        word = Said(
            201,
            kind,
            "2026-12-03 09:00:00",
            delivery=None,
            author=odoo.MANAGER_SELF,
            activity=activity,
        )
        row = one(url, Applied(201), word)
        assert row.feedback_at == row.waiting_since == at("2026-12-03 09:00:00")
        assert row.waiting_on is Ball.RECRUITER

    def test_before_an_interview_nobody_is_awaited(self, url: str) -> None:
        self.meet(url, "2026-12-09 10:00:00", "2026-12-09 11:00:00")
        self.meet(url, "2026-12-08 10:00:00", "2026-12-08 11:00:00", active=False)
        row = one(url, Applied(201))
        assert row.next_interview_at == at("2026-12-09 10:00:00")
        assert (row.waiting_on, row.interviewed_at) == (Ball.NOBODY, None)

    def test_a_meeting_all_day_is_over_when_the_day_is(self, url: str) -> None:
        self.meet(url, "2026-12-04 00:00:00", "2026-12-04 00:00:00", allday=True)
        self.meet(url, "2026-12-07 00:00:00", "2026-12-07 00:00:00", allday=True)
        row = one(url, Applied(201))
        assert row.interviewed_at == at("2026-12-05 00:00:00")
        assert row.next_interview_at == at("2026-12-07 00:00:00")

    def test_mail_from_the_candidate_waits_for_the_recruiter(self, url: str) -> None:
        word = Said(201, "email", NEWS, delivery=None, author=1201)
        row = one(url, Applied(201), Said(201, "comment", odoo.ASKED), word)
        assert (row.waiting_on, row.waiting_since) == (Ball.RECRUITER, at(NEWS))

    def test_mail_by_address_alone_is_the_candidates(self, url: str) -> None:
        odoo.apply(url, Applied(201))
        odoo.say(url, [Said(201, "email", NEWS, delivery=None, author=None)] * 2)
        sender = "UPDATE mail_message SET email_from = %s WHERE res_id = 201"
        odoo.run(url, sender, '"Jo" <op201@mail.example>')
        assert read(url)["201"].last_inbound_at is None
        odoo.run(url, sender, '"Person" <P201@mail.example>')
        assert read(url)["201"].last_inbound_at == at(NEWS)

    @pytest.mark.parametrize(
        ("wrote_at", "ball"),
        [(NEWS, Ball.CANDIDATE), ("2026-11-20 10:00:00", Ball.RECRUITER)],
        ids=["written since", "not written since"],
    )
    def test_an_offer_is_the_candidates_turn_once_somebody_wrote(
        self, url: str, wrote_at: str, ball: Ball
    ) -> None:
        stage = {
            "stage_id": odoo.PROPOSAL,
            "date_last_stage_update": "2026-12-01 10:00:00",
        }
        row = one(url, Applied(201, columns=stage), Said(201, "comment", wrote_at))
        assert (row.phase, row.waiting_on) == (Phase.OFFER, ball)
