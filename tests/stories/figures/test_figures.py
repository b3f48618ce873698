"""Every figure of the demo's autumn is what a plain SQL query says of its database."""

import re
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import configuration, cycle, shipped
from monitor.demo import ats, home, play
from monitor.figures import BOUNDS, Figures, Spread, Window
from monitor.source import Source

RULES = {"first-reply", "decided-not-told", "phone-required"}
WEEKS, SEED = 14, 4
NOW = datetime(2026, 12, 8, 11, 30, tzinfo=UTC)  # a Tuesday
SQL = Path(__file__).with_name("figures.sql").read_text(encoding="utf-8")
PREPARED, *NAMED = re.split(r"^-- figure: (\w+)\n", SQL, flags=re.MULTILINE)
QUERIES = dict(zip(NAMED[::2], NAMED[1::2], strict=True))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the demo's database as of a day in December, and three of its rules."""
    folder = tmp_path_factory.mktemp("figures")
    home.build(folder / "demo", listen="127.0.0.1:0")
    for path in (folder / "demo" / "rules").rglob("*.yaml"):
        if path.stem not in RULES:
            path.unlink()
    law = folder / "demo" / "rules" / "decided-not-told.yaml"
    text = law.read_text(encoding="utf-8")
    law.write_text(text.replace("    owner:", "    legal: true\n    owner:"), "utf-8")
    events = play.season(SEED, WEEKS).events
    with closing(sqlite3.connect(folder / "demo" / home.DATABASE)) as connection:
        ats.apply(connection, [each for each in events if each.at <= NOW])
    return folder / "demo"


@pytest.fixture(scope="module")
def figures(folder: Path) -> Figures:
    """Return the figures as a poll counts them."""
    return counted(folder)


def counted(folder: Path, **changed: timedelta) -> Figures:
    """Return the figures of a poll, with what a test says of the source changed."""
    loaded = configuration.read(folder / "config" / "svar.yaml", {})
    (settings,) = loaded.settings.sources
    settings = settings.model_copy(update=changed)
    with closing(Source(settings, loaded.mappings[settings.name])) as source:
        _, report = cycle.check(source, loaded, now=NOW)
    assert report.figures is not None
    return report.figures


@pytest.fixture(scope="module")
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    """Open the database with what the mapping's query returns laid down as a table."""
    query = shipped.folder() / "config" / "ats" / "standard" / "query.sql"
    text = query.read_text(encoding="utf-8").strip().removesuffix(";")
    binds = {"now": written(NOW), "since": written(NOW - timedelta(days=180))}
    with closing(sqlite3.connect(folder / home.DATABASE)) as connection:
        connection.execute(f"CREATE TEMP TABLE seen AS {text}", binds)
        connection.execute("CREATE TEMP TABLE moment AS SELECT :now AS now", binds)
        connection.executescript(PREPARED)
        yield connection


def written(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def rows(connection: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    """Return what a figure's query says; nothing would prove nothing."""
    found = connection.execute(QUERIES[name]).fetchall()
    assert found
    return found


def flat(counts: Iterable[tuple[Any, Any]]) -> list[tuple[Any, ...]]:
    return sorted(
        (*key, *([value] if isinstance(value, int | float) else value))
        for key, value in counts
    )


@pytest.mark.parametrize(
    "name",
    ["waiting", "turns", "overdue", "overdue_jobs", "interviewed_told", "surveys"],
)
def test_what_is_counted_by_group_is_what_sql_counts(
    name: str, figures: Figures, database: sqlite3.Connection
) -> None:
    assert flat(getattr(figures, name).items()) == sorted(rows(database, name))


def test_promises_kept_and_broken_are_those_of_sql(
    figures: Figures, database: sqlite3.Connection
) -> None:
    found = flat(figures.promises.items())
    assert found == sorted(rows(database, "promises"))
    assert {rule for rule, *_ in found} == RULES
    shares = [kept.ratio for kept in figures.promises.values() if kept.ratio]
    assert min(shares) < 0.9
    assert min(each.cases for each in figures.promises.values()) >= 5


def test_a_short_lookback_leaves_out_what_it_cannot_tell(
    folder: Path, figures: Figures
) -> None:
    short = counted(folder, lookback=timedelta(days=60))
    narrow = {
        key: each for key, each in figures.promises.items() if key[2] is Window.NARROW
    }
    assert short.promises == narrow
    assert (short.answerable, short.surveys) == ({}, {})
    assert short.first_reply == short.decided_to_told == Spread()
    assert short.legal == figures.legal


@pytest.mark.parametrize("name", ["first_reply", "decided_to_told"])
def test_how_long_it_took_is_spread_as_in_sql(
    name: str, figures: Figures, database: sqlite3.Connection
) -> None:
    seconds = [each for (each,) in rows(database, name)]
    counts = [0] * (len(BOUNDS) + 1)
    for each in seconds:
        counts[bisect_left(BOUNDS, timedelta(seconds=each))] += 1
    assert getattr(figures, name) == Spread(tuple(counts), float(sum(seconds)))


def test_those_who_never_hear_are_those_of_sql(
    figures: Figures, database: sqlite3.Connection
) -> None:
    asked, never = figures.answerable, figures.never_answered
    found = [(after, asked[after], never[after]) for after in asked]
    assert sorted(found) == rows(database, "silence")


def test_the_next_deadline_of_a_law_is_that_of_sql(
    figures: Figures, database: sqlite3.Connection
) -> None:
    found = [(rule, written(at)) for rule, at in figures.legal.items()]
    assert found == rows(database, "legal")
    assert list(figures.legal_missed.items()) == rows(database, "legal_missed")
