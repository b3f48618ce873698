"""The source over real databases: streamed, read-only, and forgiving of single rows."""
# ruff: noqa: S608 - the queries are put together from what stands here

import re
import shutil
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.pool import NullPool

from monitor import mapping
from monitor.errors import ConfigError, SourceError
from monitor.model import Application, Status
from monitor.settings import SourceSettings
from monitor.source import Poll, Source

NOW = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)
ONE = "SELECT 'a' AS application_id, 'p' AS candidate_ref, {at} AS applied_at, 'open' AS status"
GOOD = "'2026-09-01 12:00:00'"
MANY = 30_000
SLY = (
    "CREATE FUNCTION sly() RETURNS text LANGUAGE sql AS"
    " $$ INSERT INTO notes VALUES (1); SELECT 'a' $$"
)
SLY_INSERT = "SELECT sly()"

QUOTE = r"""['"]"""

Open = Callable[..., Source]


def broken(raised: type[DBAPIError], said: str) -> DBAPIError:
    return raised("SELECT", {}, Exception(1292, said))


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    sqlite3.connect(tmp_path / "ats.db").close()
    return f"sqlite:///{tmp_path / 'ats.db'}"


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open sources whose mapping is the SQL given."""
    with ExitStack() as stack:

        def build(
            url: str, sql: str, messages: str | None = None, **keys: Any
        ) -> Source:
            folder = tmp_path / "own"
            folder.mkdir(exist_ok=True)
            lines = ["name: own", "title: Own", "applications: query.sql"]
            if messages is not None:
                (folder / "messages.sql").write_text(messages, encoding="utf-8")
                lines.append("messages: messages.sql")
            (folder / "mapping.yaml").write_text("\n".join(lines), encoding="utf-8")
            (folder / "query.sql").write_text(sql, encoding="utf-8")
            keys = {"timezone": "UTC"} | keys
            settings = SourceSettings(name="ats", url=url, mapping="own", **keys)
            source = Source(settings, mapping.read(folder))
            stack.callback(source.close)
            return source

        yield build


def run(url: str, *statements: str, **values: object) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement), values)


def scalar(url: str, query: str) -> object:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return connection.execute(text(query)).scalar()


def read(source: Source) -> tuple[list[Application], Poll]:
    with source.poll(NOW) as poll:
        return list(poll), poll


def table(url: str, *rows: tuple[object, ...]) -> None:
    """Make the table `entries`, all text, with these rows."""
    kind = "VARCHAR(200)" if url.startswith("mysql") else "TEXT"
    columns = ("application_id", "candidate_ref", "applied_at", "status", "told_by")
    run(
        url, f"CREATE TABLE entries ({', '.join(f'{name} {kind}' for name in columns)})"
    )
    for row in rows:
        values = dict(zip("abcde", (*row, None), strict=False))
        run(url, "INSERT INTO entries VALUES (:a, :b, :c, :d, :e)", **values)


class TestReading:
    def test_rows_become_applications(self, database: str, opened: Open) -> None:
        table(database, ("1", "p", "2026-09-01 12:00:00", "open"))
        rows, poll = read(opened(database, "SELECT * FROM entries"))
        at = datetime(2026, 9, 1, 12, tzinfo=UTC)
        assert rows == [Application("1", "p", at, Status.OPEN)]
        assert (poll.applications, poll.rejected.total()) == (1, 0)

    def test_only_a_small_part_is_in_memory(self, database: str, opened: Open) -> None:
        make_many(database)
        source = opened(database, "SELECT * FROM many")
        tracemalloc.start()
        with source.poll(NOW) as poll:
            assert sum(1 for _ in poll) == MANY
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 4_000_000  # all rows at once take over 20 MB

    def test_the_cursor_stays_on_the_server(self, server: str, opened: Open) -> None:
        make_many(server)
        source = opened(server, "SELECT * FROM many")
        cursors: list[str] = []
        event.listen(
            source.engine,
            "before_cursor_execute",
            lambda _, cursor, *__: cursors.append(type(cursor).__name__),
        )
        with source.poll(NOW) as poll:
            assert len(list(islice(poll, 10))) == 10
        assert cursors == ["ServerCursor" if "postgresql" in server else "SSCursor"]

    def test_a_poll_that_is_left_early_spoils_nothing(
        self, database: str, opened: Open
    ) -> None:
        make_many(database)
        source = opened(database, "SELECT * FROM many")
        with source.poll(NOW) as poll:
            next(iter(poll))
        assert len(read(source)[0]) == MANY

    def test_the_binds_are_now_and_the_lookback(
        self, database: str, opened: Open
    ) -> None:
        kind = {"postgresql": "timestamptz", "mysql": "DATETIME(6)"}
        cast = kind.get(make_url(database).get_backend_name())
        now, since = (
            f"CAST(:{name} AS {cast})" if cast else f":{name}"
            for name in ("now", "since")
        )
        sql = f"{ONE.format(at=since)}, {now} AS updated_at"
        source = opened(database, sql, timezone="Europe/Oslo", lookback="30 days")
        (row,), _ = read(source)
        assert (row.applied_at, row.updated_at) == (NOW - timedelta(days=30), NOW)

    def test_naive_times_are_in_the_zone_of_the_source(
        self, database: str, opened: Open
    ) -> None:
        table(database, ("1", "p", "2026-01-01 12:00:00", "open"))
        source = opened(database, "SELECT * FROM entries", timezone="Europe/Oslo")
        (row,), _ = read(source)
        assert row.applied_at == datetime(2026, 1, 1, 11, tzinfo=UTC)

    def test_a_new_file_in_place_of_the_old_is_seen(
        self, sqlite: str, opened: Open, tmp_path: Path
    ) -> None:
        table(sqlite, ("1", "p", "2026-09-01", "open"))
        source = opened(sqlite, "SELECT * FROM entries")
        before, _ = read(source)
        table(f"sqlite:///{tmp_path / 'new.db'}", ("2", "p", "2026-09-01", "open"))
        shutil.move(tmp_path / "new.db", tmp_path / "ats.db")
        after, _ = read(source)
        assert [row.application_id for row in (*before, *after)] == ["1", "2"]

    def test_messages_find_an_address_however_it_is_spelled(
        self, sqlite: str, opened: Open
    ) -> None:
        people = " UNION ALL ".join(
            f"SELECT '{n}' AS application_id, 'p' AS candidate_ref, {GOOD} AS applied_at,"
            f" 'open' AS status, '{address}' AS candidate_email"
            for n, address in ((1, " Kari@x.example"), (2, "kari@X.example "))
        )
        said = (
            "SELECT 'm' AS message_id, '2' AS application_id, 'KARI@x.example ' AS"
            " candidate_email, '2026-09-03 09:00:00' AS sent_at, 'out' AS direction,"
            " 'human' AS kind UNION ALL SELECT 'n', NULL, NULL, 'soon', 'out', 'human'"
        )
        rows, poll = read(opened(sqlite, people, said))
        replies = {row.application_id: row.first_reply_at for row in rows}
        assert replies == {"1": None, "2": datetime(2026, 9, 3, 9, tzinfo=UTC)}
        assert poll.rejected_ids == ["message n"]


def make_many(url: str) -> None:
    numbers = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
        f" WHERE i < {MANY}) SELECT i FROM n",
        "postgresql": f"SELECT i FROM generate_series(1, {MANY}) AS g(i)",
        "mysql": f"SELECT seq AS i FROM seq_1_to_{MANY}",
    }[make_url(url).get_backend_name()]
    wide = "'" + "x" * 500 + "'"
    run(
        url,
        f"CREATE TABLE many AS SELECT i AS application_id, i AS candidate_ref, {GOOD}"
        f" AS applied_at, 'open' AS status, {wide} AS decision FROM ({numbers}) AS q",
    )


class TestBadRows:
    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (("x", "p", "yesterday", "open"), "applied_at cannot be read"),
            (("x", "p", "2026-02-30 12:00:00", "open"), "applied_at cannot be read"),
            (("x", "p", None, "open"), "applied_at is missing"),
            (("x", "p", "0000-00-00 00:00:00", "open"), "applied_at is missing"),
            (("x", "p", "1899-12-31 00:00:00", "open"), "applied_at is missing"),
            (("x", None, "2026-09-01", "open"), "candidate_ref is missing"),
            (("x", "p", "2026-09-01", "pending"), "status cannot be read"),
            (("x", "p", "2026-09-01", None), "status is missing"),
            (("x", "p", "2026-09-01", "open", "smoke"), "told_by cannot be read"),
            (("", "p", "2026-09-01", "open"), "application_id is missing"),
            ((None, "p", "2026-09-01", "open"), "application_id is missing"),
        ],
    )
    def test_a_row_that_cannot_be_read_is_counted_and_skipped(
        self, sqlite: str, opened: Open, row: tuple[object, ...], reason: str
    ) -> None:
        table(sqlite, ("1", "p", "2026-09-01", "open"), row)
        rows, poll = read(opened(sqlite, "SELECT * FROM entries"))
        assert [each.application_id for each in rows] == ["1"]
        assert dict(poll.rejected) == {reason: 1}
        assert not poll.rejected_messages
        assert poll.rejected_ids == [str(row[0])]

    def test_dates_that_only_postgresql_knows_spoil_their_own_row(
        self, postgresql: str, opened: Open
    ) -> None:
        dates = ("infinity", "-infinity", "0044-03-15 BC", "294276-01-01")
        rows = " UNION ALL ".join(
            ONE.format(at=f"CAST('{at}' AS timestamptz)").replace("'a'", f"'{at}'")
            for at in (*dates, "2026-09-01 12:00+02")
        )
        found, poll = read(opened(postgresql, rows))
        assert [row.applied_at.hour for row in found] == [10]
        assert poll.rejected_ids == list(dates)

    def test_zero_dates_of_mariadb_are_no_dates(
        self, mariadb: str, opened: Open
    ) -> None:
        run(
            mariadb,
            "SET SESSION sql_mode = ''",
            "CREATE TABLE old (id INT, applied DATETIME, seen DATETIME)",
            "INSERT INTO old VALUES (1, '2026-09-01', '0000-00-00'), (2, '0000-00-00', NULL)",
        )
        sql = (
            "SELECT id AS application_id, 1 AS candidate_ref, applied AS applied_at,"
            " 'open' AS status, seen AS interviewed_at FROM old"
        )
        (row,), poll = read(opened(mariadb, sql))
        assert (row.application_id, row.interviewed_at) == ("1", None)
        assert poll.rejected_ids == ["2"]

    def test_bytes_are_text_and_bits_are_switches(
        self, mariadb: str, opened: Open
    ) -> None:
        run(
            mariadb,
            "CREATE TABLE raw (id VARBINARY(9), name VARBINARY(20), off BIT(1), y BIT(1))",
            "INSERT INTO raw VALUES ('7', 'Åse', b'0', b'1')",
        )
        sql = (
            f"SELECT id AS application_id, id AS candidate_ref, {GOOD} AS applied_at,"
            " CAST('open' AS BINARY) AS status, name AS candidate_name,"
            " off AS internal, y AS knocked_out FROM raw"
        )
        (row,), poll = read(opened(mariadb, sql))
        assert (row.application_id, row.candidate_name) == ("7", "Åse")
        assert (row.status, row.internal, row.knocked_out) == (Status.OPEN, False, True)
        assert not poll.rejected

    def test_bytes_that_are_no_text_spoil_their_own_row(
        self, sqlite: str, opened: Open
    ) -> None:
        sql = f"{ONE.format(at=GOOD)}, x'ff' AS decision"
        rows, poll = read(opened(sqlite, sql))
        assert (rows, dict(poll.rejected)) == ([], {"decision cannot be read": 1})

    def test_a_naive_time_needs_a_zone(self, sqlite: str, opened: Open) -> None:
        source = opened(sqlite, ONE.format(at=GOOD), timezone=None)
        with pytest.raises(SourceError, match="timezone:") as caught:
            read(source)
        assert caught.value.reason == "zone"

    def test_a_time_with_a_zone_needs_no_other(self, sqlite: str, opened: Open) -> None:
        sql = ONE.format(at="'2026-09-01T12:00:00+02:00'")
        (row,), _ = read(opened(sqlite, sql, timezone=None))
        assert row.applied_at == datetime(2026, 9, 1, 10, tzinfo=UTC)


class TestColumns:
    def test_every_wrong_column_is_named(self, database: str, opened: Open) -> None:
        sql = "SELECT 'a' AS application_id, 'x' AS aplied_at, 'open' AS status"
        with pytest.raises(ConfigError) as caught:
            opened(database, sql).columns(NOW)
        keys = {problem.key for problem in caught.value.problems}
        assert keys == {"aplied_at", "applied_at", "candidate_ref"}
        assert 'did you mean "applied_at"?' in str(caught.value)
        assert "query.sql" in caught.value.problems[0].file

    def test_a_column_that_comes_twice_is_named(
        self, sqlite: str, opened: Open
    ) -> None:
        source = opened(sqlite, f"{ONE.format(at=GOOD)}, 'open' AS status")
        with (
            pytest.raises(ConfigError, match="status: is delivered twice"),
            source.poll(NOW) as poll,
        ):
            next(iter(poll))

    def test_columns_of_messages_are_looked_at_as_well(
        self, sqlite: str, opened: Open
    ) -> None:
        sql = f"{ONE.format(at=GOOD)}, 'a@x.example' AS candidate_email"
        source = opened(sqlite, sql, "SELECT 1 AS message_id, 2 AS subject")
        with pytest.raises(ConfigError) as caught:
            source.columns(NOW)
        keys = {problem.key for problem in caught.value.problems}
        assert keys == {"sent_at", "direction", "kind", "subject"}

    def test_messages_ask_for_the_candidates_address(
        self, sqlite: str, opened: Open
    ) -> None:
        source = opened(sqlite, ONE.format(at=GOOD), "SELECT 1 AS message_id")
        with pytest.raises(ConfigError, match="candidate_email"):
            source.columns(NOW)

    def test_failing_sql_is_named_with_its_file(
        self, database: str, opened: Open
    ) -> None:
        with pytest.raises(ConfigError, match="no_such_table") as caught:
            opened(database, "SELECT * FROM no_such_table").columns(NOW)
        (problem,) = caught.value.problems
        assert problem.file.endswith("query.sql")
        assert problem.message.startswith("the query fails")

    def test_good_columns_are_listed(self, database: str, opened: Open) -> None:
        columns = opened(database, ONE.format(at=GOOD)).columns(NOW)
        assert columns == ["application_id", "candidate_ref", "applied_at", "status"]


class TestReadOnly:
    def test_the_session_says_so(self, database: str, opened: Open) -> None:
        assert opened(database, ONE).is_read_only()

    @pytest.mark.parametrize("engine", ["InnoDB", "MyISAM"])
    def test_mariadb_refuses_to_write_in_any_table(
        self, mariadb: str, opened: Open, engine: str
    ) -> None:
        run(mariadb, f"CREATE TABLE notes (n INT) ENGINE={engine}")
        refused(opened(mariadb, ONE), "INSERT INTO notes VALUES (1)", "READ ONLY")
        assert scalar(mariadb, "SELECT COUNT(*) FROM notes") == 0

    def test_postgresql_refuses_to_write(self, postgresql: str, opened: Open) -> None:
        run(postgresql, "CREATE TABLE notes (n INT)", SLY)
        source = opened(postgresql, ONE)
        refused(source, SLY_INSERT, "read-only transaction")
        assert scalar(postgresql, "SELECT COUNT(*) FROM notes") == 0

    def test_sqlite_refuses_to_write(self, sqlite: str, opened: Open) -> None:
        run(sqlite, "CREATE TABLE notes (n INT)")
        refused(opened(sqlite, ONE), "INSERT INTO notes VALUES (1)", "readonly")
        refused(opened(sqlite, ONE), "DROP TABLE notes", "readonly")
        assert scalar(sqlite, "SELECT COUNT(*) FROM notes") == 0

    def test_options_of_the_url_cannot_open_sqlite_for_writing(
        self, sqlite: str, opened: Open
    ) -> None:
        source = opened(f"{sqlite}?mode=rwc&uri=true", ONE)
        refused(source, "CREATE TABLE notes (n INT)", "readonly")

    def test_a_function_that_writes_fails_in_postgresql(
        self, postgresql: str, opened: Open
    ) -> None:
        run(postgresql, "CREATE TABLE notes (n INT)", SLY)
        source = opened(postgresql, ONE.format(at=GOOD).replace("'a'", "sly()"))
        with pytest.raises(SourceError, match="read-only transaction"):
            read(source)
        assert scalar(postgresql, "SELECT COUNT(*) FROM notes") == 0

    def test_a_function_that_writes_fails_in_mariadb(
        self, mariadb: str, opened: Open
    ) -> None:
        run(
            mariadb,
            "CREATE TABLE notes (n INT) ENGINE=MyISAM",
            "CREATE FUNCTION sly() RETURNS INT BEGIN INSERT INTO notes VALUES (1); RETURN 1; END",
        )
        source = opened(mariadb, ONE.format(at=GOOD).replace("'a'", "sly()"))
        with pytest.raises(SourceError, match="READ ONLY"):
            read(source)
        assert scalar(mariadb, "SELECT COUNT(*) FROM notes") == 0

    def test_a_with_clause_that_writes_fails(
        self, postgresql: str, opened: Open
    ) -> None:
        run(postgresql, "CREATE TABLE notes (n INT)")
        sql = f"WITH w AS (INSERT INTO notes VALUES (1) RETURNING n) {ONE.format(at=GOOD)} FROM w"
        source = opened(postgresql, sql)
        with pytest.raises(SourceError):
            read(source)
        with pytest.raises(ConfigError):
            source.columns(NOW)
        assert scalar(postgresql, "SELECT COUNT(*) FROM notes") == 0

    def test_a_query_cannot_lift_the_ban_for_the_next(
        self, postgresql: str, opened: Open
    ) -> None:
        run(postgresql, "CREATE TABLE notes (n INT)", SLY)
        lifted = "set_config('default_transaction_read_only', 'off', false)"
        source = opened(postgresql, ONE.format(at=GOOD).replace("'a'", lifted))
        read(source)
        refused(source, SLY_INSERT, "read-only transaction")

    @pytest.mark.parametrize(
        "sql",
        [
            "SET SESSION TRANSACTION READ WRITE",
            "INSERT INTO notes VALUES (1)",
            "UPDATE notes SET n = 2",
            "DROP TABLE notes",
            f"{ONE.format(at=GOOD)}; DELETE FROM notes",
        ],
    )
    def test_what_is_no_query_is_refused_before_it_is_run(
        self, database: str, opened: Open, sql: str
    ) -> None:
        run(database, "CREATE TABLE notes (n INT)", "INSERT INTO notes VALUES (1)")
        with pytest.raises(ConfigError):
            opened(database, sql).columns(NOW)
        assert scalar(database, "SELECT COUNT(*) FROM notes WHERE n = 1") == 1

    def test_a_statement_cannot_be_slipped_past_the_brackets(
        self, postgresql: str, opened: Open
    ) -> None:
        run(postgresql, "CREATE TABLE notes (n INT)")
        slipped = (
            "SELECT 1) AS q; COMMIT; SET default_transaction_read_only = off; BEGIN;"
            " INSERT INTO notes VALUES (1); COMMIT; SELECT * FROM (SELECT 2"
        )
        with pytest.raises(ConfigError, match="multiple commands"):
            opened(postgresql, slipped).columns(NOW)
        assert scalar(postgresql, "SELECT COUNT(*) FROM notes") == 0


def refused(source: Source, statement: str, match: str) -> None:
    """Run a statement in the source's own session; it must fail."""
    with source.poll(NOW) as poll, pytest.raises(DBAPIError, match=match):
        poll._connection.execute(text(statement))


