"""Settings, mappings and rules as one checked whole; every problem in one go."""

from collections.abc import Mapping as Environment
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from monitor import mapping, rules, settings, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.mapping import Mapping
from monitor.rules import Rulebook
from monitor.settings import Settings, SourceSettings
from monitor.worktime import Calendar
from monitor.yamlfile import Document


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that an admin decided, checked."""

    path: Path
    rules_folder: Path
    settings: Settings
    calendar: Calendar
    mappings: dict[str, Mapping]
    rulebook: Rulebook


def read(path: Path, environ: Environment[str, str]) -> Configuration:
    """Return the configuration that starts at path; raise ConfigError."""
    found, document = settings.read(path, environ)
    folder = (path.parent / found.rules).resolve()
    problems: list[Problem] = []
    rulebook = Rulebook(())
    try:
        rulebook = rules.read(folder, roles=found.people.roles)
    except ConfigError as error:
        problems += error.problems
    mappings: dict[str, Mapping] = {}
    for index, source in enumerate(found.sources):
        try:
            mappings[source.name] = mapping.read(
                mapping.find(source.mapping, path.parent)
            )
        except ConfigError as error:
            problems += error.problems
            continue
        problems += _zone(source, mappings[source.name], document, index)
    if problems:
        raise ConfigError(problems)
    calendar = found.calendar.calendar()
    return Configuration(path, folder, found, calendar, mappings, rulebook)


def _zone(
    source: SourceSettings, found: Mapping, document: Document, index: int
) -> list[Problem]:
    """Return what is wrong with the zone of a source's naive timestamps."""
    zone = source.timezone or found.file.timezone
    path = ("sources", index, "timezone")
    if zone is None:
        message = (
            f"{found.file.title} stores times without a zone; say which one its "
            "server uses (such as Europe/Oslo)"
        )
        return [document.problem(path, message)]
    if zone not in available_timezones():
        hint = yamlfile.nearest(zone, available_timezones())
        return [document.problem(path, f'no time zone "{zone}"{hint}')]
    return []
