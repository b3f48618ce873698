"""What environment variables say about the settings, laid over those of the file.

`SVAR_SLACK__TOKEN` overrides `slack.token`, `SVAR_SOURCES__OPENCATS__URL` the URL
of the source called opencats, and `..._FILE` names a mounted file with the value.
pydantic-settings is left out: it cannot address an item of a list by its name.
"""

import copy
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from monitor import misfit, yamlfile
from monitor.errors import Problem

PREFIX = "SVAR_"


def overlay(
    data: Any, environ: Mapping[str, str], sections: Collection[str]
) -> tuple[Any, dict[str, str], list[Problem]]:
    """Return a copy of data with the variables laid over it, and what went wrong.

    In between stands which variable set which key, spelled as in a problem.
    """
    merged = {} if data is None else copy.deepcopy(data)
    origins: dict[str, str] = {}
    problems: list[Problem] = []
    for name in sorted(environ):
        path = _path(name)
        try:
            if path and _is_meant(path, sections):
                origins[_set(merged, path, _value(name, environ[name]))] = name
        except (LookupError, TypeError) as error:
            problems.append(Problem(name, 0, 0, "", str(error)))
    return merged, origins, problems


def _path(name: str) -> list[str]:
    """Return the keys that a variable stands for; none if it is not ours."""
    if not name.startswith(PREFIX):
        return []
    return name.removeprefix(PREFIX).removesuffix("_FILE").lower().split("__")


def _is_meant(path: list[str], sections: Collection[str]) -> bool:
    """Tell whether a setting is meant; raise LookupError if it can only be a slip."""
    first = path[0]
    if first in sections:
        return True
    for section in sections:
        if len(path) == 1 and first.startswith(f"{section}_"):
            key = first.removeprefix(f"{section}_").upper()
            message = f"two underscores part the keys: {PREFIX}{section.upper()}__{key}"
            raise LookupError(message)
    if len(path) == 1:
        return False  # SVAR_CONFIG and the like are not settings
    message = f'no key "{first}"{misfit.nearest(first, sections)}'
    raise LookupError(message)


def _value(name: str, value: str) -> str:
    """Return the value, read from its file if need be."""
    if not name.endswith("_FILE"):
        return value
    try:
        return Path(value).read_text(encoding="utf-8").strip()
    except OSError as error:
        message = f"the file that it names cannot be read: {error.strerror}"
        raise LookupError(message) from error
    except UnicodeDecodeError as error:
        message = "the file that it names is not UTF-8; save it as UTF-8"
        raise LookupError(message) from error


def _set(data: Any, path: list[str], value: str) -> str:
    """Put value at path and return where; an item of a list is found by its name."""
    *parents, last = path
    here = data
    place: list[str | int] = []
    for key in parents:
        if isinstance(here, list):
            index = _index(here, key)
            place.append(index)
            here = here[index]
        elif isinstance(here, dict):
            if here.get(key) is None:
                here[key] = [] if key == "sources" else {}
            place.append(key)
            here = here[key]
    if not isinstance(here, dict) or len(place) < len(parents):
        message = f"{yamlfile.spell(place) or 'the file'} holds no keys to override"
        raise TypeError(message)
    here[last] = value
    return yamlfile.spell([*place, last])


def _index(items: list[Any], name: str) -> int:
    """Return where the item called name stands; hyphens may be underscores."""
    names = {
        str(item["name"]).replace("-", "_"): index
        for index, item in enumerate(items)
        if isinstance(item, dict) and "name" in item
    }
    if name in names:
        return names[name]
    message = f'nothing in the file is called "{name}"{misfit.nearest(name, names)}'
    raise LookupError(message)
