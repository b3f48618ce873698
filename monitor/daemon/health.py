"""Whether the jobs still do their work, as /healthz tells it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.settings import SourceSettings

HEARTBEAT_WITHIN = timedelta(seconds=90)
POLLS_MISSED = 3


class Pulse:
    """Remembers when each source was last polled."""

    def __init__(self, sources: Iterable[SourceSettings]) -> None:
        self._sources = {each.name: each for each in sources}
        self._polled_at: dict[str, datetime] = {}

    def beat(self, source: str, *, now: datetime) -> None:
        """Take note of a poll, or that one is due: a first one that hangs shows too."""
        self._polled_at[source] = now

    def troubles(
        self, heartbeat: datetime | None, ours: Iterable[str], *, now: datetime
    ) -> list[str]:
        """Return which work has not been done for too long; `ours`: sources to poll."""
        problems = []
        if heartbeat and now - heartbeat > HEARTBEAT_WITHIN:
            problems.append(f"no delivery since {heartbeat:%H:%M:%S} UTC")
        for name in ours:
            source, at = self._sources[name], self._polled_at.get(name, now)
            patience = source.every * POLLS_MISSED + source.statement_timeout
            if now - at > patience:
                problems.append(f"{name} was last polled at {at:%H:%M:%S} UTC")
        return problems
