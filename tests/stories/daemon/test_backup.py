"""`svar db backup`: a copy of the state beside a svar that runs, and what it is good for."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor import cli
from monitor.delivery.routes import first_name
from monitor.store import Store
from tests.fakes import TOKEN, FakeSlack
from tests.stories import office
from tests.stories.daemon.process import eventually, finished, now, running, sleepless
from tests.stories.office import Office


@pytest.fixture
def place(tmp_path: Path) -> Office:
    return sleepless(tmp_path / "office")


def back_up(place: Office, file: Path) -> int:
    return cli.main(["db", "backup", str(file), "--config", str(place.settings)])


def restore(place: Office, file: Path) -> None:
    """Do what the README says."""
    for left in place.folder.glob("svar.db*"):
        left.unlink()
    shutil.copy(file, place.state)


def count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as state:
        found = state.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608 - ours
        return int(found.fetchone()[0])


@pytest.fixture
def used(place: Office) -> Office:
    """The office after a first run."""
    assert cli.main(["run", "--once", "--config", str(place.settings)]) == 0
    return place


def test_a_backup_made_while_svar_writes_tells_nobody_twice(
    place: Office, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    with FakeSlack() as slack:
        slack.now = now()
        for person in (office.RECRUITER, office.MANAGER):
            slack.add(person, first_name(person))
        place.change(slack={"digest_at": "00:00", "api_url": slack.url})
        slack.down()
        with running(place.settings, SVAR_SLACK__TOKEN=TOKEN) as svar:
            svar.said("slack call failed")  # it has polled, and told nobody yet
            done = finished("db", "backup", str(copy), "--config", str(place.settings))
            assert done.returncode == 0, done.stderr
            slack.up()
            eventually(lambda: len(slack.messages) == 2, what="two messages")
            assert svar.stop() == 0
        restore(place, copy)
        before = [(each.channel, each.ts) for each in slack.messages]
        with running(place.settings, SVAR_SLACK__TOKEN=TOKEN) as svar:
            eventually(lambda: count(place.state, "posts WHERE status = 'sent'") == 2)
            assert svar.stop() == 0
        assert [(each.channel, each.ts) for each in slack.messages] == before


def test_the_copy_is_one_whole_file_for_its_owner_alone(
    used: Office, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    copy = folder / "monday.db"
    with closing(Store(f"sqlite:///{used.state}")) as store, store.write() as writing:
        writing.exec_driver_sql("UPDATE runs SET changes = 9")  # by whoever runs
        assert back_up(used, copy) == 0
    assert [each.name for each in folder.iterdir()] == ["monday.db"]
    assert copy.stat().st_mode & 0o777 == 0o600
    for table in ("alerts", "notices", "posts", "runs"):
        assert count(copy, table) == count(used.state, table) > 0
    assert count(copy, "runs WHERE changes = 9") == 0  # not committed at that moment


def test_what_is_there_already_is_not_overwritten(
    used: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    copy.write_text("a diary")
    assert back_up(used, copy) == 1
    assert f"{copy} is there already; choose another" in capsys.readouterr().err
    assert copy.read_text() == "a diary"
    assert back_up(used, tmp_path / "nowhere" / "copy.db") == 1
    assert "cannot be written: No such file" in capsys.readouterr().err


def test_a_state_that_cannot_be_copied_leaves_no_half_of_one(
    place: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    assert back_up(place, copy) == 1
    assert "there is no state at" in capsys.readouterr().err
    place.state.write_text("not a database, but long enough to be read as one" * 9)
    assert back_up(place, copy) == 1
    assert "not a database" in capsys.readouterr().err
    assert not list(tmp_path.glob("copy.db*"))


def test_a_state_in_postgresql_is_backed_up_by_its_own_means(
    place: Office,
    tmp_path: Path,
    postgresql: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    place.change(state={"url": postgresql})
    assert back_up(place, tmp_path / "copy.db") == 1
    assert "is in PostgreSQL; back it up by pg_dump" in capsys.readouterr().err


def test_a_state_of_the_first_version_can_be_backed_up_before_an_update(
    used: Office, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(used.state)) as state, state:
        state.execute("DROP TABLE facts")
    assert back_up(used, tmp_path / "copy.db") == 0


def test_the_file_alone_holds_the_secret_of_the_keys_from_the_start(
    place: Office, tmp_path: Path
) -> None:
    place.run("DELETE FROM messages")
    place.run("DELETE FROM applications")  # nobody to tell of, and no delivery
    copy = tmp_path / "copy.db"
    with running(place.settings) as svar:
        svar.said("svar watches")
        shutil.copy(place.state, copy)  # as somebody who has not read the README
        assert svar.stop() == 0
    assert count(copy, "facts WHERE name = 'secret'") == 1


def test_a_file_that_is_broken_says_how_to_put_a_backup_back(
    used: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = used.state.read_bytes()
    used.state.write_bytes(kept[:4096] + b"x" * (len(kept) - 4096))
    capsys.readouterr()
    assert cli.main(["run", "--once", "--config", str(used.settings)]) == 1
    said = capsys.readouterr().err
    assert "malformed" in said
    assert "put a backup back: stop svar, delete the file" in said
