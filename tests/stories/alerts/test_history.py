"""What was remembered of an application at an instant, over a real state."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.alerts import State
from monitor.store.ledger import history, silences
from monitor.store.ledger.history import History
from monitor.store.ledger.silences import Silence
from tests.builders import INGRID, PER, finding
from tests.stories.delivery.post_office import (
    DEPUTY,
    LATE,
    NINE,
    OPS,
    PostOffice,
    opened,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/svar.db"
    else:
        url = request.getfixturevalue("postgresql")
    with opened(url, tmp_path) as ready:
        yield ready


def read(office: PostOffice, by: datetime) -> History:
    day = office.configuration.calendar.local_day(by)
    with office.store.read() as connection:
        return history.read(connection, "ats", "A1", by=by, day=day)


def told(known: History) -> list[tuple[str, str, str | None]]:
    return [(each.firing, each.status, each.reason) for each in known.tellings]


def test_nothing_is_known_before_the_first_poll(office: PostOffice) -> None:
    office.owe()
    assert read(office, NINE - HOUR).alerts == ()
    assert not read(office, NINE - HOUR).tellings
    assert told(read(office, NINE)) == [("step 1", "queued", None)]


def test_what_was_sent_later_still_waited(office: PostOffice) -> None:
    office.owe()
    office.deliver(after=HOUR)
    before, after = read(office, NINE), read(office, office.at)
    assert told(before) == [("step 1", "queued", None)]
    assert told(after) == [("step 1", "sent", None)]
    assert [set(each.had) for each in (before, after)] == [set(), {INGRID}]


@pytest.mark.parametrize(("deputies", "reader"), [({PER: DEPUTY}, DEPUTY), ({}, OPS)])
def test_who_read_it_is_known_where_it_was_another(
    office: PostOffice, deputies: dict[str, str], reader: str
) -> None:
    office.slack.add(DEPUTY, "Liv")
    office.set_people(deputies=deputies)
    office.owe(PER)
    office.deliver(after=HOUR)
    before, after = read(office, NINE), read(office, office.at)
    assert [(each.recipient, each.reader) for each in before.tellings] == [(PER, None)]
    assert [(each.recipient, each.reader) for each in after.tellings] == [(PER, reader)]


def test_a_silence_is_known_as_it_stood_then(office: PostOffice) -> None:
    for source in ("ats", "other"):
        made = Silence(NINE, None, "kari", "the mail is down", source=source)
        with office.store.write() as connection:
            silences.add(connection, made, now=NINE)
    [known] = read(office, NINE + HOUR).silences
    assert (known.source, known.ends_at) == ("ats", None)
    with office.store.write() as connection:
        silences.end(connection, known.id or 0, actor="per", now=NINE + DAY)
    assert read(office, NINE + HOUR).silences == (known,)
    assert not read(office, NINE + DAY).silences
    assert not read(office, NINE - HOUR).silences


def test_what_was_told_at_once_was_no_digest(office: PostOffice) -> None:
    office.owe(is_now=True)
    office.deliver(after=HOUR)
    assert told(read(office, office.at)) == [("step 1", "sent", None)]
    assert not read(office, office.at).had


def test_what_was_settled_later_still_waited(office: PostOffice) -> None:
    office.owe()
    office.at += HOUR
    office.answered()
    office.deliver()
    before, after = read(office, NINE), read(office, office.at)
    assert told(before) == [("step 1", "queued", None)]
    assert told(after) == [("step 1", "obsolete", "settled before it was sent")]
    assert [each.is_open for each in (*before.alerts, *after.alerts)] == [True, False]


def test_an_alert_that_climbed_since_is_named(office: PostOffice) -> None:
    office.owe()
    office.at += DAY
    office.owe(PER, step=2)
    assert len(read(office, NINE).moved) == 1
    assert not read(office, office.at).moved


def test_a_wait_knows_only_of_itself(office: PostOffice) -> None:
    office.owe()
    known = read(office, NINE)
    rule, started_at = finding(**LATE).rule, LATE["started_at"]
    assert known.of(rule, started_at) == known
    assert known.of(rule, started_at - DAY).alerts == ()
    assert known.of("silence", started_at).tellings == ()
    assert [each.state for each in known.alerts] == [State.BREACHED]
