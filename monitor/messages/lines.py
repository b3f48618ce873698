"""One alert as a line: who waits, for how long, and how it ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor import wording
from monitor.alerts import Alert, Reason
from monitor.language import Language
from monitor.messages import words
from monitor.messages.blocks import escape
from monitor.messages.phrases import Phrases
from monitor.rules import Awaits, Kind, Rule, Severity
from monitor.worktime import Calendar, Duration

KINDS = [Kind.HEADS_UP, Kind.ESCALATION, Kind.BREACH, Kind.WARNING]
SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a post, and its rule, which may be gone since it was told.

    `job_link`: where all candidates of its job are looked after, if that is known.
    """

    alert: Alert
    kind: Kind
    rule: Rule | None
    job_link: str | None = None

    @property
    def is_settled(self) -> bool:
        return not self.alert.is_open

    @property
    def promise(self) -> Duration | None:
        return self.rule.target if self.rule else None

    @property
    def amount(self) -> int:
        """Return how many days or hours were promised, for the grammar."""
        return self.promise.amount if self.promise else 1

    @property
    def awaits(self) -> Awaits:
        return self.rule.awaits if self.rule else Awaits.ANSWER

    @property
    def application(self) -> tuple[str, str]:
        """Return what tells two applications apart, also those of two sources."""
        return self.alert.source, self.alert.seen.application_id

    @property
    def job(self) -> tuple[str, str] | None:
        """Return what tells two jobs apart, or None where the job is not known."""
        name = self.alert.seen.job_ref or self.alert.seen.job_title
        return (self.alert.source, name) if name else None

    @property
    def badness(self) -> tuple[int, datetime, str, str]:
        """Return what sorts the worst to the front."""
        severity = self.rule.severity if self.rule else Severity.LOW
        seen = self.alert.seen
        place = SEVERITIES.index(severity)
        return place, seen.due_at, seen.rule, seen.application_id

    def title(self, language: Language) -> str:
        """Return what was promised; the rule's id where the rule is gone."""
        return self.rule.title_in(language) if self.rule else self.alert.seen.rule


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a post; an empty name means a channel, where no name may stand.

    `roles`: the roles that they fill, since an alert's owner may be a role.
    `is_fallback`: the channel reads it since Slack does not know whom it is for.
    `stands_in_for`: what those are called for whom they read it, who cannot now.
    """

    recipient: str
    name: str
    roles: frozenset[str] = frozenset()
    language: Language = Language.EN
    is_fallback: bool = False
    stands_in_for: tuple[str, ...] = ()

    def owns(self, line: Line) -> bool:
        """Tell whether they owe the next step."""
        return line.alert.seen.owner in {self.recipient, *self.roles}

    def decides(self, line: Line) -> bool:
        """Tell whether a recruiter waits for their decision."""
        is_theirs = line.alert.seen.recruiter in {self.recipient, *self.roles}
        return line.awaits is Awaits.DECISION and self.owns(line) and not is_theirs


@dataclass(frozen=True, slots=True)
class View:
    """In which language a post is written, and as of when."""

    calendar: Calendar
    now: datetime
    language: Language

    @property
    def said(self) -> Phrases:
        return words.phrases(self.language)

    def day(self, at: datetime) -> str:
        return words.day(at, self.calendar, now=self.now, language=self.language)

    def moment(self, at: datetime) -> str:
        return words.moment(at, self.calendar, now=self.now, language=self.language)

    def span(self, line: Line, start: datetime, end: datetime) -> str:
        """Return the time between in the unit of the line's promise."""
        unit = line.promise or words.SOME_DAYS
        return words.span(start, end, unit, self.calendar, language=self.language)

    def is_late(self, line: Line) -> bool:
        """Tell whether the promise has passed; a step may come before the target."""
        return line.kind is not Kind.WARNING and line.alert.seen.due_at < self.now


def wait(line: Line, view: View) -> str:
    """Return how long the person has waited, or when the promise is up."""
    seen, said = line.alert.seen, view.said
    due = view.moment(seen.due_at)
    if not view.is_late(line):
        return said.up.of(line.amount).format(ours=said.our(line.promise), due=due)
    since = view.day(seen.started_at)
    if line.rule is None:
        return said.wait_unknown.format(since=since)
    promise = line.promise
    values = {
        "waited": view.span(line, seen.started_at, view.now),
        "since": since,
        "due": due,
        "late": view.span(line, seen.due_at, view.now),
        "promise": said.duration(promise) if promise else said.promised_unnamed,
    }
    return escape(wording.render(line.rule.message_in(view.language), values))


def waits(told: Sequence[Line], view: View) -> str:
    """Return all that is open about one application, with how late it is in words."""
    what = "; ".join(wait(each, view) for each in told)
    if any(_tells_when(each, view) for each in told):
        return what
    first, said = told[0], view.said
    late = view.span(first, first.alert.seen.due_at, view.now)
    return said.late.format(done=what, late=late, ours=said.our(first.promise))


def _tells_when(line: Line, view: View) -> bool:
    """Tell whether a line has a day or a wait in it; an admin's own may have none."""
    if line.rule is None or not view.is_late(line):
        return True
    return bool(line.rule.message_in(view.language).variables - {"promise"})


def settled(line: Line, view: View) -> str:
    """Return how the wait ended: "answered Mon 23 Nov 10:42, 3 days past our 14 days"."""
    alert, said = line.alert, view.said
    at = alert.effective_at or view.now
    when = view.moment(at)
    ours = said.our(line.promise)
    phrase = said.answered if line.awaits is Awaits.ANSWER else said.decided
    done = phrase.format(when=when)
    match alert.reason:
        case Reason.ON_TIME:
            return said.on_time.format(done=done, ours=ours)
        case Reason.LATE:
            late = view.span(line, alert.seen.due_at, at)
            return said.late.format(done=done, late=late, ours=ours)
        case Reason.CLOSED:
            return said.closed.format(when=when)
        case Reason.WAIVED:
            return said.waived.format(when=when)
        case _:
            return said.obsolete


def note(lines: Sequence[Line], view: View) -> str:
    """Return the last line: what is settled since, what becomes public next."""
    said, notes = view.said, []
    done = sum(each.is_settled for each in lines)
    if done:
        total = said.number(len(lines))
        notes.append(said.settled_since.format(n=said.number(done), total=total))
    public = sum(each.kind is Kind.HEADS_UP and not each.is_settled for each in lines)
    if public:
        notes.append(said.count(said.public, public))
    return " ".join(notes)
