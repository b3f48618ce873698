"""Plays many seeds, on several processes and on both kinds of database."""

import gc
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import make_url

from tests import servers
from tests.simulation import dice, house
from tests.simulation.dice import Story
from tests.simulation.mortal import Mortal
from tests.simulation.process import REAL, Parts
from tests.simulation.scene import Broken
from tests.simulation.story import Theatre

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in it is made safely
MOST_FAILURES = 3  # that are shrunk in one part; each takes a while
IN_NO_HURRY = "-c synchronous_commit=off"
SELDOM = 100_000  # new objects between two looks for garbage: a story makes little
BLOCK = 1_000  # stories that are drawn before they are played
RARELY = 16  # PostgreSQL takes twice as long: one seed in so many is enough for it


@dataclass(slots=True)
class Tally:
    """What many stories came to."""

    stories: Counter[str] = field(default_factory=Counter)  # by kind of database
    events: int = 0
    jobs: int = 0
    messages: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        self.stories += other.stories
        self.events += other.events
        self.jobs += other.jobs
        self.messages += other.messages
        self.happened += other.happened
        self.failures += other.failures
        self.broken += other.broken


@dataclass(frozen=True, slots=True)
class Part:
    """The seeds that one process plays; `urls` are its databases by their kind."""

    seeds: Sequence[int]
    kinds: tuple[str, ...]
    server: str | None = None


def run(seeds: Sequence[int], kinds: tuple[str, ...], jobs: int) -> Tally:
    """Play all seeds, every sixteenth on the last of these kinds of database."""
    total = Tally()
    with ExitStack() as stack:
        server = None
        if "postgresql" in kinds:
            server = stack.enter_context(servers._started_postgresql())
        parts = [Part(seeds[n::jobs], kinds, server) for n in range(jobs)]
        if jobs == 1:
            total.add(play(parts[0]))
        else:
            pool = stack.enter_context(get_context("spawn").Pool(jobs))
            for tally in pool.imap_unordered(play, parts):
                total.add(tally)
    return total


def play(part: Part, parts: Parts = REAL) -> Tally:
    """Play the seeds of one process.

    Those that begin on the same day follow each other: the cutoffs of their polls are
    the same, and remembered.
    """
    tally = Tally()
    gc.set_threshold(SELDOM)
    with theatres(part.kinds, part.server, parts) as found:
        for seed, story in _by_start(part.seeds):
            kind = part.kinds[-1] if seed // 2 % RARELY == 0 else part.kinds[0]
            _play(seed, story, found[kind], tally)
            tally.stories[kind] += 1
    return tally


def _by_start(seeds: Sequence[int]) -> Iterator[tuple[int, Story]]:
    """Yield the stories of these seeds, a thousand at a time in the order of starts."""
    for first in range(0, len(seeds), BLOCK):
        drawn = [(seed, dice.draw(seed)) for seed in seeds[first : first + BLOCK]]
        yield from sorted(drawn, key=lambda each: each[1].start)


def _play(seed: int, story: Story, theatre: Theatre, tally: Tally) -> None:
    stage = theatre.stage(story)
    try:
        stage.play()
    except Broken as broken:
        tally.broken.append(seed)
        if len(tally.failures) < MOST_FAILURES:
            tally.failures.append(str(theatre.explain(seed, story, broken)))
    played = stage.scene.played
    tally.events += played.events
    tally.jobs += played.jobs
    tally.messages += len(stage.scene.slack.messages)
    tally.happened += played.happened


@contextmanager
def theatres(
    kinds: Sequence[str], server: str | None = None, parts: Parts = REAL
) -> Iterator[dict[str, Theatre]]:
    """Yield a theatre for each kind of database, with a database of its own."""
    with ExitStack() as stack:
        configurations = stack.enter_context(house.configurations())
        found = {}
        for kind in kinds:
            url = stack.enter_context(_database(kind, server))
            store = stack.enter_context(closing(Mortal(url)))
            store.upgrade()
            found[kind] = Theatre(store, configurations, parts)
        yield found


@contextmanager
def _database(kind: str, server: str | None) -> Iterator[str]:
    if kind == "postgresql":
        assert server is not None
        with servers._fresh_database(
            server, drop="DROP DATABASE {} WITH (FORCE)"
        ) as url:
            address = make_url(url).update_query_dict({"options": IN_NO_HURRY})
            yield address.render_as_string(hide_password=False)
        return
    where = SHARED_MEMORY if SHARED_MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="svar-world-", dir=where) as folder:
        yield f"sqlite:///{folder}/svar.db"
