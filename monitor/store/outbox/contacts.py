"""What Slack said about people: who has which channel, and who could not be found."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from monitor.store.tables import alerts, notices, people


@dataclass(frozen=True, slots=True)
class Person:
    """What Slack said about an address the last time it was asked."""

    email: str
    slack_id: str | None
    channel: str | None
    name: str | None
    checked_at: datetime
    error: str | None
    zone: str | None = None
    locale: str | None = None
    is_away: bool = False


# Built once: to say these takes longer than to do them.
_READ = select(people).where(people.c.email == bindparam("address"))
_READ_ALL = select(people).where(
    people.c.email.in_(bindparam("addresses", expanding=True))
)
_ABSENT = select(people).where(or_(people.c.error.is_not(None), people.c.is_away))
_UPDATE = update(people).where(people.c.email == bindparam("address"))
_INSERT = insert(people)


def read(connection: Connection, email: str) -> Person | None:
    """Return what is remembered about an address."""
    row = connection.execute(_READ, {"address": email}).first()
    return None if row is None else Person(**row._asdict())


def read_all(connection: Connection, emails: Collection[str]) -> dict[str, Person]:
    """Return what is remembered about these addresses."""
    rows = connection.execute(_READ_ALL, {"addresses": list(emails)})
    return {row.email: Person(**row._asdict()) for row in rows}


def remember(connection: Connection, found: Person) -> None:
    """Keep what Slack said about an address."""
    values = {name: getattr(found, name) for name in Person.__slots__}
    done = connection.execute(_UPDATE, {"address": found.email} | values)
    if not done.rowcount:
        connection.execute(_INSERT, values)


def lost(connection: Connection) -> list[Person]:
    """Return those who were to be told of an open alert, and whom Slack does not know."""
    query = select(people).where(people.c.error.is_not(None)).order_by(people.c.email)
    found = [Person(**row._asdict()) for row in connection.execute(query)]
    if not found:
        return []
    needed = (
        select(notices.c.recipient)
        .join(alerts, alerts.c.id == notices.c.alert_id)
        .where(alerts.c.closed_at.is_(None))
        .where(notices.c.recipient.in_([each.email for each in found]))
        .distinct()
    )
    told = set(connection.scalars(needed))
    return [each for each in found if each.email in told]


def absent(connection: Connection) -> list[Person]:
    """Return those whom Slack does not know, and those who are out of the office."""
    return [Person(**row._asdict()) for row in connection.execute(_ABSENT)]


def zones(connection: Connection) -> dict[str, str]:
    """Return the zones of the people of whom Slack told one."""
    query = select(people.c.email, people.c.zone).where(people.c.zone.is_not(None))
    return {row.email: row.zone for row in connection.execute(query)}
