"""A reply between two polls wins: rows are read again right before a notice goes out."""

import io
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest
import yaml
from rich.console import Console
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.pool import NullPool

from monitor import cycle, mapping
from monitor.daemon import Daemon
from monitor.daemon.logs import TextFormatter
from monitor.delivery import Delivery, Report
from monitor.errors import DeliveryError, Outcome, SourceError
from monitor.messages import Message
from monitor.model import Application
from monitor.settings import SourceSettings
from monitor.source import Poll, Source
from monitor.source.again import Again
from monitor.store import ledger
from monitor.store.tables import notices
from monitor.terminal import Terminal
from tests.servers import load_opencats
from tests.stories import office
from tests.stories.ats import opencats
from tests.stories.office import NOW, Office

ROWS = (
    "SELECT {} AS application_id, 'p' AS candidate_ref, '2026-09-01' AS applied_at,"
    " 'open' AS status FROM entries"
)
PEOPLE = (
    "SELECT id AS application_id, 'p' AS candidate_ref, address AS candidate_email,"
    " '2026-09-01 08:00:00' AS applied_at, 'open' AS status FROM people"
)
LETTERS = (
    "SELECT id AS message_id, address AS candidate_email, '2026-09-02 10:00:00' AS sent_at,"
    " 'out' AS direction, 'human' AS kind FROM letters"
)
MANY = 15_000  # more than one query is bound to
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WAITING, SOON, DECLINED = "Å. N.", "S. J.", "M. L."  # as a digest calls them


Kind = TypeVar("Kind", bound=Source)


