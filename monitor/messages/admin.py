"""What the admin reads: what was held back, and why nothing is lost."""

from datetime import datetime

from monitor.language import Language
from monitor.messages import words
from monitor.messages.blocks import Message, compose, escape
from monitor.worktime import Calendar


def held(
    source: str, rule_id: str, count: int, *, language: Language = Language.EN
) -> Message:
    """Return what to do about closures that are held since there are so many."""
    said = words.phrases(language)
    rule, where = escape(rule_id), escape(source)
    title = said.count(said.held, count, rule=rule, source=where)
    return compose(title, [said.held_how.format(rule=rule)], [], "", said=said)


def silent(
    source: str,
    since: datetime,
    *,
    calendar: Calendar,
    now: datetime,
    language: Language = Language.EN,
) -> Message:
    """Return how long a source was silent, since its last good poll."""
    said = words.phrases(language)
    waited = words.silence(since, now, language=language)
    title = said.silent.format(source=escape(source), waited=waited)
    when = words.moment(since, calendar, now=now, language=language)
    return compose(title, [said.silent_how.format(when=when)], [], "", said=said)
