"""From rule files to rules: what the shape cannot tell, all problems at once."""

import re
import types
import typing
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal

from monitor import wording, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.model import Application
from monitor.rules import ladder
from monitor.rules.language import ONE_START, Latest, RuleFile, RuleText
from monitor.rules.nouns import Condition, Firing, Rule, Rulebook, Shift
from monitor.wording import Wording
from monitor.worktime import Duration
from monitor.yamlfile import Document

ROLES = ("owner", "recruiter", "manager", "decided_by")
OWNERS = ("has_ball", "recruiter", "manager", "decided_by")
_SCRATCH = (".", "#")  # what editors leave beside a file that is open
PERSON = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
CHANNEL = re.compile(r"#[a-z0-9_\-]{1,80}")


def _kinds() -> Mapping[str, type]:
    """Return the type of each column of the application view, without the null."""
    kinds = {}
    for name, annotation in typing.get_type_hints(Application).items():
        arms = typing.get_args(annotation) or (annotation,)
        kinds[name] = next(arm for arm in arms if arm is not type(None))
    return types.MappingProxyType(kinds)


COLUMN_KINDS = _kinds()


def read(folder: Path, *, roles: Collection[str] = ()) -> Rulebook:
    """Return the rules in folder; raise ConfigError with every problem of every file."""
    try:
        paths = sorted(
            path
            for path in folder.iterdir()
            if path.suffix in {".yaml", ".yml"} and not path.name.startswith(_SCRATCH)
        )
    except OSError as error:
        problem = Problem(
            str(folder), 0, 0, "rules", f"cannot be read: {error.strerror}"
        )
        raise ConfigError([problem]) from error
    if not paths:
        message = "holds no rule file; put a *.yaml there or point `rules` elsewhere"
        raise ConfigError([Problem(str(folder), 0, 0, "rules", message)])
    documents, problems = [], []
    for path in paths:
        try:
            documents.append(yamlfile.read(path, name=_shown(path)))
        except ConfigError as error:
            problems += error.problems
    return parse(documents, roles=roles, problems=problems)


