"""What happens in the middle of something: armed beforehand, met when its moment comes."""

from collections.abc import Callable
from dataclasses import dataclass

CALLS = ("lookup", "open", "post", "update", "find", "delete", "whoami")
COMMITS = ("before write", "before commit", "after commit")
IN_A_POLL = "in a poll"
MOMENTS = (
    *(f"{when} {call}" for when in ("before", "after") for call in CALLS),
    IN_A_POLL,
)


@dataclass(slots=True)
class Fate:
    """Something that happens when a moment is met once more than `skips` times."""

    moment: str
    skips: int
    happens: Callable[[], None]


class Fates:
    """The things that wait for their moment, in the order in which they were armed."""

    def __init__(self) -> None:
        self.armed: list[Fate] = []
        self.is_away = False  # the state, for all who share it

    def arm(self, moment: str, skips: int, happens: Callable[[], None]) -> None:
        self.armed.append(Fate(moment, skips, happens))

    def meet(self, moment: str) -> None:
        """Let happen what waited for this moment; one thing at a time."""
        for fate in self.armed:
            if fate.moment != moment:
                continue
            if fate.skips:
                fate.skips -= 1
                continue
            self.armed.remove(fate)
            fate.happens()
            return

    def forget(self) -> None:
        self.armed.clear()
        self.is_away = False
