"""Writes down what is edited in the rules, and makes the leads' post once a week.

Both belong to whoever delivers; the post itself goes the way of all posts.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from monitor.configuration import Configuration
from monitor.daemon.duty import Duty
from monitor.daemon.teller import Teller
from monitor.errors import ConfigError, SourceError
from monitor.messages import Message
from monitor.report import calls, keeping, post, reading
from monitor.report.nouns import WeekReport
from monitor.rules import Rulebook
from monitor.store import Store, edits, ledger
from monitor.store.ledger import silences
from monitor.store.outbox import reports
from monitor.store.replicas import heartbeats
from monitor.store.replicas.leases import DELIVER

PAUSE = timedelta(minutes=15)  # between readings, which are of whole sources
_TROUBLE = "report"


class Reporting:
    """Remembers what is done already, so that most looks at the clock ask nothing more."""

    def __init__(
        self,
        store: Store,
        duty: Duty,
        configuration: Callable[[], Configuration],
        teller: Teller,
    ) -> None:
        self._store = store
        self._duty = duty
        self._configuration = configuration
        self._teller = teller
        self._kept: Rulebook | None = None
        self._owed: date | None = None
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None  # in vain, for the first time

    def keep(self, *, now: datetime) -> None:
        """Write down what was edited in the rules; raise LeaseLost or StoreError."""
        rulebook = self._configuration().rulebook
        hold = self._duty.hold(DELIVER)
        if hold is None or self._kept is rulebook:
            return
        keeping.keep(self._store.under(hold), rulebook, now=now)
        self._kept = rulebook

    def post(self, *, now: datetime) -> None:
        """Owe the leads the week's post, if it is due and nobody has made it yet.

        It waits while nobody is to be told of anything, and while a source cannot be
        read, until that counts as silent, also where it never could be.
        """
        loaded, hold = self._configuration(), self._duty.hold(DELIVER)
        settings, calendar = loaded.settings.report, loaded.calendar
        if settings.channel is None or hold is None:
            return
        week = calls.week_of(settings, calendar, now)
        if week == self._owed or not calls.is_due(settings, calendar, now):
            return
        store = self._store.under(hold)
        if not self._is_owed(store, week):
            message = None if self._is_on_hold(now) else self._try(store, loaded, now)
            if message is None:
                return
            with store.write() as connection:
                reports.owe(connection, settings.channel, week, message, now=now)
        self._owed = week

    def _is_owed(self, store: Store, week: date) -> bool:
        with store.write() as connection:  # a new state has no key before it is asked
            return reports.is_owed(connection, week)

    def _is_on_hold(self, now: datetime) -> bool:
        with self._store.read() as connection:
            return any(each.is_hold for each in silences.in_force(connection, now=now))

    def _try(
        self, store: Store, loaded: Configuration, now: datetime
    ) -> Message | None:
        """Return the post; None where it has to wait for a source."""
        try:
            message = self._message(store, loaded, now)
        except (SourceError, ConfigError) as error:
            self._teller.once(_TROUBLE, f"the week's report waits: {error}")
            self._tried_at = self._tried_at or now
            return None
        if message is not None:
            self._teller.over(_TROUBLE)
            self._tried_at = None
        return message

    def _message(
        self, store: Store, loaded: Configuration, now: datetime
    ) -> Message | None:
        """Return the post; None so soon after the sources were read in vain.

        None of them is read while one is known to fail: the others are read whole.
        """
        ends = reading.ends(loaded.settings.report.weeks, now=now)
        with store.read() as connection:
            quiet = heartbeats.quiet(
                connection, loaded.patience, now=now, tried_at=self._tried_at
            )
            heard = [each for each in loaded.patience if each not in quiet]
            failing = heartbeats.failing(connection, heard)
            edited = edits.between(connection, ends[0] - reading.WEEK, now)
        if failing:
            raise SourceError(failing[0], "failing", "its last poll failed")
        if self._read_at is not None and now < self._read_at + PAUSE:
            return None
        self._read_at = now
        language = loaded.settings.language
        report = reading.read(
            loaded, ends, edits=tuple(edited), stale=quiet, language=language
        )
        self._require_rows(store, report)
        return post.render(report, loaded.calendar, language=language)

    @staticmethod
    def _require_rows(store: Store, report: WeekReport) -> None:
        """Raise SourceError for a source that is empty and was not: it is broken."""
        with store.read() as connection:
            for section in report.sections:
                last = ledger.last_good(connection, section.source)
                if not section.now.applications and last and last.applications:
                    message = "it returned no application at all"
                    raise SourceError(section.source, "empty", message)
