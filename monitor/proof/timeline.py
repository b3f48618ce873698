"""A rule's clock over one application as lines of time: what ran, stopped, is next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor import evaluate
from monitor.alerts import Reason
from monitor.attribution import Bearing
from monitor.cycle import Office
from monitor.evaluate import Check
from monitor.messages import words
from monitor.proof import ahead, clockface, evidence, quiet
from monitor.proof.ahead import Ahead
from monitor.proof.clockface import Clockface
from monitor.proof.evidence import Case
from monitor.proof.reasons import reasons
from monitor.proof.steps import Step, called, sent_to, steps
from monitor.rules import Rule
from monitor.store.ledger.history import History, Telling
from monitor.store.words import NoticeStatus

NO_HISTORY = History()


class Standing(StrEnum):
    """Where a clock stands; also the order in which clocks are shown."""

    LATE = "late"
    RUNNING = "running"
    STOPPED = "stopped"
    APART = "apart"


class Event(StrEnum):
    """What a line tells of; lines of one instant stand in this order."""

    START = "start"
    MESSAGE = "message"
    PAUSE = "pause"
    STEP = "step"
    TOLD = "told"
    DUE = "due"
    STOP = "stop"
    NOW = "now"


class Line(NamedTuple):
    """One line of time; `until`: when what began then was over.

    `reader`: whose post carried what was told.
    """

    at: datetime
    event: Event
    what: str
    meaning: str
    until: datetime | None = None
    reader: str | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """What one rule makes of one application.

    `why`: where it does not concern the rule. `due_at` is None while it is still to
    move. `quiet`: why nobody is told next.
    """

    rule: Rule
    standing: Standing
    lines: tuple[Line, ...] = ()
    why: tuple[str, ...] = ()
    started_at: datetime | None = None
    due_at: datetime | None = None
    stopped_at: datetime | None = None
    paused_since: datetime | None = None
    used: timedelta | None = None
    steps: tuple[Step, ...] = ()
    next: tuple[Step, ...] = ()
    quiet: str = ""
    notes: tuple[str, ...] = ()


def build(
    check: Check, case: Case, office: Office, history: History = NO_HISTORY
) -> Timeline:
    """Return the time line; `history`: what is remembered of the application so far."""
    why = tuple(reasons(check, case.row))
    if why:
        return Timeline(check.rule, Standing.APART, why=why)
    face = clockface.read(check, case.row)
    ours = history.of(face.rule.id, face.started_at)
    plan = tuple(steps(face, office))
    is_waived = any(each.reason is Reason.WAIVED for each in ours.alerts)
    coming = Ahead() if is_waived else ahead.look(face, plan, ours, office)
    lines = [
        *_clock(face, case),
        *_messages(face, case),
        *_told(face, plan, ours, coming),
    ]
    order = list(Event)
    return Timeline(
        rule=face.rule,
        standing=_standing(face),
        lines=tuple(sorted(lines, key=lambda each: (each.at, order.index(each.event)))),
        started_at=face.started_at,
        due_at=face.due_at if _is_set(face) else None,
        stopped_at=face.stopped_at,
        paused_since=face.paused_since,
        used=face.used,
        steps=plan,
        next=coming.next,
        quiet="" if coming.next else _quiet(face, is_waived=is_waived),
        notes=(*_put_off(face, ours, office), *_notes(face, case)),
    )


def _standing(face: Clockface) -> Standing:
    if face.stopped_at is not None:
        return Standing.STOPPED
    return Standing.LATE if face.is_late else Standing.RUNNING


def _is_set(face: Clockface) -> bool:
    """Tell whether the deadline stands; while the clock stands still it moves on."""
    return face.paused_since is None or face.due_at < face.paused_since


def _clock(face: Clockface, case: Case) -> Iterator[Line]:
    """Yield what the clock itself did."""
    clock = face.rule.clock
    begun_by = [name for name in clock.starts if _is_at(face, name, face.started_at)]
    what = _event(face, case, begun_by, face.started_at)
    yield Line(face.started_at, Event.START, what, "starts")
    for begins, ends in face.spells:
        yield Line(begins, Event.PAUSE, "with the candidate", "stands still", ends)
    if face.paused_since is not None:
        what = "still with the candidate"
        yield Line(face.paused_since, Event.PAUSE, what, "stands still")
    if _is_set(face):
        yield Line(face.due_at, Event.DUE, _promise(face), "due")
    if face.stopped_at is None:
        yield Line(face.now, Event.NOW, "now", _lateness(face))
    elif face.stopped_by is not None:  # pragma: no branch - both are, or none
        what = _event(face, case, [face.stopped_by], face.stopped_at)
        yield Line(face.stopped_at, Event.STOP, what, _outcome(face))


def _is_at(face: Clockface, column: str, at: datetime) -> bool:
    return bool(evaluate.get(column)(face.row) == at)


def _event(face: Clockface, case: Case, columns: Sequence[str], at: datetime) -> str:
    """Return what happened then: the message behind the column, or the column's words."""
    message = evidence.behind(at, case, columns, face.now)
    if message is not None:
        return evidence.describe(message, case)
    return evidence.happened(columns[0], case)


