"""Tells when a rule or the settings change on disk."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import watchfiles

SETTLE_MS = 300  # an editor writes a file in several steps
CHECK_MS = 2000  # how often a folder that is gone is looked for again


def watch(
    paths: Callable[[], list[Path]], changed: Callable[[], None], stop: Event
) -> Thread:
    """Call `changed` after each change below these paths, until stop is set.

    The paths are asked for again after each change: a folder may go and come back.
    """

    def run() -> None:
        while not stop.is_set():
            wanted = paths()
            there = [path for path in wanted if path.exists()]
            if _wait(there, stop, is_whole=len(there) == len(wanted)):
                changed()

    thread = Thread(target=run, name="watcher", daemon=True)
    thread.start()
    return thread


def _wait(there: list[Path], stop: Event, *, is_whole: bool) -> bool:
    """Return whether something changed; False after a while where a path is missing."""
    if not there:
        stop.wait(CHECK_MS / 1000)
        return True
    for changes in watchfiles.watch(
        *there,
        recursive=False,
        debounce=SETTLE_MS,
        step=SETTLE_MS,
        stop_event=stop,
        rust_timeout=CHECK_MS,
        yield_on_timeout=not is_whole,
        raise_interrupt=False,
    ):
        return bool(changes) or not is_whole
    return False
