"""Which lines stand together: one for an application, one heading for many on a job."""

from collections import Counter
from collections.abc import Sequence

from monitor.messages.blocks import Row, escape, link
from monitor.messages.lines import Line, View, settled, waits

MOST_NAMED = 5  # of one rule and job, each with a line
FEW_NAMED = 3  # the worst, where there are more
BULLET = "• "
Jobs = dict[tuple[str, str], str]  # what opens a whole job; taken out as it is told
OfOne = Sequence[Line]  # all that is to be said of one application


def people(lines: Sequence[Line]) -> int:
    """Return how many applications the lines are about."""
    return len({each.application for each in lines})


def jobs(lines: Sequence[Line], view: View) -> Jobs:
    """Return the link to each job of which two or more candidates are told.

    It stays while any of them waits, so that an edit touches settled lines alone.
    """
    still = [each for each in lines if each.job_link and not each.is_settled]
    where = {each.job: each.job_link for each in still}
    told = Counter(job for _, job in {(each.application, each.job) for each in lines})
    said, found = view.said, {}
    for job, url in where.items():
        opener = link(url, said.open_all.format(n=said.number(told[job])))
        if job and opener and told[job] > 1:
            found[job] = opener
    return found


def rows(lines: Sequence[Line], view: View, openers: Jobs) -> list[Row]:
    """Return the rows for lines that come worst first.

    Applications that break one rule on one job stand under one heading, where the worst
    of them stands; of many only the worst few are named.
    """
    by_application: dict[object, list[Line]] = {}
    for each in lines:
        by_application.setdefault(each.application, []).append(each)
    groups: dict[object, list[OfOne]] = {}
    for about in by_application.values():
        first = about[0]
        place = (first.alert.seen.rule, first.job) if first.job else first.application
        groups.setdefault(place, []).append(about)
    return [row for group in groups.values() for row in _group(group, view, openers)]


def _group(group: Sequence[OfOne], view: View, openers: Jobs) -> list[Row]:
    first = group[0][0]
    opener = openers.pop(first.job, "") if first.job else ""
    if len(group) == 1:
        return [Row(_joined(_text(group[0], view, with_job=True), opener))]
    named = group if len(group) <= MOST_NAMED else group[:FEW_NAMED]
    rest = group[len(named) :]
    is_over = all(each.is_settled for lines in group for each in lines)
    heading = _heading(first, len(group), view, is_over=is_over)
    found = [Row(heading if rest else _joined(heading, opener), 0)]
    found += [Row(BULLET + _text(lines, view, with_job=False)) for lines in named]
    if rest:
        found.append(Row(BULLET + _joined(_more(rest, view), opener), len(rest)))
    return found


def _heading(line: Line, count: int, view: View, *, is_over: bool) -> str:
    """Return what a group has in common: "*Nurse* · 37 people · what was promised"."""
    job, said = escape(line.alert.seen.job_title), view.said
    about = f"{said.count(said.people, count)} · {escape(line.title(view.language))}"
    if is_over:
        return f"~{_joined(job, about)}~"
    return _joined(f"*{job}*" if job else "", about)


def _more(rest: Sequence[OfOne], view: View) -> str:
    said = view.said
    text = said.more.format(n=said.number(len(rest)))
    is_over = all(each.is_settled for lines in rest for each in lines)
    return f"~{text}~" if is_over else text


def _text(lines: OfOne, view: View, *, with_job: bool) -> str:
    """Return one application's line, with all that is open about it."""
    seen, first = lines[0].alert.seen, lines[0]
    # Beside a wait that goes on, one that is over would read as if it did too.
    still = [each for each in lines if not each.is_settled] or lines
    job = escape(seen.job_title) if with_job else ""
    text = _joined(escape(seen.candidate), job, waits(still, view))
    if still[0].is_settled:
        return f"~{text}~ {settled(first, view)}"
    return _joined(text, link(seen.url, view.said.open_one))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
