"""A copy of the state in memory, on which a cycle may write as if it were the real one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, func, insert, select

from monitor.alerts import Alert, Transition
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.store import chunks
from monitor.store.ledger import records
from monitor.store.outbox import reroute
from monitor.store.schema import Store
from monitor.store.tables import (
    alerts,
    confirmations,
    metadata,
    notices,
    people,
    posts,
    runs,
    transitions,
)
from monitor.store.words import RunOutcome

_LAST = (
    select(func.max(runs.c.id))
    .where(runs.c.outcome == RunOutcome.OK)
    .group_by(runs.c.source)
)
_COPIED = (  # what a cycle reads; each refers to those before it
    select(alerts),
    select(posts),
    select(notices),
    select(runs).where(runs.c.id.in_(_LAST)),
    select(people),
    select(confirmations),
)
_Owed = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Effects:
    """What was done to the copy: changes, and notices that came and that went.

    `waiting` are the notices that stood there before, and still do.
    """

    changes: list[tuple[Alert, tuple[Transition, ...]]]
    owed: list[tuple[Alert, Notice]]
    dropped: list[tuple[Alert, Notice]]
    waiting: list[tuple[Alert, Notice]]


class Rehearsal:
    """The copy of a state, or an empty one; the state itself is only read."""

    def __init__(self, state: Store | None) -> None:
        self.store = Store("sqlite://")
        with self.store.write() as copy:
            metadata.create_all(copy)
        if state is not None:
            with state.read() as connection, self.store.write() as copy:
                _copy(connection, copy)
        with self.store.read() as copy:
            self._before = _unsent(copy)

    def close(self) -> None:
        self.store.close()

    def effects(self, source: str) -> Effects:
        """Return what was done to a source's alerts since the copy was made."""
        with self.store.read() as copy:
            changes = list(_changes(copy, source))
            now = _unsent(copy)
            owed = [now[key] for key in now.keys() - self._before.keys()]
            dropped = [self._before[key] for key in self._before.keys() - now.keys()]
            kept = [now[key] for key in self._before.keys() & now.keys()]
        # A closed alert's notices are dropped when they would be sent.
        waiting = [each for each in kept if each[0].is_open]
        return Effects(
            changes, *(_of(source, each) for each in (owed, dropped, waiting))
        )


def _copy(connection: Connection, copy: Connection) -> None:
    for query in _COPIED:
        [table] = query.get_final_froms()
        streamed = query.execution_options(yield_per=chunks.MOST)
        for few in chunks.split(connection.execute(streamed).mappings()):
            copy.execute(insert(metadata.tables[str(table)]), list(map(dict, few)))


def _unsent(copy: Connection) -> dict[_Owed, tuple[Alert, Notice]]:
    """Return the notices that wait to be sent, by alert, firing and recipient."""
    query = (
        select(alerts, notices.c.firing, notices.c.kind, notices.c.recipient)
        .add_columns(notices.c.due_at.label("tell_at"))
        .join(notices, notices.c.alert_id == alerts.c.id)
        .where(reroute.UNSENT)
        .order_by(notices.c.id)
    )
    return {
        (row.id, row.firing, row.recipient): (
            records.read(row),
            Notice(row.firing, Kind(row.kind), row.recipient, row.tell_at),
        )
        for row in copy.execute(query)
    }


def _of(source: str, pairs: list[tuple[Alert, Notice]]) -> list[tuple[Alert, Notice]]:
    return [(alert, notice) for alert, notice in pairs if alert.source == source]


def _changes(
    copy: Connection, source: str
) -> Iterator[tuple[Alert, tuple[Transition, ...]]]:
    """Yield each alert that changed with its transitions; older ones are not copied."""
    steps = (
        select(transitions)
        .join(alerts, transitions.c.alert_id == alerts.c.id)
        .where(alerts.c.source == source)
        .order_by(transitions.c.alert_id, transitions.c.id)
    )
    found = {
        alert_id: tuple(map(records.transition, rows))
        for alert_id, rows in groupby(copy.execute(steps), lambda row: row.alert_id)
    }
    moved = alerts.c.id.in_(select(transitions.c.alert_id))
    changed = select(alerts).where(alerts.c.source == source, moved)
    for row in copy.execute(changed.order_by(alerts.c.id)):
        yield records.read(row), found[row.id]
