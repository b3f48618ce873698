"""No edit of a file is missed, whatever the system tells of it."""

import io
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from monitor.daemon import watcher
from tests.stories.daemon.process import PATIENCE

Watch = Callable[[watcher.Look], Event]
UNSAID = logging.getLogger("test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "rules"
    made.mkdir()
    (made / "silence.yaml").write_text("target: 14 days", "utf-8")
    return made


@pytest.fixture
def watch(folder: Path) -> Iterator[Watch]:
    stop, threads = Event(), []

    def begin(known: watcher.Look) -> Event:
        changed = Event()
        thread = watcher.watch(
            lambda: [folder], changed.set, stop, known=known, log=UNSAID
        )
        threads.append(thread)
        return changed

    yield begin
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_what_was_edited_before_the_watch_began_is_noticed(
    folder: Path, watch: Watch
) -> None:
    known = watcher.look([folder])
    (folder / "silence.yaml").unlink()
    assert watch(known).wait(PATIENCE)


def test_the_target_of_a_link_is_watched_wherever_it_lies(
    folder: Path, watch: Watch, tmp_path: Path
) -> None:
    target = tmp_path / "elsewhere.yaml"
    target.write_text("target: 14 days", "utf-8")
    (folder / "linked.yaml").symlink_to(target)
    changed = watch(watcher.look([folder]))
    assert not changed.wait(watcher.CHECK_MS / 1000 * 1.5)
    target.write_text("target: 7 days", "utf-8")
    assert changed.wait(PATIENCE)


def test_a_file_that_nobody_reads_is_no_change(folder: Path) -> None:
    known = watcher.look([folder])
    (folder / ".silence.yaml.swp").write_text("an editor's own", "utf-8")
    (folder / "svar.db").write_text("the state", "utf-8")
    assert watcher.look([folder]) == known


def test_a_link_that_leads_nowhere_is_left_out(folder: Path) -> None:
    known = watcher.look([folder])
    (folder / "linked.yaml").symlink_to(folder / "nowhere.yaml")
    assert watcher.look([folder]) == known


def test_a_folder_that_is_gone_is_another_state(folder: Path) -> None:
    known = watcher.look([folder])
    folder.rename(folder.with_name("away"))
    assert watcher.look([folder]) == watcher.Look(frozenset(), frozenset()) != known


class Moody:
    """Cannot take a change up at first."""

    def __init__(self) -> None:
        self.fails = 2
        self.changed = Event()

    def __call__(self) -> None:
        if self.fails:
            self.fails -= 1
            message = "no file can be opened"
            raise RuntimeError(message)
        self.changed.set()


def test_what_could_not_be_told_is_told_once_it_can(folder: Path) -> None:
    known, moody, stop, said = watcher.look([folder]), Moody(), Event(), io.StringIO()
    log = logging.Logger("test")  # noqa: LOG001 - one for this test
    log.addHandler(logging.StreamHandler(said))
    (folder / "silence.yaml").unlink()
    thread = watcher.watch(lambda: [folder], moody, stop, known=known, log=log)
    assert moody.changed.wait(PATIENCE)
    assert not moody.fails
    assert said.getvalue().count("the next look tries again") == 1
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
