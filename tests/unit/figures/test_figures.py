"""The figures of a poll, each over a few rows made by hand."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from monitor import cycle, evaluate
from monitor.errors import ConfigError
from monitor.evaluate import World
from monitor.figures import (
    After,
    Days,
    Figures,
    Job,
    Kept,
    Spread,
    Tally,
    Way,
    Window,
    reach,
)
from monitor.model import Application, Ball, Channel, Phase, Status
from monitor.rules import COLUMN_KINDS, Rulebook
from monitor.settings import MetricsSettings
from tests.builders import application, at, calendar, rulebook

NOW = at("2026-09-25 12:00")
ALL = frozenset(COLUMN_KINDS)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEGAL = {
    "legal": "true",
    "clock": "{starts: interviewed_at, stops: told_at}",
    "target": "45 days",
    "when": "{country: CA}",
}


def ago(days: float) -> Any:
    return NOW - days * DAY


def figures(
    *rows: Application,
    rules: Rulebook | None = None,
    columns: Iterable[str] = ALL,
    departments: int = 100,
    lag: timedelta = timedelta(0),
    lookback: timedelta = timedelta(days=180),
) -> Figures:
    """Return what a poll of these rows comes to; five of a department give it a name."""
    columns = frozenset(columns)
    world = World(calendar(), lag)
    checks = evaluate.prepare(rules or rulebook({}), world, now=NOW)
    tally = Tally(checks, columns, now=NOW, departments=departments, lookback=lookback)
    calls = "called_at" in columns
    cycle.plan(rows, checks, open_alerts={}, now=NOW, calls=calls, tally=tally)
    return tally.figures()


def five(**changed: Any) -> Sequence[Application]:
    return [application(application_id=str(n), **changed) for n in range(5)]


class TestWhoWaits:
    @pytest.mark.parametrize(
        ("days", "bucket"),
        [
            (-0.003, Days.WEEK),  # a clock that is four minutes ahead
            (0, Days.WEEK),
            (7.99, Days.WEEK),
            (8, Days.FORTNIGHT),
            (14.99, Days.FORTNIGHT),
            (15, Days.MONTH),
            (30.99, Days.MONTH),
            (31, Days.LONG),
            (45.99, Days.LONG),
            (46, Days.ENDLESS),
            (400, Days.ENDLESS),
        ],
    )
    def test_days_are_whole_ones_since_the_application(
        self, days: float, bucket: Days
    ) -> None:
        found = figures(*five(applied_at=ago(days), waiting_on=Ball.MANAGER))
        assert found.waiting == {("Health", "manager", bucket): 5}

    @pytest.mark.parametrize(
        ("replied", "bucket"),
        [(3, Days.WEEK), (50, Days.LONG), (-1, Days.LONG)],
        ids=["since", "before the application", "yet to come"],
    )
    def test_a_reply_starts_the_wait_anew(self, replied: float, bucket: Days) -> None:
        found = figures(*five(applied_at=ago(40), last_reply_at=ago(replied)))
        assert found.waiting == {("Health", "unknown", bucket): 5}

    def test_who_has_an_answer_does_not_wait(self) -> None:
        told = five(status=Status.REJECTED, decided_at=ago(3), told_at=ago(2))
        assert not figures(*told, *five(status=Status.HIRED)).waiting

    @pytest.mark.parametrize(
        "columns",
        [{}, {"told_at": ago(1), "interviewed_at": ago(9), "told_by": Channel.EMAIL}],
        ids=["not told", "told by mail after an interview"],
    )
    def test_who_is_decided_on_waits_for_the_recruiter(
        self, columns: dict[str, Any]
    ) -> None:
        found = figures(
            *five(
                applied_at=ago(20),
                status=Status.REJECTED,
                waiting_on=Ball.NOBODY,
                waiting_since=ago(9),
                decided_at=ago(4),
                phase=Phase.INTERVIEW,
                **columns,
            )
        )
        assert found.waiting == {("Health", "recruiter", Days.MONTH): 5}
        turns = {("Health", "interview", "recruiter"): 5 * 4 * DAY.total_seconds()}
        assert found.turns == turns

    def test_a_mail_is_an_answer_where_nobody_logs_calls(self) -> None:
        rows = five(
            status=Status.REJECTED,
            decided_at=ago(4),
            told_at=ago(1),
            interviewed_at=ago(9),
        )
        assert not figures(*rows, columns=ALL - {"called_at"}).waiting

    @pytest.mark.parametrize(
        ("columns", "days"),
        [
            ({"waiting_since": ago(3), "stage_entered_at": ago(5)}, 3),
            ({"stage_entered_at": ago(5)}, 5),
            ({"last_reply_at": ago(2)}, 2),
            ({}, 20),
            ({"waiting_since": ago(-1)}, 0),
        ],
        ids=["the ball", "the stage", "the reply", "the application", "to come"],
    )
    def test_a_turn_lasts_since_the_ball_came(
        self, columns: dict[str, Any], days: float
    ) -> None:
        found = figures(*five(applied_at=ago(20), waiting_on=Ball.CANDIDATE, **columns))
        expected = {("Health", "unknown", "candidate"): 5 * days * 86_400}
        assert found.turns == pytest.approx(expected)

    def test_an_application_is_overdue_once_whatever_is_broken(self) -> None:
        rules = rulebook({}, {"id": "sooner", "target": "3 days"})
        late = five(applied_at=ago(20), waiting_on=Ball.MANAGER, job_title="Cook")
        soon = application(applied_at=ago(12), job_ref="J2", job_title=None)
        fresh = application(applied_at=ago(1))
        found = figures(*late, soon, fresh, rules=rules)
        assert found.overdue == {("Health", "manager"): 5, ("Health", "unknown"): 1}
        assert found.overdue_jobs == {Job("J1", "Cook"): 5, Job("J2", None): 1}

    def test_a_row_that_stands_twice_is_overdue_once(self) -> None:
        late = five(applied_at=ago(20))
        others = [
            application(application_id=f"x{n}", applied_at=NOW) for n in range(500)
        ]
        found = figures(*late, *late[:2], *others, *late[2:])
        assert found.overdue == {("Health", "unknown"): 5}
        assert found.overdue_jobs.total() == 5

    def test_who_is_to_apply_in_days_to_come_is_not_counted(self) -> None:
        decided = {"status": Status.REJECTED, "decided_at": ago(20)}
        to_come = five(applied_at=ago(-2), department="Later", **decided)
        rules = rulebook({"clock": "{starts: decided_at, stops: told_at}"})
        found = figures(*to_come, rules=rules)
        assert found == figures(rules=rules)
        both = figures(*to_come, *five(applied_at=ago(20), **decided), rules=rules)
        assert both == figures(*five(applied_at=ago(20), **decided), rules=rules)
        assert both.promises

    def test_an_answer_of_days_to_come_is_none_yet(self) -> None:
        later = five(applied_at=ago(20), told_at=ago(-2))
        assert figures(*later) == figures(*five(applied_at=ago(20)))
        soon = five(applied_at=ago(20), told_at=ago(-0.003))
        assert not figures(*soon).waiting

    def test_a_call_of_days_to_come_reached_nobody_yet(self) -> None:
        mailed: dict[str, Any] = {
            "applied_at": ago(40),
            "status": Status.REJECTED,
            "interviewed_at": ago(20),
            "decided_at": ago(5),
            "told_at": ago(4),
            "told_by": Channel.EMAIL,
        }
        found = figures(*five(**mailed, called_at=ago(-2)))
        assert found.interviewed_told == {
            (Way.OTHER, Window.NARROW): 5,
            (Way.OTHER, Window.WIDE): 5,
        }
        assert found.waiting == {("Health", "recruiter", Days.LONG): 5}
        assert found == figures(*five(**mailed))

    def test_a_letter_of_days_to_come_takes_nothing_from_the_one_that_came(
        self,
    ) -> None:
        written: dict[str, Any] = {
            "status": Status.REJECTED,
            "interviewed_at": ago(20),
            "decided_at": ago(9),
            "unreached_at": ago(5),
            "told_at": ago(4),
        }
        to_come = {"called_at": ago(-2), "last_written_at": ago(-3)}
        found = figures(application(**written, **to_come))
        assert found.decided_to_told.seconds == pytest.approx(5 * 86_400)
        assert found.interviewed_told[Way.OTHER, Window.NARROW] == 1
        assert not found.waiting


class TestAnswers:
    def test_the_first_answer_is_counted_by_how_long_it_took(self) -> None:
        found = figures(
            application(applied_at=ago(50), first_reply_at=ago(50) + HOUR),
            application(applied_at=ago(50), told_at=ago(49), first_reply_at=ago(48)),
            application(applied_at=ago(50), called_at=ago(2), told_at=ago(60)),
            application(applied_at=ago(200), first_reply_at=ago(90)),
            application(applied_at=ago(10), first_reply_at=ago(-1)),
            application(applied_at=ago(10)),
        )
        counts = dict(enumerate(found.first_reply.counts))
        assert {each for each in counts.items() if each[1]} == {(0, 1), (2, 1), (12, 1)}
        assert found.first_reply.seconds == pytest.approx(3_600 + 86_400 * 49)
        assert found.first_reply.total == 3

    def test_from_the_decision_to_the_answer_over_the_channel_that_is_due(self) -> None:
        no = {"status": Status.REJECTED, "decided_at": ago(10)}
        found = figures(
            application(**no, told_at=ago(9)),
            application(**no, told_at=ago(9), interviewed_at=ago(12)),
            application(**no, told_at=ago(9), interviewed_at=ago(12), called_at=ago(6)),
            application(
                **no,
                told_at=ago(2),
                told_by=Channel.PHONE,
                interviewed_at=ago(12),
                unreached_at=ago(9),
                last_written_at=ago(8),
            ),
            application(status=Status.CLOSED, decided_at=ago(3), told_at=ago(4)),
            application(status=Status.HIRED, decided_at=ago(3), told_at=ago(1)),
            application(status=Status.REJECTED, told_at=ago(1)),
            application(status=Status.REJECTED, decided_at=ago(99), told_at=ago(90)),
        )
        counts = dict(enumerate(found.decided_to_told.counts))
        assert {each for each in counts.items() if each[1]} == {
            *((0, 1), (2, 1), (3, 1), (5, 1))
        }
        assert found.decided_to_told.seconds == pytest.approx(7 * 86_400)

    def test_a_mail_is_timed_where_nobody_logs_calls(self) -> None:
        row = application(
            status=Status.REJECTED,
            decided_at=ago(10),
            told_at=ago(9),
            interviewed_at=ago(12),
        )
        found = figures(row, columns=ALL - {"called_at"})
        assert found.decided_to_told == Spread((0, 0, 1, *[0] * 10), 86_400)
        assert not found.interviewed_told

    def test_an_outcome_after_an_interview_is_told_by_phone_or_otherwise(self) -> None:
        no = {
            "status": Status.REJECTED,
            "interviewed_at": ago(70),
            "decided_at": ago(65),
        }
        found = figures(
            application(**no, told_at=ago(20), told_by=Channel.PHONE),
            application(**no, told_at=ago(20), called_at=ago(19)),
            application(**no, told_at=ago(20)),
            application(**no, told_at=ago(20), unreached_at=ago(21)),
            application(**no, told_at=ago(20), unreached_at=ago(30), called_at=ago(25)),
            application(**no, told_at=ago(60), told_by=Channel.EMAIL),
            application(**no, told_at=ago(91)),
            application(**no, told_at=ago(-1)),
            application(**no | {"status": Status.HIRED}, told_at=ago(20)),
            application(**no | {"interviewed_at": None}, told_at=ago(20)),
        )
        assert found.interviewed_told == {
            (Way.PHONE, Window.NARROW): 3,
            (Way.OTHER, Window.NARROW): 2,
            (Way.PHONE, Window.WIDE): 3,
            (Way.OTHER, Window.WIDE): 3,
        }

    @pytest.mark.parametrize(
        ("columns", "counts"),
        [
            ({}, (1, 1)),
            ({"applied_at": ago(29)}, (0, 0)),
            ({"applied_at": ago(30)}, (1, 1)),
            ({"applied_at": ago(120)}, (0, 0)),
            ({"status": Status.WITHDRAWN}, (0, 0)),
            ({"status": Status.HIRED}, (1, 0)),
            ({"first_reply_at": ago(1)}, (1, 0)),
            ({"told_at": ago(1)}, (1, 0)),
            ({"called_at": ago(1)}, (1, 0)),
            ({"called_at": ago(-1)}, (1, 1)),
        ],
    )
    def test_who_applied_a_month_ago_may_ask_for_an_answer(
        self, columns: dict[str, Any], counts: tuple[int, int]
    ) -> None:
        found = figures(application(**{"applied_at": ago(60)} | columns))
        never = found.never_answered[After.APPLICATION]
        assert (found.answerable[After.APPLICATION], never) == counts

    @pytest.mark.parametrize(
        ("columns", "counts"),
        [
            ({}, (1, 1)),
            ({"interviewed_at": None}, (0, 0)),
            ({"interviewed_at": ago(120)}, (0, 0)),
            ({"told_at": ago(99)}, (1, 0)),
            ({"last_reply_at": ago(40)}, (1, 1)),
            ({"last_reply_at": ago(39)}, (1, 0)),
            ({"called_at": ago(41)}, (1, 1)),
            ({"called_at": ago(1)}, (1, 0)),
            ({"status": Status.HIRED}, (1, 0)),
            ({"status": Status.WITHDRAWN}, (0, 0)),
        ],
    )
    def test_who_was_interviewed_is_answered_by_what_came_after(
        self, columns: dict[str, Any], counts: tuple[int, int]
    ) -> None:
        row = application(**{"interviewed_at": ago(40)} | columns)
        found = figures(row)
        never = found.never_answered[After.INTERVIEW]
        assert (found.answerable[After.INTERVIEW], never) == counts

    def test_what_the_source_never_tells_is_no_silence(self) -> None:
        row = application(applied_at=ago(60), interviewed_at=ago(50))
        found = figures(row, columns={"applied_at", "interviewed_at", "last_reply_at"})
        assert found.answerable == {After.INTERVIEW: 1}


class TestSurveys:
    def test_answers_are_parted_by_how_the_outcome_was_told(self) -> None:
        asked = {"applied_at": ago(60), "survey_at": ago(5)}
        in_time = five(**asked, first_reply_at=ago(59), told_at=ago(10), survey_score=9)
        late = [
            *five(**asked, first_reply_at=ago(40), told_at=ago(10), survey_score=8),
            application(**asked, told_at=ago(10), survey_score=6),
        ]
        never = five(**asked, told_at=ago(4), survey_score=0)
        found = figures(*in_time, *late, *never).surveys
        assert found == {
            ("in_time", "promoter"): 5,
            ("late", "passive"): 5,
            ("late", "detractor"): 1,
            ("never", "detractor"): 5,
        }

    def test_a_promise_that_was_broken_later_did_not_hurt_yet(self) -> None:
        asked = {"applied_at": ago(60), "survey_at": ago(50), "told_at": ago(55)}
        again = rulebook({"clock": "{starts: last_inbound_at, stops: called_at}"})
        rows = five(**asked, last_inbound_at=ago(45), survey_score=10)
        assert figures(*rows, rules=again).surveys == {("in_time", "promoter"): 5}

    @pytest.mark.parametrize(
        "columns",
        [
            {"survey_at": None},
            {"survey_at": ago(180)},
            {"survey_at": ago(-1)},
            {"survey_score": None},
            {"survey_score": 11},
        ],
    )
    def test_what_is_no_answer_of_late_is_left_out(
        self, columns: dict[str, Any]
    ) -> None:
        plain = {"survey_at": ago(1), "survey_score": 3, "told_at": ago(2)}
        assert not figures(*five(**plain | columns)).surveys

    def test_few_answers_are_not_shown(self) -> None:
        row = {"survey_at": ago(1), "survey_score": 3, "told_at": ago(2)}
        assert not figures(*five(**row)[:4]).surveys


class TestDuties:
    def due(self, *rows: Application, **changed: str) -> Any:
        return figures(*rows, rules=rulebook(LEGAL | changed)).legal

    def missed(
        self, *rows: Application, lag: timedelta = timedelta(0), **changed: str
    ) -> Any:
        return figures(*rows, rules=rulebook(LEGAL | changed), lag=lag).legal_missed

    def test_the_next_deadline_is_that_of_the_first_who_still_waits(self) -> None:
        ca = {"country": "CA"}
        found = self.due(
            application(**ca, interviewed_at=ago(9)),
            application(**ca, interviewed_at=ago(40)),
            application(**ca, interviewed_at=ago(41), told_at=ago(1)),
            application(country="NO", interviewed_at=ago(44)),
            application(**ca, interviewed_at=ago(-1)),
            application(**ca),
        )
        assert found == {"first-reply": ago(-5)}

    @pytest.mark.parametrize("more", ["", ", pauses: {waiting_on: candidate}"])
    def test_one_that_was_missed_does_not_hide_the_next(self, more: str) -> None:
        clock = f"{{starts: interviewed_at, stops: told_at{more}}}"
        rows = [
            application(application_id=str(n), country="CA", interviewed_at=ago(days))
            for n, days in enumerate([500, 60, 46, 45, 43])
        ]
        assert self.due(*rows, clock=clock) == {"first-reply": NOW}
        assert self.missed(*rows, clock=clock) == {"first-reply": 2}
        assert self.due(*rows[:3], clock=clock) == {}

    def test_that_none_was_missed_is_a_zero(self) -> None:
        rows = [application(country="CA", interviewed_at=ago(9))]
        assert list(self.missed(*rows).items()) == [("first-reply", 0)]
        assert not figures(*rows).legal_missed

    def test_what_may_still_reach_the_source_was_not_missed(self) -> None:
        row = application(country="CA", interviewed_at=ago(45.5))
        assert self.missed(row) == {"first-reply": 1}
        assert self.missed(row, lag=DAY) == {"first-reply": 0}

    def test_a_row_that_stands_twice_missed_one_deadline(self) -> None:
        row = application(country="CA", interviewed_at=ago(60))
        assert self.missed(row, row) == {"first-reply": 1}

    def test_nobody_waits_so_nothing_is_due(self) -> None:
        assert self.due(application(country="CA")) == {}

    def test_who_is_exempt_or_from_before_the_rule_has_no_deadline(self) -> None:
        rows = [
            application(country="CA", interviewed_at=ago(9)),
            application(country="CA", interviewed_at=ago(8), internal=True),
        ]
        assert (
            self.due(*rows, effective_from="2026-09-17", exempt="{internal: true}")
            == {}
        )

    def test_a_promised_day_is_held_as_it_stands(self) -> None:
        clock = "{starts: interviewed_at, stops: told_at, due: promised_at}"
        ca = {"country": "CA", "interviewed_at": ago(9)}
        rows = [
            application(**ca, promised_at=ago(-4)),
            application(**ca, promised_at=ago(-2)),
            application(**ca, promised_at=ago(-3)),
            application(**ca, promised_at=ago(10)),
            application(**ca),
        ]
        assert self.due(*rows, clock=clock, target="") == {"first-reply": ago(-2)}


class TestFolding:
    def test_a_department_is_named_from_five_applications_on(self) -> None:
        rows = [application(department="Few") for _ in range(4)]
        rows += [application(department=" ") for _ in range(3)]
        rows += [application(department=None) for _ in range(2)]
        rows += [application(department='a"b\nc') for _ in range(6)]
        found = figures(*rows)
        assert sum(found.waiting.values()) == 15
        # Four are too few to hide among: the smallest of the named joins them.
        assert {key[0] for key in found.waiting} == {"other", 'a"b\nc'}

    def test_departments_beyond_the_cap_are_others(self) -> None:
        rows = [application(department=f"D{n % 1_000}") for n in range(6_000)]
        found = figures(*rows, departments=3)
        assert {key[0] for key in found.waiting} == {"D0", "D1", "D10", "other"}

    def test_promises_are_folded_by_their_cases(self) -> None:
        kept = [
            application(applied_at=ago(20), first_reply_at=ago(18), department=name)
            for name in ["Sales"] * 6 + ["Care"] * 5
        ]
        quiet = [application(applied_at=ago(1), department="Care") for _ in range(9)]
        late = [
            application(applied_at=ago(days), department="IT", first_reply_at=ago(30))
            for days in [70] * 5 + [100] * 3 + [44] * 2
        ]
        found = figures(*kept, *quiet, *late)
        rule = "first-reply"
        assert found.promises[rule, "Sales", Window.WIDE] == Kept(6, 6)
        assert found.promises[rule, "IT", Window.WIDE] == Kept(10, 2)
        assert (rule, "IT", Window.NARROW) not in found.promises
        assert found.promises[rule, "Care", Window.NARROW] == Kept(5, 5)

    def test_each_window_is_folded_by_its_own_cases(self) -> None:
        old = [
            application(applied_at=ago(80), told_at=ago(75), department="Health")
            for _ in range(4)
        ]
        late = application(applied_at=ago(20), department="Health")
        new = [
            application(applied_at=ago(20), told_at=ago(19), department=name)
            for name in ["School"] * 9 + ["Care"] * 5
        ]
        found = figures(*old, late, *new).promises
        rule = "first-reply"
        assert found == {
            (rule, "Health", Window.WIDE): Kept(5, 4),
            (rule, "School", Window.WIDE): Kept(9, 9),
            (rule, "Care", Window.WIDE): Kept(5, 5),
            # One late of Health alone could be told by name; Care keeps them company.
            (rule, "other", Window.NARROW): Kept(6, 5),
            (rule, "School", Window.NARROW): Kept(9, 9),
        }

    def test_the_only_few_there_are_stand_alone(self) -> None:
        rows = [application(applied_at=ago(20), told_at=ago(19)) for _ in range(3)]
        found = figures(*rows, *five(applied_at=ago(80), told_at=ago(79))).promises
        assert found == {
            ("first-reply", "other", Window.NARROW): Kept(3, 3),
            ("first-reply", "Health", Window.WIDE): Kept(8, 8),
        }


class TestLookback:
    """What a source forgets is not counted as if it had never been."""

    def rows(self) -> Iterable[Application]:
        for number in range(5):
            yield application(
                application_id=str(number),
                applied_at=ago(60),
                status=Status.REJECTED,
                interviewed_at=ago(50),
                decided_at=ago(30),
                told_at=ago(20),
                told_by=Channel.PHONE,
                survey_at=ago(9),
                survey_score=9,
            )

    def found(self, days: int) -> Figures:
        rules = rulebook({}, {"id": "slow", "target": "20 days"})
        return figures(*self.rows(), rules=rules, lookback=days * DAY)

    @pytest.mark.parametrize(
        ("days", "rules"),
        [
            (180, ["first-reply 90d", "slow 90d"]),
            (110, ["first-reply 90d", "slow 90d"]),
            (109, ["first-reply 90d"]),
            (104, ["first-reply 90d"]),
            (103, []),
        ],
    )
    def test_a_promise_is_counted_where_who_was_decided_then_is_still_told(
        self, days: int, rules: list[str]
    ) -> None:
        found = self.found(days).promises
        assert sorted(f"{rule} {window}" for rule, _, window in found) == rules

    @pytest.mark.parametrize(
        ("days", "counts"),
        [
            (180, (True, True, True, True)),
            (179, (True, True, True, False)),
            (120, (True, True, True, False)),
            (119, (True, True, False, False)),
            (90, (True, True, False, False)),
            (89, (True, False, False, False)),
            (30, (True, False, False, False)),
            (29, (False, False, False, False)),
        ],
    )
    def test_each_figure_needs_its_own(
        self, days: int, counts: tuple[bool, ...]
    ) -> None:
        found = self.found(days)
        narrow, wide = (
            any(each is window for _, each in found.interviewed_told)
            for window in Window
        )
        lengths = {found.first_reply.total > 0, found.decided_to_told.total > 0}
        assert lengths == {wide}
        asked = bool(found.answerable)
        assert (narrow, wide, asked, bool(found.surveys)) == counts
        assert bool(found.never_answered) is asked

    def test_who_waits_now_is_known_in_any_case(self) -> None:
        rows = five(applied_at=ago(60))
        [short, long] = [figures(*rows, lookback=n * DAY) for n in (1, 180)]
        assert (short.waiting, short.overdue) == (long.waiting, long.overdue)

    @pytest.mark.parametrize(
        ("target", "columns", "days"),
        [
            ("14 days", {"survey_at"}, 180),
            ("14 days", set(), 120),
            ("45 days", set(), 135),
            ("100 days", {"survey_at"}, 190),
        ],
    )
    def test_the_shortest_that_is_right_is_that_of_the_longest_figure(
        self, target: str, columns: set[str], days: int
    ) -> None:
        rules = rulebook({"target": target}).rules
        assert reach.needed(rules, columns) == days * DAY

    def test_promises_that_nobody_can_count_need_none(self) -> None:
        clock = "{starts: {latest: [applied_at, last_reply_at]}, stops: last_reply_at}"
        rules = rulebook({"clock": clock, "target": "200 days"}).rules
        assert reach.needed(rules, set()) == 120 * DAY


class TestWhatMayBeWritten:
    @pytest.mark.parametrize("word", ["maybe", "'true'", "1", "[true]"])
    def test_a_rule_is_legal_or_it_is_not(self, word: str) -> None:
        with pytest.raises(ConfigError, match="legal"):
            rulebook({"legal": word})

    def test_a_rule_is_not_legal_unless_it_says_so(self) -> None:
        plain, legal = rulebook({}, {"id": "b", "legal": "true"}).rules
        assert (plain.legal, legal.legal) == (False, True)

    @pytest.mark.parametrize(
        ("key", "value"),
        [("departments", 0), ("departments", "1.5"), ("goal", 1.01), ("goal", -0.1)],
    )
    def test_the_cap_and_the_goal_are_what_they_can_be(
        self, key: str, value: object
    ) -> None:
        with pytest.raises(ValidationError, match=key):
            MetricsSettings.model_validate({key: value})

    def test_a_hundred_departments_and_nineteen_of_twenty_promises(self) -> None:
        plain = MetricsSettings()
        assert (plain.departments, plain.goal) == (100, 0.95)
