"""The report in sentences, in the words of a language."""

from collections.abc import Iterator, Sequence

from monitor.figures.nouns import LEADING, UNKNOWN
from monitor.language import Language
from monitor.messages import words
from monitor.messages.phrases import Phrases
from monitor.model import Ball
from monitor.proof.difference import Edit
from monitor.report.nouns import Named, Outcome, Week
from monitor.store.edits import RuleEdit
from monitor.worktime import Calendar, Duration

MONTH = 4  # weeks that a trend looks back, where there are as many


def headline(week: Week, rules: Sequence[Named], said: Phrases) -> str:
    """Return how the promise that leads was kept, in one sentence; else how all were."""
    if not week.applications:
        return said.week_empty
    if promise := _leading(week, rules):
        share = percent(week.promises[LEADING])
        return said.week_heard.format(share=share, promise=said.duration(promise))
    share = percent(week.total)
    return said.week_kept.format(share=share) if share else said.week_few


def _leading(week: Week, rules: Sequence[Named]) -> Duration | None:
    """Return the promise that leads, where there is enough to say of it."""
    if not percent(week.promises.get(LEADING, Outcome())):
        return None
    return next((rule.target for rule in rules if rule.id == LEADING), None)


def percent(outcome: Outcome) -> str:
    """Return the share that was kept; nothing where cases are too few."""
    kept = outcome.shown[1]
    return "" if kept.ratio is None else words.percent(kept.kept, kept.cases)


def trend(
    weeks: Sequence[Week],
    rules: Sequence[Named],
    calendar: Calendar,
    *,
    language: Language,
) -> str:
    """Return over what the headline's share was counted, and how it has changed."""
    last, before, said = weeks[-1], a_month_ago(weeks), words.phrases(language)
    leads = _leading(last, rules) is not None
    now = _headlined(last, leads=leads)
    then = None if before is None else _headlined(before, leads=leads).percent
    if now.percent is None:
        return ""
    counted = _counted(now, said)
    if before is None or then is None:
        return counted
    day = words.day(before.at, calendar, now=last.at, language=language)
    changed = _change(now.percent - then, ago_in_words(weeks, said), day, said)
    return f"{counted} {changed}"


def _headlined(week: Week, *, leads: bool) -> Outcome:
    return week.promises.get(LEADING, Outcome()) if leads else week.total


def _counted(outcome: Outcome, said: Phrases) -> str:
    window, kept = outcome.shown
    numbers = {"kept": said.number(kept.kept), "days": str(window.length.days)}
    return said.count(said.week_cases, kept.cases, **numbers)


def _change(points: int, ago: str, day: str, said: Phrases) -> str:
    if not points:
        return said.week_same.format(weeks=ago, day=day)
    phrase = said.week_better if points > 0 else said.week_worse
    return said.count(phrase, abs(points), weeks=ago, day=day)


def all_promises(week: Week, rules: Sequence[Named], said: Phrases) -> str:
    """Return how all promises were kept, where the headline tells of one."""
    if not week.applications or _leading(week, rules) is None:
        return ""
    share, counted = percent(week.total), _counted(week.total, said)
    return said.week_all.format(share=share, counted=counted)


def a_month_ago(weeks: Sequence[Week]) -> Week | None:
    """Return the week that the last one is compared with; of few weeks the first."""
    return weeks[-1 - _back(weeks)] if len(weeks) > 1 else None


def ago_in_words(weeks: Sequence[Week], said: Phrases) -> str:
    """Return how long ago the week was that the last one is compared with."""
    return said.count(said.weeks, _back(weeks))


def _back(weeks: Sequence[Week]) -> int:
    return min(MONTH, len(weeks) - 1)


def late(week: Week, said: Phrases) -> str:
    """Return how many wait too long, and on whom."""
    people = week.overdue.total()
    if not week.applications:
        return ""
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
