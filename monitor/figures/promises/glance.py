"""Tests on rows as they stood at earlier instants, without making those rows again.

A span is a row, the start of a clock, and the instant just before which it is looked at.
What is told here of a row is what the tests say of `past.as_of` of it; the candidate's
turns are beyond it, so a row that has any goes another way.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from monitor.evaluate import PLANNED, Check
from monitor.evaluate.conditions import sieve
from monitor.model import ENDED, Application, Ball, Status
from monitor.past import HIDDEN, TOGETHER, ended_at
from monitor.rules import COLUMN_KINDS, Comparison, Condition, Test
from monitor.worktime import Duration

Row = Any  # an Application, read by its columns' places
Rows = Sequence[Row]
Span = tuple[Row, datetime, datetime]
Spans = list[Span]
Keep = Callable[[Spans], Spans]

AT = {name: index for index, name in enumerate(Application._fields)}
REWRITTEN = {"last_reply_at", "last_written_at", "called_at", "waiting_since"}
PLAIN = set(HIDDEN) - REWRITTEN  # shown from their instant on, and nothing before it
_WITH = {name: instant for instant, names in TOGETHER.items() for name in names}
_FIXED = {
    "applied_at",
    *set(COLUMN_KINDS)
    .difference(HIDDEN, _WITH, PLANNED)
    .difference({"status", "waiting_on", "paused"}),
}
_STATUS, _BALL, _SINCE = AT["status"], AT["waiting_on"], AT["waiting_since"]
_SHARED, _FEEDBACK = AT["shared_at"], AT["feedback_at"]
_DECIDED = AT["decided_at"]


def keep(test: Test, check: Check) -> Keep | None:
    """Return the test for spans; None for one that only the row of then answers."""
    if is_fixed(test):
        holds = sieve(test, check.limits.calendar, check.as_of)
        return lambda spans: [span for span in spans if holds((span[0],))]
    if isinstance(test, Comparison) or test.globs:
        return None
    made = _OF_COLUMN.get(test.column)
    return made(test) if made else None


def is_fixed(test: Test) -> bool:
    """Tell a test of columns that never change, with a bound that does not move."""
    bound = getattr(test, "bound", None)
    if isinstance(bound, Duration) or test.column not in _FIXED:
        return False
    return not isinstance(bound, str) or bound in _FIXED


def _instant(test: Condition) -> Keep:
    at, wanted = AT[test.column], test.wanted

    def present(spans: Spans) -> Spans:
        return [
            span
            for span in spans
            if (then := span[0][at]) is not None and then < span[2]
        ]

    def absent(spans: Spans) -> Spans:
        return [
            span for span in spans if (then := span[0][at]) is None or then >= span[2]
        ]

    return present if wanted else absent


def _plan(test: Condition) -> Keep:
    at, wanted = AT[test.column], test.wanted
    return lambda spans: [
        span
        for span in spans
        if ((then := span[0][at]) is not None and then >= span[2]) is wanted
    ]


def _status(test: Condition) -> Keep:
    """Return the test of the status, which was open before the application ended."""
    right = tuple(each for each in Status if meets(test, each))
    was_right = Status.OPEN in right
    # Where both will do nobody has to ask when it ended. A tuple, since hashing is dear.
    always = tuple(
        each for each in right if each not in ENDED or (was_right and each in ENDED)
    )

    def holds(row: Row, before: datetime) -> bool:
        if row[_STATUS] not in ENDED:
            return False
        over_at = row[_DECIDED] or ended_at(row)
        return (
            row[_STATUS] in right if over_at is None or over_at < before else was_right
        )

    return lambda spans: [
        span for span in spans if span[0][_STATUS] in always or holds(span[0], span[2])
    ]


def _attached(test: Condition) -> Keep:
    """Return the test of what goes with an instant, and is not known before it."""
    at, instant = AT[test.column], AT[_WITH[test.column]]

    def holds(row: Row, before: datetime) -> bool:
        then = row[instant]
        if then is None and instant == _DECIDED:
            then = ended_at(row)
        return meets(test, row[at] if then is None or then < before else None)

    return lambda spans: [span for span in spans if holds(span[0], span[2])]


def _ball(test: Condition) -> Keep:
    return lambda spans: [
        span for span in spans if meets(test, ball(span[0], span[2])[0])
    ]


def ball(row: Row, before: datetime) -> tuple[Ball | None, datetime | None]:
    """Return who had the ball just before an instant, and since when.

    Of rows without turns of the candidate that are over; see `past.as_of`.
    """
    holder, since = row.waiting_on, row.waiting_since
    if holder is None:
        return None, since if since is not None and since < before else None
    over_at = ended_at(row) if holder is Ball.NOBODY else None
    is_early = since is not None and since >= before
    if not is_early and (over_at is None or over_at < before):
        return holder, since
    shared_at, answered_at = row[_SHARED], row[_FEEDBACK]
    is_shared = shared_at is not None and shared_at < before
    if is_shared and not (answered_at is not None and answered_at < before):
        return Ball.MANAGER, shared_at
    return Ball.RECRUITER, None


def meets(test: Condition, value: Any) -> bool:
    """Tell whether a value is one that the condition asks for."""
    found = value is not None if test.values is None else value in test.values
    return found is test.wanted


_OF_COLUMN: dict[str, Callable[[Condition], Keep]] = {
    **dict.fromkeys(_WITH, _attached),
    **dict.fromkeys(PLAIN, _instant),
    **dict.fromkeys(PLANNED, _plan),
    "status": _status,
    "waiting_on": _ball,
}


def first_stops(
    rows: Rows, start: int, stops: Sequence[int], within: tuple[datetime, datetime]
) -> Spans:
    """Return the clocks with their first stop, if it is later than `within` begins."""
    after, horizon = within
    if len(stops) == 1:
        (stop,) = stops
        return [
            (row, started_at, at)
            for row in rows
            if (at := row[stop]) is not None
            and after < at <= horizon
            and (started_at := row[start]) is not None
            and started_at <= at
        ]
    found = []
    for row in rows:
        started_at = row[start]
        if started_at is None:
            continue
        first = None
        for stop in stops:
            at = row[stop]
            if at is not None and started_at <= at and (first is None or at < first):
                first = at
        if first is not None and after < first <= horizon:
            found.append((row, started_at, first))
    return found
