"""Reads applications from a recruiting database; never writes."""

from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Self

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from monitor import mapping as mappings
from monitor.configuration import Configuration
from monitor.settings import SourceSettings
from monitor.source import sessions
from monitor.source.again import Again
from monitor.source.database import Database
from monitor.source.polls import CHUNK, MOST_REJECTED, Poll

__all__ = ["CHUNK", "MOST_REJECTED", "Poll", "Source"]


class Source(Database):
    """One recruiting database, read through its mapping."""

    @classmethod
    @contextmanager
    def opened(cls, loaded: Configuration, settings: SourceSettings) -> Iterator[Self]:
        """Give the source of these settings; let go of its sessions at the end."""
        with closing(cls(settings, loaded.mappings[settings.name])) as source:
            yield source

    @contextmanager
    def poll(self, now: datetime) -> Iterator[Poll]:
        """Give one pass over the source as of now, in one read-only session."""
        with (
            self._connect() as connection,
            closing(Poll(self, connection, now)) as poll,
        ):
            yield poll

    @contextmanager
    def again(self, now: datetime, application_ids: Collection[str]) -> Iterator[Poll]:
        """Give one pass over these applications alone, as a poll would see them.

        It may yield more: the other applications of the same candidates.
        """
        with (
            self._connect() as connection,
            closing(Again(self, connection, now, application_ids)) as again,
        ):
            yield again

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

    def _asked(self, now: datetime) -> tuple[list[str], list[str]]:
        """Return the columns of the applications' and of the messages' query."""
        ours, said = self.mapping.applications, self.mapping.messages
        with self._connect() as connection:
            found = self.keys(connection, "applications", ours, now)
            if said is None:
                return found, []
            return found, self.keys(connection, "messages", said, now)
