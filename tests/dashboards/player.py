"""One season as it is played: the people, the real daemon, the scrapes."""

import heapq
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from monitor.daemon import Daemon
from monitor.demo import ats
from monitor.demo.events import Event
from monitor.demo.world import World
from monitor.metrics import Format, Ran, Work
from tests.fakes import TOKEN, FakeSlack

ENVIRON = {"SVAR_SLACK__TOKEN": TOKEN}
# A label of ours that Prometheus has itself is renamed when it is scraped.
_TAKEN = re.compile(r'(?<![a-z_])(job|instance)="')
_OWN = 'job="svar",instance="svar:9464"'


@dataclass(slots=True)
class Player:
    """The people, the clock and the scrapes of one season."""

    story: World
    daemon: Daemon
    slack: FakeSlack
    connection: sqlite3.Connection
    pages: list[str] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)
    ahead: list[tuple[datetime, int, Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.look_forward(list(self.story.events))

    def look_forward(self, events: list[Event]) -> None:
        """Take up what is going to happen."""
        for event in events:
            heapq.heappush(self.ahead, (event.at, next(self.order), event))

    def live(self, now: datetime) -> None:
        """Let happen what is due."""
        due = []
        while self.ahead and self.ahead[0][0] <= now:
            due.append(heapq.heappop(self.ahead)[2])
        ats.apply(self.connection, due)

    def look(self, now: datetime) -> None:
        """Poll, deliver and be scraped, as the daemon is."""
        self.slack.now = now
        self.daemon.poll(self.daemon.sources[0], now=now)
        posts = self.daemon.deliver(now=now).told
        told = {
            post.recipient: [
                alert.seen.application_id
                for alert, _ in post.told
                if alert.seen.application_id in self.story.cases
            ]
            for post in posts
        }
        self.look_forward(self.story.reactions(told, now))
        for work in (Work.POLL, Work.DELIVER):
            self.daemon.metrics.scheduled(work, Ran.EXECUTED)
        page = self.daemon.metrics.expose(Format.OPENMETRICS).decode()
        self.pages += stamped(page, now)


def stamped(page: str, at: datetime) -> Iterator[str]:
    """Yield the page's samples as Prometheus keeps those of a scrape at this instant."""
    second = int(at.timestamp())
    for line in page.splitlines():
        if line.startswith("#"):
            continue
        head, _, value = line.rpartition(" ")
        name, _, labels = head.partition("{")
        own = _TAKEN.sub(r'exported_\1="', labels.removesuffix("}"))
        yield f"{name}{{{own}{',' if own else ''}{_OWN}}} {value} {second}"
