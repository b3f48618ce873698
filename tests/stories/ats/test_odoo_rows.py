"""What a row or two in Odoo 18 change in the row that Svar reads."""

import pytest

from monitor.model import Ball, Channel, Phase, Status
from tests.stories.ats import odoo
from tests.stories.ats.odoo import Applied, Said


@pytest.fixture
def url(postgresql: str) -> str:
    odoo.load(postgresql)
    return postgresql


NEWS = "2026-12-02 10:00:00"


def ask(url: str, user: int, **columns: object) -> None:
    odoo.ask(url, 201, user, **{"create_date": NEWS, **columns})


def meet(url: str, start: str, stop: str, **columns: object) -> None:
    odoo.meet(url, 201, start, stop, **columns)


class TestWhoHasTheBall:
    def test_an_open_activity_waits_for_the_manager(self, url: str) -> None:
        ask(url, odoo.MANAGER)
        row = odoo.one(url, Applied(201), Said(201, "comment", odoo.ASKED))
        assert row.waiting_on is Ball.MANAGER
        assert row.waiting_since == row.shared_at == odoo.at(NEWS)
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
        ask(url, odoo.STRANGER)
        row = odoo.one(url, Applied(201))
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
        ask(url, user, **columns)
        row = odoo.one(url, Applied(201))
        assert (row.waiting_on, row.shared_at) == (Ball.RECRUITER, None)

    def test_after_an_interview_the_manager_is_awaited(self, url: str) -> None:
        meet(url, NEWS, "2026-12-02 11:00:00")
        row = odoo.one(url, Applied(201), Said(201, "comment", odoo.ASKED))
        assert row.interviewed_at == row.waiting_since == odoo.at("2026-12-02 11:00:00")
        assert row.waiting_on is Ball.MANAGER

    @pytest.mark.parametrize("kind", ["comment", "notification"])
    def test_a_note_or_a_done_activity_of_the_manager_is_feedback(
        self, url: str, kind: str
    ) -> None:
        meet(url, NEWS, "2026-12-02 11:00:00")
        activity = odoo.TO_DO if kind == "notification" else None
        word = Said(
            201,
            kind,
            "2026-12-03 09:00:00",
            delivery=None,
            author=odoo.MANAGER_SELF,
            activity=activity,
        )
        row = odoo.one(url, Applied(201), word)
        assert row.feedback_at == row.waiting_since == odoo.at("2026-12-03 09:00:00")
        assert row.waiting_on is Ball.RECRUITER

    def test_before_an_interview_nobody_is_awaited(self, url: str) -> None:
        meet(url, "2026-12-09 10:00:00", "2026-12-09 11:00:00")
        meet(url, "2026-12-08 10:00:00", "2026-12-08 11:00:00", active=False)
        row = odoo.one(url, Applied(201))
        assert row.next_interview_at == odoo.at("2026-12-09 10:00:00")
        assert (row.waiting_on, row.interviewed_at) == (Ball.NOBODY, None)

    def test_a_meeting_all_day_is_over_when_the_day_is(self, url: str) -> None:
        meet(url, "2026-12-04 00:00:00", "2026-12-04 00:00:00", allday=True)
        meet(url, "2026-12-07 00:00:00", "2026-12-07 00:00:00", allday=True)
        row = odoo.one(url, Applied(201))
        assert row.interviewed_at == odoo.at("2026-12-05 00:00:00")
        assert row.next_interview_at == odoo.at("2026-12-07 00:00:00")

    def test_mail_from_the_candidate_waits_for_the_recruiter(self, url: str) -> None:
        word = Said(201, "email", NEWS, delivery=None, author=1201)
        row = odoo.one(url, Applied(201), Said(201, "comment", odoo.ASKED), word)
        assert (row.waiting_on, row.waiting_since) == (Ball.RECRUITER, odoo.at(NEWS))

    def test_mail_by_address_alone_is_the_candidates(self, url: str) -> None:
        odoo.apply(url, Applied(201))
        odoo.say(url, [Said(201, "email", NEWS, delivery=None, author=None)] * 2)
        sender = "UPDATE mail_message SET email_from = %s WHERE res_id = 201"
        odoo.run(url, sender, '"Jo" <op201@mail.example>')
        assert odoo.read(url)["201"].last_inbound_at is None
        odoo.run(url, sender, '"Person" <P201@mail.example>')
        assert odoo.read(url)["201"].last_inbound_at == odoo.at(NEWS)

    @pytest.mark.parametrize(
        ("wrote_at", "answered_at", "ball"),
        [
            (NEWS, None, Ball.CANDIDATE),
            ("2026-11-20 10:00:00", None, Ball.RECRUITER),
            (NEWS, "2026-12-03 10:00:00", Ball.RECRUITER),
        ],
        ids=["written since", "not written since", "answered"],
    )
    def test_an_offer_is_the_candidates_turn_once_somebody_wrote(
        self, url: str, wrote_at: str, answered_at: str | None, ball: Ball
    ) -> None:
        stage = {
            "stage_id": odoo.PROPOSAL,
            "date_last_stage_update": "2026-12-01 10:00:00",
        }
        said = [Said(201, "comment", wrote_at)]
        if answered_at:
            said += [Said(201, "email", answered_at, delivery=None, author=1201)]
        row = odoo.one(url, Applied(201, columns=stage), *said)
        assert (row.phase, row.waiting_on) == (Phase.OFFER, ball)

    def test_a_recruiter_who_heads_the_department_waits_for_nobody(
        self, url: str
    ) -> None:
        ask(url, odoo.MANAGER)
        row = odoo.one(url, Applied(201, columns={"user_id": odoo.MANAGER}))
        assert (row.waiting_on, row.shared_at) == (Ball.RECRUITER, None)

    def test_feedback_is_complete_when_nothing_is_left_to_do(self, url: str) -> None:
        ask(url, odoo.MANAGER)
        note = Said(201, "comment", odoo.ASKED, delivery=None, author=odoo.MANAGER_SELF)
        assert odoo.one(url, Applied(201), note).feedback_at is None
        odoo.run(url, "DELETE FROM mail_activity WHERE res_id = 201")
        assert odoo.read(url)["201"].feedback_at == odoo.at(odoo.ASKED)


