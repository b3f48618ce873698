"""A firm whose recruiting goes on while its Svar is killed, and what must hold after.

Every recruiter is new, and has one to three candidates who wait too long, each for an
opening of its own: so one message is due to each, and its lines can be told apart.
"""

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from monitor.demo import letters
from monitor.store.tables import leases, metadata, notices, posts
from tests.fakes import FakeSlack
from tests.stories import office
from tests.stories.office import Office

LATE = timedelta(days=15)  # since applying; the promise is 14
OPS = "#recruiting-ops"
MOST_CANDIDATES = 3


@dataclass(frozen=True)
class Recruiter:
    """Somebody with one message to get, and the openings that it must tell of."""

    email: str
    openings: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """What is wrong in the end, each with whom or what it happened to."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    unsettled: tuple[str, ...]


@dataclass
class Firm:
    """The office, its workspace, its state, and all who were hired so far."""

    place: Office
    slack: FakeSlack
    state: str  # the address of the state
    dice: random.Random
    recruiters: list[Recruiter] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._engine: Engine = create_engine(self.state, poolclass=NullPool)

    def hire(self) -> None:
        """Let one more recruiter be late, with a few candidates."""
        number = len(self.recruiters) + 1
        email = f"recruiter{number}@example.com"
        openings = tuple(
            f"Opening {number:05d}-{each}"
            for each in range(self.dice.randint(1, MOST_CANDIDATES))
        )
        applied_at = letters.text(now() - LATE)
        self.slack.add(email, f"Person {number}")
        with closing(sqlite3.connect(self.place.ats)) as ats, ats:
            person = email, email, f"Person {number}", "recruiter"
            ats.execute("INSERT INTO people VALUES (?, ?, ?, ?)", person)
            for opening in openings:
                ats.execute(
                    "INSERT INTO jobs (id, title, recruiter_id, status)"
                    " VALUES (?, ?, ?, 'open')",
                    (opening, opening, email),
                )
                mail = f"{opening.replace(' ', '')}@mail.example"
                candidate = opening, "Kari Nordli", mail
                ats.execute("INSERT INTO candidates VALUES (?, ?, ?)", candidate)
                ats.execute(
                    "INSERT INTO applications (id, candidate_id, job_id, applied_at,"
                    " status, stage, updated_at) VALUES (?, ?, ?, ?, 'open', '', ?)",
                    (opening, opening, opening, applied_at, applied_at),
                )
        self.recruiters.append(Recruiter(email, openings))

    def answer_somebody(self) -> None:
        """Let a candidate of whom a message tells be answered, so that it is edited."""
        waiting = [
            opening
            for each in self.recruiters
            if self.slack.to(each.email)
            for opening in each.openings
            if opening not in self.answered
        ]
        if waiting:
            opening = self.dice.choice(waiting)
            office.reply(self.place, opening, now())
            self.answered.add(opening)

    def unsent(self) -> int:
        """Return how many recruiters have no message yet."""
        return sum(not self.slack.to(each.email) for each in self.recruiters)

    def likely(self) -> set[str]:
        """Return the rare calls that the next life will make, as the state stands."""
        found = set()
        waits = posts.c.status.in_(("claimed", "unknown"))
        asked = select(posts.c.id).where(waits, posts.c.first_attempt_at.is_not(None))
        edits = select(posts.c.recipient).where(posts.c.edit_due_at <= now())
        with self._engine.connect() as connection:
            if connection.execute(asked.where(posts.c.due_at <= now())).first():
                found.add("conversations.history")
            due = set(connection.execute(edits).scalars())
        for each in self.recruiters:
            if each.email in due and self.answered & set(each.openings):
                found.add("chat.update")
        return found

    def is_settled(self) -> bool:
        """Tell whether all is sent, recorded and edited."""
        return not (self.unsent() or self._unsettled() or self._edits_due())

    def audit(self) -> Audit:
        """Hold what stands in Slack and in the state against what was owed."""
        lost, doubled = [], []
        shown = "\n".join(each.shown for each in self.slack.messages)
        for each in self.recruiters:
            counts = {each.email: len(self.slack.to(each.email))}
            counts |= {opening: shown.count(opening) for opening in each.openings}
            lost += [what for what, count in counts.items() if count == 0]
            doubled += [what for what, count in counts.items() if count > 1]
        keys = [_key(each.metadata) for each in self.slack.messages]
        doubled += sorted({key for key in keys if keys.count(key) > 1})
        if self.slack.posted > len(self.recruiters):
            doubled.append(f"{self.slack.posted} posts took effect")
        lost += sorted(set(self._keys()) - set(keys))
        unsettled = self._unsettled()
        unsettled += [f"an edit of {email} is due" for email in self._edits_due()]
        unsettled += [
            f"{opening} is not struck through"
            for opening in sorted(self.answered)
            if not self._is_struck_through(opening)
        ]
        return Audit(tuple(lost), tuple(doubled), tuple(unsettled))

    def age(self, by: timedelta) -> None:
        """Let time pass for what the state waits for, while no process runs."""
        clocks = (posts.c.due_at, posts.c.edit_due_at, posts.c.sweep_at)
        with self._engine.begin() as connection:
            for clock in clocks:
                query = select(posts.c.id, clock).where(clock.is_not(None))
                for row_id, at in connection.execute(query).all():
                    later = update(posts).where(posts.c.id == row_id)
                    connection.execute(later.values({clock.name: at - by}))

    def let_leases_run_out(self) -> None:
        """End the leases of a process that surely is dead: its successor need not wait."""
        long_ago = now() - timedelta(hours=1)
        with self._engine.begin() as connection:
            connection.execute(update(leases).values(expires_at=long_ago))

    def has_state(self) -> bool:
        """Tell whether the tables are there already."""
        with self._engine.connect() as connection:
            names = self._engine.dialect.get_table_names(connection)
        return set(metadata.tables) <= set(names)

    def _unsettled(self) -> list[str]:
        found = []
        with self._engine.connect() as connection:
            for table, whom in ((posts, posts.c.key), (notices, notices.c.id)):
                query = select(whom, table.c.status).where(table.c.status != "sent")
                found += [
                    f"{table.name} {each}: {status}"
                    for each, status in connection.execute(query)
                ]
        return found

    def _edits_due(self) -> list[str]:
        query = select(posts.c.recipient).where(posts.c.edit_due_at.is_not(None))
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def _keys(self) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(select(posts.c.key)).scalars())

    def _is_struck_through(self, opening: str) -> bool:
        lines = "\n".join(each.shown for each in self.slack.messages).splitlines()
        return any("~" in line for line in lines if opening in line)


def found(folder: Path, slack: FakeSlack, state: str, dice: random.Random) -> Firm:
    """Make a firm without recruiters whose day has just begun and is always open."""
    place = office.build(
        folder,
        calendar=office.ALWAYS_OPEN | {"timezone": _far_from_midnight()},
        slack={"digest_at": "00:00", "api_url": slack.url},
        state={"url": state},
        people={"fallback": OPS},
    )
    place.source(every="2 seconds")
    for rule in place.rules.glob("*.yaml"):
        if rule.stem != "first-reply":
            rule.unlink()
    slack.open_channel(OPS)
    firm = Firm(place, slack, state, dice)
    firm.hire()
    return firm


def now() -> datetime:
    """Return the present, in which a real process lives."""
    return datetime.now(UTC)  # noqa: TID251 - as said


def shown(state: str) -> str:
    """Return the kind of database that an address names."""
    return make_url(state).get_backend_name()


def _far_from_midnight() -> str:
    """Return a zone where it is about one in the morning: another day is another digest."""
    behind = now().hour - 1
    behind -= 24 if behind > 12 else 0
    return f"Etc/GMT{behind:+d}" if behind else "Etc/GMT"


def _key(metadata: dict[str, dict[str, str]]) -> str:
    return metadata["event_payload"]["key"]
