"""`svar doctor`: tries every connection and says what is wrong and what to do."""

import argparse
import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from monitor import clock, configuration, cycle, metrics, outbox
from monitor.cli import FAILED, FINE
from monitor.configuration import Configuration
from monitor.errors import DeliveryError, MonitorError
from monitor.figures import reach
from monitor.messages import words
from monitor.slack import SCOPES, Slack
from monitor.source import Source
from monitor.store import Store
from monitor.store.ledger import orphans, silences
from monitor.store.outbox import contacts


class Mark(StrEnum):
    """What came of trying; a note is only something to know."""

    OK = "ok"
    WRONG = "wrong"
    NOTE = "note"


class Symptom(NamedTuple):
    """One thing that was tried."""

    what: str
    mark: Mark
    detail: str


_STYLES = {Mark.OK: "green", Mark.WRONG: "bold red", Mark.NOTE: "yellow"}


def run(options: argparse.Namespace) -> int:
    """Try everything and print what was found; exit 1 if anything is wrong."""
    loaded = configuration.read(options.config, os.environ)
    now = clock.utc_now()
    cycle.require_ready(loaded, now)
    found = [Symptom("configuration", Mark.OK, f"{options.config}, {_count(loaded)}")]
    found += _examine(loaded, now)
    if options.json:
        print(json.dumps({"checks": [each._asdict() for each in found]}, indent=2))  # noqa: T201
    else:
        console = Console(highlight=False, soft_wrap=True)
        for each in found:
            console.print(_line(each))
    return FAILED if any(each.mark is Mark.WRONG for each in found) else FINE


def _examine(loaded: Configuration, now: datetime) -> Iterator[Symptom]:
    for settings in loaded.settings.sources:
        try:
            with Source.opened(loaded, settings) as source:
                yield from _source(source, loaded, now)
        except MonitorError as error:
            yield Symptom(settings.name, Mark.WRONG, str(error))
    yield from _state(loaded, now)
    yield from _slack(loaded)
    yield from _people(loaded)
    yield Symptom("metrics", Mark.OK, _bound(loaded))


def _source(source: Source, loaded: Configuration, now: datetime) -> Iterator[Symptom]:
    columns = source.columns(now)
    yield Symptom(
        source.name, Mark.OK, f"reached; all {len(columns)} columns are known"
    )
    if source.is_read_only():
        yield Symptom(source.name, Mark.OK, "the session cannot write")
    else:
        yield Symptom(
            source.name, Mark.WRONG, "the session could write; use a read-only user"
        )
    delivered = source.delivered(now)
    fed, unmeasurable = cycle.split(loaded.rulebook, delivered)
    if unmeasurable:
        rules = "; ".join(
            f"{rule} (map {', '.join(sorted(lacking))})"
            for rule, lacking in unmeasurable.items()
        )
        yield Symptom(source.name, Mark.NOTE, f"cannot be measured here: {rules}")
    pausing = [rule.id for rule in fed.rules if rule.clock.pauses]
    if pausing and "paused" not in delivered:
        message = (
            "pauses count only while they last, since the turns of candidates that "
            f"are over are not known here (map paused): {', '.join(pausing)}"
        )
        yield Symptom(source.name, Mark.NOTE, message)
    lookback, needed = source.settings.lookback, reach.needed(fed.rules, delivered)
    if lookback < needed:
        message = (
            f"lookback is {words.plural(lookback.days, 'day')}: figures that look "
            "further back would miss some who are decided, and are left out; with "
            f"{ceil(needed / timedelta(days=1))} days all are counted"
        )
        yield Symptom(source.name, Mark.NOTE, message)


def _state(loaded: Configuration, now: datetime) -> Iterator[Symptom]:
    store = Store(loaded.settings.state.url.get_secret_value())
    try:
        if store.is_missing():
            yield Symptom(
                "state", Mark.NOTE, f"{store.shown} is made by the first `svar run`"
            )
            return
        with store.write():
            pass
        store.require_current()
        yield Symptom("state", Mark.OK, f"{store.shown} is writable and migrated")
        yield from _silences(store, now)
        yield from _lost(store)
        yield from _orphans(store, loaded)
    except MonitorError as error:
        yield Symptom("state", Mark.WRONG, str(error))
    finally:
        store.close()


def _silences(store: Store, now: datetime) -> Iterator[Symptom]:
    """Yield what nobody is told of now, in one line; a hold says so of everything."""
    with store.read() as connection:
        found = silences.read(connection, now=now)
    active = [each for each in found if each.starts_at <= now]
    held = next((each for each in active if each.is_hold), None)
    if held:
        message = (
            f"on hold by {held.author} ({held.reason}): nobody is told of anything; "
            "`svar alerts release` ends it"
        )
        yield Symptom("silences", Mark.NOTE, message)
    elif active:
        count = words.plural(len(active), "silence")
        message = f"{count} in force; `svar alerts silences` lists them"
        yield Symptom("silences", Mark.NOTE, message)


