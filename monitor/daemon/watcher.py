"""Tells when a rule, a mapping or the settings change on disk."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import watchfiles
from watchfiles import Change

SETTLE_MS = 300  # an editor writes a file in several steps
CHECK_MS = 2000  # how often a folder that went away or was replaced is noticed
SUFFIXES = (".yaml", ".yml", ".sql")

Identity = tuple[Path, int, int]


def watch(
    paths: Callable[[], list[Path]], changed: Callable[[], None], stop: Event
) -> Thread:
    """Call `changed` after each change below these paths, until stop is set.

    The paths are asked for again and again, since a folder may go and come back, or
    another may be put in its place under the same name.
    """

    def run() -> None:
        known = _identities(paths())
        while not stop.is_set():
            for changes in _changes(known, stop):
                found = _identities(paths())
                if changes or found != known:
                    changed()
                if found != known:
                    known = found
                    break

    thread = Thread(target=run, name="watcher", daemon=True)
    thread.start()
    return thread


def _identities(paths: Iterable[Path]) -> set[Identity]:
    """Return which folders stand at the paths; the ones that are gone are left out."""
    found = set()
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        found.add((path, status.st_dev, status.st_ino))
    return found


def _changes(known: set[Identity], stop: Event) -> Iterator[set[tuple[Change, str]]]:
    """Yield what changed, and an empty set now and then."""
    with suppress(OSError):  # gone in between, or the system grants no more watches
        if known:
            yield from watchfiles.watch(
                *(path for path, _, _ in known),
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
