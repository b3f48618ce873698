"""Reads again what is about to be told, between two polls: a reply meanwhile wins.

Writes nothing and closes nothing: what is in doubt waits for the next poll.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor import evaluate
from monitor.alerts import Alert
from monitor.configuration import Configuration
from monitor.cycle.reading import plan, split, world
from monitor.errors import ConfigError, SourceError
from monitor.rules import Rule, Rulebook
from monitor.source import Source
from monitor.store import Store, ledger
from monitor.store.outgoing import Outgoing

FRESH = timedelta(minutes=1)  # for so long what was read again may be told


Polled = dict[str, datetime | None]  # when each source was last polled well


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an alert is not told: its source says otherwise than at its last poll, then."""

    source: str
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a source could not be read again, since its last poll then."""

    polled_at: datetime | None
    said: str


@dataclass(frozen=True, slots=True)
class Seen:
    """Which alerts have no reason any more, and of which no row was found."""

    settled: frozenset[int]
    missing: frozenset[int]


def is_asked(notice: Outgoing, rule: Rule, *, verify: bool | None) -> bool:
    """Tell whether a notice is read again: unless it is said, those above the first step."""
    return notice.firing != rule.firings[0].name if verify is None else verify


def look(
    source: Source,
    configuration: Configuration,
    alerts: Collection[Alert],
    *,
    now: datetime,
) -> Seen:
    """Hold the rows of these alerts, read again, against their rules; writes nothing."""
    ids = {each.seen.rule for each in alerts}
    asked = Rulebook(
        tuple(rule for rule in configuration.rulebook.rules if rule.id in ids)
    )
    rulebook, _ = split(asked, source.delivered(now))
    checks = evaluate.prepare(rulebook, world(configuration, source), now=now)
    unseen: dict[ledger.Key, Alert | None] = {each.key: each for each in alerts}
    with source.again(now, {each.seen.application_id for each in alerts}) as again:
        made = plan(again, checks, open_alerts=unseen, now=now)
    rejected = set(again.rejected_ids)
    return Seen(
        _ids(alert for alert, _ in made.closings),
        _ids(
            alert
            for (rule, application_id), alert in unseen.items()
            if alert is not None
            and rulebook.get(rule) is not None
            and application_id not in rejected
        ),
    )


class Verifier:
    """Reads rows again for the delivery, and remembers which alerts are in doubt.

    A doubt lasts until the source is polled well, which closes the alert or does not.
    A source that fails is not asked again before that: what the last poll said stands.
    """

    def __init__(
        self,
        store: Store,
        sources: Iterable[Source],
        configuration: Callable[[], Configuration],
    ) -> None:
        self.store = store
        self._sources = {source.name: source for source in sources}
        self._configuration = configuration
        self._doubts: dict[int, Doubt] = {}
        self._missed: set[int] = set()
        self._read_at: dict[int, datetime] = {}
        self._failed: dict[str, Failure] = {}

    def doubtful(self) -> frozenset[int]:
        """Return the alerts that nobody is to be told of before the next poll."""
        self._forget()
        return frozenset(self._doubts)

    def unread(self) -> Mapping[str, str]:
        """Return the sources that could not be read again, and why."""
        return {source: each.said for source, each in self._failed.items()}

    def wants(self, notice: Outgoing, *, now: datetime) -> bool:
        """Tell whether a notice's row is to be read again before it goes out."""
        alert = notice.alert
        source = self._sources.get(alert.source)
        rule = self._configuration().rulebook.get(alert.seen.rule)
        if source is None or rule is None or source.name in self._failed:
            return False
        read_at = self._read_at.get(alert.id or 0)
        if read_at is not None and abs(now - read_at) < FRESH:
            return False
        return is_asked(notice, rule, verify=source.settings.verify)

    def verify(self, alerts: Collection[Alert], *, now: datetime) -> frozenset[int]:
        """Read the rows of these alerts again; return those that they do not bear out."""
        self._read_at = {
            alert: at for alert, at in self._read_at.items() if abs(now - at) < FRESH
        }
        polled = self._polled({each.source for each in alerts})
        found: frozenset[int] = frozenset()
        for name, polled_at in polled.items():
            few = [each for each in alerts if each.source == name]
            try:
                seen = look(self._sources[name], self._configuration(), few, now=now)
            except SourceError as error:
                self._failed[name] = Failure(polled_at, str(error))
            except ConfigError as error:
                said = "; ".join(map(str, error.problems))
                self._failed[name] = Failure(polled_at, said)
            else:
                doubted = seen.settled | self._gone(few, seen.missing)
                self._doubts |= dict.fromkeys(doubted, Doubt(name, polled_at))
                self._read_at |= dict.fromkeys(_ids(few) - doubted, now)
                found |= doubted
        return found

    def _gone(
        self, alerts: Collection[Alert], missing: frozenset[int]
    ) -> frozenset[int]:
        """Return the missing ones, but for those that a poll found since they were."""
        found = _ids(each for each in alerts if not each.closing_polls)
        believed = self._missed & missing & found
        self._missed = (self._missed - _ids(alerts)) | missing
        return missing - believed

    def _forget(self) -> None:
        """Let go of doubts and failures of before a source's last good poll."""
        names = {each.source for each in self._doubts.values()} | set(self._failed)
        if not names:
            return
        polled = self._polled(names)
        self._doubts = {
            alert: each
            for alert, each in self._doubts.items()
            if each.polled_at == polled[each.source]
        }
        self._failed = {
            name: each
            for name, each in self._failed.items()
            if each.polled_at == polled[name]
        }

    def _polled(self, names: Collection[str]) -> Polled:
        with self.store.read() as connection:
            runs = {name: ledger.last_good(connection, name) for name in names}
        return {name: run.as_of if run else None for name, run in runs.items()}


def _ids(alerts: Iterable[Alert]) -> frozenset[int]:
    return frozenset(each.id for each in alerts if each.id is not None)
