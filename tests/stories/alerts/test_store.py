"""Svar's own state on a real SQLite and a real PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, func, insert, select, text, update

from monitor import alerts, store
from monitor.alerts import Alert, Change, Reason, State, Transition
from monitor.errors import StoreError
from monitor.evaluate import Ending, Verdict
from monitor.outbox import Digests, Notice
from monitor.rules import Kind
from monitor.store import Store, ledger
from monitor.store import tables as schema
from monitor.store.chunks import MOST
from monitor.store.ledger import Owed, Run
from monitor.store.outbox import claims, contacts, mail
from monitor.store.outbox.contacts import Person
from monitor.store.outbox.turns import Moment
from monitor.store.words import PostStatus, RunOutcome
from tests.builders import INGRID, PER, at, calendar, finding
from tests.stories.delivery import claiming

NOW = at("2026-09-22 10:00")
MOMENT = Moment(NOW, NOW.date())
DIGESTS = Digests(calendar(), time(9))
DAY = timedelta(days=1)
ALL = (schema.alerts, schema.transitions, schema.posts, schema.notices, schema.runs)
NOBODY = 65534  # the user that owns nothing


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/svar.db"
    found: str = request.getfixturevalue("postgresql")
    return found


@contextmanager
def opened(url: str) -> Iterator[Store]:
    state = Store(url)
    try:
        state.claim()
        state.upgrade()
        yield state
    finally:
        state.close()


@pytest.fixture
def state(url: str) -> Iterator[Store]:
    with opened(url) as ready:
        yield ready


def opening(application: str, *recipients: str) -> Owed:
    """Return an alert that opens, and the notices it causes."""
    alert = Alert(
        None, "ats", finding(application_id=application), State.BREACHED, step=0
    )
    first = Transition(None, State.BREACHED, Reason.OPENED, alert.seen.due_at)
    told = tuple(Notice("target", Kind.BREACH, each, NOW) for each in recipients)
    return Change(alert, (first,)), told


def closing(alert: Alert) -> Owed:
    return alerts.settle(alert, Verdict(Ending.STOPPED, NOW)), ()


def write(state: Store, owed: list[Owed], now: datetime = NOW) -> None:
    with state.write() as connection:
        ledger.apply(connection, owed, now=now)


def read_open(state: Store) -> dict[str, Alert]:
    with state.read() as connection:
        found = ledger.read_open(connection, "ats")
    return {application: alert for (_, application), alert in found.items()}


def counts(state: Store) -> dict[str, int]:
    with state.read() as connection:
        return {
            table.name: connection.execute(
                select(func.count()).select_from(table)
            ).scalar_one()
            for table in ALL
        }


def test_the_migrations_reach_the_tables_exactly(state: Store) -> None:
    with state.read() as connection:
        # SQLite reads an empty default back as two quotes, which compares as another.
        options = {"compare_type": True, "compare_server_default": not state.is_sqlite}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []


def test_the_migrations_make_the_same_indexes_as_the_tables(
    url: str, tmp_path: Path
) -> None:
    with opened(url) as migrated:
        reached = indexes(migrated)
        with migrated.write() as connection:
            schema.metadata.drop_all(connection)
            schema.metadata.create_all(connection)
        assert indexes(migrated) == reached
        assert any("due_at IS NOT NULL" in index for index in reached)


def indexes(state: Store) -> list[str]:
    query = (
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if state.is_sqlite
        else "SELECT indexdef FROM pg_indexes WHERE tablename != 'alembic_version'"
        " AND schemaname = 'public'"
    )
    with state.read() as connection:
        found = connection.execute(text(query)).scalars()
        return sorted(" ".join(each.split()) for each in found)


def test_a_new_state_says_that_it_is_not_migrated(url: str) -> None:
    fresh = Store(url)
    try:
        assert (fresh.version(), fresh.is_current()) == (None, False)
        fresh.upgrade()
        fresh.upgrade()
        assert fresh.is_current()
        assert fresh.version() == store.head()
    finally:
        fresh.close()


def test_many_alerts_come_back_as_they_were_written(state: Store) -> None:
    many = [opening(f"A{n}", f"p{n}@example.org") for n in range(2 * MOST + 7)]
    write(state, many)
    found = read_open(state)
    assert len(found) == len(many)
    for change, _ in many:
        alert = found[change.alert.seen.application_id]
        assert replace(alert, id=None) == change.alert
    with state.read() as connection:
        mixed = connection.execute(
            select(schema.alerts.c.application_id, schema.notices.c.recipient)
            .join(schema.notices)
            .order_by(schema.alerts.c.id)
        ).all()
    assert [(f"A{n}", f"p{n}@example.org") for n in range(len(many))] == [
        tuple(row) for row in mixed
    ]


def test_a_failure_in_the_middle_keeps_nothing(state: Store) -> None:
    write(state, [opening("A0", INGRID)])
    before = counts(state)
    [alert] = read_open(state).values()
    fresh = [opening(f"B{n}", INGRID) for n in range(MOST + 1)]
    twice = opening("C", INGRID, INGRID)
    with pytest.raises(StoreError, match="cannot be written"):
        write(state, [closing(alert), *fresh, twice])
    assert counts(state) == before
    assert list(read_open(state)) == ["A0"]


def test_who_was_told_of_a_step_is_not_owed_it_again(state: Store) -> None:
    write(state, [opening("A0", INGRID)])
    [alert] = read_open(state).values()
    again = Notice("target", Kind.BREACH, INGRID, NOW)
    other = Notice("target", Kind.BREACH, PER, NOW)
    write(state, [(Change(alert, ()), (again, other))])
    assert counts(state)["notices"] == 2


def test_one_alert_is_open_for_a_rule_and_an_application(state: Store) -> None:
    write(state, [opening("A0")])
    later = opening("A0")[0]
    moved = later.alert.seen._replace(started_at=at("2026-09-08 09:00"))
    again = Change(replace(later.alert, seen=moved), later.transitions)
    with pytest.raises(StoreError):
        write(state, [(again, ())])
    write(state, [closing(read_open(state)["A0"]), (again, ())])
    assert read_open(state)["A0"].seen.started_at == at("2026-09-08 09:00")


def test_a_closed_alert_is_found_by_its_very_start(state: Store) -> None:
    write(state, [opening("A0"), opening("A1")])
    write(state, [closing(alert) for alert in read_open(state).values()])
    same, other = finding(application_id="A0"), finding(application_id="A1")
    other = other._replace(started_at=other.started_at + DAY)
    with state.read() as connection:
        found = ledger.read_closed(connection, "ats", [same, other])
    assert list(found) == [("first-reply", "A0")]
    assert found["first-reply", "A0"].reason is Reason.LATE


def test_the_last_good_poll_is_that_of_the_source(state: Store) -> None:
    runs = [
        Run("ats", NOW - 100 * DAY, RunOutcome.OK, applications=1),
        Run("ats", NOW - DAY, RunOutcome.OK, applications=7),
        Run("ats", NOW, RunOutcome.FAILED, error="down"),
        Run("other", NOW, RunOutcome.OK, applications=9),
    ]
    with state.write() as connection:
        for run in runs:
            ledger.record(connection, run)
        assert ledger.last_good(connection, "ats") == runs[1]
        assert ledger.last_good(connection, "nobody") is None


def test_open_alerts_are_counted_by_rule_and_state(state: Store) -> None:
    write(state, [opening("A0"), opening("A1"), opening("A2")])
    write(state, [closing(read_open(state)["A2"])])
    with state.read() as connection:
        [row] = ledger.count_open(connection, now=NOW)
    assert (row.rule, row.state, row.count) == ("first-reply", "breached", 2)
    assert row.oldest_due_at == finding().due_at


def test_what_slack_said_of_a_person_is_replaced(state: Store) -> None:
    lost = Person(INGRID, None, None, None, NOW, "users_not_found")
    found = Person(INGRID, "U1", "D1", "Ingrid", NOW + DAY, None)
    write(state, [opening("A0", INGRID)])
    with state.write() as connection:
        assert contacts.read(connection, INGRID) is None
        contacts.remember(connection, lost)
        assert mail.backlog(connection, MOMENT, DIGESTS, str).unreachable == 1
        contacts.remember(connection, found)
        assert contacts.read(connection, INGRID) == found
        assert mail.backlog(connection, MOMENT, DIGESTS, str).unreachable == 0


def test_a_naive_instant_does_not_enter_the_state(state: Store) -> None:
    naive = datetime(2026, 9, 7, 9)  # noqa: DTZ001 - the mistake itself
    with (
        pytest.raises(StoreError, match="a naive instant may not enter the state"),
        state.write() as connection,
    ):
        ledger.record(connection, Run("ats", naive, RunOutcome.OK))


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
def test_instants_are_kept_to_the_microsecond(state: Store, microsecond: int) -> None:
    exact = datetime(2026, 3, 29, 1, 30, tzinfo=UTC, microsecond=microsecond)
    with state.write() as connection:
        ledger.record(connection, Run("ats", exact, RunOutcome.OK))
        run = ledger.last_good(connection, "ats")
    assert run is not None
    assert run.as_of == exact
    assert run.as_of.tzinfo is UTC


def fill(state: Store) -> None:
    """Leave years of settled alerts, posts and notices, and a handful that are due."""
    hours = [NOW - n * timedelta(hours=1) for n in range(5000)]
    write(state, [opening(f"A{n}") for n in range(len(hours))])
    with state.write() as connection:
        connection.execute(
            insert(schema.posts),
            [
                {
                    "key": f"{n}",
                    "recipient": f"p{n}@example.org",
                    "sent_on": when.date(),
                    "status": "waiting" if n < 3 else "sent",
                    "due_at": when if n < 3 else None,
                    "edit_due_at": when if n < 3 else None,
                    "attempts": 1,
                    "rendered_at": when,
                    "is_plain": False,
                    "is_public": False,
                }
                for n, when in enumerate(hours)
            ],
        )
        connection.execute(
            insert(schema.notices),
            [
                {
                    "alert_id": n + 1,
                    "firing": "target",
                    "kind": "breach",
                    "recipient": f"p{n}@example.org",
                    "due_at": when,
                    "status": "queued" if n < 3 else "sent",
                    "post_id": None if n < 3 else n + 1,
                    "created_at": when,
                }
                for n, when in enumerate(hours)
            ],
        )
        connection.execute(
            update(schema.alerts).where(schema.alerts.c.id > 3).values(closed_at=NOW)
        )
        if not state.is_sqlite:  # which nobody tells how much there is of what
            connection.execute(text("ANALYZE"))


def explain(state: Store, ask: Callable[[Connection], object]) -> str:
    """Return how the database finds what is asked for, statement by statement."""
    asked: list[tuple[str, Any]] = []

    def keep(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        asked.append((statement, parameters))

    event.listen(state.engine, "before_cursor_execute", keep)
    try:
        with state.write() as connection:
            ask(connection)
    finally:
        event.remove(state.engine, "before_cursor_execute", keep)
    words = "EXPLAIN QUERY PLAN" if state.is_sqlite else "EXPLAIN"
    plans = []
    with state.read() as connection:
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(f"{words} {statement}", parameters)
            plans += [str(row[-1]) for row in rows]
    return "\n".join(plans)


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        pytest.param(lambda c: claims.delayed(c, now=NOW), "post_due", id="due posts"),
        pytest.param(
            lambda c: mail.unknown(c, now=NOW, most=1), "post_due", id="unknown posts"
        ),
        pytest.param(
            lambda c: mail.edits(c, now=NOW, most=1), "post_edit_due", id="edits"
        ),
        pytest.param(
            lambda c: mail.sweeps(c, now=NOW, most=1), "post_sweep", id="sweeps"
        ),
        pytest.param(
            lambda c: claiming.digests(c, NOW.date() + DAY, now=NOW),
            "notice_due",
            id="due notices",
        ),
        pytest.param(
            lambda c: mail.backlog(c, MOMENT, DIGESTS, str), "notice_due", id="backlog"
        ),
        pytest.param(
            lambda c: ledger.read_open(c, "ats"), "alert_open", id="open alerts"
        ),
    ],
)
def test_due_work_is_found_by_index(
    state: Store, ask: Callable[[Connection], object], index: str
) -> None:
    fill(state)
    plan = explain(state, ask)
    assert index in plan
    for scan in (
        "SCAN posts",
        "SCAN notices",
        "Seq Scan on posts",
        "Seq Scan on notices",
    ):
        assert scan not in plan


def test_a_second_process_on_a_sqlite_state_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/svar.db"
    with opened(url):
        refused = claim_elsewhere(url)
        assert refused == (
            f"another svar already runs on {tmp_path}/svar.db; stop it first, "
            "or keep the state in PostgreSQL"
        )
        with pytest.raises(StoreError, match="another svar already runs"):
            Store(url).claim()
    assert claim_elsewhere(url) == "taken"


def claim_elsewhere(url: str) -> str:
    """Return what another process hears that takes hold of the same state."""
    script = (
        "import sys\n"
        "from monitor.errors import StoreError\n"
        "from monitor.store import Store\n"
        "try:\n"
        "    Store(sys.argv[1]).claim()\n"
        "    print('taken')\n"
        "except StoreError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script, url], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_a_state_in_postgresql_is_shared(postgresql: str) -> None:
    with opened(postgresql), opened(postgresql) as second:
        assert second.is_current()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Act as a user who owns nothing, where the tests run as root."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_a_folder_that_is_not_writable_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with unprivileged(), pytest.raises(StoreError, match="Permission denied") as caught:
        Store(f"sqlite:///{tmp_path}/svar.db").claim()
    assert f"{tmp_path}/svar.db.lock cannot be written" in str(caught.value)
    assert "choose another `state.url`" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written: Not a directory"):
        Store(f"sqlite:///{tmp_path}/file/deeper/svar.db").claim()


def test_a_state_that_is_a_folder_is_refused_with_advice(tmp_path: Path) -> None:
    folder = Store(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError, match="check that the folder exists"):
        folder.version()
    folder.close()


def test_a_state_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "svar.db").write_text("Kari Nordli\n" * 1000, encoding="utf-8")
    with (
        pytest.raises(StoreError, match="file is not a database"),
        opened(f"sqlite:///{tmp_path}/svar.db"),
    ):
        pass


def test_a_full_disk_keeps_the_state_as_it_was(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/svar.db") as state:
        write(state, [opening("A0", INGRID)])
        pages = limit(state, 1)
        limit(state, pages + 2)
        many = [opening(f"B{n}", INGRID) for n in range(MOST)]
        with pytest.raises(StoreError, match=r"is full \(free some space") as caught:
            write(state, many)
        assert "nothing is lost" in str(caught.value)
        assert list(read_open(state)) == ["A0"]
        limit(state, 1_000_000)
        write(state, many)
        assert len(read_open(state)) == MOST + 1


def limit(state: Store, pages: int) -> int:
    """Let the disk be full from so many pages on; return the limit that holds."""
    with state.engine.connect() as connection:
        found = connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        return int(found.scalar_one())


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql+pymysql://svar:hunter2@db/svar", "SQLite or PostgreSQL"),
        ("postgresql+nosuch://svar:hunter2@db/svar", "cannot be used"),
        ("postgresql+psycopg://svar:hunter2@db:port/svar", "not a database URL"),
        ("postgresql+psycopg://svar:hun@ter2@db/svar", "not a database URL"),
        ("hunter2", "not a database URL"),
    ],
)
def test_a_wrong_url_is_refused_without_its_password(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        Store(url)
    assert "ter2" not in str(caught.value)


@pytest.mark.parametrize("option", ["", "?password=hunter2", "?sslmode=maybe"])
def test_a_server_that_is_down_is_named_without_the_password(option: str) -> None:
    down = Store(f"postgresql+psycopg://svar:hunter2@127.0.0.1:1/svar{option}")
    for ask in (down.version, down.upgrade):
        with pytest.raises(StoreError) as caught:
            ask()
        assert "postgresql+psycopg://svar:***@127.0.0.1:1/svar" in str(caught.value)
        assert "hunter2" not in str(caught.value)
    down.close()


def test_a_state_without_a_file_is_told_apart(tmp_path: Path) -> None:
    fresh = Store(f"sqlite:///{tmp_path}/svar.db")
    assert fresh.is_missing()
    fresh.close()
    with opened(f"sqlite:///{tmp_path}/svar.db") as made:
        assert not made.is_missing()


def test_a_state_in_memory_needs_no_claim() -> None:
    with opened("sqlite://") as state:
        assert state.is_current()
        assert not state.is_missing()


def test_a_settled_post_leaves_no_due_time_behind(state: Store) -> None:
    write(state, [opening("A0", INGRID)])
    with state.write() as connection:
        [post_id] = claiming.digests(connection, NOW.date(), now=NOW)
        mail.settle(connection, post_id, PostStatus.SENT)
        assert mail.unknown(connection, now=NOW + DAY, most=1) == []
        query = select(schema.posts.c.due_at)
        assert connection.execute(query).scalar_one() is None


def test_writers_wait_for_each_other_and_lose_nothing(state: Store) -> None:
    def count_up() -> None:
        for _ in range(20):
            with state.write() as connection:
                if not state.is_sqlite:
                    connection.execute(text("LOCK TABLE runs IN EXCLUSIVE MODE"))
                last = ledger.last_good(connection, "ats")
                n = last.applications + 1 if last else 1
                ledger.record(
                    connection, Run("ats", NOW, RunOutcome.OK, applications=n)
                )

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(count_up) for _ in range(4)]:
            done.result()
    with state.read() as connection:
        last = ledger.last_good(connection, "ats")
    assert last is not None
    assert last.applications == 80


def test_a_reader_sees_the_state_of_before_while_one_writes(state: Store) -> None:
    write(state, [opening("A0")])
    with state.write() as connection:
        ledger.apply(connection, [opening("A1")], now=NOW)
        assert list(read_open(state)) == ["A0"]
    assert list(read_open(state)) == ["A0", "A1"]
