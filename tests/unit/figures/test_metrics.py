"""The gauges and counters, drawn from reports that are made by hand."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from monitor import delivery, metrics
from monitor.alerts import State
from monitor.delivery.round import Reconciled, Wait
from monitor.figures.nouns import (
    BOUNDS,
    HOLDERS,
    After,
    Spread,
)
from monitor.metrics import Metrics, Ran, Work, business
from monitor.slack.answers import Method, Verdict
from monitor.store.ledger.erasure import Erased
from monitor.store.outbox.mail import Backlog
from monitor.store.replicas import Standing
from monitor.store.words import PostStatus
from tests.builders import at
from tests.unit.figures.scraping import (
    DAY,
    NOW,
    SOURCE,
    figures,
    full_house,
    loaded,
    open_alert,
    report,
    samples,
    scrape,
    spread,
    told,
    value,
    without,
)

BACKLOG = Backlog({"queued": 3, "unknown": 1}, NOW - timedelta(minutes=5), 2)
OURS = Standing({f"poll {SOURCE}": True, "deliver": True})
THEIRS = Standing({f"poll {SOURCE}": False, "deliver": False})
BUSINESS = {each.name for each in vars(business).values() if hasattr(each, "name")}


@pytest.mark.parametrize(
    ("name", "labels", "wanted"),
    [
        (
            "svar_waiting_applications",
            {"department": "Sales", "waiting_on": "recruiter", "days": "0-7"},
            6,
        ),
        (
            "svar_waiting_seconds",
            {"department": "Sales", "phase": "applied", "waiting_on": "recruiter"},
            7200,
        ),
        (
            "svar_overdue_applications",
            {"department": "Sales", "waiting_on": "manager"},
            2,
        ),
        (
            "svar_promise_cases",
            {"rule": "first-reply", "department": "Sales", "window": "90d"},
            30,
        ),
        (
            "svar_promise_kept",
            {"rule": "first-reply", "department": "Sales", "window": "30d"},
            11,
        ),
        ("svar_interviewed_told", {"channel": "phone", "window": "30d"}, 4),
        ("svar_answerable_applications", {"after": "interview"}, 9),
        ("svar_never_answered_applications", {"after": "application"}, 3),
        ("svar_never_answered_applications", {"after": "interview"}, 0),
        ("svar_survey_answers", {"told": "late", "score": "detractor"}, 5),
        ("svar_legal_due_seconds", {"rule": "first-reply"}, 2 * 86_400),
        ("svar_legal_missed_applications", {"rule": "first-reply"}, 0),
        ("svar_closure", {"state": "undecided"}, 8),
        ("svar_closure", {"state": "wrong_channel"}, 0),
        ("svar_applications", {"phase": "applied", "waiting_on": "recruiter"}, 6),
        ("svar_source_rows", {}, 52),
        ("svar_source_rows_rejected", {}, 2),
        ("svar_source_messages_rejected", {}, 3),
        ("svar_source_interval_seconds", {}, 300),
        ("svar_source_last_success_timestamp_seconds", {}, NOW.timestamp()),
        ("svar_evaluation_seconds", {}, 0.5),
        ("svar_cycle_duration_seconds_sum", {}, 1.5),
    ],
)
def test_a_figure_stands_under_its_source(
    name: str, labels: dict[str, str], wanted: float
) -> None:
    assert value(told(report()), name, source=SOURCE, **labels) == wanted


@pytest.mark.parametrize(
    ("name", "labels", "wanted"),
    [
        ("svar_rule_target_seconds", {"rule": "first-reply"}, 14 * 86_400),
        ("svar_rule_target_seconds", {"rule": "manager-review"}, 2.8 * 86_400),
        ("svar_rule_info", {"rule": "first-reply", "severity": "high"}, 1),
        ("svar_promise_goal_ratio", {}, 0.95),
        ("svar_rules_loaded", {}, len(loaded().rulebook.rules)),
        ("svar_config_reloads_total", {"outcome": "taken_up"}, 1),
        ("svar_config_reloads_total", {"outcome": "refused"}, 0),
        ("svar_config_last_reload_successful", {}, 1),
        ("svar_reconciliations_total", {"outcome": "found"}, 0),
        ("svar_slack_throttle_wait_seconds_total", {"cause": "own_pace"}, 0),
    ],
)
def test_what_the_configuration_says_is_there_at_once(
    name: str, labels: dict[str, str], wanted: float
) -> None:
    assert value(told(), name, **labels) == pytest.approx(wanted)


def test_a_histogram_is_cumulated_and_holds_the_longest_too() -> None:
    page = told(report())
    buckets = samples(page, "svar_first_reply_seconds_bucket")
    found = {each.labels["le"]: each.value for each in buckets}
    assert len(found) == len(BOUNDS) + 1
    assert [found[str(float(n))] for n in (3600, 86_400, 172_800)] == [0, 1, 2]
    assert found[str(45 * 86_400.0)] == 2
    assert found["+Inf"] == value(page, "svar_first_reply_seconds_count") == 3
    assert value(page, "svar_first_reply_seconds_sum") == 62.5 * 86_400


def test_a_histogram_of_nothing_is_left_out() -> None:
    page = told(report(figures(first_reply=Spread())))
    assert samples(page, "svar_first_reply_seconds_bucket") == []
    assert samples(page, "svar_first_reply_seconds_count") == []


def test_before_the_first_good_poll_there_are_no_figures() -> None:
    failed = report(outcome="failed", figures=None, reason="connect")
    for page in (told(), told(failed)):
        assert not [name for name in BUSINESS if samples(page, name)]
        assert b"NaN" not in page.expose()
    assert value(told(failed), "svar_source_errors_total", reason="connect") == 1


def test_that_nobody_waits_is_a_zero() -> None:
    page = told(report(figures(waiting=Counter(), overdue=Counter())))
    for name in ("svar_waiting_applications", "svar_overdue_applications"):
        found = samples(page, name)
        assert {each.labels["department"] for each in found} == {"other"}
        assert {each.labels["waiting_on"] for each in found} == set(HOLDERS)
        assert {each.value for each in found} == {0}


def test_a_department_where_somebody_waits_says_that_nobody_is_late() -> None:
    page = told(report(figures(overdue=Counter())))
    sales = {"department": "Sales", "waiting_on": "manager"}
    assert value(page, "svar_overdue_applications", **sales) == 0


def test_a_deadline_that_was_missed_leaves_room_for_the_next() -> None:
    page = told(report(figures(legal={}, legal_missed=Counter({"first-reply": 3}))))
    assert samples(page, "svar_legal_due_seconds") == []
    assert value(page, "svar_legal_missed_applications", rule="first-reply") == 3


def test_who_cannot_be_asked_about_is_no_zero() -> None:
    page = told(report(figures(answerable=Counter({After.INTERVIEW: 0}))))
    for name in ("svar_answerable_applications", "svar_never_answered_applications"):
        found = [(each.labels["after"], each.value) for each in samples(page, name)]
        assert found == [("interview", 0)]


def test_a_poll_that_fails_leaves_the_figures_of_the_last_good_one() -> None:
    failed = report(outcome="failed", as_of=NOW + DAY, figures=None)
    page = told(report(), failed)
    assert value(page, "svar_closure", state="undecided") == 8
    assert value(page, "svar_source_last_success_timestamp_seconds") == NOW.timestamp()
    assert value(page, "svar_cycles_total", outcome="failed") == 1


def test_the_figures_of_a_rule_that_is_removed_vanish_at_once() -> None:
    steps = Counter({("first-reply", "none", "warning", "opened"): 1})
    effects = {(SOURCE, "first-reply"): spread(DAY)}
    page = told(report(transitions=steps), effects=effects)
    assert {"first-reply"} <= ruled(page)
    page.configured(without("first-reply"), now=NOW)
    gone = Counter({("first-reply", "warning", "cancelled", "rule_removed"): 1})
    page.cycled(report(transitions=gone), [], effects)
    reasons = samples(page, "svar_alert_transitions_total")
    assert [each.labels["reason"] for each in reasons] == ["rule_removed"]
    page.cycled(report(), [], effects)
    assert "first-reply" not in ruled(page)


def ruled(page: Metrics) -> set[str]:
    """Return the rules that any series of the page names."""
    every = (each for family in scrape(page).values() for each in family.samples)
    return {each.labels["rule"] for each in every if "rule" in each.labels}


def test_open_alerts_are_counted_by_source() -> None:
    page = told()
    alerts = [
        open_alert(SOURCE, "first-reply", State.BREACHED, NOW - 2 * DAY),
        open_alert(SOURCE, "first-reply", State.ESCALATED, NOW - 5 * DAY),
        open_alert(SOURCE, "manager-review", State.WARNING, NOW + DAY),
        open_alert("elsewhere", "first-reply", State.BREACHED, NOW - 9 * DAY),
    ]
    page.opened(alerts, {})
    first = {"source": SOURCE, "rule": "first-reply"}
    assert value(page, "svar_alerts", **first, state="breached") == 1
    assert value(page, "svar_alerts", **first, state="warning") == 0
    oldest = "svar_alert_oldest_overdue_seconds"
    assert value(page, oldest, **first) == 5 * 86_400
    assert value(page, oldest, source=SOURCE, rule="manager-review") == 0
    assert {each.labels["source"] for each in samples(page, "svar_alerts")} == {SOURCE}


def test_the_effect_of_nudges_is_that_of_our_sources() -> None:
    effects = {(each, "first-reply"): spread(DAY) for each in (SOURCE, "north")}
    page = told(effects=effects)
    page.opened([], effects)
    assert value(page, "svar_nudge_effect_seconds_count", source=SOURCE) == 1
    assert value(page, "svar_nudge_effect_seconds_count", source="north") is None


def test_two_replicas_export_each_series_of_a_source_once() -> None:
    pages = [told(report()), told(report())]
    for page, standing in zip(pages, (OURS, THEIRS), strict=True):
        page.stands(standing)
        page.delivered(delivery.Report(), BACKLOG, now=NOW)
    once = BUSINESS | {"svar_alerts", "svar_outbox_messages", "svar_source_rows"}
    for name in once:
        assert samples(pages[1], name) == []
    assert value(pages[1], "svar_leader", lease=f"poll {SOURCE}") == 0


def test_what_was_known_of_a_source_before_another_polled_it_is_forgotten() -> None:
    page = told(report())
    page.stands(THEIRS)
    page.stands(OURS)
    assert samples(page, "svar_closure") == []
    assert value(page, "svar_source_interval_seconds") == 300
    page.cycled(report(), [], {})
    assert value(page, "svar_closure", state="undecided") == 8


def test_alerts_that_were_read_before_a_take_over_are_not_told() -> None:
    page = told()
    page.stands(THEIRS)
    old = [open_alert(SOURCE, "first-reply", State.BREACHED, NOW - DAY)]
    page.opened(old, {(SOURCE, "first-reply"): spread(DAY)})
    page.stands(OURS)
    for name in ("svar_alerts", "svar_nudge_effect_seconds_count"):
        assert samples(page, name) == []
    page.cycled(report(), [], {})
    assert value(page, "svar_alerts", rule="first-reply", state="breached") == 0
    page.stands(replace(OURS, replicas=2))
    assert samples(page, "svar_alerts")


def test_a_delivery_is_counted() -> None:
    done = delivery.Report(
        posts=Counter({PostStatus.SENT: 2}),
        calls=Counter({(Method.POST, Verdict.RATE_LIMITED): 3}),
        waited={Wait.RETRY_AFTER: 30.0},
        reconciled=Counter({Reconciled.FOUND: 1}),
    )
    page = told()
    page.delivered(done, BACKLOG, now=NOW)
    calls = {"method": "chat.postMessage", "outcome": "rate_limited"}
    assert value(page, "svar_slack_calls_total", **calls) == 3
    waited = "svar_slack_throttle_wait_seconds_total"
    assert value(page, waited, cause="retry_after") == 30
    assert value(page, "svar_reconciliations_total", outcome="found") == 1
    assert value(page, "svar_posts_total", outcome="sent") == 2
    assert value(page, "svar_outbox_messages", status="queued") == 3
    assert value(page, "svar_outbox_oldest_due_seconds") == 300
    assert value(page, "svar_people_unreachable") == 2
    assert value(page, "svar_slack_token_valid") == 1


def test_what_is_printed_is_no_call_to_slack() -> None:
    done = delivery.Report(
        calls=Counter({(Method.POST, Verdict.OK): 1}), is_token_valid=None
    )
    page = told()
    page.delivered(done, replace(BACKLOG, oldest_due_at=None), now=NOW)
    assert samples(page, "svar_slack_calls_total") == []
    assert samples(page, "svar_slack_token_valid") == []
    assert value(page, "svar_outbox_oldest_due_seconds") == 0


def test_a_beat_is_the_schedulers_heartbeat() -> None:
    when, page = at("2026-09-22 20:00"), told()
    page.beat(now=when)
    assert value(page, "svar_scheduler_heartbeat_timestamp_seconds") == when.timestamp()
    assert page.last().heartbeat_at == when


def test_a_job_that_never_failed_is_a_zero_from_the_start() -> None:
    page = Metrics()
    for work, ran in product(Work, Ran):
        labels = {"job": work, "event": ran}
        assert value(page, "svar_scheduler_events_total", **labels) == 0


def test_the_rest_of_what_happens_is_counted() -> None:
    reasons = Counter({"applied_at is missing": 2})
    page = told(replace(report(), rejected=reasons))
    page.refused()
    page.scheduled(Work.POLL, Ran.EXECUTED)
    page.erased(SOURCE, Erased(alerts=4))
    page.edited(report(transitions=Counter({("x", "warning", "breached", "late"): 3})))
    reason = {"source": SOURCE, "reason": "applied_at is missing"}
    assert value(page, "svar_rows_rejected_total", **reason) == 2
    assert value(page, "svar_config_last_reload_successful") == 0
    assert value(page, "svar_config_reloads_total", outcome="refused") == 1
    assert value(page, "svar_scheduler_events_total", job="poll", event="executed") == 1
    assert value(page, "svar_alerts_erased_total", source=SOURCE) == 4
    edit = {"source": SOURCE, "reason": "late"}
    assert value(page, "svar_config_edit_alerts_total", **edit) == 3


class TestCatalogue:
    def test_it_lists_every_metric_that_is_exported_and_no_other(self) -> None:
        told_all = told(report(), effects={(SOURCE, "first-reply"): spread(DAY)})
        for page in (Metrics(), told_all):
            lines = page.expose().decode().splitlines()
            helped = [each.split()[2] for each in lines if each.startswith("# HELP")]
            assert len(helped) == len(set(helped))
            ours = {each for each in helped if each.startswith("svar_")}
            assert ours == metrics.names().keys()

    def test_it_knows_the_names_in_prometheus(self) -> None:
        kept = {name for names in metrics.names().values() for name in names}
        page = told(report(), effects={(SOURCE, "first-reply"): spread(DAY)})
        page.delivered(delivery.Report(), BACKLOG, now=NOW)
        every = {s.name for family in scrape(page).values() for s in family.samples}
        assert {each for each in every if each.startswith("svar_")} <= kept

    def test_a_full_house_stays_within_the_bound(self) -> None:
        full = full_house(["other", *(f"d{n}" for n in range(100))], ids())
        page = told(
            report(full),
            effects={(SOURCE, each): spread(DAY) for each in ids()},
            open_alerts=[open_alert(SOURCE, ids()[0], State.BREACHED, NOW)],
        )
        page.stands(OURS)
        page.delivered(delivery.Report(), BACKLOG, now=NOW)
        series = value(page, "svar_series")
        assert series is not None
        assert 9_000 < series <= metrics.most_series(loaded())


def ids() -> list[str]:
    return [rule.id for rule in loaded().rulebook.rules]
