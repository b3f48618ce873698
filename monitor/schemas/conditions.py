"""The schema of `when` and `exempt`: which forms each column of the view may take."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from monitor.rules import INSTANTS, KINDS, Order

Schema = dict[str, Any]
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})"
_FLAG: Schema = {"enum": ["present", "absent"]}
_NUMBERS = (Order.AT_LEAST, Order.AT_MOST, Order.ABOVE, Order.BELOW)
_PLAIN: dict[type, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    str: {"type": "string", "not": _FLAG},
}


def definitions(duration: str) -> dict[str, Schema]:
    """Return the parts by which conditions are described, by name."""
    moment = rf"^({_DAY}([T ][0-9:.]+{_ZONE})?|{duration} ago)$"
    bound: Schema = {
        "description": "A day, an instant with a zone, so long ago, or another column.",
        "anyOf": [
            {"$ref": "#/$defs/Instant"},
            {"type": "string", "pattern": moment},
        ],
    }
    return {
        "Conditions": {
            "type": "object",
            "description": "All of these have to hold.",
            "properties": {name: _column(kind) for name, kind in KINDS.items()},
            "additionalProperties": False,
        },
        "Moment": _compared({"$ref": "#/$defs/Bound"}, Order.BEFORE, Order.AFTER),
        "Bound": bound,
        "Instant": {
            "description": "A column that holds an instant.",
            "enum": list(INSTANTS),
        },
        "Number": _compared({"type": "integer"}, *_NUMBERS),
    }


def _column(kind: type) -> Schema:
    """Return the forms that a column of this kind may take."""
    if kind is datetime:
        return {"anyOf": [_FLAG, {"$ref": "#/$defs/Moment"}]}
    if issubclass(kind, StrEnum):
        return _values({"enum": [str(word) for word in kind]})
    if kind not in _PLAIN:
        return _FLAG
    forms = _values(_PLAIN[kind])
    if kind is int:
        forms["anyOf"].append({"$ref": "#/$defs/Number"})
    return forms


def _values(value: Schema) -> Schema:
    """Return present or absent, one of these, any of several, or none of them."""
    several = {"type": "array", "items": value, "minItems": 1}
    others = {
        "type": "object",
        "properties": {"not": {"anyOf": [value, several]}},
        "required": ["not"],
        "additionalProperties": False,
    }
    return {"anyOf": [_FLAG, value, several, others]}


def _compared(bound: Schema, *orders: Order) -> Schema:
    return {
        "type": "object",
        "properties": {str(order): bound for order in orders},
        "additionalProperties": False,
        "minProperties": 1,
    }
