"""JSON Schemas of the YAML files, by which editors complete and check while one types.

Made from the models that read the files, so that the two cannot come to differ. What
lies between keys (a step before the start, an id that stands twice) only Svar can tell.
"""

import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError
from monitor.mapping import DIALECTS, MappingFile
from monitor.proof.trials.shape import TrialFile
from monitor.rules import ProfileFile, RuleFile, RuleText
from monitor.schemas import conditions, words
from monitor.settings import Settings
from monitor.yamlfile import Strict

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
DURATION = "[1-9][0-9]* (hour|day|working day|working hour)s?"
ID = r"^[a-z][a-z0-9\-]{0,62}$"
_REQUIRED = ["id", "title"]  # the folder's defaults may give the rest
_OWN = {"id", "title"}  # what no default gives


def write(folder: Path) -> list[Path]:
    """Write every schema into folder and return the files; raise MonitorError."""
    files = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, make in SCHEMAS.items():
            files.append(folder / f"{name}.schema.json")
            files[-1].write_text(render(make()), encoding="utf-8")
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}"
        raise MonitorError(message) from error
    return files


def render(schema: Schema) -> str:
    """Return a schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def rules() -> Schema:
    """Return the schema of a rule file."""
    made = _model(RuleFile)
    rule = _rule(made)
    made["$defs"]["Rule"] = rule | {"required": _REQUIRED}
    others = {k: v for k, v in rule["properties"].items() if k not in _OWN}
    shared = rule | {"properties": others}
    keys = made["properties"]
    keys["rules"] |= {"items": {"$ref": "#/$defs/Rule"}}
    keys["defaults"] = shared | {"description": words.KEYS["RuleFile"]["defaults"]}
    keys["extends"] |= _listed({"type": "string"})
    return _finished(made | {"minProperties": 1}, "A file of rules")


def profile() -> Schema:
    """Return the schema of a profile."""
    made = _model(ProfileFile)
    rule = _rule(made)
    del rule["properties"]["id"]
    made["$defs"]["Changes"] = rule
    made["properties"]["extends"] |= _listed({"type": "string"})
    made["properties"]["changes"] |= {
        "additionalProperties": {"$ref": "#/$defs/Changes"},
        "propertyNames": {"pattern": ID},
    }
    return _finished(made, "A profile: what it changes in which rule")


def settings() -> Schema:
    """Return the schema of the settings; the environment may give a source its URL."""
    made = _model(Settings)
    made["$defs"]["SourceSettings"]["required"].remove("url")
    return _finished(made, "Svar's settings")


def mapping() -> Schema:
    """Return the schema of a mapping."""
    made = _model(MappingFile)
    made["properties"]["dialects"]["items"] = {"enum": list(DIALECTS)}
    return _finished(made, "How one recruiting database is read")


def rule_tests() -> Schema:
    """Return the schema of a file of rule tests."""
    return _finished(_model(TrialFile), "Tests of the rules")


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "rules": rules,
    "profile": profile,
    "settings": settings,
    "mapping": mapping,
    "rule-tests": rule_tests,
}


def _model(model: type[Strict]) -> Schema:
    """Return what pydantic says of a model, with our words and without its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a default cannot be written in JSON
        made: Schema = model.model_json_schema()
    made.setdefault("$defs", {})
    for name, each in ((model.__name__, made), *made["$defs"].items()):
        _describe(each, words.KEYS.get(name, {}))
    return made


def _describe(schema: Schema, told: dict[str, str]) -> None:
    """Put our words to the keys of one model, and leave out what is of no use there."""
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    schema.pop("title", None)
    for key, each in schema.get("properties", {}).items():
        each.pop("title", None)
        if "default" in each and not _is_written_so(each, each["default"]):
            del each["default"]
        if key in told:
            each["description"] = told[key]


def _is_written_so(schema: Schema, default: object) -> bool:
    """Tell whether a default looks as it would in the file."""
    if not isinstance(default, str | bool | int) or "format" in schema:
        return False
    return re.search(schema.get("pattern", ""), str(default)) is not None


def _rule(into: Schema) -> Schema:
    """Return the schema of one rule, and add what it refers to."""
    made = _model(RuleText)
    into["$defs"] |= made.pop("$defs") | conditions.definitions(DURATION)
    told = into["$defs"]
    when = {"$ref": "#/$defs/Conditions"}
    keys = made["properties"]
    keys["when"] = when | {"description": words.KEYS["RuleText"]["when"]}
    keys["exempt"] = {
        "description": words.KEYS["RuleText"]["exempt"],
        "anyOf": [when, {"type": "array", "items": when}],
    }
    keys["owner"]["examples"] = list(words.OWNERS)
    _clock(told)
    _step(told["Step"]["properties"])
    made.pop("required")
    return made


def _clock(told: Schema) -> None:
    instant = {"$ref": "#/$defs/Instant"}
    for key in ("latest", "earliest"):
        told["Latest"]["properties"][key] = _listed(instant)
    told["Latest"] |= {"minProperties": 1, "maxProperties": 1}
    keys = told["ClockText"]["properties"]
    keys["starts"] = {
        "description": keys["starts"]["description"],
        "anyOf": [instant, {"$ref": "#/$defs/Latest"}],
    }
    keys["stops"] = {"description": keys["stops"]["description"]} | _listed(instant)
    keys["due"] = {"description": keys["due"]["description"]} | instant


def _step(keys: Schema) -> None:
    keys["at"]["pattern"] = f"^(at target|target|{DURATION} (before|after))$"
    keys["at"]["examples"] = ["target", "4 days before", "2 working days after"]
    word = {"type": "string", "pattern": r"^(#[a-z0-9_\-]{1,80}|[^#].*)$"}
    keys["tell"] = {"description": keys["tell"]["description"]} | _listed(
        word | {"examples": list(words.RECIPIENTS)}
    )


def _listed(item: Schema) -> Schema:
    """Return one of these, or a list of them."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _finished(made: Schema, title: str) -> Schema:
    """Return a schema with its heading, its parts in an order that stays."""
    parts = made.pop("$defs")
    made.pop("description", None)  # it speaks to whoever reads the code
    used = {name: parts[name] for name in sorted(parts)}
    return {"$schema": DRAFT, "title": title} | made | {"$defs": used}
