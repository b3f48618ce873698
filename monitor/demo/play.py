"""Plays a season with a fast clock: the real daemon over a real SQLite ATS."""

import heapq
import logging
import os
import sqlite3
from collections import Counter, defaultdict
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

from monitor import configuration
from monitor.daemon import Daemon
from monitor.demo import ats, home, tally, world
from monitor.demo.events import Event
from monitor.demo.stage import Stage
from monitor.demo.tally import Tally
from monitor.demo.world import World
from monitor.store.outbox.mail import Post

STARTS_ON = date(2026, 9, 7)  # a Monday; no public holiday in the weeks that follow
STEP = timedelta(hours=1)
FIRST_HOUR, LAST_HOUR = 8, 17  # local; at night nothing is sent


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a season came to."""

    without: Tally
    with_svar: Tally
    transitions: Counter[tuple[str, str]]
    ends_at: datetime


def season(seed: int, weeks: int, until: date | None = None) -> World:
    """Return the season of this seed; the same on every day and machine.

    `until`: let it end as that day begins, with the part of a week that leads there.
    """
    if until is None:
        return world.season(seed, weeks, STARTS_ON)
    begun = until.weekday()  # days of the last week
    starts_on = until - timedelta(weeks=weeks, days=begun)
    return world.season(seed, weeks + (begun > 0), starts_on, until)


def open_daemon(settings: Path, story: World, stage: Stage) -> Daemon:
    """Return the daemon over the demo's database, which holds the people and the jobs."""
    loaded = configuration.read(settings, {})
    log = logging.getLogger("svar.demo")
    log.setLevel(logging.ERROR)
    daemon = Daemon(loaded, os.environ, stage, log)
    daemon.open(now=story.starts_at)
    return daemon


def run(story: World, daemon: Daemon, stage: Stage, folder: Path) -> Outcome:
    """Play the season hour by hour; what people do because of a nudge joins it."""
    happened: list[Event] = []
    order = count()
    ahead = [(event.at, next(order), event) for event in story.events]
    heapq.heapify(ahead)
    transitions: Counter[tuple[str, str]] = Counter()
    now = story.starts_at
    with closing(sqlite3.connect(folder / home.DATABASE)) as connection:
        while now < story.ends_at:
            now += STEP
            fresh = []
            while ahead and ahead[0][0] <= now:
                fresh.append(heapq.heappop(ahead)[2])
            ats.apply(connection, fresh)
            happened += fresh
            if not _is_day(now, daemon):
                continue
            stage.now = now
            told = _tick(daemon, now, transitions)
            for event in story.reactions(told, now):
                heapq.heappush(ahead, (event.at, next(order), event))
    return Outcome(
        without=tally.count(story.events, story.ends_at),
        with_svar=tally.count(happened, story.ends_at),
        transitions=transitions,
        ends_at=story.ends_at,
    )


def _is_day(now: datetime, daemon: Daemon) -> bool:
    hour = now.astimezone(daemon.configuration.calendar.zone).hour
    return FIRST_HOUR <= hour <= LAST_HOUR


def _tick(
    daemon: Daemon, now: datetime, transitions: Counter[tuple[str, str]]
) -> dict[str, list[str]]:
    """Poll and deliver once; return who was told of which applications.

    A deputy passes the word on: who is away acts as if they had read it themselves.
    """
    for source in daemon.sources:
        report = daemon.poll(source, now=now)
        for (rule, _, after, _), times in report.transitions.items():
            transitions[rule, after] += times
    posts: list[Post] = daemon.deliver(now=now).told
    told: dict[str, list[str]] = defaultdict(list)
    for post in posts:
        for alert, _ in post.told:
            owner = alert.seen.owner
            reader = owner if owner and owner in post.owed_to else post.recipient
            told[reader].append(alert.seen.application_id)
    return told
