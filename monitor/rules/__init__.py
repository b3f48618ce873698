"""The rule language: what a rule file may say, checked and made ready to run."""

from monitor.rules.nouns import (
    Awaits,
    Condition,
    Firing,
    Kind,
    Place,
    Rule,
    Rulebook,
    Severity,
    Shift,
)
from monitor.rules.reader import COLUMN_KINDS, parse, read

__all__ = [
    "COLUMN_KINDS",
    "Awaits",
    "Condition",
    "Firing",
    "Kind",
    "Place",
    "Rule",
    "Rulebook",
    "Severity",
    "Shift",
    "parse",
    "read",
]
