"""Why an alert's application is no finding any more."""

from collections.abc import Iterator
from datetime import datetime

from monitor.evaluate.checks import Check
from monitor.evaluate.findings import Ending, Verdict
from monitor.model import NOTHING_OWED, Application
from monitor.rules.contradictions import must_be_empty

MOVES = {"waiting_on", "stage", "phase"}  # the ball left whoever owed the step


def verdict(
    check: Check, row: Application, *, started_at: datetime, now: datetime
) -> Verdict:
    """Return why the clock that started then is no finding any more."""
    stopped_at, _ = min(stops(check, row, started_at), default=(None, ""))
    if stopped_at is not None:
        return Verdict(Ending.STOPPED, stopped_at)
    failed = {column for column, keep in check.sieves if not keep([row])}
    if failed and row.status in NOTHING_OWED:
        return Verdict(Ending.CLOSED, row.decided_at or now)
    if failed & MOVES:
        return Verdict(Ending.STOPPED, _moved_at(row, started_at, now))
    if failed & must_be_empty(check.rule.tests):  # filling them is what was asked for
        return Verdict(Ending.STOPPED, now)
    if failed or check.is_exempt(row) or (check.floor and started_at < check.floor):
        return Verdict(Ending.EXEMPTED, now)
    return Verdict(Ending.MOVED, now)


def stops(
    check: Check, row: Application, started_at: datetime
) -> Iterator[tuple[datetime, str]]:
    """Yield when the clock that started then was stopped, and by which column."""
    for column, read, ends in check.stops:
        at = read(row)
        if at is not None and at <= check.horizon and ends(started_at, at):
            yield at, column


def _moved_at(row: Application, started_at: datetime, now: datetime) -> datetime:
    """Return when the application moved on: the first milestone after the start."""
    milestones = (row.waiting_since, row.stage_entered_at, row.decided_at)
    later = [at for at in milestones if at is not None and started_at < at <= now]
    return min(later, default=now)