class TestWhatWasSaid:
    def test_a_done_call_is_a_reply_but_nothing_written(self, url: str) -> None:
        call = Said(201, "notification", NEWS, delivery=None, activity=odoo.CALL)
        row = odoo.one(url, Applied(201), Said(201, "comment", odoo.ASKED), call)
        assert row.called_at == row.last_reply_at == odoo.at(NEWS)
        assert row.first_reply_at == row.last_written_at == odoo.at(odoo.ASKED)

    @pytest.mark.parametrize(
        ("said", "told_by"),
        [
            (
                Said(201, "notification", NEWS, delivery=None, activity=odoo.CALL),
                Channel.PHONE,
            ),
            (Said(201, "sms", NEWS, channel="sms"), Channel.SMS),
            (Said(201, "comment", NEWS), Channel.EMAIL),
            (Said(201, "email_outgoing", NEWS, delivery=None), Channel.EMAIL),
        ],
        ids=["call", "text message", "mail", "letter to many"],
    )
    def test_the_first_word_since_a_refusal_tells_the_outcome(
        self, url: str, said: Said, told_by: Channel
    ) -> None:
        refusal = odoo.refused("2026-11-30 10:00:00.654321")
        later = Said(201, "comment", "2026-12-04 10:00:00")
        row = odoo.one(url, Applied(201, columns=refusal), said, later)
        assert row.decided_at == odoo.at("2026-11-30 10:00:00")
        assert (row.told_at, row.told_by) == (odoo.at(NEWS), told_by)

    def test_a_letter_sent_just_before_the_refusal_tells_it_from_then_on(
        self, url: str
    ) -> None:
        refusal = odoo.refused("2026-12-02 10:01:30")
        row = odoo.one(url, Applied(201, columns=refusal), Said(201, "comment", NEWS))
        assert row.told_at == row.decided_at == odoo.at("2026-12-02 10:01:30")

    @pytest.mark.parametrize(
        ("refused_at", "told_by"),
        [
            ("2026-12-02 11:00:00", Channel.PHONE),
            ("2026-12-02 11:00:01", None),
        ],
    )
    def test_a_call_up_to_an_hour_before_the_refusal_tells_it_from_then_on(
        self, url: str, refused_at: str, told_by: Channel | None
    ) -> None:
        call = Said(201, "notification", NEWS, delivery=None, activity=odoo.CALL)
        row = odoo.one(url, Applied(201, columns=odoo.refused(refused_at)), call)
        assert (row.told_at, row.told_by) == (told_by and row.decided_at, told_by)
        assert row.called_at == odoo.at(NEWS)

    @pytest.mark.parametrize(
        ("kind", "refused_at"),
        [("comment", "2026-12-02 10:02:01"), ("sms", "2026-12-02 10:30:00")],
    )
    def test_what_is_written_longer_before_the_refusal_does_not_tell_it(
        self, url: str, kind: str, refused_at: str
    ) -> None:
        channel = "sms" if kind == "sms" else "email"
        word = Said(201, kind, NEWS, channel=channel)
        row = odoo.one(url, Applied(201, columns=odoo.refused(refused_at)), word)
        assert (row.told_at, row.told_by) == (None, None)

    @pytest.mark.parametrize(
        ("word", "told_by"),
        [
            (Said(201, "comment", "2026-12-02 09:58:00"), Channel.EMAIL),
            (
                Said(
                    201, "notification", "2026-12-02 09:00:00", None, activity=odoo.CALL
                ),
                Channel.PHONE,
            ),
        ],
        ids=["mail", "call"],
    )
    def test_what_is_said_just_before_a_job_is_archived_tells_those_left_over(
        self, url: str, word: Said, told_by: Channel
    ) -> None:
        self._archive_the_job(url)
        row = odoo.one(url, Applied(201), word)
        assert (row.told_at, row.told_by) == (odoo.at(NEWS), told_by)

    def test_who_was_refused_and_told_stays_told_when_the_job_is_archived(
        self, url: str
    ) -> None:
        self._archive_the_job(url)
        told = Said(201, "comment", "2026-11-26 10:00:00")
        later = Said(201, "comment", "2026-12-02 10:05:00")
        refusal = odoo.refused("2026-11-25 10:00:00")
        row = odoo.one(url, Applied(201, columns=refusal), told, later)
        assert row.status is Status.REJECTED
        assert row.job_closed_at == odoo.at(NEWS)
        assert row.told_at == odoo.at("2026-11-26 10:00:00")

    @staticmethod
    def _archive_the_job(url: str) -> None:
        archive = "UPDATE hr_job SET active = false, write_date = %s WHERE id = %s"
        odoo.run(url, archive, NEWS, odoo.JOB)

    def test_an_early_receipt_and_a_later_letter_are_told_apart(self, url: str) -> None:
        row = odoo.one(
            url,
            Applied(201),
            Said(201, "auto_comment", "2026-11-16 10:00:00"),
            Said(201, "auto_comment", "2026-11-16 10:00:01"),
        )
        assert row.receipt_at == odoo.at("2026-11-16 10:00:00")
        assert row.first_reply_at == odoo.at("2026-11-16 10:00:01")

    def test_mail_that_came_in_bears_its_arrival_and_not_its_senders_clock(
        self, url: str
    ) -> None:
        odoo.apply(url, Applied(201))
        odoo.say(url, [Said(201, "email", NEWS, delivery=None, author=1201)])
        odoo.run(url, "UPDATE mail_message SET date = '2027-01-01' WHERE res_id = 201")
        assert odoo.read(url)["201"].last_inbound_at == odoo.at(NEWS)

    def test_what_was_written_before_the_application_answers_nothing(
        self, url: str
    ) -> None:
        outreach = Said(201, "comment", "2026-11-10 10:00:00", thread="hr.candidate")
        assert odoo.one(url, Applied(201), outreach).first_reply_at is None

    def test_what_is_dated_ahead_has_not_been_said(self, url: str) -> None:
        row = odoo.one(url, Applied(201), Said(201, "comment", "2026-12-07 12:00:01"))
        assert row.first_reply_at is None


