"""Takes the digests of a day out of the outbox, as a delivery without Slack would."""

from datetime import date, datetime

from sqlalchemy import Connection

from monitor.store.outbox import bundles, claims, turns
from monitor.store.outbox.bundles import Reader
from monitor.store.outbox.turns import Moment


def digests(connection: Connection, day: date, *, now: datetime) -> list[int]:
    """Claim a post for everybody whose digest of that day may go out now."""
    moment = Moment(now, day)
    claims.drop_settled(connection, now=now)
    had = turns.told_on(connection, day)
    made = []
    for turn in claims.turn_list(connection, moment):
        if turn.recipient not in had:
            reader = Reader(turn.recipient, day, frozenset({turn.recipient}))
            made.append(bundles.digest(connection, reader, moment))
    return [post_id for post_id in made if post_id is not None]
