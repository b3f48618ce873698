"""Tells when a rule, a mapping or the settings change on disk."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from os import stat_result
from pathlib import Path
from threading import Event, Thread

import watchfiles
from watchfiles import Change

SETTLE_MS = 300  # an editor writes a file in several steps
CHECK_MS = 2000  # how often the files are looked at, whatever the system tells
SUFFIXES = (".yaml", ".yml", ".sql")


@dataclass(frozen=True, slots=True)
class Look:
    """What tells one state of the files from another."""

    folders: frozenset[tuple[Path, int, int]]
    files: frozenset[tuple[Path, int, int, int]]


def look(paths: Iterable[Path]) -> Look:
    """Return how these folders stand; what is gone is left out."""
    folders = {(path, it.st_dev, it.st_ino) for path, it in _statuses(paths)}
    files = (file for path, *_ in folders for file in _files(path))
    return Look(
        frozenset(folders),
        frozenset(
            (file, it.st_ino, it.st_mtime_ns, it.st_size)
            for file, it in _statuses(files)
        ),
    )


def _statuses(paths: Iterable[Path]) -> Iterator[tuple[Path, stat_result]]:
    for path in paths:
        with suppress(OSError):
            yield path, path.stat()


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if _is_ours(path)]
    except OSError:
        return []


def watch(
    paths: Callable[[], list[Path]],
    changed: Callable[[], None],
    stop: Event,
    *,
    known: Look,
    log: logging.Logger,
) -> Thread:
    """Call `changed` after each change below these paths since `known`, until stop.

    The system's word is only the quick way: it misses what is edited before it listens,
    and what another machine writes to a shared disk. The paths are asked for again and
    again, since a folder may go and come back, or another may be put in its place.
    """
    watch = _Watch(paths, changed, stop, known)
    thread = Thread(target=watch.keep, args=[log], name="watcher", daemon=True)
    thread.start()
    return thread


@dataclass(slots=True)
class _Watch:
    """What was seen last, and whether its change is still to be told."""

    paths: Callable[[], list[Path]]
    changed: Callable[[], None]
    stop: Event
    last: Look
    is_owed: bool = False

    def keep(self, log: logging.Logger) -> None:
        """Watch until stop; what goes wrong is said once, and tried again."""
        fails = False
        while not self.stop.is_set():
            try:
                self._listen()
                fails = False
            except Exception:  # as in the jobs: a bug may not end the watch
                if not fails:
                    log.exception("the watch of the files; the next look tries again")
                fails = True
                self.stop.wait(CHECK_MS / 1000)

    def _listen(self) -> None:
        """Watch these folders until they are others, or something goes wrong."""
        folders = self.last.folders
        for changes in _changes(folders, self.stop):
            found = look(self.paths())
            self.is_owed |= bool(changes) or found != self.last
            self.last = found
            if self.is_owed:
                self.changed()
                self.is_owed = False
            if found.folders != folders:
                return


def _changes(
    folders: Iterable[tuple[Path, int, int]], stop: Event
) -> Iterator[set[tuple[Change, str]]]:
    """Yield what changed, and an empty set now and then."""
    with suppress(OSError):  # gone in between, or the system grants no more watches
        if folders:
            yield from watchfiles.watch(
                *(path for path, _, _ in folders),
                watch_filter=lambda _, path: _is_ours(Path(path)),
                recursive=False,
                debounce=SETTLE_MS,
                step=SETTLE_MS // 3,
                stop_event=stop,
                rust_timeout=CHECK_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
            )
    stop.wait(CHECK_MS / 1000)
    yield set()


def _is_ours(path: Path) -> bool:
    """Tell a file that is read; `..data` is how Kubernetes swaps a mounted folder."""
    return path.suffix in SUFFIXES or path.name.startswith("..")
