"""A post on its way: where it goes, where it stands, and whether anybody needs it."""

from dataclasses import dataclass

from monitor.delivery.round import Round
from monitor.delivery.routes import Route
from monitor.messages import Message
from monitor.store import Connection
from monitor.store.ledger import hands
from monitor.store.outbox import reports, trouble
from monitor.store.outbox.mail import Post
from monitor.store.outbox.trouble import Silent
from monitor.store.words import PostKind


@dataclass(frozen=True, slots=True)
class Aimed:
    """A post that is claimed; where its reader's channel is known, with what goes there."""

    post: Post
    route: Route | None = None
    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a message stands, and how its reader was addressed."""

    channel: str
    ts: str
    name: str
    was_there: bool = False


def simpler(post: Post) -> dict[str, object] | None:
    """Return what makes the post simpler for Slack, if anything does: no thread, plain."""
    if post.thread_ts:
        return {"thread_ts": None, "channel": None}
    return None if post.is_plain else {"is_plain": True}


def is_over(connection: Connection, post: Post, this: Round) -> bool:
    """Tell whether nobody needs what the post would say."""
    if post.kind is PostKind.REPORT:
        return reports.is_over(post, this.moment.day)
    if post.kind is not PostKind.ADMIN:
        return all(not alert.is_open for alert, _ in post.told)
    about = trouble.read(post.subject or "")
    if isinstance(about, Silent):
        return about.source not in this.stale
    return (about.source, about.rule) not in hands.held(connection)
