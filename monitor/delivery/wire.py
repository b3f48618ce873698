"""Every call to Slack: at its pace, only while we may send, and what came of it noted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from monitor.delivery.pace import Call, Pace
from monitor.delivery.round import Report, Wait
from monitor.delivery.routes import PACED, Transport
from monitor.errors import DeliveryError, LeaseLost, Outcome
from monitor.messages import Message
from monitor.slack import Member, answers
from monitor.slack.answers import Method, Verdict
from monitor.store.replicas.leases import DELIVER

TOKEN_CHECK = timedelta(seconds=60)
T = TypeVar("T")


class Wire:
    """A transport that remembers what it waits for, and counts what Slack said."""

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
        self._waits: Wait | None = None  # since the run of before
        self._report = Report()

    def begin(self, now: datetime, report: Report) -> bool:
        """Start a run; False where Slack asked to wait, or takes no token still."""
        self._count_wait(now, report)
        self._now, self._report = now, report
        is_set_back = self._noted_at is not None and now < self._noted_at
        if self._hold_until and now < self._hold_until and not is_set_back:
            return False
        self._hold_until = self._waits = None
        if not self.token_lost:
            return True
        try:
            self.whoami()
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
            self._waits = Wait.RETRY_AFTER

    def _count_wait(self, now: datetime, report: Report) -> None:
        """Count the time since the last run, if something due stood still meanwhile."""
        if self._waits and self._now:
            report.waited[self._waits] = max((now - self._now).total_seconds(), 0.0)

    @property
    def now(self) -> datetime:
        """Return the moment of this run."""
        if self._now is None:
            message = "no run has begun"
            raise RuntimeError(message)
        return self._now

    def has_room(self, channel: str) -> bool:
        """Take room for a post to a channel, if there is any."""
        return self._has_room(Call.POST, channel)

    def whoami(self) -> tuple[str, set[str]]:
        return self._ask(Method.AUTH, self.transport.whoami)

    def lookup(self, email: str) -> Member:
        self._take(Call.LOOKUP)
        return self._ask(Method.LOOKUP, lambda: self.transport.lookup(email))

    def open(self, member_id: str) -> str:
        return self._ask(Method.OPEN, lambda: self.transport.open(member_id))

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
        return self._ask(
            Method.POST,
            lambda: self.transport.post(
                channel, message, key, plain=plain, thread=thread
            ),
        )

    def update(self, channel: str, ts: str, message: Message, *, plain: bool) -> bool:
        self._take(Call.UPDATE)
        self._require_hold()
        return self._ask(
            Method.UPDATE,
            lambda: self.transport.update(channel, ts, message, plain=plain),
        )

    def delete(self, channel: str, ts: str) -> None:
        self._require_hold()
        self._ask(Method.DELETE, lambda: self.transport.delete(channel, ts))

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> list[str]:
        self._take(Call.HISTORY)
        return self._ask(
            Method.REPLIES if thread else Method.HISTORY,
            lambda: self.transport.find(channel, key, since=since, thread=thread),
        )

    def _ask(self, method: Method, call: Callable[[], T]) -> T:
        """Make a call and count what came of it; the pages of an answer count as one."""
        try:
            answer = call()
        except DeliveryError as error:
            self._report.calls[method, answers.verdict(error)] += 1
            raise
        self._report.calls[method, Verdict.OK] += 1
        return answer

    def _take(self, call: Call) -> None:
        if not self._has_room(call):
            raise DeliveryError(Outcome.NOT_SENT, PACED)

    def _has_room(self, call: Call, channel: str | None = None) -> bool:
        has_room = self.pace.take(call, self.now, channel=channel)
        if not has_room:
            self._waits = self._waits or Wait.OWN_PACE
        return has_room

    def _require_hold(self) -> None:
        """Raise LeaseLost where another replica may be sending by now."""
        if not self._may_send():
            message = "the lease ran out before the call; another replica goes on"
            raise LeaseLost(DELIVER, message)
