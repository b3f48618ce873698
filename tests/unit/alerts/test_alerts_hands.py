"""What a person does to an alert by hand, and what the polls make of it afterwards."""

from datetime import datetime, timedelta

import pytest

from monitor import alerts
from monitor.alerts import Alert, Change, HandError, Overlay, Reason, State, Transition
from monitor.evaluate import Ending, Verdict
from monitor.rules import Rule
from tests.builders import INGRID, alert, application, at, calendar, finding, rule
from tests.unit.alerts.lives import Life

LADDER = """[
  {at: target, tell: owner, repeat: {every: 2 working days, at_most: 2}},
  {at: 8 working days after, tell: manager}]"""
RULE = rule(ladder=LADDER)
NEVER = rule(snooze="never")
NOW = at("2026-09-22 12:00")  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def snooze(
    one: Alert, until: datetime, *, of: Rule = RULE, now: datetime = NOW
) -> Change:
    return alerts.snooze(
        one,
        of,
        until,
        calendar=calendar(),
        actor=INGRID,
        reason="back on Monday",
        now=now,
    )


def acknowledge(one: Alert, *, of: Rule = RULE, now: datetime = NOW) -> Change:
    return alerts.acknowledge(one, of, calendar=calendar(), actor=INGRID, now=now)


def waive(one: Alert) -> Change:
    return alerts.waive(one, actor=INGRID, reason="a duplicate", now=NOW)


# --- put off ---


def test_a_snooze_says_who_until_when_and_why() -> None:
    change = snooze(alert(), NOW + DAY)
    assert change.alert == alert(
        overlay=Overlay.SNOOZED, overlay_until=NOW + DAY, snoozes=1
    )
    note = "until 2026-09-23T10:00:00+00:00; back on Monday"
    assert change.transitions == (
        Transition(
            State.BREACHED, State.BREACHED, Reason.SNOOZED, NOW, note, actor=INGRID
        ),
    )
    assert (change.firing, change.turns) == (None, False)


def test_a_snooze_is_quiet_until_its_time_and_no_longer() -> None:
    snoozed = snooze(alert(), NOW + DAY).alert
    found = [snoozed.is_quiet(each) for each in (NOW, NOW + DAY - HOUR, NOW + DAY)]
    assert found == [True, True, False]
    assert not alert().is_quiet(NOW)


@pytest.mark.parametrize(
    ("text", "until", "is_allowed"),
    [
        pytest.param("{longest: 3 days, at_most: 2}", NOW + 3 * DAY, True, id="all"),
        pytest.param(
            "{longest: 3 days, at_most: 2}", NOW + 3 * DAY + HOUR, False, id="longer"
        ),
        pytest.param(
            "{longest: 4 working days, at_most: 1}",
            at("2026-09-28 12:00"),
            True,
            id="over a weekend",
        ),
        pytest.param(
            "{longest: 3 working days, at_most: 1}",
            at("2026-09-28 12:00"),
            False,
            id="over a weekend, too far",
        ),
    ],
)
def test_the_longest_snooze_is_counted_on_the_clock_of_the_rule(
    text: str, until: datetime, *, is_allowed: bool
) -> None:
    of = rule(snooze=text)
    if is_allowed:
        assert snooze(alert(), until, of=of).alert.overlay_until == until
        return
    with pytest.raises(HandError, match=r"at most .*; what was asked for is longer"):
        snooze(alert(), until, of=of)


@pytest.mark.parametrize(
    ("at_most", "said"), [(1, "once"), (2, "twice"), (3, "3 times")]
)
def test_an_alert_is_snoozed_only_so_often(at_most: int, said: str) -> None:
    of, one = rule(snooze=f"{{longest: 3 days, at_most: {at_most}}}"), alert()
    for n in range(at_most):
        one = snooze(one, NOW + n * HOUR + HOUR, of=of, now=NOW + n * HOUR).alert
    with pytest.raises(HandError) as refused:
        snooze(one, NOW + 2 * DAY, of=of)
    expected = f"at most 3 days, {said}; this alert was snoozed {said} already"
    assert str(refused.value) == expected


