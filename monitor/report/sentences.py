"""The report in sentences, in the words of a language."""

from collections.abc import Iterator, Sequence

from monitor.cycle.reading import UNKNOWN
from monitor.messages import words
from monitor.messages.phrases import Phrases
from monitor.model import Ball
from monitor.proof.difference import Edit
from monitor.report.nouns import Outcome, Week
from monitor.store.edits import RuleEdit


def headline(week: Week, said: Phrases) -> str:
    """Return how promises were kept, in one sentence."""
    share = percent(week.total)
    return said.week_kept.format(share=share) if share else said.week_few


def percent(outcome: Outcome) -> str:
    """Return the share that was kept; nothing where cases are too few."""
    kept = outcome.shown[1]
    return "" if kept.ratio is None else words.percent(kept.kept, kept.cases)


def trend(weeks: Sequence[Week], said: Phrases) -> str:
    """Return over what the share was counted, and how it has changed."""
    window, kept = weeks[-1].total.shown
    if kept.ratio is None:
        return ""
    numbers = {"kept": said.number(kept.kept), "days": str(window.length.days)}
    counted = said.count(said.week_cases, kept.cases, **numbers)
    changed = _change(weeks[0].total.percent, weeks[-1].total.percent, len(weeks), said)
    return f"{counted} {changed}".strip()


def _change(before: int | None, after: int | None, weeks: int, said: Phrases) -> str:
    if before is None or after is None or weeks == 1:
        return ""
    ago, points = ago_in_words(weeks, said), after - before
    if not points:
        return said.week_same.format(weeks=ago)
    phrase = said.week_better if points > 0 else said.week_worse
    return said.count(phrase, abs(points), weeks=ago)


def ago_in_words(weeks: int, said: Phrases) -> str:
    """Return how long ago the first of so many weeks' ends was."""
    return said.count(said.weeks, weeks - 1)


def late(week: Week, said: Phrases) -> str:
    """Return how many wait too long, and on whom."""
    people = week.overdue.total()
    if not people:
        return said.week_nobody
    whom = ", ".join(_whom(week, said))
    return said.count(said.week_late, people, whom=whom)


def _whom(week: Week, said: Phrases) -> Iterator[str]:
    phrases: dict[str, str] = {
        Ball.RECRUITER: said.on_recruiter,
        Ball.MANAGER: said.on_manager,
        Ball.CANDIDATE: said.on_candidate,
        Ball.NOBODY: said.on_nobody,
        UNKNOWN: said.on_unknown,
    }
    for ball, phrase in phrases.items():
        if week.overdue[ball]:
            yield phrase.format(n=said.number(week.overdue[ball]))


def edited(edit: RuleEdit, said: Phrases) -> str:
    """Return what became of a rule, in one line."""
    phrases: dict[str, str] = {
        Edit.ADDED: said.edit_added,
        Edit.REMOVED: said.edit_removed,
        Edit.SWITCHED_ON: said.edit_switched_on,
        Edit.SWITCHED_OFF: said.edit_switched_off,
        Edit.REWORDED: said.edit_reworded,
    }
    return f"{edit.rule}: {phrases.get(edit.edit, edit.words)}"
