"""What HR leads watch: who waits, on whom, and whether the promises are kept."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric

from monitor.figures.nouns import (
    HOLDERS,
    OTHER,
    UNKNOWN,
    After,
    Days,
    Figures,
    Heard,
    Mood,
    Way,
    Window,
)
from monitor.metrics.families import Gauge, Row, Spreads
from monitor.metrics.last import Last
from monitor.model import Closure, Phase

PHASES = (*Phase, UNKNOWN)

By = Mapping[str, Figures]  # of each source
Counts = Mapping[Any, float]  # by the values of labels

APPLICATIONS = Gauge(
    "svar_applications",
    "Applications in the last good poll, by phase and who has the ball.",
    ("source", "phase", "waiting_on"),
    each=len(PHASES) * len(HOLDERS),
)
CLOSURE = Gauge(
    "svar_closure",
    "Applications by how far the candidate is from having an answer.",
    ("source", "state"),
    each=len(Closure),
)
WAITING = Gauge(
    "svar_waiting_applications",
    "Applications without an answer, by who has the ball and by the days since they "
    "applied or last heard from us.",
    ("source", "department", "waiting_on", "days"),
    each=len(HOLDERS) * len(Days),
)
WAITING_SECONDS = Gauge(
    "svar_waiting_seconds",
    "How long those without an answer have waited in the turn under way, summed.",
    ("source", "department", "phase", "waiting_on"),
    each=len(PHASES) * len(HOLDERS),
)
OVERDUE = Gauge(
    "svar_overdue_applications",
    "Applications past any promise, each counted once.",
    ("source", "department", "waiting_on"),
    each=len(HOLDERS),
)
CASES = Gauge(
    "svar_promise_cases",
    "Promises that were kept or broken within the window.",
    ("source", "rule", "department", "window"),
    each=len(Window),
)
KEPT = Gauge(
    "svar_promise_kept",
    "Promises that were kept within the window.",
    ("source", "rule", "department", "window"),
    each=len(Window),
)
FIRST_REPLY = Spreads(
    "svar_first_reply_seconds",
    "From applying to the first answer, of those answered in the last 90 days; "
    "may fall, so take no rate.",
    ("source",),
)
DECIDED_TO_TOLD = Spreads(
    "svar_decided_to_told_seconds",
    "From the decision to telling the candidate, of those told in the last 90 days; "
    "may fall, so take no rate.",
    ("source",),
)
INTERVIEWED_TOLD = Gauge(
    "svar_interviewed_told",
    "Candidates who had an interview and were told the outcome within the window, by "
    "whether a call reached them; none where the source has no calls.",
    ("source", "channel", "window"),
    each=len(Way) * len(Window),
)
ANSWERABLE = Gauge(
    "svar_answerable_applications",
    "Those who applied, or had an interview, between 120 and 30 days ago.",
    ("source", "after"),
    each=len(After),
)
NEVER_ANSWERED = Gauge(
    "svar_never_answered_applications",
    "Those of the answerable who have heard nothing since.",
    ("source", "after"),
    each=len(After),
)
SURVEYS = Gauge(
    "svar_survey_answers",
    "Survey answers of the last 180 days, by how the candidate had been told; groups "
    "under five are left out.",
    ("source", "told", "score"),
    each=len(Heard) * len(Mood),
)
LEGAL = Gauge(
    "svar_legal_due_seconds",
    "Time left at the last good poll until the next deadline of a rule that a law asks "
    "for; none while no deadline is to come.",
    ("source", "rule"),
)
LEGAL_MISSED = Gauge(
    "svar_legal_missed_applications",
    "Applications past the deadline of a rule that a law asks for, but for those too "
    "late to nudge anybody about.",
    ("source", "rule"),
)


def collect(last: Last) -> Iterator[Metric]:
    """Yield the figures of the sources that this replica polls."""
    reports = last.ours()
    yield APPLICATIONS.of(
        ((name, *key), count)
        for name, report in reports.items()
        for key, count in sorted(report.waiting.items())
    )
    yield CLOSURE.of(
        ((name, state), report.closure[state])
        for name, report in reports.items()
        for state in Closure
    )
    figures = {name: found for name, each in reports.items() if (found := each.figures)}
    yield from _waiting(figures)
    yield from _promises(figures, frozenset(last.rules()))
    yield from _answers(figures)


def _waiting(figures: By) -> Iterator[Metric]:
    yield WAITING.of(_rows(figures, _by_days))
    yield WAITING_SECONDS.of(_rows(figures, lambda each: each.turns))
    yield OVERDUE.of(_rows(figures, _overdue))


def _by_days(figures: Figures) -> Counts:
    """Return who waits; that nobody does is a zero, and not a lack of data."""
    zeros = {(OTHER, ball, days): 0 for ball in HOLDERS for days in Days}
    return {**zeros, **figures.waiting}


def _overdue(figures: Figures) -> Counts:
    """Return who is overdue; wherever somebody waits and nobody is, that is a zero."""
    zeros = dict.fromkeys(((OTHER, ball) for ball in HOLDERS), 0)
    zeros |= {(department, ball): 0 for department, ball, _ in figures.waiting}
    return {**zeros, **figures.overdue}


def _promises(figures: By, rules: frozenset[str]) -> Iterator[Metric]:
    found = [
        ((name, *key), kept)
        for name, each in figures.items()
        for key, kept in sorted(each.promises.items())
        if key[0] in rules
    ]
    yield CASES.of((key, kept.cases) for key, kept in found)
    yield KEPT.of((key, kept.kept) for key, kept in found)
    yield LEGAL.of(
        ((name, rule), (due_at - each.as_of).total_seconds())
        for name, each in figures.items()
        for rule, due_at in sorted(each.legal.items())
        if rule in rules
    )
    yield LEGAL_MISSED.of(
        ((name, rule), count)
        for name, each in figures.items()
        for rule, count in sorted(each.legal_missed.items())
        if rule in rules
    )


def _answers(figures: By) -> Iterator[Metric]:
    yield FIRST_REPLY.of(((n,), each.first_reply) for n, each in figures.items())
    yield DECIDED_TO_TOLD.of(
        ((n,), each.decided_to_told) for n, each in figures.items()
    )
    yield INTERVIEWED_TOLD.of(_rows(figures, lambda each: each.interviewed_told))
    yield ANSWERABLE.of(_rows(figures, _answerable))
    yield NEVER_ANSWERED.of(_rows(figures, _never_answered))
    yield SURVEYS.of(_rows(figures, lambda each: each.surveys))


def _answerable(figures: Figures) -> Counts:
    return {(after,): count for after, count in figures.answerable.items()}


def _never_answered(figures: Figures) -> Counts:
    """Return who never heard, of those who may be asked about at all."""
    return {(after,): figures.never_answered[after] for after in figures.answerable}


def _rows(figures: By, counts_of: Callable[[Figures], Counts]) -> Iterator[Row]:
    """Yield the counts of each source, always in the same order."""
    for source, each in figures.items():
        for key, count in sorted(counts_of(each).items()):
            yield (source, *key), count
