"""What a rule's clock shows of one application: start, deadline, stop, stand-still."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import evaluate, worktime
from monitor.evaluate import NOTHING, Check, Finding, Late
from monitor.messages import words
from monitor.model import Application, Spell
from monitor.rules import Rule
from monitor.worktime import Calendar, Unit


@dataclass(frozen=True, slots=True)
class Clockface:
    """A clock that has started; `paused_since`: the candidate has had the ball since."""

    check: Check
    row: Application
    started_at: datetime
    due_at: datetime
    stopped_by: str | None
    stopped_at: datetime | None
    paused_since: datetime | None
    finding: Finding | None

    @property
    def rule(self) -> Rule:
        return self.check.rule

    @property
    def calendar(self) -> Calendar:
        return self.check.limits_of(self.row).calendar

    @property
    def now(self) -> datetime:
        return self.check.as_of

    @property
    def shown_at(self) -> datetime:
        """When the clock last moved."""
        moments = (self.stopped_at, self.paused_since, self.now)
        return min(at for at in moments if at is not None)

    @property
    def is_late(self) -> bool:
        return self.finding is not None and self.finding.late is Late.BREACHED

    @property
    def is_backlog(self) -> bool:
        return self.finding is not None and self.finding.backlog

    @property
    def spells(self) -> tuple[Spell, ...]:
        """The spells that are over in which the clock stood still."""
        if not self.rule.clock.pauses or not self.row.paused:
            return ()
        return tuple(
            (max(begins, self.started_at), ends)
            for begins, ends in self.row.paused
            if ends > self.started_at and begins < self.shown_at
        )

    @property
    def used(self) -> timedelta:
        """The time that the clock shows, in working time where the target is."""
        unit = self.rule.target.unit if self.rule.target else Unit.HOURS
        return worktime.worked(
            self.calendar, self.started_at, self.shown_at, unit, self.spells
        )

    @property
    def seen(self) -> Finding:
        """The finding, or what it would be."""
        if self.finding is not None:
            return self.finding
        row = self.row
        return Finding(
            rule=self.rule.id,
            application_id=row.application_id,
            late=Late.WARNING,
            step=NOTHING,
            started_at=self.started_at,
            due_at=self.due_at,
            backlog=False,
            owner=evaluate.owner(self.rule, row),
            recruiter=row.recruiter,
            manager=row.manager,
            decided_by=row.decided_by,
            candidate=self.check.name(row),
            job_ref=row.job_ref,
            job_title=row.job_title,
            department=row.department,
            url=row.url,
        )

    def span(self, start: datetime, end: datetime) -> str:
        """Return the time between in the unit of the promise."""
        return words.span(
            start, end, self.rule.target or words.SOME_DAYS, self.calendar
        )


def read(check: Check, row: Application) -> Clockface:
    """Return what the clock shows; it must have started."""
    started_at = check.started_at(row)
    stops = evaluate.stops(check, row, started_at)
    stopped_at, stopped_by = min(stops, default=(None, None))
    paused_since = None
    if stopped_at is None and check.rule.clock.pauses:
        paused_since = evaluate.paused_since(row, started_at)
    return Clockface(
        check=check,
        row=row,
        started_at=started_at,
        due_at=evaluate.deadline(check, row, started_at),
        stopped_by=stopped_by,
        stopped_at=stopped_at,
        paused_since=paused_since,
        finding=evaluate.finding(check, row),
    )
