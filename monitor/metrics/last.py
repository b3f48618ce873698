"""The last that each job reported; the gauges are drawn from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor import cycle
from monitor.configuration import Configuration
from monitor.figures.nouns import Spread
from monitor.store.ledger import OpenAlerts
from monitor.store.outbox.mail import Backlog
from monitor.store.replicas import Standing, leases

Effects = Mapping[tuple[str, str], Spread]  # of nudges, by source and rule


@dataclass(slots=True)
class Last:
    """The last that each job reported."""

    cycles: dict[str, cycle.Report] = field(default_factory=dict)
    succeeded: dict[str, datetime] = field(default_factory=dict)
    failed: dict[str, datetime] = field(default_factory=dict)  # where the last poll did
    alerts: list[OpenAlerts] = field(default_factory=list)
    effects: Effects = field(default_factory=dict)
    backlog: Backlog | None = None
    configuration: Configuration | None = None
    intervals: dict[str, float] = field(default_factory=dict)  # seconds, of each source
    reloaded_at: datetime | None = None
    is_reload_good: bool = True
    is_token_valid: bool | None = True  # None where there is no token
    heartbeat_at: datetime | None = None
    standing: Standing = field(default_factory=lambda: Standing({}))
    taken_over: frozenset[str] = frozenset()  # sources, since the state was read

    def leads(self, lease: str) -> bool:
        """Tell whether that is this replica's to do; all is, where nobody said."""
        return self.standing.leads.get(lease, True)

    def polls(self, source: str) -> bool:
        """Tell whether this replica polls the source."""
        return self.leads(leases.poll(source))

    def held(self) -> list[str]:
        """Return the sources that this replica polls, in the order of the settings."""
        return [source for source in self.intervals if self.polls(source)]

    def known(self) -> list[str]:
        """Return the sources that this replica polls, whose alerts it has read since."""
        return [source for source in self.held() if source not in self.taken_over]

    def ours(self) -> dict[str, cycle.Report]:
        """Return the last good polls of the sources that this replica polls."""
        return {
            source: report
            for source, report in self.cycles.items()
            if self.polls(source)
        }

    def rules(self) -> list[str]:
        """Return the rules that are on."""
        loaded = self.configuration
        return [rule.id for rule in loaded.rulebook.rules] if loaded else []

    def stands(self, standing: Standing) -> bool:
        """Take up what this replica is among the others; tell if its leases changed.

        What it knows of a source that another polls now will be old when it is back.
        """
        if standing.leads == self.standing.leads:
            self.standing = standing
            return False
        others = {each for each in self.intervals if not self.polls(each)}
        self.standing = standing
        self.cycles = self.ours()
        self.failed = {each: at for each, at in self.failed.items() if self.polls(each)}
        self.taken_over |= others.intersection(self.held())
        return True

    def polled(self, report: cycle.Report) -> None:
        """Take up what came of a poll; the figures stay those of the last good one."""
        run = report.run
        if run.is_good:
            self.cycles[run.source] = report
            self.succeeded[run.source] = run.as_of
            self.failed.pop(run.source, None)
        else:
            self.failed[run.source] = run.as_of

    def read(self, open_alerts: list[OpenAlerts], effects: Effects) -> None:
        """Take up what the state knows now."""
        self.alerts, self.effects, self.taken_over = open_alerts, effects, frozenset()

    def copy(self) -> "Last":
        """Return what is so at this moment; what is reported later does not show."""
        return replace(
            self,
            cycles=dict(self.cycles),
            succeeded=dict(self.succeeded),
            failed=dict(self.failed),
            intervals=dict(self.intervals),
        )