def _promise(face: Clockface) -> str:
    due = face.rule.clock.due
    return evidence.SAID.get(due, due) if due else face.rule.promise


def _lateness(face: Clockface) -> str:
    """Return how late the clock runs, or how much is left of it."""
    at, still = face.shown_at, ""
    if face.paused_since is not None:
        still = "stands still, "
    if face.due_at >= at:
        return f"{still}{face.span(at, face.due_at)} left"
    late = f"{still}{face.span(face.due_at, at)} late"
    return late if face.is_late else f"{late}, unless the source lags"


def _outcome(face: Clockface) -> str:
    """Return whether the stop came in time."""
    at = face.stopped_at or face.now
    if at <= face.due_at:
        return "stops, in time"
    return f"stops, {face.span(face.due_at, at)} late"


def _messages(face: Clockface, case: Case) -> Iterator[Line]:
    """Yield the messages, where a message could stop the clock at all."""
    stops = face.rule.clock.stops
    if not evidence.KNOWN.intersection(stops):
        return
    edges = {
        evidence.behind(face.started_at, case, face.rule.clock.starts, face.now),
        face.stopped_at and evidence.behind(face.stopped_at, case, stops, face.now),
    }
    until = face.stopped_at or datetime.max.replace(tzinfo=face.now.tzinfo)
    for each in case.said:
        at = each.message.sent_at
        # What came before the start is worth a line where it looks like an answer.
        is_within = face.started_at <= at or each.bearing is Bearing.REPLY
        if each in edges or not is_within or at > until:
            continue
        meaning = evidence.verdict(each, case.row, stops, face.started_at, face.now)
        yield Line(at, Event.MESSAGE, evidence.describe(each, case), meaning)


def _told(
    face: Clockface, plan: Sequence[Step], known: History, coming: Ahead
) -> Iterator[Line]:
    """Yield what was told, and the steps that went by without a word."""
    for each in known.tellings:
        yield _telling(face, each, coming)
    told = {each.firing for each in known.tellings}
    next_up = {name for name, _ in coming.waiting}
    for step in plan:
        if step.due_at >= face.shown_at or step.name in told or face.is_backlog:
            continue
        meaning = "to be told" if step.name in next_up else "passed over"
        yield Line(step.due_at, Event.STEP, f"step: {step.called}", meaning)


def _telling(face: Clockface, telling: Telling, coming: Ahead) -> Line:
    what = f"{telling.recipient}, {called(face.rule, telling.firing)}"
    at = telling.due_at
    if telling.status == NoticeStatus.SENT:
        at, meaning = telling.sent_at or at, sent_to(telling) or "told"
        return Line(at, Event.TOLD, what, meaning, reader=telling.reader)
    if telling.status == NoticeStatus.FAILED:
        return Line(at, Event.TOLD, what, "not told: could not be sent")
    if (telling.firing, telling.recipient) in coming.waiting:
        meaning = "to be told" if at > face.now else "waits to be sent"
        return Line(at, Event.TOLD, what, meaning)
    reason = telling.reason or "no longer due"
    if telling.is_unsent and face.stopped_at is not None:
        reason = "the clock has stopped"
    return Line(at, Event.TOLD, what, f"not told: {reason}")


def _quiet(face: Clockface, *, is_waived: bool) -> str:
    """Return why nobody is told next."""
    if is_waived:
        return "waived: somebody said that no reply is needed"
    if face.stopped_at is not None:
        return "the clock has stopped"
    if face.is_backlog:
        return f"too old to nudge anybody about ({face.rule.backlog} past due)"
    if face.paused_since is not None:
        return "the candidate has the ball"
    return "the ladder is at its end"


def _put_off(face: Clockface, known: History, office: Office) -> Iterator[str]:
    """Yield until when somebody put the nudges off by hand, or silenced them."""
    for each in known.alerts:
        until = each.overlay_until
        if each.is_open and until and each.is_quiet(face.now):
            calendar = office.world.calendar
            when = words.moment(until, calendar, now=face.now)
            yield f"{each.overlay} by hand: nobody is told before {when}"
    if face.stopped_at is None:
        for silence in quiet.fitting(known.silences, face.seen):
            yield quiet.said(silence, office.world.calendar, now=face.now)


def _notes(face: Clockface, case: Case) -> Iterator[str]:
    if face.rule.clock.pauses and "paused" not in case.columns:
        yield "earlier pauses are not known: this source delivers no `paused`"
    if not case.knows_messages and evidence.KNOWN.intersection(face.rule.clock.stops):
        yield "no messages are known, only what the application itself says"
    if face.is_late and face.paused_since is not None:
        yield "was late before the candidate got the ball"
    lag = face.check.as_of - face.check.known_by
    if lag and face.stopped_at is None:
        yield f"this source may lag by {words.plural(int(lag.total_seconds()) // 60, 'minute')}"
