"""Reads each source once and counts, in that one pass, what each week came to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from monitor import cycle, evaluate, past
from monitor.configuration import Configuration
from monitor.figures.nouns import Window
from monitor.language import Language
from monitor.model import Application
from monitor.proof.doubts import Doubt, doubts
from monitor.report.looks import Look
from monitor.report.nouns import Named, Quiet, Section, WeekReport
from monitor.settings import SourceSettings
from monitor.source import Source
from monitor.store.edits import RuleEdit

WEEK = timedelta(days=7)
CHUNK = 2_000  # applications that are counted at a time
_TODAY = "departments, recruiters and titles of that time: today's are taken"


def ends(weeks: int, *, now: datetime) -> tuple[datetime, ...]:
    """Return when the last weeks ended; the last one ends now."""
    return tuple(now - n * WEEK for n in reversed(range(weeks)))


def read(
    loaded: Configuration,
    ends: Sequence[datetime],
    *,
    edits: tuple[RuleEdit, ...] | None,
    stale: Mapping[str, datetime] | None = None,
    language: Language = Language.EN,
    rewinds: bool = False,
) -> WeekReport:
    """Return what these weeks came to; raise SourceError or ConfigError.

    A `stale` source is not read: what it has to say is old. `rewinds`: the last week's
    end has passed too, so that it is read off the milestones like those before it.
    """
    quiet, found = stale or {}, loaded.settings.sources
    return WeekReport(
        ends=tuple(ends),
        rules=tuple(
            Named(rule.id, rule.title_in(language), rule.promise, rule.target)
            for rule in loaded.rulebook.rules
        ),
        sections=tuple(
            _section(each, loaded, ends, rewinds=rewinds)
            for each in found
            if each.name not in quiet
        ),
        quiet=tuple(
            Quiet(each.name, loaded.title(each.name), quiet[each.name])
            for each in found
            if each.name in quiet
        ),
        edits=edits,
        unknown=tuple(_unknown(loaded, ends)) if rewinds or ends[1:] else (),
    )


def _section(
    settings: SourceSettings,
    loaded: Configuration,
    ends: Sequence[datetime],
    *,
    rewinds: bool,
) -> Section:
    """Read one source, all its weeks in one pass."""
    now = ends[-1]
    with Source.opened(loaded, settings) as source:
        columns = source.delivered(now)
        fed, lacking = cycle.split(loaded.rulebook, columns)
        world = cycle.world(loaded, source)
        looks = [
            Look(
                evaluate.prepare(fed, world, now=at),
                columns,
                at,
                departments=loaded.settings.metrics.departments,
                # The source looks back from now, so of an earlier week less far.
                lookback=settings.lookback - (now - at),
            )
            for at in ends
        ]
        with source.poll(now) as poll:
            for chunk in _chunks(poll):
                for look in looks:
                    is_past = rewinds or look is not looks[-1]
                    look.take(_as_of(chunk, look.at) if is_past else chunk)
    weeks = tuple(look.week() for look in looks)
    return Section(settings.name, loaded.title(settings.name), weeks, lacking)


def _chunks(rows: Iterable[Application]) -> Iterator[list[Application]]:
    each = iter(rows)
    while chunk := list(islice(each, CHUNK)):
        yield chunk


def _as_of(rows: Sequence[Application], at: datetime) -> list[Application]:
    """Return those who had applied, as they stood then."""
    return [past.as_of(row, at) for row in rows if row.applied_at <= at]


def _unknown(loaded: Configuration, ends: Sequence[datetime]) -> Iterator[Doubt]:
    """Yield what the sources cannot tell of the earlier weeks, and the rules that ask."""
    yield _TODAY, ()
    begins = ends[0] - Window.WIDE.length
    yield from doubts(loaded, begins=begins, now=ends[-1])
