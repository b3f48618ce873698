"""Opens the state beside a svar that runs, and says who stands before the screen."""

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from monitor import yamlfile
from monitor.alerts import HandError
from monitor.cli import instants
from monitor.configuration import Configuration
from monitor.errors import ConfigError, Problem, StoreError
from monitor.store import Store
from monitor.worktime import Calendar, Duration

# `sudo svar ...` is done by the person, not by root.
_LOGINS = ("SUDO_USER", "LOGNAME", "USER", "USERNAME")


@contextmanager
def opened(loaded: Configuration, *, reads_only: bool = False) -> Iterator[Store]:
    """Give the state without claiming it; raise StoreError where it cannot be used."""
    url = loaded.settings.state.url.get_secret_value()
    store = Store(url, reads_only=reads_only)
    try:
        if store.is_missing():
            message = f"there is no state at {store.shown} yet; `svar run` makes it"
            raise StoreError(message)
        if not store.is_current():
            message = f"{store.shown} is of another version; run `svar db upgrade`"
            raise StoreError(message)
        yield store
    finally:
        store.close()


def require_known(options: argparse.Namespace, loaded: Configuration) -> None:
    """Raise ConfigError for a source or a rule that nothing is called by."""
    rules = [each.id for each in loaded.rulebook.rules]
    known = {
        "source": [each.name for each in loaded.settings.sources],
        "rule": rules + [each.id for each in loaded.rulebook.off],
    }
    problems = []
    for name, names in known.items():
        given = getattr(options, name)
        if given and given not in names:
            message = f'no {name} "{given}"{yamlfile.nearest(given, names)}'
            problems.append(Problem(f"--{name}", 0, 0, "", message))
    if problems:
        raise ConfigError(problems)


def actor(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> str:
    """Return who does it: `--by`, or the login name."""
    logins = (environ.get(name) for name in _LOGINS)
    named: str | None = options.by
    return named or next(filter(None, logins), "somebody")


def until(
    options: argparse.Namespace,
    loaded: Configuration,
    calendar: Calendar,
    *,
    start: datetime,
) -> datetime | None:
    """Return what `--until` or `--for` come to, or None where neither is given."""
    if options.until:
        return instants.read("--until", options.until, loaded)
    if not options.lasting:
        return None
    try:
        return calendar.shift(start, Duration.parse(options.lasting))
    except ValueError as error:
        raise ConfigError([Problem("--for", 0, 0, "", str(error))]) from error


def unknown(alert_id: int) -> HandError:
    """Return what to say of an id that no alert has."""
    return HandError(f"there is no alert {alert_id}; `svar alerts list` says which are")
