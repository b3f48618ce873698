"""How one ATS is read: its queries, its stages, and the columns they deliver."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from monitor import misfit, shipped, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.model import Application, Ball, Phase
from monitor.yamlfile import Strict

DIALECTS = ("sqlite", "postgresql", "mysql", "mariadb")  # can be held to reading
COLUMNS = tuple(name for name in Application._fields if name != "phase")
REQUIRED = ("application_id", "candidate_ref", "applied_at", "status")
MESSAGE_COLUMNS = (
    "message_id",
    "application_id",
    "candidate_email",
    "sent_at",
    "direction",
    "kind",
    "delivery",
    "subject_hint",
    "channel",
)
MESSAGE_REQUIRED = ("message_id", "sent_at", "direction", "kind")
# Each query, and what it may be bound to.
QUERIES = {
    "applications": ("now", "since"),
    "messages": ("now", "since"),
    "explain": ("now", "since", "application"),
}


class Stage(Strict):
    """What one of the ATS's own stages means."""

    phase: Phase
    ball: Ball = Ball.RECRUITER


class MappingFile(Strict):
    """All that a `mapping.yaml` may say."""

    name: str
    title: str
    dialects: tuple[str, ...] = ()
    applications: str = "query.sql"
    messages: str | None = None
    explain: str | None = None
    timezone: str | None = None
    stages: dict[str, Stage] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping with its SQL at hand."""

    file: MappingFile
    folder: Path
    applications: str
    messages: str | None
    explain: str | None = None  # all that was said to one application's candidate


def find(name: str, beside: Path) -> Path:
    """Return the folder of the mapping called name; raise ConfigError if none has it.

    Looked for beside the settings file, in its `ats/`, then among the shipped ones.
    """
    ours = shipped.folder() / "config" / "ats"
    for folder in (beside / name, beside / "ats" / name, ours / name):
        if (folder / "mapping.yaml").is_file():
            return folder
    known = {path.parent.name for path in ours.glob("*/mapping.yaml")}
    known |= {path.parent.name for path in (beside / "ats").glob("*/mapping.yaml")}
    message = f'no mapping "{name}"{misfit.nearest(name, known)}'
    raise ConfigError([Problem(str(beside), 0, 0, "mapping", message)])


def read(folder: Path) -> Mapping:
    """Return the mapping in folder; raise ConfigError with all problems."""
    document = yamlfile.read(folder / "mapping.yaml")
    file = yamlfile.build(MappingFile, document)
    problems: list[Problem] = []
    texts = {}
    for key, binds in QUERIES.items():
        name = getattr(file, key)
        if name is None:
            continue
        try:
            texts[key] = _bare((folder / name).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", "not UTF-8; save it as UTF-8")
            message = f'"{name}" cannot be read: {reason}'
            problems.append(document.problem((key,), message))
            continue
        problems += _foreign_binds(texts[key], str(folder / name), binds)
    if problems:
        raise ConfigError(problems)
    return Mapping(
        file,
        folder,
        texts["applications"],
        texts.get("messages"),
        texts.get("explain"),
    )


def delivered(
    file: MappingFile, columns: Collection[str], said: Collection[str] = ()
) -> set[str]:
    """Return the columns that applications have in the end.

    Those of the query, and those that the stages and the messages fill in; `said`:
    the columns of the messages' query.
    """
    found = set(columns)
    if file.stages and "stage" in found:
        found |= {"phase", "waiting_on"}
        if "stage_entered_at" in found:
            found.add("waiting_since")
    if file.messages is not None:
        found |= {"first_reply_at", "last_reply_at", "last_inbound_at", "receipt_at"}
        found.add("last_written_at")
        tells_calls = "channel" in said
        if tells_calls:
            found.add("called_at")
        if "decided_at" in found:
            found |= {"told_at", "told_by"}
            if tells_calls and "delivery" in said:
                found.add("unreached_at")
    return found


def check_columns(
    found: Collection[str], file: str, known: Collection[str], required: Collection[str]
) -> list[Problem]:
    """Return a problem for each column that a query lacks, or that nobody knows."""
    problems = [
        Problem(
            file, 0, 0, name, "the query delivers no such column, and it is required"
        )
        for name in required
        if name not in found
    ]
    problems += [
        Problem(file, 0, 0, name, f"unknown column{misfit.nearest(name, known)}")
        for name in found
        if name not in known
    ]
    return problems


def _bare(sql: str) -> str:
    """Return the SQL without comments, in which a stray `:word` would be a bind."""
    pattern = r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/"
    text = re.sub(pattern, lambda found: found[1] or " ", sql, flags=re.DOTALL)
    return text.strip().rstrip("; \n")


def _foreign_binds(sql: str, file: str, known: tuple[str, ...]) -> list[Problem]:
    """Return a problem for each bind that this query has no use for."""
    names = set(re.findall(r"(?<![:\w]):([A-Za-z_]\w*)", sql))
    *most, last = (f":{name}" for name in known)
    message = f"is not bound; a query may use {', '.join(most)} and {last}"
    return [
        Problem(file, 0, 0, f":{name}", message) for name in sorted(names - set(known))
    ]
