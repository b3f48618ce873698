"""The report in Markdown, to be put into a mail or a wiki."""

import re
from collections.abc import Iterable, Iterator, Sequence

from monitor.report.paper import Paper, Sheet

_MARKS = re.compile(r"([\\`*_\[\]<>|#~])")


def render(paper: Paper) -> str:
    """Return the report as Markdown."""
    return "\n".join(_lines(paper)) + "\n"


def _lines(paper: Paper) -> Iterator[str]:
    yield f"# Our promises, as of {paper.as_of}"
    for sheet in paper.sheets:
        yield from _sheet(sheet)
    yield from ("", "## Changed in the rules", "")
    yield from _edits(paper)
    if paper.doubts:
        yield from ("", "## What the earlier weeks cannot tell", "")
        yield from (f"- {_escape(each)}" for each in paper.doubts)


def _edits(paper: Paper) -> Iterator[str]:
    if paper.edits is None:
        yield "Not known here: no state has written it down."
    elif not paper.edits:
        yield "Nothing."
    else:
        yield from (f"- {day}: {_escape(text)}" for day, text in paper.edits)


def _sheet(sheet: Sheet) -> Iterator[str]:
    yield from ("", f"## {_escape(sheet.title)}: {sheet.applications}", "")
    yield f"**{sheet.headline}** {sheet.trend} {sheet.total}".strip()
    yield from ("", sheet.late, "")
    yield from _promises(sheet)
    yield ""
    yield from _waits(sheet)
    yield ""
    yield from _counts("Answers", sheet.closure)
    if sheet.jobs:
        yield ""
        yield from _counts("Jobs with the most people waiting too long", sheet.jobs)
    for note in sheet.notes:
        yield from ("", _escape(note))


def _promises(sheet: Sheet) -> Iterator[str]:
    heads = ["Promises kept", "", *sheet.ends, "counted", "over"]
    yield from _table(
        heads,
        (
            [each.name, each.promise, *each.said, each.counted, each.window]
            for each in sheet.promises
        ),
        right=range(2, len(heads)),
    )
    if sheet.footnote:
        yield from ("", _escape(sheet.footnote))


def _waits(sheet: Sheet) -> Iterator[str]:
    return _table(
        ["Waiting for", "people", "too long", "hours"],
        (
            [each.whom, f"{each.people:,}", f"{each.late:,}", f"{each.hours:,}"]
            for each in sheet.waits
        ),
        right=range(1, 4),
    )


def _counts(head: str, counts: Iterable[tuple[str, int]]) -> Iterator[str]:
    """Yield a table of how many people each line is about."""
    rows = ([said, f"{count:,}"] for said, count in counts)
    return _table([head, "people"], rows, right=[1])


def _table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int]
) -> Iterator[str]:
    ends = set(right)
    yield _row(heads)
    yield "|" + "|".join("--:" if n in ends else ":--" for n in range(len(heads))) + "|"
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_escape, cells))} |"


def _escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
