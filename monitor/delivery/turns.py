"""Whose turn it is in one run, and who reads for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor import outbox
from monitor.delivery.round import Round
from monitor.delivery.routes import PACED, Router
from monitor.errors import DeliveryError
from monitor.store import Store, claims, turns
from monitor.store.bundles import Reader
from monitor.store.claims import Turn
from monitor.store.mail import PostKind


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reader who is to have a post now; no `kind` where no digest may go out."""

    reader: Reader
    kind: PostKind | None
    has_now: bool


def wanted(store: Store, router: Router, this: Round) -> Iterator[Wanted]:
    """Yield the readers to whom something may be sent now, the worst first.

    What is owed to somebody out of reach goes to a deputy's own digest, or, for all of
    them together, to the fallback channel.
    """
    with store.read() as connection:
        found = claims.turn_list(connection, this.moment)
    groups, is_whole = _groups(found, router, this)
    had: dict[date, frozenset[str]] = {}
    fallback = this.configuration.settings.people.fallback
    for address, turns_of in groups.items():
        digests = this.digests.of(address)
        if not digests.calendar.is_open(this.now):
            continue
        day = digests.calendar.local_day(this.now)
        stands_in = any(turn.recipient != address for turn in turns_of)
        together = address == fallback and stands_in
        if together and not is_whole:
            continue  # the others will be known at the next ticks
        if day not in had:
            with store.read() as connection:
                had[day] = turns.told_on(connection, day)
        kind = PostKind.FALLBACK if together else PostKind.DIGEST
        is_due = digests.day(this.now) and any(turn.has_digest for turn in turns_of)
        if not together and address in had[day]:
            is_due = False
        recipients = frozenset(turn.recipient for turn in turns_of)
        has_now = any(turn.has_now for turn in turns_of)
        if is_due or has_now:
            reader = Reader(address, day, recipients)
            yield Wanted(reader, kind if is_due else None, has_now)


def _groups(
    found: list[Turn], router: Router, this: Round
) -> tuple[dict[str, list[Turn]], bool]:
    """Return whose notices each reader has, and whether all readers are known."""
    settings, is_whole = this.configuration.settings, True
    groups: dict[str, list[Turn]] = {}
    for turn in sorted(found, key=lambda turn: not turn.has_now):
        if not this.digests.of(turn.recipient).calendar.is_open(this.now):
            continue  # nobody is asked for at night
        try:
            address = router.reader(turn.recipient, settings, this.zones, this.now)
        except DeliveryError as error:
            if error.reason != PACED:
                raise
            is_whole = False
            continue
        groups.setdefault(address, []).append(turn)
    ordered = sorted(groups, key=outbox.is_channel)  # owners hear before channels
    return {address: groups[address] for address in ordered}, is_whole
