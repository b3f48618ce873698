"""What nobody is told of for a while: over a real state, and on the command line."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from monitor import alerts, cli
from monitor.alerts import Alert, Change
from monitor.outbox import Notice
from monitor.rules import Kind
from monitor.store import Store, ledger
from monitor.store.ledger import hands, silences
from monitor.store.ledger.silences import Silence
from monitor.store.tables import alerts as table
from monitor.store.tables import notices
from tests.builders import INGRID, PER, at, calendar, finding, rule
from tests.stories import office
from tests.stories.office import Office

NOW = at("2026-09-22 12:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULE = rule()
ALL = ["A1", "A2", "A3"]


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Three alerts with a notice each: of Health, of IT, and of Økonomi."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/svar.db"
    else:
        url = request.getfixturevalue("postgresql")
    with closing(Store(url)) as made:
        made.upgrade()
        remember(made, "A1", department="Health", job_ref="J1", job_title="Nurse")
        remember(made, "A2", department="IT", job_ref="J2", job_title="Operator")
        remember(made, "A3", department="Økonomi", job_ref="J3", job_title=None)
        yield made


def remember(state: Store, application: str, **seen: Any) -> None:
    found = finding(application_id=application, **seen)
    change = alerts.open_alert("ats", found, RULE, closed=None, now=NOW)
    assert change is not None
    told = Notice("target", Kind.BREACH, INGRID, NOW)
    with state.write() as connection:
        ledger.apply(connection, [(change, (told,))], now=NOW)


def silence(state: Store, *, start: datetime = NOW, **given: Any) -> Silence:
    plain: dict[str, Any] = {"ends_at": NOW + DAY, "author": PER, "reason": "moving"}
    with state.write() as connection:
        made = Silence(starts_at=start, **plain | given)
        return silences.add(connection, made, now=NOW)


def quiet(state: Store, now: datetime = NOW) -> list[str]:
    """Return the applications whose notice is held back."""
    query = (
        select(table.c.application_id)
        .join_from(notices, table)
        .where(silences.is_quiet(now))
        .order_by(table.c.id)
    )
    with state.read() as connection:
        return list(connection.execute(query).scalars())


@pytest.mark.parametrize(
    ("matcher", "found"),
    [
        ({}, ALL),
        ({"source": "ats"}, ALL),
        ({"source": "other"}, []),
        ({"rule": "first-reply"}, ALL),
        ({"rule": "silence"}, []),
        ({"department": "HEALTH"}, ["A1"]),
        ({"department": "økonomi"}, ["A3"]),
        ({"department": "Heal"}, []),
        ({"job": "operator"}, ["A2"]),
        ({"job": "j3"}, ["A3"]),
        ({"department": "IT", "job": "Nurse"}, []),
        ({"source": "ats", "rule": "first-reply", "department": "it"}, ["A2"]),
    ],
    ids=str,
)
def test_a_silence_fits_where_all_that_it_names_fits(
    state: Store, matcher: dict[str, Any], found: list[str]
) -> None:
    silence(state, **matcher)
    assert quiet(state) == found


def test_a_silence_holds_from_its_start_until_its_end(state: Store) -> None:
    silence(state, start=NOW + HOUR, ends_at=NOW + 2 * HOUR)
    times = [NOW, NOW + HOUR, NOW + 2 * HOUR - timedelta(seconds=1), NOW + 2 * HOUR]
    assert [quiet(state, each) for each in times] == [[], ALL, ALL, []]


def test_a_hold_lasts_until_somebody_ends_it(state: Store) -> None:
    held = silence(state, ends_at=None)
    silence(state, department="IT", ends_at=None)
    assert held.is_hold
    assert quiet(state, NOW + 900 * DAY) == ALL
    with state.write() as connection:
        ended = silences.release(connection, actor=INGRID, now=NOW + HOUR)
    assert [(each.id, each.ended_by) for each in ended] == [(held.id, INGRID)]
    assert quiet(state, NOW + HOUR) == ["A2"]


def test_a_silence_ends_once(state: Store) -> None:
    made = silence(state, job="J1")
    with state.write() as connection:
        ended = silences.end(connection, made.id or 0, actor=INGRID, now=NOW + HOUR)
        again = silences.end(connection, made.id or 0, actor=INGRID, now=NOW + HOUR)
        nothing = silences.end(connection, 99, actor=INGRID, now=NOW)
        assert silences.read(connection, now=NOW + HOUR) == []
        [kept] = silences.read(connection, now=NOW + HOUR, ended=True)
    assert ended == kept
    assert (again, nothing) == (None, None)
    assert quiet(state, NOW + HOUR) == []


def test_what_is_put_off_is_quiet_for_as_long(state: Store) -> None:
    def snooze(one: Alert) -> Change:
        how = {"actor": PER, "reason": "soon"}
        return alerts.snooze(one, RULE, NOW + DAY, calendar=calendar(), **how, now=NOW)

    def waive(one: Alert) -> Change:
        return alerts.waive(one, actor=PER, reason="a duplicate", now=NOW)

    with state.write() as connection:
        hands.act(connection, 1, snooze, now=NOW)
        hands.act(connection, 2, snooze, now=NOW)
        hands.act(connection, 2, waive, now=NOW)
    assert quiet(state, NOW + HOUR) == ["A1"]
    assert quiet(state, NOW + DAY) == []


def test_what_is_quiet_can_be_left_out_of_a_change_too(state: Store) -> None:
    silence(state, department="Health")
    with state.write() as connection:
        loud = update(notices).where(~silences.is_quiet(NOW)).values(status="sent")
        assert connection.execute(loud).rowcount == 2


def test_a_silence_says_what_it_names(state: Store) -> None:
    made = silence(state, rule="first-reply", department="it")
    assert made.matcher == {"rule": "first-reply", "department": "IT"}
    with state.read() as connection:
        [read] = silences.read(connection, now=NOW)
    assert read == made
    assert replace(read, rule=None, department=None).is_hold


# --- on the command line ---


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office")
    with closing(Store(f"sqlite:///{made.state}")) as store:
        store.upgrade()
        remember(store, "A1", department="Økonomi")
    return made


def svar(place: Office, *given: str) -> int:
    return cli.main(["alerts", *given, "--config", str(place.settings)])


def listed(
    place: Office, capsys: pytest.CaptureFixture[str], *given: str
) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert svar(place, "silences", "--json", *given) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["silences"]
    return found


def doctor(place: Office, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    cli.main(["doctor", "--config", str(place.settings)])
    return capsys.readouterr().out


def test_a_department_is_silenced_however_it_is_written(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--department", "ØKONOMI", "--for", "5 days", "--reason", "moving")
    assert svar(place, "silence", *given, "--by", "kari") == 0
    out = capsys.readouterr().out
    assert "Silence 1: nobody is told of department Økonomi until " in out
    assert "1 open alert fits now." in out
    [made] = listed(place, capsys)
    assert (made["department"], made["phase"]) == ("Økonomi", "in force")
    assert (made["author"], made["reason"]) == ("kari", "moving")
    assert "1 silence in force" in doctor(place, capsys)
    assert svar(place, "list") == 0
    assert "silenced" in capsys.readouterr().out
    assert svar(place, "unsilence", "1") == 0
    assert "what is due is told" in capsys.readouterr().out
    assert listed(place, capsys) == []
    assert listed(place, capsys, "--all")[0]["phase"] == "over"
    assert svar(place, "unsilence", "1") == 1
    assert "there is no silence 1 to end" in capsys.readouterr().err


def test_a_silence_may_be_set_for_later(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--from", "2100-01-04", "--until", "2100-01-11", "--reason", "moving")
    assert svar(place, "silence", "--rule", "first-reply", *given) == 0
    assert "from Mon 4 Jan 2100 00:00 until" in capsys.readouterr().out
    assert listed(place, capsys)[0]["phase"] == "to come"
    assert "in force" not in doctor(place, capsys)
    assert svar(place, "silences") == 0
    assert "to come" in capsys.readouterr().out


def test_a_hold_is_shown_by_the_doctor_until_it_is_released(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert svar(place, "hold", "--reason", "mail is down", "--by", "kari") == 0
    assert "Hold 1: nobody is told of anything until" in capsys.readouterr().out
    said = "on hold by kari (mail is down): nobody is told of anything"
    assert said in doctor(place, capsys)
    assert svar(place, "silences") == 0
    assert "everything" in capsys.readouterr().out
    assert svar(place, "release") == 0
    assert "The hold is over" in capsys.readouterr().out
    assert svar(place, "release") == 0
    assert "There is no hold" in capsys.readouterr().out
    assert "on hold" not in doctor(place, capsys)
    assert svar(place, "silences") == 0
    assert capsys.readouterr().out == "Nothing is silenced.\n"
    assert svar(place, "silences", "--all") == 0
    assert "over" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--for", "1 day"), "say what to silence"),
        (("--rule", "first-replay", "--for", "1 day"), 'no rule "first-replay"'),
        (("--source", "ats", "--for", "1 day"), 'no source "ats"'),
        (("--job", "J1", "--until", "2020-01-01"), "be over before it begins"),
        (("--job", "J1", "--for", "1 month"), 'try "30 days"'),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    given: tuple[str, ...],
    said: str,
) -> None:
    assert svar(place, "silence", *given, "--reason", "x") == 2
    err = capsys.readouterr().err
    assert said in err
    assert " in 1 file" not in err
    assert listed(place, capsys, "--all") == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--department", "Økonmi"), 'is known; did you mean "Økonomi"?'),
        (("--department", "økonomi", "--rule", "manager-review"), "open alert.\n"),
        (("--job", "Cook"), 'No job "Cook" is known (one of '),
    ],
)
def test_a_silence_that_fits_nothing_is_kept_with_a_warning(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    given: tuple[str, ...],
    said: str,
) -> None:
    lasting = ("--for", "1 day", "--reason", "x")
    assert svar(place, "silence", *given, *lasting) == 0
    out = capsys.readouterr().out
    assert "Warning: it fits no open alert." in out
    assert said in out
    assert len(listed(place, capsys)) == 1


def test_what_remains_in_force_is_said_when_one_of_several_ends(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*given: str) -> str:
        capsys.readouterr()
        assert svar(place, *given) == 0
        return capsys.readouterr().out

    assert "There is a hold already" not in said("hold", "--reason", "a")
    out = said("hold", "--reason", "b", "--by", "kari")
    assert "There is a hold already: 1 by " in out
    assert "(a), until somebody ends it." in out
    for department in ("Økonomi", "Health"):
        reason = ("--for", "1 day", "--reason", "c")
        out = said("silence", "--department", department, *reason)
        assert "There is a hold already" not in out
    assert "over (everything); nobody is told of anything yet: another hold (2) " in (
        said("unsilence", "1")
    )
    out = said("release")
    assert "The hold is over; what is due is told" in out
    assert "But 2 silences remain; `svar alerts silences` lists them." in out
    assert "But another silence (4) remains" in said("unsilence", "3")
    assert "is told from the next minute on.\n" in said("unsilence", "4")


def test_one_can_hold_before_the_first_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = office.build(tmp_path / "fresh")
    assert svar(fresh, "hold", "--reason", "not yet") == 0
    out = capsys.readouterr().out
    assert f"There was no state yet: sqlite:///{fresh.state} is made." in out
    assert "Hold 1: nobody is told of anything" in out
    given = ("--rule", "first-reply", "--for", "1 day", "--reason", "x")
    assert svar(fresh, "silence", *given) == 0
    assert "is made" not in capsys.readouterr().out
    assert len(listed(fresh, capsys)) == 2
    with closing(Store(f"sqlite:///{fresh.state}")) as store:
        store.claim()  # nothing keeps the first run from it
