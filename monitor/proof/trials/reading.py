"""From files of rule tests to suites that can run; all problems of all files at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path

from monitor import rules, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.evaluate import World
from monitor.outbox import Digests
from monitor.proof.trials.checking import Checker
from monitor.proof.trials.nouns import Suite
from monitor.proof.trials.shape import TrialFile
from monitor.rules import PROFILES, House, Rulebook
from monitor.rules import folder as rule_folder
from monitor.settings import CalendarSettings, PeopleSettings
from monitor.worktime import Calendar
from monitor.yamlfile import Document

OFFICE = CalendarSettings(timezone="Europe/Oslo", country="NO")
DIGEST_AT = time(9)


def files(folder: Path) -> list[Path]:
    """Return the test files in folder and below."""
    found = [*folder.rglob("*.yaml"), *folder.rglob("*.yml")]
    return sorted(path for path in found if not path.name.startswith("."))


def read(
    paths: Iterable[Path], folder: Path, house: House | None = None
) -> list[Suite]:
    """Return the suites in these files, for the rules in folder; raise ConfigError.

    `house`: what rules may speak of beside the roles and the calendar of each file.
    """
    rulebooks = _Rulebooks(folder, house or House())
    suites: list[Suite] = []
    problems: list[Problem] = []
    for path in dict.fromkeys(paths):
        try:
            document = yamlfile.read(path, name=_shown(path))
            suites.append(_suite(document, rulebooks))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return suites


def _suite(document: Document, rulebooks: "_Rulebooks") -> Suite:
    file = yamlfile.build(TrialFile, document)
    settings = file.calendar.under(OFFICE)
    try:
        calendar = settings.calendar()
    except ValueError as error:
        raise ConfigError([document.problem(("calendar",), str(error))]) from error
    problems = _unknown_profiles(document, file.profile, rulebooks.folder)
    if problems:
        raise ConfigError(problems)
    everything = rulebooks.get(file.profile, settings, frozenset(file.roles))
    rulebook = _chosen(document, everything, file.rules)
    people = PeopleSettings(roles=file.roles)
    checker = Checker(document, rulebook, calendar, rulebooks.roles | set(file.roles))
    trials = checker.trials(file.tests)
    if checker.problems:
        raise ConfigError(checker.problems)
    return Suite(
        document.file,
        rulebook,
        _world(calendar),
        people,
        Digests(calendar, DIGEST_AT),
        trials,
    )


def _world(calendar: Calendar) -> World:
    return World(calendar, name=lambda row: row.candidate_name or row.candidate_ref)


class _Rulebooks:
    """The rules as each file wants them; those that want the same share them."""

    def __init__(self, folder: Path, house: House) -> None:
        self.folder = folder
        self.roles = house.roles
        self._house = house
        self._documents: list[Document] | None = None
        self._made: dict[tuple[object, ...], Rulebook] = {}

    def get(
        self,
        profiles: tuple[str, ...],
        calendar: CalendarSettings,
        roles: frozenset[str],
    ) -> Rulebook:
        """Return the rules under these profiles and settings; raise ConfigError."""
        key = (profiles, calendar.model_dump_json(), roles)
        if key not in self._made:
            house = replace(
                self._house, calendar=calendar, roles=self._house.roles | roles
            )
            laid_over = Document("", {"extends": list(profiles)}, {})
            documents = [*self._read(), *([laid_over] if profiles else [])]
            self._made[key] = rules.parse(
                documents, house, profiles=self.folder / PROFILES
            )
        return self._made[key]

    def _read(self) -> list[Document]:
        if self._documents is None:
            paths = rules.files(self.folder)
            self._documents = [yamlfile.read(p, name=_shown(p)) for p in paths]
        return self._documents


def _unknown_profiles(
    document: Document, names: Sequence[str], folder: Path
) -> list[Problem]:
    known = rule_folder.profile_names(folder / PROFILES)
    return [
        document.problem(
            ("profile", index), f'no profile "{name}"{yamlfile.nearest(name, known)}'
        )
        for index, name in enumerate(names)
        if name not in known
    ]


def _chosen(document: Document, found: Rulebook, wanted: Collection[str]) -> Rulebook:
    """Return the rules that are on in this file; raise ConfigError for unknown ones."""
    known = {rule.id: rule for rule in (*found.rules, *found.off)}
    problems = [
        document.problem(
            ("rules", index), f'no rule "{name}"{yamlfile.nearest(name, known)}'
        )
        for index, name in enumerate(wanted)
        if name not in known
    ]
    if problems:
        raise ConfigError(problems)
    if not wanted:
        return found
    on = tuple(rule for name, rule in known.items() if name in wanted)
    off = tuple(rule for name, rule in known.items() if name not in wanted)
    return Rulebook(on, off)


def _shown(path: Path) -> str:
    """Return a name that opens the file from here: the shorter one, where that does."""
    here, whole = Path.cwd(), path.absolute()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else path)
