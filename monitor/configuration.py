"""Settings, mappings and rules as one checked whole; every problem in one go."""

from collections.abc import Collection
from collections.abc import Mapping as Environment
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import available_timezones

from monitor import mapping, misfit, rules, settings, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.mapping import Mapping
from monitor.rules import House, Rulebook
from monitor.settings import RULES, Settings, SourceSettings
from monitor.worktime import Calendar
from monitor.yamlfile import Document

POLLS_MISSED = 3
SILENCE = timedelta(minutes=30)  # a feed that is silent for less is no news


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that an admin decided, checked."""

    path: Path
    rules_folder: Path
    settings: Settings
    calendar: Calendar
    departments: dict[str, Calendar]
    mappings: dict[str, Mapping]
    rulebook: Rulebook

    @property
    def patience(self) -> dict[str, timedelta]:
        """Return how long each source may be silent before nobody is told of it."""
        return {
            each.name: max(each.every * POLLS_MISSED, SILENCE)
            for each in self.settings.sources
        }

    def title(self, source: str) -> str:
        """Return what a source is called on paper; with its name where there are several."""
        found = self.mappings[source].file.title
        return found if len(self.settings.sources) == 1 else f"{found} ({source})"

    def require_open(self, now: datetime) -> None:
        """Raise ConfigError for a calendar on which nobody works in the next weeks."""
        used = {"calendar": self.calendar}
        used |= {f"departments.{name}": each for name, each in self.departments.items()}
        for rule in self.rulebook.rules:
            if rule.calendar:
                used[f"calendar of the rule {rule.id}"] = rule.calendar
        problems = []
        for key, calendar in used.items():
            try:
                calendar.require_open(now)
            except ValueError as error:
                problems.append(Problem(str(self.path), 0, 0, key, str(error)))
        if problems:
            raise ConfigError(problems)


def read(path: Path, environ: Environment[str, str]) -> Configuration:
    """Return the configuration that starts at path; raise ConfigError."""
    try:
        found, document = settings.read(path, environ)
    except ConfigError as error:
        raise ConfigError([*error.problems, *problems_of_rules(path)]) from error
    folder = (path.parent / found.rules).resolve()
    problems: list[Problem] = []
    mappings: dict[str, Mapping] = {}
    for index, source in enumerate(found.sources):
        try:
            folder_of = _mapping(source, document, index, path.parent)
            mappings[source.name] = mapping.read(folder_of)
        except ConfigError as error:
            problems += error.problems
            continue
        problems += _zone(source, mappings[source.name], document, index)
        problems += _one_database(source, found, document, index)
        problems += _dialect(source, mappings[source.name], document, index)
    rulebook = Rulebook(())
    whole = len(mappings) == len(found.sources)
    if not folder.is_dir():
        message = f"there is no such folder: {folder} (relative to this file)"
        problems.append(document.problem(("rules",), message))
        raise ConfigError(problems)
    try:
        rulebook = rules.read(folder, house(found, mappings.values() if whole else ()))
    except ConfigError as error:
        problems += error.problems
    if not problems and not rulebook.rules:
        message = "no rule is on; a Svar without rules would close every alert"
        problems.append(Problem(str(folder), 0, 0, "rules", message))
    if problems:
        raise ConfigError(problems)
    calendar = found.calendar.calendar()
    departments = found.by_department()
    return Configuration(path, folder, found, calendar, departments, mappings, rulebook)


def problems_of_rules(path: Path, folder: Path | None = None) -> list[Problem]:
    """Return what is wrong with the rules, where the settings have problems as well."""
    try:
        if folder is None:
            data = yamlfile.read(path).data
            named = data.get("rules", RULES) if isinstance(data, dict) else None
            if not isinstance(named, str):
                return []
            folder = (path.parent / named).resolve()
        rules.read(folder, House(roles=None, calendars=None))
    except ConfigError as error:
        return [each for each in error.problems if each.file != str(path)]
    return []


def surroundings(path: Path, environ: Environment[str, str]) -> tuple[Path, House]:
    """Return the folder of the rules, and what they may speak of; opens no database."""
    found, _ = settings.read(path, environ)
    mappings = []
    for source in found.sources:
        try:
            mappings.append(mapping.read(mapping.find(source.mapping, path.parent)))
        except ConfigError:  # its problems are the mapping's, and no rule's
            return (path.parent / found.rules).resolve(), house(found, ())
    return (path.parent / found.rules).resolve(), house(found, mappings)


def house(found: Settings, mappings: Collection[Mapping]) -> House:
    """Return what the rules may speak of: roles, stages and calendars by name."""
    tables = [each.file.stages for each in mappings]
    known = frozenset(stage for table in tables for stage in table)
    return House(
        roles=frozenset(found.people.roles),
        stages=known if tables and all(tables) else None,
        calendar=found.calendar,
        calendars=found.calendars,
    )


def _mapping(
    source: SourceSettings, document: Document, index: int, beside: Path
) -> Path:
    """Return the folder of a source's mapping; raise ConfigError where it is named."""
    try:
        return mapping.find(source.mapping, beside)
    except ConfigError as error:
        path = ("sources", index, "mapping")
        problems = [document.problem(path, each.message) for each in error.problems]
        raise ConfigError(problems) from error


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
        hint = misfit.nearest(zone, available_timezones())
        return [document.problem(path, f'no time zone "{zone}"{hint}')]
    return []
