"""Whatever the polls see: one open alert a key, and no step twice."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor import alerts, cycle
from monitor.alerts import Alert, Change, HandError, Reason, State
from monitor.evaluate import NOTHING, Ending, Finding, Late, Verdict
from monitor.model import Application, Status
from monitor.rules import Rule
from tests.builders import alert, application, at, calendar, check, finding, rule
from tests.laws.offices import law
from tests.unit.alerts.moves import MOVES

RULE = rule(
    when="{status: open, department: {not: Alumni}}",
    clock="{starts: last_inbound_at, stops: last_reply_at}",
    target="5 days",
    backlog="20 days",
    ladder="""[
      {at: 2 days before, tell: owner},
      {at: target, tell: owner, repeat: {every: 1 day, at_most: 2}},
      {at: 5 days after, tell: "#leads"}]""",
)
RELADDERED = replace(RULE, firings=(RULE.firings[0], *RULE.firings[2:]))
RETARGETED = replace(RULE, target=rule(target="8 days").target)
START = at("2026-09-07 09:00")
RANK = {State.WARNING: 0, State.BREACHED: 1, State.ESCALATED: 2}


@dataclass
class Ledger:
    """All alerts there ever were, as the store keeps them, without a store."""

    alerts: list[Alert] = field(default_factory=list)
    told: list[tuple[int | None, datetime, int]] = field(default_factory=list)

    def open(self) -> dict[tuple[str, str], Alert]:
        found = [each for each in self.alerts if each.is_open]
        by_key = {each.key: each for each in found}
        assert len(found) == len(by_key), "two open alerts of one key"
        return by_key

    def closed(self, seen: Finding) -> Alert | None:
        key = (seen.rule, seen.application_id, seen.started_at)
        for each in self.alerts:
            of = each.seen
            if (of.rule, of.application_id, of.started_at) == key and not each.is_open:
                return each
        return None

    def keep(self, changes: Iterable[Change]) -> None:
        for change in changes:
            made = change.alert
            if made.id is None:
                made = replace(made, id=len(self.alerts))
                self.alerts.append(made)
            old = self.alerts[made.id or 0]
            self._check(old, change)
            self.alerts[made.id or 0] = made
            if change.firing is not None:
                self.told.append((made.id, made.seen.started_at, change.firing))

    def _check(self, old: Alert, change: Change) -> None:
        """Check the chain of transitions, and that nothing goes back by itself."""
        steps = change.transitions
        assert {(each.before, each.after, each.reason) for each in steps} <= MOVES
        for before, after in itertools.pairwise(steps):
            assert before.after == after.before
        if steps:
            assert steps[-1].after == change.alert.state
            assert steps[0].before in {None, old.state}
        else:
            assert change.alert.state == old.state
        assert change.alert.step >= old.step
        reasons = {each.reason for each in steps}
        if old.is_open and change.alert.is_open and Reason.RETARGETED not in reasons:
            assert RANK[change.alert.state] >= RANK[old.state]

    def poll(self, rows: list[Application], now: datetime, retargeted: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Do what a cycle does, with a list for a store."""
        made_of = RETARGETED if retargeted else RULE
        open_alerts: dict[tuple[str, str], Alert | None] = {**self.open()}
        count = {RULE.id: len(open_alerts)}
        made = cycle.plan(
            rows, (check(made_of, now),), open_alerts=open_alerts, now=now
        )
        for unseen in filter(None, open_alerts.values()):
            made.closings.append((unseen, alerts.miss(unseen, now=now)))
        guarded = alerts.guard(made.closings, count)
        self.keep([*made.changes, *guarded.changes])
        fresh = (
            alerts.open_alert("ats", each, made_of, closed=self.closed(each), now=now)
            for each in guarded.allowed(made.fresh)
        )
        self.keep([change for change in fresh if change])


instants = st.sampled_from([START, START + timedelta(days=3)])
rows = st.builds(
    application,
    application_id=st.sampled_from([f"A{n}" for n in range(9)]),
    last_inbound_at=instants,
    last_reply_at=st.none() | st.just(START + timedelta(days=9)),
    status=st.sampled_from([Status.OPEN, Status.OPEN, Status.HIRED]),
    department=st.sampled_from(["Health", "Health", "Alumni"]),
)
crowds = st.lists(rows, unique_by=lambda row: row.application_id) | st.builds(
    lambda row: [row._replace(application_id=f"A{n}") for n in range(9)], rows
)
polls = st.lists(
    st.tuples(
        crowds,
        st.sampled_from([0, 1, 24, 24 * 7]),
        st.booleans(),
    ),
    max_size=12,
)


@law
@given(polls)
def test_any_polls_leave_one_open_alert_a_key_and_tell_no_step_twice(
    seen: list[tuple[list[Application], int, bool]],
) -> None:
    ledger, now = Ledger(), START + timedelta(days=4)
    for read, hours, retargeted in seen:
        now += timedelta(hours=hours)
        ledger.poll(read, now, retargeted)
        ledger.open()
    assert len(ledger.told) == len(set(ledger.told))


@law
@given(polls, crowds)
def test_a_poll_that_sees_the_same_again_changes_only_what_it_counts(
    seen: list[tuple[list[Application], int, bool]], last: list[Application]
) -> None:
    ledger, now = Ledger(), START + timedelta(days=4)
    for read, hours, retargeted in [*seen, (last, 1, False)]:
        now += timedelta(hours=hours)
        ledger.poll(read, now, retargeted)
    open_alerts: dict[tuple[str, str], Alert | None] = {**ledger.open()}
    made = cycle.plan(last, (check(RULE, now),), open_alerts=open_alerts, now=now)
    assert made.changes == []


