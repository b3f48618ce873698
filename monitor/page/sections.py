"""One part of the page for each source: its figures, and whether they can be trusted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from monitor.configuration import Configuration
from monitor.cycle import Report
from monitor.figures.nouns import Figures
from monitor.language import Language
from monitor.messages import words
from monitor.metrics import business, feeds
from monitor.metrics.last import Last
from monitor.page.amounts import Amount, amount
from monitor.page.answers import Answers, answers
from monitor.page.promises import Leading, Outcome, Promise, Promises
from monitor.page.states import State, states
from monitor.page.waits import Waits, waits


class Trust(StrEnum):
    """How far the figures of a source can be trusted; also how the page draws them."""

    FRESH = "fresh"
    STALE = "stale"
    EMPTY = "empty"
    FAILED = "failed"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Poll:
    """What the last good poll was."""

    as_of: datetime
    local: str
    silent_for: str
    applications: Amount
    rejected: Amount
    seconds: str


@dataclass(frozen=True, slots=True)
class Content:
    """All figures of one source."""

    poll: Poll
    leading: Leading | None
    overall: Outcome
    goal: float
    promises: list[Promise]
    waits: Waits
    answers: Answers
    states: list[State]


@dataclass(frozen=True, slots=True)
class Failure:
    """When a poll failed, and the next one, where that is still to come."""

    at: datetime
    local: str
    next_at: datetime
    next_local: str
    is_ahead: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One source on the page; without content there is nothing to tell yet."""

    source: str
    trust: Trust
    content: Content | None = None
    failure: Failure | None = None  # of the last poll, where none was good


def sections(
    last: Last, configuration: Configuration, *, now: datetime
) -> list[Section]:
    """Return a section for each source of the configuration."""
    names = [each.name for each in configuration.settings.sources]
    return [_section(name, last, configuration, now) for name in names]


def _section(
    source: str, last: Last, configuration: Configuration, now: datetime
) -> Section:
    if not last.polls(source):
        return Section(source, Trust.ELSEWHERE)
    report, loaded = last.cycles.get(source), last.configuration
    if report is None or report.figures is None or loaded is None:
        failure = _failure(source, last, loaded or configuration, now)
        trust = Trust.FAILED if failure else Trust.EMPTY
        return Section(source, trust, failure=failure)
    is_stale = now - report.run.as_of > configuration.patience[source]
    trust = Trust.STALE if is_stale else Trust.FRESH
    known = states(source, last, loaded)
    return Section(source, trust, _content(report, report.figures, known, loaded, now))


def _failure(
    source: str, last: Last, configuration: Configuration, now: datetime
) -> Failure | None:
    """Return when the last poll failed, if it did; why is in the log, for operators."""
    at = last.failed.get(source)
    if at is None:
        return None
    next_at = at + timedelta(seconds=last.intervals[source])
    local = partial(words.moment, calendar=configuration.calendar, now=now)
    return Failure(at, local(at), next_at, local(next_at), is_ahead=next_at > now)


def _content(
    report: Report,
    figures: Figures,
    known: list[State],
    loaded: Configuration,
    now: datetime,
) -> Content:
    made = Promises(report, figures, loaded, known, now=now)
    source = report.run.source
    return Content(
        poll=_poll(report, loaded, now),
        leading=made.leading(),
        overall=made.overall(),
        goal=made.goal,
        promises=made.each(),
        waits=waits(source, figures),
        answers=answers(report, figures),
        states=known,
    )


def _poll(report: Report, configuration: Configuration, now: datetime) -> Poll:
    run = report.run
    return Poll(
        as_of=run.as_of,
        local=words.moment(run.as_of, configuration.calendar, now=now),
        silent_for=words.silence(run.as_of, now, language=Language.EN),
        applications=amount(run.applications, business.APPLICATIONS, source=run.source),
        rejected=amount(run.rejected, feeds.REJECTED, source=run.source),
        seconds=f"{report.seconds:.1f}",
    )
