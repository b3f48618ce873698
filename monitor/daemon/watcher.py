"""Tells when a rule, a mapping or the settings change on disk."""

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
) -> Thread:
    """Call `changed` after each change below these paths since `known`, until stop.

    The system's word is only the quick way: it misses what is edited before it listens,
    and what another machine writes to a shared disk. The paths are asked for again and
    again, since a folder may go and come back, or another may be put in its place.
    """

    def run() -> None:
        last = known
        while not stop.is_set():
            listening = last.folders
            for changes in _changes(listening, stop):
                found = look(paths())
                if changes or found != last:
                    last = found
                    changed()
                if found.folders != listening:
                    break

    thread = Thread(target=run, name="watcher", daemon=True)
    thread.start()
    return thread


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
