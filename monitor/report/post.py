"""The report as the leads' channel reads it: short, in counts, and never with a name."""

from collections.abc import Iterator

from monitor.figures.nouns import Kept
from monitor.language import Language
from monitor.messages import Message, words
from monitor.messages.blocks import Part, Row, compose, escape
from monitor.messages.phrases import Phrases
from monitor.report import sentences
from monitor.report.nouns import Named, Outcome, Week, WeekReport
from monitor.worktime import Calendar

MOST_EDITS = 10


def render(
    report: WeekReport, calendar: Calendar, *, language: Language = Language.EN
) -> Message:
    """Return the post; all sources are one in it."""
    said, now = words.phrases(language), report.as_of
    weeks = report.weeks
    quiet = [
        said.week_silent.format(
            source=escape(each.title),
            when=words.moment(each.since, calendar, now=now, language=language),
        )
        for each in report.quiet
    ]
    if not weeks:
        return compose(quiet[0], quiet[1:], [], "", said=said)
    last = weeks[-1]
    title = sentences.headline(last, report.rules, said)
    told = (
        sentences.trend(weeks, report.rules, calendar, language=language),
        sentences.all_promises(last, report.rules, said),
        sentences.late(last, said),
    )
    intro = [*filter(None, told), *quiet]
    parts = [
        Part(said.week_promises, list(_promises(report, said))),
        Part(said.week_jobs, list(_jobs(last, said))),
        Part(said.week_edits, list(_edits(report, said))),
    ]
    when = words.moment(now, calendar, now=now, language=language)
    note = said.week_note.format(when=when)
    return compose(title, intro, parts, note, said=said)


def _promises(report: WeekReport, said: Phrases) -> Iterator[Row]:
    """Yield each promise of which there is enough to say."""
    weeks = report.weeks
    for rule in report.rules:
        text = _promise(rule, weeks, said)
        if text:
            yield Row(text)


def _promise(rule: Named, weeks: tuple[Week, ...], said: Phrases) -> str:
    share, kept = _share(weeks[-1], rule), _kept(weeks[-1], rule)
    if not share:
        return ""
    text = said.week_promise.format(
        title=escape(rule.title),
        share=share,
        kept=said.number(kept.kept),
        cases=said.number(kept.cases),
    )
    before = sentences.a_month_ago(weeks)
    earlier = _share(before, rule) if before else ""
    if not earlier:
        return text
    ago = sentences.ago_in_words(weeks, said)
    return said.week_promise_before.format(promise=text, before=earlier, weeks=ago)


def _share(week: Week, rule: Named) -> str:
    return sentences.percent(week.promises.get(rule.id, Outcome()))


def _kept(week: Week, rule: Named) -> Kept:
    return week.promises.get(rule.id, Outcome()).shown[1]


def _jobs(week: Week, said: Phrases) -> Iterator[Row]:
    for job, count in week.worst:
        title = escape(job.title) or said.week_no_title
        yield Row(f"{title}: {said.number(count)}")


def _edits(report: WeekReport, said: Phrases) -> Iterator[Row]:
    edits = report.edits or ()
    for edit in edits[-MOST_EDITS:]:
        yield Row(escape(sentences.edited(edit, said)))
