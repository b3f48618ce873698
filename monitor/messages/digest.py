"""The one message per person and day: about those who wait, the worst first, calmly."""

from collections.abc import Sequence
from datetime import datetime

from monitor.messages import channels, words
from monitor.messages.blocks import Message, Part, compose, escape
from monitor.messages.grouping import jobs, people, rows
from monitor.messages.lines import KINDS, Line, Reader, View, note
from monitor.rules import Awaits
from monitor.worktime import Calendar


def render(
    lines: Sequence[Line], reader: Reader, *, calendar: Calendar, now: datetime
) -> Message:
    """Return the digest for a person or a channel as of the moment it is posted.

    An edit renders the same lines with the same `now`: only what was settled since
    looks different. Without the lines of who was erased it tells of the others.
    """
    lines, view = _once(lines), View(calendar, now, reader.language)
    if not reader.name:
        return channels.post(lines, view, reader)
    return _private(lines, view, reader)


def erased(reader: Reader) -> Message:
    """Return what stands in place of a message of which nothing may be told any more."""
    said = words.phrases(reader.language)
    return compose(said.erased, [], [], "", said=said)


def _once(lines: Sequence[Line]) -> list[Line]:
    """Return one line for each alert: a breach says all that its warning said."""
    by_alert: dict[object, Line] = {}
    for each in sorted(lines, key=lambda line: KINDS.index(line.kind)):
        seen = each.alert.seen
        by_alert.setdefault((each.application, seen.rule, seen.started_at), each)
    return list(by_alert.values())


def _private(lines: Sequence[Line], view: View, reader: Reader) -> Message:
    ordered = sorted(lines, key=lambda line: line.badness)
    mine = [each for each in ordered if reader.owns(each)]
    theirs = [each for each in ordered if not reader.owns(each)]
    late = [each for each in mine if view.is_late(each)]
    soon = [each for each in mine if not view.is_late(each)]
    said, openers = view.said, jobs(lines, view)
    parts = [
        Part(heading, rows(each, view, openers))
        for heading, each in (
            (said.mine, late),
            (said.soon, soon),
            (said.theirs, theirs),
        )
    ]
    hello = words.greeting(view.now, view.calendar, language=view.language)
    title = f"{hello}, {escape(reader.name)}. {_headline(mine, theirs, view)}"
    last = note(lines, view)
    return compose(title, _intro(mine, late, view, reader), parts, last, said=said)


def _headline(mine: Sequence[Line], theirs: Sequence[Line], view: View) -> str:
    # Of today's list: who was told of on an earlier day waits as well, and is not on it.
    said = view.said
    if not mine:
        return said.count(said.headline_colleague, people(theirs))
    decisions = all(each.awaits is Awaits.DECISION for each in mine)
    what = said.headline_decision if decisions else said.headline_answer
    return said.count(what, people(mine))


def _intro(
    mine: Sequence[Line], late: Sequence[Line], view: View, reader: Reader
) -> list[str]:
    """Return whose promise has passed, and what little would settle a decision."""
    said, intro = view.said, []
    if late:
        is_one = len({each.promise for each in late}) == 1
        ours = said.our(late[0].promise if is_one else None)
        amount = late[0].amount if is_one else 1
        if people(late) == people(mine):
            intro.append(words.capital(said.passed.of(amount).format(ours=ours)))
        else:
            count = said.number(people(late))
            intro.append(said.passed_for.of(amount).format(n=count, ours=ours))
    if any(map(reader.decides, mine)):
        intro.append(said.advice)
    if reader.stands_in_for:
        names = ", ".join(map(escape, reader.stands_in_for))
        intro.append(said.stands_in.format(names=names))
    return intro
