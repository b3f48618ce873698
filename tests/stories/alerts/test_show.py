"""`svar alerts show`: what it says of who read a notice, and of what is put off."""

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor import cli, clock
from monitor.cycle import Cycle
from monitor.delivery import Delivery
from monitor.slack import Slack
from monitor.source import Source
from monitor.store import Store
from tests.fakes import TOKEN, FakeSlack
from tests.stories import office
from tests.stories.office import ALWAYS_OPEN, RECRUITER, Office

DEPUTY, OPS = "liv@example.org", "#recruiting-ops"


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office at work day and night, whose state remembers what a poll saw."""
    slack = {"digest_at": "00:00"}
    made = office.build(tmp_path / "office", calendar=ALWAYS_OPEN, slack=slack)
    office.furnish(made, clock.utc_now())
    loaded = made.load()
    [settings] = loaded.settings.sources
    with (
        closing(Store(loaded.settings.state.url.get_secret_value())) as store,
        closing(Source(settings, loaded.mappings[settings.name])) as source,
    ):
        store.upgrade()
        Cycle(store, source, loaded).run(now=clock.utc_now())
    return made


def deliver(place: Office) -> None:
    """Send what is due to a Slack that knows the deputy and the channel alone."""
    loaded = place.load()
    with (
        closing(Store(loaded.settings.state.url.get_secret_value())) as store,
        FakeSlack() as slack,
    ):
        slack.now = clock.utc_now()
        slack.add(DEPUTY, "Liv")
        slack.open_channel(OPS)
        store.claim()
        transport = Slack(TOKEN, slack.url, timeout=5)
        Delivery(store, transport, lambda: loaded).run(now=slack.now)


def svar(place: Office, *given: str) -> None:
    assert cli.main(["alerts", *given, "--config", str(place.settings)]) == 0


def number(place: Office, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the id of the alert about who waits for a first reply."""
    capsys.readouterr()
    svar(place, "list", "--json")
    found = json.loads(capsys.readouterr().out)["alerts"]
    return str(next(e["id"] for e in found if e["application"] == "waiting"))


def shown(place: Office, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `show` prints, its lines and blanks run together."""
    mine = number(place, capsys)
    svar(place, "show", mine)
    return " ".join(capsys.readouterr().out.split())


def notice(place: Office, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the one notice, and what its application's explanation says of it."""
    mine = number(place, capsys)
    svar(place, "show", mine, "--json")
    [found] = json.loads(capsys.readouterr().out)["notices"]
    return dict(found)


def explained(place: Office, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what explain says of the clock of the first reply."""
    capsys.readouterr()
    given = ["explain", "waiting", "--json", "--config", str(place.settings)]
    assert cli.main(given) == 0
    [found] = json.loads(capsys.readouterr().out)["found"]
    return next(each for each in found["rules"] if each["rule"] == "first-reply")


@pytest.mark.parametrize(
    ("deputies", "reader", "why"),
    [
        ({RECRUITER: DEPUTY}, DEPUTY, f"who reads for {RECRUITER}"),
        ({}, OPS, "since nobody else could be reached"),
    ],
)
def test_nobody_is_said_to_be_told_for_whom_another_read(
    place: Office,
    capsys: pytest.CaptureFixture[str],
    deputies: dict[str, str],
    reader: str,
    why: str,
) -> None:
    place.change(people={"fallback": OPS, "deputies": deputies})
    assert notice(place, capsys)["reader"] is None
    deliver(place)
    found = notice(place, capsys)
    assert (found["recipient"], found["reader"]) == (RECRUITER, reader)
    said = f"sent to {reader}, {why}"
    assert said.replace(" ", "") in shown(place, capsys).replace(" ", "")
    [line] = [e for e in explained(place, capsys)["lines"] if e["event"] == "told"]
    assert (line["meaning"], line["reader"]) == (said, reader)


def test_a_step_that_was_put_off_says_until_when(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    found = notice(place, capsys)
    assert (found["put_off"], found["put_off_until"]) == (False, None)
    mine = number(place, capsys)
    svar(place, "snooze", mine, "--for", "1 day", "--reason", "soon")
    found, said = notice(place, capsys), shown(place, capsys)
    assert (found["status"], found["put_off"]) == ("queued", True)
    assert found["put_off_until"]
    assert re.search(r"put off until \w+ \d+ \w+ \d\d:\d\d", said)
    # The note of the hand says it in the same words, not as an instant of the state.
    assert re.search(r"until \w+ \d+ \w+ \d\d:\d\d; soon", said)
    assert "+00:00" not in said


def test_a_hold_without_an_end_says_who_ends_it(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    svar(place, "hold", "--reason", "the mail is down", "--by", "kari")
    said, clocks = shown(place, capsys), explained(place, capsys)
    note = "hold 1 by kari: nobody is told until somebody ends it; the mail is down"
    assert f"H{note[1:]}" in said
    assert "put off until the silence ends" in said
    found = notice(place, capsys)
    assert (found["put_off"], found["put_off_until"]) == (True, None)
    assert clocks["notes"] == [note]
    assert [each["goes_out_at"] for each in clocks["next"]] == [None]
    capsys.readouterr()
    assert cli.main(["explain", "waiting", "--config", str(place.settings)]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert f"note: {note}" in text
    assert ", when the silence ends" in text


def test_a_silence_of_something_else_is_not_named(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    day = ("--for", "1 day")
    svar(place, "silence", "--rule", "manager-review", "--reason", "a strike", *day)
    assert "Silence 1" not in shown(place, capsys)
    assert explained(place, capsys)["notes"] == []
    svar(place, "silence", "--job", "Developer", "--reason", "moved", *day)
    assert "Silence 2 (job Developer)" in shown(place, capsys)
    [note] = explained(place, capsys)["notes"]
    assert "(job Developer)" in note
    assert "nobody is told before" in note


def test_a_step_is_called_as_explain_calls_it(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    said = shown(place, capsys)
    assert "target, again (1 of 3)" in said
    assert " h)" not in said
    assert notice(place, capsys)["step"] == "target, again (1 of 3)"
    assert "Application waiting in Standard schema" in said
    (place.rules / "first-reply.yaml").unlink()
    assert notice(place, capsys)["step"] == "target"


def test_a_source_that_is_gone_keeps_its_name(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.source(name="second")
    assert "Application waiting in recruiting" in shown(place, capsys)
