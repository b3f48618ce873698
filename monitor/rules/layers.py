"""One rule's keys, laid over each other: the folder's defaults, its own, the profiles'."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from monitor import yamlfile
from monitor.errors import Problem
from monitor.rules.language import RuleText
from monitor.yamlfile import Document, Key

# What stands in for a key that is missing or wrong, so that the others can be read.
_JOINED = "exempt"
_SPARE: dict[str, Any] = {
    "id": "a",
    "title": "",
    "clock": {"starts": "applied_at", "stops": "told_at"},
    "ladder": [{"at": "target", "tell": "owner"}],
}


@dataclass(frozen=True, slots=True)
class Layer:
    """Some keys of a rule and where they stand."""

    document: Document
    path: tuple[Key, ...]
    keys: dict[str, Any]


class Entry:
    """One rule as it was written, with what lies under it and over it."""

    def __init__(self, own: Layer) -> None:
        self.own = own
        self.layers = [own]

    @property
    def id(self) -> str:
        return str(self.own.keys.get("id", ""))

    @property
    def place(self) -> str:
        """Return where the rule's id stands, for other problems to point at."""
        line = self.own.document.places.get((*self.own.path, "id"), (0, 0))[0]
        return f"{self.own.document.file}:{line}"

    def under(self, layer: Layer) -> None:
        """Lay keys under all the others."""
        self.layers.insert(0, layer)

    def over(self, layer: Layer) -> None:
        """Lay keys over all the others."""
        self.layers.append(layer)

    def keys(self) -> dict[str, Any]:
        """Return the keys as they are in the end; exemptions of all layers add up."""
        keys = {name: v for layer in self.layers for name, v in layer.keys.items()}
        parts = [layer.keys[_JOINED] for layer in self.layers if _JOINED in layer.keys]
        if parts and _add_up(parts):
            keys[_JOINED] = [one for part in parts for one in _listed(part)]
        return keys

    def problem(self, path: Sequence[Key], message: str) -> Problem:
        """Return a problem where the key was written that counts."""
        layer, path = self._origin(path)
        return layer.document.problem((*layer.path, *path), message)

    def written(self, key: str) -> Layer:
        """Return where a key was written that counts."""
        return self._origin((key,))[0]

    def shape(self) -> tuple[RuleText, list[Problem], frozenset[Key]]:
        """Return the rule's text, what is wrong with it, and which keys it lacks.

        Wrong keys are left out or stood in for, so that the rest can be looked at.
        """
        keys = self.keys()
        text, wrong = yamlfile.fill(RuleText, keys)
        problems = [self.problem(path, said) for path, said in wrong]
        bad = frozenset(path[0] for path, _ in wrong if path)
        if text is None:
            sound = {name: value for name, value in keys.items() if name not in bad}
            text = RuleText.model_validate(_SPARE | sound)
        return text, problems, bad

    def _origin(self, path: Sequence[Key]) -> tuple[Layer, Sequence[Key]]:
        """Return the layer that a key comes from, and its path in there."""
        having = [layer for layer in self.layers if path and path[0] in layer.keys]
        match path:
            case (name, int() as index, *rest) if name == _JOINED:
                if not _add_up([layer.keys[_JOINED] for layer in having]):
                    having = having[-1:]
                layer, at = [
                    (layer, at)
                    for layer in having
                    for at in _places(layer.keys[_JOINED])
                ][index]
                return layer, (_JOINED, *at, *rest)
        return (having[-1] if having else self.own), path


def _add_up(exemptions: Sequence[object]) -> bool:
    """Tell whether all layers' exemptions count; one that is none hides those below."""
    return all(isinstance(each, list | dict) for each in exemptions)


def _places(part: Any) -> list[tuple[Key, ...]]:
    """Return where in its layer each exemption stands; a map stands alone."""
    return [()] if isinstance(part, dict) else [(n,) for n in range(len(part))]


def _listed(part: Any) -> list[Any]:
    return [part] if isinstance(part, dict) else list(part)
