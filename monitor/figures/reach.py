"""How far back a source has to tell of those who are decided, for each of the figures.

Which is its `lookback`: a figure that looks further back would count only some of them.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta

from monitor.figures.nouns import Window
from monitor.figures.promises.hindsight import is_told
from monitor.rules import Rule, nominal

EVER = timedelta.max
COHORT = timedelta(days=120)  # who applied, or was interviewed, that long ago at most
SURVEYS = timedelta(days=180)


def of_promise(rule: Rule, window: Window) -> timedelta:
    """Return about how long ago somebody was decided on whose promise counts at last.

    At most a target before it fell due; the source's own deadlines are taken for none.
    """
    hours = nominal((rule.target, False)) if rule.target else 0.0
    return window.length + timedelta(hours=hours)


def needed(rules: Iterable[Rule], columns: Collection[str]) -> timedelta:
    """Return the shortest lookback with which no figure has to be left out.

    Of the rules that a source with these columns can feed.
    """
    lengths = [COHORT, *([SURVEYS] if "survey_at" in columns else [])]
    lengths += [of_promise(rule, Window.WIDE) for rule in rules if is_told(rule)]
    return max(lengths)
