"""What became of a rule's promises, where comparisons of today's columns tell.

Deadlines never run backwards: what comes before the deadline of the midnight before a
start is in time. Only the deadlines of the others are worked out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Self

from monitor import evaluate
from monitor.evaluate import Check
from monitor.evaluate.conditions import Get
from monitor.figures.batch import Batch, Within
from monitor.figures.promises import glance, lows
from monitor.figures.promises.glance import AT, PLAIN, Keep, Row, Rows, Spans
from monitor.figures.promises.hindsight import TICK
from monitor.figures.promises.lows import Lows
from monitor.model import Ball, Channel
from monitor.rules import Clock
from monitor.worktime import Duration

Cases = list[tuple[Row, datetime]]  # and when it was kept, or broken
Running = Mapping[int, datetime]  # by the row's identity: when its late clock started

_APPLIED, _PAUSED, _BALL = AT["applied_at"], AT["paused"], AT["waiting_on"]
_TOLD, _CALLED = AT["told_at"], AT["called_at"]
_SINCE, _DECIDED = AT["waiting_since"], AT["decided_at"]


class Swift:
    """One rule whose columns tell by themselves how they stood before."""

    def __init__(
        self,
        check: Check,
        target: Duration,
        after: datetime,
        keeps: Sequence[Keep],
        exempt: Sequence[Sequence[Keep]],
    ) -> None:
        self.check, self._after = check, after
        self._keeps, self._exempt = keeps, exempt
        clock = check.rule.clock
        self._starts = [AT[name] for name in clock.starts]
        self._stops = tuple(AT[name] for name in clock.stops if name in AT)
        self._is_latest = clock.pick == "latest"
        has_turns = clock.pauses or _SINCE in self._starts or _asks_ball(check)
        self._oddities = clock.pauses, has_turns, not self._stops
        limits = (check.limits, *check.departments.values())
        self._lows = {
            id(each.calendar): lows.of(each.calendar, target) for each in limits
        }
        self._late_before = max(each.late_before for each in limits)
        oldest = min(low.oldest(after) for low in self._lows.values())
        self._oldest = max(oldest, check.floor or oldest)

    @classmethod
    def of(cls, check: Check, after: datetime) -> Self | None:
        """Return the rule made ready; None if rows have to be made as they stood."""
        rule = check.rule
        if rule.target is None or not _is_plain(rule.clock):
            return None
        tests = [rule.tests, *rule.exempt]
        made = [[glance.keep(test, check) for test in each] for each in tests]
        keeps = [[keep for keep in each if keep] for each in made]
        if keeps != made:
            return None
        return cls(check, rule.target, after, keeps[0], keeps[1:])

    def odd(self, rows: Rows) -> Rows:
        """Return the rows that have to be looked at as they stood."""
        pauses, turns, reached = self._oddities
        if not (turns or reached):
            return ()
        return [
            row
            for row in rows
            if (turns and row[_PAUSED])
            or (pauses and row[_BALL] is Ball.CANDIDATE)
            or (reached and _is_reached_oddly(row))
        ]

    def take(self, batch: Batch, rows: Rows, running: Running) -> tuple[Cases, Cases]:
        """Return the promises kept and those broken, of rows that are not odd."""
        kept: Cases = []
        broken: Cases = []
        for start in self._starts:
            stopped = self._stopped(batch, rows, start)
            self._judge(stopped, start, kept, broken)
            left = self._unstopped(batch, rows, start, running)
            self._look_back(self._conceivable(left), start, broken)
        return kept, broken

    def _stopped(self, batch: Batch, rows: Rows, start: int) -> Spans:
        """Return the clocks that were stopped, and when."""
        within, floor = (self._after, self.check.horizon), self.check.floor
        if self._stops:
            spans = batch.first_stops(rows, start, self._stops, within)
        else:
            spans = _reached(batch, rows, within)
        return [each for each in spans if each[1] >= floor] if floor else spans

    def _unstopped(
        self, batch: Batch, rows: Rows, start: int, running: Running
    ) -> Spans:
        """Return the clocks that fell due unstopped, but for those of today's findings."""
        oldest, late, horizon = self._oldest, self._late_before, self.check.horizon
        rows = [
            row
            for row in rows
            if (at := row[start]) is not None and oldest <= at < late
        ]
        reads: Sequence[Get] = [itemgetter(stop) for stop in self._stops]
        for read in reads or [batch.reached_at]:
            rows = [
                row
                for row in rows
                if (at := read(row)) is None or at < row[start] or at > horizon
            ]
        end = horizon + TICK
        return [
            (row, row[start], end) for row in rows if running.get(id(row)) != row[start]
        ]

    def _judge(self, spans: Spans, start: int, kept: Cases, broken: Cases) -> None:
        """Judge the clocks that were stopped."""
        at_once = [span for span in spans if span[1] == span[2]]
        if at_once:
            spans = [span for span in spans if span[1] != span[2]]
            begun = [(row, at, at + TICK) for row, at, _ in at_once]
            kept += [(row, at) for row, at, _ in self._asked(begun, start)]
        sure, unsure = self._parted(spans)
        kept += [(row, at) for row, _, at in self._asked(sure, start)]
        asked = self._asked(unsure, start)
        for row, begun_at, at in asked:
            due_at = evaluate.deadline(self.check, row, begun_at)
            if at <= due_at:
                kept.append((row, at))
            else:
                broken.append((row, due_at))
        met = {id(span) for span in asked}
        others = [span for span in unsure if id(span) not in met]
        self._look_back(self._conceivable(others), start, broken)

    def _parted(self, spans: Spans) -> tuple[Spans, Spans]:
        """Return the spans that are surely in time, and the others."""
        if len(self._lows) == 1:
            (lows,) = self._lows.values()
            unsure = [span for span in spans if span[2] > lows[span[1].toordinal()]]
        else:
            unsure = [
                span
                for span in spans
                if span[2] > self._lows_of(span[0])[span[1].toordinal()]
            ]
        if not unsure:
            return spans, unsure
        others = {id(span) for span in unsure}
        return [span for span in spans if id(span) not in others], unsure

    def _lows_of(self, row: Row) -> Lows:
        return self._lows[id(self.check.limits_of(row).calendar)]

    def _conceivable(self, spans: Spans) -> Spans:
        """Leave out spans of which a test holds neither at the start nor at the end.

        Each of these tests changes once at most, so it did not hold in between.
        """
        pairs = [
            ((row, at, at + TICK), span) for span in spans for row, at, _ in [span]
        ]
        for keep in self._keeps if not _asks_ball(self.check) else ():
            if not pairs:
                break
            held = {
                id(each) for each in keep([each for pair in pairs for each in pair])
            }
            pairs = [
                pair for pair in pairs if id(pair[0]) in held or id(pair[1]) in held
            ]
        return [span for _, span in pairs]

    def _look_back(self, spans: Spans, start: int, broken: Cases) -> None:
        """Judge clocks as they stood when they were due, unless they ended before."""
        known_by = self.check.known_by
        due: Spans = []
        for row, at, ended_at in spans:
            due_at = evaluate.deadline(self.check, row, at)
            if due_at < known_by and due_at < ended_at:
                due.append((row, at, due_at + TICK))
        broken += [(row, at - TICK) for row, _, at in self._asked(due, start)]

    def _asked(self, spans: Spans, start: int) -> Spans:
        """Keep the spans for which the rule was about the row, on this start's clock."""
        if start != _APPLIED:
            spans = [span for span in spans if span[0][_APPLIED] < span[2]]
        if len(self._starts) > 1:
            spans = [span for span in spans if self._is_start(span, start)]
        for keep in self._keeps:
            if not spans:
                return spans
            spans = keep(spans)
        for tests in self._exempt:
            left_out = spans
            for keep in tests:
                left_out = keep(left_out)
            if left_out:
                ids = {id(span) for span in left_out}
                spans = [span for span in spans if id(span) not in ids]
        return spans

    def _is_start(self, span: glance.Span, start: int) -> bool:
        """Tell whether the clock started by this column, the first of equal ones."""
        row, at, before = span
        mine = self._starts.index(start)
        for place, column in enumerate(self._starts):
            then = row[column]
            if column == _SINCE:
                then = glance.ball(row, before)[1]
            if place == mine:
                if then != at:
                    return False
            elif then is not None and then < before:
                if then == at and place < mine and row[column] == at:
                    return False
                if then != at and (then > at) is self._is_latest:
                    return False
        return True


