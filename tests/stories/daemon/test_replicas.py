"""Several replicas on one state: leases and fences, and real daemons side by side."""

import io
import itertools
import logging
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, select, text

from monitor.daemon import fingerprint
from monitor.daemon.duty import at_work
from monitor.daemon.replica import Replica
from monitor.daemon.teller import Teller
from monitor.errors import LeaseLost, StoreError
from monitor.store import Store, head, replicas, tables
from monitor.store.replicas import Standing
from monitor.store.replicas.leases import Leases, Tenure, database_time
from monitor.store.schema import take_turns
from monitor.store.tables import facts
from tests.fakes import TOKEN, FakeSlack, hang
from tests.stories import office
from tests.stories.daemon.process import PATIENCE, eventually, finished, now
from tests.stories.daemon.test_daemon import watching
from tests.stories.daemon.tower import (
    LEASES,
    ONE_EACH,
    SOURCES,
    Tower,
    leads,
    shown,
    takes_over,
    two,
)
from tests.stories.office import Office

TTL = timedelta(seconds=30)
NAME = "poll ats"


class Time:
    """A clock for the database and for the watches of all replicas."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self, _: Connection) -> datetime:
        return office.NOW + timedelta(seconds=self.seconds)

    def watch(self) -> float:
        return self.seconds


@pytest.fixture(params=["sqlite", "postgresql"])
def state(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path}/svar.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    yield from opened(url)


@pytest.fixture
def shared(postgresql: str) -> Iterator[Store]:
    yield from opened(postgresql)


def opened(url: str) -> Iterator[Store]:
    store = Store(url)
    store.upgrade()
    try:
        yield store
    finally:
        store.close()


@dataclass
class Pair:
    """Two replicas' leases on one state, with a time that the test sets."""

    state: Store
    time: Time = field(default_factory=Time)

    def of(self, holder: str) -> Leases:
        return Leases(
            self.state, holder, clock=self.time.clock, stopwatch=self.time.watch
        )

    def take(self, holder: str) -> Tenure:
        tenure = self.of(holder).take(NAME)
        assert tenure is not None
        return tenure


@pytest.fixture
def pair(state: Store) -> Pair:
    return Pair(state)


def note(store: Store, word: str) -> None:
    """Write something under the fence of a store."""
    with store.write() as connection:
        connection.execute(facts.insert().values(name=word, value=word))


def noted(store: Store) -> set[str]:
    with store.read() as connection:
        return set(connection.execute(select(facts.c.name)).scalars())


class TestLeases:
    def test_one_has_it_until_it_runs_out(self, pair: Pair) -> None:
        assert pair.take("one").epoch == 1
        assert pair.of("two").take(NAME) is None
        pair.time.seconds = 29.9
        assert pair.of("two").take(NAME) is None
        pair.time.seconds = 30
        assert pair.take("two").epoch == 2

    def test_a_renewal_keeps_the_epoch(self, pair: Pair) -> None:
        one = pair.take("one")
        for pair.time.seconds in (10, 20, 30, 40):
            pair.of("one").renew([one])
        assert pair.of("two").take(NAME) is None
        assert pair.take("one").epoch == one.epoch

    def test_a_late_renewal_fails_only_where_another_took_it(self, pair: Pair) -> None:
        one = pair.take("one")
        pair.time.seconds = 60
        pair.of("one").renew([one])
        assert one.holds()
        pair.time.seconds = 120
        pair.take("two")
        pair.of("one").renew([one])
        assert not one.holds()
        pair.time.seconds = 180
        assert pair.take("one").epoch == 3

    def test_a_release_lets_another_in_at_once(self, pair: Pair) -> None:
        one = pair.take("one")
        pair.of("one").release([one])
        assert not one.holds()
        two = pair.take("two")
        pair.of("one").release([one])  # what is another's stays so
        assert two.holds()
        assert pair.of("one").take(NAME) is None

    def test_by_its_own_watch_a_holder_stops_earlier(self, pair: Pair) -> None:
        one = pair.take("one")
        pair.time.seconds = 24.9
        assert one.holds()
        pair.time.seconds = 25
        assert not one.holds()

    def test_the_time_that_an_answer_took_counts_against_the_holder(
        self, state: Store
    ) -> None:
        """The database sets the end when it is asked; the answer may come late."""
        late = itertools.count(step=20)
        slow = Leases(
            state, "one", clock=Time().clock, stopwatch=lambda: float(next(late))
        )
        one = slow.take(NAME)
        assert one is not None
        assert one.until == 25
        assert one.holds()
        assert not one.holds()

    def test_they_are_read_with_who_has_them(self, pair: Pair) -> None:
        pair.take("one")
        with pair.state.read() as connection:
            (lease,) = pair.of("two").read(connection).values()
        assert (lease.holder, lease.epoch, lease.is_free) == ("one", 1, False)
        pair.time.seconds = 30
        with pair.state.read() as connection:
            assert pair.of("two").read(connection)[NAME].is_free