class TestTrouble:
    def test_a_slow_query_is_ended(self, server: str, opened: Open) -> None:
        slow = "pg_sleep(30)" if "postgresql" in server else "SLEEP(30)"
        sql = f"{ONE.format(at=GOOD)}, CAST({slow} AS CHAR(9)) AS decision"
        source = opened(server, sql, statement_timeout="1 second")
        with pytest.raises(SourceError, match="statement") as caught:
            read(source)
        assert caught.value.reason == "timeout"

    def test_a_slow_probe_is_no_mistake_of_the_mapping(
        self, mariadb: str, opened: Open
    ) -> None:
        sql = (
            f"SELECT * FROM ({ONE.format(at=GOOD)}, SLEEP(30) AS decision LIMIT 1) AS r"
        )
        source = opened(mariadb, sql, statement_timeout="1 second")
        with pytest.raises(SourceError) as caught:
            source.columns(NOW)
        assert caught.value.reason == "timeout"

    def test_a_session_that_the_server_ends_fails_the_poll_and_not_the_next(
        self, postgresql: str, opened: Open
    ) -> None:
        make_many(postgresql)
        source = opened(postgresql, "SELECT * FROM many")
        with source.poll(NOW) as poll:
            number = poll._connection.execute(text("SELECT pg_backend_pid()")).scalar()
            rows = iter(poll)
            next(rows)
            run(postgresql, f"SELECT pg_terminate_backend({number})")
            with pytest.raises(SourceError) as caught:
                list(rows)
        assert caught.value.reason == "connect"
        assert len(read(source)[0]) == MANY

    def test_a_session_that_died_between_two_polls_is_opened_anew(
        self, server: str, opened: Open
    ) -> None:
        source = opened(server, ONE.format(at=GOOD))
        own, end = {
            "postgresql": ("pg_backend_pid()", "SELECT pg_terminate_backend({})"),
            "mysql": ("CONNECTION_ID()", "KILL {}"),
        }[source.dialect]
        with source.poll(NOW) as poll:
            number = poll._connection.execute(text(f"SELECT {own}")).scalar()
        run(server, end.format(number))
        assert len(read(source)[0]) == 1

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql+psycopg://svar:s3cret@127.0.0.1:1/ats",
            "postgresql+psycopg://svar@127.0.0.1:1/ats?password=s3cret",
            "mysql+pymysql://svar:s3cret@127.0.0.1:1/ats",
            "mysql+pymysql://svar:s3cret@127.0.0.1:1/ats?ssl_ca=/no/such.pem",
            "sqlite:////no/such/folder/s3.db",
        ],
    )
    def test_a_database_that_is_down_is_named_without_its_password(
        self, opened: Open, url: str
    ) -> None:
        with pytest.raises(SourceError, match="ats: no connection to") as caught:
            opened(url, ONE).columns(NOW)
        assert caught.value.reason == "connect"
        assert "s3cret" not in str(caught.value)

    @pytest.mark.parametrize(
        ("url", "match"),
        [
            ("oracle://svar:s3cret@host/ats", "cannot be held to reading only"),
            ("nonesuch://svar:s3cret@host/ats", "cannot be"),
            ("mysql+nonesuch://svar:s3cret@host/ats", "driver cannot be used"),
            ("postgresql+psycopg://svar:x@s3cret@host/ats", "written %40"),
            ("postgresql+psycopg://svar:s3cret@host:port/ats", "are numbers"),
            ("mysql+pymysql://svar:s3cret@h/ats?pool_size=big", "are numbers"),
        ],
    )
    def test_a_url_that_cannot_be_used_is_refused(
        self, opened: Open, url: str, match: str
    ) -> None:
        with pytest.raises(SourceError, match=match) as caught:
            opened(url, ONE)
        assert "s3cret" not in str(caught.value)

    def test_a_value_that_the_database_chokes_on_is_not_repeated(
        self, postgresql: str, opened: Open
    ) -> None:
        sql = (
            ONE.format(at="CAST(name AS date)")
            + " FROM (SELECT 'Åse Dahl' AS name) AS n"
        )
        with pytest.raises(SourceError, match="invalid input syntax") as caught:
            read(opened(postgresql, sql))
        assert "Åse" not in str(caught.value)

    @pytest.mark.parametrize(
        ("raised", "said"),
        [
            (
                DataError,
                "Incorrect integer value: 'Kari Nordmann' for column `ats`.`age` at row 1",
            ),
            (DataError, 'invalid input syntax for type date: "Kari"\nLINE 1: SELECT'),
            (DataError, 'time zone "Kari" not recognized'),
            (OperationalError, "Truncated incorrect DOUBLE value: 'Kari Nordmann'"),
            (OperationalError, "Incorrect DATE value: 'Kari O'Nordmann'"),
            (OperationalError, "Incorrect DATE value: 'A\n'Kari'"),
            (OperationalError, "Incorrect DATE value: 'Kari Nord"),
            (OperationalError, "Invalid utf8mb4 character string: 'Kari'"),
            (IntegrityError, "Duplicate entry 'Kari-1' for key 'group_key'"),
            (ProgrammingError, 'invalid value "Kari" for "YYYY"'),
            (ProgrammingError, 'date/time field value out of range: "Kari"'),
        ],
    )
    def test_nor_is_it_whatever_the_driver_calls_the_error(
        self, raised: type[DBAPIError], said: str, sqlite: str, opened: Open
    ) -> None:
        failed = opened(sqlite, ONE.format(at=GOOD)).failed(broken(raised, said))
        assert not re.search(r"Kari|Nord", str(failed))
        assert f"{re.split(QUOTE, said)[0]}…" in str(failed)

    @pytest.mark.parametrize(
        "said",
        [
            "no such column: q.value",
            "Unknown column 'q.value' in 'field list'",
            'column "value" does not exist',
            'relation "candidates" does not exist',
            "Table 'ats.candidates' doesn't exist",
            'near "FORM": syntax error',
        ],
    )
    def test_the_names_that_a_query_gets_wrong_are_told(
        self, said: str, sqlite: str, opened: Open
    ) -> None:
        failed = opened(sqlite, ONE.format(at=GOOD)).failed(
            broken(ProgrammingError, said)
        )
        assert said in str(failed)

    def test_text_that_is_not_utf8_is_not_repeated(
        self, sqlite: str, opened: Open
    ) -> None:
        sql = f"{ONE.format(at=GOOD)}, CAST(x'c5736520ff' AS TEXT) AS candidate_name"
        with pytest.raises(SourceError, match="Could not decode") as caught:
            read(opened(sqlite, sql))
        assert "se " not in str(caught.value).partition("candidate_name")[2]


