"""Whose turn it is in one run, and who reads for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from monitor import outbox
from monitor.delivery import readers
from monitor.delivery.round import Round
from monitor.delivery.routes import HELD, PACED, Router
from monitor.errors import DeliveryError
from monitor.store import Store
from monitor.store.outbox import claims, turns
from monitor.store.outbox.bundles import Reader
from monitor.store.outbox.claims import Turn
from monitor.store.words import PostKind

AT_ONCE = 100  # people read together; a run sends to no more


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reader who is to have a post now; no `kind` where no digest may go out."""

    reader: Reader
    kind: PostKind | None
    has_now: bool


class Turns:
    """Goes through whose turn it is, asking for no more people than have a post."""

    def __init__(self, store: Store, router: Router, this: Round) -> None:
        self.store = store
        self.router = router
        self.this = this
        self._people = this.configuration.settings.people
        self._had: dict[date, frozenset[str]] = {}
        self._is_whole = True

    def wanted(self) -> Iterator[Wanted]:
        """Yield the readers to whom something may be sent now, the worst first.

        What is owed to somebody out of reach goes to a deputy's own digest, or, for all
        of them together, to the fallback channel.
        """
        with self.store.read() as connection:
            found = claims.turn_list(connection, self.this.moment)
        left = {turn.recipient: turn for turn in _ordered(found)}
        shared: list[Turn] = []
        for number, recipient in enumerate(names := list(left)):
            if number % AT_ONCE == 0:
                self.router.recall(names[number : number + AT_ONCE])
            turn = left.pop(recipient, None)
            address = self._reader(recipient) if turn else None
            if turn is None or address is None:
                continue
            if address == self._people.fallback:
                shared.append(turn)
                continue
            others = self._others(address, left)
            yield from self._post(address, [turn, *others], PostKind.DIGEST)
        # Where not all recipients are known yet, the others will be at the next ticks.
        if shared and self._is_whole:
            stands_in = any(turn.recipient != self._people.fallback for turn in shared)
            kind = PostKind.FALLBACK if stands_in else PostKind.DIGEST
            yield from self._post(self._people.fallback or "", shared, kind)

    def _others(self, address: str, left: dict[str, Turn]) -> list[Turn]:
        """Take out who else is read for by this reader: themselves, or as a deputy."""
        deputies = self._people.deputies
        near = [address, *(who for who in deputies if deputies[who] == address)]
        known = [who for who in near if who in left]
        read_for = [who for who in known if self._reader(who) == address]
        return [left.pop(who) for who in read_for]

    def _reader(self, recipient: str) -> str | None:
        """Return who reads what is owed to somebody; None where that is not known now."""
        this = self.this
        if not readers.is_any_at_work(recipient, self._people, this.digests, this.now):
            return None  # nobody is asked for at night
        settings = this.configuration.settings
        try:
            return self.router.reader(recipient, settings, this.zones, this.now)
        except DeliveryError as error:
            if error.reason not in {PACED, HELD}:
                raise
            self._is_whole = self._is_whole and error.reason != PACED
            return None

    def _post(
        self, address: str, turns_of: list[Turn], kind: PostKind
    ) -> Iterator[Wanted]:
        digests, now = self.this.digests.of(address), self.this.now
        if not digests.calendar.is_open(now):
            return
        day = digests.calendar.local_day(now)
        is_due = digests.day(now) and any(turn.has_digest for turn in turns_of)
        if kind is PostKind.DIGEST and address in self._told_on(day):
            is_due = False
        has_now = any(turn.has_now for turn in turns_of)
        if is_due or has_now:
            recipients = frozenset(turn.recipient for turn in turns_of)
            reader = Reader(address, day, recipients)
            yield Wanted(reader, kind if is_due else None, has_now)

    def _told_on(self, day: date) -> frozenset[str]:
        if day not in self._had:
            with self.store.read() as connection:
                self._had[day] = turns.told_on(connection, day)
        return self._had[day]


def _ordered(found: list[Turn]) -> list[Turn]:
    """Return persons before channels, and those with something urgent first."""
    return sorted(
        found, key=lambda turn: (outbox.is_channel(turn.recipient), not turn.has_now)
    )
