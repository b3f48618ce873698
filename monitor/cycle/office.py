"""Who is told what about a change of an alert, and when; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from monitor import evaluate, outbox
from monitor.alerts import Change
from monitor.evaluate import Finding, World
from monitor.outbox import Announced, Digests, Notice, unheard
from monitor.rules import Rule
from monitor.settings import PeopleSettings


@dataclass(frozen=True, slots=True)
class Office:
    """The house that a source's alerts are told to."""

    world: World
    people: PeopleSettings
    digests: Digests

    def in_zones(self, known: Mapping[str, str]) -> "Office":
        """Return the office with the zones of its people; the settings' own word counts."""
        zones = {**known, **self.people.zones}
        return replace(self, digests=replace(self.digests, zones=zones))

    def owed(
        self,
        change: Change,
        rule: Rule | None,
        announced: Announced = unheard,
        *,
        now: datetime,
    ) -> tuple[Notice, ...]:
        """Return the notices that a change causes; none without a rule or a step."""
        if rule is None or change.firing is None:
            return ()
        seen, firing = change.alert.seen, rule.firings[change.firing]
        calendar = self.world.calendar_of(rule, seen.department)
        due_at = evaluate.due_at(rule, firing, calendar, seen.started_at, seen.due_at)
        return outbox.owe(
            change,
            rule,
            people=self.people,
            digests=self.digests,
            due_at=due_at,
            now=now,
            announced=announced,
        )

    def told(self, rule: Rule, seen: Finding, step: int, name: str) -> tuple[str, ...]:
        """Return who is to be told of a firing by now; nobody if it is not due any more."""
        return tuple(
            recipient
            for firing, each in enumerate(rule.firings[: step + 1])
            if each.name == name
            for recipient in outbox.recipients(rule, firing, seen, self.people)
        )
