"""The only reader of YAML: data, the place of every key, and problems that say where.

Booleans are `true` and `false` alone, so that `no` stays the country; times and
dates stay text; a key may not stand twice; an alias may not explode.
"""

import difflib
import re
import types
import typing
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from monitor.errors import ConfigError, Problem

LARGEST_FILE = 1_000_000  # bytes; a longer file is a mistake, not a configuration
MOST_NODES = 100_000  # after aliases are followed

Key = str | int
Path_ = tuple[Key, ...]
Model = TypeVar("Model", bound=BaseModel)


class Strict(BaseModel):
    """A frozen model that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


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


def read(path: Path, *, name: str | None = None) -> Document:
    """Return the file at path, called `name` in problems; raise ConfigError."""
    shown = name or str(path)
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise _refusal(shown, f"{size:,} bytes is too large for a configuration")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(
            shown, f"not UTF-8 (byte {error.start}); save it as UTF-8"
        ) from error
    except OSError as error:
        raise _refusal(shown, f"cannot be read: {error.strerror}") from error
    return parse(text, shown)


def parse(text: str, file: str) -> Document:
    """Return the document in text; raise ConfigError with every problem found."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Document(file, None, {})
        walk = _Walk(loader, file)
        data = walk.convert(node, ())
    except yaml.MarkedYAMLError as error:
        raise _broken(file, error) from error
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
    try:
        return model.model_validate({} if values is None else values)
    except ValidationError as error:
        raise ConfigError(
            [_explain(model, document, each) for each in error.errors()]
        ) from error


def nearest(word: str, words: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the closest word, or the words to choose from."""
    known = sorted(words)
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f" (one of {', '.join(known)})" if len(known) in range(1, 13) else ""


def spell(path: Sequence[Key]) -> str:
    """Return a path as people write it: `rules[0].clock.starts`."""
    text = ""
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}"
    return text.lstrip(".")


class _Walk:
    """Turns nodes into data and remembers where each stood."""

    def __init__(self, loader: _Loader, file: str) -> None:
        self.loader = loader
        self.file = file
        self.places: dict[Path_, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.parents: list[yaml.Node] = []

    def convert(self, node: yaml.Node, path: Path_) -> Any:
        mark = node.start_mark
        self.places.setdefault(path, (mark.line + 1, mark.column + 1))
        if len(self.places) > MOST_NODES or node in self.parents:
            raise yaml.composer.ComposerError(
                None, None, "aliases make this file grow without end", mark
            )
        if isinstance(node, yaml.ScalarNode):
            return self.loader.construct_object(node)
        self.parents.append(node)
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.convert(n, (*path, i)) for i, n in enumerate(node.value)]
            return self._pairs(node, path)
        finally:
            self.parents.pop()

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
            pairs[key] = self.convert(value_node, here)
        return pairs


def _broken(file: str, error: yaml.MarkedYAMLError) -> ConfigError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    hint = error.problem or error.context or "not YAML"
    if "\\t" in hint or "'\t'" in hint or "cannot start any token" in hint:
        hint += " (indent with spaces, not tabs)"
    return ConfigError([Problem(file, line, column, "", hint)])


def _refusal(file: str, message: str) -> ConfigError:
    return ConfigError([Problem(file, 0, 0, "", message)])


def _explain(
    model: type[BaseModel], document: Document, error: ErrorDetails
) -> Problem:
    path = tuple(error["loc"])
    return document.problem(path, _message(model, path, error))


def _message(model: type[BaseModel], path: Path_, error: ErrorDetails) -> str:
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        known = _keys(_model_at(model, path[:-1]))
        return f'unknown key "{path[-1]}"' + nearest(str(path[-1]), known)
    if kind in {"enum", "literal_error"}:
        words = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
        return f'"{given}" is not known' + nearest(str(given), words)
    if kind == "value_error":
        return str(error["ctx"]["error"])
    wanted = _WANTED.get(kind, error["msg"][:1].lower() + error["msg"][1:])
    return f"{wanted}, found {_shown(given)}"


_WANTED = {
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "bool_type": "expected true or false",
    "bool_parsing": "expected true or false",
    "list_type": "expected a list",
    "tuple_type": "expected a list",
    "dict_type": "expected keys and values",
    "model_type": "expected keys and values",
    "model_attributes_type": "expected keys and values",
}


def _shown(value: object) -> str:
    """Return a value for an error; text may be a secret, so only its kind is told."""
    match value:
        case None:
            return "nothing"
        case bool() | int() | float():
            return str(value).lower()
        case str():
            return "text"
        case list() | tuple():
            return "a list"
        case _:
            return "keys and values"


def _keys(model: type[BaseModel] | None) -> set[str]:
    if model is None:
        return set()
    return {field.alias or name for name, field in model.model_fields.items()}


def _model_at(model: type[BaseModel], path: Sequence[Key]) -> type[BaseModel] | None:
    """Return the model that describes the keys at path, if one does."""
    here: Any = model
    for key in path:
        here = _inner(_below(here, key))
    return here if _is_model(here) else None


def _below(here: Any, key: Key) -> Any:
    """Return the annotation one key further down."""
    if _is_model(here):
        fields = {
            field.alias or name: field for name, field in here.model_fields.items()
        }
        return fields[key].annotation if key in fields else None
    arguments = typing.get_args(here)
    if isinstance(key, int):
        return arguments[0] if arguments else None
    return arguments[-1] if arguments else None


def _is_model(here: Any) -> bool:
    return isinstance(here, type) and issubclass(here, BaseModel)


def _inner(annotation: Any) -> Any:
    """Return the annotation without Annotated and Optional."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _inner(typing.get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        arms = [arm for arm in typing.get_args(annotation) if arm is not type(None)]
        return _inner(arms[-1])
    return annotation
