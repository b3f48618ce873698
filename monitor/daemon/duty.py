"""What this process is to do: all of it, or what it holds the leases of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from monitor.errors import LeaseLost
from monitor.store import Connection
from monitor.store.replicas import Standing

Changed = Callable[[str, bool], None]
Stands = Callable[[Standing], None]


class Hold(Protocol):
    """The right to do something; a fence for the writes that it takes."""

    is_busy: bool

    def holds(self) -> bool: ...

    def require(self, connection: Connection) -> None: ...


class Duty(Protocol):
    """Knows what this process is to do; `digest` tells its files from others."""

    changed: Changed  # told of each lease that comes or goes

    def open(self, digest: str) -> None: ...

    def hold(self, name: str) -> Hold | None: ...

    def edited(self, digest: str) -> None: ...

    def troubles(self) -> list[str]: ...

    def is_behind(self) -> bool: ...

    def retire(self) -> None: ...

    def close(self) -> None: ...


def unheard(_name: str, _is_ours: bool) -> None:  # noqa: FBT001 - one of two
    """Tell nobody of a change."""


@contextmanager
def at_work(duty: Duty, name: str) -> Iterator[Hold]:
    """Give what a piece of work is done under; raise LeaseLost if it is not ours."""
    hold = duty.hold(name)
    if hold is None:
        message = (
            f"another svar has the lease '{name}' of this state; "
            "stop that one first, or let it do the work"
        )
        raise LeaseLost(name, message)
    hold.is_busy = True
    try:
        yield hold
    finally:
        hold.is_busy = False


@dataclass(slots=True)
class Always:
    """What a process needs not share."""

    is_busy: bool = False

    def holds(self) -> bool:
        return True

    def require(self, connection: Connection) -> None:
        """Let every write pass."""


class Alone:
    """The only process on its state: it does everything."""

    def __init__(self, names: tuple[str, ...], stands: Stands) -> None:
        self.names = names
        self.stands = stands
        self.changed: Changed = unheard
        self._holds = {name: Always() for name in names}

    def open(self, digest: str) -> None:  # noqa: ARG002 - nobody has other files
        self.stands(Standing(dict.fromkeys(self.names, True)))

    def hold(self, name: str) -> Hold | None:
        return self._holds[name]

    def edited(self, digest: str) -> None:
        """Outrank nobody."""

    def troubles(self) -> list[str]:
        return []

    def is_behind(self) -> bool:
        return False

    def retire(self) -> None:
        """Hand over to nobody."""

    def close(self) -> None:
        """Give up nothing."""
