"""`svar run`: heeds signals before anything else; `watching` does the rest.

To import that takes most of a second, in which a service manager may well ask for an
end or a reload.
"""

import argparse
import importlib
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.cli import FINE

_HEEDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(options: argparse.Namespace) -> int:
    """Watch until told to stop, or poll and deliver once."""
    if options.once:
        return _call("once", options)
    with _heeding():
        return _call("watch", options)


@contextmanager
def _heeding() -> Iterator[None]:
    """Heed signals until the daemon does: stop at once and well, outlive a reload.

    Nothing is lost of the reload, since the files are read only after this. Process 1
    would not hear of SIGTERM at all.
    """
    before = {number: signal.getsignal(number) for number in _HEEDED}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FINE))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _call(name: str, options: argparse.Namespace) -> int:
    watching = importlib.import_module("monitor.cli.watching")
    code: int = getattr(watching, name)(options)
    return code
