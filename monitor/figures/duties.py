"""The next deadline of a rule that a law asks for, and who waits past theirs."""

from collections.abc import Sequence
from datetime import datetime

from monitor import evaluate
from monitor.evaluate import Check, Late
from monitor.figures.batch import Batch
from monitor.model import Application


class Duty:
    """The earliest deadline still to come among a rule's clocks that run now."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.due_at: datetime | None = None
        self._started_at: datetime | None = None
        self._missed: set[str] = set()  # ids, since a row may stand twice
        clock = check.rule.clock
        # Then of two clocks the one that started first is due first.
        self._is_plain = not (clock.pauses or clock.due or check.departments)

    @property
    def missed(self) -> int:
        """Return how many wait past their deadline, but for the backlog."""
        return len(self._missed)

    def take(self, batch: Batch) -> None:
        """Hold the deadlines of these applications against the earliest so far."""
        check = self.check
        for row, finding in batch.found.get(check.rule.id, ()):
            if finding.late is Late.BREACHED and not finding.backlog:
                self._missed.add(row.application_id)
        for row in self._running(self._early(batch.rows)):
            started_at = check.started_at(row)
            due_at: datetime | None = evaluate.deadline(check, row, started_at)
            if due_at is None or due_at <= started_at:  # then nothing was promised
                continue
            if due_at >= check.as_of and (self.due_at is None or due_at < self.due_at):
                self.due_at, self._started_at = due_at, started_at

    def _early(self, rows: Sequence[Application]) -> Sequence[Application]:
        """Keep the rows whose clock started, and that may be due before all others."""
        check, start = self.check, self.check.start
        before, since = check.horizon, check.floor
        if self._is_plain:
            before = self._started_at or before
            since = max(check.limits.late_before, since or check.limits.late_before)
        return [
            row
            for row in rows
            if (at := start(row)) is not None
            and at < before
            and (since is None or at >= since)
        ]

    def _running(self, rows: Sequence[Application]) -> Sequence[Application]:
        check = self.check
        for _, keep in check.sieves:
            rows = keep(rows)
        return [
            row
            for row in rows
            if not any(evaluate.stops(check, row, check.started_at(row)))
            and not check.is_exempt(row)
        ]
