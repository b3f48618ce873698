"""One pass over a recruiting database: rows in, applications out, with their replies."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BindParameter, Connection, CursorResult, bindparam, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.attribution import Mailbox, Message
from monitor.errors import SourceError
from monitor.model import Application
from monitor.source import rows
from monitor.source.database import Database
from monitor.source.rows import ApplicationReader, Row, RowError

CHUNK = 500  # rows fetched at a time; memory does not grow with the source
MOST_REJECTED = 10_000  # ids of rejected rows that are kept

# Lists that a query is bound to, beside what a mapping's own may name.
Some = Mapping[str, Sequence[str]]
_ALL: Some = {}


class Poll:
    """One streamed pass over a source: iterate it once, then read its counts."""

    def __init__(self, source: Database, connection: Connection, now: datetime) -> None:
        self.applications = 0
        self.rejected: Counter[str] = Counter()  # applications, by reason
        self.rejected_messages: Counter[str] = Counter()  # by reason
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
                self._fill(self._messages("messages", source.mapping.messages))
                yield from self._attributed(sql)
        except SQLAlchemyError as error:
            raise source.failed(error) from error

    def close(self) -> None:
        """Close cursors that were not read to their end."""
        for result in self._results:
            result.close()

    def _fill(self, messages: Iterable[Message]) -> None:
        for each in messages:
            if each.sent_at <= self._now:  # what is planned is not sent
                self.mailbox.add(each)

    def _execute(
        self, sql: str, application: str | None = None, some: Some = _ALL
    ) -> CursorResult[Any]:
        binds = self._source.binds(self._now, sql, application)
        # Without a type: the database compares them as it does the column.
        lists: list[BindParameter[str]] = [
            bindparam(name, expanding=True) for name in some
        ]
        statement = text(sql).bindparams(*lists)
        result = self._connection.execute(statement, binds | dict(some))
        self._results.append(result)
        return result

    def _rows(self, sql: str, some: Some = _ALL) -> Iterator[Application]:
        source = self._source
        result = self._execute(sql, some=some)
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
                self._reject(self.rejected, str(chunk[0][which]), str(error))
                return []
        half = len(chunk) // 2
        first = self._readable(read, chunk[:half], which)
        return first + self._readable(read, chunk[half:], which)

    def _attributed(self, sql: str) -> Iterator[Application]:
        """Yield each address's applications after one another, replies filled in."""
        ordered = (
            f"SELECT * FROM (\n{sql}\n) AS q ORDER BY LOWER(TRIM(candidate_email))"  # noqa: S608 - the admin's own query
        )
        yield from self._filled(self._rows(ordered))

    def _filled(self, everyone: Iterable[Application]) -> Iterator[Application]:
        """Yield applications that are sorted by address, with what was said filled in."""
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
        self,
        query: str,
        sql: str,
        application: str | None = None,
        some: Some = _ALL,
    ) -> Iterator[Message]:
        source = self._source
        result = self._execute(sql, application, some)
        columns = list(result.keys())
        source.refuse(columns, query)
        read = rows.messages(columns, source.zone)
        which = columns.index("message_id")
        for partition in result.partitions(CHUNK):
            for row in partition:
                try:
                    message = read(row)
                except RowError as error:
                    said = self.rejected_messages
                    self._reject(said, f"message {row[which]}", str(error))
                    continue
                yield message

    def _reject(self, counts: Counter[str], row_id: str, reason: str) -> None:
        if "has no zone" in reason:
            raise SourceError(self._source.name, "zone", reason)
        counts[reason] += 1
        if len(self.rejected_ids) < MOST_REJECTED:
            self.rejected_ids.append(row_id)
