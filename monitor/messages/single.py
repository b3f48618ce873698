"""A message about one person who waits, for a step that does not wait for the digest."""

from datetime import datetime

from monitor.messages import channels, words
from monitor.messages.blocks import Message, Part, Row, compose, escape, link
from monitor.messages.lines import Line, Reader, View, note, settled, waits
from monitor.rules import Awaits
from monitor.worktime import Calendar


def single(
    line: Line,
    reader: Reader,
    *,
    again: bool = False,
    calendar: Calendar,
    now: datetime,
) -> Message:
    """Return the message about one alert; `again`: below an earlier one of the same.

    In a channel it tells the rule and the department, and no name.
    """
    view = View(calendar, now, reader.language)
    title = _still(line, view) if again else ""
    if not reader.name:
        return channels.post([line], view, reader, title=title)
    title = title or _title(line, reader, view)
    intro = [_who(line)] if again else []
    if line.is_settled:
        title = f"~{title}~"
        intro.append(_sentence(settled(line, view)))
    else:
        intro += [] if again else _facts(line, reader, view)
    opener = "" if line.is_settled else link(line.alert.seen.url, view.said.open_one)
    parts = [Part("", [Row(opener)] if opener else [])]
    said = view.said
    return compose(
        title, [text for text in intro if text], parts, note([line], view), said=said
    )


def _still(line: Line, view: View) -> str:
    waited = view.span(line, line.alert.seen.started_at, view.now)
    return view.said.still.format(waited=waited)


def _title(line: Line, reader: Reader, view: View) -> str:
    """Return who waits for what: "A. K. is waiting for your decision on Nurse."."""
    seen, said = line.alert.seen, view.said
    job = escape(seen.job_title)
    who = escape(seen.candidate) or said.someone
    phrases = {
        (Awaits.ANSWER, True): said.asks_answer,
        (Awaits.DECISION, True): said.asks_decision,
        (Awaits.ANSWER, False): said.awaits_answer,
        (Awaits.DECISION, False): said.awaits_decision,
    }
    about = said.about.format(job=job) if job else ""
    return phrases[line.awaits, reader.owns(line)].format(who=who, about=about)


def _who(line: Line) -> str:
    seen = line.alert.seen
    return " · ".join(filter(None, (escape(seen.candidate), escape(seen.job_title))))


def _facts(line: Line, reader: Reader, view: View) -> list[str]:
    """Return how long it is, whether the promise has passed, and what would settle it."""
    said, facts = view.said, [_sentence(waits([line], view))]
    if view.is_late(line):
        ours = said.our(line.promise)
        passed = said.passed.of(line.amount).format(ours=ours)
        facts.append(words.capital(passed))
    if reader.decides(line):
        facts.append(said.advice)
    return facts


def _sentence(text: str) -> str:
    """Return text with a capital and one full stop, whatever it ended with."""
    return words.capital(text).rstrip(".") + "."
