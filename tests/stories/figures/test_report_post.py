"""The leads' post: one message a week over a real state, a real database and HTTP."""

import logging
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from monitor.cycle import Report
from monitor.daemon.jobs import Jobs
from monitor.delivery.routes import Transport
from monitor.messages import Message
from monitor.messages.english import ENGLISH
from monitor.report import keeping
from monitor.rules import Rulebook
from monitor.slack import Slack
from monitor.store import Connection, Store, edits
from monitor.store.edits import RuleEdit
from monitor.store.ledger import silences
from monitor.store.ledger.silences import Silence
from monitor.store.outbox import reports
from monitor.store.tables import posts
from tests.builders import at
from tests.fakes import TOKEN, FakeSlack, Killed, Meanwhile, die, hang, refuse, reset
from tests.stories import office
from tests.stories.daemon.process import eventually, finished, now, running
from tests.stories.office import NOW, Office

LEADS = "#recruiting-leads"
MONDAY = at("2026-09-21 09:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class House:
    """An office with its leads' channel, and the daemon that watches it."""

    def __init__(self, place: Office, slack: FakeSlack) -> None:
        self.place = place
        self.slack = slack
        self.now = MONDAY
        self.jobs = self._jobs(None)

    def _jobs(self, transport: Transport | None) -> Jobs:
        log = logging.Logger("test")  # noqa: LOG001 - one for each test
        transport = transport or Slack(TOKEN, self.slack.url, timeout=1)
        return Jobs(self.place.load(), {}, transport, log)

    def restart(self, transport: Transport | None = None) -> None:
        """Begin anew with what the state remembers, as a new process does."""
        self.jobs.close()
        self.jobs = self._jobs(transport)
        self.jobs.open(now=self.now)

    def poll(self) -> Report:
        return self.jobs.poll(self.jobs.sources[0], now=self.now)

    def tick(self, now: datetime | None = None) -> list[str]:
        """Do at a moment what a minute does; return what stands in the channel."""
        self.now = self.slack.now = now or self.now
        self.jobs.report(now=self.now)
        self.jobs.deliver(now=self.now)
        return self.said()

    def said(self) -> list[str]:
        return [each.shown for each in self.slack.to(LEADS)]

    def statuses(self) -> list[str]:
        """Return what became of each of the leads' posts."""
        query = select(posts.c.status).where(posts.c.kind == "report")
        with self.jobs.store.read() as connection:
            return list(connection.execute(query).scalars())


@contextmanager
def housed(folder: Path, **sections: object) -> Iterator[House]:
    place = office.build(folder / "office", calendar={"country": "NO"})
    office.furnish(place, MONDAY)
    with FakeSlack() as slack:
        channels = {LEADS: slack.open_channel(LEADS)}  # only an id can be looked up
        slack.open_channel("#recruiting-ops")
        leads = {"report": {"channel": LEADS}, "slack": {"channels": channels}}
        place.change(**leads | sections)
        for person in (office.RECRUITER, office.MANAGER):
            slack.add(person)
        house = House(place, slack)
        try:
            house.jobs.open(now=MONDAY - DAY)
            yield house
        finally:
            house.jobs.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    sections = {}
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
        sections["state"] = {"url": url}
    with housed(tmp_path, **sections) as made:
        yield made


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[House]:
    with housed(tmp_path) as made:
        yield made


def test_monday_morning_brings_one_message(house: House) -> None:
    assert not house.tick(MONDAY - MINUTE)
    [said] = house.tick(MONDAY)
    assert "3 people have waited longer than we promised" in said
    assert "Developer: 3" in said
    assert "As of Mon 21 Sep 09:00" in said
    for minutes in (1, 2, 60):
        assert house.tick(MONDAY + minutes * MINUTE) == [said]


def test_it_names_nobody(quick: House) -> None:
    [said] = quick.tick()
    told = said.replace(ENGLISH.week_jobs, "")  # whose "waiting" is no application's id
    for name in (*office.NAMES.values(), *office.NAMES, "ingrid", "per.holm"):
        assert name not in told


def test_a_restart_posts_nothing_twice(house: House) -> None:
    house.tick()
    house.restart()
    assert len(house.tick(MONDAY + HOUR)) == 1
    house.restart()
    assert len(house.tick(MONDAY + DAY)) == 1


def test_on_no_other_day_is_there_a_message(quick: House) -> None:
    quick.tick()
    for days in range(1, 7):
        assert len(quick.tick(MONDAY + days * DAY + HOUR)) == 1


def test_the_next_monday_brings_the_next_one(quick: House) -> None:
    quick.tick()
    first, second = quick.tick(MONDAY + 7 * DAY)
    assert "Mon 21 Sep" in first
    assert "Mon 28 Sep" in second


def test_what_was_down_on_monday_posts_in_the_same_week(quick: House) -> None:
    quick.restart()
    [said] = quick.tick(MONDAY + 3 * DAY)
    assert "As of Thu 24 Sep 09:00" in said


def test_what_was_down_all_week_skips_it(quick: House) -> None:
    assert len(quick.tick(MONDAY + 8 * DAY)) == 1
    assert quick.statuses() == ["sent"]


def test_a_public_holiday_puts_it_off_to_the_next_working_day(quick: House) -> None:
    easter_monday = at("2027-03-29 09:00")
    assert not quick.tick(easter_monday + HOUR)
    [said] = quick.tick(easter_monday + DAY)
    assert "Tue 30 Mar" in said


def test_a_death_between_claim_and_call_posts_once_and_the_same(house: House) -> None:
    slack = Slack(TOKEN, house.slack.url, timeout=1)
    house.restart(Meanwhile(slack, "before post", die))
    with pytest.raises(Killed):
        house.tick()
    assert house.statuses() == ["claimed"]
    office.reply(house.place, "waiting", house.now)  # the figures are others now
    house.restart()
    assert not house.tick(MONDAY + 30 * timedelta(seconds=1))
    house.tick(MONDAY + 2 * MINUTE)
    [said] = house.tick(MONDAY + 3 * MINUTE)
    assert "3 people have waited" in said
    assert "As of Mon 21 Sep 09:00" in said


def test_an_answer_that_got_lost_is_looked_up(house: House) -> None:
    house.slack.fail("chat.postMessage", hang(effect=True))
    house.tick()
    assert house.statuses() == ["unknown"]
    house.restart()
    assert len(house.tick(MONDAY + 2 * MINUTE)) == 1
    assert house.statuses() == ["sent"]
    assert house.slack.count("chat.postMessage") >= 1


def test_two_processes_that_die_and_time_out_leave_one_message(house: House) -> None:
    house.slack.fail("chat.postMessage", reset(effect=True))
    house.tick()
    house.restart()
    house.slack.fail("conversations.history", refuse("internal_error"))
    for minutes in range(2, 20):
        house.tick(MONDAY + minutes * MINUTE)
    assert len(house.said()) == 1
    assert house.statuses() == ["sent"]


def test_a_post_that_fails_all_week_is_given_up(quick: House) -> None:
    quick.slack.down()
    quick.tick()
    assert quick.statuses() == ["waiting"]
    quick.slack.up()
    quick.place.change(report=None)
    quick.restart()
    assert not quick.tick(MONDAY + 7 * DAY)
    assert quick.statuses() == []


def test_a_post_that_failed_on_monday_is_sent_on_tuesday(quick: House) -> None:
    quick.slack.down()
    quick.tick()
    quick.slack.up()
    quick.restart()
    [said] = quick.tick(MONDAY + DAY)
    assert "As of Mon 21 Sep 09:00" in said


def test_a_silent_source_is_said_instead_of_old_figures(quick: House) -> None:
    quick.now = MONDAY - HOUR
    quick.poll()
    [said] = quick.tick(MONDAY)
    assert said.startswith("*No figures from ")
    assert "silent since Mon 21 Sep 08:00" in said
    assert "%" not in said
    assert "waited" not in said


def test_a_source_that_is_away_is_waited_for_until_it_counts_as_silent(
    quick: House,
) -> None:
    quick.now = MONDAY - MINUTE
    quick.poll()
    away = quick.place.ats.rename(quick.place.folder / "away.db")
    assert not quick.tick(MONDAY)
    assert not quick.tick(MONDAY + 10 * MINUTE)
    away.rename(quick.place.ats)
    [said] = quick.tick(MONDAY + 15 * MINUTE)
    assert "3 people have waited" in said


def test_a_source_that_is_suddenly_empty_is_waited_for(quick: House) -> None:
    quick.now = MONDAY - MINUTE
    quick.poll()
    quick.place.run("ALTER TABLE applications RENAME TO kept")
    quick.place.run("CREATE TABLE applications AS SELECT * FROM kept WHERE 0")
    assert not quick.tick(MONDAY)
    quick.place.run("DROP TABLE applications")
    quick.place.run("ALTER TABLE kept RENAME TO applications")
    assert len(quick.tick(MONDAY + 15 * MINUTE)) == 1


class TestASourceThatWasNeverReadWell:
    """A second source next to one that is well; what it says is never known."""

    @pytest.fixture
    def both(self, quick: House) -> House:
        clinic = quick.place.folder / "clinic.db"
        shutil.copy(quick.place.ats, clinic)
        written = yaml.safe_load(quick.place.settings.read_text("utf-8"))
        [first] = written["sources"]
        second = first | {"name": "clinic", "url": f"sqlite:///{clinic}"}
        quick.place.change(sources=[first, second])
        quick.restart()
        return quick

    @staticmethod
    def lose(house: House, name: str) -> None:
        house.place.folder.joinpath(name).rename(house.place.folder / "away.db")

    @staticmethod
    def find(house: House, name: str) -> None:
        house.place.folder.joinpath("away.db").rename(house.place.folder / name)

    @staticmethod
    def poll(house: House, now: datetime) -> list[str]:
        """Poll each source; return what came of it."""
        house.now = now
        polled = [house.jobs.poll(each, now=now) for each in house.jobs.sources]
        return [each.run.outcome for each in polled]

    def test_it_is_named_and_the_other_ones_figures_are_posted(
        self, both: House
    ) -> None:
        self.lose(both, "clinic.db")
        assert self.poll(both, MONDAY - HOUR) == ["ok", "failed"]
        assert self.poll(both, MONDAY - MINUTE) == ["ok", "failed"]
        [said] = both.tick(MONDAY)
        assert "3 people have waited" in said
        assert "(clinic): its feed has been silent since Mon 21 Sep 08:00" in said

    def test_it_is_waited_for_as_long_as_for_any_other(self, both: House) -> None:
        self.lose(both, "clinic.db")
        self.poll(both, MONDAY - MINUTE)
        for minutes in (0, 14, 29):
            assert not both.tick(MONDAY + minutes * MINUTE)
        assert len(both.tick(MONDAY + 30 * MINUTE)) == 1

    def test_a_new_process_does_not_begin_to_wait_anew(self, both: House) -> None:
        self.lose(both, "clinic.db")
        self.poll(both, MONDAY - MINUTE)
        assert not both.tick(MONDAY)
        both.restart()
        assert len(both.tick(MONDAY + 30 * MINUTE)) == 1

    def test_the_others_are_not_read_meanwhile(
        self, both: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        both.jobs.log.addHandler(caplog.handler)
        self.lose(both, "clinic.db")
        self.poll(both, MONDAY - MINUTE)
        self.find(both, "clinic.db")
        self.lose(both, "recruiting.db")
        both.tick(MONDAY)
        waits = [each for each in caplog.messages if "report waits" in each]
        assert waits == ["the week's report waits: clinic: its last poll failed"]

    def test_once_it_is_read_well_the_post_is_there(self, both: House) -> None:
        self.lose(both, "clinic.db")
        self.poll(both, MONDAY - MINUTE)
        assert not both.tick(MONDAY)
        self.find(both, "clinic.db")
        assert self.poll(both, MONDAY + MINUTE) == ["ok", "ok"]
        [said] = both.tick(MONDAY + 2 * MINUTE)
        assert "6 people have waited" in said

    def test_where_nobody_polls_it_counts_since_the_first_try(
        self, both: House
    ) -> None:
        self.lose(both, "clinic.db")
        both.now = MONDAY - MINUTE
        both.poll()
        for minutes in (0, 15, 30):
            assert not both.tick(MONDAY + minutes * MINUTE)
        both.now = MONDAY + 30 * MINUTE
        both.poll()
        [said] = both.tick(MONDAY + 45 * MINUTE)
        assert "(clinic): its feed has been silent since Mon 21 Sep 09:00" in said


def test_sources_are_read_in_vain_once_a_quarter_of_an_hour(quick: House) -> None:
    away = quick.place.ats.rename(quick.place.folder / "away.db")
    assert not quick.tick(MONDAY)
    away.rename(quick.place.ats)
    assert not quick.tick(MONDAY + 14 * MINUTE)
    assert len(quick.tick(MONDAY + 15 * MINUTE)) == 1


def test_a_hold_holds_it_as_well(quick: House) -> None:
    silence = Silence(MONDAY - DAY, None, author="kari", reason="moving house")
    with quick.jobs.store.write() as connection:
        silences.add(connection, silence, now=MONDAY - DAY)
    assert not quick.tick()
    with quick.jobs.store.write() as connection:
        silences.release(connection, actor="kari", now=MONDAY + HOUR)
    assert len(quick.tick(MONDAY + HOUR)) == 1


@pytest.mark.parametrize("is_named_only", [False, True])
def test_a_state_from_a_backup_posts_nothing_twice(
    quick: House, *, is_named_only: bool
) -> None:
    if is_named_only:  # its id is known since the post of the week before
        quick.place.change(slack={"channels": {}})
        quick.restart()
    quick.tick(MONDAY - 3 * DAY)  # the post of the week before
    quick.jobs.close()
    saved = quick.place.state.read_bytes()
    quick.restart()
    assert len(quick.tick(MONDAY)) == 2
    quick.jobs.close()
    for each in quick.place.folder.glob("svar.db*"):
        each.unlink()
    quick.place.state.write_bytes(saved)
    quick.restart()
    assert len(quick.tick(MONDAY + 2 * DAY)) == 2
    assert quick.statuses() == ["sent", "sent"]


def test_without_a_channel_nobody_reads_it(tmp_path: Path) -> None:
    with housed(tmp_path) as house:
        house.place.change(report=None)
        house.restart()
        assert not house.tick()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", "3 personer har ventet lenger enn vi har lovet"),
        ("sv", "3 personer har väntat längre än vi har lovat"),
        ("da", "3 personer har ventet længere, end vi har lovet"),
    ],
)
def test_it_speaks_the_house_s_language(
    tmp_path: Path, language: str, said: str
) -> None:
    with housed(tmp_path, language=language) as house:
        [found] = house.tick()
        assert said in found


