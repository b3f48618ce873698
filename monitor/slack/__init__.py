"""One Slack call and its answer: success, or a DeliveryError that says what is known.

slack-sdk's own retries are off: its default handler posts again when the connection
drops after the request, and a message would stand twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient

from monitor.errors import DeliveryError, Outcome
from monitor.messages import Message
from monitor.slack.answers import GONE, NO_TIMESTAMP, call, find_way

TIMEOUT_SECONDS = 10
EVENT_TYPE = "svar_notice"
HISTORY_LIMIT = 200
LOOK_BACK = timedelta(hours=1)  # as far as this machine's clock may be wrong
SCOPES = ("chat:write", "im:write", "im:history", "users:read", "users:read.email")
# Slack's own words for somebody who is away: on holiday, ill, out of the office.
AWAY = {":palm_tree:", ":face_with_thermometer:", ":no_entry:"}


@dataclass(frozen=True, slots=True)
class Member:
    """A person as Slack knows them."""

    id: str
    name: str
    zone: str | None = None
    locale: str | None = None
    is_away: bool = False


class Slack:
    """Talks to one workspace with one token at a time."""

    def __init__(
        self, token: str, api_url: str, *, timeout: int = TIMEOUT_SECONDS
    ) -> None:
        self._client = WebClient(
            token=token,
            base_url=api_url.rstrip("/") + "/",
            timeout=timeout,
            retry_handlers=[],
        )

    def take(self, token: str) -> None:
        """Go on with another token."""
        self._client.token = token.strip()

    def whoami(self) -> tuple[str, set[str]]:
        """Return the workspace's name and the scopes that the token has."""
        answer = call(self._client.auth_test)
        scopes = str(answer.headers.get("x-oauth-scopes", ""))
        return str(answer.get("team", "")), {
            s.strip() for s in scopes.split(",") if s.strip()
        }

    def lookup(self, email: str) -> Member:
        """Return the member with this address; a deactivated one is no route."""
        answer = find_way(self._client.users_lookupByEmail, email=email)
        user: dict[str, Any] = answer.get("user") or {}
        if user.get("deleted") or not user.get("id"):
            raise DeliveryError(Outcome.ROUTE, "user_disabled")
        profile: dict[str, Any] = user.get("profile") or {}
        name = profile.get("first_name") or user.get("real_name") or ""
        return Member(
            str(user["id"]),
            str(name),
            zone=_text(user.get("tz")),
            locale=self._locale(str(user["id"])),
            is_away=profile.get("status_emoji") in AWAY,
        )

    def _locale(self, member_id: str) -> str | None:
        """Return the member's language; it is no reason not to reach them."""
        try:
            answer = call(self._client.users_info, user=member_id, include_locale=True)
        except DeliveryError as error:
            if error.outcome is Outcome.ROUTE or error.reason == "missing_scope":
                return None
            raise
        return _text((answer.get("user") or {}).get("locale"))

    def open(self, member_id: str) -> str:
        """Return the channel of the direct messages with this member."""
        answer = find_way(self._client.conversations_open, users=member_id)
        channel: dict[str, Any] = answer.get("channel") or {}
        if not channel.get("id"):
            raise DeliveryError(Outcome.NOT_SENT, "no_channel_in_answer")
        return str(channel["id"])

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool,
        thread: str | None = None,
    ) -> tuple[str, str]:
        """Post the message and return its channel's id and its timestamp."""
        answer = call(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            blocks=None if plain else message.blocks,
            metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
            unfurl_links=False,
            unfurl_media=False,
            thread_ts=thread,
        )
        if not answer.get("ts"):
            raise DeliveryError(Outcome.UNKNOWN, NO_TIMESTAMP)
        return str(answer.get("channel") or channel), str(answer["ts"])

    def update(self, channel: str, ts: str, message: Message, *, plain: bool) -> bool:
        """Edit a message; False where it cannot be edited any more."""
        try:
            call(
                self._client.chat_update,
                channel=channel,
                ts=ts,
                text=message.text,
                blocks=[] if plain else message.blocks,  # left out, the old ones stay
            )
        except DeliveryError as error:
            if error.reason in GONE or error.outcome is Outcome.ROUTE:
                return False
            raise
        return True

    def delete(self, channel: str, ts: str) -> None:
        """Take a message away; one that is gone already is no trouble."""
        try:
            call(self._client.chat_delete, channel=channel, ts=ts)
        except DeliveryError as error:
            if error.reason not in GONE and error.outcome is not Outcome.ROUTE:
                raise

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> list[str]:
        """Return the timestamps of the messages with this key, the oldest first.

        Where the token may not read, the outcome is that of a channel out of reach.
        """
        cursor, found = None, []
        while True:
            answer = self._history(channel, thread, since, cursor)
            for message in answer.get("messages") or []:
                payload = (message.get("metadata") or {}).get("event_payload") or {}
                if payload.get("key") == key:
                    found.append(str(message["ts"]))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return sorted(found, key=float)

    def _history(
        self, channel: str, thread: str | None, since: datetime, cursor: str | None
    ) -> Any:
        where: dict[str, Any] = {"channel": channel}
        method: Callable[..., Any] = self._client.conversations_history
        if thread:  # what answers a message does not stand in the history
            method, where["ts"] = self._client.conversations_replies, thread
        try:
            return call(
                method,
                **where,
                oldest=str((since - LOOK_BACK).timestamp()),
                limit=HISTORY_LIMIT,
                include_all_metadata=True,
                cursor=cursor,
            )
        except DeliveryError as error:
            if error.reason == "missing_scope":  # the token may still post
                raise DeliveryError(Outcome.ROUTE, error.reason) from error
            raise


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
