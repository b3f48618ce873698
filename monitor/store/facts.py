"""What is remembered once for the whole state, by name."""

from sqlalchemy import Connection, insert, select, update

from monitor.store.tables import facts


def read(connection: Connection, name: str) -> str | None:
    """Return what is remembered by a name, if anything is."""
    query = select(facts.c.value).where(facts.c.name == name)
    return connection.execute(query).scalar()


def write(connection: Connection, name: str, value: str) -> None:
    """Remember a value by a name, in place of what was."""
    same = facts.c.name == name
    done = connection.execute(update(facts).where(same).values(value=value))
    if not done.rowcount:
        connection.execute(insert(facts).values(name=name, value=value))
