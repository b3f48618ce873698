"""Reports to test with, made by hand: three weeks of one office."""

from collections import Counter
from datetime import timedelta
from typing import Any

from monitor.figures.nouns import Job, Kept
from monitor.model import Ball, Closure
from monitor.report.nouns import Named, Outcome, Section, Week, WeekReport
from monitor.store.edits import RuleEdit
from monitor.worktime import Duration, Unit
from tests.builders import at

NOW = at("2026-11-23 09:00")  # a Monday
ENDS = tuple(NOW - n * timedelta(days=7) for n in (2, 1, 0))
NURSE, DRIVER = Job("J1", "Nurse, nights"), Job("J2", None)
RULES = (
    Named(
        "first-reply",
        "Every candidate hears from us within 14 days",
        "14 days",
        Duration(14, Unit.DAYS),
    ),
    Named("manager-review", "Managers look within 2 working days", "2 working days"),
)


def outcome(cases: int, kept: int, *, wide: tuple[int, int] = (0, 0)) -> Outcome:
    return Outcome(Kept(cases, kept), Kept(*wide))


def week(number: int = 2, **changed: Any) -> Week:
    """Return a plain week: 18 of 20 promises kept, 7 people too long."""
    plain: dict[str, Any] = {
        "at": ENDS[number],
        "applications": 60,
        "promises": {"first-reply": outcome(20, 18)},
        "waiting": Counter({Ball.RECRUITER: 20, Ball.MANAGER: 5}),
        "overdue": Counter({Ball.RECRUITER: 6, Ball.MANAGER: 1}),
        "hours": {Ball.RECRUITER: 5320.5, Ball.MANAGER: 100.0},
        "closure": Counter({Closure.UNDECIDED: 30, Closure.TOLD: 20}),
        "jobs": Counter({NURSE: 5, DRIVER: 2}),
    }
    return Week(**plain | changed)


def section(*weeks: Week, source: str = "ats", title: str = "OpenCATS") -> Section:
    return Section(source, title, weeks or (week(0), week(1), week(2)))


def report(*sections: Section, **changed: Any) -> WeekReport:
    plain: dict[str, Any] = {
        "ends": ENDS,
        "rules": RULES,
        "sections": sections or (section(),),
        "edits": (),
    }
    return WeekReport(**plain | changed)


def edit(kind: str = "changed", **changed: Any) -> RuleEdit:
    plain: dict[str, Any] = {
        "at": NOW - timedelta(days=3),
        "rule": "first-reply",
        "edit": kind,
        "words": "target 14 days -> 10 days",
    }
    return RuleEdit(**plain | changed)


def growing(weeks: int) -> tuple[Week, ...]:
    """Return weeks of which only the last kept more than 17 of 20 promises."""
    days = (NOW - timedelta(days=7 * n) for n in reversed(range(weeks)))
    kept = {"first-reply": outcome(20, 17)}
    *earlier, _ = (week(at=each, promises=kept) for each in days)
    return (*earlier, week())
