"""What each metric says of its series is what a full house really makes of it."""

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import product

import pytest

from monitor import delivery
from monitor.alerts import Reason
from monitor.delivery.round import Aftercare, Reconciled, Wait
from monitor.figures.nouns import HOLDERS
from monitor.metrics import Metrics, Ran, Work, catalogue
from monitor.metrics.business import PHASES
from monitor.metrics.families import Family
from monitor.metrics.rules import OPEN_STATES
from monitor.slack.answers import Method, Verdict
from monitor.store.ledger.erasure import Erased
from monitor.store.outbox.mail import BACKLOG, Backlog
from monitor.store.replicas import Standing
from monitor.store.words import PostStatus, RunOutcome
from tests.unit.alerts.moves import MOVES
from tests.unit.figures.scraping import (
    DAY,
    NOW,
    SOURCE,
    full_house,
    open_alert,
    report,
    scrape,
    spread,
    told,
)

COUNTED_APART = {"source", "rule", "department", "lease"}
# Of these only the most is known: what a driver, or a row, may be wrong about.
AT_MOST = {
    "svar_source_errors_total",
    "svar_rows_rejected_total",
    "svar_alert_transitions_total",
}
RULE = "first-reply"


@cache
def busy() -> Metrics:
    """Return the metrics of a process to which all has happened that may happen."""
    done = replace(
        report(full_house(["Sales"], [RULE])),
        waiting=Counter(product(PHASES, HOLDERS)),
        transitions=Counter((RULE, was or "none", to, why) for was, to, why in MOVES),
        rejected=Counter(["applied_at is missing"]),
    )
    polls = [report(outcome=each) for each in RunOutcome]
    failed = replace(report(outcome=RunOutcome.FAILED), reason="login")
    page = told(
        *(*polls, failed, done),
        open_alerts=[open_alert(SOURCE, RULE, each, NOW) for each in OPEN_STATES],
        effects={(SOURCE, RULE): spread(DAY)},
    )
    page.edited(
        replace(done, transitions=Counter((RULE, "", "", why) for why in Reason))
    )
    page.stands(Standing({f"poll {SOURCE}": True, "deliver": True}))
    sent = delivery.Report(
        posts=Counter([*PostStatus, *Aftercare]),
        calls=Counter(product(Method, Verdict)),
        waited=dict.fromkeys(Wait, 1.0),
        reconciled=Counter(Reconciled),
        doubtful=Counter([SOURCE]),
    )
    page.delivered(sent, Backlog(dict.fromkeys(BACKLOG, 1), NOW, 1), now=NOW)
    page.erased(SOURCE, Erased(alerts=1))
    for work, ran in product(Work, Ran):
        page.scheduled(work, ran)
    return page


@pytest.mark.parametrize("family", catalogue.families(), ids=lambda each: each.shown)
def test_a_metric_has_as_many_series_as_it_says(family: Family) -> None:
    most = max(_sizes(family).values(), default=0)
    if family.shown in AT_MOST:
        assert 0 < most <= family.each * family.lines
    else:
        assert most == family.each * family.lines


def _sizes(family: Family) -> Counter[tuple[str, ...]]:
    """Return how many series it has for each source, rule, department and lease."""
    apart = [name for name in family.labels if name in COUNTED_APART]
    found = (each for page in scrape(busy()).values() for each in page.samples)
    return Counter(
        tuple(each.labels[name] for name in apart)
        for each in found
        if each.name in family.series | {family.shown}
    )
