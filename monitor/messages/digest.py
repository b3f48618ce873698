"""What Svar says to a person and in a channel: about the one who waits, calmly."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from monitor import wording
from monitor.alerts import Alert, Reason
from monitor.messages import words
from monitor.messages.blocks import Message, Part, compose, escape, link
from monitor.rules import Awaits, Kind, Rule, Severity
from monitor.wording import Wording
from monitor.worktime import Calendar, Duration

MINE, SOON, THEIRS = "Past our promise", "Coming up", "Waiting on a colleague"
_ORDER = list(Severity)
_KINDS = [Kind.HEADS_UP, Kind.ESCALATION, Kind.BREACH, Kind.WARNING]
_UNKNOWN_WORDING = wording.parse("waiting since {{ since }}")
MOST_PLACES = 20  # departments named in one line


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a post, with what its rule says about it."""

    alert: Alert
    kind: Kind
    title: str
    promise: Duration | None
    awaits: Awaits
    severity: Severity
    wording: Wording

    @property
    def is_settled(self) -> bool:
        return not self.alert.is_open

    @property
    def ours(self) -> str:
        """Return what we call the promise: "our 14 days"."""
        return f"our {self.promise or 'promise'}"

    def span(self, start: datetime, end: datetime, calendar: Calendar) -> str:
        """Return the time between in the unit of the promise."""
        return words.span(start, end, self.promise or words.SOME_DAYS, calendar)


