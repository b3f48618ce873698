"""What rules would have sent: rows as they stood, and which day's digest has the line."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any

import pytest

from monitor import past
from monitor.cycle import Office
from monitor.evaluate import World
from monitor.model import Application, Ball, Channel, Phase, Status
from monitor.outbox import Digests
from monitor.proof import backtest
from monitor.proof.backtest import Backtest, Key, Sent
from monitor.rules import Rulebook
from monitor.settings import PeopleSettings
from tests.builders import INGRID, PER, application, at, calendar, rulebook

DIGESTS = Digests(calendar(), time(9))
NOW = at("2026-09-25 12:00")  # a Friday
REVIEW = {
    "when": "{status: open, waiting_on: manager}",
    "clock": "{starts: waiting_since, stops: decided_at}",
    "target": "2 working days",
    "owner": "manager",
}


def sent(
    asked: Rulebook, rows: Iterable[Application], *, days: int = 14, **world: Any
) -> Sent:
    looks = backtest.looks(DIGESTS, days, now=NOW)
    where = World(calendar(), **world)
    people = PeopleSettings(fallback="#ops")
    test = Backtest(asked, Office(where, people, DIGESTS), looks)
    list(test.run(rows))
    return test.sent


def lines(asked: dict[str, str], *rows: Application, **given: Any) -> list[str]:
    """Return who would have been told on which day, escalations with a star."""
    found = sent(rulebook(asked), rows, **given)
    return [
        f"{key.day:%a %d} {key.recipient.partition('@')[0]}"
        f"{'*' * found.escalations[key]}"
        for key in sorted(found.lines, key=lambda key: (key.day, key.recipient))
        for _ in range(found.lines[key])
    ]


def told(row: Application, moment: str, *columns: str) -> tuple[object, ...] | object:
    then = past.as_of(row, at(moment))
    found = tuple(getattr(then, each) for each in columns)
    return found if len(found) > 1 else found[0]


class TestARowAsItStood:
    def test_what_came_later_is_hidden(self) -> None:
        row = application(first_reply_at=at("2026-09-09 10:00"))
        assert told(row, "2026-09-09 09:59", "first_reply_at") is None
        assert past.as_of(row, at("2026-09-09 10:00")) is row

    def test_plans_stay(self) -> None:
        row = application(promised_at=at("2026-09-30 10:00"))
        assert past.as_of(row, at("2026-09-08 10:00")) is row

    @pytest.mark.parametrize(
        ("status", "column", "before"),
        [
            (Status.REJECTED, "decided_at", Status.OPEN),
            (Status.HIRED, "decided_at", Status.OPEN),
            (Status.CLOSED, "job_closed_at", Status.OPEN),
            (Status.WITHDRAWN, "updated_at", Status.OPEN),
            (Status.WITHDRAWN, "job_closed_at", Status.WITHDRAWN),
            (Status.ON_HOLD, "updated_at", Status.ON_HOLD),
        ],
    )
    def test_an_application_that_ended_later_was_open(
        self, status: Status, column: str, before: Status
    ) -> None:
        row = application(status=status, **{column: at("2026-09-14 10:00")})
        assert told(row, "2026-09-14 09:59", "status") == before
        assert told(row, "2026-09-14 10:00", "status") == status

    def test_a_withdrawal_is_dated_by_the_ball_that_nobody_has_since(self) -> None:
        row = application(
            status=Status.WITHDRAWN,
            waiting_on=Ball.NOBODY,
            waiting_since=at("2026-09-14 10:00"),
            updated_at=at("2026-09-20 10:00"),
        )
        assert told(row, "2026-09-15 10:00", "status") is Status.WITHDRAWN

    def test_what_goes_with_a_milestone_is_hidden_with_it(self) -> None:
        late = at("2026-09-20 10:00")
        row = application(
            decided_at=late,
            decision_reason="another was chosen",
            decided_by=PER,
            stage="Offer",
            phase=Phase.OFFER,
            stage_entered_at=late,
            knocked_out=True,
            screened_out_at=late,
            told_at=late,
            told_by=Channel.SMS,
            survey_at=late,
            survey_score=3,
        )
        columns = "decision_reason", "decided_by", "stage", "phase", "knocked_out"
        both = *columns, "told_by", "survey_score"
        assert told(row, "2026-09-19 10:00", *both) == (None,) * 7
        assert None not in told(row, "2026-09-20 10:00", *both)  # type: ignore[operator]

    def test_an_earlier_reply_stands_in_for_the_last(self) -> None:
        first, second = at("2026-09-09 10:00"), at("2026-09-11 10:00")
        row = application(
            first_reply_at=first,
            told_at=second,
            told_by=Channel.EMAIL,
            last_written_at=at("2026-09-15 10:00"),
            last_reply_at=at("2026-09-16 10:00"),
            called_at=at("2026-09-16 10:00"),
        )
        columns = "last_reply_at", "last_written_at", "called_at"
        assert told(row, "2026-09-08 10:00", *columns) == (None, None, None)
        assert told(row, "2026-09-10 10:00", *columns) == (first, None, None)
        assert told(row, "2026-09-12 10:00", *columns) == (second, second, None)
        call = row._replace(told_by=Channel.PHONE)
        assert told(call, "2026-09-12 10:00", *columns) == (second, None, second)


class TestWhoHadTheBall:
    shared_at, feedback_at = at("2026-09-09 10:00"), at("2026-09-11 10:00")
    row = application(
        waiting_on=Ball.RECRUITER,
        waiting_since=at("2026-09-20 10:00"),
        shared_at=shared_at,
        feedback_at=feedback_at,
        paused=((at("2026-09-14 10:00"), at("2026-09-16 10:00")),),
    )

    @pytest.mark.parametrize(
        ("moment", "ball", "since"),
        [
            ("2026-09-08 10:00", Ball.RECRUITER, None),
            ("2026-09-09 10:00", Ball.MANAGER, "2026-09-09 10:00"),
            ("2026-09-11 10:00", Ball.RECRUITER, None),
            ("2026-09-14 10:00", Ball.CANDIDATE, "2026-09-14 10:00"),
            ("2026-09-16 10:00", Ball.RECRUITER, "2026-09-16 10:00"),
            ("2026-09-20 10:00", Ball.RECRUITER, "2026-09-20 10:00"),
        ],
    )
    def test_it_went_as_the_milestones_say(
        self, moment: str, ball: Ball, since: str | None
    ) -> None:
        seen = told(self.row, moment, "waiting_on", "waiting_since")
        assert seen == (ball, since and at(since))

    def test_a_spell_that_goes_on_is_not_over(self) -> None:
        assert told(self.row, "2026-09-15 10:00", "paused") is None
        assert told(self.row, "2026-09-16 10:00", "paused") == self.row.paused

    def test_nobody_had_it_only_since_the_end(self) -> None:
        row = application(
            status=Status.REJECTED,
            decided_at=at("2026-09-14 10:00"),
            waiting_on=Ball.NOBODY,
            shared_at=self.shared_at,
        )
        assert told(row, "2026-09-12 10:00", "waiting_on") is Ball.MANAGER
        assert told(row, "2026-09-14 10:00", "waiting_on") is Ball.NOBODY

    def test_a_source_without_balls_is_not_told_of_one(self) -> None:
        row = application(shared_at=self.shared_at, feedback_at=NOW)
        assert told(row, "2026-09-12 10:00", "waiting_on") is None


class TestLooks:
    def test_they_are_the_digest_hours_and_the_one_before(self) -> None:
        found = backtest.looks(DIGESTS, 7, now=NOW)
        assert [f"{each:%a %d %H}" for each in found] == [
            *("Fri 18 07", "Mon 21 07", "Tue 22 07"),
            *("Wed 23 07", "Thu 24 07", "Fri 25 07"),
        ]

    def test_a_digest_hour_to_come_is_none_of_them(self) -> None:
        found = backtest.looks(DIGESTS, 1, now=at("2026-09-25 08:59"))
        assert [f"{each:%a %d}" for each in found] == ["Wed 23", "Thu 24"]

    def test_a_window_without_work_has_only_the_one_before(self) -> None:
        found = backtest.looks(DIGESTS, 1, now=at("2026-09-27 20:00"))
        assert [f"{each:%a %d}" for each in found] == ["Fri 25"]

    def test_stretches_end_where_the_row_changes(self) -> None:
        looks = backtest.looks(DIGESTS, 7, now=NOW)
        row = application(
            applied_at=at("2026-09-18 10:00"),
            first_reply_at=at("2026-09-23 09:00"),
            next_interview_at=at("2026-09-24 09:02"),
        )
        found = [(first, last) for first, last, _ in past.stretches(row, looks)]
        # A plan counts from five minutes before, as the evaluation has it.
        assert found == [(1, 2), (3, 3), (4, 4), (5, 5)]

    def test_an_application_to_come_has_none(self) -> None:
        looks = backtest.looks(DIGESTS, 7, now=NOW)
        assert not list(past.stretches(application(applied_at=NOW), looks))


class TestWhatWouldHaveBeenSent:
    def test_a_breach_is_a_line_in_the_next_digest(self) -> None:
        assert lines({}, application()) == ["Tue 22 ingrid"]

    def test_a_breach_before_the_window_is_no_news(self) -> None:
        assert lines({}, application(), days=3) == []

    def test_an_answer_in_time_leaves_nothing_to_tell(self) -> None:
        assert lines({}, application(told_at=at("2026-09-21 08:00"))) == []

    def test_an_answer_after_the_digest_does(self) -> None:
        row = application(told_at=at("2026-09-22 10:00"))
        assert lines({}, row) == ["Tue 22 ingrid"]

    def test_a_turned_down_candidate_was_open_before(self) -> None:
        row = application(
            status=Status.REJECTED,
            decided_at=at("2026-09-24 10:00"),
            waiting_on=Ball.NOBODY,
            shared_at=at("2026-09-16 10:00"),
        )
        asked = REVIEW | {"clock": "{starts: shared_at, stops: decided_at}"}
        assert lines(asked, row) == ["Mon 21 per"]

    def test_only_the_highest_firing_of_a_day_counts(self) -> None:
        ladder = "[{at: target, tell: owner}, {at: 3 hours after, tell: recruiter}]"
        row = application(manager=PER, waiting_on=Ball.MANAGER)
        assert lines({"ladder": ladder}, row) == ["Tue 22 ingrid*"]

    def test_a_public_step_comes_a_day_after_its_heads_up(self) -> None:
        ladder = "[{at: target, tell: owner}, {at: 2 working days after, tell: '#hr'}]"
        assert lines({"ladder": ladder}, application()) == [
            *("Tue 22 ingrid", "Wed 23 ingrid", "Thu 24 #hr*")
        ]

    def test_a_public_step_that_was_put_off_falls_with_its_alert(self) -> None:
        # The hand-over is seen late, so owner and channel would hear at once.
        asked = REVIEW | {
            "clock": "{starts: applied_at, stops: decided_at}",
            "ladder": "[{at: 2 working days after, tell: '#hr'}]",
        }
        row = application(
            waiting_on=Ball.MANAGER,
            waiting_since=at("2026-09-21 10:00"),
            decided_at=NOW,
        )
        assert lines(asked, row) == ["Tue 22 per", "Wed 23 #hr*"]
        stopped = row._replace(decided_at=at("2026-09-22 10:00"))
        assert lines(asked, stopped) == ["Tue 22 per"]
        away = (at("2026-09-22 12:00"), at("2026-09-23 12:00"))
        assert lines(asked, row._replace(paused=(away,))) == [
            "Tue 22 per",
            "Thu 24 #hr*",
        ]

    def test_a_wait_that_begins_anew_is_told_anew(self) -> None:
        asked = {
            "clock": "{starts: {latest: [applied_at, last_inbound_at]}, stops: told_at}",
            "target": "1 working day",
        }
        row = application(
            applied_at=at("2026-09-14 10:00"), last_inbound_at=at("2026-09-17 10:00")
        )
        assert lines(asked, row) == ["Wed 16 ingrid", "Mon 21 ingrid"]

    def test_a_wait_that_goes_on_after_a_break_is_not_told_twice(self) -> None:
        asked = REVIEW | {"clock": "{starts: applied_at, stops: decided_at}"}
        row = application(
            applied_at=at("2026-09-14 10:00"),
            shared_at=at("2026-09-14 10:00"),
            feedback_at=at("2026-09-18 10:00"),
            waiting_on=Ball.MANAGER,
            waiting_since=at("2026-09-22 10:00"),
        )
        assert lines(asked, row) == ["Thu 17 per"]

    def test_a_clock_that_stands_still_tells_later(self) -> None:
        clock = "{starts: applied_at, stops: told_at, pauses: {waiting_on: candidate}}"
        row = application(paused=((at("2026-09-08 09:00"), at("2026-09-10 09:00")),))
        assert lines({"clock": clock}, row) == ["Thu 24 ingrid"]
        waits = row._replace(
            waiting_on=Ball.CANDIDATE, waiting_since=at("2026-09-22 09:00")
        )
        assert lines({"clock": clock}, waits) == []

    def test_a_rule_that_speaks_of_a_time_ago_is_held_day_by_day(self) -> None:
        asked = {
            "when": "{applied_at: {after: 4 days ago}}",
            "target": "1 day",
            "ladder": "[{at: target, tell: owner}, {at: 6 days after, tell: '#hr'}]",
        }
        row = application(applied_at=at("2026-09-14 10:00"))
        assert lines(asked, row) == ["Wed 16 ingrid"]

    def test_backlog_tells_nobody(self) -> None:
        assert lines({"backlog": "1 hour"}, application()) == []

    def test_who_is_not_known_is_stood_in_for(self) -> None:
        assert lines({}, application(recruiter=None)) == ["Tue 22 #ops"]

    def test_a_late_source_tells_later(self) -> None:
        lag = timedelta(days=1)
        assert lines({}, application(), evidence_lag=lag) == ["Wed 23 ingrid"]

    def test_a_digest_has_the_lines_of_all_rules(self) -> None:
        both = rulebook({"id": "a"}, {"id": "b"})
        found = sent(both, [application(), application(application_id="A2")])
        day = date(2026, 9, 22)
        assert found.lines == {Key("a", day, INGRID): 2, Key("b", day, INGRID): 2}
        assert found.digests == {(day, INGRID): 4}
        assert (found.applications, len(found.days)) == (2, 10)

    def test_sources_add_up(self) -> None:
        one, both = sent(rulebook({}), [application()]), Sent()
        both.add(one)
        both.add(one)
        assert both.digests == {(date(2026, 9, 22), INGRID): 2}
        assert (both.applications, both.days) == (2, one.days)


class TestWhatHistoryDoesNotTell:
    @pytest.mark.parametrize(
        ("asked", "begins"),
        [
            ({"owner": "recruiter"}, []),
            ({"owner": "has_ball"}, ["who had the ball"]),
            (
                {
                    "owner": "recruiter",
                    "clock": "{starts: applied_at, stops: told_at, "
                    "pauses: {waiting_on: candidate}}",
                },
                ["who had the ball"],
            ),
            (
                {
                    "owner": "recruiter",
                    "when": "{stage: Offer}",
                    "exempt": "{called_at: {after: promised_at}}",
                },
                ["replies, calls", "the stages", "since when interviews"],
            ),
            (
                {"owner": "recruiter", "when": "{closure: decided_not_told}"},
                ["replies, calls"],
            ),
            (
                {"owner": "recruiter", "when": "{status: {not: open}}"},
                ["since when an application is on hold"],
            ),
            ({"owner": "recruiter", "when": "{status: [open, on_hold]}"}, []),
        ],
    )
    def test_only_what_a_rule_asks_for_is_said(
        self, asked: dict[str, str], begins: list[str]
    ) -> None:
        found = list(past.unknown(rulebook(asked)))
        assert len(found) == len(begins)
        for (said, asking), begin in zip(found, begins, strict=True):
            assert said.startswith(begin)
            assert asking == ["first-reply"]

    def test_a_clock_reaches_as_far_as_its_last_step(self) -> None:
        ladder = "[{at: target, tell: owner}, {at: 6 days after, tell: owner}]"
        assert past.reach(rulebook({"ladder": ladder})) == timedelta(days=20)
        assert past.reach(Rulebook(())) == timedelta(0)
