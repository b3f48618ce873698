"""What a cycle finds fast is what a slow reading of the rule says."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from monitor import evaluate
from monitor.errors import ConfigError
from monitor.evaluate import SKEW, Late
from monitor.model import Application, Ball, Status
from monitor.rules import Kind, Rule
from monitor.worktime import Calendar
from tests.builders import application, check, found_in, rule
from tests.laws.offices import TICK, Office, law, offices

UNITS = ("hours", "days", "working days", "working hours")
INSTANTS = ("applied_at", "shared_at", "waiting_since")
STOPS = ("first_reply_at", "told_at", "decided_at")
WHEN = (
    "{}",
    "{status: open}",
    "{status: [open, rejected], waiting_on: {not: candidate}}",
    "{interviewed_at: absent}",
    "{interviewed_at: present, department: Health}",
)

lengths = st.builds("{} {}".format, st.integers(1, 12), st.sampled_from(UNITS))
sides = st.sampled_from(["before", "after"])
offsets = st.just("target") | st.builds("{} {}".format, lengths, sides)
tells = st.sampled_from(["owner", "recruiter", "'#leads'"])
repeats = st.none() | st.builds(
    "{{every: {}, at_most: {}}}".format, lengths, st.integers(1, 3)
)
lags = st.sampled_from([timedelta(0), timedelta(minutes=30), timedelta(days=2)])
nudges = st.sampled_from([timedelta(0), TICK, -TICK]) | st.timedeltas(
    timedelta(days=-20), timedelta(days=20)
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Draw a rule; what no admin may write is left out."""
    steps = []
    for offset in draw(st.lists(offsets, min_size=1, max_size=4)):
        again = draw(repeats)
        repeat = f", repeat: {again}" if again else ""
        steps.append(f"{{at: {offset}, tell: {draw(tells)}{repeat}}}")
    starts = draw(st.lists(st.sampled_from(INSTANTS), min_size=1, unique=True))
    pick = draw(st.sampled_from(["latest", "earliest"]))
    stops = draw(st.lists(st.sampled_from(STOPS), min_size=1, unique=True))
    try:
        return rule(
            when=draw(st.sampled_from(WHEN)),
            clock=f"{{starts: {{{pick}: [{', '.join(starts)}]}}, "
            f"stops: [{', '.join(stops)}]}}",
            target=draw(lengths),
            ladder=f"[{', '.join(steps)}]",
            backlog=draw(lengths),
        )
    except ConfigError:
        assume(False)  # noqa: FBT003 - hypothesis' own word
        raise


@st.composite
def rows(draw: st.DrawFn, around: datetime) -> Application:
    """Draw an application whose instants lie near one another."""

    def instant() -> datetime:
        return around + draw(nudges)

    def maybe() -> datetime | None:
        return instant() if draw(st.booleans()) else None

    fields: dict[str, Any] = {name: maybe() for name in (*INSTANTS[1:], *STOPS)}
    return application(
        applied_at=instant(),
        status=draw(st.sampled_from(Status)),
        waiting_on=draw(st.none() | st.sampled_from(Ball)),
        interviewed_at=maybe(),
        department=draw(st.sampled_from(["Health", None])),
        **fields | ({} if draw(st.booleans()) else dict.fromkeys(STOPS)),
    )


def start_of(made: Rule, row: Application) -> datetime | None:
    known = [getattr(row, name) for name in made.clock.starts if getattr(row, name)]
    pick = max if made.clock.pick == "latest" else min
    return pick(known) if known else None


def holds(made: Rule, row: Application) -> bool:
    for condition in made.tests:
        value = getattr(row, condition.column)
        found = value is not None
        if condition.values is not None:
            found = any(value == each for each in condition.values)
        if found != condition.wanted:
            return False
    return True


def dues(made: Rule, office: Calendar, start: datetime) -> list[datetime]:
    """Work out when each firing of this start is due, shift by shift."""
    found = []
    for firing in made.firings:
        due = office.shift(start, made.target)
        for by, back in firing.shifts:
            due = office.shift(due, by, back=back)
        found.append(due)
    return found


def slowly(
    made: Rule, row: Application, office: Calendar, now: datetime, lag: timedelta
) -> tuple[object, ...] | None:
    """Read the rule as it is written: late, step, start, deadline, backlog."""
    start = start_of(made, row)
    if start is None or start >= now + SKEW or not holds(made, row):
        return None
    stops = [stop for name in made.clock.stops if (stop := getattr(row, name))]
    if any(start <= stop <= now + SKEW for stop in stops):
        return None
    deadline = office.shift(start, made.target)
    fired = [
        number
        for number, due in enumerate(dues(made, office, start))
        if due < (now if made.firings[number].kind is Kind.WARNING else now - lag)
    ]
    is_late = deadline < now - lag
    if not is_late and not fired:
        return None
    backlog = office.shift(deadline, made.backlog) < now - lag
    late = Late.BREACHED if is_late else Late.WARNING
    return late, max(fired, default=-1), start, deadline, backlog


@law
@given(st.data(), rules(), offices(), lags)
def test_the_fast_way_and_the_slow_way_find_the_same(
    data: st.DataObject, made: Rule, office: Office, lag: timedelta
) -> None:
    where = office.calendar()
    row = data.draw(rows(office.change.astimezone(UTC)))
    start = start_of(made, row) or row.applied_at
    moments = [start, where.shift(start, made.target), *dues(made, where, start)]
    now = data.draw(st.sampled_from(moments)) + lag + data.draw(nudges)
    found = found_in(check(made, now, lag=lag, calendar=where), row)
    seen = found and (
        found.late,
        found.step,
        found.started_at,
        found.due_at,
        found.backlog,
    )
    assert seen == slowly(made, row, where, now, lag)


@law
@given(st.data(), rules(), offices())
def test_a_clock_that_runs_late_stays_late(
    data: st.DataObject, made: Rule, office: Office
) -> None:
    where = office.calendar()
    row = data.draw(rows(office.change.astimezone(UTC)))
    now = office.change + data.draw(nudges)
    later = now + abs(data.draw(nudges))
    before = found_in(check(made, now, calendar=where), row)
    after = found_in(check(made, later, calendar=where), row)
    if before is not None:
        assert after is not None
        assert after.step >= before.step
        assert (after.late, before.late) != (Late.WARNING, Late.BREACHED)
        assert after.backlog >= before.backlog


@law
@given(st.data(), rules(), st.integers(0, 400))
def test_what_is_no_finding_has_a_verdict(
    data: st.DataObject, made: Rule, days: int
) -> None:
    base = datetime(2026, 9, 7, 7, tzinfo=UTC)
    row = data.draw(rows(base))
    now = base + timedelta(days=days)
    ready = check(made, now)
    verdict = evaluate.verdict(ready, row, started_at=row.applied_at, now=now)
    stops = [getattr(row, name) for name in made.clock.stops if getattr(row, name)]
    reached = [at for at in stops if at >= row.applied_at]
    if reached:
        assert verdict == (evaluate.Ending.STOPPED, min(reached))
    elif holds(made, row):
        assert verdict == (evaluate.Ending.MOVED, now)
    else:
        assert verdict.ending is not evaluate.Ending.MOVED
