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
        problems += _one_database(source, found, document, index)
        problems += _dialect(source, mappings[source.name], document, index)
    if not problems and not rulebook.rules:
        message = "no rule is on; a Svar without rules would close every alert"
        problems.append(Problem(str(folder), 0, 0, "rules", message))
    if problems:
        raise ConfigError(problems)
    calendar = found.calendar.calendar()
    return Configuration(path, folder, found, calendar, mappings, rulebook)


def _one_database(
    source: SourceSettings, found: Settings, document: Document, index: int
) -> list[Problem]:
    """Return a problem where Svar's own state would lie in the recruiting database."""
    state = found.state.url.get_secret_value()
    if state.partition("?")[0] != source.url.get_secret_value().partition("?")[0]:
        return []
    message = (
        "is the database of the state as well; Svar never writes here, so part them"
    )
    return [document.problem(("sources", index, "url"), message)]


def _dialect(
    source: SourceSettings, found: Mapping, document: Document, index: int
) -> list[Problem]:
    """Return a problem where the mapping's SQL is for another database than the URL."""
    dialect = source.url.get_secret_value().partition(":")[0].partition("+")[0]
    known = found.file.dialects
    if not known or dialect in known or dialect not in mapping.DIALECTS:
        return []
    message = f"{dialect} is not what the {found.file.name} mapping reads ({', '.join(known)})"
    return [document.problem(("sources", index, "url"), message)]


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
