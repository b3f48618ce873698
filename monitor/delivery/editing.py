"""Makes posted messages say what is so now; an edit is no news to anybody."""

from datetime import timedelta

from monitor.delivery import rendering
from monitor.delivery.round import Aftercare, Round, Stop
from monitor.delivery.routes import PACED
from monitor.delivery.wire import Wire
from monitor.errors import DeliveryError, Outcome
from monitor.store import Store
from monitor.store.outbox import mail
from monitor.store.outbox.mail import STANDING, Post

EDIT_RETRY = 60  # seconds
BATCH = 100


class Editor:
    """Edits the messages whose alerts closed, opened again, or were erased."""

    def __init__(self, store: Store, wire: Wire) -> None:
        self.store = store
        self.wire = wire

    def run(self, this: Round) -> None:
        """Edit what is due, as far as Slack takes it now."""
        with self.store.read() as connection:
            ids = mail.edits(connection, now=this.now, most=BATCH)
            posts = mail.read(connection, ids)
        for post in posts:
            values = self._update(post, this)
            with self.store.write() as connection:
                mail.edited(connection, post, **values)
            if values["edit_due_at"] not in {None, this.now}:
                raise Stop  # Slack takes no edits at the moment

    def _update(self, post: Post, this: Round) -> dict[str, object]:
        """Make the message say what is so now; return what to write about the post."""
        goes_on = post.told or post.erased
        if not goes_on or post.kind in STANDING:
            return {"edit_due_at": None}  # all that it told of went to others
        message = rendering.render(post, this.configuration)
        done: dict[str, object] = {"edit_due_at": None, "digest": message.digest}
        if not post.channel or not post.ts or message.digest == post.digest:
            return done
        try:
            taken = self.wire.update(
                post.channel, post.ts, message, plain=post.is_plain
            )
        except DeliveryError as error:
            self.wire.note(error)
            if error.reason == PACED:
                raise Stop from error
            if error.outcome is not Outcome.FORM:
                wait = timedelta(seconds=error.retry_after or EDIT_RETRY)
                return {"edit_due_at": this.now + wait}
            if not post.is_plain:
                return {"edit_due_at": this.now, "is_plain": True}
            taken = False
        became = Aftercare.EDITED if taken else Aftercare.EDIT_REFUSED
        this.report.posts[became] += 1
        return done
