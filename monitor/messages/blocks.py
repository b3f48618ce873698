"""Slack's own grammar: escaping, limits, and blocks that never exceed them."""

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    MarkdownTextObject,
    SectionBlock,
)

from monitor import privacy
from monitor.messages.phrases import Phrases

MOST_BLOCKS = 50
SECTION_LENGTH = 3000
MESSAGE_LENGTH = 12_000  # Slack refuses from about 13,000 characters on
FALLBACK_LENGTH = 3000
LINE_LENGTH = 200  # of one thing that comes from a database or a rule
LINK_LENGTH = 1000
_MARKS = str.maketrans({mark: f"\u200b{mark}" for mark in "*_~`"})


class Message(NamedTuple):
    """One Slack message: blocks, and the plain text for notifications and fallback."""

    text: str
    blocks: list[dict[str, Any]]

    @property
    def digest(self) -> str:
        """Return a hash that differs where the message would look different."""
        body = json.dumps([self.text, self.blocks], sort_keys=True)
        return hashlib.blake2b(body.encode(), digest_size=16).hexdigest()


class Row(NamedTuple):
    """One line of a part, and how many people it tells of; a heading tells of none."""

    text: str
    people: int = 1


class Part(NamedTuple):
    """Rows under a heading, or under none."""

    heading: str
    rows: Sequence[Row]


def escape(text: str | None) -> str:
    """Return text that Slack shows as it is: no ping, no link, no mark-up."""
    safe = privacy.clean(text, longest=LINE_LENGTH).translate(_MARKS)
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str | None, words: str) -> str:
    """Return a link, or nothing for what is not plain http(s) of a sane length."""
    if not url or not url.startswith(("https://", "http://")):
        return ""
    if len(url) > LINK_LENGTH or not url.isprintable():
        return ""
    safe = url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E")
    return f"<{safe.replace('|', '%7C').replace(' ', '%20')}|{words}>"


def compose(
    title: str,
    intro: Sequence[str],
    parts: Sequence[Part],
    note: str,
    *,
    said: Phrases,
) -> Message:
    """Return the message; people for whom Slack has no room are counted, not sent."""
    room = MESSAGE_LENGTH - len(title) - len(note) - sum(map(len, intro))
    blocks: list[Block] = [_section("\n".join([f"*{title}*", *intro]))]
    plain = [title, *intro]
    left_out = 0
    for part in parts:
        taken, room = _take(part, room)
        left_out += _people(part.rows) - _people(taken)
        if taken:
            texts = [row.text for row in taken]
            heading = [part.heading] if part.heading else []
            bold = [f"*{text}*" for text in heading]
            blocks += [_section(text) for text in _pack([*bold, *texts])]
            plain += [*(f"{text}:" for text in heading), *texts]
    if left_out:
        more = said.more.format(n=said.number(left_out))
        blocks.append(_context(more))
        plain.append(more)
    if note:
        blocks.append(_context(note))
        plain.append(note)
    text = _cut("\n".join(plain), FALLBACK_LENGTH)
    return Message(text, [block.to_dict() for block in blocks[:MOST_BLOCKS]])


def _people(rows: Sequence[Row]) -> int:
    return sum(row.people for row in rows)


def _take(part: Part, room: int) -> tuple[list[Row], int]:
    """Return the rows that there is room for, and the room that is left."""
    taken: list[Row] = []
    room -= len(part.heading) + 3
    for row in part.rows:
        if len(row.text) + 1 > room:
            break
        taken.append(row)
        room -= len(row.text) + 1
    while taken and not taken[-1].people:  # a heading that nobody stands under
        taken.pop()
    return taken, room


def _pack(lines: Sequence[str]) -> list[str]:
    """Return the lines in as few texts as a section's length allows."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) + 1 <= SECTION_LENGTH:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def _cut(text: str, longest: int) -> str:
    """Return text cut to length, never within a link or an escaped mark."""
    if len(text) <= longest:
        return text
    return re.sub(r"(<[^>]*|&[a-z]*)$", "", text[: longest - 1]) + "…"


def _section(text: str) -> SectionBlock:
    return SectionBlock(text=MarkdownTextObject(text=_cut(text, SECTION_LENGTH)))


def _context(text: str) -> ContextBlock:
    return ContextBlock(elements=[MarkdownTextObject(text=text)])
