"""What a no from Slack means for the posts that come after it."""

from monitor.errors import DeliveryError, Outcome
from monitor.slack import answers
from monitor.store.outbox.mail import Post

MOST_UNCLEAR = 2  # equal answers of unknown meaning before another way is tried


def others_fail(error: DeliveryError) -> bool:
    """Tell a failure of the way to Slack from its clear no to one post."""
    is_clear = answers.is_refusal(error.reason) and error.retry_after is None
    if error.outcome is Outcome.UNKNOWN and is_clear:
        return False
    return error.outcome not in {Outcome.ROUTE, Outcome.FORM}


def insists(post: Post, error: DeliveryError) -> bool:
    """Tell a no that Slack has given before, after which nothing stood there.

    To be asked to wait is no such answer, however often.
    """
    if error.outcome is Outcome.NOT_SENT:
        return False
    is_same = post.error == error.reason and post.attempts > MOST_UNCLEAR
    return is_same and answers.is_refusal(error.reason)
