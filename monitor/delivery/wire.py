"""Every call to Slack: at its pace, only while we may send, and what came of it noted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.delivery.pace import Call, Pace
from monitor.delivery.round import Report
from monitor.delivery.routes import PACED, Transport
from monitor.errors import DeliveryError, LeaseLost, Outcome
from monitor.messages import Message
from monitor.slack import Member

TOKEN_CHECK = timedelta(seconds=60)
LEASE = "deliver"
T = TypeVar("T")


class Wire:
    """A transport that remembers what Slack asked it to wait for."""

    def __init__(
        self, transport: Transport, pace: Pace, may_send: Callable[[], bool]
    ) -> None:
        self.transport = transport
        self.pace = pace
        self._may_send = may_send
        self._hold_until: datetime | None = None
        self._noted_at: datetime | None = None
        self.token_lost = False
        self._now: datetime | None = None
        self._report = Report()

    def begin(self, now: datetime, report: Report) -> bool:
        """Start a run; False where Slack asked to wait, or takes no token still."""
        self._now, self._report = now, report
        is_set_back = self._noted_at is not None and now < self._noted_at
        if self._hold_until and now < self._hold_until and not is_set_back:
            return False
        self._hold_until = None
        if not self.token_lost:
            return True
        try:
            self.transport.whoami()
        except DeliveryError as error:
            self.note(error)
            self._hold_until = now + TOKEN_CHECK
            return False
        self.token_lost = False
        return True

    def note(self, error: DeliveryError) -> None:
        """Count what went wrong; hold everything where Slack asks for it."""
        if error.reason == PACED:
            return
        self._report.errors[f"{error.outcome}:{error.reason}"] += 1
        self._noted_at = self.now
        if error.outcome is Outcome.TOKEN:
            self.token_lost = True
            self._hold_until = self.now + TOKEN_CHECK
        elif error.retry_after is not None:
            self._hold_until = self.now + timedelta(seconds=error.retry_after)

    @property
    def now(self) -> datetime:
        """Return the moment of this run."""
        if self._now is None:
            message = "no run has begun"
            raise RuntimeError(message)
        return self._now

    def has_room(self, channel: str) -> bool:
        """Take room for a post to a channel, if there is any."""
        return self.pace.take(Call.POST, self.now, channel=channel)

    def whoami(self) -> tuple[str, set[str]]:
        return self.transport.whoami()

    def lookup(self, email: str) -> Member:
        self._take(Call.LOOKUP)
        return self.transport.lookup(email)

    def open(self, member_id: str) -> str:
        return self.transport.open(member_id)

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool,
        thread: str | None = None,
    ) -> tuple[str, str]:
        self._require_hold()
        return self.transport.post(channel, message, key, plain=plain, thread=thread)

    def update(self, channel: str, ts: str, message: Message, *, plain: bool) -> bool:
        self._take(Call.UPDATE)
        self._require_hold()
        return self.transport.update(channel, ts, message, plain=plain)

    def delete(self, channel: str, ts: str) -> None:
        self._require_hold()
        self.transport.delete(channel, ts)

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> list[str]:
        self._take(Call.HISTORY)
        return self.transport.find(channel, key, since=since, thread=thread)

    def _take(self, call: Call) -> None:
        if not self.pace.take(call, self.now):
            raise DeliveryError(Outcome.NOT_SENT, PACED)

    def _require_hold(self) -> None:
        """Raise LeaseLost where another replica may be sending by now."""
        if not self._may_send():
            message = "the lease ran out before the call; another replica goes on"
            raise LeaseLost(LEASE, message)
