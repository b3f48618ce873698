"""Bugs on purpose: the simulation has to see each of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import update

from monitor import alerts
from monitor.configuration import Configuration
from monitor.cycle import Cycle
from monitor.cycle.deciding import Decider, Decision, Memory
from monitor.delivery import Delivery
from monitor.delivery.looking import LookUp
from monitor.delivery.round import Round
from monitor.delivery.routes import Route, Router, Transport
from monitor.delivery.sending import Sender
from monitor.delivery.wire import Wire
from monitor.source import Source
from monitor.store import Store, claims, mail
from monitor.store.ledger import Owed
from monitor.store.mail import Post, PostStatus
from monitor.store.tables import posts
from tests.simulation.process import Configured, Parts, still

Make = Callable[[Store, Wire, Router], Sender]


class RecordsFirst(Sender):
    """Writes that a post was sent, and sends it then."""

    def _post(
        self, post: Post, this: Round, *, looks_first: bool
    ) -> tuple[Route, str, str]:
        with self.store.write() as connection:
            mail.settle(connection, post.id, PostStatus.SENT)
        return super()._post(post, this, looks_first=looks_first)


class ForgetsTheDay(Sender):
    """Does not remember that somebody had their digest today."""

    def settle(
        self, post: Post, status: PostStatus, this: Round, **values: object
    ) -> None:
        super().settle(post, status, this, **values)
        if status is PostStatus.SENT:
            yesterday = this.moment.day - timedelta(days=post.id + 1000)
            with self.store.write() as connection:
                mail.change(connection, post.id, sent_on=yesterday)


class TellsOfTheSettled(Sender):
    """Tries again what was not sent, whatever happened meanwhile."""

    def _reclaim(self, post_id: int, this: Round) -> Post:
        with self.store.write() as connection:
            mail.change(connection, post_id, status="claimed", due_at=this.now)
            [found] = mail.read(connection, [post_id])
        return found
