"""`svar alerts silence / hold / ...`: what nobody is told of, for a while."""

import argparse
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from monitor import clock, configuration
from monitor.alerts import HandError
from monitor.cli import FINE, instants, printing
from monitor.cli.alerts import state
from monitor.configuration import Configuration
from monitor.errors import ConfigError, Problem
from monitor.messages import words
from monitor.store.ledger import hands, silences
from monitor.store.ledger.hands import Wanted
from monitor.store.ledger.silences import Silence


def silence(options: argparse.Namespace) -> int:
    """Silence what fits until the time given."""
    loaded = configuration.read(options.config, os.environ)
    state.require_known(options, loaded)
    matcher = {name: getattr(options, name) for name in silences.MATCHERS}
    if not any(matcher.values()):
        message = "say what to silence; `svar alerts hold` stops everything"
        options_ = "--rule, --department, --job or --source"
        raise ConfigError([Problem(options_, 0, 0, "", message)])
    now = clock.utc_now()
    given = options.start
    start = instants.read("--from", given, loaded) if given else now
    return _keep(loaded, _made(options, loaded, start, **matcher), now)


def hold(options: argparse.Namespace) -> int:
    """Stop telling anybody anything."""
    loaded = configuration.read(options.config, os.environ)
    now = clock.utc_now()
    return _keep(loaded, _made(options, loaded, now), now)


def release(options: argparse.Namespace) -> int:
    """End every hold."""
    loaded = configuration.read(options.config, os.environ)
    now, actor = clock.utc_now(), state.actor(options)
    with state.opened(loaded) as store, store.write() as connection:
        ended = silences.release(connection, actor=actor, now=now)
        remaining = silences.in_force(connection, now=now)
    if ended:
        over = "The hold is over" if len(ended) == 1 else "The holds are over"
        print(f"{over}; {_now(remaining)}")  # noqa: T201
    else:
        print("There is no hold; nothing was changed.")  # noqa: T201
    return FINE


def unsilence(options: argparse.Namespace) -> int:
    """End one silence; exit 1 where there is none of that id."""
    loaded = configuration.read(options.config, os.environ)
    now, actor = clock.utc_now(), state.actor(options)
    with state.opened(loaded) as store, store.write() as connection:
        ended = silences.end(connection, options.id, actor=actor, now=now)
        remaining = silences.in_force(connection, now=now)
    if ended is None:
        message = f"there is no silence {options.id} to end; `svar alerts silences` lists them"
        raise HandError(message)
    called = "Hold" if ended.is_hold else "Silence"
    line = f"{called} {options.id} is over ({what(ended)}); "
    print(line + _now(remaining, ended))  # noqa: T201
    return FINE


def _now(remaining: Sequence[Silence], ended: Silence | None = None) -> str:
    """Return what is told from now on, and what stays silent after one was ended."""
    told = "what is due is told from the next minute on."
    if not remaining:
        return told
    said = []
    for called, is_hold in (("hold", True), ("silence", False)):
        ids = [each.id for each in remaining if each.is_hold is is_hold]
        if len(ids) == 1:
            other = "another " if ended and ended.is_hold is is_hold else ""
            said.append(f"{other}{called} ({ids[0]}) remains")
        elif ids:
            said.append(f"{len(ids)} {called}s remain")
    rest = f"{' and '.join(said)}; `svar alerts silences` lists them."
    if any(each.is_hold for each in remaining):
        return f"nobody is told of anything yet: {rest}"
    return f"{told} But {rest}"


def listed(options: argparse.Namespace) -> int:
    """Print the silences."""
    loaded = configuration.read(options.config, os.environ)
    now = clock.utc_now()
    with state.opened(loaded, reads_only=True) as store, store.read() as connection:
        found = silences.read(connection, now=now, ended=options.all)
    if options.json:
        printing.write_json({"silences": [_facts(each, now) for each in found]})
    elif found:
        printing.console().print(_table(found, loaded, now))
    else:
        print("Nothing is silenced.")  # noqa: T201
    return FINE


