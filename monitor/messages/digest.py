"""What Svar says to a person and in a channel: about the one who waits, calmly."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from jinja2 import Template

from monitor import wording
from monitor.alerts import Alert, Reason
from monitor.messages import words
from monitor.messages.blocks import Message, Part, compose, escape, link
from monitor.rules import Awaits, Kind, Rule, Severity
from monitor.worktime import Calendar, Duration, Unit

MINE, SOON, THEIRS = "Past our promise", "Coming up", "Waiting on a colleague"
_ORDER = list(Severity)
_UNKNOWN_WORDING = wording.parse("waiting since {{ since }}")


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a post, with what its rule says about it."""

    alert: Alert
    kind: Kind
    title: str
    promise: Duration
    awaits: Awaits
    severity: Severity
    wording: Template

    @property
    def is_settled(self) -> bool:
        return not self.alert.is_open


def line(alert: Alert, kind: Kind, rule: Rule | None) -> Line:
    """Return the line for an alert; its rule may be gone since it was told."""
    if rule is None:
        unknown = Duration(1, Unit.DAYS)
        return Line(
            alert,
            kind,
            alert.seen.rule,
            unknown,
            Awaits.ANSWER,
            Severity.LOW,
            _UNKNOWN_WORDING,
        )
    return Line(
        alert, kind, rule.title, rule.target, rule.awaits, rule.severity, rule.message
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a post; an empty name means a channel, where no name may stand."""

    recipient: str
    name: str


def render(
    lines: Sequence[Line], reader: Reader, *, calendar: Calendar, now: datetime
) -> Message:
    """Return the digest for a person or a channel as of the moment it is posted.

    An edit renders the same lines with the same `now`: only what was settled since
    looks different.
    """
    if not reader.name:
        return _public(lines)
    return _private(lines, _View(reader.recipient, calendar, now), reader.name)


@dataclass(frozen=True, slots=True)
class _View:
    recipient: str
    calendar: Calendar
    now: datetime


def _private(lines: Sequence[Line], view: _View, name: str) -> Message:
    ordered = sorted(lines, key=_worst_first)
    mine = [each for each in ordered if each.alert.seen.owner == view.recipient]
    theirs = [each for each in ordered if each.alert.seen.owner != view.recipient]
    parts = [
        Part(MINE, _texts([m for m in mine if m.kind is not Kind.WARNING], view)),
        Part(SOON, _texts([m for m in mine if m.kind is Kind.WARNING], view)),
        Part(THEIRS, _texts(theirs, view)),
    ]
    title = f"{_hello(view, name)} {_headline(mine or theirs, mine=bool(mine))}"
    return compose(title, _intro(mine), parts, _note(lines))


def _hello(view: _View, name: str) -> str:
    return f"{words.greeting(view.now, view.calendar)}, {escape(name)}."


def _worst_first(line: Line) -> tuple[object, ...]:
    seen = line.alert.seen
    return (_ORDER.index(line.severity), seen.due_at, seen.rule, seen.application_id)


def _headline(lines: Sequence[Line], *, mine: bool) -> str:
    people = words.plural(_people(lines), "person is", "people are")
    if not mine:
        return f"{people} waiting on a colleague."
    decisions = all(each.awaits is Awaits.DECISION for each in lines)
    what = "your decision" if decisions else "an answer from you"
    return f"{people} waiting for {what}."


def _intro(mine: Sequence[Line]) -> list[str]:
    """Return whose promise has passed, and what little would settle a decision."""
    intro = []
    late = [each for each in mine if each.kind is not Kind.WARNING]
    if late:
        promises = {str(each.promise) for each in late}
        which = (
            f"our {promises.pop()} have" if len(promises) == 1 else "our promise has"
        )
        if _people(late) == _people(mine):
            intro.append(f"{which.capitalize()} passed.")
        else:
            intro.append(f"For {_people(late)} of them {which} passed.")
    if any(each.awaits is Awaits.DECISION for each in mine):
        intro.append(
            "The recruiter can answer as soon as you have decided; "
            "a yes, a no or a question is enough."
        )
    return intro


def _people(lines: Sequence[Line]) -> int:
    return len({each.alert.seen.application_id for each in lines})


def _texts(lines: Sequence[Line], view: _View) -> list[str]:
    """Return one text for each application, with all that is open about it."""
    by_application: dict[str, list[Line]] = {}
    for each in lines:
        by_application.setdefault(each.alert.seen.application_id, []).append(each)
    return [_text(group, view) for group in by_application.values()]


def _text(group: Sequence[Line], view: _View) -> str:
    seen = group[0].alert.seen
    what = "; ".join(_wait(each, view) for each in group)
    text = " · ".join(
        [part for part in (escape(seen.candidate), escape(seen.job_title)) if part]
    )
    text = f"{text} · {what}"
    if all(each.is_settled for each in group):
        return f"~{text}~ {_settled(group[0], view)}"
    opener = link(seen.url, "Open")
    return f"{text} · {opener}" if opener else text


def _wait(line: Line, view: _View) -> str:
    """Return how long the person has waited, or when the promise is up."""
    seen, calendar, now = line.alert.seen, view.calendar, view.now
    due = words.moment(seen.due_at, calendar, now=now)
    if line.kind is Kind.WARNING:
        verb = "is" if line.promise.amount == 1 else "are"
        return f"our {line.promise} {verb} up on {due}"
    values = {
        "waited": words.span(seen.started_at, now, line.promise, calendar),
        "since": words.day(seen.started_at, calendar, now=now),
        "due": due,
        "late": words.span(seen.due_at, now, line.promise, calendar),
        "promise": str(line.promise),
    }
    return escape(wording.render(line.wording, values))


def _settled(line: Line, view: _View) -> str:
    """Return how the wait ended: "answered Mon 23 Nov 10:42, 3 days past our 14 days"."""
    alert, calendar = line.alert, view.calendar
    at = alert.effective_at or view.now
    when = words.moment(at, calendar, now=view.now)
    done = "answered" if line.awaits is Awaits.ANSWER else "decided"
    match alert.reason:
        case Reason.ON_TIME:
            return f"{done} {when}, within our {line.promise}"
        case Reason.LATE:
            late = words.span(alert.seen.due_at, at, line.promise, calendar)
            return f"{done} {when}, {late} past our {line.promise}"
        case Reason.CLOSED:
            return f"closed {when}"
        case Reason.WAIVED:
            return f"no reply needed, {when}"
        case _:
            return "no longer asked for"


def _note(lines: Sequence[Line]) -> str:
    """Return the last line: what is settled since, what becomes public next."""
    notes = []
    settled = sum(each.is_settled for each in lines)
    if settled:
        notes.append(f"{settled} of {len(lines)} settled since.")
    public = sum(each.kind is Kind.HEADS_UP and not each.is_settled for each in lines)
    if public:
        one = "goes" if public == 1 else "go"
        notes.append(
            f"{public} of these {one} to the leads' channel on the next working day, "
            "as a count without names, unless settled before."
        )
    return " ".join(notes)


def _public(lines: Sequence[Line]) -> Message:
    """Return a post for a channel: counts by rule and department, never a name."""
    ordered = sorted(lines, key=lambda each: (_ORDER.index(each.severity), each.title))
    who = words.plural(_people(lines), "candidate has", "candidates have")
    rows = [
        _row(title, list(group))
        for title, group in groupby(ordered, lambda each: each.title)
    ]
    return compose(f"{who} waited past our promise.", rows, [], _note(lines))


def _row(title: str, group: Sequence[Line]) -> str:
    places = Counter(each.alert.seen.department or "no department" for each in group)
    where = ", ".join(f"{escape(place)} ({n})" for place, n in sorted(places.items()))
    text = f"{escape(title)}: {len(group)} still without. {where}."
    return f"~{text}~ settled" if all(each.is_settled for each in group) else text
