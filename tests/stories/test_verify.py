"""A reply between two polls wins: rows are read again right before a notice goes out."""

import io
import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.pool import NullPool

from monitor import mapping
from monitor.daemon import Daemon
from monitor.daemon.logs import TextFormatter
from monitor.delivery import Report
from monitor.errors import DeliveryError, Outcome, SourceError
from monitor.messages import Message
from monitor.model import Application
from monitor.settings import SourceSettings
from monitor.source import Poll, Source
from monitor.store.tables import notices
from monitor.terminal import Terminal
from tests.servers import load_opencats
from tests.stories import office, opencats
from tests.stories.office import NOW, Office

ROWS = (
    "SELECT {} AS application_id, 'p' AS candidate_ref, '2026-09-01' AS applied_at,"
    " 'open' AS status FROM entries"
)
MANY = 15_000  # more than one query is bound to
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WAITING, SOON, DECLINED = "Å. N.", "S. J.", "M. L."  # as a digest calls them


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
        assert report.doubtful == 1
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
        [source] = svar.daemon.sources
        svar.daemon.sources[0] = Blind(source.settings, source.mapping)
        svar.deliver()
        assert svar.printed == ""
        svar.poll()
        svar.deliver()
        assert WAITING in svar.printed
        svar.daemon.sources[0].close()

    def test_is_told_where_it_cannot_be_read(self, place: Office, start: Start) -> None:
        svar = start(place)
        office.distort(place, "waiting", applied_at="yesterday")
        svar.deliver()
        assert WAITING in svar.printed


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
        assert report.doubtful == 1
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
