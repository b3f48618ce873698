"""Bugs on purpose: the simulation has to see each of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import update

from monitor import alerts
from monitor.configuration import Configuration
from monitor.cycle import Cycle
from monitor.cycle.deciding import Decider, Decision, Memory
from monitor.delivery import TRUSTING, Delivery
from monitor.delivery.aiming import Aimed, Sent
from monitor.delivery.looking import LookUp
from monitor.delivery.round import Round
from monitor.delivery.routes import Router, Transport
from monitor.delivery.sending import Sender
from monitor.delivery.turns import Wanted
from monitor.source import Source
from monitor.store import Store
from monitor.store.ledger import Owed
from monitor.store.outbox import bundles, mail
from monitor.store.outbox.mail import Post
from monitor.store.tables import posts
from monitor.store.words import PostKind, PostStatus
from monitor.worktime import Calendar
from tests.simulation.process import Configured, Parts, Watch, delivery


class RecordsFirst(Sender):
    """Writes that a post was sent, and sends it then."""

    def _post(self, first: Aimed, this: Round, *, looks_first: bool) -> Sent | None:
        with self.store.write() as connection:
            mail.settle(connection, first.post.id, PostStatus.SENT)
        return super()._post(first, this, looks_first=looks_first)


class ForgetsTheDay(Sender):
    """Does not remember that somebody had their digest today."""

    def _new(self, turn: Wanted, this: Round) -> Iterator[Aimed]:
        return super()._new(replace(turn, kind=PostKind.FALLBACK), this)


class TellsOfTheSettled(Sender):
    """Tries again what was not sent, whatever happened meanwhile."""

    def _reclaim(self, post_id: int, this: Round) -> Iterator[Aimed]:
        with self.store.write() as connection:
            taken = update(posts).where(posts.c.id == post_id)
            connection.execute(taken.values(**bundles.claimed(this.now)))
            aimed = self._aim(connection, post_id, this)
        yield from self._alive(aimed, this)


class NeverLooks(LookUp):
    """Takes for granted that what was not heard of is not there."""

    def _find(self, post: Post) -> list[str]:
        return []


class Trusting(Decider):
    """Believes an empty poll: all that is open is closed."""

    def decide(self, memory: Memory, *, now: datetime) -> Decision:
        known = list(filter(None, memory.open_alerts.values()))
        decision = super().decide(memory, now=now)
        if decision.report.run.outcome != "empty":
            return decision
        gone = [alerts.miss(replace(each, closing_polls=1), now=now) for each in known]
        return Decision(decision.report, iter([(each, ()) for each in gone]))


class Forgetful(Decider):
    """Closes alerts without a word of it."""

    def decide(self, memory: Memory, *, now: datetime) -> Decision:
        decision = super().decide(memory, now=now)
        return replace(decision, owed=map(_silently, decision.owed))


def _silently(owed: Owed) -> Owed:
    change, notices = owed
    return owed if change.alert.is_open else (replace(change, transitions=()), notices)


class TrustingCycle(Cycle):
    """A cycle that believes an empty poll."""

    def __init__(
        self, store: Store, source: Source, loaded: Configuration, *, edited: bool
    ) -> None:
        super().__init__(store, source, loaded, edited=edited)
        self.decider = Trusting(source, loaded)


class ForgetfulCycle(Cycle):
    """A cycle that loses transitions."""

    def __init__(
        self, store: Store, source: Source, loaded: Configuration, *, edited: bool
    ) -> None:
        super().__init__(store, source, loaded, edited=edited)
        self.decider = Forgetful(source, loaded)


def _sending(kind: type[Sender]) -> Parts:
    def make(
        store: Store, transport: Transport, configured: Configured, watch: Watch
    ) -> Delivery:
        made = delivery(store, transport, configured, watch)
        made._sender = kind(
            store,
            made.wire,
            Router(store, made.wire),
            made._verifying,
            watch.stopwatch,
        )
        return made

    return Parts(delivery=make)


def _blind(
    store: Store, transport: Transport, configured: Configured, watch: Watch
) -> Delivery:
    made = delivery(store, transport, configured, watch)
    made._look_up = NeverLooks(store, made.wire, Router(store, made.wire))
    return made


def _sleepless(
    store: Store, transport: Transport, configured: Configured, watch: Watch
) -> Delivery:
    """Return a delivery for which it is always working time."""

    def around_the_clock() -> Configuration:
        loaded = configured()
        hours = {day: [(time(0), time(23, 59))] for day in range(7)}
        always = Calendar(zone="Europe/Oslo", hours=hours)
        return replace(loaded, calendar=always)

    return delivery(store, transport, around_the_clock, watch)


def _trusting(
    store: Store, transport: Transport, configured: Configured, watch: Watch
) -> Delivery:
    """Return a delivery that reads nothing again."""
    return delivery(store, transport, configured, replace(watch, verifier=TRUSTING))


NO_SECOND_READING = Parts(delivery=_trusting)  # seen in few stories: told by hand

BUGS = {
    "sent before it was posted": _sending(RecordsFirst),
    "two digests a day": _sending(ForgetsTheDay),
    "news of what is settled": _sending(TellsOfTheSettled),
    "no look-up": Parts(delivery=_blind),
    "messages at night": Parts(delivery=_sleepless),
    "an empty poll is believed": Parts(cycle=TrustingCycle),
    "transitions are lost": Parts(cycle=ForgetfulCycle),
}
SEEN_AS = {
    "sent before it was posted": "a claim is committed before the call",
    "two digests a day": "one digest per person and day",
    "news of what is settled": "nothing is sent about a closed alert",
    "no look-up": "one message for each post",
    "messages at night": "no message outside working hours",
    "an empty poll is believed": "a failing or empty poll closes nothing",
    "transitions are lost": "every change of an alert is a transition",
}
