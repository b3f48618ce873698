"""A large standard database and a configuration over it, for the benchmarks alone.

About 2 % of the applications break one of the shipped rules as of `NOW`; the others
are the realistic rest: half have a reply, most are decided, some came yesterday.
The same number of rows is the same database on every day and machine.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from monitor import configuration, shipped
from monitor.configuration import Configuration

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday, far from any holiday
BATCH = 5_000
JOBS = 400
RECRUITERS, MANAGERS = 40, 120
TITLES = ("Nurse", "Developer", "Driver", "Electrician", "Teacher", "Controller")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SETTINGS = """\
sources:
  - name: bench
    url: {url}
    mapping: standard
    timezone: UTC
    statement_timeout: 30 minutes
rules: {rules}
state:
  url: sqlite:///{folder}/svar.db
calendar:
  timezone: Europe/Oslo
  country: NO
"""

Values = dict[str, object]


class Story(NamedTuple):
    """One application's own columns, and its messages: when, side, kind, channel."""

    columns: Values
    messages: tuple[tuple[datetime, str, str, str], ...]


def build(url: str, rows: int) -> None:
    """Make the standard schema in an empty database and fill it."""
    engine = create_engine(url, poolclass=NullPool)
    dialect = engine.dialect.name
    folder = shipped.folder() / "config" / "ats" / "standard"
    _run(engine, (folder / f"schema.{dialect}.sql").read_text(encoding="utf-8"))
    _furnish(engine)
    stories = _stories(rows)
    while batch := list(islice(stories, BATCH)):
        _write(engine, batch)
    _run(engine, "ANALYZE;")
    engine.dispose()


def configure(folder: Path, url: str) -> Configuration:
    """Return a configuration with the shipped rules over the database at url."""
    shown = make_url(url).render_as_string(hide_password=False)
    path = folder / "svar.yaml"
    path.write_text(
        SETTINGS.format(url=shown, rules=shipped.folder() / "rules", folder=folder),
        encoding="utf-8",
    )
    return configuration.read(path, {})


def _run(engine: Engine, script: str) -> None:
    connection = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            connection.driver_connection.executescript(script)  # type: ignore[union-attr]
        else:
            connection.cursor().execute(script)
        connection.commit()
    finally:
        connection.close()


def _furnish(engine: Engine) -> None:
    people = [("recruiter", n) for n in range(RECRUITERS)]
    people += [("manager", n) for n in range(MANAGERS)]
    opened = NOW - 400 * DAY
    _insert(
        engine,
        "people",
        [
            {
                "id": f"{role}{n}",
                "email": f"{role}{n}@example.com",
                "name": f"{role.title()} {n}",
                "role": role,
            }
            for role, n in people
        ],
    )
    _insert(
        engine,
        "jobs",
        [
            {
                "id": f"job{n}",
                "title": f"{TITLES[n % len(TITLES)]} {n}",
                "department": f"Department {n % 25}",
                "country": ("NO", "SE", "DK")[n % 3],
                "recruiter_id": f"recruiter{n % RECRUITERS}",
                "manager_id": f"manager{n % MANAGERS}",
                "opened_at": opened,
                "deadline_at": NOW + (n % 30) * DAY,
                "status": "open",
            }
            for n in range(JOBS)
        ],
    )


def _write(engine: Engine, batch: list[tuple[str, Story]]) -> None:
    """Write these applications, their candidates and their messages."""
    _insert(
        engine,
        "candidates",
        [
            {"id": f"c{key}", "name": f"Kari Nordmann {key}", "email": f"c{key}@ex.org"}
            for key, _ in batch
        ],
    )
    _insert(
        engine,
        "applications",
        [
            _EMPTY | {"id": key, "candidate_id": f"c{key}"} | s.columns
            for key, s in batch
        ],
    )
    _insert(
        engine,
        "messages",
        [
            {
                "id": f"{key}-{number}",
                "application_id": key,
                "sent_at": sent_at,
                "direction": direction,
                "kind": kind,
                "channel": channel,
            }
            for key, story in batch
            for number, (sent_at, direction, kind, channel) in enumerate(story.messages)
        ],
    )


def _insert(engine: Engine, table: str, rows: list[Values]) -> None:
    names = ", ".join(rows[0])
    values = ", ".join(f":{name}" for name in rows[0])
    sql = f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608 - names are ours
    if engine.dialect.name == "sqlite":
        rows = [{name: _spelled(value) for name, value in row.items()} for row in rows]
    with engine.begin() as connection:
        connection.execute(text(sql), rows)