class TestHowItEnded:
    @pytest.mark.parametrize(
        ("columns", "status", "decided_at", "basis"),
        [
            (
                {"date_closed": NEWS, "stage_id": odoo.SIGNED, "active": False},
                Status.HIRED,
                NEWS,
                "exact",
            ),
            (
                {"stage_id": odoo.SIGNED, "date_last_stage_update": NEWS},
                Status.HIRED,
                NEWS,
                "proxy",
            ),
            ({"active": False, "write_date": NEWS}, Status.CLOSED, NEWS, "proxy"),
            (odoo.refused(NEWS), Status.REJECTED, NEWS, "exact"),
            (odoo.refused(None), Status.REJECTED, "2026-11-30 10:00:00", "proxy"),
            (
                odoo.refused(NEWS, odoo.TOO_LITTLE_PAID),
                Status.WITHDRAWN,
                NEWS,
                "exact",
            ),
            ({"kanban_state": "blocked"}, Status.OPEN, None, "exact"),
        ],
        ids=[
            "hired, then archived",
            "hired without a date",
            "archived",
            "refused",
            "refused without a date",
            "withdrawn",
            "blocked",
        ],
    )
    def test_a_row_ends_as_odoo_says(
        self,
        url: str,
        columns: dict[str, object],
        status: Status,
        decided_at: str | None,
        basis: str,
    ) -> None:
        row = odoo.one(url, Applied(201, columns=columns))
        assert (row.status, row.basis) == (status, basis)
        assert row.decided_at == (decided_at and odoo.at(decided_at))

    def test_the_chatter_knows_when_and_by_whom_a_row_was_refused(
        self, url: str
    ) -> None:
        odoo.apply(url, Applied(201, columns=odoo.refused(None)))
        odoo.say(url, [Said(201, "notification", NEWS, None, odoo.MANAGER_SELF)])
        odoo.track(url, 201, odoo.REFUSE_FIELD, odoo.UNFIT)
        row = odoo.read(url)["201"]
        assert (row.decided_at, row.basis) == (odoo.at(NEWS), "exact")
        assert row.decided_by == "mark.brown23@example.com"

    def test_a_late_edit_does_not_bring_back_a_row_long_decided(self, url: str) -> None:
        long_ago = odoo.refused("2026-05-04 09:00:00") | {"write_date": NEWS}
        odoo.apply(url, Applied(201, "2026-04-01 09:00:00", columns=long_ago))
        assert "201" not in odoo.read(url)

    def test_who_is_archived_alone_is_left_over_from_then_on(self, url: str) -> None:
        columns = {"active": False, "write_date": "2026-11-25 10:00:00"}
        row = odoo.one(url, Applied(201, columns=columns))
        assert row.job_closed_at == row.decided_at == odoo.at("2026-11-25 10:00:00")
        odoo.run(
            url,
            "UPDATE hr_job SET active = false, write_date = %s WHERE id = %s",
            *(NEWS, odoo.JOB),
        )
        assert odoo.read(url)["201"].job_closed_at == row.decided_at

    def test_an_archived_job_shuts_its_open_applications(self, url: str) -> None:
        odoo.run(
            url,
            "UPDATE hr_job SET active = false, write_date = %s WHERE id = %s",
            *(NEWS, odoo.JOB),
        )
        row = odoo.one(url, Applied(201))
        assert (row.status, row.basis) == (Status.CLOSED, "proxy")
        assert row.job_closed_at == row.decided_at == odoo.at(NEWS)


