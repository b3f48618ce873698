"""What people do to alerts by hand, beside polls and on the command line."""

import argparse
import json
import os
import pwd
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from monitor import alerts, cli, clock
from monitor.alerts import Alert, Change, HandError, Overlay, Reason, State
from monitor.cli.alerts import lines
from monitor.cli.alerts import state as beside
from monitor.cli.arguments.alerts import ENDS, STATES
from monitor.configuration import Configuration
from monitor.cycle import Cycle
from monitor.errors import StoreError
from monitor.evaluate import Ending, Verdict
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.source import Source
from monitor.store import Store, ledger
from monitor.store.ledger import Owed, hands
from monitor.store.ledger.hands import Record, Wanted
from tests.builders import INGRID, PER, alert, at, calendar, finding, rule
from tests.fakes import ratelimited
from tests.stories import office
from tests.stories.daemon.process import eventually, running
from tests.stories.delivery import post_office
from tests.stories.delivery.post_office import PostOffice
from tests.stories.office import Office

NOW = at("2026-09-22 12:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOBODY = 65534  # a user id
RULE = rule(
    ladder="[{at: target, tell: owner}, {at: 2 working days after, tell: manager}]"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/svar.db"
    else:
        url = request.getfixturevalue("postgresql")
    with closing(Store(url)) as made:
        made.claim()
        made.upgrade()
        yield made


def opened(state: Store, application: str = "A1", **seen: Any) -> Alert:
    """Return an alert that a poll opened, with a notice to its owner."""
    found = finding(application_id=application, **seen)
    change = alerts.open_alert("ats", found, RULE, closed=None, now=NOW - DAY)
    assert change is not None
    write(state, (change, (Notice("target", Kind.BREACH, INGRID, NOW),)))
    with state.read() as connection:
        return ledger.read_open(connection, "ats")[change.alert.key]


def write(state: Store, *owed: Owed, now: datetime = NOW) -> list[Owed]:
    with state.write() as connection:
        return ledger.apply(connection, owed, now=now)


def act(state: Store, one: Alert, do: Callable[[Alert], Change]) -> Alert | None:
    with state.write() as connection:
        return hands.act(connection, one.id or 0, do, now=NOW)


def read(state: Store, one: Alert) -> Record:
    with state.read() as connection:
        found = hands.read(connection, one.id or 0, now=NOW)
    assert found is not None
    return found


def find(store: Store, **wanted: Any) -> list[str]:
    with store.read() as connection:
        found, count = hands.find(connection, Wanted(**wanted), now=NOW)
    assert count == len(found)
    return [each.alert.seen.application_id for each in found]


def snooze(one: Alert) -> Change:
    return alerts.snooze(
        one, RULE, NOW + DAY, calendar=calendar(), actor=PER, reason="soon", now=NOW
    )


def waive(one: Alert) -> Change:
    return alerts.waive(one, actor=PER, reason="a duplicate", now=NOW)


# --- beside the polls ---


def test_an_alert_is_read_with_what_happened_and_who_was_told(state: Store) -> None:
    one = opened(state)
    act(state, one, snooze)
    record = read(state, one)
    assert record.alert.overlay is Overlay.SNOOZED
    assert (record.alert.overlay_until, record.alert.snoozes) == (NOW + DAY, 1)
    assert (record.opened_at, record.closed_at) == (NOW, None)
    found = [(each.reason, each.actor) for _, each in record.transitions]
    assert found == [
        (Reason.OPENED, None),
        (Reason.STEP_DUE, None),
        (Reason.SNOOZED, PER),
    ]
    assert [(each.recipient, each.status) for each in record.tellings] == [
        (INGRID, "queued")
    ]


def test_a_poll_that_read_the_alert_before_keeps_what_was_laid_over_it(
    state: Store,
) -> None:
    one = opened(state)
    act(state, one, snooze)
    climbed = alerts.advance(one, finding(step=1), RULE, now=NOW)
    assert climbed is not None
    assert len(write(state, (climbed, ()))) == 1
    after = read(state, one).alert
    assert (after.step, after.overlay, after.snoozes) == (1, Overlay.SNOOZED, 1)


def climb(one: Alert) -> Change:
    change = alerts.advance(one, finding(step=1, owner=PER), RULE, now=NOW)
    assert change is not None
    return change


def settle(one: Alert) -> Change:
    return alerts.settle(one, Verdict(Ending.STOPPED, NOW))


def miss(one: Alert) -> Change:
    return alerts.miss(one, now=NOW)


@pytest.mark.parametrize("seen", [climb, settle, miss])
def test_a_poll_that_read_an_alert_before_it_was_waived_changes_nothing(
    state: Store, seen: Callable[[Alert], Change]
) -> None:
    one, other = opened(state), opened(state, "A2")
    act(state, one, waive)
    before = read(state, one)
    told = Notice("2 working days after", Kind.ESCALATION, PER, NOW)
    written = write(state, (seen(one), (told,)), (seen(other), ()))
    assert [each.alert.id for each, _ in written] == [other.id]
    assert read(state, one) == before
    assert before.alert.reason is Reason.WAIVED


def test_a_poll_waits_for_the_hand_that_holds_its_alert(state: Store) -> None:
    one, began = opened(state), Event()

    def poll() -> list[Owed]:
        began.set()
        return write(state, (climb(one), ()))

    with ThreadPoolExecutor(1) as pool:
        with state.write() as connection:
            hands.act(connection, one.id or 0, waive, now=NOW)
            polling = pool.submit(poll)
            assert began.wait(10)
        assert polling.result(30) == []
    assert read(state, one).alert.state is State.RESOLVED


def test_a_hand_that_comes_after_the_poll_hears_that_it_is_closed(
    state: Store,
) -> None:
    one = opened(state)
    write(state, (settle(one), ()))
    with pytest.raises(HandError, match="closed already"):
        act(state, one, snooze)
    assert [each.reason for _, each in read(state, one).transitions] == [
        Reason.OPENED,
        Reason.STEP_DUE,
        Reason.LATE,
    ]


def test_an_alert_that_opens_again_is_bare_but_remembers_its_snoozes(
    state: Store,
) -> None:
    one = opened(state)
    act(state, one, snooze)
    write(state, (settle(read(state, one).alert), ()))
    closed = read(state, one).alert
    assert (closed.overlay, closed.snoozes) == (None, 1)
    again = alerts.open_alert("ats", one.seen, RULE, closed=closed, now=NOW)
    assert again is not None
    assert len(write(state, (again, ()))) == 1
    after = read(state, one).alert
    assert (after.is_open, after.overlay, after.snoozes) == (True, None, 1)


def test_nobody_lays_a_hand_on_what_is_not_there(state: Store) -> None:
    assert act(state, alert(id=77), waive) is None
    with state.read() as connection:
        assert hands.read(connection, 77, now=NOW) is None


def test_alerts_are_found_by_what_they_are_about(state: Store) -> None:
    opened(state, "A1", due_at=NOW - DAY)
    opened(state, "A2", due_at=NOW - 3 * DAY, department="IT", owner=PER)
    closed = opened(state, "A3", job_title="Cook", job_ref="J-9")
    quiet = opened(state, "A4", due_at=NOW - 2 * DAY)
    write(state, (settle(closed), ()))
    act(state, quiet, snooze)
    assert find(state) == ["A2", "A4", "A1"]
    assert find(state, is_closed=True) == ["A2", "A4", "A1", "A3"]
    assert find(state, state="resolved", is_closed=True) == ["A3"]
    assert find(state, department="it") == ["A2"]
    assert find(state, owner="PER@") == ["A2"]
    assert find(state, owner="p%") == []
    assert find(state, job="cook", is_closed=True) == ["A3"]
    assert find(state, job="j-9", is_closed=True) == ["A3"]
    assert find(state, is_quiet=True) == ["A4"]
    assert find(state, source="other") == []
    assert find(state, rule="first-reply") == ["A2", "A4", "A1"]


def test_a_list_is_cut_and_says_how_many_there_are(state: Store) -> None:
    for n in range(3):
        opened(state, f"A{n}")
    with state.read() as connection:
        found, count = hands.find(connection, Wanted(), now=NOW, most=2)
    assert (len(found), count) == (2, 3)


def test_many_closings_are_confirmed_once(state: Store) -> None:
    many = [opened(state, f"A{n}") for n in range(10)]
    few = [opened(state, f"B{n}", rule="silence") for n in range(3)]
    held = [Change(replace(each, closing_polls=1), ()) for each in (*many, *few)]
    write(state, *((each, ()) for each in held))
    with state.write() as connection:
        assert hands.held(connection) == {("ats", "first-reply"): 10}
        for _ in range(2):
            hands.confirm(connection, "ats", "first-reply", actor=PER, now=NOW)
        assert hands.confirmed(connection, "ats") == {"first-reply"}
        assert hands.confirmed(connection, "other") == frozenset()
        hands.used(connection, "ats", hands.confirmed(connection, "ats"))
        assert hands.confirmed(connection, "ats") == frozenset()


# --- beside the delivery ---


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PostOffice]:
    with post_office.opened(f"sqlite:///{tmp_path}/svar.db", tmp_path) as ready:
        yield ready


def put_off(desk: PostOffice, one: Alert, until: datetime) -> None:
    [of] = [each for each in desk.configuration.rulebook.rules if each.id == RULE.id]

    def do(now: Alert) -> Change:
        how = {"actor": PER, "reason": "soon"}
        return alerts.snooze(now, of, until, calendar=calendar(), **how, now=desk.at)

    with desk.store.write() as connection:
        hands.act(connection, one.id or 0, do, now=desk.at)


def test_nobody_is_told_of_what_is_put_off_until_its_time_is_over(
    desk: PostOffice,
) -> None:
    put_off(desk, desk.owe(), desk.at + DAY)
    desk.owe(application="A2", candidate="O. D.")
    desk.deliver(after=HOUR)
    [told] = desk.said()
    assert "O. D." in told
    assert "K. N." not in told
    assert desk.notices() == ["queued", "sent"]
    desk.owe(step=3)  # it climbs meanwhile
    desk.deliver(after=DAY)
    [_, told] = desk.said()
    assert told.count("K. N.") == 1
    assert desk.notices() == ["sent", "sent", "sent"]


def test_a_message_that_waits_for_its_next_try_loses_what_was_put_off_meanwhile(
    desk: PostOffice,
) -> None:
    one = desk.owe()
    desk.slack.fail("chat.postMessage", ratelimited("1"))
    desk.deliver()
    put_off(desk, one, desk.at + DAY)
    desk.deliver(after=HOUR)
    assert desk.said() == []


# --- on the command line ---


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office whose state remembers four alerts."""
    made = office.build(tmp_path / "office")
    office.furnish(made, clock.utc_now())
    poll(made)
    return made


@contextmanager
def remembered(place: Office) -> Iterator[Store]:
    with closing(Store(place.load().settings.state.url.get_secret_value())) as store:
        yield store


def poll(place: Office) -> None:
    loaded = place.load()
    [settings] = loaded.settings.sources
    with (
        remembered(place) as store,
        closing(Source(settings, loaded.mappings[settings.name])) as source,
    ):
        store.upgrade()
        report = Cycle(store, source, loaded).run(now=clock.utc_now())
    assert report.run.outcome == "ok"


def svar(place: Office, *given: str) -> int:
    return cli.main(["alerts", *given, "--config", str(place.settings)])


def listed(
    place: Office, capsys: pytest.CaptureFixture[str], *given: str
) -> dict[str, dict[str, Any]]:
    """Return the alerts that the list has, by application."""
    capsys.readouterr()
    assert svar(place, "list", "--json", *given) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["count"] >= len(found["alerts"])
    return {each["application"]: each for each in found["alerts"]}


def number(place: Office, capsys: pytest.CaptureFixture[str], application: str) -> str:
    return str(listed(place, capsys)[application]["id"])


def test_the_states_to_choose_from_are_all_there_are() -> None:
    assert list(STATES) == list(map(str, State))


def test_the_ends_to_choose_from_are_what_the_list_says_of_closed_ones() -> None:
    one = alert(id=1)
    settled = [
        alerts.settle(one, Verdict(ending, at))
        for ending in Ending
        for at in (one.seen.due_at, one.seen.due_at + HOUR)
    ]
    others = [waive(one), alerts.vanish(one, now=NOW), alerts.remove(one, now=NOW)]
    said = {lines.standing(each.alert) for each in (*settled, *others)}
    assert said == set(ENDS)


def test_the_list_names_who_waits_longest_past_due_first(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svar(place, "list") == 0
    out = capsys.readouterr().out
    assert "4 alerts; " in out
    assert "J. O." in out
    assert "late" in out
    due = [each["due_at"] for each in listed(place, capsys).values()]
    assert due == sorted(due)
    assert svar(place, "list", "--limit", "1") == 0
    assert "1 of 4 alerts; --limit 0 lists them all." in capsys.readouterr().out
    assert svar(place, "list", "--state", "cancelled") == 0
    assert capsys.readouterr().out == "No alert matches.\n"


def test_what_was_put_off_stays_so_over_the_next_poll(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = number(place, capsys, "waiting")
    given = ("snooze", mine, "--for", "2 days", "--reason", "soon", "--by", "kari")
    assert svar(place, *given) == 0
    assert "nobody is told until" in capsys.readouterr().out
    poll(place)
    found = listed(place, capsys, "--quiet")
    assert list(found) == ["waiting"]
    assert (found["waiting"]["overlay"], found["waiting"]["snoozes"]) == ("snoozed", 1)
    assert svar(place, "show", mine) == 0
    out = capsys.readouterr().out
    assert "kari" in out
    assert "Snoozed until" in out


def test_where_one_cannot_be_put_off_none_is_and_all_that_is_wrong_is_said(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = (number(place, capsys, each) for each in ("waiting", "declined"))
    given = ("--for", "1 day", "--reason", "soon")
    assert svar(place, "waive", other, "--reason", "a duplicate") == 0
    assert svar(place, "snooze", "999", one, other, *given) == 1
    err = capsys.readouterr().err
    assert "svar: alert 999: there is no alert 999;" in err
    assert f"svar: alert {other}: it is closed already" in err
    assert "Nothing was changed." in err
    assert set(listed(place, capsys, "--quiet")) == set()
    third = number(place, capsys, "reviewed")
    assert svar(place, "snooze", one, third, *given) == 0
    assert set(listed(place, capsys, "--quiet")) == {"waiting", "reviewed"}
    assert svar(place, "snooze", one, *given) == 0
    assert "cannot be snoozed again" in capsys.readouterr().out
    assert svar(place, "snooze", one, *given) == 1
    said = "at most 3 days, twice; this alert was snoozed twice already"
    assert said in capsys.readouterr().err


def test_who_is_on_it_is_asked_for_no_name_but_the_login(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = number(place, capsys, "reviewed")
    monkeypatch.setenv("SUDO_USER", "per")
    assert svar(place, "ack", mine) == 0
    assert "per is on it; nobody is told until" in capsys.readouterr().out
    assert listed(place, capsys)["reviewed"]["overlay"] == "acknowledged"


def test_who_has_no_name_in_the_environment_has_that_of_the_system() -> None:
    nobody = argparse.Namespace(by=None)
    login = pwd.getpwuid(os.getuid()).pw_name
    assert beside.actor(nobody, {}) == login
    assert beside.actor(nobody, {"USER": "  "}) == login
    assert beside.actor(nobody, {"USER": "per"}) == "per"
    assert beside.actor(nobody, {}, user=2**31 - 9) == "somebody"


@pytest.mark.parametrize(
    "given",
    [
        ("waive", "1", "--reason", " "),
        ("ack", "1", "--reason", ""),
        ("ack", "1", "--by", " "),
        ("hold", "--reason", ""),
    ],
    ids=" ".join,
)
def test_who_and_why_are_not_left_empty(
    place: Office, capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        svar(place, *given)
    assert stopped.value.code == 2
    assert "it may not be empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--rule", "first-replay"), 'no rule "first-replay"; did you mean "first-'),
        (("--source", "recruting"), 'no source "recruting"; did you mean "recruiting"'),
    ],
)
def test_a_list_of_what_nothing_is_called_by_is_refused(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    given: tuple[str, ...],
    said: str,
) -> None:
    assert svar(place, "list", *given) == 2
    assert said in capsys.readouterr().err


def test_a_rule_that_is_gone_is_listed_as_long_as_it_is_remembered(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.rules / "manager-review.yaml").unlink()
    assert set(listed(place, capsys, "--rule", "manager-review")) == {"reviewed"}


def test_a_list_that_is_empty_says_which_name_is_not_known(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svar(place, "list", "--job", "Developper") == 0
    out = capsys.readouterr().out
    assert 'No job "Developper" is known; did you mean "Developer"?' in out


def test_a_legal_clock_is_taken_on_but_goes_on_telling(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    path = place.rules / "first-reply.yaml"
    text = path.read_text("utf-8").replace("target:", "snooze: never\n    target:", 1)
    path.write_text(text, "utf-8")
    mine = number(place, capsys, "waiting")
    assert svar(place, "snooze", mine, "--for", "1 day", "--reason", "soon") == 1
    assert "is never put off" in capsys.readouterr().err
    assert svar(place, "acknowledge", mine) == 0
    assert "Its rule is never put off" in capsys.readouterr().out
    assert svar(place, "list") == 0
    assert "acknowledged" in capsys.readouterr().out
    assert listed(place, capsys, "--quiet") == {}


def test_what_was_waived_stays_closed_over_the_next_poll(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = number(place, capsys, "waiting")
    assert svar(place, "waive", mine, "--reason", "a duplicate") == 0
    assert "stays closed unless a new wait begins" in capsys.readouterr().out
    poll(place)
    assert "waiting" not in listed(place, capsys)
    waived = listed(place, capsys, "--all")["waiting"]
    assert (waived["state"], waived["reason"]) == ("resolved", "waived")
    assert svar(place, "list", "--state", "resolved") == 0
    assert "resolved (waived)" in capsys.readouterr().out
    assert set(listed(place, capsys, "--state", "resolved (waived)")) == {"waiting"}
    assert set(listed(place, capsys, "--state", "resolved (late)")) == set()
    assert svar(place, "show", mine, "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    last = shown["transitions"][-1]
    assert (last["reason"], last["note"]) == ("waived", "a duplicate")
    assert shown["closed_at"]
    assert svar(place, "show", mine) == 0
    assert "not told any more" in capsys.readouterr().out


def test_an_alert_of_a_rule_that_is_gone_is_left_to_the_next_poll(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = number(place, capsys, "waiting")
    (place.rules / "first-reply.yaml").unlink()
    assert svar(place, "ack", mine) == 1
    said = "its rule first-reply is not on; the next poll closes it"
    assert said in capsys.readouterr().err


def test_what_is_not_held_needs_no_confirming(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svar(place, "confirm", "first-reply") == 0
    said = "No closings of first-reply are held; nothing was changed.\n"
    assert capsys.readouterr().out == said
    assert svar(place, "confirm", "first-replay") == 2
    assert 'no rule "first-replay"' in capsys.readouterr().err


def test_held_closings_are_counted_when_they_are_confirmed(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with remembered(place) as store, store.write() as connection:
        for n in range(8):
            change = alerts.open_alert(
                "recruiting",
                finding(application_id=f"X{n}"),
                RULE,
                closed=None,
                now=NOW,
            )
            assert change is not None
            missed = replace(change, alert=replace(change.alert, closing_polls=1))
            ledger.apply(connection, [(missed, ())], now=NOW)
    assert svar(place, "confirm", "first-reply", "--by", "kari") == 0
    assert "recruiting: 8 closings of first-reply held" in capsys.readouterr().out
    with remembered(place) as store, store.read() as connection:
        assert hands.confirmed(connection, "recruiting") == {"first-reply"}


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (("show", "999"), 1, "there is no alert 999"),
        (("snooze", "1", "--for", "2 dyas", "--reason", "x"), 2, "is not a duration"),
        (("snooze", "1", "--until", "soon", "--reason", "x"), 2, "--until: "),
        (
            ("snooze", "1", "--until", "2020-01-01", "--reason", "x"),
            1,
            "that time has passed",
        ),
    ],
)
def test_what_cannot_be_done_is_said(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    given: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    assert svar(place, *given) == code
    assert said in capsys.readouterr().err


def test_how_many_is_a_number(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        svar(place, "list", "--limit", "some")
    assert "some is not a number" in capsys.readouterr().err


def test_a_hand_waits_for_a_poll_that_is_writing(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = number(place, capsys, "waiting")
    with remembered(place) as store, ThreadPoolExecutor(1) as pool:
        store.claim()  # as a svar that runs
        with store.write() as connection:
            connection.exec_driver_sql("UPDATE runs SET changes = 9")
            waiting = pool.submit(svar, place, "waive", mine, "--reason", "enough")
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
        assert waiting.result(30) == 0
    assert "waiting" not in listed(place, capsys)


def test_without_a_state_it_says_who_makes_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = office.build(tmp_path / "fresh")
    assert svar(fresh, "list") == 1
    assert "`svar run` makes it" in capsys.readouterr().err
    assert not fresh.state.exists()
    fresh.state.touch()
    assert svar(fresh, "list") == 1
    assert "run `svar db upgrade`" in capsys.readouterr().err


@pytest.fixture
def lent(place: Office) -> Iterator[Office]:
    """The office, with its state in a folder that anybody may get to."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        kept = shutil.copy(place.state, Path(name) / "svar.db")
        place.change(state={"url": f"sqlite:///{kept}"})
        yield place


@contextmanager
def visiting(folder: Path, *, files: int, folders: int) -> Iterator[None]:
    """Be somebody else, who may do no more with a folder than these modes say."""
    is_root = os.geteuid() == 0
    inside = list(folder.iterdir())
    for each in inside:
        each.chmod(files)
    folder.chmod(folders)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)
        for each in inside:
            each.chmod(0o644)


