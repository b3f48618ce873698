"""Real daemons side by side, over one state in PostgreSQL and one fake Slack."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from prometheus_client.parser import text_string_to_metric_families

from tests.fakes import TOKEN, FakeSlack
from tests.stories import office
from tests.stories.daemon.process import Svar, eventually, now, running
from tests.stories.office import Office

SOURCES = ("north", "south", "west")
LEASES = {"deliver", *(f"poll {name}" for name in SOURCES)}
ONE_EACH = {office.RECRUITER: 1, office.MANAGER: 1}


class Tower:
    """An office with several sources, and the daemons that watch it."""

    def __init__(
        self, folder: Path, state: str, slack: FakeSlack, *, lease: str = "3 seconds"
    ) -> None:
        self.state = state
        self.lease = lease
        self.slack = slack
        self.place = self.build(folder)
        slack.now = now()
        for person in (office.RECRUITER, office.MANAGER):
            slack.add(person)

    def build(self, folder: Path) -> Office:
        """Make an office that never sleeps, over three times the same database."""
        place = office.build(folder, calendar=office.ALWAYS_OPEN)
        place.source(every="1 second")
        first = place.load().settings.sources[0]
        url = first.url.get_secret_value()
        source = {
            "url": url,
            "mapping": "standard",
            "timezone": "UTC",
            "every": "1 second",
        }
        place.change(
            sources=[{"name": name, **source} for name in SOURCES],
            slack={"digest_at": "00:00", "api_url": self.slack.url},
            state={"url": self.state, "lease": self.lease},
        )
        return place

    @contextmanager
    def watch(self, place: Office | None = None) -> Iterator[Svar]:
        config = (place or self.place).settings
        with running(config, SVAR_SLACK__TOKEN=TOKEN) as svar:
            yield svar

    def told(self) -> dict[str, int]:
        """Return how many messages stand with each person."""
        return {
            person: len(self.slack.to(person))
            for person in (office.RECRUITER, office.MANAGER)
        }

    def holders(self) -> dict[str, str]:
        """Return who has which lease now, by the database's own clock."""
        query = "SELECT name, holder FROM leases WHERE expires_at > clock_timestamp()"
        with psycopg.connect(self.state.replace("+psycopg", "")) as connection:
            return dict(connection.execute(query).fetchall())


def leads(svar: Svar) -> set[str]:
    """Return the leases that a process says it has."""
    return {name for name in LEASES if svar.metric("svar_leader", lease=name) == 1}


def shown(svar: Svar, metric: str) -> set[str]:
    """Return the sources of which a process exports this metric."""
    page = svar.get("/metrics")[1]
    return {
        sample.labels["source"]
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == metric
    }


@contextmanager
def two(tower: Tower) -> Iterator[tuple[Svar, Svar]]:
    """Run two daemons that share the sources; the first one delivers."""
    with tower.watch() as first:
        first.said("svar watches")
        with tower.watch() as second:
            eventually(
                lambda: len(leads(second)) == 1 and len(leads(first)) == 3,
                what="a fair share",
            )
            assert leads(first) | leads(second) == LEASES
            assert "deliver" in leads(first)
            yield first, second


def takes_over(svar: Svar) -> None:
    eventually(lambda: leads(svar) == LEASES, what="a take-over")