class TestFences:
    def test_a_holder_writes(self, pair: Pair) -> None:
        note(pair.state.under(pair.take("one")), "mine")
        assert noted(pair.state) == {"mine"}

    def test_who_lost_it_writes_nothing(self, pair: Pair) -> None:
        one = pair.take("one")
        pair.time.seconds = 30
        note(pair.state.under(pair.take("two")), "two")
        with pytest.raises(LeaseLost, match="another svar has the lease 'poll ats'"):
            note(pair.state.under(one), "one")
        assert noted(pair.state) == {"two"}
        pair.time.seconds = 0
        assert not one.holds()

    def test_an_epoch_that_is_over_does_not_come_back(self, pair: Pair) -> None:
        old = pair.take("one")
        pair.time.seconds = 30
        pair.take("two")
        pair.time.seconds = 60
        new = pair.take("one")
        with pytest.raises(LeaseLost):
            note(pair.state.under(old), "old")
        note(pair.state.under(new), "new")
        assert noted(pair.state) == {"new"}

    def test_after_its_end_nothing_is_written_though_nobody_took_it(
        self, pair: Pair
    ) -> None:
        one = pair.take("one")
        pair.time.seconds = 30
        with pytest.raises(LeaseLost):
            note(pair.state.under(one), "late")
        assert noted(pair.state) == set()

    def test_nobody_takes_over_before_a_write_is_done(self, shared: Store) -> None:
        pair = Pair(shared)
        one = pair.take("one")
        with shared.under(one).write() as connection:
            pair.time.seconds = 60
            assert pair.of("two").take(NAME) is None
            connection.execute(facts.insert().values(name="one", value=""))
        assert pair.take("two").epoch == 2
        assert noted(shared) == {"one"}

    def test_a_renewal_passes_a_long_write(self, shared: Store) -> None:
        pair = Pair(shared)
        one = pair.take("one")
        with shared.under(one).write():
            pair.time.seconds = 20
            pair.of("one").renew([one])
            assert one.until == 45
            pair.time.seconds = 60
            assert pair.of("two").take(NAME) is None  # the lock outlasts the renewal
        assert pair.take("two").epoch == 2

    def test_who_stands_still_in_a_write_is_cut_off(self, shared: Store) -> None:
        """PostgreSQL ends the transaction, so that another can take over."""
        short = timedelta(seconds=0.4)
        one = Leases(shared, "one", ttl=short).take(NAME)
        two = Leases(shared, "two", ttl=short)
        assert one is not None

        def stand_still() -> None:
            with shared.under(one).write() as connection:
                eventually(lambda: two.take(NAME), what="a take-over")
                connection.execute(facts.insert().values(name="one", value=""))

        with pytest.raises(StoreError, match="idle-in-transaction timeout"):
            stand_still()
        assert noted(shared) == set()

    def test_of_many_who_want_it_one_gets_it(self, shared: Store) -> None:
        start = threading.Barrier(8)
        found: list[Tenure | None] = []

        def want(holder: str) -> None:
            start.wait()
            found.append(Leases(shared, holder).take(NAME))

        threads = [threading.Thread(target=want, args=[f"r{n}"]) for n in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert [each.epoch for each in found if each] == [1]
        assert len(found) == 8

    def test_the_database_has_the_clock(self, shared: Store) -> None:
        with shared.read() as connection:
            query = select(text("now()"), database_time(connection))  # type: ignore[arg-type] # its default
            began, now = connection.execute(query).one()
        assert timedelta(0) <= now - began < timedelta(seconds=5)


class Colleague:
    """A replica whose looks at the others the test makes, one by one."""

    def __init__(self, pair: Pair, holder: str, *sources: str) -> None:
        self.pair = pair
        self.holder = holder
        self.standings: list[Standing] = []
        self.changes: list[str] = []
        self._log = io.StringIO()
        log = logging.Logger(holder)  # noqa: LOG001 - one for each replica
        log.addHandler(logging.StreamHandler(self._log))
        names = ("deliver", *(f"poll {each}" for each in sources))
        self.replica = Replica(
            names, pair.of(holder), Teller(log), self.standings.append
        )
        self.replica.changed = lambda name, is_ours: self.changes.append(
            f"{'+' if is_ours else '-'}{name}"
        )

    @property
    def log(self) -> str:
        return self._log.getvalue()

    @property
    def standing(self) -> Standing:
        return self.standings[-1]

    def does(self) -> set[str]:
        """Return what it holds, told by the sources' names."""
        names = self.replica.names
        return {each.split()[-1] for each in names if self.replica.hold(each)}


def pass_time(seconds: float, *awake: Colleague) -> None:
    """Let time go by, a second at a time, for those who are not stopped."""
    time = awake[0].pair.time
    end = time.seconds + seconds
    while time.seconds < end:
        time.seconds += 1
        for each in awake:
            each.replica.tick()


ALL = ("a", "b", "c", "d")


class TestSharing:
    def joined(
        self, pair: Pair, *holders: str, digest: str = "files"
    ) -> list[Colleague]:
        found = [Colleague(pair, holder, *ALL) for holder in holders]
        for each in found:
            each.replica.join(digest)
        return found

    def test_the_first_does_everything(self, pair: Pair) -> None:
        (one,) = self.joined(pair, "one")
        assert one.does() == {"deliver", *ALL}
        assert one.standing.leads == dict.fromkeys(one.replica.names, True)
        pass_time(120, one)
        assert one.does() == {"deliver", *ALL}
        assert len(one.changes) == 5

    def test_another_gets_half_of_the_sources(self, pair: Pair) -> None:
        one, two = self.joined(pair, "one", "two")
        pass_time(35, one, two)
        assert one.does() == {"deliver", "c", "d"}
        assert two.does() == {"a", "b"}
        assert (one.standing.replicas, two.standing.replicas) == (2, 2)
        changes = len(one.changes)
        pass_time(300, one, two)
        assert len(one.changes) == changes  # and there it stays

    def test_nothing_goes_to_and_fro_for_one_that_died_as_it_came(
        self, pair: Pair
    ) -> None:
        (one,) = self.joined(pair, "one")
        pass_time(60, one)
        one.changes.clear()
        self.joined(pair, "two")
        pass_time(60, one)
        assert sorted(one.changes) == ["+poll a", "+poll b", "-poll a", "-poll b"]

    def test_each_of_three_has_some(self, pair: Pair) -> None:
        everyone = self.joined(pair, "one", "two", "three")
        pass_time(120, *everyone)
        shares = [each.does() - {"deliver"} for each in everyone]
        assert sorted(map(len, shares)) == [1, 1, 2]
        assert set().union(*shares) == set(ALL)

    def test_who_dies_is_followed_within_the_ttl_and_a_few_looks(
        self, pair: Pair
    ) -> None:
        one, two = self.joined(pair, "one", "two")
        pass_time(60, one, two)
        pass_time(33, two)
        assert two.does() == {"deliver", *ALL}
        assert two.standing.replicas == 1

    def test_who_stood_still_does_nothing_more_and_joins_again(
        self, pair: Pair
    ) -> None:
        one, two = self.joined(pair, "one", "two")
        pass_time(60, one, two)
        pass_time(60, two)
        assert one.does() == set()  # by its own watch, before it looks
        one.replica.tick()
        assert one.does() == set()
        assert one.standing.leads["deliver"] is False
        assert one.log.count("lets a lease go") == 5
        pass_time(60, one, two)
        assert len(one.does() - {"deliver"}) == 2
        assert two.does() >= {"deliver"}

    def test_who_is_told_to_stop_hands_over_what_is_idle(self, pair: Pair) -> None:
        one, two = self.joined(pair, "one", "two")
        pass_time(60, one, two)
        with at_work(one.replica, "poll c"):
            one.replica.retire()
            pass_time(4, one, two)
            assert one.does() == {"c"}
            assert two.does() == {"deliver", "a", "b", "d"}
        pass_time(4, one, two)
        assert two.does() == {"deliver", *ALL}

    def test_who_closes_leaves_no_trace(self, pair: Pair) -> None:
        one, two = self.joined(pair, "one", "two")
        pass_time(60, one, two)
        one.replica.close()
        assert one.replica.troubles() == ["nobody keeps the leases"]
        pass_time(2, two)
        assert two.does() == {"deliver", *ALL}
        assert two.standing.replicas == 1

    def test_what_is_at_work_is_not_given_away(self, pair: Pair) -> None:
        (one,) = self.joined(pair, "one")
        with ExitStack() as stack:
            for name in ALL:
                stack.enter_context(at_work(one.replica, f"poll {name}"))
            (two,) = self.joined(pair, "two")
            pass_time(60, one, two)
            assert one.does() >= set(ALL)
        pass_time(5, one, two)
        assert two.does() == {"a", "b"}

    def test_work_on_another_s_lease_is_refused(self, pair: Pair) -> None:
        _, two = self.joined(pair, "one", "two")
        with (
            pytest.raises(LeaseLost, match="another svar has the lease 'deliver'"),
            at_work(two.replica, "deliver"),
        ):
            pass

    def test_while_the_state_is_away_nobody_leads_for_long(self, pair: Pair) -> None:
        (one,) = self.joined(pair, "one")
        rename(pair.state, "leases", "away")
        pass_time(20, one)
        assert one.does() == {"deliver", *ALL}
        pass_time(10, one)
        assert one.does() == set()
        assert not any(one.standing.leads.values())
        assert one.log.count("this replica's leases run out") == 1
        rename(pair.state, "away", "leases")
        pass_time(2, one)
        assert one.does() == {"deliver", *ALL}
        assert one.log.count("the state is back") == 1


def rename(store: Store, before: str, after: str) -> None:
    with store.write() as connection:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


class TestFiles:
    def test_the_newer_files_win(self, pair: Pair) -> None:
        old, new = (Colleague(pair, name, "a") for name in ("old", "new"))
        old.replica.join("old files")
        new.replica.join("new files")
        pass_time(2, old, new)
        assert old.does() == set()
        assert new.does() == {"deliver", "a"}
        assert old.replica.is_behind()
        assert not new.replica.is_behind()
        assert old.standing.differ
        assert new.standing.differ
        pass_time(60, old, new)
        assert old.log.count("has newer rules, mappings or settings") == 1

    def test_who_is_behind_goes_on_when_the_other_is_gone(self, pair: Pair) -> None:
        old, new = (Colleague(pair, name, "a") for name in ("old", "new"))
        old.replica.join("old files")
        new.replica.join("new files")
        pass_time(5, old, new)
        pass_time(35, old)
        assert old.does() == {"deliver", "a"}
        assert not old.standing.differ
        assert "this one goes on" in old.log

    def test_who_takes_up_the_same_files_is_let_in_again(self, pair: Pair) -> None:
        old, new = (Colleague(pair, name, "a", "b") for name in ("old", "new"))
        old.replica.join("old files")
        new.replica.join("new files")
        pass_time(5, old, new)
        old.replica.edited("new files")
        pass_time(60, old, new)
        assert len(old.does()) == 1
        assert not new.standing.differ

    def test_files_that_are_known_keep_their_rank_at_a_start(self, pair: Pair) -> None:
        first, second = (Colleague(pair, name, "a") for name in ("1", "2"))
        first.replica.join("old files")
        second.replica.join("new files")
        third = Colleague(pair, "3", "a")
        third.replica.join("old files")
        pass_time(2, first, second, third)
        assert (first.does(), third.does()) == (set(), set())
        assert second.does() == {"deliver", "a"}

    def test_an_edit_back_to_old_files_makes_them_the_newest(self, pair: Pair) -> None:
        one, two = (Colleague(pair, name, "a") for name in ("1", "2"))
        one.replica.join("old files")
        two.replica.join("new files")
        one.replica.edited("other files")
        one.replica.edited("old files")
        pass_time(3, one, two)
        assert two.replica.is_behind()
        assert one.does() == {"deliver", "a"}

    def test_a_reload_without_an_edit_changes_nothing(self, pair: Pair) -> None:
        old, new = (Colleague(pair, name, "a") for name in ("old", "new"))
        old.replica.join("old files")
        new.replica.join("new files")
        old.replica.edited("old files")
        pass_time(2, old, new)
        assert old.replica.is_behind()

    def test_an_edit_while_the_state_is_away_is_announced_later(
        self, pair: Pair
    ) -> None:
        one, two = (Colleague(pair, name, "a") for name in ("1", "2"))
        one.replica.join("old files")
        two.replica.join("old files")
        rename(pair.state, "configurations", "away")
        one.replica.edited("new files")
        rename(pair.state, "away", "configurations")
        pass_time(2, one, two)
        assert two.replica.is_behind()

    def test_two_with_new_files_do_not_get_the_same_rank(self, shared: Store) -> None:
        start = threading.Barrier(8)

        def join(name: str) -> None:
            start.wait()
            with shared.write() as connection:
                replicas.announce(connection, name, f"{name} files", is_newest=False)

        threads = [threading.Thread(target=join, args=[f"r{n}"]) for n in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        with shared.read() as connection:
            found = replicas.live(connection, TTL)
        assert sorted(each.epoch for each in found) == [*range(1, 9)]

    def test_the_dead_are_forgotten_after_a_day(self, pair: Pair) -> None:
        Colleague(pair, "one", "a").replica.join("files")
        pair.time.seconds = timedelta(days=2).total_seconds()
        Colleague(pair, "two", "a").replica.join("files")
        with pair.state.read() as connection:
            found = connection.execute(select(tables.replicas.c.holder)).scalars()
            assert set(found) == {"two"}


class TestFingerprints:
    @pytest.fixture
    def place(self, tmp_path: Path) -> Office:
        return office.build(tmp_path / "office")

    def test_the_same_files_elsewhere_are_the_same(
        self, place: Office, tmp_path: Path
    ) -> None:
        other = office.build(
            tmp_path / "other",
            metrics={"listen": "127.0.0.1:1"},
            log={"level": "debug"},
            slack={"token": "xoxb-another"},
        )
        assert fingerprint.of(place.load()) == fingerprint.of(other.load())

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"privacy": {"candidate": "reference"}}, id="privacy"),
            pytest.param({"people": {"fallback": "#elsewhere"}}, id="people"),
            pytest.param({"calendar": {"country": "SE"}}, id="calendar"),
            pytest.param({"slack": {"digest_at": "10:00"}}, id="digest"),
        ],
    )
    def test_a_setting_that_decides_makes_another(
        self, place: Office, change: dict[str, object]
    ) -> None:
        before = fingerprint.of(place.load())
        place.change(**change)
        assert fingerprint.of(place.load()) != before

    def test_a_rule_makes_another(self, place: Office) -> None:
        loaded = place.load()
        before = fingerprint.of(loaded)
        path = place.rules / "first-reply.yaml"
        path.write_text(path.read_text("utf-8").replace("14 days", "15 days"), "utf-8")
        assert fingerprint.of(place.load()) != before

    def test_a_mapping_makes_another(self, place: Office) -> None:
        before = fingerprint.of(place.load())
        own = place.settings.parent / "ats" / "standard"
        shutil.copytree(place.load().mappings["recruiting"].folder, own)
        assert fingerprint.of(place.load()) == before
        with (own / "query.sql").open("a", encoding="utf-8") as query:
            query.write("\nLIMIT 10")
        assert fingerprint.of(place.load()) != before


