"""The standard schema and its query, on a real SQLite file and a real PostgreSQL."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from monitor import configuration, mapping, shipped
from monitor.demo import ats, letters, tally, world
from monitor.model import Application
from monitor.source import Source
from tests.stories import office
from tests.stories.ats.standard import DECLINED, NOON, STORIES, Message, Row

FOLDER = shipped.folder() / "config" / "ats" / "standard"
QUERY = (FOLDER / "query.sql").read_text(encoding="utf-8")
TABLES = (
    "people",
    "jobs",
    "candidates",
    "applications",
    "messages",
    "candidate_turns",
)
INSTANT = "%Y-%m-%d %H:%M:%S"

NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path / 'ats.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    engine = create_engine(url, poolclass=NullPool)
    create_schema(engine)
    yield engine
    engine.dispose()


def create_schema(engine: Engine) -> None:
    ddl = (FOLDER / f"schema.{engine.dialect.name}.sql").read_text(encoding="utf-8")
    with closing(engine.raw_connection()) as connection:
        if engine.dialect.name == "sqlite":
            connection.driver_connection.executescript(ddl)  # type: ignore[union-attr]
        else:
            connection.cursor().execute(ddl)
        connection.commit()


def bound(engine: Engine, now: datetime, since: datetime) -> Row:
    if engine.dialect.name == "sqlite":
        return {"now": f"{now:{INSTANT}.%f}", "since": f"{since:{INSTANT}.%f}"}
    return {"now": now, "since": since}


def plain(column: str, value: object) -> object:
    """Return a value as SQLite gives it, whichever database it came from."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):{INSTANT}}"
    if column == "paused" and value is not None:
        return str(value).replace("+00", "")
    if column in {"internal", "knocked_out"} and value is not None:
        return int(bool(value))
    return value


def read(engine: Engine, now: datetime = NOW, since: datetime = SINCE) -> list[Row]:
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET TIME ZONE 'UTC'"))
        found = connection.execute(text(QUERY), bound(engine, now, since))
        rows = [{k: plain(k, v) for k, v in row.items()} for row in found.mappings()]
    return sorted(rows, key=lambda row: str(row["application_id"]))


def insert(engine: Engine, table: str, *rows: Mapping[str, object]) -> None:
    with engine.begin() as connection:
        for row in rows:
            columns, values = ", ".join(row), ", ".join(f":{key}" for key in row)
            sql = f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - names are ours
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET TIME ZONE 'UTC'"))
            connection.execute(text(sql), dict(row))


def furnish(engine: Engine) -> None:
    """Add the people and two jobs: one open, one filled on 20 March."""
    for person, role in (("ida", "recruiter"), ("per", "manager")):
        email = f"{person}@example.com"
        insert(
            engine,
            "people",
            {"id": person, "email": email, "name": person, "role": role},
        )
    job: Row = {
        "department": "IT",
        "country": "NO",
        "recruiter_id": "ida",
        "manager_id": "per",
    }
    shut = {"status": "filled", "closed_at": "2026-03-20 12:00:00"}
    insert(engine, "jobs", {"id": "dev", "title": "Developer", "status": "open"} | job)
    insert(engine, "jobs", {"id": "ops", "title": "Operator"} | shut | job)


def apply(engine: Engine, name: str, fields: Row, messages: list[Message]) -> None:
    insert(
        engine, "candidates", {"id": name, "name": name, "email": f"{name}@example.org"}
    )
    application: Row = {
        "id": name,
        "candidate_id": name,
        "job_id": "dev",
        "applied_at": NOON,
        "status": "open",
        "updated_at": NOON,
    }
    insert(engine, "applications", application | fields)
    for number, (sent_at, direction, kind, channel) in enumerate(messages):
        message = {"id": f"{name}-{number}", "application_id": name, "sent_at": sent_at}
        how = {"direction": direction, "kind": kind, "channel": channel}
        insert(engine, "messages", message | how)


