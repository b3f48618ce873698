"""What the figures say of a rule's promises is what the rule says, moment by moment."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import event, given, settings
from hypothesis import strategies as st

from monitor import evaluate
from monitor.evaluate import Late, World
from monitor.figures import LEAST, NONE, OTHER, Tally, Window
from monitor.figures.batch import Batch
from monitor.figures.duties import Duty
from monitor.figures.folding import Fold, fold
from monitor.figures.promises.hindsight import Hindsight
from monitor.figures.promises.outcomes import EVER, Outcomes
from monitor.figures.promises.swift import Swift
from monitor.model import Application, Ball, Channel, Closure, Status
from monitor.rules import Rule, Rulebook
from tests.builders import application, finding, rule
from tests.laws.offices import TICK, Office, law, offices
from tests.laws.test_evaluate_laws import lags

STARTS = (
    "applied_at",
    "decided_at",
    "{latest: [interviewed_at, last_inbound_at]}",
    "{earliest: [interviewed_at, decided_at]}",
    "{latest: [shared_at, waiting_since]}",
    "{latest: [job_closed_at, decided_at]}",
    "waiting_since",
    "last_reply_at",
    "called_at",
)
STOPS = (
    "told_at",
    "[first_reply_at, told_at, called_at]",
    "[decided_at, feedback_at]",
    "reached_at",
    "[last_reply_at, told_at]",
    "last_written_at",
    "stage_entered_at",
)
WHEN = (
    "{}",
    "{status: open}",
    "{status: rejected}",
    "{status: {not: [hired, withdrawn]}}",
    "{status: [open, rejected, closed], interviewed_at: present}",
    "{status: open, waiting_on: manager}",
    "{waiting_on: [recruiter, nobody]}",
    "{waiting_on: {not: candidate}}",
    "{decision_reason: absent, status: rejected}",
    "{told_by: email}",
    "{applied_at: {before: 20 days ago}}",
    "{interviewed_at: absent, applicants: {at_least: 3}}",
    "{department: Health, shared_at: present}",
    "{closure: undecided}",
    "{called_at: present}",
    "{job_title: ['Nurse*', Cook]}",
    "{last_inbound_at: {after: last_reply_at}}",
)
EXEMPT = (
    "[]",
    "{told_at: present}",
    "[{next_interview_at: present}, {internal: true, department: Health}]",
)
INSTANTS = (
    *("shared_at", "waiting_since", "last_reply_at", "first_reply_at", "told_at"),
    *("decided_at", "called_at", "interviewed_at", "last_inbound_at", "feedback_at"),
    *("job_closed_at", "last_written_at", "unreached_at", "stage_entered_at"),
    *("next_interview_at", "promised_at", "updated_at"),
)
ROWS = 25
SPANS = [timedelta(days=days) for days in (2, 3, 14)] + [timedelta(hours=30)]
NOTHING = finding(started_at=None)
KNOWN = (  # clocks and tests as the rules that come along have them
    ("applied_at", "[first_reply_at, told_at, called_at]", WHEN[3]),
    ("decided_at", "told_at", "{status: rejected}"),
    ("decided_at", "reached_at", "{status: [rejected, closed]}"),
    ("{latest: [interviewed_at, last_inbound_at]}", "told_at", WHEN[4]),
    ("{latest: [shared_at, waiting_since]}", "[decided_at, feedback_at]", WHEN[5]),
    ("{latest: [shared_at, waiting_since]}", "told_at", "{waiting_on: manager}"),
)
LENGTHS = ("2 days", "3 working days", "30 hours", "14 days", "9 working hours")


def _share(starts: str, stops: str) -> bool:
    """Tell whether a clock's stop would take the place of its start."""
    names = [set(re.findall("[a-z_]+_(?:at|since)", text)) for text in (starts, stops)]
    return not names[0].isdisjoint(names[1])


