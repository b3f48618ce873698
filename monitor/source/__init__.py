"""Reads applications from a recruiting database; never writes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, CursorResult, text
from sqlalchemy.exc import DataError, DBAPIError, SQLAlchemyError

from monitor import mapping as mappings
from monitor.attribution import Mailbox, Message
from monitor.errors import ConfigError, Problem, SourceError
from monitor.mapping import Mapping
from monitor.model import Application
from monitor.settings import SourceSettings
from monitor.source import rows, sessions
from monitor.source.rows import ApplicationReader, Row, RowError

CHUNK = 500  # rows fetched at a time; memory does not grow with the source
MOST_REJECTED = 10_000  # ids of rejected rows that are kept
_TIMEOUTS = ("timeout", "max_statement_time", "maximum statement execution time")
# What drivers raise of options that they do not know.
_MISUSED = (TypeError, ValueError, AttributeError, LookupError)
_UNDECODED = "Could not decode"  # SQLite goes on to say what stood there


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
        self._results: list[CursorResult[Any]] = []

    def __iter__(self) -> Iterator[Application]:
        source = self._source
        sql = source.mapping.applications
        try:
            if source.mapping.messages is None:
                yield from self._rows(sql)
            else:
                for each in self._messages("messages", source.mapping.messages):
                    if each.sent_at <= self._now:  # what is planned is not sent
                        self.mailbox.add(each)
                yield from self._attributed(sql)
        except SQLAlchemyError as error:
            raise source.failed(error) from error

    def close(self) -> None:
        """Close cursors that were not read to their end."""
        for result in self._results:
            result.close()

    def _execute(self, sql: str, application: str | None = None) -> CursorResult[Any]:
        binds = self._source.binds(self._now, sql, application)
        result = self._connection.execute(text(sql), binds)
        self._results.append(result)
        return result

    def _rows(self, sql: str) -> Iterator[Application]:
        source = self._source
        result = self._execute(sql)
        columns = list(result.keys())
        source.refuse(columns, "applications")
        read = ApplicationReader(columns, source.mapping.file.stages, source.zone)
        which = columns.index("application_id")
        for partition in result.partitions(CHUNK):
            readable = self._readable(read, partition, which)
            self.applications += len(readable)
            yield from readable

    def _readable(
        self, read: ApplicationReader, chunk: Sequence[Row], which: int
    ) -> list[Application]:
        """Return the chunk's applications; halve it until a bad row is alone."""
        try:
            return read(chunk)
        except RowError as error:
            if len(chunk) == 1:
                self._reject(str(chunk[0][which]), str(error))
                return []
        half = len(chunk) // 2
        first = self._readable(read, chunk[:half], which)
        return first + self._readable(read, chunk[half:], which)

    def _attributed(self, sql: str) -> Iterator[Application]:
        """Yield each address's applications after one another, replies filled in."""
        ordered = (
            f"SELECT * FROM (\n{sql}\n) AS q ORDER BY LOWER(TRIM(candidate_email))"  # noqa: S608 - the admin's own query
        )
        everyone = self._rows(ordered)
        for address, group in groupby(everyone, lambda each: each.candidate_email):
            if address is None:
                for each in group:
                    yield from self.mailbox.attribute([each])
            else:
                yield from self.mailbox.attribute(list(group))

    def said(self, row: Application) -> list[Message]:
        """Return all messages of an application's candidate, also what counts nowhere.

        Where the mapping has no query for it, what the messages' query tells.
        """
        mapping, about = self._source.mapping, row.application_id
        try:
            if mapping.explain is not None:
                return list(self._messages("explain", mapping.explain, about))
            if mapping.messages is None:
                return []
            address = row.candidate_email
            return [
                each
                for each in self._messages("messages", mapping.messages)
                if each.application_id == about
                or (address is not None and each.candidate_email == address)
            ]
        except SQLAlchemyError as error:
            raise self._source.failed(error) from error

    def _messages(
        self, query: str, sql: str, application: str | None = None
    ) -> Iterator[Message]:
        source = self._source
        result = self._execute(sql, application)
        columns = list(result.keys())
        source.refuse(columns, query)
        read = rows.messages(columns, source.zone)
        which = columns.index("message_id")
        for partition in result.partitions(CHUNK):
            for row in partition:
                try:
                    message = read(row)
                except RowError as error:
                    self._reject(f"message {row[which]}", str(error))
                    continue
                yield message

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
        with (
            self._connect() as connection,
            closing(Poll(self, connection, now)) as poll,
        ):
            yield poll

    def columns(self, now: datetime) -> list[str]:
        """Return the application query's columns; raise ConfigError if any is wrong."""
        return self._asked(now)[0]

    def delivered(self, now: datetime) -> set[str]:
        """Return the columns that applications have once all is filled in.

        Raises ConfigError if a column of either query is wrong.
        """
        return mappings.delivered(self.mapping.file, *self._asked(now))

    def is_read_only(self) -> bool:
        """Tell whether the database itself says that this session cannot write."""
        with self._connect() as connection:
            query = sessions.read_only_query(connection.dialect)
            if query is None:
                return True  # opened with mode=ro
            try:
                return str(connection.execute(text(query)).scalar()).lower() == "on"
            except SQLAlchemyError as error:
                raise self.failed(error) from error

    def close(self) -> None:
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
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause.args[-1] if cause and cause.args else cause).strip()
        reason = "sql"
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            reason = "connect"
        elif any(word in said.lower() for word in _TIMEOUTS):
            reason = "timeout"
        line = said.partition("\n")[0]
        if isinstance(error, DataError) or _UNDECODED in line:
            line = line.partition(': "')[0].partition(" with text")[0]
        return SourceError(self.name, reason, line[:300] or "no answer")

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

    def _asked(self, now: datetime) -> tuple[list[str], list[str]]:
        """Return the columns of the applications' and of the messages' query."""
        ours, said = self.mapping.applications, self.mapping.messages
        with self._connect() as connection:
            found = self._keys(connection, "applications", ours, now)
            if said is None:
                return found, []
            return found, self._keys(connection, "messages", said, now)

    def _keys(
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
