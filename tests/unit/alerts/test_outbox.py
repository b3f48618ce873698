"""Who is told what and when, and how long a failed try waits."""

from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import configuration, outbox
from monitor.alerts import Change
from monitor.evaluate import NOTHING
from monitor.outbox import NOBODY, Digests, Notice
from monitor.rules import Kind, Rule
from monitor.settings import PeopleSettings
from tests.builders import INGRID, PER, alert, at, calendar, rule

LEADS = "#recruiting-leads"
PEOPLE = PeopleSettings(roles={"hr_lead": "tuva@example.org"}, fallback="#ops")
DIGESTS = Digests(calendar(), time(9))
RULES = Path(__file__).parents[3] / "rules"


def owe(
    made: Rule,
    firing: int | None,
    due: str,
    /,
    *,
    climbed_from: int = NOTHING,
    now: str = "2026-09-28 10:00",
    heard: str | None = None,
    **seen: Any,
) -> list[Notice]:
    change = Change(alert(step=firing, **seen), (), firing, climbed_from)
    notices = outbox.owe(
        change,
        made,
        people=PEOPLE,
        digests=DIGESTS,
        due_at=at(due),
        now=at(now),
        announced=lambda _, __: at(heard) if heard else None,
    )
    return list(notices)


def test_the_settings_say_when_digests_go_out(tmp_path: Path) -> None:
    (tmp_path / "svar.yaml").write_text(
        "sources: [{name: ats, url: 'sqlite:///ats.db', mapping: standard, timezone: UTC}]\n"
        f"rules: {RULES}\n"
        "calendar: {timezone: Asia/Tokyo}\n"
        "slack: {digest_at: '10:30'}\n",
        encoding="utf-8",
    )
    digests = Digests.configured(configuration.read(tmp_path / "svar.yaml", {}))
    assert digests.slot(at("2026-09-28 14:00")) == at("2026-09-29 03:30")
    assert not digests.zones


# --- who ---


@pytest.mark.parametrize(
    ("tell", "seen", "expected"),
    [
        pytest.param("owner", {"owner": PER}, [PER], id="who has the ball"),
        pytest.param("owner", {"owner": "hr_lead"}, ["tuva@example.org"], id="a role"),
        pytest.param("recruiter", {"owner": PER}, [INGRID], id="the recruiter"),
        pytest.param("manager", {}, [PER], id="the manager"),
        pytest.param("decided_by", {"decided_by": "d@x.no"}, ["d@x.no"], id="decider"),
        pytest.param("hr_lead", {}, ["tuva@example.org"], id="a named role"),
        pytest.param("liv@example.org", {}, ["liv@example.org"], id="a person"),
        pytest.param(f"'{LEADS}'", {}, [LEADS], id="a channel"),
        pytest.param("owner", {"owner": None}, ["#ops"], id="nobody has the ball"),
        pytest.param("owner", {"owner": ""}, ["#ops"], id="an empty name"),
        pytest.param("[manager, recruiter]", {}, [PER, INGRID], id="several, in order"),
        pytest.param("[owner, recruiter]", {}, [INGRID], id="one person, told once"),
        pytest.param(
            "[manager, decided_by]", {"manager": None}, ["#ops"], id="two unknown"
        ),
    ],
)
def test_a_step_tells_whom_the_ladder_names(
    tell: str, seen: dict[str, Any], expected: list[str]
) -> None:
    made = rule(ladder=f"[{{at: 1 day after, tell: {tell}}}]")
    last = len(made.firings) - 1
    seen |= {"heard": "2026-09-18 09:00"}  # so that a channel may hear now
    found = owe(made, last, "2026-09-21 08:30", climbed_from=last - 1, **seen)
    assert [each.recipient for each in found] == expected


def test_without_a_fallback_nobody_is_told_and_that_is_said() -> None:
    missing = alert(recruiter=None, owner=None).seen
    told = outbox.recipients(rule(), 0, missing, PeopleSettings())
    assert list(told) == [NOBODY]


def test_no_step_no_notice() -> None:
    assert owe(rule(), None, "2026-09-21 08:30") == []


def test_a_notice_says_which_step_it_is_about() -> None:
    [found] = owe(rule(), 0, "2026-09-21 08:30")
    assert found == Notice(
        rule().firings[0].name, Kind.BREACH, INGRID, at("2026-09-21 09:00")
    )


PUBLIC = rule(ladder=f"[{{at: 5 working days after, tell: [recruiter, '{LEADS}']}}]")
WARNED, SHOWN = 0, 1


