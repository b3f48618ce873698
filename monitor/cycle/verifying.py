"""Reads again what is about to be told, between two polls: a reply meanwhile wins.

Writes nothing and closes nothing: what is in doubt waits for the next poll.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from monitor import evaluate
from monitor.alerts import Alert, Change, Reason
from monitor.configuration import Configuration
from monitor.cycle.errands import Errands
from monitor.cycle.reading import Unmet, plan, split, world
from monitor.errors import ConfigError, SourceError
from monitor.rules import Rule, Rulebook
from monitor.source import Source
from monitor.store import Store, ledger
from monitor.store.outbox import outgoing
from monitor.store.outbox.outgoing import Outgoing

FRESH = timedelta(minutes=1)  # for so long what was read again may be told
PATIENCE = 20.0  # seconds for reading all sources; then the last poll's word stands
LATER = timedelta(minutes=1)  # a poll that began so long after it knows more

Polled = dict[str, datetime | None]  # when each source was last polled well
# Why an alert is in doubt, and since when that is so: no row of it, where there is none.
Why = tuple[Reason, datetime | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an alert is not told: its source says otherwise than at its last poll, then."""

    source: str
    polled_at: datetime | None
    doubted_at: datetime
    why: Why

    def is_over(self, polled_at: datetime | None) -> bool:
        """Tell whether a later poll has read what was read then; clocks may go back."""
        if polled_at is None or polled_at == self.polled_at:
            return False
        is_back = self.polled_at is not None and polled_at < self.polled_at
        return is_back or polled_at >= self.doubted_at + LATER


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a source could not be read again, since its last poll then."""

    polled_at: datetime | None
    said: str


def is_asked(notice: Outgoing, rule: Rule, *, verify: bool | None) -> bool:
    """Tell whether a notice is read again: unless it is said, those above the first step."""
    return notice.firing != rule.firings[0].name if verify is None else verify


def look(
    source: Source,
    configuration: Configuration,
    alerts: Collection[Alert],
    *,
    now: datetime,
) -> dict[int, Why]:
    """Return which alerts their rows, read again, do not bear out; writes nothing."""
    ids = {each.seen.rule for each in alerts}
    asked = Rulebook(
        tuple(rule for rule in configuration.rulebook.rules if rule.id in ids)
    )
    rulebook, _ = split(asked, source.delivered(now))
    checks = evaluate.prepare(rulebook, world(configuration, source), now=now)
    unmet: Unmet = {each.key: each for each in alerts}
    with source.again(now, {each.seen.application_id for each in alerts}) as again:
        made = plan(again, checks, open_alerts=unmet, now=now)
    rejected = set(again.rejected_ids)
    missing = (
        alert
        for (rule, application_id), alert in unmet.items()
        if alert is not None
        and rulebook.get(rule) is not None
        and application_id not in rejected
    )
    found = {alert.id: _why(change, now) for alert, change in made.closings}
    found |= {alert.id: (Reason.GONE, None) for alert in missing}
    return {alert: why for alert, why in found.items() if alert is not None}


def _why(change: Change, now: datetime) -> Why:
    """Return why an alert would close: the same at every reading of the same row."""
    [closing] = change.transitions
    at = closing.effective_at
    return closing.reason, None if at == now else at


class Verifier:
    """Reads rows again for the delivery, and remembers which alerts are in doubt.

    A doubt lasts until a later poll, which closes the alert or does not: what that poll
    confirmed is not doubted for the same reason any more. A source that fails is not
    asked again before its next good poll: what the last one said stands.
    """

    def __init__(
        self,
        store: Store,
        sources: Iterable[Source],
        configuration: Callable[[], Configuration],
        *,
        patience: float = PATIENCE,
    ) -> None:
        self.store = store
        self._sources = {source.name: source for source in sources}
        self._configuration = configuration
        self._errands: Errands[dict[int, Why]] = Errands(patience)
        self._doubts: dict[int, Doubt] = {}
        self._confirmed: set[tuple[int, Why]] = set()
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
        source = self._sources.get(notice.source)
        rule = self._configuration().rulebook.get(notice.rule)
        if source is None or rule is None or source.name in self._failed:
            return False
        read_at = self._read_at.get(notice.alert_id)
        if read_at is not None and abs(now - read_at) < FRESH:
            return False
        return is_asked(notice, rule, verify=source.settings.verify)

    def verify(self, alerts: Collection[Alert], *, now: datetime) -> frozenset[int]:
        """Read the rows of these alerts again; return those that they do not bear out."""
        self._read_at = {
            alert: at for alert, at in self._read_at.items() if abs(now - at) < FRESH
        }
        asked = {
            name: [each for each in alerts if each.source == name]
            for name in {each.source for each in alerts}
        }
        polled = self._polled(asked)
        found: set[int] = set()
        for name, denied in self._look(asked, polled, now).items():
            doubts = {
                alert: Doubt(name, polled[name], now, why)
                for alert, why in denied.items()
                if (alert, why) not in self._confirmed
            }
            self._doubts |= doubts
            self._read_at |= dict.fromkeys(_ids(asked[name]) - set(doubts), now)
            found |= set(doubts)
        return frozenset(found)

    def _look(
        self, asked: Mapping[str, list[Alert]], polled: Polled, now: datetime
    ) -> dict[str, dict[int, Why]]:
        """Return what each source denies; a source that fails, or is slow, does not."""
        loaded = self._configuration()
        ended = self._errands.run(
            {
                name: partial(look, self._sources[name], loaded, few, now=now)
                for name, few in asked.items()
            }
        )
        found: dict[str, dict[int, Why]] = {}
        for name in asked:
            try:
                if name in ended:
                    found[name] = ended[name].result()
                    continue
                said = f"{name} did not answer within {self._errands.patience:g} s"
            except SourceError as error:
                said = str(error)
            except ConfigError as error:
                said = "; ".join(map(str, error.problems))
            self._failed[name] = Failure(polled[name], said)
        return found

    def _forget(self) -> None:
        """Let go of doubts and failures of before a source's last good poll."""
        names = {each.source for each in self._doubts.values()} | set(self._failed)
        if not names:
            return
        polled = self._polled(names)
        over = {
            (alert, each.why)
            for alert, each in self._doubts.items()
            if each.is_over(polled[each.source])
        }
        if over:
            self._settle(over)
        self._failed = {
            name: each
            for name, each in self._failed.items()
            if each.polled_at == polled[name]
        }

    def _settle(self, over: set[tuple[int, Why]]) -> None:
        """End doubts; remember those of alerts that are open, and that a poll found."""
        for alert, _ in over:
            del self._doubts[alert]
        known = self._confirmed | over
        with self.store.read() as connection:
            found = outgoing.confirmed(connection, {alert for alert, _ in known})
        self._confirmed = {each for each in known if each[0] in found}

    def _polled(self, names: Collection[str]) -> Polled:
        with self.store.read() as connection:
            runs = {name: ledger.last_good(connection, name) for name in names}
        return {name: run.as_of if run else None for name, run in runs.items()}


def _ids(alerts: Iterable[Alert]) -> frozenset[int]:
    return frozenset(each.id for each in alerts if each.id is not None)
