"""Every metric that there is, and how many series a configuration may lead to."""

from math import prod
from types import ModuleType

from monitor.configuration import Configuration
from monitor.figures.nouns import OTHER
from monitor.metrics import business, counters, feeds, process, rules
from monitor.metrics.families import Family

ROOMS = (business, rules, feeds, process, counters)
UNNAMED = (OTHER,)  # values of a department beside those that the cap allows
OF_PYTHON = 25  # series of the process and of its interpreter, about


def families() -> tuple[Family, ...]:
    """Return every metric of Svar's own, as it is declared."""
    return tuple(each for room in ROOMS for each in _declared(room))


def names() -> dict[str, frozenset[str]]:
    """Return every metric by name, with the names under which Prometheus keeps it.

    A histogram is kept as three.
    """
    return {each.shown: each.series for each in families()}


def most_series(loaded: Configuration) -> int:
    """Return how many series this configuration leads to at most."""
    settings = loaded.settings
    sizes = {
        "source": len(settings.sources),
        "rule": len(loaded.rulebook.rules),
        "department": settings.metrics.departments + len(UNNAMED),
        "lease": len(settings.sources) + 1,
    }
    own = (
        prod(sizes.get(label, 1) for label in each.labels) * each.each * each.lines
        for each in families()
    )
    return sum(own) + OF_PYTHON


def _declared(room: ModuleType) -> list[Family]:
    return [each for each in vars(room).values() if isinstance(each, Family)]
