"""One run of the delivery: its moment, what it goes by, and what it came to."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from monitor.configuration import Configuration
from monitor.outbox import Digests
from monitor.store.mail import Post
from monitor.store.turns import Moment


@dataclass(slots=True)
class Report:
    """What one run did, for the metrics and the log."""

    posts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    told: list[Post] = field(default_factory=list)
    is_token_valid: bool | None = True  # None where there is no token
    stale: frozenset[str] = frozenset()  # sources whose nudges are held


@dataclass(slots=True)
class Round:
    """All that the parts of one run share.

    `zones` are those of the people who have another than the house; it grows while
    Slack tells of more. `stale`: the silent sources, and since when they are.
    """

    now: datetime
    configuration: Configuration
    zones: dict[str, str]
    stale: dict[str, datetime] = field(default_factory=dict)
    report: Report = field(default_factory=Report)

    @property
    def digests(self) -> Digests:
        """Return when digests may go out, to whomever."""
        settings = self.configuration.settings
        return Digests(
            self.configuration.calendar, settings.slack.digest_at, self.zones
        )

    @property
    def moment(self) -> Moment:
        """Return the moment by the house's own clock."""
        day = self.configuration.calendar.local_day(self.now)
        return Moment(self.now, day, frozenset(self.stale))


class Stop(Exception):  # noqa: N818 - not an error: the rest of the run can wait
    """The rest of the run would fail as well."""