def count(loaded: Configuration) -> int:
    """Return how many alerts the commands that only read find."""
    with (
        beside.opened(loaded, reads_only=True) as store,
        store.read() as connection,
    ):
        return hands.find(connection, Wanted(), now=clock.utc_now())[1]


@pytest.mark.parametrize("is_open_elsewhere", [False, True])
def test_who_may_only_read_the_state_lists_it_and_changes_nothing(
    lent: Office, *, is_open_elsewhere: bool
) -> None:
    loaded = lent.load()
    with ExitStack() as stack:
        if is_open_elsewhere:  # then the log of SQLite lies beside it
            store = stack.enter_context(remembered(lent))
            reading = stack.enter_context(store.read())
            reading.exec_driver_sql("SELECT 1 FROM runs")
        folder = Path(loaded.settings.state.url.get_secret_value()[10:]).parent
        assert len(list(folder.iterdir())) == (3 if is_open_elsewhere else 1)
        stack.enter_context(visiting(folder, files=0o444, folders=0o555))
        assert count(loaded) == 4
        with (
            pytest.raises(StoreError, match="svar may write there"),
            beside.opened(loaded) as store,
            store.write() as connection,
        ):
            connection.exec_driver_sql("UPDATE runs SET changes = 9")


@pytest.mark.parametrize(("files", "folders"), [(0, 0o555), (0o444, 0)])
def test_who_may_not_even_read_the_state_is_told_so(
    lent: Office, files: int, folders: int
) -> None:
    loaded = lent.load()
    folder = Path(loaded.settings.state.url.get_secret_value()[10:]).parent
    with (
        visiting(folder, files=files, folders=folders),
        pytest.raises(StoreError, match="your login may read there"),
    ):
        count(loaded)


