"""What candidates said when they were asked, by how they had been told."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from monitor.evaluate import Check
from monitor.figures import reach
from monitor.figures.batch import Batch, Found
from monitor.figures.nouns import LEAST, Heard, Mood
from monitor.figures.promises.outcomes import Outcomes
from monitor.model import Application

_SCORES = range(11)
_PROMOTES, _PASSES = 9, 7


class Surveys:
    """Counts answers of the last half year; a group of few answers is not shown."""

    def __init__(
        self, checks: Sequence[Check], now: datetime, lookback: timedelta
    ) -> None:
        self._begins, self._now = now - reach.SURVEYS, now
        self._is_whole = lookback >= reach.SURVEYS
        self._outcomes = [Outcomes(each) for each in checks]
        self._counts: Counter[tuple[Heard, Mood]] = Counter()

    @property
    def surveys(self) -> Counter[tuple[Heard, Mood]]:
        """Return the answers, but for groups in which few answered."""
        sizes: Counter[Heard] = Counter()
        for (told, _), count in self._counts.items():
            sizes[told] += count
        counts = self._counts.items()
        return Counter({key: count for key, count in counts if sizes[key[0]] >= LEAST})

    def take(self, batch: Batch) -> None:
        """Count what the candidates of these applications answered."""
        if not self._is_whole:
            return
        begins, now = self._begins, self._now
        asked = [
            row
            for row in batch.rows
            if row.survey_at is not None
            and begins < row.survey_at <= now
            and row.survey_score in _SCORES
        ]
        if asked:
            late = self._late(asked, batch.found)
            for row in asked:
                self._counts[_heard(row, late), _mood(row.survey_score or 0)] += 1

    def _late(
        self, asked: Sequence[Application], found: Mapping[str, Found]
    ) -> Mapping[int, datetime]:
        """Return when the first promise to each of them was broken, by their identity."""
        ids = {id(row) for row in asked}
        about = {
            rule: [pair for pair in each if id(pair[0]) in ids]
            for rule, each in found.items()
        }
        batch = Batch(asked, about)
        first: dict[int, datetime] = {}
        for outcomes in self._outcomes:
            for row, at in outcomes.take(batch)[1]:
                first[id(row)] = min(at, first.get(id(row), at))
        return first


def _heard(row: Application, late: Mapping[int, datetime]) -> Heard:
    survey_at, broken_at = row.survey_at, late.get(id(row))
    if row.told_at is None or (survey_at is not None and row.told_at > survey_at):
        return Heard.NEVER
    if broken_at is not None and survey_at is not None and broken_at <= survey_at:
        return Heard.LATE
    return Heard.IN_TIME


def _mood(score: int) -> Mood:
    if score >= _PROMOTES:
        return Mood.PROMOTER
    return Mood.PASSIVE if score >= _PASSES else Mood.DETRACTOR