def test_the_query_tells_each_story(database: Engine) -> None:
    furnish(database)
    for name, (fields, messages, _) in STORIES.items():
        apply(database, name, fields, messages)
    rows = {str(row["application_id"]): row for row in read(database)}
    expected = {name: story[2] for name, story in STORIES.items()}
    assert {
        name: {k: rows[name][k] for k in expected[name]} for name in rows
    } == expected


def test_the_candidates_turns_stand_in_one_text(database: Engine) -> None:
    furnish(database)
    apply(database, "tested", {"waiting_on": "candidate", "waiting_since": NOON}, [])
    apply(database, "never", {}, [])
    turns = [
        ("2026-03-10 08:00:00", "2026-03-12 16:30:00"),
        ("2026-03-03 09:00:00", "2026-03-05 10:00:00"),
    ]
    for starts_at, ends_at in turns:
        turn = {"application_id": "tested", "starts_at": starts_at, "ends_at": ends_at}
        insert(database, "candidate_turns", turn)
    paused = {row["application_id"]: row["paused"] for row in read(database)}
    first, second = sorted("/".join(turn) for turn in turns)
    assert paused == {"tested": f"{first}, {second}", "never": None}


def test_the_source_reads_the_turns_as_spells(database: Engine, tmp_path: Path) -> None:
    furnish(database)
    apply(database, "tested", {}, [])
    turn = {"starts_at": "2026-03-03 09:00:00", "ends_at": "2026-03-05 10:00:00"}
    insert(database, "candidate_turns", {"application_id": "tested"} | turn)
    place = office.build(tmp_path / "office")
    url = database.url.render_as_string(hide_password=False)
    place.source(name="ats", url=url, mapping="standard", timezone="UTC")
    loaded = configuration.read(place.settings, {})
    ats_source = Source(loaded.settings.sources[0], loaded.mappings["ats"])
    with closing(ats_source), ats_source.poll(NOW) as poll:
        (row,) = poll
    begins, ends = (datetime.fromisoformat(at + "+00:00") for at in turn.values())
    assert row.paused == ((begins, ends),)


def test_old_decided_rows_are_left_out_and_old_open_ones_are_not(
    database: Engine,
) -> None:
    furnish(database)
    old = "2025-12-31 23:59:59"
    apply(database, "open", {"updated_at": old}, [])
    apply(database, "left-over", {"job_id": "ops", "updated_at": old}, [])
    apply(database, "reserve", {"status": "on_hold", "updated_at": old}, [])
    apply(database, "declined", DECLINED | {"updated_at": old}, [])
    apply(database, "withdrawn", {"status": "withdrawn", "updated_at": old}, [])
    apply(database, "touched", DECLINED | {"updated_at": "2026-01-01 00:00:01"}, [])
    after_closing = datetime(2026, 3, 21, tzinfo=UTC)
    left = {row["application_id"] for row in read(database)}
    assert left == {"open", "left-over", "reserve", "touched"}
    late = {row["application_id"] for row in read(database, since=after_closing)}
    assert late == {"open", "reserve"}


def test_the_query_delivers_columns_of_the_view_and_nothing_else(
    database: Engine,
) -> None:
    wrapped = text(f"SELECT * FROM ({QUERY}) AS q WHERE 1=0")  # noqa: S608 - as the source asks
    with database.connect() as connection:
        columns = list(connection.execute(wrapped, bound(database, NOW, SINCE)).keys())
    # The phase is not the query's to say: it comes from the mapping's stages.
    assert sorted(columns) == sorted(set(Application._fields) - {"phase"})


