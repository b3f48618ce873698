"""One Slack call and its answer: success, or a DeliveryError that says what is known.

slack-sdk's own retries are off: its default handler posts again when the connection
drops after the request, and a message would stand twice.
"""

import errno
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from monitor.errors import DeliveryError, Outcome
from monitor.messages import Message

TIMEOUT_SECONDS = 10
EVENT_TYPE = "svar_notice"
HISTORY_LIMIT = 200
LOOK_BACK = timedelta(minutes=5)
LONGEST_WAIT = 86_400.0  # seconds; what a broken proxy may ask for is not believed
UNREADABLE = "unreadable_answer"
SCOPES = ("chat:write", "im:write", "im:history", "users:read", "users:read.email")
_ROUTE = {
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "user_not_found",
    "users_not_found",
    "user_disabled",
    "user_not_visible",
    "restricted_action",
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
    "no_permission",
    "org_login_required",
}
_FORM = {
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_too_long",
    "msg_blocks_too_long",
}
_GONE = {"message_not_found", "cant_update_message", "edit_window_closed"}
_NOT_SENT = {"ratelimited", "rate_limited", "message_limit_exceeded"}
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


@dataclass(frozen=True, slots=True)
class Member:
    """A person as Slack knows them."""

    id: str
    name: str


class Slack:
    """Talks to one workspace with one token."""

    def __init__(
        self, token: str, api_url: str, *, timeout: int = TIMEOUT_SECONDS
    ) -> None:
        self._client = WebClient(
            token=token,
            base_url=api_url.rstrip("/") + "/",
            timeout=timeout,
            retry_handlers=[],
        )

    def whoami(self) -> tuple[str, set[str]]:
        """Return the workspace's name and the scopes that the token has."""
        answer = _call(self._client.auth_test)
        scopes = str(answer.headers.get("x-oauth-scopes", ""))
        return str(answer.get("team", "")), {
            s.strip() for s in scopes.split(",") if s.strip()
        }

    def lookup(self, email: str) -> Member:
        """Return the member with this address; a deactivated one is no route."""
        answer = _find_way(self._client.users_lookupByEmail, email=email)
        user: dict[str, Any] = answer.get("user") or {}
        if user.get("deleted") or not user.get("id"):
            raise DeliveryError(Outcome.ROUTE, "user_disabled")
        profile: dict[str, Any] = user.get("profile") or {}
        name = profile.get("first_name") or user.get("real_name") or ""
        return Member(str(user["id"]), str(name))

    def open(self, member_id: str) -> str:
        """Return the channel of the direct messages with this member."""
        answer = _find_way(self._client.conversations_open, users=member_id)
        channel: dict[str, Any] = answer.get("channel") or {}
        if not channel.get("id"):
            raise DeliveryError(Outcome.NOT_SENT, "no_channel_in_answer")
        return str(channel["id"])

    def post(
        self, channel: str, message: Message, key: str, *, plain: bool
    ) -> tuple[str, str]:
        """Post the message and return its channel's id and its timestamp."""
        answer = _call(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=None if plain else message.blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
        )
        if not answer.get("ts"):
            raise DeliveryError(Outcome.UNKNOWN, "no_timestamp_in_answer")
        return str(answer.get("channel") or channel), str(answer["ts"])

    def update(self, channel: str, ts: str, message: Message, *, plain: bool) -> bool:
        """Edit a message; False where it cannot be edited any more."""
        try:
            _call(
                self._client.chat_update,
                channel=channel,
                ts=ts,
                text=message.text,
                blocks=[] if plain else message.blocks,  # left out, the old ones stay
            )
        except DeliveryError as error:
            if error.reason in _GONE or error.outcome is Outcome.ROUTE:
                return False
            raise
        return True

    def find(self, channel: str, key: str, *, since: datetime) -> str | None:
        """Return the timestamp of the message with this key, or None if it is not there.

        Where the token may not read, the outcome is that of a channel out of reach.
        """
        cursor = None
        while True:
            answer = self._history(channel, since, cursor)
            for message in answer.get("messages") or []:
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("key") == key:
                    return str(message["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    def _history(self, channel: str, since: datetime, cursor: str | None) -> Any:
        try:
            return _call(
                self._client.conversations_history,
                channel=channel,
                oldest=str((since - LOOK_BACK).timestamp()),
                limit=HISTORY_LIMIT,
                include_all_metadata=True,
                cursor=cursor,
            )
        except DeliveryError as error:
            if error.reason == "missing_scope":  # the token may still post
                raise DeliveryError(Outcome.ROUTE, error.reason) from error
            raise


def _call(method: Callable[..., Any], **arguments: Any) -> Any:
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


def _find_way(method: Callable[..., Any], **arguments: Any) -> Any:
    """Call what leads to a person; a clear no that nobody knows means: no way there.

    Such a no to a post stays unknown, since a message told twice is worse.
    """
    try:
        return _call(method, **arguments)
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
        return DeliveryError(Outcome.NOT_SENT, "ratelimited", _retry_after(answer))
    for outcome, reasons in (
        (Outcome.ROUTE, _ROUTE),
        (Outcome.TOKEN, _TOKEN),
        (Outcome.FORM, _FORM),
        (Outcome.NOT_SENT, _GONE),
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
