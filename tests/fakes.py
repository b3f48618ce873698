"""Stand-ins that one can read: a Slack over HTTP, and a process that dies in a call."""

import json
import socket
import struct
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import parse_qs

from monitor.delivery.routes import Transport
from monitor.messages import Message
from monitor.slack import EVENT_TYPE, SCOPES, Member

TOKEN = "xoxb-a-token-for-tests"  # noqa: S105 - opens nothing but the fake
HISTORY_SCOPES = ("channels:history", "groups:history")
MOST_BLOCKS, MOST_ELEMENTS = 50, 10
SECTION_LENGTH, BLOCKS_LENGTH, TEXT_LENGTH = 3000, 13_000, 40_000
HANG_SECONDS = 30.0  # at most; a test's client gives up long before
T = TypeVar("T")


@dataclass(frozen=True)
class Fault:
    """How one request goes wrong; with `effect` it is carried out all the same."""

    error: str = ""
    status: int = 200
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: str = ""  # "hang" or "reset"
    effect: bool = False


def refuse(error: str) -> Fault:
    """Answer with one of Slack's error codes."""
    return Fault(error=error)


def ratelimited(retry_after: str | None) -> Fault:
    """Answer 429, and how many seconds to wait."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(error="ratelimited", status=429, headers=headers)


def http(status: int, body: bytes = b"<html>Service Unavailable</html>") -> Fault:
    """Answer with a status and a page, as a broken server or proxy does."""
    return Fault(status=status, body=body)


def garbled(body: bytes, *, content_type: str = "application/json") -> Fault:
    """Carry the request out, and answer what cannot be read."""
    return Fault(body=body, headers={"Content-Type": content_type}, effect=True)


def hang(*, effect: bool) -> Fault:
    """Take the request and never answer, before or after it took effect."""
    return Fault(drop="hang", effect=effect)


def reset(*, effect: bool) -> Fault:
    """Take the request and drop the connection, before or after it took effect."""
    return Fault(drop="reset", effect=effect)


class Moment(StrEnum):
    """How far a request came."""

    ARRIVED = "arrived"
    DONE = "done"  # it took effect, and no answer is on its way
    ANSWERED = "answered"


# Told of each request's method and of how far it came; False and it comes no further.
Witness = Callable[[str, Moment], bool]


def look_on(method: str, moment: Moment) -> bool:
    """Let every request through."""
    return True


class Refused(Exception):  # noqa: N818 - Slack's own word for it is an error code
    """Slack's answer is no."""


@dataclass(frozen=True)
class Request:
    """One request as it arrived, at the workspace's time."""

    method: str
    arguments: dict[str, Any]
    at: datetime


@dataclass
class User:
    """A member of the workspace."""

    id: str
    email: str
    name: str
    deleted: bool = False
    zone: str | None = None
    locale: str | None = None
    status: str = ""


