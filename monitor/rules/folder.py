"""Reads a folder of rules: its files, its defaults and its profiles, as one rulebook."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from monitor import misfit, shipped, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.rules.language import ProfileFile, RuleFile, RuleText
from monitor.rules.layers import Entry, Layer
from monitor.rules.nouns import Rule, Rulebook
from monitor.rules.reader import House, RuleReader
from monitor.yamlfile import Document

PROFILES, TESTS = "profiles", "tests"  # folders that hold no rules of their own
_SCRATCH = (".", "#")  # what editors leave beside a file that is open
_NOT_SHARED = ("id", "title")


@dataclass(slots=True)
class _Found:
    """What the files of one load hold."""

    entries: list[Entry] = field(default_factory=list)
    defaults: dict[Path, Layer] = field(default_factory=dict)
    extends: list[tuple[Document, int, str]] = field(default_factory=list)
    laid: set[str] = field(default_factory=set)  # profiles, each once
    problems: list[Problem] = field(default_factory=list)


def read(folder: Path, house: House | None = None) -> Rulebook:
    """Return the rules in folder; raise ConfigError with every problem of every file."""
    documents, problems = [], []
    for path in files(folder):
        try:
            documents.append(yamlfile.read(path, name=yamlfile.shown(path)))
        except ConfigError as error:
            problems += error.problems
    return parse(documents, house, profiles=folder / PROFILES, problems=problems)


def files(folder: Path) -> list[Path]:
    """Return the rule files in folder and below; raise ConfigError if there is none."""
    try:
        found = sorted(_walk(folder, frozenset()))
    except NotADirectoryError as error:
        message = f"is a file; name the folder that it lies in ({folder.parent})"
        raise ConfigError([Problem(str(folder), 0, 0, "rules", message)]) from error
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise ConfigError([Problem(str(folder), 0, 0, "rules", message)]) from error
    if not found:
        message = "holds no rule file; put a *.yaml there or point `rules` elsewhere"
        raise ConfigError([Problem(str(folder), 0, 0, "rules", message)])
    return found


def _walk(folder: Path, above: frozenset[Path]) -> Iterator[Path]:
    """Yield rule files, deeper folders too; a link back to where we came from is passed."""
    real = folder.resolve()
    if real in above:
        return
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if entry.name.startswith(_SCRATCH):
            continue
        if path.is_dir():  # False for a link that leads nowhere
            if entry.name not in {PROFILES, TESTS}:
                yield from _walk(path, above | {real})
        elif path.suffix in {".yaml", ".yml"}:
            yield path


def parse(
    documents: Collection[Document],
    house: House | None = None,
    *,
    profiles: Path | None = None,
    problems: Collection[Problem] = (),
) -> Rulebook:
    """Return the rules in documents; raise ConfigError with all problems, old and new."""
    found = _Found(problems=list(problems))
    for document in documents:
        _collect(document, found)
    for entry in found.entries:
        here = Path(entry.own.document.file).parent
        for folder in (here, *here.parents):
            if folder in found.defaults:
                entry.under(found.defaults[folder])
    for document, index, name in found.extends:
        _extend(found, profiles, (document, ("extends", index)), (name,))
    _look_at_others(found, profiles)
    rules = _rules(found, house or House())
    if found.problems:
        raise ConfigError(found.problems)
    return Rulebook(
        tuple(rule for rule, is_on in rules if is_on),
        tuple(rule for rule, is_on in rules if not is_on),
    )


def _collect(document: Document, found: _Found) -> None:
    """Take a file apart into its rules, its defaults and the profiles it names."""
    try:
        file = yamlfile.build(RuleFile, document)
    except ConfigError as error:
        found.problems += error.problems
        return
    if not file.model_fields_set:
        found.problems.append(document.problem(("rules",), "is missing"))
    for index, keys in enumerate(file.rules):
        if isinstance(keys, dict):
            found.entries.append(Entry(Layer(document, ("rules", index), keys)))
        else:
            message = "expected keys and values, such as `- id: first-reply`"
            found.problems.append(document.problem(("rules", index), message))
    if file.defaults:
        _collect_defaults(document, file, found)
    found.extends += [(document, n, name) for n, name in enumerate(file.extends)]


def _collect_defaults(document: Document, file: RuleFile, found: _Found) -> None:
    folder = Path(document.file).parent
    if folder in found.defaults:
        other = found.defaults[folder].document.file
        message = f"{other} holds this folder's defaults already; keep one"
        found.problems.append(document.problem(("defaults",), message))
    for key in _NOT_SHARED:
        if key in file.defaults:
            message = "is each rule's own; take it away here"
            found.problems.append(document.problem(("defaults", key), message))
    found.defaults[folder] = Layer(document, ("defaults",), file.defaults)


def _extend(
    found: _Found,
    folder: Path | None,
    asked: tuple[Document, tuple[str | int, ...]],
    names: Sequence[str],
) -> None:
    """Lay a profile's changes over the rules, after those of the profiles it extends."""
    document, place = asked
    path = find_profile(names[-1], folder)
    if path is None or names[-1] in names[:-1]:
        hint = misfit.nearest(names[-1], profile_names(folder))
        message = f'no profile "{names[-1]}"{hint}'
        if path is not None:
            message = f"extends itself: {' -> '.join(names)}"
        found.problems.append(document.problem(place, message))
        return
    if names[-1] in found.laid:
        return
    found.laid.add(names[-1])
    try:
        profile = yamlfile.read(path, name=yamlfile.shown(path))
        file = yamlfile.build(ProfileFile, profile)
    except ConfigError as error:
        found.problems += error.problems
        return
    for index, name in enumerate(file.extends):
        _extend(found, folder, (profile, ("extends", index)), (*names, name))
    _change(found, profile, file)


