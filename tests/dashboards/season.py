"""Plays a long season with the real daemon and writes down what Prometheus would keep.

A poll a day, one odd day on which all goes wrong that a dashboard has to show, and the
end of the last day minute by minute, so that rates have something to stand on.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from monitor import configuration
from monitor.daemon import Daemon
from monitor.demo import home, play
from monitor.demo.cases import local
from monitor.demo.world import World
from monitor.slack import Slack
from tests.dashboards import oddities
from tests.dashboards.player import ENVIRON, Player
from tests.fakes import TOKEN, FakeSlack

SEED = 1
HOURS = (9,)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
DENSE = timedelta(minutes=40)
THURSDAY, THREE = timedelta(days=3), 15
WEDNESDAY = timedelta(days=2)
LEGAL = """\
rules:
  - id: notice
    title: Who was handed to a line manager is told within 45 days, says a law
    source: made up, so that a legal clock runs
    legal: true
    when: {status: [open, rejected]}
    clock: {starts: shared_at, stops: told_at}
    target: 45 days
    owner: recruiter
    ladder:
      - {at: target, tell: owner}
"""


@dataclass(frozen=True, slots=True)
class History:
    """What was written, and when something happened in it."""

    text: Path
    starts_at: datetime
    odd_at: datetime
    ends_at: datetime


def write(
    folder: Path, *, weeks: int, hours: tuple[int, ...] = HOURS, calm: bool = False
) -> History:
    """Play the season in this folder and return where its samples are.

    `hours`: when it is polled, by the house's clock; `calm`: without the odd day.
    """
    story = play.season(SEED, weeks)
    with playing(folder / "season", story) as player:
        last_week = play.STARTS_ON + timedelta(weeks=weeks - 1)
        ends_at = local(last_week + THURSDAY, THREE)
        odd_week = play.STARTS_ON + timedelta(weeks=weeks // 2)
        morning = local(odd_week + WEDNESDAY, hours[0])
        odd_at = ends_at
        for now in ticks(story.starts_at, ends_at, hours):
            if now == morning and not calm:
                odd_at = oddities.happen(player, now)
            player.live(now)
            player.look(now)
        text = folder / "season.om"
        text.write_text("\n".join([*player.pages, "# EOF\n"]), encoding="utf-8")
    return History(text, story.starts_at, odd_at, ends_at)


def ticks(
    starts_at: datetime, ends_at: datetime, hours: tuple[int, ...]
) -> Iterator[datetime]:
    """Yield these hours of each day, and at the end every minute."""
    dense_at = ends_at - DENSE
    for days in range((ends_at - starts_at).days + 1):
        for hour in hours:
            if (at := local(play.STARTS_ON + DAY * days, hour)) < dense_at:
                yield at
    now = dense_at
    while now <= ends_at:
        yield now
        now += MINUTE


@contextmanager
def playing(folder: Path, story: World) -> Iterator[Player]:
    """Yield a daemon over the demo's database, with everybody in a fake Slack."""
    settings = home.build(folder, listen="127.0.0.1:0")
    (folder / "rules" / "notice.yaml").write_text(LEGAL, encoding="utf-8")
    log = logging.Logger("season", logging.CRITICAL)  # noqa: LOG001 - of its own
    log.addHandler(logging.NullHandler())
    with FakeSlack() as slack, closing(sqlite3.connect(folder / home.DATABASE)) as ours:
        for person in story.people:
            slack.add(person.email, person.name)
        slack.open_channel("#recruiting-leads")
        slack.open_channel("#recruiting-ops")
        loaded = configuration.read(settings, ENVIRON)
        daemon = Daemon(loaded, {}, Slack(TOKEN, slack.url, timeout=1), log)
        try:
            daemon.open(now=story.starts_at)
            yield Player(story, daemon, slack, ours)
        finally:
            daemon.close()
