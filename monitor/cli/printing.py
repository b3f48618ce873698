"""What every command prints in the same way: JSON, headings, plain tables, progress."""

import json
from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

WIDE = 160  # where no terminal sets the width
BAR = 8  # the longest one
_EIGHTHS = " ▏▎▍▌▋▊▉█"


def console() -> Console:
    """Return where to print; no value is coloured for what it looks like."""
    made = Console(highlight=False)
    return made if made.is_terminal else Console(highlight=False, width=WIDE)


def write_json(found: object) -> None:
    """Print plain values for programs."""
    print(as_json(found), end="")  # noqa: T201


def as_json(found: object) -> str:
    """Return plain values as programs read them."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def bar(share: float) -> str:
    """Return a bar as long as this share of the longest."""
    full, rest = divmod(round(share * BAR * 8), 8)
    return "█" * full + (_EIGHTHS[rest] if rest else "")


def reading(source: str) -> Status:
    """Return what says on a terminal, as long as it is entered, that a source is read."""
    return Console(stderr=True).status(f"reading {source} ...")


def heading(title: str, *facts: str) -> Text:
    """Return a line above what is printed of a source."""
    head = Text(title, "bold")
    return head.append("".join(f"  {each}" for each in facts), "not bold")


def table(*heads: str) -> Table:
    """Return an empty table; what stands below these headings is never broken."""
    made = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for head in heads:
        made.add_column(head, no_wrap=True)
    return made


def unmeasurable(title: str, lacking: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield the rules that a source cannot feed, and the columns that it lacks."""
    for rule, columns in lacking.items():
        names = ", ".join(sorted(columns))
        yield f"Cannot be measured here: {rule} ({title} lacks {names})"
