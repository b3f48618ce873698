"""Claim -> post -> record: each post is one message, through crashes."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from monitor import outbox
from monitor.delivery import refusals, rendering
from monitor.delivery.aiming import Aimed, Sent, is_over, simpler
from monitor.delivery.round import Round, Stop
from monitor.delivery.routes import Route, Router
from monitor.delivery.turns import Turns, Wanted
from monitor.delivery.verifying import Verifying
from monitor.delivery.wire import TOKEN_CHECK, Wire
from monitor.errors import DeliveryError, LeaseLost, Outcome
from monitor.store import Connection, Store
from monitor.store.outbox import bundles, claims, mail
from monitor.store.outbox.mail import STANDING, Post
from monitor.store.outbox.reports import WEEK
from monitor.store.words import PostKind, PostStatus

ROUTE_RETRY = timedelta(hours=1)
SWEEP_AFTER = timedelta(minutes=2)  # longer than any request lives
BATCH = 100  # posts of one kind in one run, so that a tick stays short
LONGEST_CALL = 60.0  # seconds of a run's last post; who takes longer stood still
LOOK_BACK = timedelta(days=1)  # so far, for what was sent before a gap


class Sender:
    """Sends what is due; `looks_first` after a gap, of which the state may not know."""

    def __init__(
        self,
        store: Store,
        wire: Wire,
        router: Router,
        verifying: Verifying,
        stopwatch: Callable[[], float],
    ) -> None:
        self.store = store
        self.wire = wire
        self.router = router
        self._verifying = verifying
        self._stopwatch = stopwatch
        self._until = math.inf

    def send(self, this: Round, *, until: float, looks_first: bool) -> None:
        """Send what is due, the worst first; stop where Slack asks to wait."""
        posts, self._until = self._claimed(this), until
        for _ in range(BATCH):
            if self._stopwatch() > until + this.paused:
                return
            post = next(posts, None)
            if post is None:
                return
            self._attempt(post, this, looks_first=looks_first)

    def _claimed(self, this: Round) -> Iterator[Aimed]:
        """Yield posts that were claimed, each committed before any call."""
        with self.store.read() as connection:
            delayed = claims.delayed(connection, now=this.now)
            has_settled = claims.has_settled(connection, now=this.now)
        if has_settled:
            with self.store.write() as connection:
                claims.drop_settled(connection, now=this.now)
        for each in delayed:
            yield from self._again(each, this)
        for turn in Turns(self.store, self.router, this).wanted():
            yield from self._new(turn, this)

    def _again(self, delayed: claims.Delayed, this: Round) -> Iterator[Aimed]:
        """Yield a post that is tried again, in its reader's hours."""
        digests = this.digests.of(delayed.recipient)
        day = digests.calendar.local_day(this.now)
        is_old = delayed.kind not in STANDING and delayed.sent_on < day
        if is_old:
            with self.store.write() as connection:
                claims.release(connection, delayed.id)
            return
        is_open = digests.calendar.is_open(this.now)
        if not is_open or not self.wire.has_room(delayed.recipient):
            return
        self._verifying.before_again(delayed.id, this)
        yield from self._reclaim(delayed.id, this)

    def _reclaim(self, post_id: int, this: Round) -> Iterator[Aimed]:
        with self.store.write() as connection:
            if not claims.again(connection, post_id, this.moment):
                return
            aimed = self._aim(connection, post_id, this)
        yield from self._alive(aimed, this)

    def _alive(self, aimed: Aimed | None, this: Round) -> Iterator[Aimed]:
        if aimed:
            yield aimed
        else:
            this.report.posts[PostStatus.OBSOLETE] += 1

    def _new(self, turn: Wanted, this: Round) -> Iterator[Aimed]:
        """Yield the posts that a reader is to have now: the digest, or what is urgent."""
        if not self.wire.has_room(turn.reader.address):
            return
        self._verifying.before(turn, this)
        with self.store.write() as connection:
            post_id = None
            if turn.kind:
                post_id = bundles.digest(
                    connection, turn.reader, this.moment, kind=turn.kind
                )
            if post_id is None and turn.has_now:
                post_id = bundles.at_once(connection, turn.reader, this.moment)
            if post_id is None:
                return
            aimed = self._aim(connection, post_id, this)
        yield from self._alive(aimed, this)

    def _aim(self, connection: Connection, post_id: int, this: Round) -> Aimed | None:
        """Aim a claimed post where its reader's channel is known; None if it is over."""
        [post] = mail.read(connection, [post_id])
        if is_over(connection, post, this):
            claims.give_up(connection, post.id)
            return None
        route = self.router.known(post.recipient, this.now)
        if route is None:
            return Aimed(post)
        return self._write(connection, post, route, this)

    def _write(
        self, connection: Connection, post: Post, route: Route, this: Round
    ) -> Aimed:
        """Write where a post goes before it goes there: it is looked up there."""
        aimed = rendering.aim(post, route, this)
        message = rendering.render(aimed, this.configuration)
        mail.change(
            connection,
            post.id,
            channel=aimed.channel,
            name=aimed.name,
            is_public=aimed.is_public,
            language=aimed.language,
            zone=aimed.zone,
            thread_ts=aimed.thread_ts,
            digest=message.digest,
            first_attempt_at=post.first_attempt_at or this.now,
        )
        return Aimed(aimed, route, message)

    def _attempt(self, aimed: Aimed, this: Round, *, looks_first: bool) -> None:
        post = aimed.post
        try:
            sent = self._post(aimed, this, looks_first=looks_first)
        except DeliveryError as error:
            self._failed(post, error, this)
            return
        if sent is None:
            with self.store.write() as connection:
                claims.give_up(connection, post.id)
            this.report.posts[PostStatus.OBSOLETE] += 1
            return
        values: dict[str, object] = {"channel": sent.channel, "ts": sent.ts}
        if sent.was_there:  # and may say what was so at another time
            values |= {"edit_due_at": this.now, "digest": None}
        try:
            self.settle(post, PostStatus.SENT, this, sent_at=this.now, **values)
        except LeaseLost:
            self._take_back(post, sent)
            raise
        this.report.told.append(
            replace(post, channel=sent.channel, ts=sent.ts, name=sent.name)
        )

    def _take_back(self, post: Post, sent: Sent) -> None:
        """Delete a message that another replica sent as well while this one slept."""
        with self.store.read() as connection:
            found = mail.read(connection, [post.id])
        if found and found[0].ts not in {None, sent.ts}:
            self.wire.transport.delete(sent.channel, sent.ts)

    def _post(self, first: Aimed, this: Round, *, looks_first: bool) -> Sent | None:
        """Post by the first route that Slack takes; raise DeliveryError if none is left.

        Asking for a route takes a while: None where nobody needs the post any more.
        """
        settings = this.configuration.settings
        refusal = DeliveryError(Outcome.ROUTE, "no_route")
        for route in self.router.routes(first.post.recipient, settings, this.now):
            aimed = first
            if route != first.route:
                with self.store.write() as connection:
                    claims.again(connection, first.post.id, this.moment)
                    [post] = mail.read(connection, [first.post.id])
                    if is_over(connection, post, this):
                        return None
                    aimed = self._write(connection, post, route, this)
            try:
                sent = self._call(aimed, this, looks_first=looks_first)
            except DeliveryError as error:
                if error.outcome is not Outcome.ROUTE and not refusals.insists(
                    aimed.post, error
                ):
                    raise
                refusal = DeliveryError(Outcome.ROUTE, error.reason)
                self.router.forget(route, error.reason, this.now)
                continue
            self.router.reached(route, sent.channel, this.now)
            return sent
        raise refusal

    def _call(self, aimed: Aimed, this: Round, *, looks_first: bool) -> Sent:
        post, message = aimed.post, aimed.message
        if post.channel is None or message is None:
            raise AssertionError  # pragma: no cover - it is aimed
        ts = self._standing(post, this) if looks_first else None
        if ts:
            return Sent(post.channel, ts, post.name, was_there=True)
        if self._stood_still(this):
            raise Stop
        channel, ts = self.wire.post(
            post.channel, message, post.key, plain=post.is_plain, thread=post.thread_ts
        )
        return Sent(channel, ts, post.name)

    def _stood_still(self, this: Round) -> bool:
        """Tell a process that stood still: what was so when the run began may be over.

        Who is only told to stop, and has no time left, posts what is claimed.
        """
        longest = self._until + this.paused + LONGEST_CALL
        return longest < self._stopwatch() < math.inf

    def _standing(self, post: Post, this: Round) -> str | None:
        """Return the message that stands there already, of which this state knows nothing."""
        if post.channel is None:
            return None
        channel = self.router.address(post.channel)
        if outbox.is_channel(channel):
            return None  # only an id can be looked up
        try:
            since = this.now - (WEEK if post.kind is PostKind.REPORT else LOOK_BACK)
            found = self.wire.find(
                channel, post.key, since=since, thread=post.thread_ts
            )
        except DeliveryError as error:
            if error.outcome is Outcome.ROUTE:
                return None  # no looking there
            if error.outcome is Outcome.UNKNOWN:  # nothing was posted by looking
                raise DeliveryError(Outcome.NOT_SENT, error.reason) from error
            raise
        return found[0] if found else None

    def _failed(self, post: Post, error: DeliveryError, this: Round) -> None:
        """Write what an attempt's failure means; stop the run where others would fail.

        An unknown outcome stops it too: where Slack hangs, each call costs its time-out.
        """
        self.wire.note(error)
        wait = outbox.retry_in(post.attempts, post.key)
        values: dict[str, object] = {"error": error.reason}
        status = PostStatus.WAITING
        match error.outcome:
            case Outcome.UNKNOWN:
                status, wait = PostStatus.UNKNOWN, outbox.QUARANTINE
                values["sweep_at"] = this.now + SWEEP_AFTER
            case Outcome.ROUTE:
                wait = ROUTE_RETRY
            case Outcome.FORM if plainer := simpler(post):
                values |= plainer
                wait = timedelta(0)
            case Outcome.FORM | Outcome.TOKEN:
                wait = TOKEN_CHECK
            case Outcome.NOT_SENT:
                wait = max(wait, timedelta(seconds=error.retry_after or 0))
        self.settle(post, status, this, due_at=this.now + wait, **values)
        if refusals.others_fail(error):
            raise Stop
        if not wait:
            self._try_plainer(post, this)

    def _try_plainer(self, post: Post, this: Round) -> None:
        for aimed in self._reclaim(post.id, this):
            self._attempt(aimed, this, looks_first=False)

    def settle(
        self, post: Post, status: PostStatus, this: Round, **values: object
    ) -> None:
        """Write what became of a post."""
        with self.store.write() as connection:
            mail.settle(connection, post.id, status, **values)
        this.report.posts[status] += 1