def rules(dice: Random, day: date) -> Rule:
    """Throw a rule of which milestones tell what became of its promises."""
    starts, stops, when = dice.choice(KNOWN)
    exempt, more, target = "[]", "", dice.choice(LENGTHS)
    if dice.random() < 0.5:
        starts, when = dice.choice(STARTS), dice.choice(WHEN)
        stops = dice.choice([each for each in STOPS if not _share(starts, each)])
        exempt = dice.choice(EXEMPT)
        more = dice.choice(["", "", ", due: promised_at"])
    if not more:
        more = dice.choice(["", "", ", pauses: {waiting_on: candidate}"])
    return rule(
        clock=f"{{starts: {starts}, stops: {stops}{more}}}",
        when=when,
        exempt=exempt,
        target="" if "due" in more else target,
        effective_from=day.isoformat() if dice.random() < 0.2 else "2020-01-01",
    )


def rows(dice: Random, around: datetime) -> Iterator[Application]:
    """Throw applications with many milestones, some of them at one instant."""
    for number in range(ROWS):
        applied_at = around - timedelta(hours=dice.randrange(900))
        pool = [applied_at + timedelta(hours=dice.randrange(1, 700)) for _ in range(5)]
        pool += [at + dice.choice([-TICK, TICK]) for at in pool[:2]]
        pool += [pool[0] + by for by in SPANS]
        spells = [
            sorted(dice.choices(pool, k=2)) for _ in range(dice.choice([0, 0, 1, 2]))
        ]
        often = dice.choice([0.3, 0.6, 0.9])
        yield application(
            application_id=str(number),
            applied_at=dice.choice([applied_at] * 9 + pool[:1]),
            status=dice.choice(list(Status)),
            waiting_on=dice.choice([None, Ball.CANDIDATE, *[*Ball] * 2]),
            told_by=dice.choice([None, *Channel]),
            department=dice.choice(["Health", "School", None]),
            job_title=dice.choice(["Nurse, nights", "Cook", "Cooks", None]),
            decision_reason=dice.choice([None, "another was chosen"]),
            applicants=dice.choice([None, 2, 5]),
            internal=dice.choice([True, False, False]),
            paused=tuple((first, last) for first, last in spells) or None,
            **{
                name: dice.choice(pool) if dice.random() < often else None
                for name in INSTANTS
            },
        )


@settings(law, max_examples=150)
@given(offices(), offices(), lags, st.integers(0, 2**32))
def test_comparisons_say_what_the_rows_of_then_say(
    office: Office, other: Office, lag: timedelta, seed: int
) -> None:
    base = office.change.astimezone(UTC)
    dice = Random(f"{seed} {office}")  # noqa: S311 - a throw of dice, no secret
    made = rules(dice, office.change.date())
    elsewhere = {"Health": other.calendar()} if dice.random() < 0.5 else {}
    now = base + timedelta(hours=dice.randrange(-200, 900))
    world = World(office.calendar(), lag, departments=elsewhere)
    [check] = evaluate.prepare(Rulebook((made,)), world, now=now)
    chunk = list(rows(dice, base))
    found = list(evaluate.find(check, chunk))
    after = dice.choice([EVER, base, now - timedelta(days=9)])
    kept, broken = Outcomes(check, after).take(Batch(chunk, {made.id: found}))
    told = [(row.application_id, at, True) for row, at in kept]
    told += [(row.application_id, at, False) for row, at in broken]
    running = {row.application_id: each for row, each in found}
    asked = [
        (row.application_id, each.known_at, each.is_kept)
        for row in chunk
        for each in Hindsight(check).outcomes(row)
        if running.get(row.application_id, NOTHING).started_at != each.started_at
    ]
    asked += [
        (row.application_id, each.due_at, False)
        for row, each in found
        if each.late is Late.BREACHED
    ]
    if Swift.of(check, after):
        event(f"swift and told: {len(asked) > 0}")
    assert sorted(told) == sorted(each for each in asked if after < each[1] <= now)


