"""What was edited in the rules and when, and what they were when that was last seen."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from monitor.store import facts
from monitor.store.tables import rule_edits

_RULES = "rules"


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What became of one rule, and in words what of it changed; told of nobody."""

    at: datetime
    rule: str
    edit: str
    words: str = ""


def recorded(connection: Connection) -> str | None:
    """Return the rules as they were last written down, if ever."""
    return facts.read(connection, _RULES)


def record(connection: Connection, rules: str, edits: Iterable[RuleEdit]) -> None:
    """Write the rules down as they are now, and what was edited since."""
    facts.write(connection, _RULES, rules)
    rows = [asdict(each) for each in edits]
    if rows:
        connection.execute(insert(rule_edits), rows)


def between(
    connection: Connection, begins: datetime, until: datetime
) -> list[RuleEdit]:
    """Return what was edited after one instant and up to another, in its order."""
    query = (
        select(rule_edits)
        .where(rule_edits.c.at > begins, rule_edits.c.at <= until)
        .order_by(rule_edits.c.at, rule_edits.c.id)
    )
    return [
        RuleEdit(row.at, row.rule, row.edit, row.words)
        for row in connection.execute(query)
    ]
