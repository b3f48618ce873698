"""`svar explain`: every clock of one application, what counted and what is next."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import configuration, cycle, evaluate
from monitor.cli import (
    FAILED,
    FINE,
    explained,
    explanation,
    instants,
    named,
    printing,
)
from monitor.cli.explained import Explained
from monitor.configuration import Configuration
from monitor.cycle import Office
from monitor.messages import words
from monitor.outbox import Digests
from monitor.proof import timeline
from monitor.proof.search import Search
from monitor.settings import SourceSettings
from monitor.source import Source
from monitor.store import Store
from monitor.store.ledger import history
from monitor.store.ledger.history import History


@dataclass(frozen=True, slots=True)
class Miss:
    """A source that does not have the application, and what it has instead."""

    source: SourceSettings
    title: str
    similar: tuple[str, ...] = ()
    is_refused: bool = False


def run(options: argparse.Namespace) -> int:
    """Print what each source says of the application; exit 1 if none has it."""
    loaded = configuration.read(options.config, os.environ)
    now = instants.as_of(options.as_of, loaded)
    asked = [
        _explain(settings, loaded, options.application, now)
        for settings in named.sources(loaded, options.source)
    ]
    found = [each for each in asked if isinstance(each, Explained)]
    if not found:
        misses = [each for each in asked if isinstance(each, Miss)]
        for line in _lost(options.application, misses, loaded, now):
            print(f"svar: {line}", file=sys.stderr)  # noqa: T201
        return FAILED
    if options.json:
        printing.write_json(_json(found, now))
    else:
        explanation.show(found, loaded, now, everything=options.all)
    return FINE


def _explain(
    settings: SourceSettings, loaded: Configuration, wanted: str, now: datetime
) -> Explained | Miss:
    """Poll the source once and return what it says of the application."""
    mapping = loaded.mappings[settings.name]
    search = Search(wanted)
    reading = printing.reading(settings.name)
    with Source.opened(loaded, settings) as source, reading:
        columns = source.delivered(now)
        world = cycle.world(loaded, source)
        with source.poll(now) as poll:
            row = search.read(poll)
            if row is None:
                is_refused = wanted in poll.rejected_ids
                similar = tuple(search.similar())
                return Miss(settings, mapping.file.title, similar, is_refused)
            said = poll.said(row)
    case = search.case(said, name=world.name(row), columns=columns)
    knows_messages = bool(mapping.explain or mapping.messages)
    case = replace(case, knows_messages=knows_messages)
    rulebook, unmeasurable = cycle.split(loaded.rulebook, columns)
    known = _history(loaded, settings.name, wanted, now)
    digests = Digests.configured(loaded)
    office = Office(world, loaded.settings.people, digests)
    lines = [
        timeline.build(check, case, office, known)
        for check in evaluate.prepare(rulebook, world, now=now)
    ]
    return Explained(settings.name, mapping.file.title, case, lines, unmeasurable)


def _history(
    loaded: Configuration, source: str, application_id: str, now: datetime
) -> History:
    """Return what the state remembered by then; nothing where it cannot tell."""
    with closing(
        Store(loaded.settings.state.url.get_secret_value(), reads_only=True)
    ) as store:
        if store.is_missing() or not store.is_current():
            return History()
        day = loaded.calendar.local_day(now)
        with store.read() as connection:
            return history.read(connection, source, application_id, by=now, day=day)


def _lost(
    wanted: str, misses: Sequence[Miss], loaded: Configuration, now: datetime
) -> Iterator[str]:
    """Yield for each source why it may not have the application, and what may help."""
    when = words.moment(now, loaded.calendar, now=now)
    for miss in misses:
        if miss.is_refused:
            yield (
                f"{miss.source.name}: the row of {wanted} cannot be read; "
                "`svar check` says what is wrong with such rows"
            )
            continue
        days = miss.source.lookback.days
        line = (
            f"{miss.source.name}: {miss.title} has no application {wanted} as of {when}. "
            f"Decided ones are read for {words.plural(days, 'day')} (`lookback`)."
        )
        if miss.similar:
            line += f" Similar: {', '.join(miss.similar)}."
        yield line


def _json(found: Sequence[Explained], now: datetime) -> dict[str, object]:
    return {
        "as_of": instants.rfc3339(now),
        "found": [explained.facts(each) for each in found],
    }
