"""What a rule test is once it passed every check, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.evaluate import World
from monitor.outbox import Digests
from monitor.rules import Rulebook
from monitor.settings import PeopleSettings

Facts = Mapping[str, Any]  # by the keys of the file; instants are aware UTC


@dataclass(frozen=True, slots=True)
class Story:
    """One application: its columns from the start, and what they become when."""

    columns: dict[str, Any]
    changes: tuple[tuple[datetime, dict[str, Any]], ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """What is expected at one instant; None: it is not looked at."""

    now: datetime
    line: int
    findings: tuple[Facts, ...] | None
    notices: tuple[Facts, ...] | None


@dataclass(frozen=True, slots=True)
class Trial:
    """One test: applications, and what is expected of them when."""

    name: str
    line: int
    stories: tuple[Story, ...]
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests of one file, with the rules and people that they are held against."""

    file: str
    rulebook: Rulebook
    world: World
    people: PeopleSettings
    digests: Digests
    trials: tuple[Trial, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What was expected and what was found, or one of the two; `about` says of what.

    Each names the rule and the application, and else only what differs.
    """

    about: str
    expected: Facts | None
    found: Facts | None


@dataclass(frozen=True, slots=True)
class Failure:
    """What was not as expected at one instant, and where that was written."""

    line: int
    now: datetime
    differences: tuple[Difference, ...]
