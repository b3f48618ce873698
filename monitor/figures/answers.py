"""How soon candidates were answered, over which channel, and who never was."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from monitor import closure
from monitor.evaluate import SKEW
from monitor.figures import reach
from monitor.figures.batch import Batch
from monitor.figures.lengths import Lengths
from monitor.figures.nouns import After, Way, Window
from monitor.figures.promises.glance import AT, Row, Rows
from monitor.model import NOTHING_OWED, Status

_TOO_NEW = timedelta(days=30)  # to ask whether they ever hear of us
_NOTHING = timedelta(0)
_TURNED_DOWN = (Status.REJECTED, Status.CLOSED)
_FIRST = tuple(AT[name] for name in ("first_reply_at", "told_at", "called_at"))
# What began, and what answers it; whether that counts only if it came later.
_COHORTS = (
    (
        After.APPLICATION,
        "applied_at",
        {"first_reply_at": False, "told_at": False, "called_at": False},
    ),
    (
        After.INTERVIEW,
        "interviewed_at",
        {"told_at": False, "last_reply_at": True, "called_at": True},
    ),
)
Cohort = tuple[After, int, Mapping[int, bool]]  # the columns by their places
_APPLIED, _STATUS = AT["applied_at"], AT["status"]
_TOLD, _DECIDED = AT["told_at"], AT["decided_at"]


class Answers:
    """Counts what was answered; `columns` are those that the source delivers.

    What looks further back than its `lookback` is not counted.
    """

    def __init__(
        self, now: datetime, columns: Collection[str], lookback: timedelta
    ) -> None:
        self._now, self._horizon = now, now + SKEW
        self._calls = "called_at" in columns
        self._windows = [
            (each, now - each.length) for each in Window if each.length <= lookback
        ]
        self._after = now - Window.WIDE.length
        self._is_wide = Window.WIDE.length <= lookback
        self._old, self._new = now - reach.COHORT, now - _TOO_NEW
        self._cohorts = list(_cohorts(columns)) if lookback >= reach.COHORT else []
        self.first_reply = Lengths()
        self.decided_to_told = Lengths()
        self.interviewed_told: Counter[tuple[Way, Window]] = Counter()
        asked = [after for after, *_ in self._cohorts]
        self.answerable: Counter[After] = Counter(dict.fromkeys(asked, 0))
        self.never_answered: Counter[After] = Counter(dict.fromkeys(asked, 0))

    def take(self, batch: Batch) -> None:
        """Count these applications."""
        if self._is_wide:
            self._count_replies(batch)
        self._count_outcomes(batch)
        for after, begun, answers in self._cohorts:
            self._count_silence(batch.rows, after, begun, answers)

    def _count_replies(self, batch: Batch) -> None:
        # As of the horizon, since that is what the rule of the first reply asks for.
        within = self._after, self._horizon
        spans = batch.first_stops(batch.rows, _APPLIED, _FIRST, within)
        now = self._now
        self.first_reply.add([at - begun for _, begun, at in spans if at <= now])

    def _count_outcomes(self, batch: Batch) -> None:
        """Count those who were told what was decided."""
        after, now = self._after, self._now
        lengths = []
        for row in batch.lately(after):
            told_at = row[_TOLD]
            reached_at = self._reached(batch, row) if self._calls else told_at
            if (
                reached_at is not None
                and after < reached_at <= now
                and row[_STATUS] in _TURNED_DOWN
                and (decided_at := row[_DECIDED]) is not None
            ):
                lengths.append(max(reached_at - decided_at, _NOTHING))
            if told_at is not None and told_at <= now and self._calls:
                self._count_way(row, told_at, reached_at)
        if self._is_wide:
            self.decided_to_told.add(lengths)

    def _reached(self, batch: Batch, row: Row) -> datetime | None:
        """Return when the outcome reached the candidate, for all that is known by now."""
        reached_at = batch.reached_at(row)
        if reached_at is None or reached_at <= self._horizon:
            return reached_at
        return closure.reached_at(closure.as_known(row, self._horizon))

    def _count_way(
        self, row: Row, told_at: datetime, reached_at: datetime | None
    ) -> None:
        if row.interviewed_at is None or row.status in NOTHING_OWED:
            return
        phoned = reached_at is not None and not (
            row.unreached_at is not None
            and closure.is_fallback(closure.as_known(row, self._horizon))
        )
        way = Way.PHONE if phoned else Way.OTHER
        for window, begins in self._windows:
            if told_at > begins:
                self.interviewed_told[way, window] += 1

    def _count_silence(
        self, rows: Rows, after: After, begun: int, answers: Mapping[int, bool]
    ) -> None:
        """Count those of whom one may ask by now whether they ever hear of us."""
        old, new, now = self._old, self._new, self._now
        cohort = [
            row
            for row in rows
            if (at := row[begun]) is not None
            and old < at <= new
            and row[_STATUS] is not Status.WITHDRAWN
        ]
        self.answerable[after] += len(cohort)
        for answer, is_later in answers.items():
            cohort = [
                row
                for row in cohort
                if (at := row[answer]) is None
                or at > now
                or (is_later and at <= row[begun])
            ]
        never = sum(row[_STATUS] is not Status.HIRED for row in cohort)
        self.never_answered[after] += never


def _cohorts(columns: Collection[str]) -> Iterator[Cohort]:
    """Yield who may be asked about; what the source never tells is no silence of ours."""
    for after, begun, answers in _COHORTS:
        known = {AT[name]: answers[name] for name in answers if name in columns}
        if known:
            yield after, AT[begun], known
