"""Who waits, for how long and on whom, as the page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.figures.nouns import NONE, OTHER, Days, Figures
from monitor.figures.waiting import shown
from monitor.metrics import business
from monitor.model import Ball
from monitor.page import balls
from monitor.page.amounts import Amount, Counts, Share

HOUR = 3600
OWING = (Ball.RECRUITER, Ball.MANAGER)
_GROUPS = {OTHER: "Other departments", NONE: "No department"}


@dataclass(frozen=True, slots=True)
class Row:
    """Counts under one heading."""

    heading: str
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """How much of the time that people wait is whose turn: a strip of a bar."""

    ball: str
    heading: str
    share: Share
    hours: str
    start: float


@dataclass(frozen=True, slots=True)
class Waits:
    """All who wait for an answer in one source, and those who wait too long."""

    overdue: Amount
    overdue_on: list[tuple[Amount, str]]
    waiting: Amount
    endless: Amount
    rows: list[Row]
    has_nobody: bool
    total: Row
    turns: list[Turn]
    departments: list[Row]


def waits(source: str, figures: Figures) -> Waits:
    """Return who waits in a source."""
    waiting = Counts(business.WAITING, source, figures.waiting)
    overdue = Counts(business.OVERDUE, source, figures.overdue)
    late = {ball for _, ball in figures.overdue}
    here = {ball for _, ball, _ in figures.waiting}
    return Waits(
        overdue=overdue.of(),
        overdue_on=[
            (overdue.of(waiting_on=ball), phrase)
            for ball, phrase in balls.PHRASES.items()
            if ball in late
        ],
        waiting=waiting.of(),
        endless=waiting.of(days=Days.ENDLESS),
        rows=[
            Row(balls.HEADINGS[ball], _buckets(waiting, waiting_on=ball))
            for ball in shown(here)
        ],
        has_nobody=Ball.NOBODY in here,
        total=Row("Everybody", _buckets(waiting)),
        turns=list(_turns(source, figures)),
        departments=[
            _department(name, waiting, overdue) for name in _departments(figures)
        ],
    )


def _buckets(waiting: Counts, **labels: str) -> tuple[Amount, ...]:
    """Return how many wait so long, for each bucket, and all of them."""
    return (*(waiting.of(**labels, days=days) for days in Days), waiting.of(**labels))


def _department(name: str, waiting: Counts, overdue: Counts) -> Row:
    """Return those who wait in a department, and on whom they wait too long."""
    late = (overdue.of(department=name, waiting_on=ball) for ball in OWING)
    amounts = (waiting.of(department=name), overdue.of(department=name), *late)
    return Row(_GROUPS.get(name, name), amounts)


def _departments(figures: Figures) -> list[str]:
    """Return the departments by name, those without one of their own last."""
    names = {department for department, _, _ in figures.waiting}
    return sorted(names, key=lambda name: (name in _GROUPS, name.casefold(), name))


def _turns(source: str, figures: Figures) -> Iterator[Turn]:
    """Yield whose turn it is, each strip beginning where the one before it ends."""
    turns = Counts(business.WAITING_SECONDS, source, figures.turns)
    whole, start = turns.of(), 0.0
    found = {ball for _, _, ball in figures.turns}
    for ball in shown(found) if whole.value else ():
        seconds = turns.of(waiting_on=ball)
        share = Share(seconds, whole)
        hours = f"{seconds.value // HOUR:,.0f}"
        yield Turn(ball, balls.HEADINGS[ball], share, hours, start)
        start += 100 * share.ratio.value
