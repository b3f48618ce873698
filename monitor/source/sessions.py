"""Sessions on a recruiting database that cannot write, whatever the mapping says."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from psycopg.types.string import TextLoader
from sqlalchemy import Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from monitor.errors import SourceError
from monitor.mapping import DIALECTS
from monitor.settings import SourceSettings

CONNECT_SECONDS = 10
_POOL = {
    "pool_size": int,
    "max_overflow": int,
    "pool_recycle": int,
    "pool_timeout": float,
}


def engine(settings: SourceSettings, zone: ZoneInfo | None) -> Engine:
    """Return an engine whose every session is read-only; raise SourceError."""
    seconds = int(settings.statement_timeout.total_seconds())
    try:
        url = _parsed(settings.url.get_secret_value())
        dialect = url.get_backend_name()
        if dialect == "sqlite":
            # No pool: an export that replaces the file would never be seen.
            plain = url.set(query={})
            return create_engine(plain, creator=_sqlite(url), poolclass=NullPool)
        if dialect == "postgresql":
            return _engine(url, _postgresql(seconds, zone))
        if dialect in {"mysql", "mariadb"}:
            return _engine(url, _mariadb(seconds))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        message = f"the URL's driver cannot be used: {error}"
        raise SourceError(settings.name, "connect", message) from error
    except (ValueError, TypeError) as error:  # its text may hold a password
        message = (
            "the URL cannot be read; port and pool options are numbers, and an @ in "
            "the password is written %40"
        )
        raise SourceError(settings.name, "connect", message) from error
    message = (
        f"{dialect} cannot be held to reading only; use one of {', '.join(DIALECTS)}"
    )
    raise SourceError(settings.name, "connect", message)


def bound(at: datetime, dialect: str, zone: ZoneInfo | None) -> object:
    """Return an instant in the form in which this dialect's queries compare it."""
    if dialect == "postgresql":
        return at
    local = at.astimezone(zone or UTC).replace(tzinfo=None)
    return local.isoformat(" ", "microseconds") if dialect == "sqlite" else local


def read_only_query(dialect: Dialect) -> str | None:
    """Return the query that shows whether a session may write; None if it needs none."""
    match dialect.name:
        case "postgresql":
            return "SELECT current_setting('default_transaction_read_only')"
        case "mysql" | "mariadb":
            ours = getattr(dialect, "is_mariadb", False)
            name = "tx_read_only" if ours else "transaction_read_only"
            return f"SELECT IF(@@session.{name}, 'on', 'off')"
        case _:
            return None


def _parsed(text: str) -> URL:
    url = make_url(text)
    if "@" in (url.host or ""):
        message = "an @ in the password was taken for its end"
        raise ValueError(message)
    return url


def _engine(url: URL, prepare: Callable[[Any], None]) -> Engine:
    """Return an engine; the URL's own pool and connection options win over ours."""
    pool = {
        key: kind(url.query[key]) for key, kind in _POOL.items() if key in url.query
    }
    rest = url.difference_update_query(list(pool))
    given = (
        {} if "connect_timeout" in rest.query else {"connect_timeout": CONNECT_SECONDS}
    )
    options: dict[str, Any] = {"pool_size": 1, **pool}
    made = create_engine(rest, connect_args=given, pool_pre_ping=True, **options)
    event.listen(made, "connect", lambda connection, _: prepare(connection))
    return made


def _sqlite(url: URL) -> Callable[[], sqlite3.Connection]:
    path = quote(url.database or "")

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{path}?mode=ro", uri=True, check_same_thread=False, timeout=30
        )
        connection.execute("PRAGMA query_only = ON")
        return connection

    return connect


def _postgresql(seconds: int, zone: ZoneInfo | None) -> Callable[[Any], None]:
    name = zone.key if zone else "UTC"

    def prepare(connection: Any) -> None:
        # As text, so that a date that Python cannot hold spoils its own row only.
        for kind in ("timestamptz", "timestamp", "date"):
            connection.adapters.register_loader(kind, TextLoader)
        connection.autocommit = True
        connection.execute("SET datestyle = 'ISO'")
        connection.execute("SET default_transaction_read_only = on")
        connection.execute(f"SET statement_timeout = '{seconds}s'")
        connection.execute("SELECT set_config('timezone', %s, false)", (name,))
        # Compiling such a query takes longer than it saves; old servers cannot anyway.
        connection.execute(
            "SELECT set_config(name, 'off', false) FROM pg_settings WHERE name = 'jit'"
        )
        connection.autocommit = False

    return prepare


def _mariadb(seconds: int) -> Callable[[Any], None]:
    def prepare(connection: Any) -> None:
        with connection.cursor() as cursor:
            # A long read of MyISAM tables would hold writers up; a buffered one does not.
            cursor.execute("SET SESSION sql_buffer_result = 1")
            cursor.execute(f"SET SESSION {_timeout(cursor, seconds)}")
            cursor.execute("SET SESSION TRANSACTION READ ONLY")

    return prepare


def _timeout(cursor: Any, seconds: int) -> str:
    """Return the setting that ends long statements; MySQL counts in milliseconds."""
    cursor.execute("SELECT VERSION()")
    if "mariadb" in str(cursor.fetchone()[0]).lower():
        return f"max_statement_time = {seconds}"
    return f"max_execution_time = {seconds * 1000}"
