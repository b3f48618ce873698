"""`svar alerts list`: the alerts that are remembered, those longest past due first."""

import argparse
import os
from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from monitor import clock, configuration
from monitor.alerts import CLOSED_STATES
from monitor.cli import FINE, instants, printing
from monitor.cli.alerts import lines, state
from monitor.configuration import Configuration
from monitor.messages import words
from monitor.store.ledger import hands
from monitor.store.ledger.hands import Listed, Wanted

_STYLES = {"escalated": "bold red", "breached": "red", "warning": "yellow"}


def run(options: argparse.Namespace) -> int:
    """Print the alerts that were asked for."""
    loaded = configuration.read(options.config, os.environ)
    now = clock.utc_now()
    standing, _, reason = (options.state or "").rstrip(")").partition(" (")
    wanted = Wanted(
        source=options.source,
        rule=options.rule,
        state=standing or None,
        reason=reason.replace(" ", "_") or None,
        owner=options.owner,
        department=options.department,
        job=options.job,
        is_quiet=options.quiet,
        is_closed=options.all or standing in CLOSED_STATES,
    )
    with state.opened(loaded, reads_only=True) as store:
        state.require_known(options, loaded, store)
        with store.read() as connection:
            most = options.limit or None
            found, count = hands.find(connection, wanted, now=now, most=most)
        hints = [] if found else list(state.unknown_names(store, wanted))
    if options.json:
        printing.write_json(_json(found, count, now))
        return FINE
    console = printing.console()
    if found:
        console.print(_table(found, loaded, now))
        console.print()
    console.print(Text(" ".join([_sum(len(found), count), *hints])))
    return FINE


def _sum(shown: int, count: int) -> str:
    if not count:
        return "No alert matches."
    said = words.plural(count, "alert")
    if shown < count:
        return f"{shown:,} of {said}; --limit 0 lists them all."
    return f"{said}; `svar alerts show ID` tells what happened to one."


def _table(found: Sequence[Listed], loaded: Configuration, now: datetime) -> Table:
    table = printing.table("id", "candidate", "job", "rule", "state", "how late")
    table.add_column("who has it", overflow="fold")
    table.add_column("quiet", overflow="fold")
    for each in found:
        alert = each.alert
        told = (
            str(alert.id),
            alert.seen.candidate or alert.seen.application_id,
            alert.seen.job_title or alert.seen.job_ref or "",
            alert.seen.rule,
        )
        table.add_row(
            *map(Text, told),
            Text(lines.standing(alert), _STYLES.get(alert.state, "dim")),
            Text(lines.lateness(alert, loaded, now)),
            Text(alert.seen.owner or "nobody"),
            Text(lines.quiet(alert, loaded, now, is_silenced=each.is_silenced)),
        )
    return table


def _json(found: Sequence[Listed], count: int, now: datetime) -> dict[str, object]:
    return {
        "as_of": instants.rfc3339(now),
        "count": count,
        "alerts": [
            lines.facts(each.alert, now, is_silenced=each.is_silenced) for each in found
        ],
    }
