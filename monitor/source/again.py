"""Reads some applications once more, as a poll of them alone would see them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from monitor.attribution import Mailbox
from monitor.model import Application
from monitor.source.database import Database
from monitor.source.polls import Poll, Some

MOST = 10_000  # bound to one query; databases take three times as many
# Of other characters than plain ones Python and databases have different notions: what
# is blank, and what is a capital. Such addresses are all read, and compared here.
_ODD = "[^!-~ ]"
_IS_ODD = {
    "sqlite": f"candidate_email GLOB '*{_ODD}*'",
    "postgresql": f"candidate_email COLLATE \"C\" ~ '{_ODD}'",
    "mysql": f"candidate_email REGEXP '{_ODD}'",
    "mariadb": f"candidate_email REGEXP '{_ODD}'",
}


class Again(Poll):
    """One pass over the applications of these ids, and over those of their candidates.

    What was said to a candidate is attributed among all of their applications.
    """

    def __init__(
        self,
        source: Database,
        connection: Connection,
        now: datetime,
        application_ids: Collection[str],
    ) -> None:
        super().__init__(source, connection, now)
        self._ids = sorted(application_ids)
        # A computed column of SQLite has no type: a number is not equal to its digits.
        is_sqlite = source.dialect == "sqlite"
        name = "CAST(application_id AS TEXT)" if is_sqlite else "application_id"
        self._id = f"{name} IN :{{}}"
        is_odd = _IS_ODD[source.dialect]
        self._address = f"LOWER(TRIM(candidate_email)) IN :{{}} OR {is_odd}"

    def __iter__(self) -> Iterator[Application]:
        try:
            for start in range(0, len(self._ids), MOST):
                yield from self._look(self._ids[start : start + MOST])
        except SQLAlchemyError as error:
            raise self._source.failed(error) from error

    def _look(self, ids: Sequence[str]) -> Iterator[Application]:
        mapping = self._source.mapping
        asked = self._some(mapping.applications, {self._id: ids})
        if mapping.messages is None:
            yield from asked
            return
        found = {each.application_id: each for each in asked}
        addresses = _addresses(found.values())
        for each in self._some(mapping.applications, {self._address: addresses}):
            if _by(each) in addresses:
                found.setdefault(each.application_id, each)
        self._hear(mapping.messages, list(found), sorted(addresses))
        yield from self._filled(sorted(found.values(), key=_by))

    def _some(
        self, sql: str, tests: dict[str, Collection[str]]
    ) -> Iterator[Application]:
        if any(tests.values()):
            yield from self._rows(*_where(sql, tests))

    def _hear(self, sql: str, ids: Sequence[str], addresses: Sequence[str]) -> None:
        """Fill the mailbox with what was said about these, or to these addresses."""
        self.mailbox = Mailbox()
        names = self._source.keys(self._connection, "messages", sql, self._now)
        tests: dict[str, Collection[str]] = {
            test: wanted
            for name, test, wanted in (
                ("application_id", self._id, ids),
                ("candidate_email", self._address, addresses),
            )
            if name in names and wanted
        }
        if tests:
            wrapped, some = _where(sql, tests)
            self._fill(self._messages("messages", wrapped, some=some))


def _where(sql: str, tests: dict[str, Collection[str]]) -> tuple[str, Some]:
    """Return the admin's query for rows that pass one of the tests, and their lists."""
    some = {f"some_{number}": list(each) for number, each in enumerate(tests.values())}
    wanted = " OR ".join(map(str.format, tests, some))
    return f"SELECT * FROM (\n{sql}\n) AS q WHERE {wanted}", some  # noqa: S608 - the admin's own query


def _by(application: Application) -> str:
    return application.candidate_email or ""


def _addresses(applications: Iterable[Application]) -> set[str]:
    return {_by(each) for each in applications} - {""}