@dataclass
class Posted:
    """A message that stands in a channel."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    thread: str | None = None
    edits: int = 0

    @property
    def shown(self) -> str:
        """Return what a reader sees: the blocks, or the text where there are none."""
        texts = [
            each["text"]
            for block in self.blocks
            for each in ([block["text"]] if "text" in block else block["elements"])
        ]
        return "\n".join(texts) or self.text


class FakeSlack:
    """A workspace on 127.0.0.1 that the real slack-sdk talks to.

    `now` is the workspace's clock; a message's timestamp is read off it.
    """

    def __init__(self) -> None:
        self.token = TOKEN
        self.scopes: set[str] = {*SCOPES, *HISTORY_SCOPES}
        self.now = datetime(2026, 9, 7, 7, tzinfo=UTC)
        self.page = 100  # messages in one answer of conversations.history
        self.users: dict[str, User] = {}
        self.channels: dict[str, str] = {}  # name -> id; a DM has the user's id for one
        self.archived: set[str] = set()
        self.messages: list[Posted] = []
        self.posted = 0
        self.requests: list[Request] = []
        self.witness: Witness = look_on
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._released = Event()
        self._lock = Lock()
        self._port = 0
        self.up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.down()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/"

    def up(self) -> None:
        """Listen, on the port that it had before if it was down."""
        self._released.clear()
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.slack = self
        self._port = self._server.server_port
        Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    def down(self) -> None:
        """Close the port and let go of every request that hangs."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def add(self, email: str, name: str = "") -> User:
        """Let somebody join the workspace."""
        assert email not in self.users
        user = User(f"U{len(self.users) + 1}", email, name)
        self.users[email] = user
        return user

    def open_channel(self, name: str) -> str:
        """Make a channel and return its id."""
        self.channels[name] = f"C{len(self.channels) + 1}"
        return self.channels[name]

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next requests of this method go wrong, one after the other."""
        self._faults[method].extend(faults)

    def heal(self) -> None:
        """Forget the faults that did not happen yet."""
        self._faults.clear()

    def count(self, method: str) -> int:
        """Return how often a method was asked for."""
        return sum(request.method == method for request in self.requests)

    def arrive_late(self, message: Posted) -> Posted:
        """Let a second request with the same message take effect after all."""
        self.posted += 1
        ts = f"{self.now.timestamp():.0f}.{self.posted:06d}"
        late = replace(message, ts=ts)
        self.messages.append(late)
        return late

    def standing(self, who: str, key: str) -> Posted:
        """Return the message that a lost request would have left with somebody."""
        payload = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        return Posted(f"D{self.users[who].id}", "", "lost", [], payload)

    def to(self, who: str) -> list[Posted]:
        """Return the messages that stand with a person or in a channel."""
        user = self.users.get(who)
        channel = f"D{user.id}" if user else self.channels[who]
        return [each for each in self.messages if each.channel == channel]

    def answer(self, method: str, token: str, arguments: dict[str, Any]) -> Fault:
        """Carry a request out, unless told otherwise, and return how to answer it."""
        with self._lock:
            self.requests.append(Request(method, arguments, self.now))
            queue = self._faults[method]
            fault = queue.popleft() if queue else None
            if fault and not fault.effect:
                return fault
            try:
                _demand(token == f"Bearer {self.token}", "invalid_auth")
                found = _METHODS[method](self, arguments)
            except Refused as refusal:
                return refuse(str(refusal))
            headers = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
            body = json.dumps({"ok": True} | found).encode()
            return fault or Fault(body=body, headers=headers)

    def wait(self) -> None:
        """Let a request hang until the workspace goes down."""
        self._released.wait(HANG_SECONDS)

    def who(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"team": "Fjord Bank", "user_id": "U0", "bot_id": "B0"}

    def look_up(self, arguments: dict[str, Any]) -> dict[str, Any]:
        _demand(arguments["email"] in self.users, "users_not_found")
        user = self.users[arguments["email"]]
        profile = {
            "first_name": user.name,
            "email": user.email,
            "status_emoji": user.status,
        }
        found = {"id": user.id, "deleted": user.deleted, "profile": profile}
        return {"user": found | ({"tz": user.zone} if user.zone else {})}

    def inform(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [u for u in self.users.values() if u.id == arguments["user"]]
        _demand(found, "user_not_found")
        user = {"id": found[0].id, "deleted": found[0].deleted}
        return {"user": user | ({"locale": found[0].locale} if found[0].locale else {})}

    def open_dm(self, arguments: dict[str, Any]) -> dict[str, Any]:
        found = [u for u in self.users.values() if u.id == arguments["users"]]
        _demand(found, "user_not_found")
        _demand(not found[0].deleted, "user_disabled")
        return {"channel": {"id": f"D{arguments['users']}"}}

    def post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(arguments["channel"])
        _check(arguments)
        ts = f"{self.now.timestamp():.0f}.{self.posted + 1:06d}"
        self.posted += 1
        self.messages.append(
            Posted(
                channel,
                ts,
                arguments["text"],
                arguments.get("blocks") or [],
                arguments.get("metadata") or {},
                arguments.get("thread_ts"),
            )
        )
        return {"channel": channel, "ts": ts}

    def update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(arguments["channel"], by_name=False)
        _check(arguments)
        found = [
            each
            for each in self.messages
            if (each.channel, each.ts) == (channel, arguments["ts"])
        ]
        _demand(found, "message_not_found")
        found[0].text = arguments["text"]
        found[0].blocks = arguments.get("blocks", found[0].blocks)
        found[0].edits += 1
        return {"channel": channel, "ts": arguments["ts"]}

    def delete(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = self._channel(arguments["channel"], by_name=False)
        where = channel, arguments["ts"]
        found = [each for each in self.messages if (each.channel, each.ts) == where]
        _demand(found, "message_not_found")
        self.messages.remove(found[0])
        return {}

    def replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return self.history(arguments)

    def history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        scope = "im:history" if arguments["channel"][0] == "D" else "channels:history"
        _demand(scope in self.scopes, "missing_scope")
        channel = self._channel(arguments["channel"], by_name=False)
        found = [
            {"ts": each.ts, "text": each.text}
            | ({"metadata": each.metadata} if _is_set(arguments) else {})
            for each in sorted(self.messages, key=lambda each: each.ts, reverse=True)
            if each.channel == channel
            and float(each.ts) > float(arguments["oldest"])
            and each.thread == arguments.get("ts")
        ]
        start = int(arguments.get("cursor") or 0)
        end = start + min(self.page, int(arguments["limit"]))
        cursor = str(end) if end < len(found) else ""
        return {
            "messages": found[start:end],
            "response_metadata": {"next_cursor": cursor},
        }

    def _channel(self, wanted: str, *, by_name: bool = True) -> str:
        """Return a channel's id; names will do for a post, and for nothing else."""
        channel = self.channels.get(wanted, wanted) if by_name else wanted
        known = {*self.channels.values(), *(f"D{u.id}" for u in self.users.values())}
        _demand(channel in known, "channel_not_found")
        _demand(channel not in self.archived, "is_archived")
        return channel


