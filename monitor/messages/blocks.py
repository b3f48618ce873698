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


class Part(NamedTuple):
    """Lines under a heading, or under none."""

    heading: str
    lines: Sequence[str]


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
    title: str, intro: Sequence[str], parts: Sequence[Part], note: str
) -> Message:
    """Return the message; lines that Slack would refuse are counted, not sent."""
    room = MESSAGE_LENGTH - len(title) - len(note) - sum(map(len, intro))
    blocks: list[Block] = [_section("\n".join([f"*{title}*", *intro]))]
    plain = [title, *intro]
    left_out = 0
    for part in parts:
        taken, room = _take(part, room)
        left_out += len(part.lines) - len(taken)
        if taken:
            heading = [part.heading] if part.heading else []
            bold = [f"*{text}*" for text in heading]
            blocks += [_section(text) for text in _pack([*bold, *taken])]
            plain += [*(f"{text}:" for text in heading), *taken]
    if left_out:
        blocks.append(_context(f"and {left_out:,} more"))
        plain.append(f"and {left_out:,} more")
    if note:
        blocks.append(_context(note))
        plain.append(note)
    text = _cut("\n".join(plain), FALLBACK_LENGTH)
    return Message(text, [block.to_dict() for block in blocks[:MOST_BLOCKS]])


def _take(part: Part, room: int) -> tuple[list[str], int]:
    taken: list[str] = []
    room -= len(part.heading) + 3
    for line in part.lines:
        if len(line) + 1 > room:
            break
        taken.append(line)
        room -= len(line) + 1
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
