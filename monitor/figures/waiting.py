"""Who waits now: for how long, on whom, and past which promise."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from monitor.evaluate import Late
from monitor.figures.batch import Batch
from monitor.figures.nouns import HOLDERS, UNKNOWN, Days, Job
from monitor.model import Application, Ball, Closure

_ALWAYS = (Ball.RECRUITER, Ball.MANAGER, Ball.CANDIDATE)
_LAST = (7, 14, 30, 45)  # the last day of each of `Days` but the endless one
_UNTOLD = (Closure.DECIDED_NOT_TOLD, Closure.WRONG_CHANNEL)

Department = str | None
Turn = tuple[Department, str, str]


class Waiting:
    """Counts who has no answer, by departments as the source calls them."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        # Per department, phase and holder of the ball: those who wait for each of
        # `Days`, and behind them the seconds of their turns.
        self._cells: defaultdict[Turn, list[float]] = defaultdict(_cell)
        self.overdue: Counter[tuple[Department, str]] = Counter()
        self.overdue_jobs: Counter[Job] = Counter()
        self._overdue_ids: dict[str, None] = {}  # a row that stands twice is one person

    @property
    def waiting(self) -> Mapping[tuple[Department, str, Days], int]:
        """Return how many wait, and for how long."""
        found: Counter[tuple[Department, str, Days]] = Counter()
        for (department, _, holder), cell in self._cells.items():
            for days, count in zip(Days, cell, strict=False):
                if count:
                    found[department, holder, days] += int(count)
        return found

    @property
    def turns(self) -> Mapping[Turn, float]:
        """Return the seconds of the turns under way."""
        return {turn: cell[-1] for turn, cell in self._cells.items()}

    def take(self, batch: Batch) -> None:
        """Count these applications."""
        self._take(zip(batch.rows, batch.closures, strict=True))
        late = {
            id(row)
            for each in batch.found.values()
            for row, finding in each
            if finding.late is Late.BREACHED
        }
        if late:
            for row, closure in zip(batch.rows, batch.closures, strict=True):
                if id(row) in late and row.application_id not in self._overdue_ids:
                    self._overdue_ids[row.application_id] = None
                    self.overdue[row.department, ball(row, closure)] += 1
                    self.overdue_jobs[Job(row.job_ref, row.job_title)] += 1

    def _take(self, pairs: Iterable[tuple[Application, Closure]]) -> None:
        """Count those of the applications that wait.

        Written out, since every row goes through it: no call that can be spared.
        """
        now, cells = self._now, self._cells
        told, undecided = Closure.TOLD, Closure.UNDECIDED
        recruiter, nobody = Ball.RECRUITER._value_, UNKNOWN
        for row, closure in pairs:
            if closure is told:
                continue
            last, reply_at = row.applied_at, row.last_reply_at
            if reply_at is not None and last < reply_at <= now:
                last = reply_at
            began_at = row.waiting_since or row.stage_entered_at or last
            phase = row.phase
            if closure is undecided:
                ball = row.waiting_on
                holder = nobody if ball is None else ball._value_
            else:
                holder, began_at = recruiter, row.decided_at or began_at
            key = row.department, nobody if phase is None else phase._value_, holder
            cell = cells[key]
            cell[bisect_left(_LAST, (now - last).days)] += 1
            if began_at < now:
                cell[-1] += (now - began_at).total_seconds()


def ball(row: Application, closure: Closure) -> str:
    """Return who the candidate waits on; who is decided on waits to be told."""
    if closure in _UNTOLD:
        return Ball.RECRUITER.value
    return row.waiting_on.value if row.waiting_on else UNKNOWN


def shown(found: Collection[str]) -> list[str]:
    """Return whom to show: three always, the others where somebody waits on them."""
    return [holder for holder in HOLDERS if holder in _ALWAYS or holder in found]


def _cell() -> list[float]:
    return [0] * (len(Days) + 1)
