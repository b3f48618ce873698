"""`svar explain`: what it says of one application, over a real recruiting database."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import cli, shipped
from monitor.cycle import Cycle
from monitor.source import Source
from monitor.store import Store
from tests.stories import office
from tests.stories.office import MANAGER, NOW, RECRUITER, Office

NOVEMBER = "2026-11-23T09:00+01:00"  # a Monday, in Oslo
PAUSING = """\
rules:
  - id: outcome
    title: Who had an interview hears in 5 days
    when: {interviewed_at: present}
    clock:
      starts: interviewed_at
      stops: told_at
      pauses: {waiting_on: candidate}
    target: 5 days
    owner: recruiter
    ladder: [{at: target, tell: owner}]
"""
CALL = """\
rules:
  - id: called
    title: Who had an interview is called
    when: {status: rejected}
    clock: {starts: decided_at, stops: reached_at}
    target: 2 working days
    owner: recruiter
    ladder: [{at: target, tell: owner}]
"""
MAIL = """\
SELECT m.id AS message_id, c.email AS candidate_email, m.sent_at, m.direction, m.kind,
    j.title AS subject_hint
FROM messages AS m
JOIN applications AS a ON a.id = m.application_id
JOIN candidates AS c ON c.id = a.candidate_id
JOIN jobs AS j ON j.id = a.job_id
"""


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office")
    office.furnish(made)
    return made


def explain(place: Office, *words: str) -> int:
    given = list(words) if "--as-of" in words else [*words, "--as-of", NOW.isoformat()]
    return cli.main(["explain", "--config", str(place.settings), *given])


def shown(
    place: Office, capsys: pytest.CaptureFixture[str], *words: str
) -> list[list[str]]:
    """Return the printed lines, each split where two blanks or more stand."""
    assert explain(place, *words) == 0
    lines = capsys.readouterr().out.splitlines()
    parts = [map(str.strip, line.split("  ")) for line in lines]
    return [list(filter(None, each)) for each in parts]


def said(
    place: Office, capsys: pytest.CaptureFixture[str], *words: str
) -> list[dict[str, Any]]:
    assert explain(place, "--json", *words) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["found"]
    return found


def meanings(found: dict[str, Any], rule: str) -> dict[str, str]:
    [clock] = [each for each in found["rules"] if each["rule"] == rule]
    return {each["what"]: each["meaning"] for each in clock["lines"]}


def say(
    place: Office, application: str, sent_at: str, kind: str, channel: str = "email"
) -> None:
    place.run(
        "INSERT INTO messages (id, application_id, sent_at, direction, kind, channel)"
        " VALUES (?, ?, ?, 'out', ?, ?)",
        *(f"{application} {sent_at} {kind}", application, sent_at, kind, channel),
    )


def text(moment: datetime) -> str:
    """Return an instant as the schema spells it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def anna(place: Office) -> None:
    """Let Anna apply for two jobs, on 3 and 4 November; only one of them answers."""
    place.run("INSERT INTO candidates VALUES ('c1', 'Anna Krogh', 'a@mail.example')")
    for job, title in (("backend", "Backend developer"), ("data", "Data analyst")):
        place.run(
            "INSERT INTO jobs (id, title, recruiter_id, manager_id, status)"
            " VALUES (?, ?, ?, ?, 'open')",
            *(job, title, RECRUITER, MANAGER),
        )
    for name, job, at in (
        ("8811", "data", "2026-11-03 08:00:00"),
        ("8812", "backend", "2026-11-04 10:02:00"),
    ):
        place.run(
            "INSERT INTO applications (id, candidate_id, job_id, applied_at, status,"
            " stage, waiting_on, waiting_since, updated_at) VALUES (?, 'c1', ?, ?,"
            " 'open', 'Applied', 'manager', '2026-11-17 09:00:00', ?)",
            *(name, job, at, at),
        )
    say(place, "8812", "2026-11-04 10:02:30", "auto")
    say(place, "8812", "2026-11-06 09:00:00", "draft")
    say(place, "8812", "2026-11-06 10:00:00", "note")
    say(place, "8811", "2026-11-09 13:20:00", "human")


