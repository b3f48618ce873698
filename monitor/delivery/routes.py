"""The way to a person or a channel, and what to do where there is none."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor import outbox
from monitor.delivery import readers
from monitor.errors import DeliveryError, Outcome
from monitor.messages import Message
from monitor.settings import Settings
from monitor.slack import Member
from monitor.store import Store
from monitor.store.outbox import contacts
from monitor.store.outbox.contacts import Person

HELD = "held"  # of one person, whose look-up failed lately
PACED = "paced"  # why a call waits that Slack would take, but not so fast


class Transport(Protocol):
    """Where posts go: Slack, or a terminal where there is no token."""

    def whoami(self) -> tuple[str, set[str]]: ...

    def lookup(self, email: str) -> Member: ...

    def open(self, member_id: str) -> str: ...

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool,
        thread: str | None = None,
    ) -> tuple[str, str]: ...

    def update(
        self, channel: str, ts: str, message: Message, *, plain: bool
    ) -> bool: ...

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> list[str]: ...

    def delete(self, channel: str, ts: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Route:
    """The channel that a post goes to, and how it is addressed there."""

    channel: str
    name: str  # empty in a channel, where no name may stand
    email: str = ""  # whose channel it is
    called: str = ""  # the channel's name, where that is all that is set
    is_remembered: bool = False  # Slack was not asked for it now
    zone: str | None = None
    locale: str | None = None
    is_away: bool = False


class Router:
    """Finds routes; asks Slack for a person once a day, or once an hour if lost."""

    def __init__(self, store: Store, transport: Transport) -> None:
        self.store = store
        self.transport = transport
        self._people: dict[str, Person | None] = {}  # as this run has seen them
        self._failed: dict[str, tuple[int, datetime]] = {}  # how often, until when

    def begin(self) -> None:
        """Start a run: what was known of people may have changed since."""
        self._people.clear()

    def recall(self, emails: Collection[str]) -> None:
        """Read what is known of some people, all at once."""
        with self.store.read() as connection:
            found = contacts.read_all(connection, emails)
        self._people |= {email: found.get(email) for email in emails}

    def known(self, recipient: str, now: datetime) -> Route | None:
        """Return the first way to a person, if Slack need not be asked for it."""
        if outbox.is_channel(recipient) or recipient == outbox.NOBODY:
            return None
        known = self._read(recipient)
        if known is None or not readers.is_fresh(known, now):
            return None
        return self._remembered(known)

    def routes(
        self, recipient: str, settings: Settings, now: datetime
    ) -> Iterator[Route]:
        """Yield the ways to a recipient: themselves, the deputy, the fallback channel.

        Raises DeliveryError where Slack could not be asked, or where no way is left.
        """
        named, fallback = settings.slack.channels, settings.people.fallback
        refusal = DeliveryError(Outcome.ROUTE, "no_recipient")
        if outbox.is_channel(recipient):
            yield from self._channels(named.get(recipient, recipient))
            refusal = DeliveryError(Outcome.ROUTE, "channel_refused")
        else:
            for email in readers.persons(recipient, settings.people):
                try:
                    route = self._person(email, now)
                    yield route
                    if route.is_remembered:  # refused: what was known is old
                        yield self._ask(email, now)
                except DeliveryError as error:
                    if error.outcome is not Outcome.ROUTE:
                        raise
                    refusal = error
        if fallback is None or fallback == recipient:
            raise refusal
        yield from self._channels(named.get(fallback, fallback))
        raise refusal

    def reader(
        self, recipient: str, settings: Settings, zones: dict[str, str], now: datetime
    ) -> str:
        """Return who reads what is owed to somebody: they, a deputy, or the fallback.

        Somebody out of the office is read for as somebody whom Slack does not know.
        Fills `zones`; raises DeliveryError where Slack could not be asked.
        """
        return readers.first(
            recipient,
            settings.people,
            lambda email: self._is_there(email, settings, zones, now),
        )

    def _is_there(
        self, email: str, settings: Settings, zones: dict[str, str], now: datetime
    ) -> bool:
        times, until = self._failed.get(email, (0, now))
        if now < until:
            raise DeliveryError(Outcome.NOT_SENT, HELD)
        try:
            route = self._person(email, now)
        except DeliveryError as error:
            if error.outcome is not Outcome.ROUTE:
                if _is_about_one(error):
                    # Others are told meanwhile, whatever is the matter with this one.
                    wait = outbox.retry_in(times + 1, email)
                    self._failed[email] = times + 1, now + wait
                raise
            return False
        self._failed.pop(email, None)
        zone = settings.people.zones.get(email) or route.zone
        if zone:
            zones[email] = zone
        return not (route.is_away or readers.is_out(email, settings, now))

    def forget(self, route: Route, reason: str, now: datetime) -> None:
        """Remember that Slack refused this person's channel, until it is asked again.

        Of a channel that was only remembered it is asked again at once.
        """
        if route.email and not route.is_remembered:
            self._remember(Person(route.email, None, None, None, now, reason))

    def reached(self, route: Route, channel: str, now: datetime) -> None:
        """Remember the id of a channel that is set by its name: only an id is looked up."""
        if route.called and channel not in {route.called, route.channel}:
            self._remember(Person(route.called, None, channel, None, now, None))

    def address(self, channel: str) -> str:
        """Return a channel's id if it is known, or else the name that it is called by."""
        if not outbox.is_channel(channel):
            return channel
        known = self._read(channel)
        return (known and known.channel) or channel

    def _channels(self, wanted: str) -> Iterator[Route]:
        called = wanted if outbox.is_channel(wanted) else ""
        channel = self.address(wanted)
        yield Route(channel, "", called=called)
        if channel != wanted:  # another channel may have that name now
            yield Route(wanted, "", called=called)

    def _person(self, email: str, now: datetime) -> Route:
        known = self._read(email)
        if known and (reason := readers.lost(known, now)):
            raise DeliveryError(Outcome.ROUTE, reason)
        if known and readers.is_fresh(known, now):
            return self._remembered(known)
        return self._ask(email, now, known)

    def _read(self, email: str) -> Person | None:
        if email not in self._people:
            with self.store.read() as connection:
                self._people[email] = contacts.read(connection, email)
        return self._people[email]

    def _remembered(self, known: Person) -> Route:
        return Route(
            known.channel or "",
            known.name or first_name(known.email),
            known.email,
            is_remembered=True,
            zone=known.zone,
            locale=known.locale,
            is_away=known.is_away,
        )

    def _ask(self, email: str, now: datetime, known: Person | None = None) -> Route:
        """Ask Slack for a person; the way to somebody known stays the same."""
        try:
            member = self.transport.lookup(email)
            same = known and known.slack_id == member.id and known.channel
            channel = same or self.transport.open(member.id)
        except DeliveryError as error:
            if error.outcome is Outcome.ROUTE:
                self._remember(Person(email, None, None, None, now, error.reason))
            if error.outcome is Outcome.UNKNOWN:  # nothing was posted by asking
                raise DeliveryError(Outcome.NOT_SENT, error.reason) from error
            raise
        if channel != email:  # a terminal's channel is the address: no news of Slack
            self._remember(
                Person(
                    email,
                    member.id,
                    channel,
                    member.name,
                    now,
                    None,
                    member.zone,
                    member.locale,
                    member.is_away,
                )
            )
        return Route(
            channel,
            member.name or first_name(email),
            email,
            zone=member.zone,
            locale=member.locale,
            is_away=member.is_away,
        )

    def _remember(self, person: Person) -> None:
        with self.store.write() as connection:
            contacts.remember(connection, person)
        self._people[person.email] = person


def _is_about_one(error: DeliveryError) -> bool:
    """Tell a failure that another person may not meet from one that all would."""
    is_told_to_wait = error.retry_after is not None or error.reason == PACED
    return error.outcome is Outcome.NOT_SENT and not is_told_to_wait


def first_name(email: str) -> str:
    """Return what an address tells of a name: "ingrid.berg@..." is Ingrid."""
    return email.partition("@")[0].split(".")[0].capitalize()
