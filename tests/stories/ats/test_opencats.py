"""OpenCATS end to end: a real MariaDB, the shipped mapping and rules, `svar check`."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from monitor import cli, configuration, shipped
from monitor.model import Application, Channel
from monitor.source import Source
from tests.servers import load_opencats
from tests.stories import office
from tests.stories.ats import opencats

Pair = tuple[str, str]
CALENDAR = {"timezone": opencats.ZONE}  # Monday to Friday, 08:00 to 16:00
# What the separate query answers; the other rules are the unit tests' business.
ASKED = {"first-reply", "manager-review", "decided-not-told", "leftovers-at-close"}


@pytest.fixture
def url(mariadb: str) -> str:
    load_opencats(mariadb)
    opencats.insert_scenario(mariadb)
    return mariadb


@pytest.fixture
def command(url: str, tmp_path: Path) -> list[str]:
    place = office.build(tmp_path / "office", calendar=CALENDAR)
    place.source(name="opencats", url=url, mapping="opencats", timezone=opencats.ZONE)
    shutil.copytree(shipped.folder() / "rules", place.rules, dirs_exist_ok=True)
    as_of = opencats.NOW.isoformat()
    return ["check", "--config", str(place.settings), "--json", "--as-of", as_of]


def breached(source: dict[str, Any]) -> set[Pair]:
    return {
        (finding["rule"], finding["application"])
        for finding in source["findings"]
        if finding["state"] == "breached" and finding["rule"] in ASKED
    }


def in_process(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(command) == 0
    return capsys.readouterr().out


def as_process(command: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "monitor", *command],
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("run", [in_process, as_process])
def test_check_finds_what_a_separate_query_finds(
    url: str,
    command: list[str],
    capsys: pytest.CaptureFixture[str],
    run: Callable[[list[str], pytest.CaptureFixture[str]], str],
) -> None:
    (source,) = json.loads(run(command, capsys))["sources"]
    expected = opencats.expected_findings(url, opencats.NOW)
    assert breached(source) == expected
    assert source["rejected_rows"] == 0
    # Why somebody was turned down is nowhere in OpenCATS.
    assert source["not_measurable"] == ["reason-missing"]


def test_the_separate_query_says_what_was_worked_out_by_hand(url: str) -> None:
    by_hand = opencats.DEMO_FINDINGS | opencats.SCENARIO_FINDINGS
    assert opencats.expected_findings(url, opencats.NOW) == by_hand


@pytest.fixture
def rows(url: str, tmp_path: Path) -> dict[str, Application]:
    """Read all applications as the source delivers them."""
    place = office.build(tmp_path / "office", calendar=CALENDAR)
    place.source(name="opencats", url=url, mapping="opencats", timezone=opencats.ZONE)
    loaded = configuration.read(place.settings, {})
    ats = Source(loaded.settings.sources[0], loaded.mappings["opencats"])
    with closing(ats), ats.poll(opencats.NOW) as poll:
        return {row.application_id: row for row in poll}


def local(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(opencats.ZONE))


@pytest.mark.parametrize(
    ("key", "called_at", "unreached_at", "last_written_at"),
    [
        ("1002", None, None, "2007-01-18 10:00:00"),
        ("1012", "2007-01-20 10:00:00", None, None),
        ("1013", None, None, None),
        ("1024", "2007-01-31 10:00:00", None, "2007-01-31 16:00:00"),
        ("1030", None, "2007-02-01 10:00:00", "2007-02-01 10:05:00"),
    ],
    ids=["mail", "call", "in vain, undecided", "call and mail", "in vain, then a mail"],
)
def test_calls_and_mail_are_told_apart(
    rows: dict[str, Application],
    key: str,
    called_at: str | None,
    unreached_at: str | None,
    last_written_at: str | None,
) -> None:
    row = rows[key]
    expected = (called_at, unreached_at, last_written_at)
    assert (row.called_at, row.unreached_at, row.last_written_at) == tuple(
        local(value) if value else None for value in expected
    )


@pytest.mark.parametrize(
    ("key", "told_at", "told_by"),
    [
        ("1031", "2007-01-30 11:00:00", Channel.PHONE),
        ("1032", None, None),
        ("1033", None, None),
        ("1034", "2007-01-30 11:00:00", Channel.EMAIL),
        ("1035", "2007-01-29 15:00:00", Channel.PHONE),
        ("1036", "2007-01-23 09:00:00", Channel.EMAIL),
    ],
    ids=[
        "called before",
        "mailed too long before",
        "met before",
        "written to just before",
        "called before the job shut",
        "told, and then the job shut",
    ],
)
def test_who_says_it_first_and_moves_the_card_then_has_told_it(
    rows: dict[str, Application], key: str, told_at: str | None, told_by: Channel | None
) -> None:
    row = rows[key]
    assert (row.told_at, row.told_by) == (told_at and local(told_at), told_by)


def test_a_candidates_turns_that_are_over_are_told(
    rows: dict[str, Application],
) -> None:
    contacted = local("2007-01-12 09:00:00"), local("2007-01-16 10:30:00")
    offered = local("2007-01-18 09:00:00"), local("2007-01-19 09:00:00")
    assert rows["1030"].paused == (contacted, offered)
    assert rows["1003"].paused is None  # still Contacted
    assert rows["1022"].paused is None  # never was


def test_every_application_of_the_site_is_counted(
    url: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (source,) = json.loads(in_process(command, capsys))["sources"]
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        there = connection.execute(
            text(
                "SELECT COUNT(*) FROM candidate_joborder cj JOIN candidate ca"
                " USING (candidate_id) JOIN joborder jo USING (joborder_id)"
                " WHERE cj.site_id = 201 AND ca.is_admin_hidden = 0"
                " AND jo.is_admin_hidden = 0"
            )
        ).scalar()
    assert source["applications"] == there
