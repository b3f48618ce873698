"""`svar rules preview`: what the next poll would open, close and tell, and whom."""

import argparse
import os
from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import datetime

from monitor import configuration, cycle
from monitor.cli import FAILED, FINE, instants, printing
from monitor.cli.rules import previewed
from monitor.configuration import Configuration
from monitor.errors import ConfigError, Problem
from monitor.messages import words
from monitor.proof.preview import Line, Preview, preview
from monitor.source import Source
from monitor.store import Store, ledger
from monitor.store.rehearsal import Rehearsal


def run(options: argparse.Namespace) -> int:
    """Decide what each source's next cycle would, and print it."""
    loaded = configuration.read(options.config, os.environ)
    now = instants.as_of(options.as_of, loaded)
    cycle.require_ready(loaded, now)
    if options.as_of:
        _require_later(loaded, now)
    found, state = foresee(loaded, now=now)
    if options.json:
        printing.write_json(_json(found, state, now))
    else:
        console = printing.console()
        previewed.show(console, found, state, loaded, everything=options.all)
    polled = all(each.report.run.is_good for each in found)
    return FINE if polled else FAILED


def foresee(
    loaded: Configuration, *, now: datetime
) -> tuple[list[Preview], str | None]:
    """Return what each source's next cycle would do, and the state it was held against."""
    found = []
    with ExitStack() as stack:
        state = _state(loaded, stack)
        rehearsal = stack.enter_context(closing(Rehearsal(state)))
        for settings in loaded.settings.sources:
            reading = printing.reading(settings.name)
            with Source.opened(loaded, settings) as source, reading:
                found.append(preview(source, loaded, rehearsal, now=now))
        return found, state.shown if state else None


def _state(loaded: Configuration, stack: ExitStack) -> Store | None:
    """Return the state as it is, never made and never migrated; None before a first run."""
    url = loaded.settings.state.url.get_secret_value()
    store = stack.enter_context(closing(Store(url, reads_only=True)))
    if store.is_missing() or store.version() is None:
        return None
    store.require_current()  # a preview leaves the state as it is
    return store


def _require_later(loaded: Configuration, now: datetime) -> None:
    """Raise ConfigError for an instant of which the state knows what came after it."""
    with ExitStack() as stack:
        state = _state(loaded, stack)
        if state is None:
            return
        with state.read() as connection:
            names = [each.name for each in loaded.settings.sources]
            last = [ledger.last_good(connection, name) for name in names]
    latest = max((run.as_of for run in last if run), default=now)
    if latest > now:
        when = words.moment(latest, loaded.calendar, now=now)
        message = (
            f"the state is of {when} already, and a poll before that would be another; "
            "`svar check --as-of` and `svar rules backtest` look back"
        )
        raise ConfigError([Problem("--as-of", 0, 0, "", message)])


def _json(
    found: Sequence[Preview], state: str | None, now: datetime
) -> dict[str, object]:
    return {
        "as_of": instants.rfc3339(now),
        "state": state,
        "sources": [_source(each) for each in found],
    }


def _source(found: Preview) -> dict[str, object]:
    report = found.report
    return {
        "name": found.source,
        "outcome": report.run.outcome,
        "error": report.run.error,
        "applications": report.run.applications,
        "rejected_rows": report.run.rejected,
        "rejected_messages": report.rejected_messages.total(),
        "not_measurable": list(report.unmeasurable),
        "rules": {
            rule: previewed.counts(found, rule) for rule in previewed.rules(found)
        },
        "changes": [
            {
                "rule": each.alert.seen.rule,
                "application": each.alert.seen.application_id,
                "becomes": list(each.fates),
                "reasons": [step.reason for step in each.transitions],
                "due_at": instants.rfc3339(each.alert.seen.due_at),
            }
            for each in found.changes
        ],
        "notices": [_notice(line) for line in found.lines],
        "taken_back": [_notice(line) for line in found.spared],
        "waiting": [_notice(line) for line in found.waiting],
    }


def _notice(line: Line) -> dict[str, object]:
    return {
        "recipient": line.notice.recipient,
        "rule": line.rule,
        "application": line.alert.seen.application_id,
        "step": line.step,
        "kind": line.notice.kind,
        "due_at": instants.rfc3339(line.notice.due_at),
        "goes_at": instants.rfc3339(line.goes_at),
    }
