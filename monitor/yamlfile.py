"""The only reader of YAML: data, the place of every key, and problems that say where.

Booleans are `true` and `false` alone, so that `no` stays the country; times and
dates stay text; a key may not stand twice; an alias may not explode.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from monitor import slips
from monitor.errors import ConfigError, Problem
from monitor.misfit import Key, explain

__all__ = [
    "Document",
    "Key",
    "Strict",
    "build",
    "fill",
    "parse",
    "read",
    "shown",
    "spell",
]

LARGEST_FILE = 1_000_000  # bytes; a longer file is a mistake, not a configuration
MOST_NODES = 100_000  # after aliases are followed
DEEPEST = 50  # lists and keys within each other; the C parser dies of far more

Path_ = tuple[Key, ...]
Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,  # it may be a secret
    )


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file as plain data, with the line and column of every key and item."""

    file: str
    data: Any
    places: dict[Path_, tuple[int, int]]

    def problem(self, path: Sequence[Key], message: str) -> Problem:
        """Return a problem at the nearest place that the file really has."""
        found = self.locate(path)
        line, column = self.places.get(found, (0, 0))
        return Problem(self.file, line, column, spell(path), message)

    def locate(self, path: Sequence[Key]) -> Path_:
        """Return the longest run of the path's keys that the file has."""
        found: Path_ = ()
        for key in path:
            if (*found, key) in self.places:
                found = (*found, key)
        return found


class _Loader(yaml.CSafeLoader):
    """The safe loader with the booleans and numbers of YAML 1.2."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML looks for it here


for _tag, _pattern, _first in (
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", "tf"),
    ("tag:yaml.org,2002:int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"^[-+]?(?:[0-9]+\.[0-9]+)$", "-+0123456789"),
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
):
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), list(_first))

_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "bool", "int", "float", "null", "seq", "map")
}


def read(path: Path, *, name: str | None = None) -> Document:
    """Return the file at path, called `name` in problems; raise ConfigError."""
    shown = name or str(path)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise _refusal(shown, f"{size:,} bytes is too large; split it")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(
            shown, f"not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error
    except OSError as error:
        raise _refusal(shown, f"cannot be read: {error.strerror}") from error
    return parse(text, shown)


def shown(path: Path) -> str:
    """Return a name that opens the file from here: the shorter one, where that does."""
    here, whole = Path.cwd(), path.absolute()
    return str(whole.relative_to(here) if whole.is_relative_to(here) else path)


def parse(text: str, file: str) -> Document:
    """Return the document in text; raise ConfigError with every problem found."""
    loader = _Loader(text)
    try:
        _refuse_depth(text)
        node = loader.get_single_node()
        if node is None:
            return Document(file, None, {})
        walk = _Walk(loader, file, text)
        data = walk.convert(node, ())
    except yaml.MarkedYAMLError as error:
        (line, column), said = slips.told(text, error)
        raise ConfigError([Problem(file, line, column, "", said)]) from error
    except yaml.YAMLError as error:
        raise _refusal(file, f"not YAML: {error}".splitlines()[0]) from error
    finally:
        loader.dispose()
    if walk.problems:
        raise ConfigError(walk.problems)
    return Document(file, data, walk.places)


def build(model: type[Model], document: Document, *, data: Any = None) -> Model:
    """Return the model filled from the document; raise ConfigError with all problems.

    `data` stands in for the document's own, where the environment overrides it.
    """
    values = document.data if data is None else data
    filled, wrong = fill(model, {} if values is None else values)
    if filled is None:
        raise ConfigError([document.problem(path, said) for path, said in wrong])
    return filled


def fill(
    model: type[Model], values: object
) -> tuple[Model | None, list[tuple[Path_, str]]]:
    """Return the model filled with values, or None and what is wrong with which key."""
    try:
        return model.model_validate(values), []
    except ValidationError as error:
        wrong = [each for each in error.errors() if not _is_echo(each)]
        for each in wrong:
            each["loc"] = _place(each["loc"])
        return None, [(each["loc"], explain(model, each)) for each in wrong]


def spell(path: Sequence[Key]) -> str:
    """Return a path as people write it: `rules[0].clock.starts`."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}"
    return text.lstrip(".")


class _Walk:
    """Turns nodes into data and remembers where each stood."""

    def __init__(self, loader: _Loader, file: str, text: str) -> None:
        self.loader = loader
        self.file = file
        self.text = text
        self.places: dict[Path_, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.parents: list[yaml.Node] = []

    def convert(self, node: yaml.Node, path: Path_) -> Any:
        mark = node.start_mark
        self.places.setdefault(path, (mark.line + 1, mark.column + 1))
        endless = len(self.places) > MOST_NODES or len(self.parents) > DEEPEST
        if endless or node in self.parents:
            raise yaml.composer.ComposerError(
                None,
                None,
                "aliases make this file grow without end; write it out",
                mark,
            )
        if node.tag not in _TAGS:
            raise yaml.constructor.ConstructorError(
                None, None, "a value may carry no tag of its own; take it away", mark
            )
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self.parents.append(node)
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self._item(n, (*path, i)) for i, n in enumerate(node.value)]
            return self._pairs(node, path)
        finally:
            self.parents.pop()

    def _item(self, node: yaml.Node, path: Path_) -> Any:
        if _is_empty(node):
            self._refuse_comment(node.start_mark.index, path, key=False)
        return self.convert(node, path)

    def _refuse_comment(self, start: int, path: Path_, *, key: bool) -> None:
        """Note a channel without its quotes, which YAML takes for a comment."""
        if slips.comment(self.text, start, key=key):
            place = slips.place(self.text, start)
            said = slips.UNQUOTED
            self.problems.append(Problem(self.file, *place, spell(path), said))

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.loader.construct_object(node)
        except (LookupError, ValueError) as error:
            raise yaml.constructor.ConstructorError(
                None,
                None,
                "cannot be read as what it claims to be; put it in quotes",
                node.start_mark,
            ) from error

    def _pairs(self, node: yaml.Node, path: Path_) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for key_node, value_node in node.value:
            mark = key_node.start_mark
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            here = (*path, key)
            if key in pairs:
                first = self.places[here][0]
                self.problems.append(
                    Problem(
                        self.file,
                        mark.line + 1,
                        mark.column + 1,
                        spell(here),
                        f"stands twice (first on line {first}); keep one",
                    )
                )
                continue
            self.places[here] = (mark.line + 1, mark.column + 1)
            if _is_empty(value_node):
                self._refuse_comment(key_node.end_mark.index, here, key=True)
            pairs[key] = self.convert(value_node, here)
        return pairs


def _is_empty(node: yaml.Node) -> bool:
    return node.tag == "tag:yaml.org,2002:null" and node.value == ""


def _refuse_depth(text: str) -> None:
    """Raise before the parser, which recurses, meets more levels than it survives."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(
                problem=f"nested too deeply; use at most {DEEPEST} levels",
                problem_mark=event.start_mark,  # type: ignore[arg-type] # a C mark
            )


def _refusal(file: str, message: str) -> ConfigError:
    return ConfigError([Problem(file, 0, 0, "", message)])


_MARKS = {"[key]", "[keys]", "[text]"}


def _place(path: tuple[Key, ...]) -> Path_:
    """Return the path without the marks on a wrong key and on one of several forms."""
    return tuple(key for key in path if key not in _MARKS)


def _is_echo(error: ErrorDetails) -> bool:
    """Tell whether a list is called short only since its items are wrong."""
    return error["type"] == "too_short" and bool(error["input"])
