"""Shows the demo's messages: the first of each kind in full, the others as a line."""

import time
from datetime import datetime

from rich.console import Console
from rich.text import Text

from monitor.demo.events import Person
from monitor.messages import Message, words
from monitor.slack import Member
from monitor.terminal import panel
from monitor.worktime import Calendar

_ROLES = {"recruiter": "recruiter", "manager": "line manager", "hr_lead": "HR lead"}
FULL, SHORT = 0.8, 0.05  # seconds that a person needs to read on
EDITS_IN_FULL = 2
GREETINGS = ("Good", "God")  # in English, and in the Nordic languages


class Stage:
    """Stands where Slack would; knows the people by their address."""

    def __init__(
        self, console: Console, people: tuple[Person, ...], calendar: Calendar
    ) -> None:
        self.console = console
        self.calendar = calendar
        self.now: datetime | None = None
        self.is_verbose = False
        self.digests: dict[str, int] = {}
        self.edits = 0
        self._people = {person.email: person for person in people}
        self._shown: set[str] = set()
        self._posted: dict[str, str] = {}

    def whoami(self) -> tuple[str, set[str]]:
        return "the demo", set()

    def lookup(self, email: str) -> Member:
        person = self._people.get(email)
        return Member(email, person.name.split()[0] if person else "")

    def open(self, member_id: str) -> str:
        return member_id

    def post(
        self,
        channel: str,
        message: Message,
        key: str,
        *,
        plain: bool,  # noqa: ARG002 - a terminal has no plainer form
        thread: str | None = None,  # noqa: ARG002 - nor threads
    ) -> tuple[str, str]:
        self.digests[channel] = self.digests.get(channel, 0) + 1
        kind = self._kind(channel, message)
        is_new = kind not in self._shown
        self._shown.add(kind)
        self._posted[key] = self._when()
        self._show(channel, message, in_full=is_new)
        return channel, key

    def update(
        self,
        channel: str,
        ts: str,
        message: Message,
        *,
        plain: bool,  # noqa: ARG002 - as above
    ) -> bool:
        self.edits += 1
        in_full = self.edits <= EDITS_IN_FULL
        self._show(channel, message, in_full=in_full, edited=self._posted[ts])
        return True

    def find(
        self,
        channel: str,  # noqa: ARG002
        key: str,  # noqa: ARG002
        *,
        since: datetime,  # noqa: ARG002
        thread: str | None = None,  # noqa: ARG002
    ) -> list[str]:
        return []

    def delete(self, channel: str, ts: str) -> None:
        """Leave it: nothing is told twice here."""

    def who(self, channel: str) -> str:
        """Return the channel as one would say it: a name and what the person does."""
        person = self._people.get(channel)
        if person is None:
            return channel
        return f"{person.name}, {_ROLES.get(person.role, person.role)}"

    def _kind(self, channel: str, message: Message) -> str:
        """Return what makes messages alike: who reads them and which parts they have."""
        headings = [
            line.rstrip(":")
            for line in message.text.splitlines()[1:]
            if line.endswith(":")
        ]
        return f"{channel} {headings}"

    def _when(self) -> str:
        return words.moment(self.now, self.calendar, now=self.now) if self.now else ""

    def _show(
        self, channel: str, message: Message, *, in_full: bool, edited: str = ""
    ) -> None:
        """Draw a message, or tell of it in a line; `edited`: when it was posted."""
        if in_full or self.is_verbose:
            caption = f"Slack · {self.who(channel)} · {edited or self._when()}"
            caption += f" · edited {self._when()}" if edited else ""
            style = "green" if edited else "blue"
            self.console.print(panel(message, caption, style=style))
            self._pause(FULL)
            return
        first = message.text.partition("\n")[0]
        last = message.text.rstrip().rpartition("\n")[2]
        line = Text(f"{self._when()}  ", "dim")
        line.append("edited " if edited else "to ", "green" if edited else "blue")
        line.append(self.who(channel), "bold")
        line.append(f", {edited}: {last}" if edited else f": {_ungreeted(first)}")
        self.console.print(line, soft_wrap=True)
        self._pause(SHORT)

    def _pause(self, seconds: float) -> None:
        if self.console.is_terminal:
            time.sleep(seconds)


def _ungreeted(title: str) -> str:
    greeting, _, rest = title.partition(". ")
    return rest if greeting.startswith(GREETINGS) else title
