"""`svar forget`: takes an application out of the memory, at once."""

import argparse
import os
from collections.abc import Iterator, Sequence

from rich.text import Text

from monitor import clock, configuration
from monitor.cli import FINE, named, printing
from monitor.cli.alerts import state
from monitor.configuration import Configuration
from monitor.errors import MonitorError
from monitor.messages import words
from monitor.settings import SourceSettings
from monitor.source import Source
from monitor.store.ledger import erasure
from monitor.store.ledger.erasure import Erased


def run(options: argparse.Namespace) -> int:
    """Forget the application, and say what was removed and who may bring it back."""
    loaded = configuration.read(options.config, os.environ)
    asked = named.sources(loaded, options.source)
    which = erasure.about(options.application, options.source)
    now = clock.utc_now()
    with state.opened(loaded) as store:
        if options.dry_run:
            with store.read() as connection:
                erased = erasure.measure(connection, *which)
        else:
            with store.write() as connection:
                erased = erasure.forget(connection, *which, now=now)
    delivering = list(_delivering(options.application, loaded, asked))
    if options.json:
        printing.write_json(_json(options, erased, delivering))
        return FINE
    console = printing.console()
    for line in _lines(options, erased, delivering):
        console.print(Text(line), soft_wrap=True)
    return FINE


def _delivering(
    application: str, loaded: Configuration, asked: Sequence[SourceSettings]
) -> Iterator[tuple[str, str]]:
    """Yield the sources that still have the application, or cannot say; with a warning."""
    now = clock.utc_now()
    for settings in asked:
        name = settings.name
        try:
            with (
                Source.opened(loaded, settings) as source,
                printing.reading(name),
                source.poll(now) as poll,
            ):
                ids = (row.application_id for row in poll)
                found = application in ids or application in poll.rejected_ids
        except MonitorError as error:
            yield name, f"{error}; whether it still has the application is not known"
            continue
        if found:
            yield (
                name,
                (
                    f"{name} still has the application. Erase it there first: the next "
                    "poll remembers it again."
                ),
            )


def _lines(
    options: argparse.Namespace, erased: Erased, delivering: Sequence[tuple[str, str]]
) -> Iterator[str]:
    if not erased.alerts:
        yield f"Nothing is remembered of application {options.application}."
    else:
        counts = (
            words.plural(erased.alerts, "alert"),
            words.plural(erased.transitions, "transition"),
            words.plural(erased.notices, "notice"),
        )
        verb = "Would remove" if options.dry_run else "Removed"
        yield f"{verb} {', '.join(counts)} of application {options.application}."
    if erased.posts:
        posts = words.plural(erased.posts, "message")
        will = "would be" if options.dry_run else "will be"
        yield f"{posts} about it {will} edited by the running svar within a minute."
    for _, warning in delivering:
        yield f"Warning: {warning}"


def _json(
    options: argparse.Namespace, erased: Erased, delivering: Sequence[tuple[str, str]]
) -> dict[str, object]:
    return {
        "application": options.application,
        "source": options.source,
        "dry_run": options.dry_run,
        "alerts": erased.alerts,
        "transitions": erased.transitions,
        "notices": erased.notices,
        "messages": erased.posts,
        "warnings": [warning for _, warning in delivering],
    }
