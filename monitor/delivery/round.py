"""One run of the delivery: its moment, what it goes by, and what it came to."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from monitor.configuration import Configuration
from monitor.outbox import Digests
from monitor.slack.answers import Method, Verdict
from monitor.store.outbox.mail import Post
from monitor.store.outbox.outgoing import Outgoing
from monitor.store.outbox.turns import Moment
from monitor.store.words import PostStatus


class Wait(StrEnum):
    """Why something that was due had to wait for the line to Slack."""

    OWN_PACE = "own_pace"
    RETRY_AFTER = "retry_after"


class Reconciled(StrEnum):
    """What a look-up of a post that may have arrived came to."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    ERROR = "error"


class Aftercare(StrEnum):
    """What was done to a post that Slack had already."""

    EDITED = "edited"
    EDIT_REFUSED = "edit_refused"
    SWEPT = "swept"


@dataclass(slots=True)
class Report:
    """What one run did, for the metrics and the log; `waited` in seconds."""

    posts: Counter[PostStatus | Aftercare] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    calls: Counter[tuple[Method, Verdict]] = field(default_factory=Counter)
    waited: dict[Wait, float] = field(default_factory=dict)
    reconciled: Counter[Reconciled] = field(default_factory=Counter)
    told: list[Post] = field(default_factory=list)
    is_token_valid: bool | None = True  # None where there is no token
    stale: frozenset[str] = frozenset()  # sources whose nudges are held
    # By source: notices held back since their rows, read again, say otherwise.
    doubtful: Counter[str] = field(default_factory=Counter)
    unread: dict[str, str] = field(default_factory=dict)  # sources that failed at that


@dataclass(slots=True)
class Round:
    """All that the parts of one run share.

    `zones` are those of the people who have another than the house; it grows while
    Slack tells of more. `stale`: the silent sources, and since when they are.
    `doubtful`: alerts whose rows say otherwise by now; `wanted`: what is to be read
    again before it goes out, None before anybody asked; `paused`: how long that took.
    """

    now: datetime
    configuration: Configuration
    zones: dict[str, str]
    stale: dict[str, datetime] = field(default_factory=dict)
    doubtful: frozenset[int] = frozenset()
    wanted: list[Outgoing] | None = None
    paused: float = 0.0
    report: Report = field(default_factory=Report)

    @property
    def digests(self) -> Digests:
        """Return when digests may go out, to whomever."""
        return replace(Digests.configured(self.configuration), zones=self.zones)

    @property
    def moment(self) -> Moment:
        """Return the moment by the house's own clock."""
        day = self.configuration.calendar.local_day(self.now)
        return Moment(self.now, day, frozenset(self.stale), self.doubtful)


class Stop(Exception):  # noqa: N818 - not an error: the rest of the run can wait
    """The rest of the run would fail as well."""
