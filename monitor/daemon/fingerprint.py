"""Tells whether two replicas decide by the same files."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from monitor import rules
from monitor.configuration import Configuration
from monitor.errors import ConfigError

LENGTH = 32
# Where a replica finds things, and what it says of itself, may differ.
_ITS_OWN: dict[str, Any] = {
    "log": True,
    "metrics": True,
    "rules": True,
    "slack": {"api_url", "app_token", "token"},
    "sources": {"__all__": {"url"}},
    "state": True,
}


def of(loaded: Configuration) -> str:
    """Return a digest of rules, mappings and the settings that decide what is sent.

    The same wherever the files lie.
    """
    digest = hashlib.sha256()
    for part in _parts(loaded):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.hexdigest()[:LENGTH]


def _parts(loaded: Configuration) -> Iterator[bytes]:
    # A file that goes away meanwhile has a reload of its own.
    with suppress(ConfigError, OSError):
        folder = loaded.rules_folder
        profiles = sorted((folder / rules.PROFILES).glob("*.yaml"))
        for path in [*rules.files(folder), *profiles]:
            yield str(path.relative_to(folder)).encode()
            yield path.read_bytes()
    for name, mapping in sorted(loaded.mappings.items()):
        yield name.encode()
        yield _json(mapping.file.model_dump(mode="json"))
        for query in (mapping.applications, mapping.messages, mapping.explain):
            yield (query or "").encode()
    yield _json(loaded.settings.model_dump(mode="json", exclude=_ITS_OWN))


def _json(values: object) -> bytes:
    return json.dumps(values, sort_keys=True, default=str).encode()
