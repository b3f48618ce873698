"""An application with all its clocks, and the same as plain values for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor import closure
from monitor.cli import instants
from monitor.model import Application, Closure
from monitor.proof.evidence import Case
from monitor.proof.steps import Step
from monitor.proof.timeline import Event, Line, Standing, Timeline


@dataclass(frozen=True, slots=True)
class Explained:
    """An application in one source, with a time line for each rule that it can feed."""

    source: str
    title: str
    case: Case
    timelines: Sequence[Timeline]
    unmeasurable: Mapping[str, set[str]]

    @property
    def row(self) -> Application:
        return self.case.row

    @property
    def closure(self) -> Closure:
        return closure.state(self.row, calls="called_at" in self.case.columns)

    @property
    def ordered(self) -> list[Timeline]:
        """The time lines, those that ask for something first."""
        order = list(Standing)
        return sorted(self.timelines, key=lambda each: order.index(each.standing))


def facts(explained: Explained) -> dict[str, object]:
    """Return what is shown as plain values, instants in UTC."""
    row = explained.row
    return {
        "source": explained.source,
        "application": row.application_id,
        "candidate": explained.case.name,
        "job": row.job_title,
        "status": row.status,
        "waiting_on": row.waiting_on,
        "waiting_since": _utc(row.waiting_since),
        "closure": explained.closure,
        "fallback": closure.is_fallback(row),
        "decided_at": _utc(row.decided_at),
        "told_at": _utc(row.told_at),
        "told_by": row.told_by,
        "basis": row.basis,
        "rules": [
            _timeline(each)
            for each in explained.ordered
            if each.standing is not Standing.APART
        ],
        "not_concerned": {
            each.rule.id: list(each.why)
            for each in explained.timelines
            if each.standing is Standing.APART
        },
        "not_measurable": {
            rule: sorted(lacking) for rule, lacking in explained.unmeasurable.items()
        },
    }


def _timeline(timeline: Timeline) -> dict[str, object]:
    used = timeline.used
    return {
        "rule": timeline.rule.id,
        "promise": timeline.rule.promise,
        "standing": timeline.standing,
        "started_at": _utc(timeline.started_at),
        "due_at": _utc(timeline.due_at),
        "stopped_at": _utc(timeline.stopped_at),
        "paused_since": _utc(timeline.paused_since),
        "used_seconds": None if used is None else int(used.total_seconds()),
        "lines": [_line(each) for each in timeline.lines],
        "steps": [_step(each) for each in timeline.steps],
        "next": [_step(each) for each in timeline.next],
        "notes": list(timeline.notes),
    }


def _line(line: Line) -> dict[str, object]:
    told = {"reader": line.reader} if line.event is Event.TOLD else {}
    return {
        "at": _utc(line.at),
        "event": line.event,
        "what": line.what,
        "meaning": line.meaning,
        "until": _utc(line.until),
        **told,
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "step": step.called,
        "kind": step.kind,
        "due_at": _utc(step.due_at),
        "goes_out_at": _utc(step.goes_out_at),
        "tell": list(step.tell),
    }


def _utc(at: datetime | None) -> str | None:
    return None if at is None else instants.rfc3339(at)
