"""`svar db ...`: looks after Svar's own state."""

import argparse
import os

from monitor import settings
from monitor.cli import FINE
from monitor.store import Store, head


def upgrade(options: argparse.Namespace) -> int:
    """Bring the tables to this version; safe to run again."""
    found, _ = settings.read(options.config, os.environ)
    store = Store(found.state.url.get_secret_value())
    try:
        store.claim()
        before = store.version()
        store.upgrade()
    finally:
        store.close()
    told = (
        f"{before or 'empty'} -> {head()}"
        if before != head()
        else f"already at {before}"
    )
    print(f"{store.shown}: {told}")  # noqa: T201
    return FINE