class TestMessages:
    """One application's mail, as odd as databases deliver it."""

    MAIL = (
        "SELECT 1 AS message_id, {about} AS application_id,"
        " {address} AS candidate_email, '{sent}' AS sent_at, 'out' AS direction,"
        " {kind} AS kind, {delivery} AS delivery, {hint} AS subject_hint,"
        " {channel} AS channel"
    )
    PLAIN = {  # noqa: RUF012 - nobody changes it
        "about": "NULL",
        "address": "'kari@example.org'",
        "sent": "2026-09-02 12:00:00",
        "kind": "'human'",
        "delivery": "'sent'",
        "hint": "NULL",
        "channel": "NULL",
    }
    KARI = f"{ONE.format(at=GOOD)}, 'Kari@example.org' AS candidate_email"

    def answered(self, url: str, opened: Open, **changed: str) -> tuple[bool, Poll]:
        mail = self.MAIL.format(**self.PLAIN | changed)
        (row,), poll = read(opened(url, self.KARI, mail))
        return row.first_reply_at is not None, poll

    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"address": "CAST('kari@example.org' AS BLOB)"},
            {"about": "CAST('a' AS BLOB)", "address": "7"},
            {"kind": "CAST('human' AS BLOB)", "hint": "CAST('Hello' AS BLOB)"},
            {"delivery": "CAST('unknown' AS BLOB)", "hint": "7"},
            {"delivery": "NULL"},
        ],
    )
    def test_bytes_and_numbers_are_text(
        self, sqlite: str, opened: Open, changed: dict[str, str]
    ) -> None:
        answered, poll = self.answered(sqlite, opened, **changed)
        assert answered
        assert not poll.rejected

    @pytest.mark.parametrize("delivery", ["'bounced'", "CAST('queued' AS BLOB)", "0"])
    def test_a_delivery_that_is_not_known_is_no_answer(
        self, sqlite: str, opened: Open, delivery: str
    ) -> None:
        answered, poll = self.answered(sqlite, opened, delivery=delivery)
        assert not answered
        assert not poll.rejected

    @pytest.mark.parametrize(
        "changed",
        [
            {"hint": "x'ff'"},
            {"address": "x'ff'"},
            {"kind": "NULL"},
            {"channel": "'fax'"},
        ],
    )
    def test_what_cannot_be_read_is_rejected(
        self, sqlite: str, opened: Open, changed: dict[str, str]
    ) -> None:
        answered, poll = self.answered(sqlite, opened, **changed)
        assert not answered
        assert not poll.rejected
        assert poll.rejected_messages == {"message cannot be read": 1}
        assert poll.rejected_ids == ["message 1"]

    @pytest.mark.parametrize("channel", ["'phone'", "CAST('phone' AS BLOB)"])
    def test_a_call_is_told_from_a_mail(
        self, sqlite: str, opened: Open, channel: str
    ) -> None:
        mail = self.MAIL.format(**self.PLAIN | {"channel": channel})
        (row,), _ = read(opened(sqlite, self.KARI, mail))
        assert row.called_at == row.last_reply_at is not None
        assert row.last_written_at is None

    def test_what_messages_deliver_is_known_by_their_columns(
        self, sqlite: str, opened: Open
    ) -> None:
        mail = self.MAIL.format(**self.PLAIN)
        silent = mail.replace(", NULL AS channel", "")
        with_calls = opened(sqlite, self.KARI, mail).delivered(NOW)
        without = opened(sqlite, self.KARI, silent).delivered(NOW)
        assert with_calls - without == {"called_at"}
        assert "channel" not in with_calls

    def test_mail_that_is_yet_to_be_sent_is_no_answer(
        self, sqlite: str, opened: Open
    ) -> None:
        later = f"{NOW + timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"
        assert not self.answered(sqlite, opened, sent=later)[0]
        exactly = f"{NOW:%Y-%m-%d %H:%M:%S}"
        assert self.answered(sqlite, opened, sent=exactly)[0]


