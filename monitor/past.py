"""An application as its source showed it at an earlier instant, read off its milestones.

The milestones are those of today: what they cannot tell is said by `unknown`.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from monitor import closure
from monitor.evaluate import PLANNED, SKEW
from monitor.model import ENDED, Application, Ball, Channel, Status
from monitor.rules import COLUMN_KINDS, Condition, Rule, Rulebook, Test, nominal

Milestones = Callable[[Application], tuple[datetime | None, ...]]

# Dated ahead when they are written, so their date does not say since when they stand.
DATED_AHEAD = (*sorted(PLANNED), "promised_at", "job_deadline_at")
HIDDEN = tuple(
    name
    for name, kind in COLUMN_KINDS.items()
    if kind is datetime and name not in DATED_AHEAD
)
# What goes with an instant, and is not known before it.
TOGETHER = {
    "decided_at": ("decision", "decision_reason", "decided_by"),
    "stage_entered_at": ("stage", "phase"),
    "screened_out_at": ("knocked_out",),
    "survey_at": ("survey_score",),
    "told_at": ("told_by",),
}


def _reader(*names: str) -> Milestones:
    """Return what reads these columns of a row at once."""
    return itemgetter(*map(Application._fields.index, names))


_hidden, _planned = _reader(*HIDDEN), _reader(*DATED_AHEAD)
_replies = _reader("first_reply_at", "last_written_at", "called_at", "told_at")


class Stretch(NamedTuple):
    """The looks, from the first to the last, at which an application is this row."""

    first: int
    last: int
    row: Application


def stretches(row: Application, looks: Sequence[datetime]) -> Iterator[Stretch]:
    """Yield the rows that an application was at these instants, in their order."""
    start = bisect_left(looks, row.applied_at)
    marks = {bisect_left(looks, at) for at in _turns(row)}
    inner = sorted(mark for mark in marks if start < mark < len(looks))
    for first, after in zip((start, *inner), (*inner, len(looks)), strict=True):
        if first < after:
            yield Stretch(first, after - 1, as_of(row, looks[first]))


def _turns(row: Application) -> Iterator[datetime]:
    """Yield the instants at which the row becomes another, or plans come to pass."""
    yield from filter(None, _hidden(row))
    for at in filter(None, _planned(row)):
        yield from (at - SKEW, at)
    for spell in row.paused or ():
        yield from spell


def as_of(row: Application, at: datetime) -> Application:
    """Return the row as it stood at an instant after the application.

    What is dated later is hidden, with what goes with it; plans stay, since nothing
    says when they were made. An application that ended later was open. Of replies
    that were overwritten the best known earlier one stands in. Before the ball came to
    where it is now, it was with the candidate in each spell, with the manager from the
    hand-over to the feedback, else with the recruiter.
    """
    known: dict[str, Any] = {
        name: None
        for name, then in zip(HIDDEN, _hidden(row), strict=True)
        if then is not None and then > at
    }
    over_at = ended_at(row)
    if over_at is not None and at < over_at:
        known |= {"status": Status.OPEN, "decided_at": None}
    for name in [name for name in known if known[name] is None]:
        known |= dict.fromkeys(TOGETHER.get(name, ()))
    if "last_reply_at" in known:
        replies = (then for then in _replies(row) if then and then <= at)
        known["last_reply_at"] = max(replies, default=None)
    if "last_written_at" in known and row.told_by is not Channel.PHONE:
        known["last_written_at"] = known.get("told_at", row.told_at)
    if "called_at" in known and row.told_by is Channel.PHONE:
        known["called_at"] = known.get("told_at", row.told_at)
    known |= _ball(row, at, moved=_moved(row, known))
    return row._replace(**known) if known else row


def ended_at(row: Application) -> datetime | None:
    """Return when the application got the status that ended it, as well as is known."""
    if row.status not in ENDED:
        return None
    closed_at = row.job_closed_at if row.status is Status.CLOSED else None
    released_at = row.waiting_since if row.waiting_on is Ball.NOBODY else None
    return row.decided_at or closed_at or released_at or row.updated_at


def _moved(row: Application, known: Collection[str]) -> bool:
    """Tell whether the ball came to where it is now only later."""
    released = "status" in known and row.waiting_on is Ball.NOBODY
    return row.waiting_on is not None and ("waiting_since" in known or released)


def _ball(row: Application, at: datetime, *, moved: bool) -> dict[str, object]:
    """Return what is known of the ball: the spells that were over, and who had it."""
    spells = row.paused or ()
    over = tuple(spell for spell in spells if spell[1] <= at)
    known: dict[str, object] = {}
    if len(over) < len(spells):
        known["paused"] = over or None
    turn = next((begins for begins, ends in spells if begins <= at < ends), None)
    if turn is not None:
        return known | {"waiting_on": Ball.CANDIDATE, "waiting_since": turn}
    if not moved:
        return known
    shared_at, answered_at = row.shared_at, row.feedback_at
    if shared_at and shared_at <= at and not (answered_at and answered_at <= at):
        return known | {"waiting_on": Ball.MANAGER, "waiting_since": shared_at}
    given_back_at = max((ends for _, ends in over), default=None)
    return known | {"waiting_on": Ball.RECRUITER, "waiting_since": given_back_at}


_BALL = (
    "who had the ball earlier: read off the hand-over, the feedback and the turns of "
    "the candidate that are over"
)
_REPLIES = (
    "replies, calls and candidates' letters before the last ones: a wait may look "
    "longer than it was"
)
_STAGES = "the stages that an application has left"
_PLANS = "since when interviews, promised days and closing dates are planned"
_HOLD = "since when an application is on hold"
_NOT_KEPT = {
    _BALL: {"waiting_on", "waiting_since"},
    _REPLIES: {"last_reply_at", "last_written_at", "called_at", "last_inbound_at"},
    _STAGES: {"stage", "phase", "stage_entered_at"},
    _PLANS: set(DATED_AHEAD),
}


def unknown(rulebook: Rulebook) -> Iterator[tuple[str, list[str]]]:
    """Yield what no milestone tells, and the rules that ask for it."""
    asks = {rule.id: _asks(rule) for rule in rulebook.rules}
    for said, columns in _NOT_KEPT.items():
        asking = [rule for rule, asked in asks.items() if asked & columns]
        if asking:
            yield said, asking
    held = [rule.id for rule in rulebook.rules if _parts_the_open(rule)]
    if held:
        yield _HOLD, held


def reach(rulebook: Rulebook) -> timedelta:
    """Return about how long after its start a clock tells of an application at last."""
    hours = [
        (nominal((rule.target, False)) if rule.target else 0) + rule.firings[-1].hours
        for rule in rulebook.rules
    ]
    return timedelta(hours=max(hours, default=0))


def _asks(rule: Rule) -> set[str]:
    """Return the columns that decide whether, when and whom a rule tells."""
    asked = set(rule.clock.columns)
    for test in _tests(rule):
        bound = getattr(test, "bound", None)
        asked |= {test.column, *([bound] if isinstance(bound, str) else [])}
    if rule.clock.pauses or rule.owner == "has_ball":
        asked.add("waiting_on")
    return {need for name in asked for need in closure.NEEDS.get(name, (name,))}


def _parts_the_open(rule: Rule) -> bool:
    """Tell a rule that takes open applications and not those on hold, or the reverse."""
    return any(
        isinstance(test, Condition)
        and test.column == "status"
        and test.values is not None
        and (Status.OPEN in test.values) != (Status.ON_HOLD in test.values)
        for test in _tests(rule)
    )


def _tests(rule: Rule) -> Iterator[Test]:
    yield from rule.tests
    for tests in rule.exempt:
        yield from tests
