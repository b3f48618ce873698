"""Tables whose figures keep their headings, however narrow the terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from monitor.cli import printing

Row = tuple[Sequence[str], Sequence[int]]  # what it is about, and its figures


def counts(names: Sequence[str], heads: Sequence[str], rows: Sequence[Row]) -> Table:
    """Return a table of figures; a heading with nothing below it is left out.

    Names break where there is no room, so that no figure and no heading is cut.
    """
    shown = [n for n, _ in enumerate(heads) if any(figures[n] for _, figures in rows)]
    table = printing.table()
    for head in names:
        table.add_column(head, overflow="fold")
    for number in shown:
        table.add_column(heads[number], justify="right", no_wrap=True)
    for about, figures in rows:
        cells = (f"{figures[n]:,}" if figures[n] else "" for n in shown)
        table.add_row(*map(Text, about), *cells)
    return table
