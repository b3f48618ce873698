"""Asks Slack for posts that may have arrived, and takes away what came twice."""

from datetime import datetime, timedelta

from monitor import outbox
from monitor.delivery.round import Aftercare, Reconciled, Round, Stop
from monitor.delivery.routes import PACED, Router
from monitor.delivery.sending import SWEEP_AFTER
from monitor.delivery.wire import Wire
from monitor.errors import DeliveryError, Outcome
from monitor.rules import Kind
from monitor.store import Store
from monitor.store.outbox import mail
from monitor.store.outbox.mail import Post
from monitor.store.words import PostStatus

BATCH = 100
LAST_SWEEP = timedelta(minutes=15)  # after it was sent; who slept may post till then
LAST_TRY = timedelta(days=1)  # of a sweep that failed, or of what was never sent
_OLD_WORDS: dict[str, object] = {"digest": None}  # nobody knows what it says
UNCONFIRMED = "unconfirmed"  # may have arrived, and nobody may look


class LookUp:
    """Looks posts up by their key; sends anew only what is not there."""

    def __init__(self, store: Store, wire: Wire, router: Router) -> None:
        self.store = store
        self.wire = wire
        self.router = router

    def run(self, this: Round) -> None:
        """Look up what has been quarantined for long enough."""
        with self.store.read() as connection:
            ids = mail.unknown(connection, now=this.now, most=BATCH)
            posts = mail.read(connection, ids)
        for post in posts:
            try:
                found = self._find(post)
                self._found(post, found, this)
            except DeliveryError as error:
                self._unseen(post, error, this)
            else:
                came_to = Reconciled.FOUND if found else Reconciled.NOT_FOUND
                this.report.reconciled[came_to] += 1

    def sweep(self, this: Round) -> None:
        """Take away messages that arrived after they had been sent again."""
        with self.store.read() as connection:
            ids = mail.sweeps(connection, now=this.now, most=BATCH)
            posts = mail.read(connection, ids)
        for post in posts:
            is_seen = True
            try:
                kept = self._sweep(post, this)
            except DeliveryError as error:
                self.wire.note(error)
                if error.reason == PACED or error.retry_after is not None:
                    raise Stop from error
                kept = post.ts
                if error.outcome is not Outcome.ROUTE:  # else nobody may look there
                    is_seen = False
            again_at = _sweep_again(post, this.now, is_seen=is_seen)
            values: dict[str, object] = {"sweep_at": again_at, "ts": kept}
            if kept != post.ts:
                values |= _OLD_WORDS | {"edit_due_at": this.now}
            with self.store.write() as connection:
                mail.change(connection, post.id, **values)

    def _sweep(self, post: Post, this: Round) -> str | None:
        """Leave at most one message of a post; return which stands."""
        found = self._find(post)
        if found and post.status is PostStatus.WAITING:
            self._found(post, found, this)
            return found[0]
        kept = post.ts
        if found and post.status is PostStatus.SENT and post.ts not in found:
            kept = found[0]
        self._keep_one(post, found, kept, this)
        return kept

    def _keep_one(
        self, post: Post, found: list[str], kept: str | None, this: Round
    ) -> None:
        for ts in found:
            if ts != kept:
                channel = self.router.address(post.channel or "")
                self.wire.delete(channel, ts)
                this.report.posts[Aftercare.SWEPT] += 1

    def _found(self, post: Post, found: list[str], this: Round) -> None:
        if not found:
            # Whoever died in the call may have sent a request that arrives later.
            sweep_at = post.first_attempt_at and this.now + SWEEP_AFTER
            waits = {"due_at": this.now, "sweep_at": sweep_at}
            self._settle(post, PostStatus.WAITING, this, **waits)
            return
        self._keep_one(post, found, found[0], this)
        self._settle(
            post,
            PostStatus.SENT,
            this,
            ts=found[0],
            sent_at=this.now,
            **_words(post, found, this),
        )
        this.report.told.append(post)

    def _unseen(self, post: Post, error: DeliveryError, this: Round) -> None:
        """Decide where Slack does not let us look: a breach is rather told twice.

        What only warns of a promise that still holds is not.
        """
        self.wire.note(error)
        this.report.reconciled[Reconciled.ERROR] += error.reason != PACED
        if error.outcome is not Outcome.ROUTE:
            if error.reason != PACED:
                wait = this.now + outbox.QUARANTINE
                self._settle(post, PostStatus.UNKNOWN, this, due_at=wait)
            raise Stop from error
        if post.told and all(kind is Kind.WARNING for _, kind in post.told):
            self._settle(post, PostStatus.FAILED, this, error=UNCONFIRMED)
        else:
            self._settle(post, PostStatus.WAITING, this, due_at=this.now)

    def _find(self, post: Post) -> list[str]:
        if post.channel is None or post.first_attempt_at is None:
            return []  # died before the request: nothing can be there
        channel = self.router.address(post.channel)
        return self.wire.find(
            channel, post.key, since=post.first_attempt_at, thread=post.thread_ts
        )

    def _settle(
        self, post: Post, status: PostStatus, this: Round, **values: object
    ) -> None:
        with self.store.write() as connection:
            mail.settle(connection, post.id, status, **values)
        this.report.posts[status] += 1


def _sweep_again(post: Post, now: datetime, *, is_seen: bool) -> datetime | None:
    """Return when to look for late arrivals again; None so long after the last try.

    What was sent is not tried again; of all else only the first try is known.
    """
    began_at = post.first_attempt_at or now
    ends_at = began_at + LAST_TRY
    if is_seen and post.sent_at is not None:
        ends_at = post.sent_at + LAST_SWEEP
    return None if now >= ends_at else now + LAST_SWEEP


def _words(post: Post, found: list[str], this: Round) -> dict[str, object]:
    """Return what to write where a message may say what an earlier try said."""
    if post.attempts == 1 and len(found) == 1:
        return {}
    return _OLD_WORDS | {"edit_due_at": this.now}