def test_nothing_but_a_reply_about_this_job_counts(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    anna(place)
    lines = shown(place, capsys, "8812", "--as-of", NOVEMBER)
    head = "A. K. · Backend developer · Standard schema 8812 · open, with the line "
    assert lines[0] == [head + "manager since Tue 17 Nov"]
    assert lines[1] == ["Answer: undecided"]
    start = next(n for n, line in enumerate(lines) if line[:1] == ["first-reply"])
    assert lines[start] == ["first-reply", "14 days, candidate's clock"]
    assert lines[start + 1 : start + 11] == [
        ["Wed 4 Nov 11:02", "applied", "starts"],
        ["Wed 4 Nov 11:02", "automatic receipt", "does not count: automatic"],
        ["Fri 6 Nov 10:00", "draft of a mail to A. K.", "does not count: never sent"],
        ["Fri 6 Nov 11:00", "internal note", "does not count: never sent to the candidate"],
        ["Mon 9 Nov 14:20", "mail to A. K. about Data analyst", "does not count: other job"],
        ["Sat 14 Nov 11:02", "step: 4 days before", "passed over"],
        ["Wed 18 Nov 11:02", "step: target", "passed over"],
        ["Wed 18 Nov 11:02", "14 days", "due"],
        ["Fri 20 Nov 11:02", "step: target, again (1 of 3)", "to be told"],
        ["Mon 23 Nov 09:00", "now", "5 days late"],
    ]  # fmt: skip
    told = "in today's digest, right after the next poll"
    assert lines[start + 11] == [f"next: {MANAGER} (target, again (1 of 3)), {told}"]


def test_a_reply_stops_the_clock_and_says_how_late(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    anna(place)
    say(place, "8812", "2026-11-20 09:00:00", "human")
    [found] = said(place, capsys, "8812", "--as-of", NOVEMBER)
    [clock] = [each for each in found["rules"] if each["rule"] == "first-reply"]
    assert (clock["standing"], clock["stopped_at"]) == (
        "stopped",
        "2026-11-20T09:00:00Z",
    )
    assert clock["lines"][-1]["meaning"] == "stops, 2 days late"
    assert clock["next"] == []


def test_rules_that_do_not_concern_it_say_why(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [" ".join(line) for line in shown(place, capsys, "waiting")]
    assert "2 rules do not concern it; svar explain --all says why." in lines
    lines = [" ".join(line) for line in shown(place, capsys, "waiting", "--all")]
    assert any("status is open, not rejected; not started: " in line for line in lines)


def test_the_clock_stands_still_while_the_candidate_has_the_ball(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.rules / "outcome.yaml").write_text(PAUSING, encoding="utf-8")
    held = {days: text(NOW - timedelta(days=days)) for days in (10, 8, 6, 2)}
    office.change(place, "waiting", interviewed_at=held[10])
    place.run("INSERT INTO candidate_turns VALUES ('waiting', ?, ?)", held[8], held[6])
    office.change(
        place, "waiting", waiting_on="candidate", waiting_since=held[2], stage="Offer"
    )
    [found] = said(place, capsys, "waiting")
    [clock] = [each for each in found["rules"] if each["rule"] == "outcome"]
    told = [
        (each["event"], each["what"], each["meaning"])
        for each in clock["lines"]
        if each["event"] in {"pause", "now", "due"}
    ]
    assert told == [
        ("pause", "with the candidate", "stands still"),
        ("due", "5 days", "due"),
        ("pause", "still with the candidate", "stands still"),
        ("now", "now", "stands still, 1 day late"),
    ]
    assert clock["lines"][1]["until"] == "2026-09-10T08:00:00Z"
    assert clock["used_seconds"] == 6 * 86_400
    lines = [" ".join(line) for line in shown(place, capsys, "waiting")]
    assert "used: 6 days 0 h, pauses left out" in lines
    # It was late before the candidate got the ball, and nobody has heard of that yet.
    clock = next(n for n, line in enumerate(lines) if line.startswith("outcome"))
    next_up = (
        f"next: {RECRUITER} (target), in today's digest, right after the next poll"
    )
    assert next_up in lines[clock:]


def test_a_mail_will_do_after_two_calls_that_reached_nobody(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    (place.rules / "called.yaml").write_text(CALL, encoding="utf-8")
    day = text(NOW - timedelta(days=9))
    office.change(place, "declined", interviewed_at=day)
    for days, kind, channel in (
        (6.5, "human", "email"),
        (6, "attempt", "phone"),
        (5, "attempt", "phone"),
        (2, "human", "email"),
    ):
        say(place, "declined", text(NOW - timedelta(days=days)), kind, channel)
    [found] = said(place, capsys, "declined")
    assert (found["closure"], found["fallback"]) == ("told", True)
    [clock] = [each for each in found["rules"] if each["rule"] == "called"]
    assert [(e["what"], e["meaning"]) for e in clock["lines"] if e["event"] in {"message", "stop"}] == [
        ("mail to M. L.", "does not count: before the decision"),
        ("mail to M. L.", "does not count: a call is due after an interview"),
        ("call to M. L.", "does not count: reached nobody"),
        ("call to M. L.", "does not count: reached nobody"),
        ("mail to M. L.", "stops, 1 working day late"),
    ]  # fmt: skip
    assert "as a fallback: two calls reached nobody" in str(
        shown(place, capsys, "declined")
    )


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("wating", "Similar: waiting."),
        ("4711", "Decided ones are read for 180 days (`lookback`)."),
    ],
)
def test_an_id_that_is_not_there_fails_with_help(
    place: Office, capsys: pytest.CaptureFixture[str], asked: str, told: str
) -> None:
    assert explain(place, asked) == 1
    printed = capsys.readouterr()
    assert told in printed.err
    assert f"no application {asked}" in printed.err
    assert not printed.out


def test_a_row_that_cannot_be_read_is_not_called_missing(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.distort(place, "waiting", applied_at="sometime in May")
    assert explain(place, "waiting") == 1
    assert "the row of waiting cannot be read" in capsys.readouterr().err


def test_every_source_that_has_the_id_is_shown(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = office.build(tmp_path / "other")
    office.furnish(other)
    first = place.load().settings.sources[0]
    sources = [
        {
            "name": name,
            "url": f"sqlite:///{each.ats}",
            "mapping": "standard",
            "timezone": "UTC",
        }
        for name, each in ((first.name, place), ("second", other))
    ]
    place.change(sources=sources)
    found = said(place, capsys, "waiting")
    assert [each["source"] for each in found] == ["recruiting", "second"]
    [alone] = said(place, capsys, "waiting", "--source", "second")
    assert alone["source"] == "second"
    assert explain(place, "waiting", "--source", "secund") == 2
    assert 'no source "secund"; did you mean "second"?' in capsys.readouterr().err


def test_the_json_stays_as_it_is(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    [found] = said(place, capsys, "waiting")
    assert list(found) == [
        *("source", "application", "candidate", "job", "status", "waiting_on"),
        *("waiting_since", "closure", "fallback", "decided_at", "told_at", "told_by"),
        *("basis", "rules", "not_concerned", "not_measurable"),
    ]
    [clock] = found["rules"]
    assert {key: clock[key] for key in clock if key not in {"lines", "steps"}} == {
        "rule": "first-reply",
        "promise": "14 days",
        "standing": "late",
        "started_at": "2026-08-30T08:00:00Z",
        "due_at": "2026-09-13T08:00:00Z",
        "stopped_at": None,
        "paused_since": None,
        "used_seconds": 17 * 86_400,
        "next": clock["next"],
        "notes": [],
    }
    assert clock["lines"][0] == {
        "at": "2026-08-30T08:00:00Z",
        "event": "start",
        "what": "applied",
        "meaning": "starts",
        "until": None,
    }
    assert clock["steps"][0] == {
        "step": "4 days before",
        "kind": "warning",
        "due_at": "2026-09-09T08:00:00Z",
        "goes_out_at": "2026-09-10T07:00:00Z",
        "tell": [RECRUITER],
    }
    assert found["not_concerned"]["manager-review"][0].startswith("waiting_on is")


def test_a_candidate_called_like_markup_is_printed_as_text(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    place.change(privacy={"candidate": "name"})
    place.run(
        "UPDATE candidates SET name = '[bold]<!channel>' || char(10) || 'x'"
        " WHERE id = 'answered'"
    )
    assert explain(place, "answered") == 0
    printed = capsys.readouterr().out
    assert printed.startswith("[bold]<!channel> x · Developer")
    assert "mail to [bold]<!channel> x" in printed


def test_the_name_stays_out_unless_the_settings_show_it(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["waiting", "--all"], ["waiting", "--json"]):
        assert explain(place, *words) == 0
        printed = capsys.readouterr().out
        assert "Nordmann" not in printed
        assert "@mail.example" not in printed


def poll(place: Office, now: datetime) -> None:
    """Poll once, and send nothing."""
    loaded = place.load()
    settings = loaded.settings.sources[0]
    with (
        closing(Store(loaded.settings.state.url.get_secret_value())) as store,
        closing(Source(settings, loaded.mappings[settings.name])) as source,
    ):
        store.upgrade()
        Cycle(store, source, loaded).run(now=now)


@pytest.mark.parametrize(
    "asked_at",
    [
        pytest.param(NOW, id="before any poll"),
        pytest.param(NOW + timedelta(weeks=6), id="after an outage"),
    ],
)
def test_what_is_next_is_what_the_next_poll_really_owes(
    place: Office, capsys: pytest.CaptureFixture[str], asked_at: datetime
) -> None:
    if asked_at != NOW:
        poll(place, NOW)
    asked = ["waiting", "--as-of", asked_at.isoformat()]
    [before] = said(place, capsys, *asked)
    poll(place, asked_at)
    with closing(sqlite3.connect(place.state)) as state:
        query = (
            "SELECT firing, recipient FROM notices JOIN alerts ON alerts.id = alert_id"
            " WHERE rule = 'first-reply' AND application_id = 'waiting'"
            " AND notices.due_at <= ? ORDER BY notices.id"
        )
        owed = state.execute(query, [text(asked_at)]).fetchall()
    [clock] = before["rules"]
    known = [
        (step["step"].split(",")[0], recipient)
        for step in clock["next"]
        for recipient in step["tell"]
    ]
    assert known == [(firing.rpartition(" (")[0], who) for firing, who in owed]
    [after] = said(place, capsys, *asked)
    assert after["rules"][0]["next"] == clock["next"]


def test_an_earlier_instant_knows_nothing_of_what_came_later(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    [before] = said(place, capsys, "waiting")
    poll(place, NOW + timedelta(days=5))
    [after] = said(place, capsys, "waiting")
    assert after == before
    poll(place, NOW + timedelta(days=20))
    [found] = said(
        place, capsys, "waiting", "--as-of", (NOW + timedelta(days=6)).isoformat()
    )
    told = [each for each in found["rules"][0]["lines"] if each["event"] == "told"]
    assert len(told) == 2


def test_what_was_really_told_stands_in_place_of_the_plan(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    poll(place, NOW)
    before = place.state.read_bytes()
    [found] = said(place, capsys, "waiting")
    told = meanings(found, "first-reply")
    assert told[f"{RECRUITER}, target, again (1 of 3)"] == "waits to be sent"
    assert told["step: 4 days before"] == "passed over"
    assert place.state.read_bytes() == before


def test_a_source_that_cannot_feed_a_rule_says_what_it_lacks(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = place.settings.parent / "ats" / "standard"
    folder.mkdir(parents=True)
    ours = shipped.folder() / "config" / "ats" / "standard"
    for name in ("mapping.yaml", "query.sql"):
        written = (ours / name).read_text(encoding="utf-8")
        for line in (
            "    pauses.paused,\n",
            "    a.settled_at AS decided_at,\n",
            "explain: explain.sql\n",
        ):
            written = written.replace(line, "")
        (folder / name).write_text(written, encoding="utf-8")
    (place.rules / "outcome.yaml").write_text(PAUSING, encoding="utf-8")
    at = text(datetime(2026, 9, 10, tzinfo=UTC))
    office.change(place, "waiting", interviewed_at=at)
    [found] = said(place, capsys, "waiting")
    assert found["not_measurable"] == {"decided-not-told": ["decided_at"]}
    notes = {each["rule"]: each["notes"] for each in found["rules"]}
    assert notes["outcome"] == [
        "earlier pauses are not known: this source delivers no `paused`",
        "no messages are known, only what the application itself says",
    ]
    assert notes["first-reply"] == notes["outcome"][1:]


def test_mail_to_an_address_is_weighed_without_a_query_of_its_own(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    anna(place)
    say(place, "8812", "2026-11-10 10:00:00", "human")
    folder = place.settings.parent / "ats" / "standard"
    folder.mkdir(parents=True)
    ours = shipped.folder() / "config" / "ats" / "standard"
    written = (ours / "mapping.yaml").read_text(encoding="utf-8")
    written = written.replace("explain: explain.sql", "messages: messages.sql")
    (folder / "mapping.yaml").write_text(written, encoding="utf-8")
    query = (ours / "query.sql").read_text(encoding="utf-8")
    (folder / "query.sql").write_text(query, encoding="utf-8")
    (folder / "messages.sql").write_text(MAIL, encoding="utf-8")
    [found] = said(place, capsys, "8812", "--as-of", NOVEMBER)
    assert meanings(found, "first-reply") == meanings(found, "first-reply") | {
        "applied": "starts",
        "mail to A. K. about Data analyst": "does not count: other job",
        "mail to A. K.": "stops, in time",
    }


def test_the_head_says_how_far_the_candidate_is_from_an_answer(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    decided = "2026-09-09 08:00:00"
    office.change(place, "declined", interviewed_at=decided)
    say(place, "declined", "2026-09-14 08:00:00", "human", "portal")
    lines = shown(place, capsys, "declined")
    assert lines[1] == [
        "Answer: told over the portal on Mon 14 Sep 10:00, but not by phone after an interview"
    ]
    office.change(place, "fresh", status="withdrawn", waiting_on="nobody")
    lines = shown(place, capsys, "fresh")
    assert lines[0] == ["N. F. · Developer · Standard schema fresh · withdrawn"]
    assert lines[1] == ["Answer: none is owed any more (withdrawn)"]


def test_the_next_digest_is_named_as_people_name_it(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.apply(place, "tomorrow", NOW, days=9.9)
    lines = shown(place, capsys, "tomorrow")
    assert [f"next: {RECRUITER} (4 days before), in tomorrow's 09:00 digest"] in lines
    lines = shown(place, capsys, "tomorrow", "--as-of", "2026-09-17T08:00+02:00")
    assert [f"next: {RECRUITER} (4 days before), in today's 09:00 digest"] in lines
    lines = shown(place, capsys, "tomorrow", "--as-of", "2026-09-17T09:30+02:00")
    now = "in today's digest, right after the next poll"
    assert [f"next: {RECRUITER} (4 days before), {now}"] in lines


def test_everybody_who_hears_next_is_named_once(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    ladder = (
        "[{at: target, tell: owner, repeat: {every: 1 day, at_most: 3}},"
        " {at: 1 day after, tell: [owner, manager]}]"
    )
    written = PAUSING.replace("[{at: target, tell: owner}]", ladder)
    (place.rules / "outcome.yaml").write_text(written, encoding="utf-8")
    office.change(place, "waiting", interviewed_at=text(NOW - timedelta(days=6.5)))
    lines = [" ".join(line) for line in shown(place, capsys, "waiting")]
    told = (
        f"{RECRUITER} (1 day after; target, again (1 of 3)), {MANAGER} (1 day after),"
        " in today's digest, right after the next poll"
    )
    assert f"next: {told}" in lines


def test_without_an_instant_it_is_now(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.apply(place, "new", datetime(2126, 1, 1, tzinfo=UTC), days=0)
    given = ["explain", "new", "--all", "--config", str(place.settings)]
    assert cli.main(given) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "first-reply starts only Tue 1 Jan 2126" in printed


def test_postgresql_says_the_same(
    place: Office, postgresql: str, capsys: pytest.CaptureFixture[str]
) -> None:
    anna(place)
    expected = said(place, capsys, "8812", "--as-of", NOVEMBER)
    office.copy(place, postgresql)
    place.source(url=postgresql)
    assert said(place, capsys, "8812", "--as-of", NOVEMBER) == expected


def test_explain_needs_a_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "svar.yaml"
    assert cli.main(["explain", "1", "--config", str(path)]) == 2
    assert "there is no such file" in capsys.readouterr().err