class Stubborn(Terminal):
    """A terminal that takes some posts only at a second try."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self.refuses = 0

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool = False,
        thread: str | None = None,
    ) -> tuple[str, str]:
        if self.refuses:
            self.refuses -= 1
            raise DeliveryError(Outcome.NOT_SENT, "connect")
        return super().post(channel, message, key, plain=plain, thread=thread)


class Blind(Source):
    """A source that finds none of the rows when it is asked for them alone."""

    @contextmanager
    def again(
        self,
        now: datetime,
        application_ids: Collection[str],
    ) -> Iterator[Poll]:
        with super().again(now, ()) as again:
            yield again


class Hearsay(Source):
    """A source that tells of replies when it is asked for rows alone, and of no others."""

    told_at = NOW - timedelta(days=9)

    @contextmanager
    def again(
        self,
        now: datetime,
        application_ids: Collection[str],
    ) -> Iterator[Poll]:
        with self._connect() as connection:
            yield Rumour(self, connection, now, application_ids)


class Rumour(Again):
    """One pass over rows that tell of a reply."""

    def __iter__(self) -> Iterator[Application]:
        assert isinstance(self._source, Hearsay)
        for each in super().__iter__():
            yield each._replace(first_reply_at=self._source.told_at)


class Slow(Source):
    """A source that takes its time when it is asked for rows alone."""

    def __init__(self, settings: SourceSettings, of: mapping.Mapping) -> None:
        super().__init__(settings, of)
        self.asked = 0
        self.answers = Event()
        self.longest = 10.0

    @contextmanager
    def again(
        self,
        now: datetime,
        application_ids: Collection[str],
    ) -> Iterator[Poll]:
        self.asked += 1
        self.answers.wait(self.longest)
        with super().again(now, application_ids) as again:
            yield again


class Svar:
    """A daemon over an office, with a clock that a story moves on."""

    def __init__(self, place: Office) -> None:
        self.place = place
        self.now = NOW
        self._log, self._paper = io.StringIO(), io.StringIO()
        handler = logging.StreamHandler(self._log)
        handler.setFormatter(TextFormatter())
        log = logging.Logger("test")  # noqa: LOG001 - one for each test
        log.addHandler(handler)
        self.terminal = Stubborn(Console(file=self._paper, width=120))
        self.daemon = Daemon(place.load(), {}, self.terminal, log)
        self.queries: list[str] = []
        for source in self.daemon.sources:
            event.listen(source.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, sql: str, *_: object) -> None:
        self.queries.append(sql)

    @property
    def log(self) -> str:
        return self._log.getvalue()

    @property
    def printed(self) -> str:
        return self._paper.getvalue()

    def poll(self, *, after: timedelta = 5 * MINUTE) -> None:
        self.now += after
        for source in self.daemon.sources:
            self.daemon.poll(source, now=self.now)
        self.queries.clear()

    def deliver(self, *, after: timedelta = MINUTE) -> Report:
        self.now += after
        return self.daemon.deliver(now=self.now)

    def reads(self, kind: type[Kind]) -> Kind:
        """Let the source be read by another way from now on."""
        [old] = self.daemon.sources
        made = kind(old.settings, old.mapping)
        self.daemon.sources[0] = made
        old.close()
        return made

    def notices(self) -> set[str]:
        """Return the statuses that there are among the notices."""
        with self.daemon.store.read() as connection:
            return set(connection.execute(select(notices.c.status)).scalars())


Start = Callable[[Office], Svar]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start daemons that have polled once, and stop them in the end."""
    with ExitStack() as stack:

        def begin(place: Office) -> Svar:
            svar = Svar(place)
            stack.callback(svar.daemon.close)
            svar.daemon.open(now=NOW)
            svar.poll()
            return svar

        yield begin


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office of a recruiter, for whom nobody waits yet."""
    made = office.build(tmp_path / "office")
    office.furnish(made)
    office.change(made, "reviewed", status="withdrawn")
    return made


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ats.db"
    url: str = request.getfixturevalue(request.param)
    return url


def only(place: Office, *names: str) -> None:
    """Take away all applications but these."""
    kept = ", ".join("?" for _ in names)
    place.run(f"DELETE FROM applications WHERE id NOT IN ({kept})", *names)  # noqa: S608 - marks alone


def take_back(place: Office) -> None:
    """Let all that was sent be undone."""
    place.run("DELETE FROM messages")


class TestAReplyInTheSameMinute:
    def test_it_holds_its_line_back_and_the_others_go(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        office.reply(place, "waiting", svar.now)
        report = svar.deliver()
        assert WAITING not in svar.printed
        assert DECLINED in svar.printed
        assert report.doubtful == {"recruiting": 1}
        assert "held back what settled since the last poll" in svar.log

    def test_it_wins_where_the_source_is_postgresql(
        self, place: Office, start: Start, postgresql: str
    ) -> None:
        office.copy(place, postgresql)
        place.source(url=postgresql)
        svar = start(place)
        engine = create_engine(postgresql, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO messages (id, application_id, sent_at, direction, kind,"
                    " channel) VALUES ('m', 'waiting', :at, 'out', 'human', 'email')"
                ),
                {"at": svar.now},
            )
        svar.deliver()
        assert WAITING not in svar.printed
        assert DECLINED in svar.printed

    def test_the_next_poll_settles_it(self, place: Office, start: Start) -> None:
        only(place, "waiting")
        svar = start(place)
        office.reply(place, "waiting", svar.now)
        svar.deliver()
        assert svar.notices() == {"queued"}
        svar.poll()
        svar.deliver()
        assert svar.notices() == {"obsolete"}
        assert svar.printed == ""

    def test_it_is_told_where_the_reply_is_taken_back(
        self, place: Office, start: Start
    ) -> None:
        only(place, "waiting")
        svar = start(place)
        office.reply(place, "waiting", svar.now)
        svar.deliver()
        take_back(place)
        svar.deliver()
        assert svar.printed == ""
        svar.poll()
        svar.deliver()
        assert WAITING in svar.printed

    def test_it_wins_while_a_post_waits_for_another_try(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        svar.terminal.refuses = 1
        svar.deliver()
        office.reply(place, "waiting", svar.now)
        svar.deliver(after=2 * MINUTE)
        assert WAITING not in svar.printed
        assert DECLINED in svar.printed

    def test_who_wrote_again_begins_a_new_wait(
        self, place: Office, start: Start
    ) -> None:
        only(place, "declined")
        svar = start(place)
        office.decide(place, "declined", svar.now, days=0)
        svar.deliver()
        assert svar.printed == ""


class TestWhatIsReadAgain:
    def test_nothing_where_the_settings_say_so(
        self, place: Office, start: Start
    ) -> None:
        place.source(verify=False)
        svar = start(place)
        office.reply(place, "waiting", svar.now)
        svar.deliver()
        assert WAITING in svar.printed
        assert svar.queries == []

    def test_no_first_step_of_a_ladder(self, place: Office, start: Start) -> None:
        only(place, "soon")
        svar = start(place)
        office.reply(place, "soon", svar.now)
        svar.deliver()
        assert SOON in svar.printed
        assert svar.queries == []

    def test_first_steps_too_where_the_settings_say_so(
        self, place: Office, start: Start
    ) -> None:
        place.source(verify=True)
        svar = start(place)
        office.reply(place, "soon", svar.now)
        svar.deliver()
        assert SOON not in svar.printed
        assert WAITING in svar.printed

    def test_all_readers_wait_for_one_reading(
        self, place: Office, start: Start
    ) -> None:
        office.change(place, "reviewed", status="open")
        svar = start(place)
        svar.deliver()
        assert office.RECRUITER in svar.printed
        assert office.MANAGER in svar.printed
        assert len(svar.queries) == 2  # which columns there are, and the rows

    def test_nothing_while_nothing_goes_out(self, place: Office, start: Start) -> None:
        svar = start(place)
        svar.deliver(after=12 * timedelta(hours=1))  # at night
        assert svar.queries == []
        svar.poll(after=11 * timedelta(hours=1))
        svar.deliver()
        assert svar.queries != []
        svar.queries.clear()
        svar.deliver()
        assert svar.queries == []

    def test_no_row_twice_in_a_minute(self, place: Office, start: Start) -> None:
        svar = start(place)
        svar.terminal.refuses = 1
        svar.deliver()
        svar.queries.clear()
        svar.deliver(after=timedelta(seconds=30))
        assert WAITING in svar.printed
        assert svar.queries == []


class TestARowThatIsGone:
    def test_is_not_told_until_polls_have_settled_it(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        only(place, "declined", "soon")
        svar.deliver()
        assert DECLINED in svar.printed
        for _ in range(2):
            svar.poll(after=DAY)
            svar.deliver()
        assert WAITING not in svar.printed

    def test_is_told_where_a_poll_finds_it(self, place: Office, start: Start) -> None:
        only(place, "waiting")
        svar = start(place)
        svar.reads(Blind)
        svar.deliver()
        assert svar.printed == ""
        svar.poll()
        svar.deliver()
        assert WAITING in svar.printed

    def test_is_told_where_it_cannot_be_read(self, place: Office, start: Start) -> None:
        svar = start(place)
        office.distort(place, "waiting", applied_at="yesterday")
        svar.deliver()
        assert WAITING in svar.printed


class TestADoubt:
    """What a later poll confirmed is told, whatever is read again meanwhile."""

    def test_is_over_where_a_later_poll_finds_what_it_denied(
        self, place: Office, start: Start
    ) -> None:
        only(place, "waiting")
        svar = start(place)
        svar.reads(Hearsay)
        svar.deliver()
        assert svar.printed == ""
        svar.poll()
        assert not svar.deliver().doubtful
        assert WAITING in svar.printed

    def test_is_over_for_good(self, place: Office, start: Start) -> None:
        svar = start(place)
        svar.reads(Hearsay)
        assert svar.deliver().doubtful  # the day's digest goes to its reader without it
        assert WAITING not in svar.printed
        svar.poll()
        svar.deliver()
        svar.poll(after=DAY)
        assert not svar.deliver().doubtful
        assert WAITING in svar.printed

    def test_arises_anew_of_another_reply(self, place: Office, start: Start) -> None:
        only(place, "waiting")
        svar = start(place)
        hearsay = svar.reads(Hearsay)
        svar.deliver()
        svar.poll()
        hearsay.told_at += MINUTE
        assert svar.deliver().doubtful
        assert svar.printed == ""

    def test_outlasts_a_poll_that_was_under_way(
        self, place: Office, start: Start
    ) -> None:
        only(place, "waiting")
        svar = start(place)
        svar.reads(Hearsay)
        svar.deliver()
        svar.poll(after=-MINUTE / 2)
        svar.deliver(after=2 * MINUTE)
        assert svar.printed == ""
        svar.poll()
        svar.deliver()
        assert WAITING in svar.printed

    def test_is_counted(self, place: Office, start: Start) -> None:
        svar = start(place)
        series = 'svar_notices_doubtful_total{source="recruiting"}'
        assert f"{series} 0.0" in svar.daemon.metrics.expose().decode()
        office.reply(place, "waiting", svar.now)
        svar.deliver()
        assert f"{series} 1.0" in svar.daemon.metrics.expose().decode()

    def test_is_forgotten_with_its_alert(self, place: Office, start: Start) -> None:
        svar = start(place)
        source = svar.reads(Hearsay)
        made = cycle.Verifier(svar.daemon.store, [source], place.load)
        with svar.daemon.store.read() as connection:
            found = ledger.read_open(connection, source.name).values()
        late = [each for each in found if each.seen.rule == "first-reply"]
        assert made.verify(late, now=svar.now) == made.doubtful() != frozenset()
        svar.poll()
        assert made.doubtful() == frozenset()
        assert len(made._confirmed) == len(late)
        office.reply(place, "waiting", svar.now)
        source.told_at += MINUTE
        assert made.verify(late, now=svar.now) == made.doubtful() != frozenset()
        svar.poll()
        assert made.doubtful() == frozenset()
        assert {alert for alert, _ in made._confirmed} == {
            each.id for each in late if each.seen.application_id != "waiting"
        }


class TestASlowSource:
    def test_it_is_told_what_the_last_poll_said(
        self, place: Office, start: Start
    ) -> None:
        only(place, "waiting")
        svar = start(place)
        slow = svar.reads(Slow)
        made = patient(svar, seconds=0.1)
        report = made.run(now=svar.now + MINUTE)
        slow.answers.set()
        assert report.unread == {"recruiting": "recruiting did not answer within 0.1 s"}
        assert WAITING in svar.printed

    def test_it_is_not_asked_again_while_it_is_asked(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        slow = svar.reads(Slow)
        made = patient(svar, seconds=0.1)
        svar.terminal.refuses = 3
        made.run(now=svar.now + MINUTE)
        svar.poll()
        report = made.run(now=svar.now + MINUTE)
        slow.answers.set()
        assert set(report.unread) == {"recruiting"}
        assert slow.asked == 1

    def test_it_is_asked_again_once_it_answered(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        slow = svar.reads(Slow)
        made = patient(svar, seconds=2)
        svar.terminal.refuses = 3
        slow.answers.set()
        for _ in range(2):
            svar.poll()
            assert not made.run(now=svar.now + MINUTE).unread
        assert slow.asked == 2

    def test_the_heart_beats_when_the_delivery_ends(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        slow = svar.reads(Slow)
        slow.longest = 0.1
        svar.deliver()
        beat_at = svar.daemon.metrics.last().heartbeat_at
        assert beat_at is not None
        assert beat_at - svar.now > timedelta(seconds=0.1)


class TestASourceThatFails:
    def test_it_is_told_what_the_last_poll_said(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        place.ats.rename(place.folder / "away.db")
        report = svar.deliver()
        assert WAITING in svar.printed
        assert set(report.unread) == {"recruiting"}
        assert "what the last poll of recruiting said is told" in svar.log

    def test_it_is_asked_again_once_it_was_polled(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        place.ats.rename(place.folder / "away.db")
        svar.terminal.refuses = 2
        svar.deliver()
        (place.folder / "away.db").rename(place.ats)
        assert svar.deliver().unread
        assert svar.queries == []
        assert svar.log.count("what the last poll") == 1
        svar.poll()
        assert not svar.deliver().unread
        assert svar.queries != []

    def test_a_column_that_is_missing_is_a_failure(
        self, place: Office, start: Start
    ) -> None:
        svar = start(place)
        place.run("ALTER TABLE applications RENAME COLUMN stage TO step")
        assert "recruiting" in svar.deliver().unread
        assert WAITING in svar.printed

    def test_another_one_is_read_all_the_same(
        self, place: Office, start: Start
    ) -> None:
        twin = place.folder / "clinic.db"
        twin.write_bytes(place.ats.read_bytes())
        [first] = yaml.safe_load(place.settings.read_text("utf-8"))["sources"]
        second = first | {"name": "clinic", "url": f"sqlite:///{twin}"}
        place.change(sources=[first, second])
        svar = start(place)
        twin.rename(place.folder / "away.db")
        office.reply(place, "waiting", svar.now)
        report = svar.deliver()
        assert report.doubtful == {"recruiting": 1}
        assert set(report.unread) == {"clinic"}
        assert svar.printed.count(WAITING) == 1


class TestReadingAlone:
    """What is read of one application alone is what a poll reads of it."""

    def test_in_the_standard_schema(self, place: Office) -> None:
        alone(place.load().settings.sources[0], "standard")

    def test_in_the_standard_schema_in_postgresql(
        self, place: Office, postgresql: str
    ) -> None:
        office.copy(place, postgresql)
        place.source(url=postgresql)
        alone(place.load().settings.sources[0], "standard")

    def test_in_opencats_whose_mail_belongs_to_an_address(
        self, place: Office, mariadb: str
    ) -> None:
        load_opencats(mariadb)
        opencats.insert_scenario(mariadb)
        place.source(url=mariadb, mapping="opencats", timezone=opencats.ZONE)
        settings = place.load().settings.sources[0]
        found = alone(settings, "opencats", now=opencats.NOW)
        assert any(row.first_reply_at for row in found)

    @pytest.mark.parametrize("number", ["7", "3.5", "40 + 2", "id"])
    def test_where_ids_are_numbers(
        self, tmp_path: Path, database: str, number: str
    ) -> None:
        settings, folder = numbered(tmp_path, database, number)
        alone(settings, str(folder))

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("kari@example.com", "Kari@Example.com "),
            ("kari@example.com", "kari@example.com\t"),
            ("kari@example.com", "kari@example.com\u00a0"),
            ("kari@example.com\r\n", "kari@example.com"),
            ("åse@example.com", "ÅSE@example.com"),
            ("ase@example.com", "åse@example.com"),
        ],
        ids=["plain", "tab", "hard space", "line end", "capital", "another person"],
    )
    def test_where_addresses_are_written_in_two_ways(
        self, tmp_path: Path, database: str, one: str, other: str
    ) -> None:
        settings, folder = addressed(tmp_path, database, one, other)
        alone(settings, str(folder))

    def test_fails_where_the_column_cannot_hold_the_id(
        self, tmp_path: Path, postgresql: str
    ) -> None:
        settings, folder = numbered(tmp_path, postgresql, "id")
        source = Source(settings, mapping.read(folder))
        with (
            opened(source),
            source.again(NOW, ["a word"]) as again,
            pytest.raises(SourceError),
        ):
            list(again)


def numbered(folder: Path, url: str, number: str) -> tuple[SourceSettings, Path]:
    """Make a table of numbers, and a mapping whose ids they are."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE entries (id INTEGER)"))
        connection.execute(text("INSERT INTO entries VALUES (12)"))
    made = folder / "own"
    made.mkdir()
    (made / "mapping.yaml").write_text("name: own\ntitle: Own", "utf-8")
    (made / "query.sql").write_text(ROWS.format(number), "utf-8")
    return SourceSettings(name="own", url=url, mapping="own", timezone="UTC"), made