class TestOptions:
    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("sslmode=s3cret", "sslmode"),
            ("charset=s3cret", "charset"),
            ("ssl_ca=/no/such.pem&autocommit=s3cret&nonsense=s3cret", "nonsense"),
        ],
    )
    def test_an_option_of_another_driver_is_named_without_its_value(
        self, mariadb: str, opened: Open, query: str, names: str
    ) -> None:
        url = make_url(mariadb).update_query_string(query)
        source = opened(url.render_as_string(hide_password=False), ONE)
        with pytest.raises(SourceError, match="cannot take the URL's options") as found:
            source.columns(NOW)
        assert names in str(found.value)
        assert "s3cret" not in str(found.value)

    def test_pool_options_of_the_url_reach_the_pool(self, opened: Open) -> None:
        url = (
            "postgresql+psycopg://svar@h/ats?pool_size=3&max_overflow=0&sslmode=require"
        )
        engine = opened(url, ONE).engine
        assert engine.pool.size() == 3  # type: ignore[attr-defined] # of this pool
        _, options = engine.dialect.create_connect_args(engine.url)
        assert options["sslmode"] == "require"
        assert "pool_size" not in options

    def test_tls_options_reach_the_driver(self, postgresql: str, opened: Open) -> None:
        url = make_url(postgresql).update_query_dict({"sslmode": "sometimes"})
        source = opened(url.render_as_string(hide_password=False), ONE)
        with pytest.raises(SourceError, match="invalid sslmode value"):
            source.columns(NOW)

    def test_a_certificate_that_is_not_there_is_said(
        self, mariadb: str, opened: Open
    ) -> None:
        url = make_url(mariadb).update_query_dict({"ssl_ca": "/no/such/ca.pem"})
        source = opened(url.render_as_string(hide_password=False), ONE)
        with pytest.raises(SourceError, match="No such file"):
            source.columns(NOW)
