"""What the state lets go of over the years, and what it keeps."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from monitor import alerts
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.store import Connection, Store, ledger, pruning
from monitor.store.ledger import Run
from monitor.store.outbox import contacts
from monitor.store.outbox.contacts import Person
from monitor.store.replicas import heartbeats
from monitor.store.tables import notices, people, posts, runs
from monitor.store.words import PostStatus, RunOutcome
from tests.builders import INGRID, PER, at, finding, rule

NOW = at("2026-09-22 10:00")
DAY = timedelta(days=1)
OLD, FRESH = NOW - 181 * DAY, NOW - 179 * DAY


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/svar.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    with closing(Store(url)) as made:
        made.upgrade()
        yield made


def post(key: str, when: datetime, **values: Any) -> dict[str, Any]:
    made = {
        "key": key,
        "recipient": f"{key.replace(' ', '.')}@example.org",
        "sent_on": when.date(),
        "status": "sent",
        "attempts": 1,
        "rendered_at": when,
        "is_plain": False,
        "is_public": False,
        "edit_due_at": None,
        "sweep_at": None,
        "due_at": None,
    }
    return made | values


def poll(connection: Connection, when: datetime, outcome: RunOutcome) -> None:
    ledger.record(connection, Run("ats", when, outcome))


def owe(connection: Connection, who: str, application: str = "A1") -> int:
    """Open an alert of which somebody is to be told; return its id."""
    seen = finding(application_id=application)
    change = alerts.open_alert("ats", seen, rule(), closed=None, now=NOW)
    assert change is not None
    told = (Notice("target", Kind.BREACH, who, NOW),)
    ledger.apply(connection, [(change, told)], now=NOW)
    return ledger.read_open(connection, "ats")["first-reply", application].id or 0


def test_polls_are_remembered_for_ninety_days(state: Store) -> None:
    with state.write() as connection:
        poll(connection, NOW - 91 * DAY, RunOutcome.OK)
        poll(connection, NOW - 89 * DAY, RunOutcome.OK)
        poll(connection, NOW, RunOutcome.FAILED)
    pruning.prune(state, now=NOW)
    with state.read() as connection:
        found = list(connection.scalars(select(runs.c.as_of).order_by(runs.c.id)))
    assert found == [NOW - 89 * DAY, NOW]


def test_posts_go_after_half_a_year_with_the_addresses_in_them(state: Store) -> None:
    kept = [
        post("fresh", FRESH),
        post("told of what is remembered", OLD),
        post("to be edited", OLD, edit_due_at=NOW),
        post("to be swept", OLD, sweep_at=NOW),
        *(post(each, OLD, status=each) for each in ("claimed", "unknown", "waiting")),
    ]
    gone = [post(each, OLD, status=each) for each in ("sent", "failed", "obsolete")]
    gone += [post("report", OLD, kind="report", recipient="#leads")]
    with state.write() as connection:
        connection.execute(insert(posts), [*gone, *kept])
        told = select(posts.c.id).where(posts.c.key == "told of what is remembered")
        owe(connection, INGRID)
        sent = {"status": "sent", "post_id": connection.scalar(told)}
        connection.execute(notices.update().values(sent))
    pruning.prune(state, now=NOW)
    with state.read() as connection:
        assert set(connection.scalars(select(posts.c.key))) == {x["key"] for x in kept}
        assert connection.scalar(select(notices.c.post_id)) is not None


def test_more_than_one_statement_takes_is_pruned_at_once(state: Store) -> None:
    with state.write() as connection:
        connection.execute(insert(posts), [post(f"{n}", OLD) for n in range(1100)])
    pruning.prune(state, now=NOW)
    with state.read() as connection:
        assert connection.execute(select(posts)).first() is None
    assert {each.value for each in PostStatus} >= {"sent", "failed", "obsolete"}


def test_a_person_of_whom_nobody_asked_for_ninety_days_is_forgotten(
    state: Store,
) -> None:
    with state.write() as connection:
        for email, days in ((INGRID, 91), (PER, 89)):
            found = Person(email, "U1", "D1", "Somebody", NOW - days * DAY, None)
            contacts.remember(connection, found)
    pruning.prune(state, now=NOW)
    with state.read() as connection:
        assert list(connection.scalars(select(people.c.email))) == [PER]


def test_only_who_is_to_be_told_of_an_open_alert_counts_as_lost(state: Store) -> None:
    with state.write() as connection:
        for email in (INGRID, PER, "left@example.org"):
            error = None if email == PER else "users_not_found"
            contacts.remember(connection, Person(email, None, None, None, NOW, error))
        owe(connection, INGRID)
        owe(connection, PER, "A2")
        assert [each.email for each in contacts.lost(connection)] == [INGRID]
        open_alerts = ledger.read_open(connection, "ats").values()
        closed = [(alerts.vanish(each, now=NOW), ()) for each in open_alerts]
        ledger.apply(connection, closed, now=NOW)
        assert contacts.lost(connection) == []


def test_the_last_good_poll_is_found_behind_many_failed_ones(state: Store) -> None:
    with state.write() as connection:
        poll(connection, NOW - DAY, RunOutcome.OK)
        failed: dict[str, Any] = dict.fromkeys(Run.__slots__) | {
            "source": "ats",
            "as_of": NOW,
            "outcome": "failed",
            **dict.fromkeys(("applications", "rejected", "findings", "changes"), 0),
        }
        connection.execute(insert(runs), [failed] * 5000)
        connection.exec_driver_sql("ANALYZE")
        words = "EXPLAIN QUERY PLAN" if state.is_sqlite else "EXPLAIN"
        plan = connection.exec_driver_sql(
            f"{words} SELECT * FROM runs WHERE source = 'ats' AND outcome = 'ok'"  # noqa: S608 - our own
            " ORDER BY id DESC LIMIT 1"
        ).all()
        stale = heartbeats.stale(connection, {"ats": timedelta(hours=1)}, now=NOW)
    assert "run_outcome" in str(plan)
    assert stale == {"ats": NOW - DAY}