def _look_at_others(found: _Found, folder: Path | None) -> None:
    """Note mistakes of form in the profiles that nothing extends yet."""
    for path in sorted(folder.glob("*.yaml")) if folder else ():
        if path.stem in found.laid:
            continue
        try:
            profile = yamlfile.read(path, name=yamlfile.shown(path))
            file = yamlfile.build(ProfileFile, profile)
        except ConfigError as error:
            found.problems += error.problems
            continue
        for rule_id, keys in file.changes.items():
            for key in keys.keys() - RuleText.model_fields.keys():
                hint = misfit.nearest(key, RuleText.model_fields)
                at = ("changes", rule_id, key)
                found.problems.append(profile.problem(at, f'unknown key "{key}"{hint}'))


def _change(found: _Found, profile: Document, file: ProfileFile) -> None:
    """Lay a profile's keys over those of the rules."""
    known = {entry.id: entry for entry in found.entries}
    for rule_id, keys in file.changes.items():
        at = ("changes", rule_id)
        if rule_id not in known:
            message = f'no rule "{rule_id}"{misfit.nearest(rule_id, known)}'
            found.problems.append(profile.problem(at, message))
        elif "id" in keys:
            message = "a rule keeps its id; take it away here"
            found.problems.append(profile.problem((*at, "id"), message))
        else:
            known[rule_id].over(Layer(profile, at, keys))


def find_profile(name: str, folder: Path | None) -> Path | None:
    """Return the file of a profile: the admin's own, else the one that comes along."""
    for place in filter(None, (folder, shipped.folder() / "rules" / PROFILES)):
        path = place / f"{name}.yaml"
        if path.is_file():
            return path
    return None


def profile_names(folder: Path | None) -> set[str]:
    """Return the names of the profiles there are."""
    places = filter(None, (folder, shipped.folder() / "rules" / PROFILES))
    return {path.stem for place in places for path in place.glob("*.yaml")}


def _rules(found: _Found, house: House) -> list[tuple[Rule, bool]]:
    """Return the rules that are as they should be, and whether each is on."""
    seen: dict[str, str] = {}
    rules = []
    for entry in found.entries:
        reader = RuleReader(entry, house)
        rule = reader.rule()
        found.problems += reader.problems
        if entry.id in seen:
            message = f'"{entry.id}" is taken by {seen[entry.id]}; ids are unique'
            found.problems.append(entry.problem(("id",), message))
        if entry.id:
            seen.setdefault(entry.id, entry.place)
        if rule:
            rules.append((rule, reader.text.enabled))
    return rules
