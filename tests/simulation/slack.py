"""A workspace in this process: what Slack does, and what the way to it may do instead."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from monitor.errors import DeliveryError, Outcome
from monitor.messages import Message
from monitor.slack import LOOK_BACK, SCOPES, Member
from tests.simulation.fates import Fates

# What may go wrong with a post: its outcome, the reason, and after how many seconds the
# message stands there all the same; None: never.
POST_FAULTS: dict[str, tuple[Outcome, str, int | None]] = {
    "429": (Outcome.NOT_SENT, "ratelimited", None),
    "refused": (Outcome.NOT_SENT, "ConnectionRefusedError", None),
    "lost": (Outcome.UNKNOWN, "TimeoutError", None),
    "unheard": (Outcome.UNKNOWN, "TimeoutError", 0),
    "slow": (Outcome.UNKNOWN, "TimeoutError", 40),
    "much too slow": (Outcome.UNKNOWN, "TimeoutError", 300),
    "503": (Outcome.UNKNOWN, "http_503", None),
    "503, but done": (Outcome.UNKNOWN, "http_503", 0),
    "strange": (Outcome.UNKNOWN, "a_new_error", None),
    "internal_error, but done": (Outcome.UNKNOWN, "internal_error", 0),
    "invalid_blocks": (Outcome.FORM, "invalid_blocks", None),
}
FAULTS: dict[str, tuple[Outcome, str]] = {
    "429": (Outcome.NOT_SENT, "ratelimited"),
    "refused": (Outcome.NOT_SENT, "ConnectionRefusedError"),
    "lost": (Outcome.UNKNOWN, "TimeoutError"),
    "503": (Outcome.UNKNOWN, "http_503"),
}
RETRY_AFTER = 45.0


@dataclass(slots=True)
class User:
    """A member of the workspace."""

    id: str
    name: str
    zone: str = "Europe/Oslo"
    is_gone: bool = False
    is_away: bool = False


@dataclass(slots=True)
class Posted:
    """A message: it stands from `at` on, until somebody deletes it."""

    channel: str
    ts: str
    key: str
    text: str
    at: datetime
    is_deleted: bool = False


class Workspace:
    """Users, channels and messages; `witness` looks on at each try to post."""

    def __init__(self, fates: Fates, clock: Callable[[], datetime]) -> None:
        self.fates = fates
        self.clock = clock
        self.users: dict[str, User] = {}
        self.channels: dict[str, str] = {}
        self.archived: set[str] = set()
        self.messages: list[Posted] = []
        self.happened: Counter[str] = Counter()
        self.unlooked: set[str] = set()  # keys that nobody was allowed to look for
        self.unrecorded: set[str] = set()  # keys that a restored state may not know
        self.may_read = True
        self.has_token = True
        self.witness: Callable[[str, str, str], None] = lambda *_: None
        self._faults: defaultdict[str, deque[str]] = defaultdict(deque)

    def add(self, email: str, name: str, zone: str) -> None:
        self.users[email] = User(f"U{len(self.users) + 1}", name, zone)

    def open_channel(self, name: str) -> None:
        self.channels[name] = f"C{len(self.channels) + 1}"

    def channel_of(self, recipient: str) -> str:
        """Return the channel of a member, or of a channel's name; "" of a stranger."""
        if user := self.users.get(recipient):
            return f"D{user.id}"
        return self.channels.get(recipient, "")

    def fail(self, call: str, fault: str, times: int) -> None:
        """Let the next such calls go wrong."""
        self._faults[call].extend([fault] * times)

    def heal(self) -> None:
        """Let everything work, as it did on the first day."""
        self._faults.clear()
        self.archived.clear()
        self.may_read = self.has_token = True
        for user in self.users.values():
            user.is_gone = user.is_away = False

    def standing(self) -> list[Posted]:
        """Return the messages that one could read now."""
        now = self.clock()
        return [
            each for each in self.messages if each.at <= now and not each.is_deleted
        ]

    def whoami(self) -> tuple[str, set[str]]:
        self._begin("whoami")
        self.fates.meet("after whoami")
        return "Fjord Bank", {*SCOPES}

    def lookup(self, email: str) -> Member:
        self._begin("lookup")
        user = self.users.get(email)
        if user is None:
            _refuse("users_not_found")
        if user.is_gone:
            self.happened["deactivated"] += 1
            _refuse("user_disabled")
        self.fates.meet("after lookup")
        return Member(user.id, user.name, zone=user.zone, is_away=user.is_away)

    def open(self, member_id: str) -> str:
        self._begin("open")
        [user] = [each for each in self.users.values() if each.id == member_id]
        if user.is_gone:
            _refuse("user_disabled")
        self.fates.meet("after open")
        return f"D{member_id}"

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool,
        thread: str | None = None,
    ) -> tuple[str, str]:
        began_at = self.clock()
        self.fates.meet("before post")
        self._demand_token()
        where = self._channel(self.channels.get(channel, channel))
        said = message.text if plain else _shown(message)
        if self.clock() != began_at:  # its claim ran out while it stood still
            self.happened["a late post"] += 1
        else:
            self.witness(where, said, key)
        faults = self._faults["post"]
        outcome, reason, after = None, "", 0
        if faults:
            fault = faults.popleft()
            if not (plain and fault == "invalid_blocks"):
                self.happened[f"post: {fault}"] += 1
                outcome, reason, arrives = POST_FAULTS[fault]
                after = -1 if arrives is None else arrives
        ts = ""
        if after >= 0:
            ts = self._stand(where, said, key, after)
        if outcome is not None:
            wait = RETRY_AFTER if reason == "ratelimited" else None
            raise DeliveryError(outcome, reason, wait)
        self.fates.meet("after post")
        return where, ts

    def update(self, channel: str, ts: str, message: Message, *, plain: bool) -> bool:
        self._begin("update")
        if channel in self.archived:
            return False
        for each in self.standing():
            if (each.channel, each.ts) == (channel, ts):
                each.text = message.text if plain else _shown(message)
                self.happened["edited"] += 1
                self.fates.meet("after update")
                return True
        return False

    def find(
        self, channel: str, key: str, *, since: datetime, thread: str | None = None
    ) -> list[str]:
        self._begin("find")
        try:
            if not self.may_read:
                _refuse("missing_scope")
            if channel.startswith("#"):
                _refuse("channel_not_found")  # names will do for a post alone
        except DeliveryError:
            self.happened["look-up refused"] += 1
            self.unlooked.add(key)
            raise
        found = [
            each.ts
            for each in self.standing()
            if (each.channel, each.key) == (channel, key)
            and each.at > since - LOOK_BACK
        ]
        self.happened["found" if found else "not found"] += 1
        self.fates.meet("after find")
        return found

    def delete(self, channel: str, ts: str) -> None:
        self._begin("delete")
        for each in self.standing():
            if (each.channel, each.ts) == (channel, ts):
                each.is_deleted = True
                self.happened["duplicate deleted"] += 1
        self.fates.meet("after delete")

    def _stand(self, channel: str, said: str, key: str, after: int) -> str:
        at = self.clock() + timedelta(seconds=after)
        ts = f"{at.timestamp():.0f}.{len(self.messages) + 1:06d}"
        self.messages.append(Posted(channel, ts, key, said, at))
        return ts

    def _channel(self, channel: str) -> str:
        """Return the channel's id; a direct message stays open when its person leaves."""
        known = {*self.channels.values(), *(f"D{u.id}" for u in self.users.values())}
        if channel not in known:
            _refuse("channel_not_found")
        if channel in self.archived:
            self.happened["archived"] += 1
            _refuse("is_archived")
        if any(f"D{u.id}" == channel and u.is_gone for u in self.users.values()):
            self.happened["deactivated"] += 1
            _refuse("user_disabled")
        return channel

    def _begin(self, call: str) -> None:
        self.fates.meet(f"before {call}")
        if self._faults[call]:
            fault = self._faults[call].popleft()
            self.happened[f"{call}: {fault}"] += 1
            outcome, reason = FAULTS[fault]
            wait = RETRY_AFTER if reason == "ratelimited" else None
            raise DeliveryError(outcome, reason, wait)
        self._demand_token()

    def _demand_token(self) -> None:
        if not self.has_token:
            self.happened["token refused"] += 1
            raise DeliveryError(Outcome.TOKEN, "token_revoked")


def _refuse(reason: str) -> NoReturn:
    raise DeliveryError(Outcome.ROUTE, reason)


def _shown(message: Message) -> str:
    """Return what a reader sees in the blocks."""
    texts = [
        each["text"]
        for block in message.blocks
        for each in ([block["text"]] if "text" in block else block["elements"])
    ]
    return "\n".join(texts)