def line(alert: Alert, kind: Kind, rule: Rule | None) -> Line:
    """Return the line for an alert; its rule may be gone since it was told."""
    if rule is None:
        return Line(
            alert,
            kind,
            alert.seen.rule,
            None,
            Awaits.ANSWER,
            Severity.LOW,
            _UNKNOWN_WORDING,
        )
    return Line(
        alert, kind, rule.title, rule.target, rule.awaits, rule.severity, rule.message
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a post; an empty name means a channel, where no name may stand.

    `roles`: the roles that they fill, since an alert's owner may be a role.
    """

    recipient: str
    name: str
    roles: frozenset[str] = frozenset()


def render(
    lines: Sequence[Line], reader: Reader, *, calendar: Calendar, now: datetime
) -> Message:
    """Return the digest for a person or a channel as of the moment it is posted.

    An edit renders the same lines with the same `now`: only what was settled since
    looks different.
    """
    lines, view = _once(lines), _View(calendar, now)
    return _private(lines, view, reader) if reader.name else _public(lines, view)


def _once(lines: Sequence[Line]) -> list[Line]:
    """Return one line for each alert: a breach says all that its warning said."""
    by_alert: dict[object, Line] = {}
    for each in sorted(lines, key=lambda line: _KINDS.index(line.kind)):
        seen = each.alert.seen
        by_alert.setdefault((*_application(each), seen.rule, seen.started_at), each)
    return list(by_alert.values())


@dataclass(frozen=True, slots=True)
class _View:
    calendar: Calendar
    now: datetime

    def is_late(self, line: Line) -> bool:
        """Tell whether the promise has passed; a step may come before the target."""
        return line.kind is not Kind.WARNING and line.alert.seen.due_at < self.now


def _private(lines: Sequence[Line], view: _View, reader: Reader) -> Message:
    ordered = sorted(lines, key=_worst_first)
    me = {reader.recipient, *reader.roles}
    mine = [each for each in ordered if each.alert.seen.owner in me]
    theirs = [each for each in ordered if each.alert.seen.owner not in me]
    late = [each for each in mine if view.is_late(each)]
    soon = [each for each in mine if not view.is_late(each)]
    parts = [
        Part(MINE, _texts(late, view)),
        Part(SOON, _texts(soon, view)),
        Part(THEIRS, _texts(theirs, view)),
    ]
    title = f"{_hello(view, reader.name)} {_headline(mine or theirs, mine=bool(mine))}"
    return compose(title, _intro(mine, late), parts, _note(lines))


def _hello(view: _View, name: str) -> str:
    return f"{words.greeting(view.now, view.calendar)}, {escape(name)}."


def _worst_first(line: Line) -> tuple[object, ...]:
    seen = line.alert.seen
    return (_ORDER.index(line.severity), seen.due_at, seen.rule, seen.application_id)


def _headline(lines: Sequence[Line], *, mine: bool) -> str:
    # Of today's list: who was told of on an earlier day waits as well, and is not on it.
    one, many = "person on today's list is", "people on today's list are"
    people = words.plural(_people(lines), one, many)
    if not mine:
        return f"{people} waiting on a colleague."
    decisions = all(each.awaits is Awaits.DECISION for each in lines)
    what = "your decision" if decisions else "an answer from you"
    return f"{people} waiting for {what}."


def _intro(mine: Sequence[Line], late: Sequence[Line]) -> list[str]:
    """Return whose promise has passed, and what little would settle a decision."""
    intro = []
    if late:
        one = len({each.promise for each in late}) == 1
        which = _verb(late[0], "has", "have") if one else "our promise has"
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


def _verb(line: Line, one: str, many: str) -> str:
    """Return "our 14 days have" or "our 1 day has"."""
    is_many = line.promise and line.promise.amount > 1
    return f"{line.ours} {many if is_many else one}"


def _application(line: Line) -> tuple[str, str]:
    """Return what tells two applications apart, also those of two sources."""
    return line.alert.source, line.alert.seen.application_id


def _people(lines: Sequence[Line]) -> int:
    return len(set(map(_application, lines)))


def _texts(lines: Sequence[Line], view: _View) -> list[str]:
    """Return one text for each application, with all that is open about it."""
    by_application: dict[tuple[str, str], list[Line]] = {}
    for each in lines:
        by_application.setdefault(_application(each), []).append(each)
    return [_text(group, view) for group in by_application.values()]


def _text(group: Sequence[Line], view: _View) -> str:
    seen = group[0].alert.seen
    # Beside a wait that goes on, one that is over would read as if it did too.
    told = [each for each in group if not each.is_settled] or group
    what = "; ".join(_wait(each, view) for each in told)
    text = " · ".join(
        [part for part in (escape(seen.candidate), escape(seen.job_title)) if part]
    )
    text = f"{text} · {what}"
    if told[0].is_settled:
        return f"~{text}~ {_settled(group[0], view)}"
    opener = link(seen.url, "Open")
    return f"{text} · {opener}" if opener else text


def _wait(line: Line, view: _View) -> str:
    """Return how long the person has waited, or when the promise is up."""
    seen, calendar, now = line.alert.seen, view.calendar, view.now
    due = words.moment(seen.due_at, calendar, now=now)
    if not view.is_late(line):
        return f"{_verb(line, 'is', 'are')} up on {due}"
    values = {
        "waited": line.span(seen.started_at, now, calendar),
        "since": words.day(seen.started_at, calendar, now=now),
        "due": due,
        "late": line.span(seen.due_at, now, calendar),
        "promise": str(line.promise or "what we promised"),
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
            return f"{done} {when}, within {line.ours}"
        case Reason.LATE:
            late = line.span(alert.seen.due_at, at, calendar)
            return f"{done} {when}, {late} past {line.ours}"
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


def _public(lines: Sequence[Line], view: _View) -> Message:
    """Return a post for a channel: counts by rule and department, never a name."""
    ordered = sorted(lines, key=lambda each: (_ORDER.index(each.severity), each.title))
    late = [each for each in lines if view.is_late(each)]
    who = words.plural(_people(late), "candidate has", "candidates have")
    title = f"{who} waited past our promise."
    if not late:
        who = words.plural(_people(lines), "candidate waits", "candidates wait")
        title = f"{who} for an answer that is soon due."
    rows = [
        _row(promise, list(group))
        for promise, group in groupby(ordered, lambda each: each.title)
    ]
    return compose(title, [], [Part("", rows)], _note(lines))


def _row(title: str, group: Sequence[Line]) -> str:
    still = [each for each in group if not each.is_settled] or group
    places = Counter(each.alert.seen.department or "no department" for each in still)
    named = sorted(places.items())[:MOST_PLACES]
    where = ", ".join(f"{escape(place)} ({count})" for place, count in named)
    if len(places) > MOST_PLACES:
        where += f" and {len(places) - MOST_PLACES} more"
    text = f"{escape(title)}: {len(still)} still without. {where}."
    return f"~{text}~ settled" if still[0].is_settled else text