_METHODS: dict[str, Callable[[FakeSlack, dict[str, Any]], dict[str, Any]]] = {
    "auth.test": FakeSlack.who,
    "users.lookupByEmail": FakeSlack.look_up,
    "users.info": FakeSlack.inform,
    "conversations.replies": FakeSlack.replies,
    "chat.delete": FakeSlack.delete,
    "conversations.open": FakeSlack.open_dm,
    "conversations.history": FakeSlack.history,
    "chat.postMessage": FakeSlack.post,
    "chat.update": FakeSlack.update,
}


def _demand(holds: object, error: str) -> None:
    if not holds:
        raise Refused(error)


def _is_set(arguments: dict[str, Any]) -> bool:
    return arguments.get("include_all_metadata") in {"1", "true", True}


def _check(arguments: dict[str, Any]) -> None:
    """Hold a message against Slack's limits."""
    blocks = arguments.get("blocks") or []
    _demand(blocks or arguments["text"], "no_text")
    _demand(len(arguments["text"]) <= TEXT_LENGTH, "msg_too_long")
    _demand(len(blocks) <= MOST_BLOCKS, "invalid_blocks")
    length = 0
    for block in blocks:
        texts = [block["text"]] if block["type"] == "section" else block["elements"]
        _demand(1 <= len(texts) <= MOST_ELEMENTS, "invalid_blocks")
        for each in texts:
            _demand(1 <= len(each["text"]) <= SECTION_LENGTH, "invalid_blocks")
            length += len(each["text"])
    _demand(length <= BLOCKS_LENGTH, "msg_blocks_too_long")


class _Server(ThreadingHTTPServer):
    slack: FakeSlack

    def shutdown_request(self, request: Any) -> None:
        self.close_request(request)  # without the polite end, so that a reset is one


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        slack = self.server.slack
        arguments = self._arguments()
        if arguments is None:
            return
        token = self.headers["Authorization"] or ""
        method = self.path.rpartition("/")[2]
        if not slack.witness(method, Moment.ARRIVED):
            return
        answer = slack.answer(method, token, arguments)
        if not slack.witness(method, Moment.DONE):
            return
        if answer.drop == "hang":
            slack.wait()
        if answer.drop:
            linger = struct.pack("ii", 1, 0)  # closing sends a reset
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return
        content = answer.body
        if content is None:
            content = json.dumps({"ok": False, "error": answer.error}).encode()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json"} | answer.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        with suppress(ConnectionError):  # whoever asked may be dead
            self.end_headers()
            self.wfile.write(content)
        slack.witness(method, Moment.ANSWERED)

    def _arguments(self) -> dict[str, Any] | None:
        """Read what is asked for; None where whoever asked died in the middle."""
        length = int(self.headers["Content-Length"] or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            return None
        if "json" in self.headers["Content-Type"]:
            found: dict[str, Any] = json.loads(body or b"{}")
            return found
        asked = parse_qs(body.decode())
        return {key: values[0] for key, values in asked.items()}

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Killed(BaseException):
    """The process ends here; nothing after this line runs."""


def die() -> None:
    """End the process."""
    raise Killed


class Meanwhile:
    """Another transport, with something that happens before or after one of its calls."""

    def __init__(
        self, transport: Transport, moment: str, happens: Callable[[], None]
    ) -> None:
        self.transport = transport
        self.moment = moment  # such as "before post" or "after lookup"
        self.happens = happens

    def whoami(self) -> tuple[str, set[str]]:
        return self.transport.whoami()

    def lookup(self, email: str) -> Member:
        return self._around("lookup", lambda: self.transport.lookup(email))

    def open(self, member_id: str) -> str:
        return self._around("open", lambda: self.transport.open(member_id))

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool,
        thread: str | None = None,
    ) -> tuple[str, str]:
        return self._around(
            "post",
            lambda: self.transport.post(
                channel, message, key, plain=plain, thread=thread
            ),
        )

    def update(self, channel: str, ts: str, message: Message, *, plain: bool) -> bool:
        return self._around(
            "update", lambda: self.transport.update(channel, ts, message, plain=plain)
        )

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> list[str]:
        return self._around(
            "find",
            lambda: self.transport.find(channel, key, since=since, thread=thread),
        )

    def delete(self, channel: str, ts: str) -> None:
        self._around("delete", lambda: self.transport.delete(channel, ts))

    def _around(self, call: str, do: Callable[[], T]) -> T:
        if self.moment == f"before {call}":
            self.happens()
        done = do()
        if self.moment == f"after {call}":
            self.happens()
        return done
