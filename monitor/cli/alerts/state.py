"""Opens the state beside a svar that runs, and says who stands before the screen."""

import argparse
import os
import pwd
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime

from monitor import misfit
from monitor.alerts import HandError
from monitor.cli import instants, named
from monitor.configuration import Configuration
from monitor.errors import ConfigError, Problem, StoreError
from monitor.store import Store
from monitor.store.ledger import hands, silences
from monitor.store.ledger.hands import Wanted
from monitor.store.ledger.silences import Silence
from monitor.worktime import Calendar, Duration

# `sudo svar ...` is done by the person, not by root.
_LOGINS = ("SUDO_USER", "LOGNAME", "USER", "USERNAME")


@contextmanager
def opened(
    loaded: Configuration, *, reads_only: bool = False, makes: bool = False
) -> Iterator[Store]:
    """Give the state without claiming it; raise StoreError where it cannot be used.

    `makes`: where there is none yet it is made, and that is said.
    """
    url = loaded.settings.state.url.get_secret_value()
    if makes:
        _make(url)
    store = Store(url, reads_only=reads_only)
    try:
        if store.is_missing():
            message = f"there is no state at {store.shown} yet; `svar run` makes it"
            raise StoreError(message)
        store.require_current()
        yield store
    finally:
        store.close()


def _make(url: str) -> None:
    with closing(Store(url)) as store:
        if store.is_missing() or store.version() is None:
            store.claim()
            store.upgrade()
            print(f"There was no state yet: {store.shown} is made.")  # noqa: T201


def require_known(
    options: argparse.Namespace,
    loaded: Configuration,
    store: Store | None = None,
) -> None:
    """Raise ConfigError for a source or a rule that nothing is called by.

    With a state, what it remembers of earlier settings is known too.
    """
    rules = [each.id for each in loaded.rulebook.rules]
    known = {
        "source": [each.name for each in loaded.settings.sources],
        "rule": rules + [each.id for each in loaded.rulebook.off],
    }
    problems = []
    for name, names in known.items():
        given = getattr(options, name)
        if not given or given in names:
            continue
        if store is None or not _remembers(store, name, given):
            problems.append(named.unknown(name, given, names))
    if problems:
        raise ConfigError(problems)


def _remembers(store: Store, name: str, value: str) -> bool:
    with store.read() as connection:
        return hands.remembers(connection, **{name: value})


def unknown_names(store: Store, wanted: Wanted | Silence) -> Iterator[str]:
    """Yield a sentence for each department and job that the memory does not know."""
    for name in ("department", "job"):
        given = getattr(wanted, name)
        if not given:
            continue
        with store.read() as connection:
            names = silences.names(connection, name)
        if given.strip().casefold() not in map(str.casefold, names):
            hint = misfit.nearest(given, names)
            end = "" if hint.endswith("?") else "."
            yield f'No {name} "{given}" is known{hint}{end}'


def actor(
    options: argparse.Namespace,
    environ: Mapping[str, str] = os.environ,
    user: int | None = None,
) -> str:
    """Return who does it: `--by`, or the login name, of this process or of a user id."""
    logins = (environ.get(name, "").strip() for name in _LOGINS)
    named: str | None = options.by or next(filter(None, logins), None)
    if named:
        return named
    try:
        return pwd.getpwuid(os.getuid() if user is None else user).pw_name
    except KeyError:  # a container may run as a user that nobody named
        return "somebody"


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