@pytest.mark.parametrize(
    ("one", "of", "until", "said"),
    [
        pytest.param(alert(), NEVER, NOW + DAY, "is never put off", id="a legal clock"),
        pytest.param(alert(), RULE, NOW, "that time has passed", id="the past"),
        pytest.param(
            alert(state=State.RESOLVED, reason=Reason.LATE),
            RULE,
            NOW + DAY,
            r"closed already \(resolved, late\)",
            id="closed",
        ),
    ],
)
def test_what_cannot_be_put_off_says_why(
    one: Alert, of: Rule, until: datetime, said: str
) -> None:
    with pytest.raises(HandError, match=said):
        snooze(one, until, of=of)


def test_a_snoozed_alert_climbs_all_the_same() -> None:
    life, row = Life(RULE), application()
    life.poll("2026-09-21 09:05", row)
    assert life.alert is not None
    life.alert = snooze(life.alert, NOW + 3 * DAY).alert
    assert life.poll("2026-09-23 09:05", row) == ["breached step_due"]
    assert life.alert.overlay is Overlay.SNOOZED
    assert life.poll("2026-10-01 09:05", row) == ["escalated step_due"]
    assert life.told == ["target", "target", "8 working days after"]


def test_a_snooze_ends_with_its_alert_but_is_remembered() -> None:
    snoozed = snooze(alert(), NOW + DAY).alert
    closed = alerts.settle(snoozed, Verdict(Ending.STOPPED, NOW)).alert
    assert (closed.overlay, closed.overlay_until, closed.snoozes) == (None, None, 1)
    again = alerts.open_alert("ats", finding(), RULE, closed=closed, now=NOW)
    assert again is not None
    assert again.alert.snoozes == 1


# --- somebody is on it ---


def test_who_is_on_it_is_left_alone_for_as_long_as_a_snooze_lasts() -> None:
    change = acknowledge(alert())
    assert change.alert.overlay is Overlay.ACKNOWLEDGED
    assert change.alert.overlay_until == NOW + 3 * DAY
    assert change.alert.snoozes == 0
    assert [each.reason for each in change.transitions] == [Reason.ACKNOWLEDGED]


def test_who_is_on_it_is_heard_once() -> None:
    with pytest.raises(HandError, match="somebody is on this alert already"):
        acknowledge(acknowledge(alert()).alert, now=NOW + 30 * DAY)


def test_to_be_on_it_never_shortens_a_snooze() -> None:
    snoozed = snooze(alert(), NOW + 3 * DAY).alert
    taken = acknowledge(snoozed, now=NOW - DAY).alert
    assert taken.overlay_until == NOW + 3 * DAY


def test_a_legal_clock_goes_on_telling_who_is_on_it() -> None:
    change = acknowledge(alert(), of=NEVER)
    assert change.alert.overlay is Overlay.ACKNOWLEDGED
    assert not change.alert.is_quiet(NOW)
    assert change.transitions[0].note == ""


def test_nobody_is_on_what_is_closed() -> None:
    with pytest.raises(HandError, match="closed already"):
        acknowledge(alert(state=State.CANCELLED, reason=Reason.GONE))


# --- enough ---


def test_a_waived_alert_is_closed_by_its_actor() -> None:
    change = waive(snooze(alert(), NOW + DAY).alert)
    assert (change.alert.state, change.alert.reason) == (State.RESOLVED, Reason.WAIVED)
    assert (change.alert.overlay, change.turns) == (None, True)
    assert change.transitions == (
        Transition(
            State.BREACHED, State.RESOLVED, Reason.WAIVED, NOW, "a duplicate", INGRID
        ),
    )


def test_a_waived_alert_stays_closed_for_the_same_wait() -> None:
    closed = waive(alert()).alert
    later = finding(step=2)
    again = alerts.open_alert("ats", later, RULE, closed=closed, now=NOW + 9 * DAY)
    assert again is None


def test_what_was_waived_is_not_waived_again() -> None:
    with pytest.raises(HandError, match=r"closed already \(resolved, waived\)"):
        waive(waive(alert()).alert)


def test_a_new_wait_after_a_waived_one_is_a_new_alert() -> None:
    life = Life(rule(clock="{starts: last_inbound_at, stops: last_reply_at}"))
    wrote = application(last_inbound_at=at("2026-09-07 09:00"))
    life.poll("2026-09-21 09:05", wrote)
    assert life.alert is not None
    life.closed, life.alert = waive(life.alert).alert, None
    assert life.poll("2026-09-22 09:05", wrote) == []
    again = wrote._replace(last_inbound_at=at("2026-09-08 09:00"))
    found = life.poll("2026-09-22 09:10", again)
    assert found == ["breached opened", "breached step_due"]