def _is_plain(clock: Clock) -> bool:
    """Tell whether the columns of a clock say of themselves when they were filled."""
    starts, stops = set(clock.starts), set(clock.stops)
    if clock.pick == "latest" and "shared_at" in starts:
        starts.discard("waiting_since")
    if stops == {"reached_at"}:
        return starts == {"decided_at"}
    if "told_at" in stops:
        stops.discard("called_at")
    return starts | stops <= PLAIN


def _asks_ball(check: Check) -> bool:
    every = (check.rule.tests, *check.rule.exempt)
    return any(test.column == "waiting_on" for tests in every for test in tests)


def _reached(batch: Batch, rows: Rows, within: Within) -> Spans:
    """Return those who were reached since they were turned down, and when."""
    after, horizon = within
    return [
        (row, begun_at, at)
        for row in rows
        if (begun_at := row[_DECIDED]) is not None
        and max(row[_TOLD] or begun_at, row[_CALLED] or begun_at) > after
        and (at := batch.reached_at(row)) is not None
        and begun_at <= at
        and after < at <= horizon
    ]


def _is_reached_oddly(row: Row) -> bool:
    """Tell a row that may have had an earlier answer than that of today."""
    interviewed_at, told_at = row.interviewed_at, row.told_at
    if interviewed_at is None:
        return False
    if row.unreached_at is not None:
        return True
    if told_at is None:
        return False
    phoned = row.told_by is Channel.PHONE and row.called_at is not None
    return told_at < interviewed_at or (phoned and row.called_at < told_at)
