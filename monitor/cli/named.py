"""Names that options give: what nothing is called by is refused, with the nearest."""

from collections.abc import Collection, Sequence

from monitor import misfit
from monitor.configuration import Configuration
from monitor.errors import ConfigError, Problem
from monitor.settings import SourceSettings


def unknown(what: str, given: str, names: Collection[str]) -> Problem:
    """Return the problem of an option whose name nothing has; `what`: source, rule."""
    message = f'no {what} "{given}"{misfit.nearest(given, names)}'
    return Problem(f"--{what}", 0, 0, "", message)


def sources(loaded: Configuration, name: str | None) -> Sequence[SourceSettings]:
    """Return the source of that name, or without one all; raise ConfigError for none."""
    known = {each.name: each for each in loaded.settings.sources}
    if name is None:
        return list(known.values())
    if name not in known:
        raise ConfigError([unknown("source", name, known)])
    return [known[name]]
