"""What Slack answered: a clear yes, or a DeliveryError that says what is known."""

import errno
import re
import socket
import ssl
from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from monitor.errors import DeliveryError, Outcome

RATE_LIMITED = "ratelimited"
LONGEST_WAIT = 86_400.0  # seconds; what a broken proxy may ask for is not believed
UNREADABLE = "unreadable_answer"
NO_TIMESTAMP = "no_timestamp_in_answer"
_ROUTE = {
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "user_not_found",
    "users_not_found",
    "user_disabled",
    "user_not_visible",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_non_threadable_channel",
    "team_access_not_granted",
    "access_denied",
    "is_inactive",
    "no_permission",
    "cannot_dm_bot",
    "messages_tab_disabled",
}
_TOKEN = {
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "missing_scope",
    "org_login_required",
}
_FORM = {
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_too_long",
    "msg_blocks_too_long",
    "cannot_reply_to_message",
    "thread_not_found",
}
GONE = {
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "cant_delete_message",
    "compliance_exports_prevent_deletion",
}
_NOT_SENT = {RATE_LIMITED, "rate_limited", "message_limit_exceeded"}
# Slack says no, and may have done it all the same.
_AMBIGUOUS = {
    "fatal_error",
    "internal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "ekm_access_denied",
}
# What slack-sdk lets through: a broken connection, bytes that are no text, JSON that
# is no object.
_UNREADABLE = (
    OSError,
    HTTPException,
    ValueError,
    LookupError,
    AttributeError,
    SlackClientError,
)
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED}


class Method(StrEnum):
    """A method of Slack's Web API that Svar calls."""

    AUTH = "auth.test"
    LOOKUP = "users.lookupByEmail"
    OPEN = "conversations.open"
    POST = "chat.postMessage"
    UPDATE = "chat.update"
    DELETE = "chat.delete"
    HISTORY = "conversations.history"
    REPLIES = "conversations.replies"


class Verdict(StrEnum):
    """What came of a call, for who looks after the line to Slack."""

    OK = "ok"
    RATE_LIMITED = "rate_limited"
    AUTH = "auth"
    REFUSED = "refused"  # a clear no to what was asked
    UNAVAILABLE = "unavailable"  # Slack was not reached
    UNKNOWN = "unknown"  # Slack may have done it


def verdict(error: DeliveryError) -> Verdict:
    """Return what came of a call that did not succeed."""
    match error.outcome:
        case Outcome.TOKEN:
            return Verdict.AUTH
        case Outcome.NOT_SENT if error.reason == RATE_LIMITED:
            return Verdict.RATE_LIMITED
        case Outcome.NOT_SENT if error.reason not in GONE:
            return Verdict.UNAVAILABLE
        case Outcome.UNKNOWN if not is_refusal(error.reason):
            return Verdict.UNKNOWN
    return Verdict.REFUSED


def is_refusal(reason: str) -> bool:
    """Tell a word of Slack's own that says no from a connection that broke."""
    is_word = re.fullmatch(r"[a-z][a-z_]+", reason) is not None
    return is_word and reason not in {*_AMBIGUOUS, UNREADABLE, NO_TIMESTAMP}


def call(method: Callable[..., Any], **arguments: Any) -> Any:
    """Return Slack's answer; raise DeliveryError for anything but a clear yes."""
    try:
        answer = method(**arguments)
    except SlackApiError as error:
        raise _refused(error) from error
    except URLError as error:
        raise _unconnected(error) from error
    except _UNREADABLE as error:
        raise DeliveryError(Outcome.UNKNOWN, type(error).__name__) from error
    if not isinstance(answer.data, dict):
        raise DeliveryError(Outcome.UNKNOWN, UNREADABLE)
    return answer


def find_way(method: Callable[..., Any], **arguments: Any) -> Any:
    """Call what leads to a person; a clear no that nobody knows means: no way there.

    Such a no to a post stays unknown, since a message told twice is worse.
    """
    try:
        return call(method, **arguments)
    except DeliveryError as error:
        cause: Any = error.__cause__
        if (
            error.outcome is Outcome.UNKNOWN
            and isinstance(cause, SlackApiError)
            and error.reason not in _AMBIGUOUS
            and _is_no(cause.response, error.reason)
        ):
            raise DeliveryError(Outcome.ROUTE, error.reason) from error
        raise


def _is_no(answer: Any, reason: str) -> bool:
    """Tell an answer of Slack's own from a page that something in between sent."""
    return (
        answer.status_code == HTTPStatus.OK
        and isinstance(answer.data, dict)
        and answer.data.get("ok") is False
        and answer.data.get("error") == reason
    )


def _refused(error: SlackApiError) -> DeliveryError:
    answer: Any = error.response
    body = answer.data if isinstance(answer.data, dict) else {}
    reason = str(body.get("error", ""))
    if not re.fullmatch(r"[a-z0-9_]{1,60}", reason):
        # slack-sdk puts a piece of the page here, which is no label of a metric.
        okay = answer.status_code == HTTPStatus.OK
        reason = UNREADABLE if okay else f"http_{answer.status_code}"
    if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or reason in _NOT_SENT:
        return DeliveryError(Outcome.NOT_SENT, RATE_LIMITED, _retry_after(answer))
    for outcome, reasons in (
        (Outcome.ROUTE, _ROUTE),
        (Outcome.TOKEN, _TOKEN),
        (Outcome.FORM, _FORM),
        (Outcome.NOT_SENT, GONE),
    ):
        if reason in reasons:
            return DeliveryError(outcome, reason)
    return DeliveryError(Outcome.UNKNOWN, reason)


def _retry_after(answer: Any) -> float | None:
    named = {str(key).lower(): value for key, value in answer.headers.items()}
    value = str(named.get("retry-after", ""))
    return min(float(value), LONGEST_WAIT) if value.isdecimal() else None


def _unconnected(error: URLError) -> DeliveryError:
    """Tell what surely never left this machine from what may have."""
    cause = error.reason
    surely = isinstance(
        cause, socket.gaierror | ConnectionRefusedError | ssl.SSLCertVerificationError
    )
    if surely or (isinstance(cause, OSError) and cause.errno in _UNREACHABLE):
        return DeliveryError(Outcome.NOT_SENT, type(cause).__name__)
    return DeliveryError(Outcome.UNKNOWN, type(cause).__name__)
