"""Finds the first seed that breaks a law, and the least of its story that still does."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.configuration import Configuration
from tests.simulation import dice, house
from tests.simulation.dice import Event, Story
from tests.simulation.events import Stage, stage
from tests.simulation.mortal import Mortal
from tests.simulation.process import REAL, Parts
from tests.simulation.scene import Broken


@dataclass(frozen=True, slots=True)
class Failure:
    """A story in which a law is broken; `lines` is what happened, as far as it goes."""

    seed: int
    broken: Broken
    story: Story
    lines: tuple[str, ...]

    def __str__(self) -> str:
        plot = [f"  {event}" for event in self.story.events]
        seen = [f"  {line}" for line in self.lines]
        return "\n".join(
            [
                f"seed {self.seed}: {self.broken}",
                f"a story of {len(plot)} events is enough:",
                *plot,
                "in which this happened:",
                *seen,
            ]
        )


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where stories are played, one after the other."""

    store: Mortal
    configurations: Mapping[str, Configuration]
    parts: Parts = REAL

    def stage(self, story: Story) -> Stage:
        """Return an empty stage for a story."""
        return stage(self.store, self.configurations, story, self.parts)

    def breaks(self, story: Story) -> Broken | None:
        """Play a story; return the law that it broke, if any."""
        try:
            self.stage(story).play()
        except Broken as broken:
            return broken
        return None

    def find(self, seeds: Iterable[int]) -> Failure | None:
        """Return the first of these seeds that breaks a law, with its story shrunk."""
        for seed in seeds:
            story = dice.draw(seed)
            if broken := self.breaks(story):
                return self.explain(seed, story, broken)
        return None

    def explain(self, seed: int, story: Story, broken: Broken) -> Failure:
        """Return what is left of a failing story when nothing more can be left out."""

        def still_breaks(events: Sequence[Event]) -> bool:
            found = self.breaks(replace(story, events=tuple(events)))
            return found is not None and found.law == broken.law

        least = replace(story, events=shrink(story.events, still_breaks))
        played = self.stage(least)
        try:
            played.play()
        except Broken as found:
            broken = found
        lines = tuple(
            f"{at.astimezone(house.OSLO):%a %d %b %H:%M:%S}  {line}"
            for at, line in played.scene.lines
        )
        return Failure(seed, broken, least, lines)


def shrink(
    events: tuple[Event, ...], still_breaks: Callable[[Sequence[Event]], bool]
) -> tuple[Event, ...]:
    """Leave out ever smaller pieces for as long as it still breaks ("ddmin", Zeller)."""
    size = max(len(events) // 2, 1)
    while True:
        shrunk = False
        start = 0
        while start < len(events):
            rest = (*events[:start], *events[start + size :])
            if still_breaks(rest):
                events, shrunk = rest, True
            else:
                start += size
        if size > 1:
            size //= 2
        elif not shrunk:
            return events
