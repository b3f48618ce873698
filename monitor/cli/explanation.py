"""Prints an explained application: its clocks as lines of time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor import closure
from monitor.cli import printing
from monitor.cli.explained import Explained
from monitor.configuration import Configuration
from monitor.messages import words
from monitor.model import Ball, Channel, Closure
from monitor.privacy import clean
from monitor.proof.steps import Step
from monitor.proof.timeline import Event, Line, Standing, Timeline
from monitor.rules import Awaits
from monitor.worktime import Calendar

_STYLES = {Standing.LATE: "bold red", Standing.RUNNING: "bold", Standing.STOPPED: "dim"}
_HOLDERS = {
    Ball.RECRUITER: "with the recruiter",
    Ball.MANAGER: "with the line manager",
    Ball.CANDIDATE: "with the candidate",
    Ball.NOBODY: "with nobody",
}
_TOLD_BY = {
    Channel.EMAIL: "by mail",
    Channel.PHONE: "by phone",
    Channel.PORTAL: "over the portal",
    Channel.SMS: "by SMS",
}
_BASES = {
    "exact": "as the system logged it",
    "proxy": "proxy; the nearest that the system keeps stands in for some dates",
}


def show(
    found: Sequence[Explained],
    loaded: Configuration,
    now: datetime,
    *,
    everything: bool,
) -> None:
    """Print each source's application, and a time line for each rule."""
    console = printing.console()
    view = _View(console, loaded.calendar, now)
    for number, each in enumerate(found):
        if number:
            console.print()
        view.show(each, everything=everything)


@dataclass(frozen=True, slots=True)
class _View:
    """Where and when it is shown."""

    console: Console
    calendar: Calendar
    now: datetime

    def show(self, explained: Explained, *, everything: bool) -> None:
        for line in self._head(explained):
            self.console.print(line)
        for each in explained.ordered:
            if each.standing is not Standing.APART:
                self._timeline(each)
        apart = [e for e in explained.timelines if e.standing is Standing.APART]
        if apart:
            self._apart(apart, everything=everything)
        for text in printing.unmeasurable(explained.title, explained.unmeasurable):
            self.console.print(Text(text))

    def _head(self, explained: Explained) -> Iterator[Text]:
        row = explained.row
        holder = ""
        if row.waiting_on is not None and row.waiting_on is not Ball.NOBODY:
            holder = f", {_HOLDERS[row.waiting_on]}"
            if row.waiting_since is not None:
                since = words.day(row.waiting_since, self.calendar, now=self.now)
                holder += f" since {since}"
        parts = [
            explained.case.name,
            clean(row.job_title),
            clean(f"{explained.title} {row.application_id}"),
            f"{row.status.replace('_', ' ')}{holder}",
        ]
        yield Text(" · ".join(filter(None, parts)), "bold")
        yield Text(f"Answer: {self._answer(explained)}")
        if row.basis is not None:
            yield Text(f"Dates: {_BASES.get(row.basis) or clean(row.basis)}")

    def _answer(self, explained: Explained) -> str:
        """Return how far the candidate is from having an answer."""
        row = explained.row
        told = ""
        if row.told_at is not None:
            by = f" {_TOLD_BY[row.told_by]}" if row.told_by else ""
            told = f"told{by} on {self._moment(row.told_at)}"
        match explained.closure:
            case Closure.UNDECIDED:
                return "undecided"
            case Closure.DECIDED_NOT_TOLD:
                since = row.decided_at and f" {self._moment(row.decided_at)}"
                return f"decided{since or ''}, not told"
            case Closure.WRONG_CHANNEL:
                return f"{told}, but not by phone after an interview"
            case Closure.TOLD:  # pragma: no branch - there is no other
                if closure.is_fallback(row):
                    told += ", as a fallback: two calls reached nobody"
                return told or f"none is owed any more ({row.status})"

    def _timeline(self, timeline: Timeline) -> None:
        rule = timeline.rule
        title = Text(f"\n{rule.id}   ", _STYLES[timeline.standing])
        clock = "candidate's clock" if rule.awaits is Awaits.ANSWER else "our own clock"
        title.append(f"{rule.promise}, {clock}", "not bold")
        self.console.print(title)
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for line in timeline.lines:
            at = self._moment(line.at)
            table.add_row("", at, Text(self._what(line)), _meaning(line, timeline))
        self.console.print(table)
        for text in self._below(timeline):
            self.console.print(Text(f"  {text}"))

    def _what(self, line: Line) -> str:
        if line.until is None:
            return line.what
        return f"{line.what} until {self._moment(line.until)}"

    def _below(self, timeline: Timeline) -> Iterator[str]:
        """Yield what stands below the lines of time."""
        target = timeline.rule.target
        is_working = target is not None and target.unit.is_working
        has_paused = any(each.event is Event.PAUSE for each in timeline.lines)
        if timeline.used is not None and (is_working or has_paused):
            kind = " of working time" if is_working else ""
            used = _amount(timeline.used, has_days=not is_working)
            without = ", pauses left out" if has_paused else ""
            yield f"used: {used}{kind}{without}"
        for note in timeline.notes:
            yield f"note: {note}"
        if timeline.standing is Standing.STOPPED:
            return
        if timeline.next:
            yield f"next: {self._next(timeline.next)}"
        else:
            yield f"next: nobody is told; {timeline.quiet}"

    def _next(self, steps: Sequence[Step]) -> str:
        """Return who hears next: "a@x in tomorrow's 09:00 digest (4 days before)"."""
        told: dict[str, list[str]] = {}
        for each in steps:
            for recipient in each.tell:
                told.setdefault(recipient, []).append(each.called)
        hear: dict[str, list[str]] = {}
        for recipient, what in told.items():
            hear.setdefault("; ".join(what), []).append(recipient)
        texts = (f"{' and '.join(who)} ({what})" for what, who in hear.items())
        return f"{', '.join(texts)}, {self._digest(steps[0].goes_out_at)}"

    def _digest(self, at: datetime | None) -> str:
        """Return in which digest that is."""
        if at is None:
            return "when the silence ends"
        hour = f"{at.astimezone(self.calendar.zone):%H:%M}"
        days = (self.calendar.local_day(at) - self.calendar.local_day(self.now)).days
        if at <= self.now:
            return "in today's digest, right after the next poll"
        if days <= 1:
            return f"in {'tomorrow' if days else 'today'}'s {hour} digest"
        return f"in the {hour} digest of {words.day(at, self.calendar, now=self.now)}"

    def _apart(self, apart: Sequence[Timeline], *, everything: bool) -> None:
        if not everything:
            count = words.plural(len(apart), "rule does", "rules do")
            text = f"\n{count} not concern it; svar explain --all says why."
            self.console.print(Text(text))
            return
        self.console.print("\nRules that do not concern it")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for each in apart:
            table.add_row("", each.rule.id, Text("; ".join(each.why)))
        self.console.print(table)

    def _moment(self, at: datetime) -> str:
        return words.moment(at, self.calendar, now=self.now)


def _meaning(line: Line, timeline: Timeline) -> Text:
    is_late = line.event is Event.NOW and timeline.standing is Standing.LATE
    return Text(line.meaning, "red" if is_late else "")


def _amount(span: timedelta, *, has_days: bool) -> str:
    """Return "3 days 4 h" or "37 h 5 min"; working time has no days of 24 hours."""
    minutes = int(span.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    if has_days and days:
        return f"{words.plural(days, 'day')} {hours} h"
    return f"{minutes // 60} h {minutes % 60} min"
