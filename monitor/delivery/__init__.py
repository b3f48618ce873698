"""Claim -> post -> record, in that order: each post is one message, through crashes.

A claim is committed before any network call; what may have arrived is looked up by
its key before it is tried again.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from monitor import messages, outbox
from monitor.configuration import Configuration
from monitor.delivery.routes import Route, Router, Transport
from monitor.errors import DeliveryError, Outcome
from monitor.messages import Line, Message, Reader
from monitor.outbox import Digests
from monitor.store import Store, mail
from monitor.store.ledger import EDIT_AFTER
from monitor.store.mail import Post, PostStatus

TOKEN_CHECK = timedelta(seconds=60)
ROUTE_RETRY = timedelta(hours=1)
EDIT_RETRY = 60  # seconds
BATCH = 100  # posts of one kind in one run, so that a tick stays short
LONGEST_RUN = 20.0  # seconds; where each call is slow, the next tick goes on


@dataclass(slots=True)
class Report:
    """What one run did, for the metrics and the log."""

    posts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    told: list[Post] = field(default_factory=list)
    is_token_valid: bool | None = True  # None where there is no token


class Delivery:
    """Empties the outbox; remembers only what Slack asked it to wait for."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        configuration: Callable[[], Configuration],
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.transport = transport
        self.router = Router(store, transport)
        self._configuration = configuration
        self._stopwatch = stopwatch
        self._hold_until: datetime | None = None
        self._token_lost = False

    def run(self, *, now: datetime) -> Report:
        """Send, look up and edit what is due; stop early where Slack asks to wait."""
        report, until = Report(), self._stopwatch() + LONGEST_RUN
        if self._must_wait(now, report):
            return report
        try:
            self._look_up(now, report)
            self._send(now, report, until)
            self._edit(now, report)
        except _Stop:
            pass
        report.is_token_valid = not self._token_lost
        return report

    def _must_wait(self, now: datetime, report: Report) -> bool:
        if self._hold_until and now < self._hold_until:
            report.is_token_valid = not self._token_lost
            return True
        self._hold_until = None
        if not self._token_lost:
            return False
        try:
            self.transport.whoami()
        except DeliveryError as error:
            self._note(error, now, report)
            self._hold_until = now + TOKEN_CHECK
            report.is_token_valid = False
            return True
        self._token_lost = False
        return False

    def _send(self, now: datetime, report: Report, until: float) -> None:
        configuration = self._configuration()
        digests = Digests(
            configuration.calendar, configuration.settings.slack.digest_at
        )
        day = digests.day(now)
        if day is None:
            return
        with self.store.write() as connection:
            mail.release_old(connection, day)
        for _ in range(BATCH):
            if self._stopwatch() > until:
                return
            post = self._claim(day, now)
            if post is None:
                return
            self._attempt(post, now, report)

    def _claim(self, day: date, now: datetime) -> Post | None:
        """Take one post that is due, or bundle a new one; committed before any call."""
        with self.store.write() as connection:
            ids = mail.claim_due(connection, now=now, most=1) or mail.claim_new(
                connection, day, now=now, most=1
            )
            found = mail.read(connection, ids)
        return found[0] if found else None

    def _attempt(self, post: Post, now: datetime, report: Report) -> None:
        if all(not alert.is_open for alert, _ in post.told):
            self._settle(post, PostStatus.OBSOLETE, report)
            return
        try:
            route, channel, ts = self._post(post, now)
        except DeliveryError as error:
            self._failed(post, error, now, report)
            return
        self._settle(
            post,
            PostStatus.SENT,
            report,
            channel=channel,
            ts=ts,
            sent_at=now,
            edit_due_at=now + EDIT_AFTER,
        )
        report.told.append(replace(post, channel=channel, ts=ts, name=route.name))

    def _post(self, post: Post, now: datetime) -> tuple[Route, str, str]:
        """Post by the first route that Slack takes; raise DeliveryError if none is left."""
        settings = self._configuration().settings
        for route in self.router.routes(post.recipient, settings, now):
            message = self._render(post, route.name)
            with self.store.write() as connection:
                mail.change(
                    connection,
                    post.id,
                    channel=route.channel,
                    name=route.name,
                    is_public=not route.name,
                    digest=message.digest,
                    first_attempt_at=post.first_attempt_at or now,
                )
            try:
                found = self.transport.post(
                    route.channel, message, post.key, plain=post.is_plain
                )
            except DeliveryError as error:
                if error.outcome is not Outcome.ROUTE:
                    raise
                self.router.forget(route, error.reason, now)
                continue
            self.router.reached(route, found[0], now)
            return route, *found
        raise DeliveryError(
            Outcome.ROUTE, "no_route"
        )  # pragma: no cover - routes raises

    def _failed(
        self, post: Post, error: DeliveryError, now: datetime, report: Report
    ) -> None:
        """Write what an attempt's failure means; stop the run where others would fail.

        An unknown outcome stops it too: where Slack hangs, each call costs its time-out.
        """
        self._note(error, now, report)
        wait = outbox.retry_in(post.attempts, post.key)
        values: dict[str, object] = {"error": error.reason}
        status = PostStatus.WAITING
        match error.outcome:
            case Outcome.UNKNOWN:
                status = PostStatus.UNKNOWN
                wait = outbox.QUARANTINE
            case Outcome.ROUTE:
                wait = ROUTE_RETRY
            case Outcome.FORM if not post.is_plain:
                values["is_plain"] = True
                wait = timedelta(0)
            case Outcome.FORM | Outcome.TOKEN:
                wait = TOKEN_CHECK
            case Outcome.NOT_SENT:
                wait = max(wait, timedelta(seconds=error.retry_after or 0))
        self._settle(post, status, report, due_at=now + wait, **values)
        if error.outcome not in {Outcome.ROUTE, Outcome.FORM}:
            raise _Stop

    def _note(self, error: DeliveryError, now: datetime, report: Report) -> None:
        report.errors[f"{error.outcome}:{error.reason}"] += 1
        if error.outcome is Outcome.TOKEN:
            self._token_lost = True
            self._hold_until = now + TOKEN_CHECK
        elif error.retry_after is not None:
            self._hold_until = now + timedelta(seconds=error.retry_after)

    def _settle(
        self, post: Post, status: PostStatus, report: Report, **values: object
    ) -> None:
        with self.store.write() as connection:
            mail.settle(connection, post.id, status, **values)
        report.posts[status] += 1

    def _look_up(self, now: datetime, report: Report) -> None:
        """Ask Slack for posts that may have arrived; send anew only what is not there."""
        with self.store.read() as connection:
            ids = mail.unknown(connection, now=now, most=BATCH)
            posts = mail.read(connection, ids)
        for post in posts:
            try:
                ts = self._find(post)
            except DeliveryError as error:
                self._note(error, now, report)
                if error.outcome is not Outcome.ROUTE:
                    self._settle(
                        post, PostStatus.UNKNOWN, report, due_at=now + outbox.QUARANTINE
                    )
                    raise _Stop from error
                ts = None  # no looking there, ever: rather told twice than never
            if ts is None:
                self._settle(post, PostStatus.WAITING, report, due_at=now)
            else:
                edit_due_at = now + EDIT_AFTER
                self._settle(
                    post,
                    PostStatus.SENT,
                    report,
                    ts=ts,
                    sent_at=now,
                    edit_due_at=edit_due_at,
                )
                report.told.append(post)

    def _find(self, post: Post) -> str | None:
        if post.channel is None or post.first_attempt_at is None:
            return None  # died before the request: nothing can be there
        channel = self.router.address(post.channel)
        return self.transport.find(channel, post.key, since=post.first_attempt_at)

    def _edit(self, now: datetime, report: Report) -> None:
        with self.store.read() as connection:
            posts = mail.read(connection, mail.edits(connection, now=now, most=BATCH))
        for post in posts:
            values = self._update(post, now, report)
            with self.store.write() as connection:
                mail.edited(connection, post, **values)
            if values["edit_due_at"] not in {None, now}:
                raise _Stop  # Slack takes no edits at the moment

    def _update(self, post: Post, now: datetime, report: Report) -> dict[str, object]:
        """Make the message say what is so now; return what to write about the post."""
        if not post.told:  # all that it told of went to others
            return {"edit_due_at": None}
        message = self._render(post, "" if post.is_public else post.name)
        done: dict[str, object] = {"edit_due_at": None, "digest": message.digest}
        if not post.channel or not post.ts or message.digest == post.digest:
            return done
        try:
            taken = self.transport.update(
                post.channel, post.ts, message, plain=post.is_plain
            )
        except DeliveryError as error:
            self._note(error, now, report)
            if error.outcome is not Outcome.FORM:
                wait = timedelta(seconds=error.retry_after or EDIT_RETRY)
                return {"edit_due_at": now + wait}
            if not post.is_plain:
                return {"edit_due_at": now, "is_plain": True}
            taken = False
        report.posts["edited" if taken else "edit_refused"] += 1
        return done

    def _render(self, post: Post, name: str) -> Message:
        configuration = self._configuration()
        lines: list[Line] = [
            messages.line(alert, kind, configuration.rulebook.get(alert.seen.rule))
            for alert, kind in post.told
        ]
        roles = configuration.settings.people.roles
        mine = frozenset(role for role in roles if roles[role] == post.recipient)
        return messages.render(
            lines,
            Reader(post.recipient, name, mine),
            calendar=configuration.calendar,
            now=post.rendered_at,
        )


class _Stop(Exception):  # noqa: N818 - not an error: the rest of the run can wait
    """The rest of the run would fail as well."""