def test_of_two_who_make_the_post_the_first_one_counts(house: House) -> None:
    week, said = MONDAY.date(), [Message("first", []), Message("second", [])]
    for message in said:
        with house.jobs.store.write() as connection:
            reports.owe(connection, LEADS, week, message, now=MONDAY)
    assert house.tick() == ["first"]


def test_a_real_svar_that_is_killed_posts_once(tmp_path: Path) -> None:
    place = office.build(tmp_path / "office", calendar=office.ALWAYS_OPEN)
    office.furnish(place, now())
    with FakeSlack() as slack:
        slack.now = now()
        place.change(
            report={"channel": LEADS, "at": "00:00"},
            slack={
                "api_url": slack.url,
                "channels": {LEADS: slack.open_channel(LEADS)},
            },
        )
        with running(place.settings, SVAR_SLACK__TOKEN=TOKEN) as svar:
            eventually(lambda: slack.to(LEADS), what="the leads' post")
            svar.signal(signal.SIGKILL)
            svar.process.wait()
        with running(place.settings, SVAR_SLACK__TOKEN=TOKEN) as svar:
            looked = {"job": "report", "event": "executed"}
            svar.reaches("svar_scheduler_events_total", 1, **looked)
        assert len(slack.to(LEADS)) == 1
    store = Store(f"sqlite:///{place.state}")
    with closing(store), store.read() as connection:
        query = select(posts.c.kind).where(posts.c.kind == "report")
        assert len(connection.execute(query).all()) == 1


