"""What people do to alerts by hand, safe beside a poll that runs at the same moment.

A hand reads its alert within the transaction that changes it, and holds its row.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from monitor import alerts as life
from monitor.alerts import Alert, Change, HandError, Transition
from monitor.store import ledger
from monitor.store.ledger import history, records, silences
from monitor.store.ledger.history import Telling
from monitor.store.tables import alerts, confirmations, transitions


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts are asked for; None: any. `owner` is part of an address."""

    source: str | None = None
    rule: str | None = None
    state: str | None = None
    reason: str | None = None
    owner: str | None = None
    department: str | None = None
    job: str | None = None
    is_quiet: bool = False
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert among others; `is_silenced`: by a silence, whatever is laid over it."""

    alert: Alert
    is_silenced: bool


@dataclass(frozen=True, slots=True)
class Record:
    """All that is remembered of an alert; each transition with when it was seen."""

    alert: Alert
    opened_at: datetime
    closed_at: datetime | None
    is_silenced: bool
    transitions: tuple[tuple[datetime, Transition], ...]
    tellings: tuple[Telling, ...]


class RefusedError(HandError):
    """What is in the way, by the alert's id; None: there is no such alert."""

    def __init__(self, problems: dict[int, HandError | None]) -> None:
        self.problems = problems
        super().__init__(f"not done to {', '.join(map(str, problems))}")


def find(
    connection: Connection, wanted: Wanted, *, now: datetime, most: int | None = None
) -> tuple[list[Listed], int]:
    """Return the alerts that are asked for, those longest past due first, and how many.

    Closed ones stand last, the latest first.
    """
    which = list(_which(wanted, now))
    silenced = silences.silenced(now)
    count = connection.execute(select(func.count()).select_from(alerts).where(*which))
    order = alerts.c.closed_at.is_not(None), alerts.c.closed_at.desc()
    query = (
        select(alerts, case((silenced, 1), else_=0).label("is_silenced"))
        .where(*which)
        .order_by(*order, alerts.c.due_at, alerts.c.id)
        .limit(most)
    )
    rows = connection.execute(query)
    found = [Listed(records.read(row), bool(row.is_silenced)) for row in rows]
    return found, count.scalar_one()


def _which(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    names = "source", "rule", "state", "reason"
    exact = {name: getattr(wanted, name) for name in names}
    which: list[ColumnElement[bool]] = [
        alerts.c[name] == value for name, value in exact.items() if value
    ]
    if not wanted.is_closed:
        which.append(alerts.c.closed_at.is_(None))
    if wanted.owner:
        which.append(_holds(alerts.c.owner, wanted.owner))
    if wanted.department:
        which.append(silences.same(alerts.c.department, wanted.department))
    if wanted.job:
        ways = alerts.c.job_title, alerts.c.job_ref
        which.append(or_(*(silences.same(each, wanted.job) for each in ways)))
    if wanted.is_quiet:
        put_off = alerts.c.overlay_until > now
        which.append(or_(put_off, silences.silenced(now)))
    return which


def _holds(column: ColumnElement[str], text: str) -> ColumnElement[bool]:
    return func.lower(column).contains(text.lower(), autoescape=True)


def remembers(connection: Connection, **named: str) -> bool:
    """Tell whether any alert, open or closed, is of that source or rule."""
    which = (alerts.c[name] == value for name, value in named.items())
    return (
        connection.execute(select(alerts.c.id).where(*which).limit(1)).first()
        is not None
    )


def read(connection: Connection, alert_id: int, *, now: datetime) -> Record | None:
    """Return all that is remembered of an alert, or None where there is none."""
    query = select(alerts, case((silences.silenced(now), 1), else_=0).label("quiet"))
    row = connection.execute(query.where(alerts.c.id == alert_id)).first()
    if row is None:
        return None
    steps = (
        select(transitions)
        .where(transitions.c.alert_id == alert_id)
        .order_by(transitions.c.id)
    )
    return Record(
        records.read(row),
        row.opened_at,
        row.closed_at,
        bool(row.quiet),
        tuple(
            (each.observed_at, records.transition(each))
            for each in connection.execute(steps)
        ),
        tuple(history.tellings(connection, alerts.c.id == alert_id)),
    )


def act(
    connection: Connection,
    alert_id: int,
    do: Callable[[Alert], Change],
    *,
    now: datetime,
) -> Alert | None:
    """Do something to an alert as it stands now; return it, or None if there is none.

    `do` may raise HandError, and nothing is written.
    """
    query = select(alerts).where(alerts.c.id == alert_id).with_for_update()
    row = connection.execute(query).first()
    if row is None:
        return None
    change = do(records.read(row))
    ledger.apply(connection, [(change, ())], now=now)
    if change.alert.is_open:
        names = ("overlay", "overlay_until", "snoozes")
        values = {name: getattr(change.alert, name) for name in names}
        laid = update(alerts).where(alerts.c.id == alert_id).values(values)
        connection.execute(laid)
    return change.alert


def act_on_all(
    connection: Connection,
    alert_ids: Collection[int],
    do: Callable[[Alert], Change],
    *,
    now: datetime,
) -> list[Alert]:
    """Do something to every alert; raise RefusedError with all that is in the way.

    In the order of their ids, as a poll writes them, so that neither blocks the other.
    """
    done: list[Alert] = []
    problems: dict[int, HandError | None] = {}
    for alert_id in sorted(set(alert_ids)):
        try:
            alert = act(connection, alert_id, do, now=now)
        except HandError as error:
            problems[alert_id] = error
            continue
        if alert is None:
            problems[alert_id] = None
        else:
            done.append(alert)
    if problems:
        raise RefusedError(problems)
    return done


def held(connection: Connection) -> dict[tuple[str, str], int]:
    """Return how many closings are held back, or about to be, by source and rule."""
    query = (
        select(
            alerts.c.source,
            alerts.c.rule,
            func.sum(case((alerts.c.closing_polls > 0, 1), else_=0)),
            func.count(),
        )
        .where(alerts.c.closed_at.is_(None))
        .group_by(alerts.c.source, alerts.c.rule)
    )
    return {
        (source, rule): closing
        for source, rule, closing, opened in connection.execute(query)
        if life.is_mass(closing, opened)
    }


def confirm(
    connection: Connection, source: str, rule: str, *, actor: str, now: datetime
) -> None:
    """Let the closings of a rule that are held through, at the source's next good poll."""
    key = {"source": source, "rule": rule}
    used(connection, source, {rule})
    values = key | {"actor": actor, "confirmed_at": now}
    connection.execute(insert(confirmations).values(values))


def confirmed(connection: Connection, source: str) -> frozenset[str]:
    """Return the rules whose held closings somebody confirmed."""
    query = select(confirmations.c.rule).where(confirmations.c.source == source)
    return frozenset(connection.execute(query).scalars())


def used(connection: Connection, source: str, rules: Collection[str]) -> None:
    """Forget confirmations that a good poll has made use of."""
    if rules:
        connection.execute(
            delete(confirmations).where(
                confirmations.c.source == source, confirmations.c.rule.in_(rules)
            )
        )
