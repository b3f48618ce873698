"""Applications that Svar forgets: on request, or since the source has them no more."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update

from monitor import alerts, cli
from monitor.alerts import Change, Reason
from monitor.cycle import erasing
from monitor.cycle.erasing import EVERY
from monitor.errors import SourceError
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.source import Source
from monitor.store import Store, ledger
from monitor.store.ledger import erasure
from monitor.store.ledger.erasure import PATIENCE, Erased
from monitor.store.tables import alerts as table
from monitor.store.tables import notices, posts, transitions
from tests.builders import INGRID, PER, finding, rule
from tests.fakes import ratelimited
from tests.stories import office
from tests.stories.delivery import post_office
from tests.stories.delivery.post_office import PostOffice
from tests.stories.office import NOW, Office

HOUR = timedelta(hours=1)
RULE = rule()
SENT, WAITING = 1, 2  # posts


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office")
    office.furnish(made)
    if request.param == "postgresql":
        made.change(state={"url": request.getfixturevalue("postgresql")})
    return made


@pytest.fixture
def state(place: Office) -> Iterator[Store]:
    """What is remembered of three applications that the source has, and a post of each."""
    with closing(Store(place.load().settings.state.url.get_secret_value())) as made:
        made.upgrade()
        with made.write() as connection:
            connection.execute(insert(posts), [post(SENT), post(WAITING)])
        for application in ("waiting", "soon", "declined"):
            remember(made, application, SENT, WAITING)
        yield made


def post(number: int) -> dict[str, Any]:
    is_sent = number == SENT
    return {
        "key": f"key {number}",
        "recipient": INGRID if is_sent else PER,
        "sent_on": NOW.date(),
        "status": "sent" if is_sent else "waiting",
        "attempts": 1,
        "rendered_at": NOW,
        "is_plain": False,
        "is_public": False,
        "channel": "D1" if is_sent else None,
        "ts": "1.1" if is_sent else None,
        "due_at": None if is_sent else NOW,
    }


def remember(state: Store, application: str, *post_ids: int, **seen: Any) -> None:
    found = finding(application_id=application, **seen)
    change = alerts.open_alert("recruiting", found, RULE, closed=None, now=NOW)
    assert change is not None
    told = tuple(
        Notice("target", Kind.BREACH, INGRID if each == SENT else PER, NOW)
        for each in post_ids
    )
    with state.write() as connection:
        ledger.apply(connection, [(change, told)], now=NOW)
        for each, notice in zip(post_ids, told, strict=True):
            connection.execute(
                update(notices)
                .where(notices.c.recipient == notice.recipient)
                .values(post_id=each, status="sent" if each == SENT else "claimed")
            )


def settle(state: Store, *applications: str) -> None:
    """Close what is open about these, as a poll does that has them no more."""
    with state.write() as connection:
        found = ledger.read_open(connection, "recruiting").values()
        gone: list[tuple[Change, tuple[Notice, ...]]] = [
            (alerts.vanish(each, now=NOW), ())
            for each in found
            if each.seen.application_id in applications
        ]
        ledger.apply(connection, gone, now=NOW)


def known(state: Store) -> list[str]:
    with state.read() as connection:
        query = select(table.c.application_id).order_by(table.c.id)
        return list(connection.execute(query).scalars())


def count(state: Store, of: Table) -> int:
    with state.read() as connection:
        return len(connection.execute(select(of)).all())


def marks(state: Store, post_id: int) -> tuple[int, bool]:
    """Return how many lines of a post were erased, and whether it is to be edited."""
    with state.read() as connection:
        query = select(posts.c.erased, posts.c.edit_due_at).where(posts.c.id == post_id)
        row = connection.execute(query).one()
    return row.erased, row.edit_due_at is not None


def forget(state: Store, application: str, source: str | None = None) -> Erased:
    with state.write() as connection:
        which = erasure.about(application, source)
        return erasure.forget(connection, *which, now=NOW)


# --- on request ---


def test_an_application_is_forgotten_with_all_that_was_told_of_it(
    state: Store,
) -> None:
    with state.read() as connection:
        before = erasure.measure(connection, *erasure.about("waiting"))
    erased = forget(state, "waiting")
    assert erased == before
    assert (erased.alerts, erased.transitions, erased.notices) == (1, 2, 2)
    assert erased.posts == 1
    assert known(state) == ["soon", "declined"]
    assert (count(state, transitions), count(state, notices)) == (4, 4)
    assert marks(state, SENT) == (1, True)
    assert marks(state, WAITING) == (1, True)


def test_a_line_is_an_alert_however_often_it_was_told_in_a_post(state: Store) -> None:
    with state.write() as connection:
        query = select(notices).where(notices.c.post_id == SENT).limit(1)
        [row] = connection.execute(query).mappings().all()
        twice = dict(row) | {"firing": "again"}
        del twice["id"]
        connection.execute(insert(notices), [twice])
    forget(state, "waiting")
    forget(state, "soon")
    assert marks(state, SENT) == (2, True)


def test_only_the_source_that_was_named_forgets(state: Store) -> None:
    assert forget(state, "waiting", "other") == Erased()
    assert forget(state, "waiting", "recruiting").alerts == 1


def test_a_poll_that_read_the_application_before_brings_nothing_back(
    state: Store,
) -> None:
    with state.read() as connection:
        key = ("first-reply", "waiting")
        one = ledger.read_open(connection, "recruiting")[key]
    climbed = alerts.advance(one, one.seen._replace(owner=PER), RULE, now=NOW)
    assert climbed is not None
    forget(state, "waiting")
    with state.write() as connection:
        assert ledger.apply(connection, [(climbed, ())], now=NOW) == []
    assert known(state) == ["soon", "declined"]


# --- what stands in Slack ---


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PostOffice]:
    with post_office.opened(f"sqlite:///{tmp_path}/desk.db", tmp_path) as ready:
        yield ready


def drop(desk: PostOffice, application: str) -> None:
    with desk.store.write() as connection:
        erasure.forget(connection, *erasure.about(application), now=desk.at)


def test_a_message_loses_the_lines_of_who_is_forgotten(desk: PostOffice) -> None:
    desk.owe(application="A1", candidate="K. N.")
    desk.owe(application="A2", candidate="O. D.")
    desk.deliver()
    [told] = desk.said()
    assert ("K. N." in told, "O. D." in told) == (True, True)
    drop(desk, "A1")
    desk.deliver(after=timedelta(seconds=1))
    [told] = desk.said()
    assert ("K. N." in told, "O. D." in told) == (False, True)
    drop(desk, "A2")
    desk.deliver(after=timedelta(seconds=1))
    assert desk.said() == ["*What this message told of has been erased.*"]


def test_a_message_that_waits_is_not_sent_about_who_is_forgotten(
    desk: PostOffice,
) -> None:
    desk.owe(application="A1", candidate="K. N.")
    desk.slack.fail("chat.postMessage", ratelimited("1"))
    desk.deliver()
    drop(desk, "A1")
    desk.deliver(after=HOUR)
    assert desk.said() == []
    desk.owe(application="A2", candidate="O. D.")
    desk.deliver(after=timedelta(days=1))
    [told] = desk.said()
    assert "O. D." in told


# --- gone from the source ---


@pytest.fixture
def source(place: Office) -> Iterator[Source]:
    loaded = place.load()
    [settings] = loaded.settings.sources
    with closing(Source(settings, loaded.mappings[settings.name])) as made:
        yield made


def remove(place: Office, *applications: str) -> None:
    for each in applications:
        place.run("DELETE FROM messages WHERE application_id = ?", each)
        place.run("DELETE FROM applications WHERE id = ?", each)


def sweep(state: Store, source: Source, hours: float = 0) -> Erased:
    return erasing.erase_gone(state, source, now=NOW + timedelta(hours=hours))


def test_what_the_source_still_has_is_kept(state: Store, source: Source) -> None:
    settle(state, "declined")
    assert sweep(state, source, 30) == Erased()
    assert len(known(state)) == 3


def test_what_is_gone_is_forgotten_within_a_day(
    place: Office, state: Store, source: Source
) -> None:
    settle(state, "waiting")
    remove(place, "waiting")
    patience = PATIENCE / HOUR
    assert sweep(state, source, patience - 0.1) == Erased()
    erased = sweep(state, source, patience)
    assert (erased.alerts, erased.posts, erased.held) == (1, 1, 0)
    assert known(state) == ["soon", "declined"]
    assert marks(state, SENT) == (1, True)
    assert timedelta(days=1) > PATIENCE + EVERY


def test_what_is_gone_but_open_is_closed_first(
    place: Office, state: Store, source: Source
) -> None:
    remove(place, "waiting")
    assert sweep(state, source) == Erased()  # the last poll still had it
    with state.write() as connection:
        missed = update(table).where(table.c.application_id == "waiting")
        connection.execute(missed.values(closing_polls=1))
    assert sweep(state, source) == Erased(closed=1)
    with state.read() as connection:
        query = select(table.c.reason).where(table.c.application_id == "waiting")
        assert connection.execute(query).scalar_one() == Reason.GONE
    assert sweep(state, source, 1) == Erased()
    assert sweep(state, source, 20).alerts == 1


def test_what_no_poll_can_miss_is_closed_by_the_pass_itself(
    place: Office, state: Store, source: Source
) -> None:
    remove(place, "waiting")
    erased = erasing.erase_gone(state, source, unmeasurable={"first-reply"}, now=NOW)
    assert erased == Erased(closed=1)


def test_a_source_that_fails_makes_nothing_forgotten(
    place: Office, state: Store, source: Source
) -> None:
    settle(state, "waiting", "soon", "declined")
    place.run("ALTER TABLE applications RENAME TO elsewhere")
    with pytest.raises(SourceError):
        sweep(state, source, 30)
    assert len(known(state)) == 3


def test_a_source_that_says_nothing_makes_nothing_forgotten(
    place: Office, state: Store, source: Source
) -> None:
    settle(state, "waiting", "soon", "declined")
    remove(place, *office.NAMES)
    for hours in (30, 40, 50, 60):
        assert sweep(state, source, hours) == Erased()
    assert len(known(state)) == 3


def test_a_row_that_cannot_be_read_is_still_there(
    place: Office, state: Store, source: Source
) -> None:
    settle(state, "waiting")
    office.distort(place, "waiting", status="lost in space")
    assert sweep(state, source, 30) == Erased()


def test_many_at_once_are_believed_at_the_third_pass(
    place: Office, state: Store, source: Source
) -> None:
    for n in range(600):
        remember(state, f"X{n}")
    settle(state, *(f"X{n}" for n in range(600)))
    assert sweep(state, source, 30) == Erased(held=600)
    assert sweep(state, source, 32) == Erased(held=600)
    assert sweep(state, source, 34).alerts == 600
    assert known(state) == ["waiting", "soon", "declined"]


def test_a_good_pass_between_starts_the_count_anew(
    place: Office, state: Store, source: Source
) -> None:
    for n in range(7):
        remember(state, f"X{n}")
    settle(state, *(f"X{n}" for n in range(7)))
    for hours in (30, 32):
        assert sweep(state, source, hours).held == 7
    for n in range(7):
        office.apply(place, f"X{n}", NOW, days=1)
    assert sweep(state, source, 34).held == 0
    remove(place, *(f"X{n}" for n in range(7)))
    assert [sweep(state, source, each).held for each in (36, 38, 40)] == [7, 7, 0]


def test_a_source_is_asked_again_after_some_hours(state: Store, source: Source) -> None:
    def is_due(hours: float, name: str = source.name) -> bool:
        with state.read() as connection:
            at = NOW + timedelta(hours=hours)
            return erasing.is_due(connection, name, now=at)

    assert is_due(0)
    sweep(state, source)
    assert [is_due(each) for each in (1.9, 2)] == [False, True]
    assert is_due(0, "a source whose name is longer than a fact may be called")


# --- on the command line ---


def svar(place: Office, *given: str) -> int:
    return cli.main(["forget", *given, "--config", str(place.settings)])


def test_a_dry_run_says_what_would_go_and_takes_nothing(
    place: Office, state: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svar(place, "waiting", "--dry-run") == 0
    out = capsys.readouterr().out
    assert "Would remove 1 alert, 2 transitions, 2 notices" in out
    assert "1 message about it would be edited" in out
    assert len(known(state)) == 3


def test_what_the_source_still_has_comes_back_and_that_is_said(
    place: Office, state: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svar(place, "waiting") == 0
    out = capsys.readouterr().out
    assert "Removed 1 alert, 2 transitions, 2 notices of application waiting." in out
    assert "1 message about it will be edited by the running svar" in out
    assert "recruiting still has the application. Erase it there first" in out
    assert known(state) == ["soon", "declined"]


def test_what_was_erased_in_the_source_is_forgotten_without_a_warning(
    place: Office, state: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    remove(place, "waiting")
    assert svar(place, "waiting", "--json", "--source", "recruiting") == 0
    assert json.loads(capsys.readouterr().out) == {
        "application": "waiting",
        "source": "recruiting",
        "dry_run": False,
        "alerts": 1,
        "transitions": 2,
        "notices": 2,
        "messages": 1,
        "warnings": [],
    }
    assert svar(place, "waiting") == 0
    assert "Nothing is remembered of application waiting." in capsys.readouterr().out


def test_a_source_that_cannot_be_asked_does_not_stop_the_forgetting(
    place: Office, state: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    place.run("ALTER TABLE applications RENAME TO elsewhere")
    assert svar(place, "waiting") == 0
    out = capsys.readouterr().out
    assert "whether it still has the application is not known" in out
    assert known(state) == ["soon", "declined"]


def test_an_application_without_an_id_is_refused(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        svar(place, "")
    assert stopped.value.code == 2
    assert "it may not be empty" in capsys.readouterr().err


def test_a_source_that_nobody_knows_is_refused(
    place: Office, state: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svar(place, "waiting", "--source", "recruting") == 2
    assert 'no source "recruting"; did you mean "recruiting"' in capsys.readouterr().err
    assert len(known(state)) == 3
