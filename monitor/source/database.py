"""A connection to one recruiting database, and what it says in an admin's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from monitor import mapping as mappings
from monitor.errors import ConfigError, Problem, SourceError
from monitor.mapping import Mapping
from monitor.settings import SourceSettings
from monitor.source import complaints, sessions

_TIMEOUTS = ("timeout", "max_statement_time", "maximum statement execution time")
# What drivers raise of options that they do not know.
_MISUSED = (TypeError, ValueError, AttributeError, LookupError)


class Database:
    """One recruiting database and its mapping; every session only reads."""

    def __init__(self, settings: SourceSettings, mapping: Mapping) -> None:
        self.settings = settings
        self.mapping = mapping
        self.name = settings.name
        zone = settings.timezone or mapping.file.timezone
        self.zone = ZoneInfo(zone) if zone else None
        self.engine = sessions.engine(settings, self.zone)
        self.dialect = self.engine.dialect.name

    def close(self) -> None:
        """Let go of its sessions."""
        self.engine.dispose()

    def binds(
        self, now: datetime, sql: str, application: str | None = None
    ) -> dict[str, object]:
        """Return what the query's binds stand for."""
        moments = {"now": now, "since": now - self.settings.lookback}
        found: dict[str, object] = {
            key: sessions.bound(at, self.dialect, self.zone)
            for key, at in moments.items()
        }
        found["application"] = application
        return {key: value for key, value in found.items() if f":{key}" in sql}

    def refuse(self, columns: list[str], query: str) -> None:
        """Raise ConfigError naming every column that is missing or unknown."""
        known: tuple[str, ...] = mappings.COLUMNS
        required: tuple[str, ...] = mappings.REQUIRED
        if query in {"messages", "explain"}:
            known, required = mappings.MESSAGE_COLUMNS, mappings.MESSAGE_REQUIRED
        elif self.mapping.messages is not None:
            required = (*required, "candidate_email")  # messages are told apart by it
        file = str(self.mapping.folder / getattr(self.mapping.file, query))
        problems = mappings.check_columns(columns, file, known, required)
        twice = {name for name in columns if columns.count(name) > 1}
        problems += [Problem(file, 0, 0, name, "is delivered twice") for name in twice]
        if problems:
            raise ConfigError(problems)

    def failed(self, error: SQLAlchemyError) -> SourceError:
        """Return the error in words without a URL, a password or a row."""
        said = complaints.words(error)
        reason = "sql"
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            reason = "connect"
        elif any(word in said.lower() for word in _TIMEOUTS):
            reason = "timeout"
        line = said.partition("\n")[0][:300]
        return SourceError(self.name, reason, line or "no answer")

    def keys(
        self, connection: Connection, query: str, sql: str, now: datetime
    ) -> list[str]:
        """Return the names of a query's columns without reading a row."""
        probe = f"SELECT * FROM (\n{sql}\n) AS q WHERE 1 = 0"  # noqa: S608 - the admin's own query
        try:
            with connection.execute(text(probe), self.binds(now, sql)) as result:
                columns = list(result.keys())
        except SQLAlchemyError as error:
            failed = self.failed(error)
            if failed.reason != "sql":
                raise failed from error  # the database's trouble, not the query's
            file = str(self.mapping.folder / getattr(self.mapping.file, query))
            message = f"the query fails: {failed}"
            raise ConfigError([Problem(file, 0, 0, query, message)]) from error
        self.refuse(columns, query)
        return columns

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        options: dict[str, object] = {"stream_results": True}
        if self.dialect == "postgresql":
            options["postgresql_readonly"] = True
        try:
            connection = self.engine.connect()
        except (SQLAlchemyError, OSError) as error:
            wrapped = (
                error
                if isinstance(error, SQLAlchemyError)
                else SQLAlchemyError(str(error))
            )
            # Without its options, one of which may be a password as well.
            shown = self.engine.url.set(query={}).render_as_string(hide_password=True)
            message = f"no connection to {shown}: {self.failed(wrapped).message}"
            raise SourceError(self.name, "connect", message) from error
        except _MISUSED as error:  # its text may repeat the option's value
            names = ", ".join(sorted(self.engine.url.query)) or "none"
            message = f"the driver cannot take the URL's options ({names})"
            raise SourceError(self.name, "connect", message) from error
        with connection:
            yield connection.execution_options(**options)
