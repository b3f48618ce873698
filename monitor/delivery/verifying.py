"""Asks, right before a post is claimed, whether what it would tell is still so."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Protocol

from monitor.alerts import Alert
from monitor.delivery.round import Round
from monitor.delivery.turns import Wanted
from monitor.store import Store
from monitor.store.outbox import outgoing
from monitor.store.outbox.outgoing import Outgoing

LONGEST = 25.0  # seconds of reading that do not shorten a run; it may take no longer


class Verifier(Protocol):
    """Knows the alerts that are in doubt: their rows, read again, say otherwise."""

    def doubtful(self) -> frozenset[int]: ...

    def unread(self) -> Mapping[str, str]: ...

    def wants(self, notice: Outgoing, *, now: datetime) -> bool: ...

    def verify(self, alerts: Collection[Alert], *, now: datetime) -> frozenset[int]: ...


class Trusting:
    """Takes the last poll's word for everything."""

    def doubtful(self) -> frozenset[int]:
        return frozenset()

    def unread(self) -> Mapping[str, str]:
        return {}

    def wants(self, notice: Outgoing, *, now: datetime) -> bool:  # noqa: ARG002 - none
        return False

    def verify(
        self,
        alerts: Collection[Alert],  # noqa: ARG002
        *,
        now: datetime,  # noqa: ARG002
    ) -> frozenset[int]:
        return frozenset()  # pragma: no cover - it wants nothing


class Verifying:
    """Lets what is about to go out be read again: all of it, at most once a run."""

    def __init__(
        self, store: Store, verifier: Verifier, stopwatch: Callable[[], float]
    ) -> None:
        self.store = store
        self.verifier = verifier
        self._stopwatch = stopwatch

    def begin(self, this: Round) -> None:
        """Start a run with what is in doubt since an earlier one."""
        this.doubtful = self.verifier.doubtful()
        this.report.unread = dict(self.verifier.unread())

    def before(self, turn: Wanted, this: Round) -> None:
        """Verify what a reader would be told of now."""
        self._verify(
            this,
            lambda each: (
                each.recipient in turn.reader.recipients
                and (turn.kind is not None or each.is_now)
            ),
        )

    def before_again(self, post_id: int, this: Round) -> None:
        """Verify what a post that is tried again would tell."""
        self._verify(this, lambda each: each.post_id == post_id)

    def _verify(self, this: Round, goes_now: Callable[[Outgoing], bool]) -> None:
        """Read everything again once something that is wanted goes out now.

        Then those who read later in this run, and in the next ones, wait for no reading.
        """
        if this.wanted is None:
            this.wanted = self._wanted(this)
        if not any(map(goes_now, this.wanted)):
            return
        began = self._stopwatch()
        with self.store.read() as connection:
            asked = {each.alert_id for each in this.wanted}
            alerts = outgoing.told_of(connection, asked)
        found = self.verifier.verify(alerts, now=this.now)
        this.doubtful |= found
        this.report.unread = dict(self.verifier.unread())
        this.report.doubtful = Counter(
            each.source for each in this.wanted if each.alert_id in found
        )
        this.wanted = []
        # In this order, since of a process that is to stop no difference is a number.
        this.paused = min(LONGEST, self._stopwatch() - began)

    def _wanted(self, this: Round) -> list[Outgoing]:
        with self.store.read() as connection:
            found = outgoing.read(connection, this.moment)
        return [each for each in found if self.verifier.wants(each, now=this.now)]