def test_the_owner_hears_a_working_day_before_it_becomes_public() -> None:
    [first] = owe(PUBLIC, WARNED, "2026-09-25 09:00", owner=PER)
    assert first == Notice(
        PUBLIC.firings[WARNED].name, Kind.HEADS_UP, PER, at("2026-09-25 09:00")
    )
    heard = "2026-09-25 09:00"
    told = owe(
        PUBLIC, SHOWN, "2026-09-28 09:00", heard=heard, climbed_from=WARNED, owner=PER
    )
    assert told == [
        Notice(
            PUBLIC.firings[SHOWN].name, Kind.ESCALATION, INGRID, at("2026-09-28 09:00")
        ),
        Notice(
            PUBLIC.firings[SHOWN].name,
            Kind.ESCALATION,
            LEADS,
            at("2026-09-28 09:00"),
            PUBLIC.firings[WARNED].name,
        ),
    ]


def test_a_skipped_heads_up_holds_back_what_is_public_and_nothing_else() -> None:
    late = "2026-10-05 08:30"
    assert owe(PUBLIC, SHOWN, "2026-09-28 09:00", now=late, owner=PER) == [
        Notice(PUBLIC.firings[WARNED].name, Kind.HEADS_UP, PER, at("2026-09-28 09:00")),
        Notice(
            PUBLIC.firings[SHOWN].name, Kind.ESCALATION, INGRID, at("2026-09-28 09:00")
        ),
        Notice(
            PUBLIC.firings[SHOWN].name,
            Kind.ESCALATION,
            LEADS,
            at("2026-10-06 09:00"),
            PUBLIC.firings[WARNED].name,
        ),
    ]


@pytest.mark.parametrize(
    ("recipient", "channel"), [(LEADS, True), (INGRID, False), (NOBODY, False)]
)
def test_a_channel_is_told_from_a_person(recipient: str, *, channel: bool) -> None:
    assert outbox.is_channel(recipient) == channel


def test_a_repeat_of_a_public_step_needs_the_same_heads_up() -> None:
    again = "repeat: {every: 1 working day, at_most: 2}"
    made = rule(ladder=f"[{{at: 5 working days after, tell: '{LEADS}', {again}}}]")
    last = len(made.firings) - 1
    told = owe(made, last, "2026-09-30 09:00", now="2026-10-05 08:30", owner=PER)
    assert [each.recipient for each in told] == [PER, LEADS]
    heard = "2026-09-25 09:00"
    told = owe(made, last, "2026-09-30 09:00", climbed_from=WARNED, heard=heard)
    assert [each.recipient for each in told] == [LEADS]


@pytest.mark.parametrize(
    ("heard", "public"),
    [
        pytest.param("2026-09-25 09:00", "2026-09-28 09:00", id="in time"),
        pytest.param("2026-09-25 15:59", "2026-09-28 09:00", id="late that day"),
        pytest.param("2026-09-28 09:00", "2026-09-29 09:00", id="the same morning"),
        pytest.param("2026-09-26 03:00", "2026-09-28 09:00", id="at the weekend"),
        pytest.param(None, "2026-09-29 09:00", id="never"),
    ],
)
def test_it_is_public_a_working_day_after_the_owner_really_heard(
    heard: str | None, public: str
) -> None:
    told = owe(
        PUBLIC, SHOWN, "2026-09-28 09:00", heard=heard, climbed_from=WARNED, owner=PER
    )
    assert [each.due_at for each in told if each.recipient == LEADS] == [at(public)]
    assert (PER in {each.recipient for each in told}) is (heard is None)


# --- when ---


@pytest.mark.parametrize(
    ("due", "slot"),
    [
        pytest.param("2026-09-21 08:59", "2026-09-21 09:00", id="before it, today"),
        pytest.param("2026-09-21 09:00", "2026-09-21 09:00", id="just then, today"),
        pytest.param("2026-09-21 09:01", "2026-09-22 09:00", id="after it, tomorrow"),
        pytest.param("2026-09-18 12:00", "2026-09-21 09:00", id="Friday, so Monday"),
        pytest.param("2026-09-19 03:00", "2026-09-21 09:00", id="at the weekend"),
        pytest.param("2026-10-08 10:00", "2026-10-12 09:00", id="a closed Friday"),
        pytest.param("2026-10-23 10:00", "2026-10-26 09:00", id="over a clock change"),
    ],
)
def test_the_next_digest_is_on_a_working_day(due: str, slot: str) -> None:
    digests = Digests(calendar(date(2026, 10, 9)), time(9))
    assert digests.slot(at(due)) == at(slot)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        pytest.param("2026-09-21 08:30", None, id="open, but before the hour"),
        pytest.param("2026-09-21 09:00", date(2026, 9, 21), id="the hour"),
        pytest.param("2026-09-21 15:59", date(2026, 9, 21), id="until closing"),
        pytest.param("2026-09-21 16:00", None, id="closed"),
        pytest.param("2026-09-20 12:00", None, id="Sunday"),
        pytest.param("2026-09-21 01:00", None, id="night"),
    ],
)
def test_digests_go_out_only_while_people_work(now: str, day: date | None) -> None:
    assert DIGESTS.day(at(now)) == day


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        pytest.param("2026-09-21 09:00", None, id="now"),
        pytest.param("2026-09-21 08:30", "2026-09-21 09:00", id="at the hour"),
        pytest.param("2026-09-21 16:00", "2026-09-22 09:00", id="tomorrow"),
        pytest.param("2026-09-25 17:00", "2026-09-28 09:00", id="on Monday"),
    ],
)
def test_it_is_known_when_digests_go_out_again(now: str, opens: str | None) -> None:
    assert DIGESTS.opens(at(now)) == (at(opens) if opens else None)


