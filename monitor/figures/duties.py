"""The next deadline of a rule that a law asks for."""

from collections.abc import Sequence
from datetime import datetime

from monitor import evaluate
from monitor.evaluate import Check
from monitor.model import Application


class Duty:
    """The earliest deadline among a rule's clocks that run now, also if it has passed."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.due_at: datetime | None = None
        self._started_at: datetime | None = None
        clock = check.rule.clock
        # Then of two clocks the one that started first is due first.
        self._is_plain = not (clock.pauses or clock.due or check.departments)

    def take(self, rows: Sequence[Application]) -> None:
        """Hold the deadlines of these applications against the earliest so far."""
        for row in self._running(self._early(rows)):
            started_at = self.check.start(row)
            due_at: datetime | None = evaluate.deadline(self.check, row, started_at)
            if due_at is None or due_at <= started_at:  # then nothing was promised
                continue
            if self.due_at is None or due_at < self.due_at:
                self.due_at, self._started_at = due_at, started_at

    def _early(self, rows: Sequence[Application]) -> Sequence[Application]:
        """Keep the rows whose clock started, and that may be due before all others."""
        start, horizon, floor = self.check.start, self.check.horizon, self.check.floor
        before = self._started_at if self._is_plain else None
        return [
            row
            for row in rows
            if (at := start(row)) is not None
            and at < (before or horizon)
            and (floor is None or at >= floor)
        ]

    def _running(self, rows: Sequence[Application]) -> Sequence[Application]:
        check = self.check
        for _, keep in check.sieves:
            rows = keep(rows)
        return [
            row
            for row in rows
            if not any(evaluate.stops(check, row, check.start(row)))
            and not check.is_exempt(row)
        ]