# --- one alert, any findings ---

findings = st.builds(
    finding,
    late=st.sampled_from(Late),
    step=st.integers(NOTHING, len(RULE.firings) - 1),
    due_at=st.sampled_from([START, START + timedelta(days=1)]),
    backlog=st.booleans(),
    owner=st.sampled_from(["a@example.org", "b@example.org", None]),
)


@law
@given(findings, st.lists(findings, max_size=8))
def test_the_same_finding_twice_changes_nothing_the_second_time(
    first: Finding, rest: list[Finding]
) -> None:
    change = alerts.open_alert("ats", first, RULE, closed=None, now=START)
    assert (change is None) == first.backlog
    for seen in rest if change else []:
        assert change is not None
        last = change.alert
        change = alerts.advance(last, seen, RULE, now=START) or Change(last, ())
        assert alerts.advance(change.alert, seen, RULE, now=START) is None


@law
@given(findings, st.lists(findings, max_size=8))
def test_states_and_steps_go_back_only_by_a_new_target(
    first: Finding, rest: list[Finding]
) -> None:
    now = alert(seen=alerts.remember(alert(seen=first)).seen)
    for seen in rest:
        change = alerts.advance(now, seen, RULE, now=START)
        if change is None:
            continue
        assert change.alert.step >= now.step
        assert change.firing is None or change.firing > now.step
        if RANK[change.alert.state] < RANK[now.state]:
            assert change.transitions[0].reason is Reason.RETARGETED
            assert change.alert.seen.due_at != now.seen.due_at
        assert change.firing is None or not seen.backlog
        now = change.alert


@law
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4))), st.integers(0, 60))
def test_a_guard_neither_loses_nor_invents_a_closing(
    drawn: list[tuple[int, int]], opened: int
) -> None:
    closings = []
    for number, (rule_number, polls_before) in enumerate(drawn):
        each = alert(id=number, rule=f"r{rule_number}", closing_polls=polls_before)
        verdict = Verdict(Ending.STOPPED, START)
        closings.append((each, alerts.settle(each, verdict)))
    guarded = alerts.guard(closings, {f"r{n}": opened for n in range(4)})
    assert [each.alert.id for each in guarded.changes] == list(range(len(drawn)))
    held = [each.alert for each in guarded.changes if each.alert.is_open]
    assert sum(guarded.held.values()) == len(held)
    for each in held:
        wanted = sum(f"r{n}" == each.seen.rule for n, _ in drawn)
        assert wanted > max(5, 0.3 * opened)
        assert each.closing_polls < 3


# --- what a person lays over an alert ---

overlays = st.sampled_from(["snooze", "acknowledge", "nothing"])
deeds = st.lists(
    st.tuples(findings, overlays, st.integers(1, 72), st.integers(0, 100)), max_size=12
)


def lay(one: Alert, deed: str, hours: int, now: datetime) -> Change | None:
    """Return what a person's hand does, or None where it is refused."""
    until, how = now + timedelta(hours=hours), {"actor": "a@example.org", "reason": ""}
    try:
        if deed == "snooze":
            return alerts.snooze(one, RULE, until, calendar=calendar(), **how, now=now)
        if deed == "acknowledge":
            return alerts.acknowledge(one, RULE, calendar=calendar(), **how, now=now)
    except HandError:
        return None
    return None


@law
@given(findings, deeds)
def test_no_overlay_ever_changes_what_the_polls_make_of_an_alert(
    first: Finding, after: list[tuple[Finding, str, int, int]]
) -> None:
    start = alert(seen=alerts.remember(alert(seen=first)).seen)
    plain, laid, now = start, start, START
    for seen, deed, hours, later in after:
        now += timedelta(hours=later)
        change = lay(laid, deed, hours, now)
        if change:
            assert {each.after for each in change.transitions} == {laid.state}
            assert change.firing is None
            assert not change.turns
            laid = change.alert
        made = [alerts.advance(each, seen, RULE, now=now) for each in (plain, laid)]
        told = [each and (each.transitions, each.firing) for each in made]
        assert told[0] == told[1]
        plain, laid = (
            each.alert if each else kept
            for each, kept in zip(made, (plain, laid), strict=True)
        )
        bare = replace(laid, overlay=None, overlay_until=None, snoozes=0)
        assert bare == plain
    assert laid.snoozes <= RULE.snooze.at_most


@law
@given(findings, st.lists(findings, max_size=8), st.sampled_from([RULE, RELADDERED]))
def test_what_is_passed_over_in_haste_would_have_changed_nothing(
    first: Finding, rest: list[Finding], later: Rule
) -> None:
    now = alert(seen=alerts.remember(alert(seen=first)).seen)
    for seen in rest:
        change = alerts.advance(now, seen, RULE, now=START)
        now = change.alert if change else now
        known = seen._replace(step=min(seen.step, len(later.firings) - 1))
        # An alert that was missed is never passed over: the long way.
        missed = replace(now, closing_polls=1)
        slow = alerts.advance(missed, known, later, now=START)
        assert slow is not None
        is_same = slow.alert == now and not slow.transitions
        assert (alerts.advance(now, known, later, now=START) is None) == is_same
