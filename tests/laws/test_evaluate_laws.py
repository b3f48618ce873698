"""What a cycle finds fast is what a slow reading of the rule says."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor import closure, evaluate, worktime
from monitor.errors import ConfigError
from monitor.evaluate import SKEW, Check, Finding, Late, World
from monitor.model import Application, Ball, Channel, Status
from monitor.rules import Comparison, Condition, Kind, Rule, Rulebook, Tests
from monitor.worktime import Calendar, Duration
from tests.builders import application, found_in, rule
from tests.laws.offices import TICK, Office, law, offices

UNITS = ("hours", "days", "working days", "working hours")
STARTS = ("applied_at", "shared_at", "waiting_since", "last_reply_at")
STOPS = ("first_reply_at", "last_reply_at", "told_at", "decided_at", "reached_at")
INSTANTS = (*STARTS[1:], "first_reply_at", "told_at", "decided_at", "called_at")
WHEN = (
    "{}",
    "{status: open}",
    "{status: [open, rejected], waiting_on: {not: candidate}}",
    "{interviewed_at: absent}",
    "{interviewed_at: present, department: Health}",
    "{applicants: {at_least: 3, below: 6}}",
    "{shared_at: {before: waiting_since}}",
    "{applied_at: {after: shared_at}, status: open}",
    "{closure: [undecided, wrong_channel]}",
    "{reached_at: {after: applied_at}}",
    "{job_title: ['Nurse*', Cook]}",
)
AGO = ("{applied_at: {before: 2 working days ago}}", "{shared_at: {after: 9 days ago}}")
EXEMPT = (
    "[]",
    "{internal: true}",
    "[{internal: true, department: Health}, {applicants: {above: 4}}]",
    "{shared_at: {after: applied_at}, status: open}",
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
coins = st.booleans()
waits = st.sampled_from([TICK, timedelta(0), -TICK]) | st.timedeltas(
    timedelta(days=-5), timedelta(days=40)
)


@st.composite
def clocks(draw: st.DrawFn) -> dict[str, str]:
    """Draw a clock and its target, if it has one."""
    starts = draw(st.lists(st.sampled_from(STARTS), min_size=1, unique=True))
    pick = draw(st.sampled_from(["latest", "earliest"]))
    stops = draw(st.lists(st.sampled_from(STOPS), min_size=1, unique=True))
    parts = [
        f"starts: {{{pick}: [{', '.join(starts)}]}}",
        f"stops: [{', '.join(stops)}]",
    ]
    if draw(st.integers(0, 3)) == 0:
        clock = ", ".join([*parts, "due: promised_at"])
        return {"clock": f"{{{clock}}}", "target": ""}
    if draw(coins):
        parts.append("pauses: {waiting_on: candidate}")
    if draw(coins):
        parts.append(f"not_before: {draw(lengths)}")
    return {"clock": f"{{{', '.join(parts)}}}", "target": draw(lengths)}


@st.composite
def rules(
    draw: st.DrawFn, when: tuple[str, ...] = WHEN, day: date | None = None
) -> Rule:
    """Draw a rule; what no admin may write is left out."""
    steps = []
    for offset in draw(st.lists(offsets, min_size=1, max_size=4)):
        again = draw(repeats)
        repeat = f", repeat: {again}" if again else ""
        steps.append(f"{{at: {offset}, tell: {draw(tells)}{repeat}}}")
    text = draw(clocks())
    if day and draw(st.integers(0, 3)) == 0:
        text["effective_from"] = day.isoformat()
    try:
        return rule(
            when=draw(st.just("{}") | st.sampled_from(when)),
            exempt=draw(st.just("[]") | st.sampled_from(EXEMPT)),
            ladder=f"[{', '.join(steps)}]",
            backlog=draw(lengths),
            **text,
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
        return instant() if draw(st.integers(0, 3)) else None

    fields: dict[str, Any] = {name: maybe() for name in INSTANTS}
    is_answered = draw(st.integers(0, 3)) == 3
    told = {"first_reply_at", "last_reply_at", "told_at", "decided_at", "called_at"}
    ends = [sorted((instant(), instant())) for _ in range(draw(st.integers(0, 3)))]
    return application(
        applied_at=instant(),
        status=draw(st.sampled_from(Status)),
        waiting_on=draw(st.just(Ball.CANDIDATE) | st.sampled_from([None, *Ball])),
        stage_entered_at=maybe(),
        interviewed_at=maybe(),
        promised_at=maybe(),
        told_by=draw(st.none() | st.sampled_from(Channel)),
        department=draw(st.just("Health") | st.sampled_from(["School", None])),
        job_title=draw(st.sampled_from(["Nurse, nights", "Cook", "Cooks", None])),
        applicants=draw(st.none() | st.sampled_from([1, 3, 5, 6])),
        internal=draw(st.none() | coins),
        paused=tuple((first, last) for first, last in ends) or None,
        **fields | ({} if is_answered else dict.fromkeys(told)),
    )


# --- the slow reading ---


def column(row: Application, name: str) -> Any:
    if name == "closure":
        return closure.state(row)
    return closure.reached_at(row) if name == "reached_at" else getattr(row, name)


def start_of(made: Rule, row: Application) -> datetime | None:
    known = [at for name in made.clock.starts if (at := column(row, name))]
    pick = max if made.clock.pick == "latest" else min
    return pick(known) if known else None


def meets(test: Condition, value: Any) -> bool:
    """Read a test for values, a pattern by its first part: all of ours end in a star."""
    found = value is not None
    if test.values is not None:
        found = any(value == each for each in test.values) or any(
            value is not None and value.startswith(glob.rstrip("*"))
            for glob in test.globs
        )
    return found == test.wanted


def stands(test: Comparison, row: Application, house: Calendar, now: datetime) -> bool:
    value, bound = column(row, test.column), test.bound
    if value is None:
        return False
    against: Any = bound
    if isinstance(bound, Duration):
        against = house.shift(now, bound, back=True)
    elif isinstance(bound, str):
        against = column(row, bound)
        if against is None:
            return True
    readings: dict[str, bool] = {
        "at_least": value >= against,
        "at_most": value <= against,
        "above": value > against,
        "below": value < against,
        "before": value < against,
        "after": value > against,
    }
    return readings[test.order]


def holds(tests: Tests, row: Application, house: Calendar, now: datetime) -> bool:
    return all(
        meets(test, column(row, test.column))
        if isinstance(test, Condition)
        else stands(test, row, house, now)
        for test in tests
    )


def is_asked(made: Rule, row: Application, house: Calendar, now: datetime) -> bool:
    """Tell whether the rule is about the application."""
    left_out = any(holds(each, row, house, now) for each in made.exempt)
    return holds(made.tests, row, house, now) and not left_out


def ended(
    made: Rule, row: Application, start: datetime, now: datetime
) -> list[datetime]:
    """Return when the clock was stopped, as far as is known by now."""
    found = []
    for name in made.clock.stops:
        at = column(row, name)
        if at is not None and start <= at <= now + SKEW:
            if at == start and name in made.clock.starts:
                continue
            found.append(at)
    return found


def due_of(made: Rule, row: Application, office: Calendar, start: datetime) -> Any:
    """Return the deadline, or None where nothing was promised for after the start."""
    if made.target is None:
        promised = row.promised_at
        return promised if promised and promised > start else None
    if made.clock.pauses:
        return worktime.paused_due(office, start, made.target, row.paused or ())
    return office.shift(start, made.target)


def dues(
    made: Rule, office: Calendar, start: datetime, deadline: datetime
) -> list[datetime]:
    """Work out when each firing of this deadline is due, shift by shift."""
    found = []
    for firing in made.firings:
        due = deadline
        for by, back in firing.shifts:
            due = office.shift(due, by, back=back)
        if made.clock.not_before:
            due = max(due, office.shift(start, made.clock.not_before))
        found.append(due)
    return found


def slowly(
    made: Rule, row: Application, world: World, now: datetime
) -> tuple[object, ...] | None:
    """Read the rule as it is written: late, step, start, deadline, backlog."""
    house = world.calendar
    office = world.departments.get(str(row.department), house)
    start = start_of(made, row)
    if start is None or start >= now + SKEW or not is_asked(made, row, house, now):
        return None
    day = made.effective_from
    if ended(made, row, start, now) or (day and start < house.at_local(day, time())):
        return None
    # Of a spell only what is over moves the deadline by now.
    spells = tuple((b, min(e, now)) for b, e in row.paused or () if b < now)
    deadline = due_of(made, row._replace(paused=spells), office, start)
    if deadline is None:
        return None
    seen, known = now, now - world.evidence_lag
    if made.clock.pauses and row.waiting_on is Ball.CANDIDATE:
        since = row.waiting_since or row.stage_entered_at or start
        seen, known = min(seen, since), min(known, since)
    fallen = (
        due < (seen if made.firings[number].kind is Kind.WARNING else known)
        for number, due in enumerate(dues(made, office, start, deadline))
    )
    fired = [number for number, _ in enumerate(takewhile(bool, fallen))]
    is_late = deadline < known
    if not is_late and not fired:
        return None
    backlog = office.shift(deadline, made.backlog) < known
    late = Late.BREACHED if is_late else Late.WARNING
    return late, max(fired, default=-1), start, deadline, backlog


# --- the laws ---


def prepared(
    made: Rule,
    now: datetime,
    house: Calendar,
    lag: timedelta = timedelta(0),
    departments: Mapping[str, Calendar] | None = None,
) -> Check:
    world = World(house, lag, departments=departments or {})
    [found] = evaluate.prepare(Rulebook((made,)), world, now=now)
    return found


def level(found: Finding | None) -> tuple[Any, ...]:
    """Return how far a clock is: each part only ever grows."""
    if found is None:
        return (-1, -2, -1)
    return (int(found.late is Late.BREACHED), found.step, int(found.backlog))


def told(found: Finding) -> tuple[object, ...]:
    return found.late, found.step, found.started_at, found.due_at, found.backlog


def around(at: datetime) -> tuple[datetime, ...]:
    return at - TICK, at, at + TICK


def never_above(first: Finding | None, second: Finding | None) -> bool:
    return all(a <= b for a, b in zip(level(first), level(second), strict=True))


@settings(law, max_examples=300)  # most of what is drawn is no finding
@given(st.data(), offices(), offices(), lags)
def test_the_fast_way_and_the_slow_way_find_the_same(
    data: st.DataObject, office: Office, other: Office, lag: timedelta
) -> None:
    house = office.calendar()
    world = World(house, lag, departments={"Health": other.calendar()})
    made = data.draw(rules(WHEN + AGO, office.change.date()))
    row = data.draw(rows(office.change.astimezone(UTC)))
    where = world.calendar_of(made, row.department)
    start = start_of(made, row) or row.applied_at
    deadline = due_of(made, row, where, start) or start
    moments = [start, deadline, *dues(made, where, start, deadline)]
    moment = data.draw(st.sampled_from(moments)) + lag
    backlog = where.shift(deadline, made.backlog) + lag
    for now in (*around(moment), *around(backlog), moment + data.draw(waits)):
        found = found_in(prepared(made, now, house, lag, world.departments), row)
        assert (found and told(found)) == slowly(made, row, world, now)


@law
@given(st.data(), rules(), offices())
def test_a_clock_that_runs_late_stays_late(
    data: st.DataObject, made: Rule, office: Office
) -> None:
    where = office.calendar()
    row = data.draw(rows(office.change.astimezone(UTC)))
    now = office.change.astimezone(UTC) + data.draw(nudges)
    later = now + abs(data.draw(nudges))
    before = found_in(prepared(made, now, where), row)
    after = found_in(prepared(made, later, where), row)
    if before is not None and not ended(made, row, before.started_at, later):
        assert never_above(before, after)


@law
@given(st.data(), rules(), offices())
def test_a_pause_never_makes_a_finding_earlier(
    data: st.DataObject, made: Rule, office: Office
) -> None:
    where = office.calendar()
    row = data.draw(rows(office.change.astimezone(UTC)))
    start = start_of(made, row) or row.applied_at
    deadline = due_of(made, row, where, start) or start
    now = deadline + data.draw(waits)
    ready = prepared(made, now, where)
    never_paused = row._replace(paused=None, waiting_on=None)
    assert never_above(found_in(ready, row), found_in(ready, never_paused))


@law
@given(st.data(), rules(WHEN + AGO))
def test_rows_are_found_however_they_are_cut(data: st.DataObject, made: Rule) -> None:
    base = datetime(2026, 9, 7, 7, tzinfo=UTC)
    house = Calendar(
        zone="Europe/Oslo", hours={n: [(time(8), time(16))] for n in range(5)}
    )
    ready = prepared(made, base + timedelta(days=data.draw(st.integers(0, 60))), house)
    chunk = data.draw(st.lists(rows(base), max_size=8))
    cut = data.draw(st.integers(0, len(chunk)))
    parts = [*evaluate.find(ready, chunk[:cut]), *evaluate.find(ready, chunk[cut:])]
    assert parts == list(evaluate.find(ready, chunk))
    assert [of for of, _ in parts] == [row for row in chunk if found_in(ready, row)]


@law
@given(st.data(), rules(WHEN + AGO, date(2026, 9, 5)), st.integers(0, 400))
def test_what_is_no_finding_has_a_verdict(
    data: st.DataObject, made: Rule, days: int
) -> None:
    base = datetime(2026, 9, 7, 7, tzinfo=UTC)
    house = Calendar(
        zone="Europe/Oslo", hours={n: [(time(8), time(16))] for n in range(5)}
    )
    row = data.draw(rows(base))
    now = base + timedelta(days=days)
    ready = prepared(made, now, house)
    verdict = evaluate.verdict(ready, row, started_at=row.applied_at, now=now)
    stopped = ended(made, row, row.applied_at, now)
    day = made.effective_from
    is_old = day is not None and row.applied_at < house.at_local(day, time())
    if stopped:
        assert verdict == (evaluate.Ending.STOPPED, min(stopped))
    elif is_asked(made, row, house, now) and not is_old:
        assert verdict == (evaluate.Ending.MOVED, now)
    else:
        assert verdict.ending is not evaluate.Ending.MOVED
