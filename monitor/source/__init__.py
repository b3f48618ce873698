"""Reads applications from a recruiting database; never writes."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from monitor import mapping as mappings
from monitor.attribution import Mailbox
from monitor.errors import ConfigError, Problem, SourceError
from monitor.mapping import Mapping
from monitor.model import Application
from monitor.settings import SourceSettings
from monitor.source import rows, sessions

CHUNK = 1000  # rows fetched at a time; memory does not grow with the source
MOST_REJECTED = 10_000  # ids of rejected rows that are kept


class Poll:
    """One streamed pass over a source: iterate it once, then read its counts."""

    def __init__(self, source: "Source", connection: Connection, now: datetime) -> None:
        self.applications = 0
        self.rejected: Counter[str] = Counter()
        self.rejected_ids: list[str] = []
        self.mailbox = Mailbox()
        self._source = source
        self._connection = connection
        self._now = now

    def __iter__(self) -> Iterator[Application]:
        source = self._source
        sql = source.mapping.applications
        try:
            if source.mapping.messages is None:
                yield from self._rows(sql)
            else:
                self._read_messages(source.mapping.messages)
                yield from self._attributed(sql)
        except SQLAlchemyError as error:
            raise source.failed(error) from error

    def _rows(self, sql: str) -> Iterator[Application]:
        source = self._source
        result = self._connection.execute(text(sql), source.binds(self._now, sql))
        columns = list(result.keys())
        source.refuse(columns, "applications")
        read = rows.ApplicationReader(columns, source.mapping.file.stages, source.zone)
        which = columns.index("application_id")
        for partition in result.partitions(CHUNK):
            for row in partition:
                try:
                    application = read(row)
                except rows.RowError as error:
                    self._reject(str(row[which]), str(error))
                    continue
                self.applications += 1
                yield application

    def _attributed(self, sql: str) -> Iterator[Application]:
        """Yield each address's applications after one another, replies filled in."""
        ordered = f"SELECT * FROM (\n{sql}\n) AS q ORDER BY LOWER(candidate_email)"  # noqa: S608 - the admin's own query
        everyone = self._rows(ordered)
        for address, group in groupby(everyone, lambda each: each.candidate_email):
            if address is None:
                for each in group:
                    yield from self.mailbox.attribute([each])
            else:
                yield from self.mailbox.attribute(list(group))

    def _read_messages(self, sql: str) -> None:
        source = self._source
        result = self._connection.execute(text(sql), source.binds(self._now, sql))
        columns = list(result.keys())
        source.refuse(columns, "messages")
        read = rows.messages(columns, source.zone)
        which = columns.index("message_id")
        for partition in result.partitions(CHUNK):
            for row in partition:
                try:
                    self.mailbox.add(read(row))
                except rows.RowError as error:
                    self._reject(f"message {row[which]}", str(error))

    def _reject(self, row_id: str, reason: str) -> None:
        if "has no zone" in reason:
            raise SourceError(self._source.name, "zone", reason)
        self.rejected[reason] += 1
        if len(self.rejected_ids) < MOST_REJECTED:
            self.rejected_ids.append(row_id)


class Source:
    """One recruiting database, read through its mapping."""

    def __init__(self, settings: SourceSettings, mapping: Mapping) -> None:
        self.settings = settings
        self.mapping = mapping
        self.name = settings.name
        zone = settings.timezone or mapping.file.timezone
        self.zone = ZoneInfo(zone) if zone else None
        self.engine = sessions.engine(settings, self.zone)
        self.dialect = self.engine.dialect.name
        self._columns: list[str] | None = None

    @contextmanager
    def poll(self, now: datetime) -> Iterator[Poll]:
        """Give one pass over the source as of now, in one read-only session."""
        with self._connect() as connection:
            yield Poll(self, connection, now)

    def columns(self, now: datetime) -> list[str]:
        """Return the application query's columns; raise ConfigError if any is wrong."""
        with self._connect() as connection:
            found = self._keys(
                connection, "applications", self.mapping.applications, now
            )
            if self.mapping.messages is not None:
                self._keys(connection, "messages", self.mapping.messages, now)
        return found

    def is_read_only(self) -> bool:
        """Tell whether the database itself says that this session cannot write."""
        query = sessions.read_only_query(self.dialect)
        if query is None:
            return True  # opened with mode=ro
        with self._connect() as connection:
            return str(connection.execute(text(query)).scalar()).lower() == "on"

    def close(self) -> None:
        self.engine.dispose()

    def binds(self, now: datetime, sql: str) -> dict[str, object]:
        """Return what the query's binds stand for."""
        moments = {"now": now, "since": now - self.settings.lookback}
        return {
            key: sessions.bound(at, self.dialect, self.zone)
            for key, at in moments.items()
            if f":{key}" in sql
        }

    def refuse(self, columns: list[str], query: str) -> None:
        """Raise ConfigError naming every column that is missing or unknown."""
        known, required = mappings.COLUMNS, mappings.REQUIRED
        if query == "messages":
            known, required = mappings.MESSAGE_COLUMNS, mappings.MESSAGE_REQUIRED
        file = str(self.mapping.folder / getattr(self.mapping.file, query))
        problems = mappings.check_columns(columns, file, known, required)
        twice = {name for name in columns if columns.count(name) > 1}
        problems += [Problem(file, 0, 0, name, "is delivered twice") for name in twice]
        if problems:
            raise ConfigError(problems)

    def failed(self, error: SQLAlchemyError) -> SourceError:
        """Return the error in words without a URL, a password or a row."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        lines = (
            str(cause.args[-1] if cause and cause.args else cause).strip().splitlines()
        )
        reason = "sql"
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            reason = "connect"
        elif "timeout" in str(cause).lower() or "max_statement_time" in str(cause):
            reason = "timeout"
        return SourceError(self.name, reason, lines[0][:300] if lines else "no answer")

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
            shown = self.engine.url.render_as_string(hide_password=True)
            message = f"no connection to {shown}: {self.failed(wrapped).args[0]}"
            raise SourceError(self.name, "connect", message) from error
        with connection:
            yield connection.execution_options(**options)

    def _keys(
        self, connection: Connection, query: str, sql: str, now: datetime
    ) -> list[str]:
        """Return the names of a query's columns without reading a row."""
        probe = f"SELECT * FROM (\n{sql}\n) AS q WHERE 1 = 0"  # noqa: S608 - the admin's own query
        try:
            columns = list(connection.execute(text(probe), self.binds(now, sql)).keys())
        except SQLAlchemyError as error:
            file = str(self.mapping.folder / getattr(self.mapping.file, query))
            reason = self.failed(error).args[0]
            raise ConfigError(
                [Problem(file, 0, 0, query, f"the query fails: {reason}")]
            ) from error
        self.refuse(columns, query)
        return columns


def open_source(settings: SourceSettings, mapping: Mapping) -> Source:
    """Return the source; nothing is connected to yet."""
    return Source(settings, mapping)
