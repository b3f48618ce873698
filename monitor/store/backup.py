"""A whole copy of a SQLite state, made while a svar may be running on it."""

import os
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, inspect

from monitor.errors import StoreError
from monitor.store.replicas import heartbeats
from monitor.store.schema import Store
from monitor.store.tables import facts


def make(store: Store, file: Path) -> None:
    """Copy the state into a new file; raise StoreError where that cannot be done.

    The copy is a state of its own, and knows that it is an older one than Slack's.
    """
    if not store.is_sqlite:
        message = f"the state at {store.shown} is in PostgreSQL; back it up by pg_dump"
        raise StoreError(message)
    if store.is_missing():
        message = f"there is no state at {store.shown} yet; `svar run` makes it"
        raise StoreError(message)
    _reserve(file)
    try:
        with closing(Store(URL.create("sqlite", database=str(file)))) as copy:
            _copy(store, copy, file)
            _mark(copy)
    except BaseException:
        for left in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            left.unlink(missing_ok=True)
        raise


def _reserve(file: Path) -> None:
    """Make the file, for this login alone; whatever is there already stays."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        message = f"{file} is there already; choose another file"
        raise StoreError(message) from error
    except OSError as error:
        message = f"{file} cannot be written: {error.strerror}"
        raise StoreError(message) from error


def _copy(store: Store, copy: Store, file: Path) -> None:
    """Copy it as it is at one moment: whoever writes meanwhile is not held up."""
    with store.read() as origin, copy.read() as target:
        try:
            _raw(origin).backup(_raw(target))
        except origin.dialect.loaded_dbapi.Error as error:
            message = f"the state at {store.shown} cannot be copied to {file}: {error}"
            raise StoreError(message) from error


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _mark(copy: Store) -> None:
    """Let the copy look in Slack for what was sent since, once it is put back."""
    with copy.write() as connection:
        if inspect(connection).has_table(facts.name):  # not so in the oldest states
            heartbeats.doubt(connection)
