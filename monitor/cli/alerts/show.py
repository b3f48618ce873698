"""`svar alerts show`: one alert, what happened to it, and who was told."""

import argparse
import os
from collections.abc import Iterator
from datetime import datetime

from rich.table import Table
from rich.text import Text

from monitor import clock, configuration
from monitor.alerts import Transition
from monitor.cli import FINE, instants, printing
from monitor.cli.alerts import lines, state
from monitor.configuration import Configuration
from monitor.messages import words
from monitor.store import hands
from monitor.store.hands import Record
from monitor.store.history import Telling


def run(options: argparse.Namespace) -> int:
    """Print an alert; exit 1 where there is none of that id."""
    loaded = configuration.read(options.config, os.environ)
    now = clock.utc_now()
    with state.opened(loaded, reads_only=True) as store, store.read() as connection:
        record = hands.read(connection, options.id, now=now)
    if record is None:
        raise state.unknown(options.id)
    if options.json:
        printing.write_json(_json(record, now))
        return FINE
    console = printing.console()
    for line in _head(record, loaded, now):
        console.print(line)
    console.print()
    console.print(_happened(record, loaded, now))
    console.print()
    console.print(_told(record, loaded, now) if record.tellings else "Nobody was told.")
    return FINE


def _head(record: Record, loaded: Configuration, now: datetime) -> Iterator[Text]:
    alert, seen = record.alert, record.alert.seen
    yield printing.heading(
        f"{alert.id}  {lines.about(alert)}",
        lines.standing(alert),
        lines.lateness(alert, loaded, now),
    )
    yield Text(f"Application {seen.application_id} in {alert.source}")
    yield Text(f"With {seen.owner or 'nobody'}; {_wait(record, loaded, now)}")
    quiet = lines.quiet(alert, loaded, now, is_silenced=record.is_silenced)
    if quiet:
        yield Text(words.capital(quiet))
    if seen.url:
        yield Text(seen.url)


def _wait(record: Record, loaded: Configuration, now: datetime) -> str:
    seen, calendar = record.alert.seen, loaded.calendar
    start = words.moment(seen.started_at, calendar, now=now)
    due = words.moment(seen.due_at, calendar, now=now)
    return f"waits since {start}, due {due}"


def _happened(record: Record, loaded: Configuration, now: datetime) -> Table:
    table = printing.table("seen", "state", "why", "by")
    table.add_column("note", overflow="fold")
    for at, each in record.transitions:
        table.add_row(
            words.moment(at, loaded.calendar, now=now),
            each.after,
            each.reason.replace("_", " "),
            Text(each.actor or ""),
            Text(each.note),
        )
    return table


def _told(record: Record, loaded: Configuration, now: datetime) -> Table:
    table = printing.table("step", "to", "when")
    table.add_column("", overflow="fold")
    for each in record.tellings:
        table.add_row(
            Text(each.firing),
            Text(each.recipient),
            words.moment(each.sent_at or each.due_at, loaded.calendar, now=now),
            Text(_became(each, is_open=record.alert.is_open)),
        )
    return table


def _became(each: Telling, *, is_open: bool) -> str:
    """Return what became of a notice; the delivery drops what is settled when it is due."""
    if each.status == "queued" and not is_open:
        return "not told any more"
    return "; ".join(filter(None, (each.status, each.reason)))


def _json(record: Record, now: datetime) -> dict[str, object]:
    alert, closed_at = record.alert, record.closed_at
    return lines.facts(alert, now, is_silenced=record.is_silenced) | {
        "opened_at": instants.rfc3339(record.opened_at),
        "closed_at": instants.rfc3339(closed_at) if closed_at else None,
        "transitions": [_transition(at, each) for at, each in record.transitions],
        "notices": [_notice(each) for each in record.tellings],
    }


def _transition(at: datetime, each: Transition) -> dict[str, object]:
    return {
        "observed_at": instants.rfc3339(at),
        "effective_at": instants.rfc3339(each.effective_at),
        "before": each.before,
        "after": each.after,
        "reason": each.reason,
        "actor": each.actor,
        "note": each.note,
    }


def _notice(each: Telling) -> dict[str, object]:
    return {
        "firing": each.firing,
        "recipient": each.recipient,
        "due_at": instants.rfc3339(each.due_at),
        "status": each.status,
        "sent_at": instants.rfc3339(each.sent_at) if each.sent_at else None,
        "reason": each.reason,
    }
