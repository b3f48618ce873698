"""`svar rules backtest`: what rules would have sent in the last days, and to whom."""

import argparse
import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from rich.console import Console, JustifyMethod
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from monitor import clock, configuration, cycle, rules
from monitor.cli import FINE
from monitor.configuration import Configuration
from monitor.cycle import Office
from monitor.messages import words
from monitor.outbox import NOBODY, Digests, is_channel
from monitor.proof import past
from monitor.proof.backtest import Backtest, Sent, looks
from monitor.settings import SourceSettings
from monitor.source import Source

WIDE = 160  # where no terminal sets the width
MOST = 20  # people who are listed; --json has everybody
_EIGHTHS = "▁▂▃▄▅▆▇█"
_ALWAYS = "recruiters, managers and reasons of that time: today's are taken"


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one source."""

    name: str
    title: str
    applications: int
    rejected: int
    unmeasurable: dict[str, set[str]]


def run(options: argparse.Namespace) -> int:
    """Read each source once and print what the rules would have sent."""
    loaded = configuration.read(options.config, os.environ)
    if options.rules:
        _, house = configuration.surroundings(options.config, os.environ)
        loaded = replace(loaded, rulebook=rules.read(options.rules, house))
    now = clock.utc_now()
    sent, found = replay(loaded, options.days, now=now)
    doubts = list(_doubts(loaded, options.days, now))
    if options.json:
        print(json.dumps(_json(sent, found, doubts), indent=2, ensure_ascii=False))  # noqa: T201
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console = Console(highlight=False, width=WIDE)
        _print(console, _Shown(sent, loaded, now), found, doubts)
    return FINE


def replay(
    loaded: Configuration, days: int, *, now: datetime
) -> tuple[Sent, list[Read]]:
    """Return what would have been sent in the last days, and what was read."""
    sent, found = Sent(), []
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,}"))
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        for settings in loaded.settings.sources:
            task = progress.add_task(f"reading {settings.name} ...", total=None)
            for made, read in _read(settings, loaded, days, now):
                progress.update(task, completed=made.applications)
                if read:
                    sent.add(made)
                    found.append(read)
    return sent, found


def _read(
    settings: SourceSettings, loaded: Configuration, days: int, now: datetime
) -> Iterator[tuple[Sent, Read | None]]:
    """Yield what one source comes to so far, and at the end what was read of it."""
    mapping = loaded.mappings[settings.name]
    digests = Digests(loaded.calendar, loaded.settings.slack.digest_at)
    with closing(Source(settings, mapping)) as source:
        fed, unmeasurable = cycle.split(loaded.rulebook, source.delivered(now))
        world = cycle.world(loaded, source)
        office = Office(world, loaded.settings.people, digests)
        test = Backtest(fed, office, looks(digests, days, now=now))
        with source.poll(now) as poll:
            for _ in test.run(poll):
                yield test.sent, None
    rejected = poll.rejected.total()
    title = mapping.file.title
    yield (
        test.sent,
        Read(settings.name, title, poll.applications, rejected, unmeasurable),
    )


def _doubts(
    loaded: Configuration, days: int, now: datetime
) -> Iterator[tuple[str, list[str]]]:
    """Yield what the sources cannot tell of those days, and the rules that ask for it."""
    yield _ALWAYS, []
    yield from past.unknown(loaded.rulebook)
    begins = now - timedelta(days=days) - past.reach(loaded.rulebook)
    for source in loaded.settings.sources:
        if now - source.lookback > begins:
            back = words.plural(source.lookback.days, "day")
            yield (
                (
                    f"applications of {source.name} that were decided, and not touched "
                    f"since, before its lookback of {back}"
                ),
                [],
            )


def _json(
    sent: Sent, found: Sequence[Read], doubts: Sequence[tuple[str, list[str]]]
) -> dict[str, object]:
    digests = sent.digests
    return {
        "sources": [
            {
                "name": each.name,
                "applications": each.applications,
                "rejected_rows": each.rejected,
                "not_measurable": list(each.unmeasurable),
            }
            for each in found
        ],
        "days": [
            {
                "day": day.isoformat(),
                "lines": sum(n for (on, _), n in digests.items() if on == day),
                "digests": sum(on == day for on, _ in digests),
            }
            for day in sent.days
        ],
        "sent": [
            {
                "rule": key.rule,
                "day": key.day.isoformat(),
                "person": key.recipient,
                "lines": count,
                "escalations": sent.escalations[key],
            }
            for key, count in sorted(sent.lines.items())
        ],
        "digests": [
            {"day": day.isoformat(), "person": person, "lines": count}
            for (day, person), count in sorted(digests.items())
        ],
        "unknown": [{"what": said, "rules": asking} for said, asking in doubts],
    }


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is printed, and in whose words."""

    sent: Sent
    loaded: Configuration
    now: datetime

    def day(self, day: date) -> str:
        calendar = self.loaded.calendar
        return words.day(calendar.at_local(day, time(12)), calendar, now=self.now)


def _print(
    console: Console,
    shown: _Shown,
    found: Sequence[Read],
    doubts: Sequence[tuple[str, list[str]]],
) -> None:
    sent = shown.sent
    head = Text(", ".join(each.title for each in found), "bold")
    count = words.plural(sent.applications, "application")
    head.append(f"  {_span(shown)}  {count}", "not bold")
    console.print(head, "\n")
    if sent.lines:
        console.print(_rule_table(shown), "\n")
        console.print(_people_table(shown), "\n")
    for each in found:
        for rule, lacking in each.unmeasurable.items():
            names = ", ".join(sorted(lacking))
            line = f"  Cannot be measured here: {rule} ({each.title} lacks {names})"
            console.print(Text(line))
    console.print("  Not in the history:")
    for said, asking in doubts:
        for_whom = f" ({', '.join(asking)})" if asking else ""
        console.print(Text(f"  - {said}{for_whom}"))
    console.print(Text(f"\n{_total(sent)} Nothing was sent."))


def _span(shown: _Shown) -> str:
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


def _rule_table(shown: _Shown) -> Table:
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


def _people_table(shown: _Shown) -> Table:
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
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first, no_wrap=True)
    for head in numbers:
        side: JustifyMethod = "left" if head.endswith("day") else "right"
        table.add_column(head, justify=side, no_wrap=True)
    return table


def _fullest(by_day: Counter[date], shown: _Shown) -> str:
    """Return the day with the most lines, the first of several, and how many."""
    if not by_day:
        return ""
    day = min(by_day, key=lambda each: (-by_day[each], each))
    return f"{shown.day(day)}, {by_day[day]:,}"


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _bar(share: float) -> str:
    return _EIGHTHS[math.ceil(share * 8) - 1] if share else "·"
