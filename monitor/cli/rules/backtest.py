"""`svar rules backtest`: what rules would have sent in the last days, and to whom."""

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from monitor import configuration, cycle, past, rules
from monitor.cli import FINE, instants, printing
from monitor.cli.rules import backtested
from monitor.cli.rules.backtested import Read, Shown
from monitor.configuration import Configuration
from monitor.cycle import Office
from monitor.outbox import Digests
from monitor.proof.backtest import Backtest, Sent, looks
from monitor.proof.doubts import Doubt, doubts
from monitor.settings import SourceSettings
from monitor.source import Source

_ALWAYS = "recruiters, managers and reasons of that time: today's are taken"


def run(options: argparse.Namespace) -> int:
    """Read each source once and print what the rules would have sent."""
    loaded = configuration.read(options.config, os.environ)
    if options.rules:
        _, house = configuration.surroundings(options.config, os.environ)
        loaded = replace(loaded, rulebook=rules.read(options.rules, house))
    now = instants.as_of(options.as_of, loaded)
    cycle.require_ready(loaded, now)
    sent, found = replay(loaded, options.days, now=now)
    unknown = list(_doubts(loaded, options.days, now))
    if options.json:
        printing.write_json(_json(sent, found, unknown))
    else:
        backtested.show(printing.console(), Shown(sent, loaded, now), found, unknown)
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
    digests = Digests.configured(loaded)
    with Source.opened(loaded, settings) as source:
        fed, unmeasurable = cycle.split(loaded.rulebook, source.delivered(now))
        world = cycle.world(loaded, source)
        office = Office(world, loaded.settings.people, digests)
        test = Backtest(fed, office, looks(digests, days, now=now))
        with source.poll(now) as poll:
            for _ in test.run(poll):
                yield test.sent, None
    read = Read(
        settings.name,
        loaded.title(settings.name),
        poll.applications,
        rejected=poll.rejected.total(),
        rejected_messages=poll.rejected_messages.total(),
        unmeasurable=unmeasurable,
    )
    yield test.sent, read


def _doubts(loaded: Configuration, days: int, now: datetime) -> Iterator[Doubt]:
    """Yield what the sources cannot tell of those days, and the rules that ask for it."""
    yield _ALWAYS, ()
    begins = now - timedelta(days=days) - past.reach(loaded.rulebook)
    yield from doubts(loaded, begins=begins, now=now)


def _json(
    sent: Sent, found: Sequence[Read], unknown: Sequence[Doubt]
) -> dict[str, object]:
    digests = sent.digests
    return {
        "sources": [
            {
                "name": each.name,
                "applications": each.applications,
                "rejected_rows": each.rejected,
                "rejected_messages": each.rejected_messages,
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
        "unknown": [{"what": said, "rules": asking} for said, asking in unknown],
    }
