"""What Slack said about people: who has which channel, and who could not be found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from monitor.store.tables import people


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


def read(connection: Connection, email: str) -> Person | None:
    """Return what is remembered about an address."""
    row = connection.execute(select(people).where(people.c.email == email)).first()
    return None if row is None else Person(**row._asdict())


def remember(connection: Connection, found: Person) -> None:
    """Keep what Slack said about an address."""
    values = {name: getattr(found, name) for name in Person.__slots__}
    done = connection.execute(
        update(people).where(people.c.email == found.email).values(**values)
    )
    if not done.rowcount:
        connection.execute(insert(people).values(**values))


def lost(connection: Connection) -> list[Person]:
    """Return the addresses that lead to nobody in Slack."""
    query = select(people).where(people.c.error.is_not(None)).order_by(people.c.email)
    return [Person(**row._asdict()) for row in connection.execute(query)]


def zones(connection: Connection) -> dict[str, str]:
    """Return the zones of the people of whom Slack told one."""
    query = select(people.c.email, people.c.zone).where(people.c.zone.is_not(None))
    return {row.email: row.zone for row in connection.execute(query)}