def _spelled(value: object) -> object:
    """Return an instant as the SQLite schema spells it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "seconds")
    return value


def _stories(rows: int) -> Iterator[tuple[str, Story]]:
    luck = random.Random(rows)  # noqa: S311 - a draw of lots, no secret
    kinds, weights = list(MIX), list(MIX.values())
    for number in range(rows):
        (kind,) = luck.choices(kinds, weights)
        story = kind(luck)
        own = {
            "job_id": f"job{luck.randrange(JOBS)}",
            "url": f"https://ats.example.com/applications/{number:07d}",
            "internal": luck.random() < 0.05,
            "knocked_out": False,
        }
        yield f"{number:07d}", story._replace(columns=own | story.columns)


def _ago(luck: random.Random, nearest: float, farthest: float) -> datetime:
    days = luck.uniform(nearest, farthest)
    return NOW - timedelta(seconds=int(days * 86_400))


def _applied(
    at: datetime, *more: tuple[datetime, str, str, str], **columns: object
) -> Story:
    """Return an application that got a receipt at once, and what came after it."""
    known: Values = {
        "applied_at": at,
        "status": "open",
        "stage": "Applied",
        "stage_entered_at": at,
        "waiting_on": "recruiter",
        "waiting_since": at,
        "updated_at": at,
    }
    receipt = (at + timedelta(seconds=30), "out", "auto", "email")
    return Story(known | columns, (receipt, *more))


def _replied(at: datetime) -> tuple[datetime, str, str, str]:
    return at, "out", "human", "email"


def _new(luck: random.Random) -> Story:
    return _applied(_ago(luck, 0, 9))


def _in_process(luck: random.Random) -> Story:
    at = _ago(luck, 20, 80)
    moved = at + 3 * DAY
    return _applied(
        at,
        _replied(moved),
        _replied(_ago(luck, 0, 9)),  # how far we are
        stage=luck.choice(("Screening", "Assessment", "Offer")),
        stage_entered_at=moved,
        waiting_on=luck.choice((None, "recruiter", "candidate")),
        waiting_since=moved,
        updated_at=moved,
    )


def _with_manager(luck: random.Random) -> Story:
    shared = _ago(luck, 5, 40)
    at = shared - 5 * DAY
    answered = shared + 20 * HOUR
    return _applied(
        at,
        _replied(at + DAY),
        (answered + HOUR, "in", "human", "email"),
        stage="Manager review",
        stage_entered_at=shared,
        waiting_on="manager",
        waiting_since=shared,
        shared_at=shared,
        feedback_at=answered,
        next_interview_at=NOW + 2 * DAY,
        updated_at=answered,
    )


def _on_hold(luck: random.Random) -> Story:
    at = _ago(luck, 30, 150)
    replies = _replied(at + 4 * DAY), _replied(_ago(luck, 0, 9))
    return _applied(at, *replies, status="on_hold", waiting_on="nobody")


def _decided(
    at: datetime, decided: datetime, status: str, *more: tuple[datetime, str, str, str]
) -> Story:
    return _applied(
        at,
        *more,
        status=status,
        stage="Interview",
        stage_entered_at=decided - DAY,
        waiting_on="nobody",
        waiting_since=decided,
        interviewed_at=decided - DAY,
        assessed_at=decided - 2 * DAY,
        decided_at=decided,
        decided_by_id="recruiter1",
        decision=status,
        decision_reason="another was chosen",
        updated_at=decided,
    )


def _told(luck: random.Random) -> Story:
    at = _ago(luck, 30, 170)
    decided = at + 12 * DAY
    status = luck.choices(("rejected", "hired"), (12, 1))[0]
    called = (decided + 5 * HOUR, "out", "human", "phone")
    return _decided(at, decided, status, called, _replied(decided + 6 * HOUR))


def _withdrawn(luck: random.Random) -> Story:
    at = _ago(luck, 20, 170)
    wrote = (at + 2 * DAY, "in", "human", "email")
    return _applied(at, wrote, status="withdrawn", waiting_on="nobody")


def _unanswered(luck: random.Random) -> Story:
    return _applied(_ago(luck, 20, 60))


def _forgotten_by_manager(luck: random.Random) -> Story:
    story = _with_manager(luck)
    since = _ago(luck, 6, 40)
    return story._replace(
        columns=story.columns
        | {"feedback_at": None, "shared_at": since, "waiting_since": since}
    )


def _never_told(luck: random.Random) -> Story:
    decided = _ago(luck, 6, 60)
    at = decided - 15 * DAY
    return _decided(at, decided, "rejected", _replied(at + DAY))


MIX: dict[Callable[[random.Random], Story], float] = {
    _new: 18,
    _in_process: 22,
    _with_manager: 8,
    _on_hold: 3,
    _told: 42,
    _withdrawn: 5,
    _unanswered: 0.8,
    _forgotten_by_manager: 0.6,
    _never_told: 0.6,
}
_EMPTY: Values = dict.fromkeys(
    (
        "interviewed_at",
        "next_interview_at",
        "feedback_at",
        "assessed_at",
        "shared_at",
        "screened_out_at",
        "decided_at",
        "decided_by_id",
        "decision",
        "decision_reason",
    )
)
