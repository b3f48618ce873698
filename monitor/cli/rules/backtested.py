"""Draws what rules would have sent, for a terminal."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

from monitor.cli import printing
from monitor.configuration import Configuration
from monitor.messages import words
from monitor.outbox import NOBODY, is_channel
from monitor.proof.backtest import Sent
from monitor.proof.doubts import Doubt

MOST = 20  # people who are listed; --json has everybody
_EIGHTHS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one source."""

    name: str
    title: str
    applications: int
    rejected: int
    rejected_messages: int
    unmeasurable: dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is printed, and in whose words."""

    sent: Sent
    loaded: Configuration
    now: datetime

    def day(self, day: date) -> str:
        """Return a day in words."""
        calendar = self.loaded.calendar
        return words.day(calendar.at_local(day, time(12)), calendar, now=self.now)


def show(
    console: Console,
    shown: Shown,
    found: Sequence[Read],
    doubts: Sequence[Doubt],
) -> None:
    """Print what each rule would have sent, and to whom."""
    sent = shown.sent
    titles = ", ".join(each.title for each in found)
    count = words.plural(sent.applications, "application")
    console.print(printing.heading(titles, _span(shown), count), "\n")
    if sent.lines:
        console.print(_rule_table(shown), "\n")
        console.print(_people_table(shown), "\n")
    for each in found:
        for line in printing.unmeasurable(each.title, each.unmeasurable):
            console.print(Text(f"  {line}"))
    console.print("  Not in the history:")
    for said, asking in doubts:
        for_whom = f" ({', '.join(asking)})" if asking else ""
        console.print(Text(f"  - {said}{for_whom}"))
    console.print(Text(f"\n{_total(sent)} Nothing was sent."))


def _span(shown: Shown) -> str:
    days = shown.sent.days
    if not days:
        return "no day with digests"
    many = words.plural(len(days), "day with digests", "days with digests")
    return f"{shown.day(days[0])} to {shown.day(days[-1])}, {many}"


def _total(sent: Sent) -> str:
    digests = sent.digests
    lines = words.plural(digests.total(), "line")
    people = words.plural(len({who for _, who in digests}), "recipient")
    told = f"{lines} in {words.plural(len(digests), 'digest')} to {people}"
    if not digests:
        return f"{told}."
    return f"{told}; {digests.total() / len(digests):.1f} lines a digest."


def _rule_table(shown: Shown) -> Table:
    """Return a row for each rule, with its lines week by week."""
    sent = shown.sent
    weeks = sorted({_monday(day) for day in sent.days})
    by_week = Counter[tuple[str, date]]()
    for key, count in sent.lines.items():
        by_week[key.rule, _monday(key.day)] += count
    most = max(by_week.values())
    table = _table("  Would have sent", "lines", "escalations", "people", "busiest day")
    table.add_column(f"{words.plural(len(weeks), 'week')}, to {most:,}", no_wrap=True)
    for rule in shown.loaded.rulebook.rules:
        mine = {key: count for key, count in sent.lines.items() if key.rule == rule.id}
        by_day = Counter[date]()
        for key, count in mine.items():
            by_day[key.day] += count
        escalations = sum(sent.escalations[key] for key in mine)
        table.add_row(
            f"  {rule.id}",
            f"{by_day.total():,}" if mine else "",
            f"{escalations:,}" if escalations else "",
            f"{len({key.recipient for key in mine}):,}" if mine else "",
            _fullest(by_day, shown),
            Text("".join(_bar(by_week[rule.id, week] / most) for week in weeks), "red"),
        )
    return table


def _people_table(shown: Shown) -> Table:
    """Return a row for each person, those with the most lines first; channels last."""
    by_person: dict[str, Counter[date]] = {}
    for (day, person), count in shown.sent.digests.items():
        by_person.setdefault(person, Counter())[day] = count
    everybody = sorted(
        by_person, key=lambda who: (is_channel(who), -by_person[who].total(), who)
    )
    table = _table("  To whom", "digests", "lines", "lines a digest", "fullest day")
    for person in everybody[:MOST]:
        by_day = by_person[person]
        name = "nobody: name a fallback" if person == NOBODY else person
        table.add_row(
            Text(f"  {name}"),
            f"{len(by_day):,}",
            f"{by_day.total():,}",
            f"{by_day.total() / len(by_day):.1f}",
            _fullest(by_day, shown),
        )
    if len(everybody) > MOST:
        table.add_row(f"  and {len(everybody) - MOST:,} more (--json has all)")
    return table


def _table(first: str, *numbers: str) -> Table:
    table = printing.table(first)
    for head in numbers:
        side: JustifyMethod = "left" if head.endswith("day") else "right"
        table.add_column(head, justify=side, no_wrap=True)
    return table


def _fullest(by_day: Counter[date], shown: Shown) -> str:
    """Return the day with the most lines, the first of several, and how many."""
    if not by_day:
        return ""
    day = min(by_day, key=lambda each: (-by_day[each], each))
    return f"{shown.day(day)}, {by_day[day]:,}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _bar(share: float) -> str:
    return _EIGHTHS[math.ceil(share * 8) - 1] if share else "·"