def test_a_cycle_from_cron_posts_too(tmp_path: Path) -> None:
    place = office.build(tmp_path / "office", calendar=office.ALWAYS_OPEN)
    office.furnish(place, now())
    place.change(report={"channel": LEADS, "at": "00:00"})
    given = ("run", "--once", "--config", str(place.settings))
    printed = [finished(*given).stdout for _ in range(2)]
    assert [LEADS in each for each in printed] == [True, False]


class Hurried(Store):
    """A state in which something happens right after it was read."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with super().read() as connection:
            yield connection
        self.meanwhile()


class TestEdits:
    """What was edited in the rules is written down, whoever sees it first."""

    @staticmethod
    def recorded(store: Store) -> list[RuleEdit]:
        with store.read() as connection:
            return edits.between(connection, NOW - 99 * DAY, NOW + 9999 * DAY)

    @staticmethod
    def edit(place: Office, before: str = "14 days", after: str = "10 days") -> None:
        path = place.rules / "first-reply.yaml"
        text = path.read_text(encoding="utf-8")
        assert f"target: {before}" in text
        path.write_text(
            text.replace(f"target: {before}", f"target: {after}"), encoding="utf-8"
        )

    def test_the_first_rules_are_no_edit(self, house: House) -> None:
        house.restart()
        house.tick()
        assert self.recorded(house.jobs.store) == []

    def test_a_reload_writes_each_edit_down(self, house: House) -> None:
        self.edit(house.place)
        (house.place.rules / "manager-review.yaml").unlink()
        assert house.jobs.reload()
        assert house.jobs.reload()
        found = self.recorded(house.jobs.store)
        assert [(each.rule, each.edit, each.words) for each in found] == [
            ("first-reply", "changed", "target 14 days -> 10 days"),
            ("manager-review", "removed", ""),
        ]

    def test_an_edit_made_while_nothing_ran_is_written_down_at_the_start(
        self, house: House
    ) -> None:
        self.edit(house.place)
        house.restart()
        [found] = self.recorded(house.jobs.store)
        assert (found.at, found.words) == (MONDAY, "target 14 days -> 10 days")
        house.restart()
        assert len(self.recorded(house.jobs.store)) == 1

    def test_of_two_who_see_an_edit_one_writes_it_down(self, quick: House) -> None:
        before = quick.jobs.configuration.rulebook
        edited = Rulebook(before.rules[:-1])
        store = Hurried(f"sqlite:///{quick.place.state}")
        with closing(store):
            store.meanwhile = lambda: keeping.keep(quick.jobs.store, edited, now=MONDAY)
            assert keeping.keep(store, edited, now=MONDAY) == ()
        [found] = self.recorded(quick.jobs.store)
        assert found.edit == "removed"

    def test_the_post_tells_of_it(self, quick: House) -> None:
        self.edit(quick.place)
        quick.restart()
        [said] = quick.tick()
        assert "first-reply: target 14 days -&gt; 10 days" in said

    def test_it_goes_both_ways(self, quick: House) -> None:
        self.edit(quick.place)
        quick.restart()
        self.edit(quick.place, "10 days", "14 days")
        quick.now += MINUTE
        quick.restart()
        said = [each.words for each in self.recorded(quick.jobs.store)]
        assert said == ["target 14 days -> 10 days", "target 10 days -> 14 days"]