def _lost(store: Store) -> Iterator[Symptom]:
    """Yield who cannot be told in Slack, and goes to the deputy or the fallback."""
    with store.read() as connection:
        found = contacts.lost(connection)
    if found:
        who = ", ".join(f"{each.email} ({each.error})" for each in found)
        message = (
            f"not reached in Slack: {who}; give them a deputy, or mend the address"
        )
        yield Symptom("people", Mark.NOTE, message)


def _orphans(store: Store, loaded: Configuration) -> Iterator[Symptom]:
    """Yield the sources of remembered alerts that the settings do not name."""
    known = {each.name for each in loaded.settings.sources}
    with store.read() as connection:
        counts = {
            each: orphans.count_open(connection, each)
            for each in orphans.sources(connection, known)
        }
    if counts:
        which = ", ".join(f"{name} ({count} open)" for name, count in counts.items())
        message = (
            f"alerts of sources that are not in the settings: {which}; a running svar "
            "closes them, and forgets them within a day; where one was renamed, "
            "`svar db rename-source` keeps them"
        )
        yield Symptom("state", Mark.NOTE, message)


def _slack(loaded: Configuration) -> Iterator[Symptom]:
    settings = loaded.settings.slack
    if settings.token is None:
        yield Symptom(
            "slack", Mark.NOTE, "no token; notices are printed (set SVAR_SLACK__TOKEN)"
        )
        return
    slack = Slack(settings.token.get_secret_value(), settings.api_url)
    try:
        team, scopes = slack.whoami()
    except DeliveryError as error:
        yield Symptom(
            "slack", Mark.WRONG, f"{error.reason}; check the token and slack.api_url"
        )
        return
    yield Symptom("slack", Mark.OK, f"speaks to {team or 'the workspace'}")
    missing = [scope for scope in SCOPES if scope not in scopes]
    if missing and scopes:
        names = ", ".join(missing)
        yield Symptom(
            "slack", Mark.WRONG, f"the app lacks {names}; add them and reinstall it"
        )
    channels = ", ".join(sorted(_told_channels(loaded)))
    if channels and scopes and "channels:history" not in scopes:
        yield Symptom(
            "slack",
            Mark.NOTE,
            f"without channels:history (groups:history where private) a post to "
            f"{channels} cannot be looked up after a broken connection: what is late is "
            "sent again and may stand twice, what only warns is not; "
            "`slack.channels` may name a channel's id",
        )
    leads = loaded.settings.report.channel
    if leads and outbox.is_channel(settings.channels.get(leads, leads)):
        yield Symptom(
            "slack",
            Mark.NOTE,
            f"a post to {leads} cannot be looked up after the state was restored from "
            "a backup, and may stand twice; let `slack.channels` name that channel's id",
        )


def _told_channels(loaded: Configuration) -> set[str]:
    """Return the channels that a rule tells, the fallback, and the leads' for the report."""
    rules = loaded.rulebook.rules
    told = {who for rule in rules for each in rule.firings for who in each.tell}
    told |= {
        loaded.settings.people.fallback or "",
        loaded.settings.report.channel or "",
    }
    return set(filter(outbox.is_channel, told))


def _people(loaded: Configuration) -> Iterator[Symptom]:
    if loaded.settings.people.fallback is None:
        advice = "set people.fallback, so that a notice for somebody unknown is seen"
        yield Symptom("people", Mark.NOTE, f"no fallback channel; {advice}")


def _bound(loaded: Configuration) -> str:
    """Return how much Prometheus has to keep at most, and what that depends on."""
    counts = (
        (len(loaded.settings.sources), "source"),
        (len(loaded.rulebook.rules), "rule"),
        (loaded.settings.metrics.departments, "department"),
    )
    sizes = ", ".join(words.plural(count, what) for count, what in counts)
    return f"at most {metrics.most_series(loaded):,} series with {sizes}"


def _count(loaded: Configuration) -> str:
    sources = words.plural(len(loaded.settings.sources), "source")
    return f"{sources}, {words.plural(len(loaded.rulebook.rules), 'rule')} on"


def _line(symptom: Symptom) -> Text:
    line = Text(f"{symptom.mark:<6}", _STYLES[symptom.mark])
    line.append(f"{symptom.what:<14}", "bold")
    return line.append(symptom.detail, "default")
