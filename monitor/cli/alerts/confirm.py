"""`svar alerts confirm`: lets through what the guard holds."""

import argparse
import os

from monitor import clock, configuration
from monitor.cli import FINE
from monitor.cli.alerts import state
from monitor.messages import words
from monitor.store.ledger import hands


def run(options: argparse.Namespace) -> int:
    """Confirm a rule's held closings where there are any; else write nothing."""
    loaded = configuration.read(options.config, os.environ)
    state.require_known(options, loaded)
    now, actor = clock.utc_now(), state.actor(options)
    with state.opened(loaded) as store, store.write() as connection:
        held = {
            source: count
            for (source, rule), count in hands.held(connection).items()
            if rule == options.rule and options.source in {None, source}
        }
        for source in held:
            hands.confirm(connection, source, options.rule, actor=actor, now=now)
    if not held:
        print(f"No closings of {options.rule} are held; nothing was changed.")  # noqa: T201
    for source, count in held.items():
        closings = words.plural(count, "closing")
        print(  # noqa: T201
            f"{source}: {closings} of {options.rule} held; the next good poll "
            "closes those it still sees as over."
        )
    return FINE
