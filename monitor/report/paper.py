"""The report laid out for paper, in English: the terminal, Markdown and HTML show this."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor import privacy
from monitor.figures.nouns import FEW, UNKNOWN, Window
from monitor.figures.waiting import shown
from monitor.language import Language
from monitor.messages import words
from monitor.model import Ball, Closure
from monitor.report import sentences
from monitor.report.nouns import Named, Outcome, Section, Week, WeekReport
from monitor.worktime import Calendar

NOTHING = "too few"  # cases to say a share of
WIDE = "*"  # after a share that was counted over the wide window
_FOOTNOTE = (
    f"{WIDE} over {Window.WIDE.length.days} days, where {Window.NARROW.length.days} "
    f"days hold fewer than {FEW} cases."
)
_NOBODY = "Waiting for nobody: no step is due (such as a planned interview)"
ALL = "all promises"
CLOSURES = {
    Closure.UNDECIDED: "undecided",
    Closure.DECIDED_NOT_TOLD: "decided, not told",
    Closure.WRONG_CHANNEL: "told, but not by phone after an interview",
    Closure.TOLD: "told",
}
BALLS: dict[str, str] = {
    Ball.RECRUITER: "a recruiter",
    Ball.MANAGER: "a line manager",
    Ball.CANDIDATE: "the candidate",
    Ball.NOBODY: "nobody",
    UNKNOWN: "not known",
}
_SAID = words.phrases(Language.EN)


@dataclass(frozen=True, slots=True)
class Promise:
    """One rule, or all of them: the share kept at each week's end, in whole per cent."""

    name: str
    title: str
    promise: str
    shares: tuple[int | None, ...]
    wide: tuple[bool, ...]
    counted: str
    window: str

    @property
    def said(self) -> tuple[str, ...]:
        pairs = zip(self.shares, self.wide, strict=True)
        return tuple(
            NOTHING if share is None else f"{share} %{WIDE if wide else ''}"
            for share, wide in pairs
        )


@dataclass(frozen=True, slots=True)
class Waits:
    """For whom people wait: how many, how many too long, and how many hours so far."""

    whom: str
    people: int
    late: int
    hours: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is said of one source."""

    title: str
    applications: str
    headline: str
    trend: str
    total: str
    late: str
    ends: tuple[str, ...]
    promises: tuple[Promise, ...]
    footnote: str
    waits: tuple[Waits, ...]
    overdue: tuple[int, ...]
    closure: tuple[tuple[str, int], ...]
    jobs: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole report; `edits` are days and lines, None where nobody wrote them down."""

    as_of: str
    sheets: tuple[Sheet, ...]
    edits: tuple[tuple[str, str], ...] | None
    doubts: tuple[str, ...]


def lay_out(report: WeekReport, calendar: Calendar) -> Paper:
    """Return the report as it is shown."""
    now = report.as_of
    edits = report.edits
    return Paper(
        as_of=words.moment(now, calendar, now=now),
        sheets=tuple(_sheet(each, report, calendar) for each in report.sections),
        edits=None
        if edits is None
        else tuple(
            (words.day(each.at, calendar, now=now), sentences.edited(each, _SAID))
            for each in edits
        ),
        doubts=tuple(_doubt(*each) for each in report.unknown),
    )


def _doubt(what: str, rules: Sequence[str]) -> str:
    return f"{what} ({', '.join(rules)})" if rules else what


def _sheet(section: Section, report: WeekReport, calendar: Calendar) -> Sheet:
    weeks, last, rules = section.weeks, section.now, report.rules
    promises = tuple(_promises(section, rules))
    return Sheet(
        title=section.title,
        applications=words.plural(last.applications, "application"),
        headline=sentences.headline(last, rules, _SAID),
        trend=sentences.trend(weeks, rules, calendar, language=Language.EN),
        total=sentences.all_promises(last, rules, _SAID),
        late=sentences.late(last, _SAID),
        ends=tuple(_day(at, calendar) for at in report.ends),
        promises=promises,
        footnote=_footnote(promises),
        waits=tuple(_waits(last)),
        overdue=tuple(each.overdue.total() for each in weeks),
        closure=tuple((said, last.closure[key]) for key, said in CLOSURES.items()),
        jobs=tuple(
            (privacy.clean(job.title) or _SAID.week_no_title, count)
            for job, count in last.worst
        ),
        notes=tuple(_notes(section, rules)),
    )


def _day(at: datetime, calendar: Calendar) -> str:
    """Return a week's end without its weekday, which is the same for all."""
    return words.day(at, calendar, now=at).partition(" ")[2]


def _promises(section: Section, rules: Sequence[Named]) -> Iterator[Promise]:
    totals = [week.total for week in section.weeks]
    yield _promise(Named(ALL, "All promises", ""), totals)
    for rule in rules:
        if any(rule.id in week.promises for week in section.weeks):
            found = [week.promises.get(rule.id, Outcome()) for week in section.weeks]
            yield _promise(rule, found)


def _promise(rule: Named, outcomes: Sequence[Outcome]) -> Promise:
    window, kept = outcomes[-1].shown
    return Promise(
        rule.id,
        rule.title,
        rule.promise,
        shares=tuple(each.percent for each in outcomes),
        wide=tuple(each.shown[0] is Window.WIDE for each in outcomes),
        counted=f"{kept.kept:,} of {kept.cases:,}",
        window=f"{window.length.days} days",
    )


def _footnote(promises: Sequence[Promise]) -> str:
    """Return what the mark of the wide window means, where it stands."""
    said = "".join(share for each in promises for share in each.said)
    return _FOOTNOTE if WIDE in said else ""


def _waits(week: Week) -> Iterator[Waits]:
    for ball in shown(+week.waiting):
        hours = int(week.hours.get(ball, 0))
        yield Waits(BALLS[ball], week.waiting[ball], week.overdue[ball], hours)


def _notes(section: Section, rules: Sequence[Named]) -> Iterator[str]:
    last = section.now
    if last.waiting[Ball.NOBODY]:
        yield _NOBODY
    for named in rules:
        if named.id in last.uncounted:
            late = words.plural(last.uncounted[named.id], "waits", "wait")
            what = f"{named.id} ({named.promise})"
            yield f"Cannot be counted afterwards: {what}; {late} too long now"
    for rule, columns in section.lacking.items():
        names = ", ".join(sorted(columns))
        yield f"Cannot be measured here: {rule} ({section.title} lacks {names})"
