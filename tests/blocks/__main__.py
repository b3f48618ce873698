"""Write the blocks of every kind of message as TypeScript, for the compiler to check.

python -m tests.blocks > messages.ts
"""

import json
import sys

from monitor.slack import EVENT_TYPE
from tests.blocks import kinds

# What has to be refused, so that a check that checks nothing is noticed.
WRONG = {
    "a section without its text": [{"type": "section", "text": {"type": "mrkdwn"}}],
    "a key that no block has": [{"type": "divider", "colour": "red"}],
    "a kind of block that is not there": [{"type": "paragraph", "text": "hello"}],
}


def main() -> None:
    """Print one constant for each message, typed as Slack's own."""
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": "0123456789abcdef"}}
    lines = [
        'import type { KnownBlock, MessageMetadata } from "@slack/types";',
        constant("metadata", "MessageMetadata", metadata),
    ]
    lines += [
        constant(name, "KnownBlock[]", message.blocks)
        for name, message in kinds.every()
    ]
    for number, (what, blocks) in enumerate(WRONG.items()):
        lines += [
            f"// @ts-expect-error {what}",
            constant(f"wrong_{number}", "KnownBlock[]", blocks),
        ]
    sys.stdout.write("\n".join(lines) + "\n")


def constant(name: str, kind: str, value: object) -> str:
    """Return one constant on one line."""
    return f"export const {name}: {kind} = {json.dumps(value)};"


if __name__ == "__main__":
    main()
