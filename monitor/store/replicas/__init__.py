"""Which replicas live on one state, and whose files are the newest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.store.replicas.leases import Clock, database_time
from monitor.store.schema import take_turns
from monitor.store.tables import configurations, replicas

FORGOTTEN_AFTER = timedelta(days=1)  # so long a replica that died stays to be seen


@dataclass(frozen=True, slots=True)
class Replica:
    """A process on this state; a larger epoch means newer files."""

    holder: str
    digest: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What one replica is among the others: the leases that it leads, or does not."""

    leads: Mapping[str, bool]
    replicas: int = 1
    is_behind: bool = False
    differ: bool = False


def announce(
    connection: Connection,
    holder: str,
    digest: str,
    *,
    is_newest: bool,
    clock: Clock = database_time,
) -> None:
    """Say that this replica lives, and with which files.

    Files that are known keep their epoch, unless they are the newest: just edited.
    """
    _rank(connection, digest, is_newest=is_newest)
    now = clock(connection)
    values = {"seen_at": now, "configuration": digest}
    mine = replicas.c.holder == holder
    if connection.execute(update(replicas).where(mine).values(values)).rowcount:
        return
    connection.execute(insert(replicas).values(values | {"holder": holder}))
    connection.execute(
        delete(replicas).where(replicas.c.seen_at < now - FORGOTTEN_AFTER)
    )


def live(
    connection: Connection, ttl: timedelta, clock: Clock = database_time
) -> list[Replica]:
    """Return the replicas that were seen within the TTL."""
    query = (
        select(replicas.c.holder, configurations.c.digest, configurations.c.epoch)
        .join(configurations, configurations.c.digest == replicas.c.configuration)
        .where(replicas.c.seen_at > clock(connection) - ttl)
        .order_by(replicas.c.holder)
    )
    return [Replica(*row) for row in connection.execute(query)]


def leave(connection: Connection, holder: str) -> None:
    """Say that this replica ends."""
    connection.execute(delete(replicas).where(replicas.c.holder == holder))


def _rank(connection: Connection, digest: str, *, is_newest: bool) -> None:
    """Give files an epoch where they have none, or where they are to be the newest."""
    ours = configurations.c.digest == digest
    query = select(configurations.c.epoch).where(ours)
    if connection.scalar(query) is not None and not is_newest:
        return
    take_turns(connection, "configure")
    known = connection.scalar(query)
    last = connection.scalar(select(func.max(configurations.c.epoch))) or 0
    if known is None:
        connection.execute(insert(configurations).values(digest=digest, epoch=last + 1))
    elif is_newest and known < last:
        connection.execute(update(configurations).where(ours).values(epoch=last + 1))
