"""From the last nudge to the answer, read off the state."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from monitor import alerts
from monitor.evaluate import Ending, Verdict
from monitor.figures.nouns import BOUNDS, Spread
from monitor.store import ledger
from monitor.store.ledger import effects
from monitor.store.tables import notices
from tests.stories.alerts.test_store import explain
from tests.stories.delivery.post_office import (
    MINUTE,
    OPS,
    PostOffice,
    opened,
    state_url,
)

KEY = ("ats", "first-reply")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    with opened(state_url(request, tmp_path), tmp_path) as ready:
        yield ready


def read(office: PostOffice) -> dict[tuple[str, str], Spread]:
    with office.store.read() as connection:
        return effects.read(connection, now=office.at)


def one(took: timedelta) -> Spread:
    """Return the spread of one answer that came after this time."""
    first = next(n for n, bound in enumerate(BOUNDS) if took <= bound)
    counts = [int(n == first) for n in range(len(BOUNDS) + 1)]
    return Spread(tuple(counts), took.total_seconds())


def test_an_answer_counts_from_the_nudge_before_it(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    assert read(office) == {}
    office.at += 3 * HOUR
    office.answered()
    assert read(office) == {KEY: one(3 * HOUR)}


def test_it_counts_from_the_last_of_several_nudges(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.owe(OPS, step=3)
    office.deliver(after=2 * DAY)
    office.at += HOUR
    office.answered()
    assert read(office)[KEY] == one(HOUR)


def test_a_nudge_that_was_not_sent_has_no_effect(office: PostOffice) -> None:
    office.owe()
    office.answered()
    office.deliver(after=MINUTE)
    assert read(office) == {}


def test_a_nudge_that_crossed_the_answer_has_no_effect(office: PostOffice) -> None:
    alert = office.owe()
    office.deliver()
    answered_at = office.at + HOUR
    office.owe(OPS, step=3)
    office.deliver(after=2 * HOUR)
    change = alerts.settle(alert, Verdict(Ending.STOPPED, answered_at))
    with office.store.write() as connection:
        ledger.apply(connection, [(change, ())], now=office.at)
    assert read(office) == {KEY: one(HOUR)}


def test_a_notice_that_its_post_left_out_has_no_effect(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    with office.store.write() as connection:
        connection.execute(update(notices).values(status="obsolete"))
    office.answered()
    assert read(office) == {}


def test_an_answer_of_long_ago_counts_no_more(office: PostOffice) -> None:
    office.owe()
    office.deliver()
    office.at += HOUR
    office.answered()
    office.at += effects.WINDOW - MINUTE
    assert read(office)[KEY].total == 1
    office.at += MINUTE
    assert read(office) == {}


def test_an_answer_that_is_taken_back_counts_no_more(office: PostOffice) -> None:
    seen = office.owe()
    office.deliver()
    office.at += HOUR
    office.answered()
    office.open_again(seen)
    assert read(office) == {}


def test_answers_are_found_by_the_index(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/svar.db", tmp_path) as office:
        plan = explain(office.store, lambda c: effects.read(c, now=office.at))
    assert "alerts USING INDEX alert_ended (reason=? AND effective_at>?)" in plan
    assert "SCAN" not in plan