def what(silence: Silence) -> str:
    """Return what is silent: "everything", or the matcher in words."""
    pairs = (f"{name} {value}" for name, value in silence.matcher.items())
    return ", ".join(pairs) or "everything"


def _made(
    options: argparse.Namespace,
    loaded: Configuration,
    start: datetime,
    **matcher: Any,
) -> Silence:
    end = state.until(options, loaded, loaded.calendar, start=start)
    if end is not None and end <= max(start, clock.utc_now()):
        message = "it would be over before it begins"
        option = "--until" if options.until else "--for"
        raise ConfigError([Problem(option, 0, 0, "", message)])
    return Silence(start, end, state.actor(options), options.reason, **matcher)


def _keep(loaded: Configuration, made: Silence, now: datetime) -> int:
    with state.opened(loaded, makes=True) as store:
        with store.write() as connection:
            before = silences.in_force(connection, now=now)
            kept = silences.add(connection, made, now=now)
            wanted = {name: getattr(kept, name) for name in silences.MATCHERS}
            _, count = hands.find(connection, Wanted(**wanted), now=now, most=1)
        hints = [] if count else list(state.unknown_names(store, kept))
    alerts = words.plural(count, "open alert fits", "open alerts fit")
    end = kept.ends_at and words.moment(kept.ends_at, loaded.calendar, now=now)
    until = f"until {end}" if end else "until `svar alerts release`"
    begins = ""
    if kept.starts_at > now:
        begins = f" from {words.moment(kept.starts_at, loaded.calendar, now=now)}"
    called, silent = "Silence", what(kept)
    if kept.is_hold:
        called, silent = "Hold", "anything"
    fits = f"{alerts} now. " if count or kept.is_hold else ""
    line = (
        f"{called} {kept.id}: nobody is told of {silent}{begins} {until}. "
        f"{fits}Polls and steps go on; what is due then is told afterwards."
    )
    console = printing.console()
    console.print(Text(line), soft_wrap=True)
    if not kept.is_hold and not count:
        warning = " ".join(["Warning: it fits no open alert.", *hints])
        console.print(Text(warning), soft_wrap=True)
    for each in filter(lambda each: kept.is_hold and each.is_hold, before):
        console.print(Text(_exists(each, loaded, now)), soft_wrap=True)
    return FINE


def _exists(hold: Silence, loaded: Configuration, now: datetime) -> str:
    end = hold.ends_at and words.moment(hold.ends_at, loaded.calendar, now=now)
    return (
        f"There is a hold already: {hold.id} by {hold.author} ({hold.reason}), until "
        f"{end or 'somebody ends it'}. `svar alerts release` ends all holds."
    )


def _table(found: Sequence[Silence], loaded: Configuration, now: datetime) -> Table:
    table = printing.table("id", "", "what", "from", "until", "by")
    table.add_column("why", overflow="fold")
    for each in found:
        end = each.ends_at and words.moment(each.ends_at, loaded.calendar, now=now)
        ended = f" ({each.ended_by})" if each.ended_by else ""
        table.add_row(
            str(each.id),
            _phase(each, now),
            Text(what(each)),
            words.moment(each.starts_at, loaded.calendar, now=now),
            Text(f"{end or 'somebody ends it'}{ended}"),
            Text(each.author),
            Text(each.reason),
        )
    return table


def _phase(silence: Silence, now: datetime) -> str:
    if silence.ends_at is not None and silence.ends_at <= now:
        return "over"
    return "to come" if silence.starts_at > now else "in force"


def _facts(silence: Silence, now: datetime) -> dict[str, object]:
    end = silence.ends_at
    return {
        "id": silence.id,
        **{name: getattr(silence, name) for name in silences.MATCHERS},
        "phase": _phase(silence, now),
        "starts_at": instants.rfc3339(silence.starts_at),
        "ends_at": instants.rfc3339(end) if end else None,
        "author": silence.author,
        "reason": silence.reason,
        "ended_by": silence.ended_by,
    }