def test_a_svar_that_runs_heeds_every_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = office.build(
        tmp_path / "office", calendar=office.ALWAYS_OPEN, slack={"digest_at": "00:00"}
    )
    place.source(every="1 second")
    office.furnish(place, clock.utc_now(), handed_on=3.5)
    with remembered(place) as store:
        store.upgrade()
    assert svar(place, "hold", "--reason", "the mail is down") == 0
    late = {"rule": "first-reply", "state": "breached"}
    tried = {"job": "deliver", "event": "executed"}
    with running(place.settings) as daemon:
        daemon.reaches("svar_alerts", 1, **late)
        mine = number(place, capsys, "waiting")
        assert svar(place, "waive", mine, "--reason", "a duplicate") == 0
        eventually(lambda: not daemon.metric("svar_alerts", **late), what="closed")
        eventually(lambda: daemon.metric("svar_scheduler_events_total", **tried))
        assert office.RECRUITER not in daemon.printed
        assert svar(place, "release") == 0
        eventually(lambda: office.RECRUITER in daemon.printed, what="a digest")
        assert daemon.stop() == 0
    capsys.readouterr()
    assert svar(place, "show", mine, "--json") == 0
    waived = json.loads(capsys.readouterr().out)["notices"]
    assert [each["sent_at"] for each in waived] == [None]