def test_a_digest_hour_before_opening_waits_for_people() -> None:
    early = Digests(calendar(), time(7))
    assert early.slot(at("2026-09-21 06:00")) == at("2026-09-21 07:00")
    assert early.opens(at("2026-09-21 06:00")) == at("2026-09-21 08:00")
    assert early.day(at("2026-09-21 08:00")) == date(2026, 9, 21)


# --- again ---


@pytest.mark.parametrize("key", ["a", "b", "8f31"])
def test_each_wait_doubles_up_to_five_minutes_give_or_take_a_quarter(key: str) -> None:
    for attempts in range(1, 40):
        base = min(5 * 2 ** (attempts - 1), 300)
        wait = outbox.retry_in(attempts, key) / timedelta(seconds=base)
        assert 0.75 <= wait <= 1.25


def test_a_wait_is_the_same_each_time_it_is_asked_for() -> None:
    assert outbox.retry_in(3, "key") == outbox.retry_in(3, "key")


def test_waits_are_spread_over_keys_and_attempts() -> None:
    base = timedelta(seconds=300)
    waits = [outbox.retry_in(20, f"key {n}") / base for n in range(200)]
    assert min(waits) < 0.8
    assert max(waits) > 1.2
    assert len({outbox.retry_in(attempts, "key") for attempts in range(7, 20)}) == 13


# --- at once, and elsewhere ---

URGENT = rule(ladder="[{at: target, tell: owner, now: true}]")


def test_an_urgent_step_is_due_when_it_falls_due() -> None:
    [found] = owe(URGENT, 0, "2026-09-28 09:40", now="2026-09-28 10:00")
    assert (found.is_now, found.due_at) == (True, at("2026-09-28 09:40"))


def test_what_fell_due_long_ago_is_no_news_and_goes_with_the_digest() -> None:
    [found] = owe(URGENT, 0, "2026-09-28 08:59", now="2026-09-28 10:00")
    assert (found.is_now, found.due_at) == (False, at("2026-09-28 09:00"))


def test_an_urgent_step_repeats_urgently_and_its_heads_up_is_not() -> None:
    again = "repeat: {every: 1 working day, at_most: 1}"
    made = rule(
        ladder=f"[{{at: 5 working days after, tell: '{LEADS}', now: true, {again}}}]"
    )
    assert [each.is_now for each in made.firings] == [False, True, True]


def test_a_public_step_waits_for_its_heads_up_however_urgent() -> None:
    made = rule(ladder=f"[{{at: 5 working days after, tell: '{LEADS}', now: true}}]")
    told = owe(made, 1, "2026-09-28 09:50", now="2026-09-28 10:00", owner=PER)
    [public] = [each for each in told if each.recipient == LEADS]
    assert public.due_at == at("2026-09-29 09:00")


@pytest.mark.parametrize(
    ("zone", "slot"),
    [
        pytest.param(None, "2026-09-28 09:00", id="at home"),
        pytest.param("America/New_York", "2026-09-28 15:00", id="to the west"),
        pytest.param("Asia/Tokyo", "2026-09-29 02:00", id="to the east"),
        pytest.param("Mars/Olympus", "2026-09-28 09:00", id="nowhere known"),
    ],
)
def test_a_digest_is_due_in_the_morning_of_its_reader(
    zone: str | None, slot: str
) -> None:
    digests = Digests(calendar(), time(9), {INGRID: zone} if zone else {})
    change = Change(alert(step=0), (), 0, NOTHING)
    [found] = outbox.owe(
        change,
        rule(),
        people=PEOPLE,
        digests=digests,
        due_at=at("2026-09-28 07:00"),
        now=at("2026-09-28 10:00"),
    )
    assert found.due_at == at(slot)
