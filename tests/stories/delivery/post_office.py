"""An outbox to test with: a real store, a fake Slack, and notices owed by hand."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from monitor import alerts, configuration, shipped
from monitor.alerts import Alert, Change, State
from monitor.configuration import Configuration
from monitor.delivery import Delivery, Report
from monitor.delivery.routes import Transport
from monitor.evaluate import Ending, Late, Verdict
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.slack import Slack
from monitor.store import Store, ledger
from monitor.store.outbox.mail import Backlog
from monitor.store.tables import notices, posts
from monitor.store.words import RunOutcome
from tests.builders import INGRID, PER, at, finding
from tests.fakes import TOKEN, FakeSlack

NINE = at("2026-09-07 09:00")  # a Monday
MINUTE = timedelta(minutes=1)
LEADS, OPS = "#recruiting-leads", "#recruiting-ops"
LATE = {"started_at": at("2026-08-17 09:00"), "due_at": at("2026-08-31 09:00")}
DEPUTY = "liv@example.org"
STEPS = (Kind.WARNING, Kind.BREACH, Kind.HEADS_UP, Kind.ESCALATION)


def configured(folder: Path) -> Configuration:
    """Return the shipped rules with a fallback channel and a deputy for Per."""
    path = folder / "svar.yaml"
    path.write_text(
        f"""
sources:
  - name: ats
    url: sqlite:///{folder}/ats.db
    mapping: standard
    timezone: UTC
rules: {shipped.folder() / "rules"}
calendar: {{country: NO}}
people:
  deputies: {{{PER}: {DEPUTY}}}
  fallback: "{OPS}"
""",
        encoding="utf-8",
    )
    return configuration.read(path, {})


def state_url(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of an empty state, in the database that a fixture asks for."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/svar.db"
    found: str = request.getfixturevalue("postgresql")
    return found


@contextmanager
def opened(url: str, folder: Path) -> Iterator["PostOffice"]:
    """Yield an office over this state; Ingrid and the channels are in Slack, Per is not."""
    store = Store(url)
    with FakeSlack() as slack:
        slack.add(INGRID, "Ingrid")
        slack.open_channel(LEADS)
        slack.open_channel(OPS)
        transport = Slack(TOKEN, slack.url, timeout=1)
        loaded = configured(folder)
        delivery = Delivery(store, transport, lambda: loaded)
        try:
            store.claim()
            store.upgrade()
            yield PostOffice(store, slack, loaded, delivery)
        finally:
            store.close()


@dataclass
class PostOffice:
    """A delivery with all around it; `at` is the present of the whole office."""

    store: Store
    slack: FakeSlack
    configuration: Configuration
    delivery: Delivery
    at: datetime = NINE

    def deliver(self, *, after: timedelta = timedelta(0)) -> Report:
        """Run the delivery once, later than before by so much."""
        self.at += after
        self.slack.now = self.at
        return self.delivery.run(now=self.at)

    def restart(
        self,
        transport: Transport | None = None,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin anew with what the store remembers, as a new process does."""
        transport = transport or Slack(TOKEN, self.slack.url, timeout=1)
        self.delivery = Delivery(
            self.store, transport, lambda: self.configuration, stopwatch
        )

    def owe(
        self,
        to: str = INGRID,
        *,
        application: str = "A1",
        step: int = 1,
        is_now: bool = False,
        **seen: Any,
    ) -> Alert:
        """Open an alert, or take the open one, and owe its step's notice now."""
        late = Late.WARNING if STEPS[step] is Kind.WARNING else Late.BREACHED
        seen = LATE | {"application_id": application, "late": late, "step": step} | seen
        found = finding(**seen)
        alert = self.alert(application) or Alert(
            None, "ats", found, State(late.value), step
        )
        heard = "step 2" if to.startswith("#") else None  # the heads-up among the steps
        notice = Notice(f"step {step}", STEPS[step], to, self.at, heard, is_now)
        with self.store.write() as connection:
            ledger.apply(connection, [(Change(alert, ()), (notice,))], now=self.at)
        opened = self.alert(application)
        assert opened is not None
        return opened

    def alert(self, application: str) -> Alert | None:
        """Return the open alert about an application."""
        with self.store.read() as connection:
            return ledger.read_open(connection, "ats").get(("first-reply", application))

    def answered(self, application: str = "A1") -> None:
        """Let the candidate be answered, seen by a poll at this moment."""
        alert = self.alert(application)
        assert alert is not None
        change = alerts.settle(alert, Verdict(Ending.STOPPED, self.at))
        with self.store.write() as connection:
            ledger.apply(connection, [(change, ())], now=self.at)

    def open_again(self, seen: Alert) -> None:
        """Let the answer be taken back, so that the alert is as it was seen before."""
        [rule] = [
            each
            for each in self.configuration.rulebook.rules
            if each.id == "first-reply"
        ]
        finding = seen.seen._replace(step=seen.step)
        with self.store.write() as connection:
            closed = ledger.read_closed(connection, "ats", [finding])
            change = alerts.open_alert(
                "ats", finding, rule, closed=closed[seen.key], now=self.at
            )
            assert change is not None
            ledger.apply(connection, [(change, ())], now=self.at)

    def set_people(self, **values: Any) -> None:
        """Change what the settings say about people."""
        settings = self.configuration.settings
        people = settings.people.model_copy(update=values)
        self.configuration = replace(
            self.configuration, settings=settings.model_copy(update={"people": people})
        )
        self.restart()

    def polled(self, outcome: RunOutcome = RunOutcome.OK) -> None:
        """Let the source be read at this moment, well or in vain."""
        with self.store.write() as connection:
            ledger.record(connection, ledger.Run("ats", self.at, outcome, 1))

    def backlog(self) -> Backlog:
        return self.delivery.backlog(now=self.at)

    def statuses(self) -> list[str]:
        """Return the posts' statuses in the order in which they were made."""
        with self.store.read() as connection:
            query = select(posts.c.status).order_by(posts.c.id)
            return list(connection.execute(query).scalars())

    def keys(self) -> list[str]:
        """Return the posts' keys in the order in which they were made."""
        with self.store.read() as connection:
            query = select(posts.c.key).order_by(posts.c.id)
            return list(connection.execute(query).scalars())

    def notices(self) -> list[str]:
        """Return the notices' statuses in the order in which they were owed."""
        with self.store.read() as connection:
            query = select(notices.c.status).order_by(notices.c.id)
            return list(connection.execute(query).scalars())

    def said(self, who: str = INGRID) -> list[str]:
        """Return what a person or a channel reads now."""
        return [message.shown for message in self.slack.to(who)]