@law
@given(offices(), lags, st.integers(0, 2**32))
def test_the_next_deadline_is_the_same_whatever_is_skipped(
    office: Office, lag: timedelta, seed: int
) -> None:
    base = office.change.astimezone(UTC)
    dice = Random(f"{seed} {office}")  # noqa: S311 - a throw of dice, no secret
    made = rules(dice, office.change.date())
    now = base + timedelta(hours=dice.randrange(-200, 900))
    chunks = [list(rows(dice, base)) for _ in range(2)]
    found = []
    # With a calendar for a department that nobody has, each deadline is worked out.
    for elsewhere in ({}, {"Nowhere": office.calendar()}):
        world = World(office.calendar(), lag, departments=elsewhere)
        [check] = evaluate.prepare(Rulebook((made,)), world, now=now)
        duty = Duty(check)
        for chunk in chunks:
            duty.take(Batch(chunk, {made.id: list(evaluate.find(check, chunk))}))
        found.append((duty.due_at, duty.missed))
    assert found[0] == found[1]
    due_at, missed = found[0]
    event(f"due: {due_at is not None}, missed: {missed > 0}")
    assert due_at is None or due_at >= now


@law
@given(offices(), st.integers(0, 2**32), st.integers(1, 4))
def test_no_window_tells_of_a_few_by_name(
    office: Office, seed: int, largest: int
) -> None:
    base = office.change.astimezone(UTC)
    dice = Random(f"{seed} {office}")  # noqa: S311 - a throw of dice, no secret
    now = base + timedelta(days=dice.randrange(15, 75))
    made = rule(clock="{starts: applied_at, stops: told_at}", target="14 days")
    checks = evaluate.prepare(Rulebook((made,)), World(office.calendar()), now=now)
    chunk = [
        row._replace(department=f"D{dice.randrange(largest * 3) // 2}")
        for _ in range(largest)
        for row in rows(dice, base)
    ]
    found = {made.id: list(evaluate.find(checks[0], chunk))}
    tally = Tally(checks, ["told_at"], now=now, departments=100)
    tally.take(chunk, [Closure.TOLD] * len(chunk), found)
    promises = tally.figures().promises
    for window in Window:
        after = now - window.length
        kept, broken = Outcomes(checks[0], after).take(Batch(chunk, found))
        shown = {key[1]: each for key, each in promises.items() if key[2] is window}
        assert sum(each.kept for each in shown.values()) == len(kept)
        assert sum(each.cases for each in shown.values()) == len(kept) + len(broken)
        cases = [each.cases for each in shown.values()]
        assert min(cases, default=LEAST) >= LEAST or shown.keys() == {OTHER}
        event(f"named in {window}: {len(shown.keys() - {OTHER}) > 0}")


@law
@given(
    st.dictionaries(
        st.sampled_from([*map(str, range(40)), OTHER, NONE, 'a"b\nc', " ", None]),
        st.integers(1, 30),
    ),
    st.integers(1, 12),
)
def test_no_small_group_is_named(sizes: dict[str | None, int], most: int) -> None:
    into = Fold.of(sizes, most)
    counts = {(department, "x"): size for department, size in sizes.items()}
    folded = into.counted(counts)
    assert folded.total() == sum(sizes.values())
    assert into.summed(counts) == folded
    named = {department for department, _ in folded}
    assert len(named - {OTHER}) <= most
    assert min(folded.values(), default=LEAST) >= LEAST or named == {OTHER}


@law
@given(st.dictionaries(st.text(max_size=3), st.integers(1, 30)))
def test_large_groups_are_named_as_long_as_others_have_company(
    sizes: dict[str, int],
) -> None:
    into = fold(sizes)
    assert set(into) == set(sizes)
    large = {each for each in sizes if sizes[each] >= LEAST and each != OTHER}
    named = {each for each in into if into[each] == each != OTHER}
    assert named <= large
    assert len(large - named) <= 1
    hidden = [sizes[each] for each in large - named]
    assert all(
        size <= min((sizes[each] for each in named), default=size) for size in hidden
    )
