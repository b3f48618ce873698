"""Which leases a replica takes and gives back, so that each has a fair share; pure.

Those of polls are shared out evenly.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil

from monitor.store.replicas.leases import POLL, Lease


@dataclass(frozen=True, slots=True)
class View:
    """What a replica sees: the leases, who is fit for them, what was free before."""

    names: tuple[str, ...]
    leases: Mapping[str, Lease]
    holder: str
    fit: Collection[str]  # every live replica that may lead, this one included
    free_before: Collection[str]

    def free(self) -> list[str]:
        """Return the leases that nobody has, in the order of the settings."""
        return [
            name
            for name in self.names
            if name not in self.leases or self.leases[name].is_free
        ]

    def polls(self) -> dict[str, int]:
        """Return how many sources each fit replica polls."""
        counts = dict.fromkeys([self.holder, *self.fit], 0)
        for name, lease in self.leases.items():
            if name in self.names and name.startswith(POLL) and not lease.is_free:
                counts[lease.holder or ""] = counts.get(lease.holder or "", 0) + 1
        return {each: counts[each] for each in {self.holder, *self.fit}}


def take(view: View) -> list[str]:
    """Return the free leases to take now.

    Who polls more sources than another leaves a free one to that other for a tick.
    """
    polls, taken = view.polls(), []
    for name in view.free():
        if name.startswith(POLL):
            least = min(polls.values())
            if polls[view.holder] > least and name not in view.free_before:
                continue
            polls[view.holder] += 1
        taken.append(name)
    return taken


def give(view: View, idle: Collection[str]) -> list[str]:
    """Return which of our idle leases to give back, where another has too few."""
    polls = view.polls()
    mine, least = polls[view.holder], min(polls.values())
    if any(name.startswith(POLL) for name in view.free()):
        return []  # the other may take that one
    fair = ceil(sum(polls.values()) / len(polls))
    surplus = max(mine - fair, 1 if mine - least > 1 else 0)
    return sorted(name for name in idle if name.startswith(POLL))[:surplus]