def addressed(
    folder: Path, url: str, one: str, other: str
) -> tuple[SourceSettings, Path]:
    """Make two people with these addresses, a letter to the first, and a mapping."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for table in ("people", "letters"):
            connection.execute(
                text(f"CREATE TABLE {table} (id VARCHAR(9), address VARCHAR(99))")
            )
        insert = "INSERT INTO {} VALUES (:id, :address)"
        rows = [{"id": "A", "address": one}, {"id": "B", "address": other}]
        connection.execute(text(insert.format("people")), rows)
        connection.execute(text(insert.format("letters")), rows[:1])
    made = folder / "own"
    made.mkdir()
    (made / "mapping.yaml").write_text(
        "name: own\ntitle: Own\nmessages: messages.sql", "utf-8"
    )
    (made / "query.sql").write_text(PEOPLE, "utf-8")
    (made / "messages.sql").write_text(LETTERS, "utf-8")
    return SourceSettings(name="own", url=url, mapping="own", timezone="UTC"), made


def patient(svar: Svar, *, seconds: float) -> Delivery:
    """Return a delivery that waits so long for what is read again."""
    store, loaded = svar.daemon.store, svar.place.load()
    return Delivery(
        store,
        svar.terminal,
        lambda: loaded,
        verifier=cycle.Verifier(
            store, svar.daemon.sources, lambda: loaded, patience=seconds
        ),
    )


def alone(
    settings: SourceSettings, named: str, *, now: datetime = NOW
) -> list[Application]:
    """Demand that every application reads the same alone, and that one is wanted."""
    source = Source(settings, mapping.read(mapping.find(named, Path())))
    with opened(source), source.poll(now) as poll:
        rows = list(poll)
    assert rows
    with opened(source):
        for row in rows:
            with source.again(now, [row.application_id]) as again:
                found = {each.application_id: each for each in again}
            assert found[row.application_id] == row
        nobody = [str(number) for number in range(MANY, 2 * MANY)]
        with source.again(now, nobody) as again:
            assert list(again) == []
        everybody = [row.application_id for row in rows]
        with source.again(now, [*nobody, *everybody]) as again:
            assert set(again) == set(rows)
    return rows


@contextmanager
def opened(source: Source) -> Iterator[None]:
    """Let go of a source's sessions in the end."""
    try:
        yield
    finally:
        source.close()
