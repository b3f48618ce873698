"""`svar db ...`: looks after Svar's own state."""

import argparse
import os
from contextlib import closing

from monitor import configuration, settings
from monitor.cli import FINE, printing
from monitor.cli.alerts import state
from monitor.errors import ConfigError, Problem
from monitor.messages import words
from monitor.store import Store, backup, head
from monitor.store.ledger import orphans


def upgrade(options: argparse.Namespace) -> int:
    """Bring the tables to this version; safe to run again."""
    found, _ = settings.read(options.config, os.environ)
    store = Store(found.state.url.get_secret_value())
    try:
        store.claim()
        before = store.version()
        store.upgrade()
    finally:
        store.close()
    told = (
        f"{before or 'empty'} -> {head()}"
        if before != head()
        else f"already at {before}"
    )
    print(f"{store.shown}: {told}")  # noqa: T201
    return FINE


def rename_source(options: argparse.Namespace) -> int:
    """Let a source that the settings call otherwise now keep its memory."""
    loaded = configuration.read(options.config, os.environ)
    names = [each.name for each in loaded.settings.sources]
    if options.new not in names:
        message = f"the settings know {', '.join(names)}; rename the source there first"
        raise ConfigError([Problem(options.new, 0, 0, "", message)])
    with state.opened(loaded) as store:
        store.claim()
        with store.write() as connection:
            counts = orphans.hand_over(connection, options.old, options.new)
    if options.json:
        printing.write_json({"old": options.old, "new": options.new} | counts)
    else:
        told = ", ".join(
            words.plural(count, what.removesuffix("s"))
            for what, count in counts.items()
        )
        print(f"{options.old} -> {options.new}: {told}")  # noqa: T201
    return FINE


def back_up(options: argparse.Namespace) -> int:
    """Copy the state into a new file, also while a svar runs on it."""
    found, _ = settings.read(options.config, os.environ)
    url = found.state.url.get_secret_value()
    with closing(Store(url, reads_only=True)) as store:
        backup.make(store, options.file)
    print(f"{store.shown} -> {options.file}")  # noqa: T201
    return FINE