def test_the_mapping_knows_every_stage_of_the_demo(
    season: tuple[world.World, Engine],
) -> None:
    shipped_mapping = mapping.read(FOLDER)
    played, engine = season
    stages = {row["stage"] for row in read(engine, played.ends_at, played.starts_at)}
    assert set(shipped_mapping.file.dialects) == {"sqlite", "postgresql"}
    assert shipped_mapping.messages is None
    assert stages <= set(shipped_mapping.file.stages)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "pending"},
        {"status": "rejected"},
        {"waiting_on": "chance"},
        {"survey_score": 11},
    ],
    ids=["status", "rejected without an instant", "ball", "score"],
)
def test_the_schema_refuses(database: Engine, wrong: Row) -> None:
    furnish(database)
    with pytest.raises(IntegrityError):
        apply(database, "wrong", wrong, [])


@pytest.mark.parametrize(
    "message",
    [
        ("2026-03-11 09:00:00", "out", "attempt", "email"),
        ("2026-03-11 09:00:00", "in", "attempt", "phone"),
    ],
    ids=["mail", "inbound"],
)
def test_only_we_try_to_call(database: Engine, message: Message) -> None:
    furnish(database)
    with pytest.raises(IntegrityError):
        apply(database, "wrong", {}, [message])


def test_a_turn_does_not_end_before_it_starts(database: Engine) -> None:
    furnish(database)
    apply(database, "tested", {}, [])
    turn = {"starts_at": "2026-03-05 10:00:00", "ends_at": "2026-03-05 09:59:59"}
    with pytest.raises(IntegrityError):
        insert(database, "candidate_turns", {"application_id": "tested"} | turn)


@pytest.mark.parametrize(
    "spelling",
    ["2026-03-02T12:00:00", "2026-03-02 12:00:00Z", "2026-03-02", "2.3.2026", "noon"],
)
def test_sqlite_refuses_other_spellings_of_time(tmp_path: Path, spelling: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'ats.db'}", poolclass=NullPool)
    create_schema(engine)
    furnish(engine)
    with pytest.raises(IntegrityError):
        apply(engine, "wrong", {"applied_at": spelling}, [])
    engine.dispose()


@pytest.fixture
def season(tmp_path: Path) -> Iterator[tuple[world.World, Engine]]:
    played = world.season(5, 6, date(2026, 9, 7))
    path = tmp_path / "season.db"
    ats.create(path)
    with closing(sqlite3.connect(path)) as connection:
        ats.apply(connection, played.events)
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    yield played, engine
    engine.dispose()


def test_a_season_reads_back_as_it_happened(season: tuple[world.World, Engine]) -> None:
    played, engine = season
    rows = read(engine, played.ends_at, played.starts_at)
    said = tally.count(played.events, played.ends_at)
    settled = [row for row in rows if row["decided_at"]]
    assert len(rows) == said.applications
    assert sum(row["first_reply_at"] is not None for row in rows) == said.answered
    assert sum(row["told_at"] is None for row in settled) == said.untold
    # Who works there already is entered by hand, past the machine that confirms.
    assert all(bool(row["receipt_at"]) != bool(row["internal"]) for row in rows)
    longest = max(
        (
            datetime.fromisoformat(
                str(row["first_reply_at"] or letters.text(played.ends_at))
            )
            - datetime.fromisoformat(str(row["applied_at"]))
        )
        for row in rows
    )
    assert longest == said.longest_wait


def test_postgresql_agrees_with_sqlite_row_for_row(
    season: tuple[world.World, Engine], postgresql: str
) -> None:
    played, origin = season
    copy = create_engine(postgresql, poolclass=NullPool)
    create_schema(copy)
    flags = {"internal", "knocked_out"}
    with origin.connect() as connection:
        for table in TABLES:
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608 - ours
            for row in rows:
                kept = {k: v for k, v in row.items() if k not in office.COMPUTED}
                insert(
                    copy,
                    table,
                    {k: bool(v) if k in flags else v for k, v in kept.items()},
                )
    assert read(copy, played.ends_at, played.starts_at) == read(
        origin, played.ends_at, played.starts_at
    )
    copy.dispose()
