"""What everybody in a simulation sees: the clocks, the state, the source and Slack."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import select

from monitor.configuration import Configuration
from monitor.store.tables import posts
from tests.simulation import house
from tests.simulation.ats import Ats
from tests.simulation.dice import Story
from tests.simulation.mortal import Mortal
from tests.simulation.slack import Workspace


@dataclass(slots=True)
class Played:
    """What a story came to."""

    events: int = 0
    messages: int = 0
    jobs: int = 0
    happened: Counter[str] = field(default_factory=Counter)


class Broken(AssertionError):  # noqa: N818 - a law is, and no program
    """A law of the simulation does not hold."""

    def __init__(self, law: str, seen: str) -> None:
        super().__init__(f"{law}: {seen}")
        self.law = law


def demand(holds: object, law: str, seen: str) -> None:
    """Raise Broken unless this holds."""
    if not holds:
        raise Broken(law, seen)


class Scene:
    """A story's surroundings. `real` is Slack's clock, `now` that of Svar's machine."""

    def __init__(
        self, store: Mortal, configurations: Mapping[str, Configuration], story: Story
    ) -> None:
        self.store = store
        self.configurations = configurations
        self.configuration = configurations[house.AS_THEY_WERE]
        self.real = house.instant(story.start, time())
        self.skew = timedelta(0)
        self.polled_at = self.real  # of the last good poll
        self.ats = Ats(self.configuration, store.fates, lambda: self.real)
        self.slack = Workspace(store.fates, lambda: self.real)
        for email, name in house.MEMBERS.items():
            self.slack.add(email, name, str(house.zone_of(email)))
        for channel in (house.LEADS, house.OPS):
            self.slack.open_channel(channel)
        self.forgotten: set[str] = set()
        self.is_rewritten = False
        self.lines: list[tuple[datetime, str]] = []
        self.played = Played(happened=self.slack.happened)

    @property
    def now(self) -> datetime:
        return self.real + self.skew

    def say(self, line: str) -> None:
        """Note what happens, for who reads the story."""
        self.lines.append((self.real, line))

    def stood_in(self, channels: Mapping[str, str]) -> set[str]:
        """Return the keys of posts that did not go to their recipient's own channel."""
        query = select(posts.c.key, posts.c.recipient).where(posts.c.key.in_(channels))
        with self.store.truth() as connection:
            kept = connection.execute(query).all()
        own = {key: self.slack.channel_of(recipient) for key, recipient in kept}
        return {
            key for key, channel in own.items() if channel not in {"", channels[key]}
        }
