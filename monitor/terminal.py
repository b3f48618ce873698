"""Draws Slack messages in a terminal; stands in for Slack where there is no token."""

import html
import re
from datetime import datetime
from typing import Any

from rich.console import Console, Group
from rich.panel import Panel
from rich.text import Text

from monitor.messages import Message
from monitor.slack import Member

WIDTH = 96
_MARKS = re.compile(
    r"(?<![\w\u200b])\*(?P<bold>[^*\n]+)\*|~(?P<strike>[^~\n]+)~|<(?P<url>[^|>]+)\|(?P<link>[^>]+)>"
)


class Terminal:
    """Prints each message where Slack would post it."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.count = 0

    def whoami(self) -> tuple[str, set[str]]:
        return "this terminal", set()

    def lookup(self, email: str) -> Member:
        return Member(email, "")

    def open(self, member_id: str) -> str:
        return member_id

    def post(
        self,
        channel: str,
        message: Message,
        key: str,  # noqa: ARG002 - nothing is looked up on paper
        *,
        plain: bool,  # noqa: ARG002
        thread: str | None = None,  # noqa: ARG002
    ) -> tuple[str, str]:
        self.count += 1
        self.console.print(panel(message, channel))
        return channel, str(self.count)

    def update(
        self,
        channel: str,
        ts: str,  # noqa: ARG002 - as above
        message: Message,
        *,
        plain: bool,  # noqa: ARG002
    ) -> bool:
        self.console.print(panel(message, f"{channel} · edited", style="green"))
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
        """Leave it: what is printed stays."""


def panel(message: Message, caption: str, *, style: str = "blue") -> Panel:
    """Return the message as a box with its caption."""
    parts = [part for block in message.blocks for part in _draw(block)]
    return Panel(
        Group(*parts),
        title=Text(caption),
        title_align="left",
        border_style=style,
        width=WIDTH,
        padding=(0, 1),
    )


def _draw(block: dict[str, Any]) -> list[Text]:
    if block["type"] == "context":
        return [text(element["text"], style="dim") for element in block["elements"]]
    return [text(block["text"]["text"]), Text("")]


def text(mrkdwn: str, *, style: str = "") -> Text:
    """Return Slack's mark-up as it looks there: bold, struck through, links."""
    drawn = Text(style=style)
    end = 0
    for found in _MARKS.finditer(mrkdwn):
        drawn.append(_plain(mrkdwn[end : found.start()]))
        end = found.end()
        if found["bold"]:
            drawn.append(_plain(found["bold"]), "bold")
        elif found["strike"]:
            # The tildes stay, for a pipe or a terminal that cannot strike through.
            drawn.append(f"~{_plain(_unlink(found['strike']))}~", "strike dim")
        else:
            drawn.append(f"[{_plain(found['link'])}]", f"bold blue link {found['url']}")
    drawn.append(_plain(mrkdwn[end:]))
    return drawn


def _unlink(mrkdwn: str) -> str:
    return re.sub(r"<[^|>]+\|([^>]+)>", r"\1", mrkdwn)


def _plain(mrkdwn: str) -> str:
    return html.unescape(mrkdwn).replace("\u200b", "")
