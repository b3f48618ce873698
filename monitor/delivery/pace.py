"""How fast Slack may be asked: a bucket for each kind of call, and for each channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Call(StrEnum):
    """A kind of call that Slack counts by itself."""

    POST = "post"
    UPDATE = "update"
    LOOKUP = "lookup"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many calls at once, and then one in each interval."""

    burst: int
    every: timedelta


# Slack, Web API rate limits: tier 3 is 50 a minute and method, here half of them at
# once; posts are one a second and channel, and several hundred a minute and workspace.
_TIER_3 = Rate(25, timedelta(seconds=2.4))
RATES = {
    Call.POST: Rate(20, timedelta(seconds=0.25)),
    Call.UPDATE: _TIER_3,
    Call.LOOKUP: _TIER_3,
    Call.HISTORY: _TIER_3,
}
CHANNEL = Rate(1, timedelta(seconds=1))
FORGET_AT = 10_000  # channels; those that are free again are let go


@dataclass(slots=True)
class Pace:
    """Says whether a call may be made now; it never waits.

    A call without a rate is free. Each bucket is one instant: when it will have run empty (the "generic cell rate
    algorithm" of ITU-T I.371).
    """

    rates: Mapping[Call, Rate] = field(default_factory=lambda: RATES)
    _free_at: dict[str, datetime] = field(default_factory=dict)

    def take(self, call: Call, now: datetime, *, channel: str | None = None) -> bool:
        """Take room for a call, if there is any; a post takes its channel's as well."""
        rate = self.rates.get(call)
        if rate is None:
            return True
        wanted = [(str(call), rate)]
        if channel is not None:
            wanted.append((f"#{channel}", CHANNEL))
        ends = [(name, self._end(name, rate, now)) for name, rate in wanted]
        if any(end is None for _, end in ends):
            return False
        self._free_at.update({name: end for name, end in ends if end is not None})
        if len(self._free_at) > FORGET_AT:
            self._free_at = {
                name: end for name, end in self._free_at.items() if end > now
            }
        return True

    def _end(self, name: str, rate: Rate, now: datetime) -> datetime | None:
        """Return when the bucket runs empty if one more is taken; None if it is full."""
        end, full = (
            max(self._free_at.get(name, now), now),
            now + rate.every * rate.burst,
        )
        if end > full:  # a clock that was set back would hold the bucket for as long
            end = self._free_at[name] = full
        taken = end + rate.every
        return taken if taken <= full else None
