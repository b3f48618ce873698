"""The rule language: what a rule file may say, checked and made ready to run."""

from monitor.rules.columns import COLUMN_KINDS, INSTANTS, KINDS
from monitor.rules.folder import PROFILES, TESTS, files, parse, read
from monitor.rules.ladder import nominal
from monitor.rules.language import ProfileFile, RuleFile, RuleText
from monitor.rules.nouns import (
    Awaits,
    Clock,
    Comparison,
    Condition,
    Firing,
    Kind,
    Order,
    Place,
    Rule,
    Rulebook,
    Severity,
    Shift,
    Test,
    Tests,
)
from monitor.rules.reader import House

__all__ = [
    "COLUMN_KINDS",
    "INSTANTS",
    "KINDS",
    "PROFILES",
    "TESTS",
    "Awaits",
    "Clock",
    "Comparison",
    "Condition",
    "Firing",
    "House",
    "Kind",
    "Order",
    "Place",
    "ProfileFile",
    "Rule",
    "RuleFile",
    "RuleText",
    "Rulebook",
    "Severity",
    "Shift",
    "Test",
    "Tests",
    "files",
    "nominal",
    "parse",
    "read",
]