def _shown(path: Path) -> str:
    """Return a name that opens the file from here: the shorter one, where that does."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def parse(
    documents: Collection[Document],
    *,
    roles: Collection[str] = (),
    problems: Collection[Problem] = (),
) -> Rulebook:
    """Return the rules in documents; raise ConfigError with all problems, old and new."""
    found = list(problems)
    seen: dict[str, str] = {}
    rules = []
    for document in documents:
        try:
            file = yamlfile.build(RuleFile, document)
        except ConfigError as error:
            found += error.problems
            continue
        for index, text in enumerate(file.rules):
            reader = _Reader(document, ("rules", index), {*ROLES, *roles})
            rule = reader.rule(text)
            if text.id in seen:
                reader.note(
                    ("id",), f'"{text.id}" is taken by {seen[text.id]}; ids are unique'
                )
            line = document.places.get(("rules", index, "id"), (0, 0))[0]
            seen.setdefault(text.id, f"{document.file}:{line}")
            found += reader.problems
            if rule and text.enabled:
                rules.append(rule)
    if found:
        raise ConfigError(found)
    return Rulebook(tuple(rules))


class _Reader:
    """Makes one rule out of its text and collects what makes no sense."""

    def __init__(
        self, document: Document, path: tuple[str | int, ...], roles: Collection[str]
    ) -> None:
        self.document = document
        self.path = path
        self.roles = roles
        self.problems: list[Problem] = []

    def note(self, path: tuple[str | int, ...], message: str) -> None:
        self.problems.append(self.document.problem((*self.path, *path), message))

    def rule(self, text: RuleText) -> Rule | None:
        """Return the rule, or None if anything in it makes no sense."""
        conditions = tuple(self._condition(key, text.when[key]) for key in text.when)
        starts, pick = self._starts(text.clock.starts)
        for column in text.clock.stops:
            self._instant(("clock", "stops"), column)
        owners = {*OWNERS, *self.roles} - {"owner"}
        if text.owner not in owners:
            hint = yamlfile.nearest(text.owner, owners)
            self.note(("owner",), f'no role "{text.owner}"{hint}')
        firings = self._firings(text)
        message = self._message(text.message)
        if self.problems or message is None:
            return None
        return Rule(
            id=text.id,
            title=text.title,
            conditions=tuple(each for each in conditions if each),
            starts=starts,
            pick=pick,
            stops=text.clock.stops,
            target=text.target,
            owner=text.owner,
            firings=firings,
            severity=text.severity,
            backlog=text.backlog,
            message=message,
        )

    def _condition(self, column: str, test: object) -> Condition | None:
        path = ("when", column)
        if column not in COLUMN_KINDS:
            self.note(
                path, f'no column "{column}"{yamlfile.nearest(column, COLUMN_KINDS)}'
            )
            return None
        if test in ("present", "absent"):
            return Condition(column, None, test == "present")
        wanted = True
        if isinstance(test, dict):
            if set(test) != {"not"}:
                self.note(
                    path, "expected a value, a list, present, absent, or {not: ...}"
                )
                return None
            test, wanted = test["not"], False
        values = test if isinstance(test, list) else [test]
        return self._values(column, values, wanted=wanted)

    def _values(
        self, column: str, values: list[object], *, wanted: bool
    ) -> Condition | None:
        kind = COLUMN_KINDS[column]
        if kind is datetime:
            self.note(("when", column), "is an instant; test it with present or absent")
            return None
        if "present" in values or "absent" in values:
            message = 'present and absent stand alone, not in a list or under "not"'
            self.note(("when", column), message)
            return None
        if not values:
            self.note(("when", column), "an empty list matches nothing; name a value")
        ready = [self._value(column, kind, value) for value in values]
        return Condition(column, frozenset(ready), wanted)

    def _value(self, column: str, kind: type, value: object) -> object:
        """Return the value as rows hold it; None, and a problem, if none holds it."""
        if issubclass(kind, StrEnum):
            words = [str(member) for member in kind]
            if value in words:
                return kind(value)
            hint = yamlfile.nearest(str(value), words)
            self.note(("when", column), f'"{value}" is not known{hint}')
        elif type(value) is not kind:
            names = {bool: "true or false", int: "a whole number", str: "text"}
            self.note(("when", column), f"expected {names[kind]}, or a list of such")
        else:
            return value
        return None

    def _starts(
        self, starts: Latest
    ) -> tuple[tuple[str, ...], Literal["latest", "earliest"]]:
        if (starts.latest is None) == (starts.earliest is None):
            self.note(("clock", "starts"), ONE_START)
        columns = starts.latest or starts.earliest or ()
        for column in columns:
            self._instant(("clock", "starts"), column)
        return columns, "latest" if starts.latest else "earliest"

    def _instant(self, path: tuple[str, ...], column: str) -> None:
        instants = [name for name, kind in COLUMN_KINDS.items() if kind is datetime]
        if column not in instants:
            hint = yamlfile.nearest(column, instants) or " (such as applied_at)"
            self.note(path, f'"{column}" is not a column that holds an instant{hint}')

    def _message(self, text: str) -> Wording | None:
        try:
            return wording.parse(text)
        except ValueError as error:
            self.note(("message",), str(error))
            return None

    def _firings(self, text: RuleText) -> tuple[Firing, ...]:
        firings: list[Firing] = []
        taken: dict[tuple[Shift, ...], int] = {}
        for index, step in enumerate(text.ladder):
            path = ("ladder", index)
            for word in step.tell:
                self._recipient((*path, "tell"), word)
            shift = self._offset((*path, "at"), step.at, text.target)
            if shift is None:
                continue
            if shift in taken:
                message = f"ladder[{taken[shift]}] stands at the same offset; join them"
                self.note((*path, "at"), message)
            taken.setdefault(shift, index)
            tell = tuple(w.lower() if PERSON.fullmatch(w) else w for w in step.tell)
            firings += ladder.fire(step.model_copy(update={"tell": tell}), shift)
        return tuple(sorted(firings, key=lambda firing: firing.place))

    def _offset(
        self, path: tuple[str | int, ...], at: str, target: Duration
    ) -> tuple[Shift, ...] | None:
        if at in {"target", "at target"}:
            return ()
        words, _, side = at.rpartition(" ")
        if side not in {"before", "after"}:
            message = f'"{at}" is not an offset (try "target", "4 days before" or "2 working days after")'
            self.note(path, message)
            return None
        try:
            by = Duration.parse(words)
        except ValueError as error:
            self.note(path, str(error))
            return None
        shift = (by, side == "before")
        if ladder.nominal((target, False)) + ladder.nominal(shift) <= 0:
            message = f'"{at}" the target of {target} is not after the clock starts'
            self.note(path, message + "; write a shorter time")
        return (shift,)

    def _recipient(self, path: tuple[str | int, ...], word: str) -> None:
        if word in self.roles or PERSON.fullmatch(word) or CHANNEL.fullmatch(word):
            return
        self._unknown_role(path, word, self.roles)

    def _unknown_role(
        self, path: tuple[str | int, ...], word: str, known: Collection[str]
    ) -> None:
        self.note(
            path, f'no role, person or channel "{word}"{yamlfile.nearest(word, known)}'
        )