@pytest.fixture
def tower(tmp_path: Path, postgresql: str) -> Iterator[Tower]:
    with FakeSlack() as slack:
        yield Tower(tmp_path / "one", postgresql, slack)


class TestDaemons:
    def test_who_is_alone_leads_everything(self, tmp_path: Path) -> None:
        place = office.build(tmp_path / "office")
        with watching(place) as watch:
            for lease in ("deliver", "poll recruiting"):
                assert watch.metric("svar_leader", lease=lease) == 1
            assert watch.metric("svar_replicas") == 1
            assert watch.metric("svar_configurations_differ") == 0

    def test_a_poll_whose_lease_was_lost_keeps_nothing_and_says_so_once(
        self, tmp_path: Path, postgresql: str
    ) -> None:
        place = office.build(tmp_path / "office", state={"url": postgresql})
        office.furnish(place)
        with watching(place) as watch:
            with watch.daemon.store.write() as connection:
                connection.execute(
                    tables.leases.update().values(
                        holder="a thief", epoch=tables.leases.c.epoch + 1
                    )
                )
            for _ in range(3):
                watch.daemon._guarded("poll recruiting", watch.poll)
            assert watch.open() == set()
            assert watch.dump()["runs"] == []
            assert watch.log.count("another svar has the lease 'poll recruiting'") == 1

    def test_each_source_is_polled_by_one_and_each_person_told_once(
        self, tower: Tower
    ) -> None:
        with two(tower) as (first, second):
            assert len(set(tower.holders().values())) == 2
            office.furnish(tower.place, now(), handed_on=3.5)
            eventually(lambda: tower.told() == ONE_EACH, what="a message each")
            for svar in (first, second):
                assert svar.get("/healthz") == (200, "ok\n")
                assert svar.get("/readyz") == (200, "ok\n")
                assert svar.metric("svar_replicas") == 2
                assert svar.metric("svar_configurations_differ") == 0
            (source,) = {each.split()[-1] for each in leads(second)}
            seen = "svar_source_last_success_timestamp_seconds"
            assert second.metric(seen, source=source)
            assert not first.metric(seen, source=source)
            assert second.metric("svar_outbox_messages", status="queued") is None
            for name in ("svar_closure", "svar_overdue_applications", "svar_alerts"):
                mine, others = (shown(svar, name) for svar in (second, first))
                assert mine == {source}
                assert others == set(SOURCES) - {source}
            assert (second.stop(), first.stop()) == (0, 0)
        assert tower.told() == ONE_EACH

    def test_a_leader_that_stood_still_tells_nobody_again(self, tower: Tower) -> None:
        with two(tower) as (first, second):
            first.signal(signal.SIGSTOP)
            office.furnish(tower.place, now(), handed_on=3.5)
            takes_over(second)
            eventually(lambda: tower.told() == ONE_EACH, what="a message each")
            first.signal(signal.SIGCONT)
            first.said("lets a lease go", times=3)
            eventually(lambda: leads(first), what="a share of the work")
            assert first.get("/healthz") == (200, "ok\n")
            assert (first.stop(), second.stop()) == (0, 0)
            assert tower.told() == ONE_EACH
            assert "Traceback" not in first.log + second.log

    def test_who_is_told_to_stop_hands_over_at_once(self, tower: Tower) -> None:
        with two(tower) as (first, second):
            first.signal(signal.SIGTERM)
            takes_over(second)
            assert first.process.wait(20) == 0
            asked = re.search(r"^(\S+) .*svar stops", first.log, re.MULTILINE)
            assert asked
            taken = re.findall(r"^(\S+) .*takes a lease", second.log, re.MULTILINE)
            pause = datetime.fromisoformat(taken[-1]) - datetime.fromisoformat(asked[1])
            assert pause < timedelta(seconds=2)
            assert set(tower.holders()) == LEASES
            assert second.stop() == 0
        assert tower.holders() == {}

    def test_what_hangs_at_the_end_is_cut_off_and_its_lease_given_back(
        self, tower: Tower
    ) -> None:
        office.furnish(tower.place, now(), handed_on=3.5)
        tower.slack.fail("users.lookupByEmail", hang(effect=False))
        with tower.watch() as svar:
            eventually(lambda: tower.slack.count("users.lookupByEmail"))
            assert svar.stop() == 0
            assert tower.holders() == {}

    def test_who_is_killed_is_followed_after_the_ttl(self, tower: Tower) -> None:
        with two(tower) as (first, second):
            killed_at = time.monotonic()
            first.signal(signal.SIGKILL)
            takes_over(second)
            assert time.monotonic() - killed_at < 20
            office.furnish(tower.place, now(), handed_on=3.5)
            eventually(lambda: tower.told() == ONE_EACH, what="a message each")
            eventually(lambda: second.metric("svar_replicas") == 1)
            assert second.stop() == 0

    def test_who_has_older_files_steps_back(self, tower: Tower, tmp_path: Path) -> None:
        other = tower.build(tmp_path / "two")
        shutil.copy(tower.place.ats, other.ats)
        edit(other, "14 days", "15 days")
        with tower.watch() as first:
            first.said("svar watches")
            with tower.watch(other) as second:
                takes_over(second)
                first.said("another svar on this state has newer rules")
                assert first.metric("svar_configurations_differ") == 1
                assert second.metric("svar_configurations_differ") == 1
                status, page = first.get("/readyz")
                assert (status, page[:12]) == (200, "another svar")
                assert first.get("/healthz") == (200, "ok\n")
                edit(tower.place, "14 days", "15 days")
                first.said("no other svar has newer files; this one goes on")
                eventually(lambda: leads(first), what="a share of the work")
                first.reaches("svar_configurations_differ", 0)
                assert second.stop() == 0
                takes_over(first)
            assert first.stop() == 0

    def test_two_may_start_at_once_on_an_empty_state(self, tower: Tower) -> None:
        for _ in range(3):
            with tower.watch() as first, tower.watch() as second:
                for svar in (first, second):
                    svar.said("svar watches")
                    assert svar.get("/readyz") == (200, "ok\n")
                eventually(lambda: set(tower.holders()) == LEASES, what="all leases")
                assert (first.stop(), second.stop()) == (0, 0)
            empty(tower.state)

    def test_one_run_beside_a_daemon_is_refused(self, tower: Tower) -> None:
        with tower.watch() as svar:
            svar.said("svar watches")
            done = finished("run", "--once", "--config", str(tower.place.settings))
            assert done.returncode == 1
            assert "another svar has the lease 'poll north'" in done.stderr
            assert svar.stop() == 0
        config = str(tower.place.settings)
        done = finished("run", "--once", "--config", config, SVAR_SLACK__TOKEN=TOKEN)
        assert done.returncode == 0, done.stderr


def edit(place: Office, before: str, after: str) -> None:
    path = place.rules / "first-reply.yaml"
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")


def empty(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


def test_a_state_is_made_by_one_at_a_time(postgresql: str) -> None:
    first, second = Store(postgresql), Store(postgresql)
    made = threading.Thread(target=second.upgrade)
    try:
        with first.write() as connection:
            take_turns(connection, "migrate")
            made.start()
            made.join(0.5)
            assert made.is_alive()
            assert first.version() is None
        made.join(PATIENCE)
        assert first.version() == head()
        first.upgrade()  # who waited finds it done
    finally:
        made.join(PATIENCE)
        first.close()
        second.close()
