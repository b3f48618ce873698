"""`svar alerts show`: one alert, what happened to it, and who was told."""

import argparse
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from rich.table import Table
from rich.text import Text

from monitor import clock, configuration
from monitor.alerts import Transition
from monitor.cli import FINE, instants, printing
from monitor.cli.alerts import lines, state
from monitor.configuration import Configuration
from monitor.messages import words
from monitor.proof import quiet, steps
from monitor.proof.quiet import Quiet
from monitor.store.ledger import hands, history
from monitor.store.ledger.hands import Record
from monitor.store.ledger.history import Telling
from monitor.store.ledger.silences import Silence
from monitor.store.words import NoticeStatus

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class _Shown:
    """An alert with the silences that fit it, and when it is looked at."""

    record: Record
    silences: tuple[Silence, ...]
    loaded: Configuration
    now: datetime

    @property
    def quiet(self) -> Quiet:
        alert = self.record.alert
        return quiet.read(alert.seen, [alert], self.silences)

    def moment(self, at: datetime) -> str:
        return words.moment(at, self.loaded.calendar, now=self.now)

    def called(self, each: Telling) -> str:
        """Return a step in words, as explain calls it."""
        return steps.called(self.loaded.rulebook.get(each.rule), each.firing)


def run(options: argparse.Namespace) -> int:
    """Print an alert; exit 1 where there is none of that id."""
    loaded = configuration.read(options.config, os.environ)
    now = clock.utc_now()
    with state.opened(loaded, reads_only=True) as store, store.read() as connection:
        record = hands.read(connection, options.id, now=now)
        if record is None:
            raise state.unknown(options.id)
        alert = record.alert
        known = tuple(history.silent(connection, alert.source, by=now))
    shown = _Shown(record, quiet.fitting(known, alert.seen), loaded, now)
    if options.json:
        printing.write_json(_json(shown))
        return FINE
    console = printing.console()
    for line in _head(shown):
        console.print(line)
    console.print()
    console.print(_happened(shown))
    console.print()
    console.print(_told(shown) if record.tellings else "Nobody was told.")
    return FINE


def _head(shown: _Shown) -> Iterator[Text]:
    record, loaded, now = shown.record, shown.loaded, shown.now
    alert, seen = record.alert, record.alert.seen
    yield printing.heading(
        f"{alert.id}  {lines.about(alert)}",
        lines.standing(alert),
        lines.lateness(alert, loaded, now),
    )
    yield Text(f"Application {seen.application_id} in {_title(shown)}")
    start, due = shown.moment(seen.started_at), shown.moment(seen.due_at)
    yield Text(f"With {seen.owner or 'nobody'}; waits since {start}, due {due}")
    said = lines.quiet(alert, loaded, now, is_silenced=record.is_silenced)
    if said:
        yield Text(words.capital(said))
    for each in shown.silences if alert.is_open else ():
        yield Text(words.capital(quiet.said(each, loaded.calendar, now=now)))
    if seen.url:
        yield Text(seen.url)


def _title(shown: _Shown) -> str:
    source = shown.record.alert.source
    if source not in shown.loaded.mappings:  # taken out of the settings since
        return source
    return shown.loaded.title(source)


def _happened(shown: _Shown) -> Table:
    table = printing.table("seen", "state", "why", "by")
    table.add_column("note", overflow="fold")
    for at, each in shown.record.transitions:
        table.add_row(
            shown.moment(at),
            each.after,
            each.reason.replace("_", " "),
            Text(each.actor or ""),
            Text(_note(each, shown)),
        )
    return table


def _note(each: Transition, shown: _Shown) -> str:
    """Return a note with its instants as the clock on the wall shows them."""
    return _INSTANT.sub(
        lambda found: shown.moment(datetime.fromisoformat(found.group())), each.note
    )


def _told(shown: _Shown) -> Table:
    table = printing.table("step", "to", "when")
    table.add_column("", overflow="fold")
    for each in shown.record.tellings:
        table.add_row(
            Text(shown.called(each)),
            Text(each.recipient),
            shown.moment(each.sent_at or each.due_at),
            Text(_became(each, shown)),
        )
    return table


def _became(each: Telling, shown: _Shown) -> str:
    """Return what became of a notice; the delivery drops what is settled when it is due."""
    if each.status == NoticeStatus.QUEUED and not shown.record.alert.is_open:
        return "not told any more"
    if _is_put_off(each, shown):
        until = _goes_on(each, shown)
        return f"put off until {shown.moment(until) if until else 'the silence ends'}"
    return "; ".join(filter(None, (steps.sent_to(each) or each.status, each.reason)))


def _is_put_off(each: Telling, shown: _Shown) -> bool:
    waits = each.status == NoticeStatus.QUEUED and shown.record.alert.is_open
    return waits and _goes_on(each, shown) != max(each.due_at, shown.now)


def _goes_on(each: Telling, shown: _Shown) -> datetime | None:
    """Return when a notice may be sent again; None where a silence has no end yet."""
    return shown.quiet.over(max(each.due_at, shown.now))


def _json(shown: _Shown) -> dict[str, object]:
    record = shown.record
    alert, closed_at = record.alert, record.closed_at
    return lines.facts(alert, shown.now, is_silenced=record.is_silenced) | {
        "opened_at": instants.rfc3339(record.opened_at),
        "closed_at": instants.rfc3339(closed_at) if closed_at else None,
        "transitions": [_transition(at, each) for at, each in record.transitions],
        "notices": [_notice(each, shown) for each in record.tellings],
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


def _notice(each: Telling, shown: _Shown) -> dict[str, object]:
    is_put_off = _is_put_off(each, shown)
    until = _goes_on(each, shown) if is_put_off else None
    return {
        "firing": each.firing,
        "step": shown.called(each),
        "recipient": each.recipient,
        "reader": each.reader,
        "due_at": instants.rfc3339(each.due_at),
        "status": each.status,
        "put_off": is_put_off,
        "put_off_until": instants.rfc3339(until) if until else None,
        "sent_at": instants.rfc3339(each.sent_at) if each.sent_at else None,
        "reason": each.reason,
    }
