"""From files of rule tests to suites that can run; all problems of all files at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import time
from pathlib import Path

from monitor import misfit, rules, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.evaluate import World
from monitor.outbox import Digests
from monitor.proof.trials.checking import Checker
from monitor.proof.trials.nouns import Suite
from monitor.proof.trials.shape import TrialFile
from monitor.rules import PROFILES, House, Rulebook
from monitor.rules import folder as rule_folder
from monitor.settings import CalendarSettings, PeopleSettings
from monitor.yamlfile import Document

OFFICE = CalendarSettings(timezone="Europe/Oslo", country="NO")
DIGEST_AT = time(9)


def files(folder: Path) -> list[Path]:
    """Return the test files in folder and below."""
    found = [*folder.rglob("*.yaml"), *folder.rglob("*.yml")]
    return sorted(path for path in found if not path.name.startswith((".", "#")))


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
            document = yamlfile.read(path, name=yamlfile.shown(path))
            suites.append(_suite(document, rulebooks))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return suites


def _suite(document: Document, rulebooks: "_Rulebooks") -> Suite:
    """Return the file's suite; raise ConfigError with what is wrong anywhere in it."""
    file, places, problems = _shape(document)
    settings = file.calendar.under(OFFICE)
    faults = list(settings.faults())
    problems += [document.problem(("calendar", *k), said) for k, said in faults]
    settings = OFFICE if faults else settings
    calendar = settings.calendar()
    profiles = _known_profiles(document, file.profile, rulebooks.folder, problems)
    everything = rulebooks.get(profiles, settings, frozenset(file.roles))
    rulebook = _chosen(document, everything, file.rules, problems)
    people = PeopleSettings(roles=file.roles)
    roles = {role: role for role in rulebooks.roles or ()} | people.roles
    checker = Checker(document, rulebook, calendar, roles)
    trials = checker.trials(zip(places, file.tests, strict=True))
    if problems or checker.problems:
        raise ConfigError([*problems, *checker.problems])
    world = World(calendar, name=lambda row: row.candidate_name or row.candidate_ref)
    digests = Digests(calendar, DIGEST_AT)
    return Suite(document.file, rulebook, world, people, digests, trials)


def _shape(document: Document) -> tuple[TrialFile, list[int], list[Problem]]:
    """Return the file, the places of its tests, and what is wrong with the others.

    Tests of a wrong shape are left out, so that the rest can be looked at.
    """
    data = document.data
    file, wrong = yamlfile.fill(TrialFile, {} if data is None else data)
    problems = [document.problem(path, said) for path, said in wrong]
    if file is not None:
        return file, list(range(len(file.tests))), problems
    bad = {path[1] for path, _ in wrong if len(path) > 1 and path[0] == "tests"}
    if len(bad) < len({path[:2] for path, _ in wrong}):
        raise ConfigError(problems)  # not only tests are wrong
    places = [place for place in range(len(data["tests"])) if place not in bad]
    sound = [data["tests"][place] for place in places]
    file, _ = yamlfile.fill(TrialFile, {**data, "tests": sound})
    if file is None:
        raise ConfigError(problems)
    return file, places, problems


NO_PROFILE = ("none",)  # the rules as their files have them


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
            known = (self._house.roles or frozenset()) | roles
            house = replace(self._house, calendar=calendar, roles=known)
            documents = self._read()
            if profiles == NO_PROFILE:
                documents = _bare(documents)
            elif profiles:
                laid_over = Document("", {"extends": list(profiles)}, {})
                documents = [*documents, laid_over]
            self._made[key] = rules.parse(
                documents, house, profiles=self.folder / PROFILES
            )
        return self._made[key]

    def _read(self) -> list[Document]:
        if self._documents is None:
            paths = rules.files(self.folder)
            self._documents = [yamlfile.read(p, name=yamlfile.shown(p)) for p in paths]
        return self._documents


def _bare(documents: Sequence[Document]) -> list[Document]:
    """Return rule files without the profiles that they extend."""
    stripped = [
        replace(each, data={k: v for k, v in each.data.items() if k != "extends"})
        if isinstance(each.data, dict)
        else each
        for each in documents
    ]
    return [each for each in stripped if each.data]


def _known_profiles(
    document: Document, names: Sequence[str], folder: Path, problems: list[Problem]
) -> tuple[str, ...]:
    """Return the profiles that there are, and note the others."""
    if tuple(names) == NO_PROFILE:
        return NO_PROFILE
    known = rule_folder.profile_names(folder / PROFILES)
    problems += [
        document.problem(
            ("profile", index), f'no profile "{name}"{misfit.nearest(name, known)}'
        )
        for index, name in enumerate(names)
        if name not in known
    ]
    return tuple(name for name in names if name in known)


def _chosen(
    document: Document,
    found: Rulebook,
    wanted: Collection[str],
    problems: list[Problem],
) -> Rulebook:
    """Return the rules with those on that are wanted, and note unknown ones."""
    if not wanted:
        return found
    known = {rule.id: rule for rule in (*found.rules, *found.off)}
    unknown = [
        document.problem(
            ("rules", index), f'no rule "{name}"{misfit.nearest(name, known)}'
        )
        for index, name in enumerate(wanted)
        if name not in known
    ]
    problems += unknown
    if unknown:  # whichever was meant, it may be spoken of
        return Rulebook(tuple(known.values()))
    on = tuple(rule for name, rule in known.items() if name in wanted)
    off = tuple(rule for name, rule in known.items() if name not in wanted)
    return Rulebook(on, off)
