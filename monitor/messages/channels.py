"""What a channel reads: counts by rule and department, and never a name."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from monitor.messages.blocks import Message, Part, Row, compose, escape
from monitor.messages.grouping import people
from monitor.messages.lines import Line, Reader, View, note

MOST_PLACES = 20  # departments named in one row


def post(
    lines: Sequence[Line], view: View, reader: Reader, *, title: str = ""
) -> Message:
    """Return a post for a channel; `title` stands in for how many wait."""
    said = view.said
    late = [each for each in lines if view.is_late(each)]
    headline = (
        said.count(said.channel_late, people(late))
        if late
        else said.count(said.channel_soon, people(lines))
    )
    ordered = sorted(lines, key=lambda each: (each.badness[0], _title(each, view)))
    rows = [
        _row(title, list(group), view)
        for title, group in groupby(ordered, lambda each: _title(each, view))
    ]
    intro = [said.unreachable] if reader.is_fallback else []
    last = note(lines, view)
    return compose(title or headline, intro, [Part("", rows)], last, said=said)


def _title(line: Line, view: View) -> str:
    return line.title(view.language)


def _row(title: str, group: Sequence[Line], view: View) -> Row:
    said = view.said
    still = [each for each in group if not each.is_settled] or group
    places = Counter(each.alert.seen.department or "" for each in still)
    named = sorted(
        (place or said.no_department, count) for place, count in places.items()
    )[:MOST_PLACES]
    where = ", ".join(f"{escape(place)} ({said.number(n)})" for place, n in named)
    if len(places) > MOST_PLACES:
        more = said.number(len(places) - MOST_PLACES)
        where = said.more_places.format(where=where, n=more)
    text = said.channel_row.format(
        title=escape(title), n=said.number(len(still)), where=where
    )
    if still[0].is_settled:
        text = f"~{text}~ {said.channel_settled}"
    return Row(text, people(group))
