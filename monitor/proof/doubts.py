"""What sources cannot tell of days gone by, and the rules that ask for it."""

from collections.abc import Iterator
from datetime import datetime

from monitor import past
from monitor.configuration import Configuration
from monitor.messages import words

Doubt = tuple[str, tuple[str, ...]]


def doubts(
    loaded: Configuration, *, begins: datetime, now: datetime
) -> Iterator[Doubt]:
    """Yield what is not known of the days since `begins`, in a report's order."""
    for said, rules in past.unknown(loaded.rulebook):
        yield said, tuple(rules)
    for source in loaded.settings.sources:
        if now - source.lookback > begins:
            back = words.plural(source.lookback.days, "day")
            said = (
                f"applications of {source.name} that were decided, and not touched "
                f"since, before its lookback of {back}"
            )
            yield said, ()
