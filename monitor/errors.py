"""The exception tree, and the problems that an admin can mend."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a file: where it stands and what to do about it.

    Lines and columns count from 1; 0 means that the whole file is meant.
    """

    file: str
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        return (
            f"{place}: {self.key}: {self.message}"
            if self.key
            else f"{place}: {self.message}"
        )


class MonitorError(Exception):
    """Anything that Svar can explain to the person who runs it."""


class ConfigError(MonitorError):
    """All problems found in one load, so that an admin mends them in one sitting."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class SourceError(MonitorError):
    """The recruiting database could not be read; nothing may be concluded from it."""

    def __init__(self, source: str, reason: str, message: str) -> None:
        self.source = source
        self.reason = reason
        self.message = message
        super().__init__(f"{source}: {message}")


class StoreError(MonitorError):
    """Svar's own state could not be opened, read or written."""


class LeaseLost(StoreError):  # noqa: N818 - not a fault: the work goes on elsewhere
    """Another replica has this work now; what was under way here is not kept."""

    def __init__(self, lease: str, message: str) -> None:
        self.lease = lease
        super().__init__(message)


class Outcome(StrEnum):
    """What an attempt that did not succeed says about the message."""

    NOT_SENT = "not_sent"  # surely not there; try again later
    UNKNOWN = "unknown"  # perhaps there; look before trying again
    ROUTE = "route"  # this person or channel cannot be reached
    TOKEN = "token"  # noqa: S105 - nothing can be sent until the token is mended
    FORM = "form"  # Slack refuses the message as it is written


class DeliveryError(MonitorError):
    """A message did not (or perhaps did not) reach Slack; `outcome` says which.

    `retry_after` is in seconds, where Slack named one.
    """

    def __init__(
        self, outcome: Outcome, reason: str, retry_after: float | None = None
    ) -> None:
        self.outcome = outcome
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(f"{reason} ({outcome})")