class TestWhoIsWho:
    def test_names_in_another_language_are_read(self, url: str) -> None:
        for table, name in (("hr_job", "Utvikler"), ("hr_recruitment_stage", "Ny")):
            odoo.run(
                url,
                f"UPDATE {table} SET name = jsonb_build_object('nb_NO', %s::text)"  # noqa: S608 - names above
                " WHERE id = %s",
                *(name, odoo.JOB if table == "hr_job" else odoo.NEW),
            )
        row = odoo.one(url, Applied(201))
        assert (row.job_title, row.stage) == ("Utvikler", "Ny")

    def test_without_a_job_whoever_looks_after_the_candidate_is_told(
        self, url: str
    ) -> None:
        nowhere = {"job_id": None, "stage_id": None, "user_id": None}
        odoo.apply(url, Applied(201, columns=nowhere))
        odoo.run(url, "UPDATE hr_candidate SET user_id = %s WHERE id = 201", 6)
        row = odoo.read(url)["201"]
        assert row.recruiter == "mark.brown23@example.com"
        assert (row.job_title, row.applicants) == (None, None)
        assert row.waiting_on is Ball.RECRUITER

    def test_a_recruiter_who_left_is_not_named(self, url: str) -> None:
        odoo.run(url, "UPDATE res_users SET active = false WHERE id = %s", 2)
        assert odoo.one(url, Applied(201)).recruiter is None
