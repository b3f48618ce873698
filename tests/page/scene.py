"""A hand-made day for the page: one poll of one or two sources, figures and all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.configuration import Configuration
from monitor.cycle import Report
from monitor.figures.nouns import After, Days, Figures, Kept, Way, Window
from monitor.metrics import Metrics
from monitor.metrics.last import Last
from monitor.model import Closure
from monitor.settings import Settings
from monitor.store.ledger import OpenAlerts, Run
from monitor.store.words import RunOutcome
from tests import builders

AS_OF = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # a Monday, 9:00 in Oslo
RULES = (
    {"id": "first-reply", "title": "Every candidate hears from us within 14 days"},
    {
        "id": "decided-not-told",
        "title": "A candidate who was turned down is told within 2 working days",
        "target": "2 working days",
    },
    {
        "id": "manager-review",
        "title": "A line manager decides within 2 working days",
        "target": "2 working days",
    },
    {
        "id": "phone-required",
        "title": "Who had an interview is called",
        "target": "3 working days",
    },
    {
        "id": "ontario-notice",
        "title": "Who had an interview hears within 45 days",
        "target": "45 days",
    },
)
INTERNAL = "no access for ingrid on ats.internal"
HOSTILE = '<script>alert("a\\b")</script>\n& "co"'


def configuration(
    *texts: Mapping[str, str], sources: tuple[str, ...] = ("opencats",)
) -> Configuration:
    """Return checked settings that poll these sources every five minutes."""
    settings = Settings.model_validate(
        {
            "sources": [
                {"name": name, "url": "sqlite:///ats.db", "mapping": "standard"}
                for name in sources
            ]
        }
    )
    return Configuration(
        path=Path("svar.yaml"),
        rules_folder=Path("rules"),
        settings=settings,
        calendar=builders.calendar(),
        departments={},
        mappings={},
        rulebook=builders.rulebook(*(texts or RULES)),
    )


def figures(**changed: Any) -> Figures:
    """Return the figures of a firm that keeps most of its promises."""
    plain = Figures(
        as_of=AS_OF,
        waiting=_waiting(),
        turns={
            ("Sales", "screening", "recruiter"): 2_150_000.0,
            ("Care", "screening", "recruiter"): 4_210_000.0,
            ("Care", "interview", "manager"): 1_930_000.0,
            ("IT", "interview", "manager"): 1_090_000.0,
            ("IT", "applied", "candidate"): 640_000.0,
        },
        overdue=Counter(
            {
                ("Care", "recruiter"): 9,
                ("Sales", "recruiter"): 5,
                ("IT", "manager"): 4,
                ("Care", "manager"): 2,
                ("other", "candidate"): 1,
                ("none", "nobody"): 2,
            }
        ),
        promises={
            ("first-reply", "Care", Window.NARROW): Kept(64, 59),
            ("first-reply", "Sales", Window.NARROW): Kept(41, 40),
            ("first-reply", "other", Window.NARROW): Kept(21, 19),
            ("first-reply", "Care", Window.WIDE): Kept(180, 160),
            ("decided-not-told", "Care", Window.NARROW): Kept(71, 71),
            ("decided-not-told", "Care", Window.WIDE): Kept(210, 208),
            ("manager-review", "other", Window.NARROW): Kept(6, 4),
            ("manager-review", "other", Window.WIDE): Kept(17, 12),
            ("ontario-notice", "other", Window.NARROW): Kept(2, 2),
            ("ontario-notice", "other", Window.WIDE): Kept(4, 4),
        },
        interviewed_told=Counter(
            {
                (Way.PHONE, Window.NARROW): 31,
                (Way.OTHER, Window.NARROW): 9,
                (Way.PHONE, Window.WIDE): 80,
                (Way.OTHER, Window.WIDE): 31,
            }
        ),
        answerable=Counter({After.APPLICATION: 412, After.INTERVIEW: 61}),
        never_answered=Counter({After.APPLICATION: 37, After.INTERVIEW: 4}),
        legal={"ontario-notice": AS_OF + timedelta(days=3, hours=5)},
    )
    return replace(plain, **changed)


def _waiting() -> Counter[tuple[str, str, Days]]:
    counts = {
        ("Care", "recruiter"): (41, 22, 8, 3, 1),
        ("Sales", "recruiter"): (28, 9, 4, 1, 0),
        ("Care", "manager"): (14, 9, 3, 0, 0),
        ("IT", "manager"): (6, 5, 4, 1, 0),
        ("IT", "candidate"): (19, 3, 0, 0, 0),
        ("other", "candidate"): (3, 1, 0, 0, 0),
        ("none", "nobody"): (2, 0, 1, 0, 1),
    }
    return Counter(
        {
            (*key, days): count
            for key, row in counts.items()
            for days, count in zip(Days, row, strict=True)
            if count
        }
    )


def report(source: str = "opencats", **changed: Any) -> Report:
    """Return a good poll with these figures."""
    run = Run(source, AS_OF, RunOutcome.OK, applications=1204, rejected=3, findings=40)
    plain = Report(
        run,
        seconds=2.13,
        rejected=Counter({"applied_at": 3}),
        waiting=Counter({("applied", "recruiter"): 804, ("offer", "manager"): 400}),
        backlog=Counter({"first-reply": 12}),
        held={"decided-not-told": 37},
        closure=Counter(
            {
                Closure.TOLD: 1015,
                Closure.UNDECIDED: 162,
                Closure.DECIDED_NOT_TOLD: 21,
                Closure.WRONG_CHANNEL: 6,
            }
        ),
        unmeasurable={"phone-required": {"called_at"}},
        figures=figures(),
    )
    return replace(plain, **changed)


def failure(source: str = "opencats") -> Report:
    """Return a poll that failed, with a reason that is not for everybody."""
    return Report(
        Run(source, AS_OF, RunOutcome.FAILED, error=INTERNAL), reason="connection"
    )


def alerts(source: str = "opencats") -> list[OpenAlerts]:
    """Return what is open after that poll."""
    late = {
        ("first-reply", "warning"): (18, -2),
        ("first-reply", "breached"): (9, 17),
        ("first-reply", "escalated"): (3, 31),
        ("decided-not-told", "breached"): (7, 4),
        ("manager-review", "breached"): (4, 0.3),
    }
    return [
        OpenAlerts(source, rule, state, count, AS_OF - timedelta(days=days), AS_OF)
        for (rule, state), (count, days) in late.items()
    ]


def told(loaded: Configuration, *reports: Report, opened: list[OpenAlerts]) -> Metrics:
    """Return what the jobs have told once these polls were made."""
    metrics = Metrics()
    metrics.configured(loaded, now=AS_OF)
    metrics.opened(opened, {})
    for each in reports:
        metrics.cycled(each, opened, {})
    return metrics


def day(**changed: Any) -> tuple[Last, Configuration]:
    """Return a plain day; keys of the report change what the poll found."""
    loaded = configuration()
    return told(loaded, report(**changed), opened=alerts()).last(), loaded


def nobody(*, rejected: int = 0) -> Last:
    """Return a day on which the database holds no application that can be read."""
    run = Run("opencats", AS_OF, RunOutcome.OK, applications=0, rejected=rejected)
    return day(run=run, figures=Figures(AS_OF))[0]


def large() -> Last:
    """Return a day of a huge firm: long numbers, long words, many departments."""
    long = "Rindfleischetikettierungsüberwachungsaufgabenübertragung"
    waiting = {
        (f"{long} {number}", ball, days): 123
        for number in range(30)
        for ball in ("recruiter", "manager", "candidate", "nobody", "unknown")
        for days in Days
    }
    overdue = {(department, ball): 98 for department, ball, _ in waiting}
    found = figures(waiting=Counter(waiting), overdue=Counter(overdue))
    loaded = configuration({"id": "first-reply", "title": f"{long} within 14 days"})
    made = report(figures=found, closure=Counter(dict.fromkeys(Closure, 123_456)))
    return told(loaded, made, opened=alerts()).last()
