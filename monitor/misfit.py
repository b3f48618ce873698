"""Says in an admin's words why a value does not fit its place in a file."""

import difflib
import re
import types
import typing
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Union

from pydantic import BaseModel
from pydantic_core import ErrorDetails

Key = str | int


def nearest(word: str, words: Iterable[str]) -> str:
    """Return `; did you mean "x"?` for the closest word, or the words to choose from."""
    known = sorted(words)
    close = difflib.get_close_matches(str(word), known, n=1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f" (one of {', '.join(known)})" if len(known) in range(1, 13) else ""


def explain(model: type[BaseModel], error: ErrorDetails) -> str:
    """Return what is wrong and what to write; text is never repeated, save names.

    `model` is the one that was filled; the error's own place leads to the inner one.
    """
    path = tuple(error["loc"])
    kind, given = error["type"], error.get("input")
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        inner = _model_at(model, path[:-1])
        known = inner.model_fields if inner else ()
        return f'unknown key "{path[-1]}"' + nearest(str(path[-1]), known)
    if kind in {"enum", "literal_error"}:
        words = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
        return f'"{given}" is not known' + nearest(str(given), words)
    if kind == "value_error":
        return _reason(str(error["ctx"]["error"]), given)
    if kind == "too_short":
        return "is empty; write at least one item"
    wanted = error["msg"][:1].lower() + error["msg"][1:]
    if kind in _WANTED:
        wanted = _WANTED[kind].format_map(error.get("ctx", {}))
    hint = _QUOTES if kind == "string_type" and isinstance(given, dict | None) else ""
    meant = switch(given) if kind in {"bool_type", "bool_parsing"} else None
    return meant or f"{wanted}, found {_shown(given)}{hint}"


def switch(value: object) -> str | None:
    """Say that a word such as yes is text here; None for any other value."""
    word = value.lower() if isinstance(value, str) else ""
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    meant |= {"true": "true", "false": "false"}
    return f'"{value}" is text here; write {meant[word]}' if word in meant else None


def _reason(said: str, given: object) -> str:
    """Return why a value was refused; of an empty one, only what to write."""
    return re.sub(r'^"(None)?" [^(]+', "is empty ", said) if given is None else said


_QUOTES = " (text that starts with #, * or {{ needs quotes)"
_WANTED = {
    "string_type": "expected text",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_from_float": "expected a whole number",
    "less_than_equal": "expected at most {le}",
    "greater_than_equal": "expected at least {ge}",
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


def _model_at(model: type[BaseModel], path: Sequence[Key]) -> type[BaseModel] | None:
    """Return the model that describes the keys at path, if one does."""
    here: Any = model
    for key in path:
        here = _inner(_below(here, key))
    return here if _is_model(here) else None


def _below(here: Any, key: Key) -> Any:
    """Return the annotation one key further down."""
    if _is_model(here):
        field = here.model_fields.get(str(key))
        return field.annotation if field else None
    arguments = typing.get_args(here) or (None,)
    return arguments[0 if isinstance(key, int) else -1]


def _is_model(here: Any) -> bool:
    return isinstance(here, type) and issubclass(here, BaseModel)


def _inner(annotation: Any) -> Any:
    """Return the annotation without Annotated; of several, the one that has keys."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _inner(typing.get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        arms = [_inner(arm) for arm in typing.get_args(annotation)]
        arms = [arm for arm in arms if arm is not types.NoneType]
        return next((arm for arm in arms if _is_model(arm)), arms[-1])
    return annotation
