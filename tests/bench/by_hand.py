"""The shipped rules as somebody would write them out, to measure the language against.

Each is a plain loop with the cutoffs that are worked out once; nothing but the rows in
which it finds something comes back. No department has a calendar of its own here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from monitor.evaluate import Check
from monitor.model import Application, Ball, Channel, Status
from monitor.worktime import Duration, Unit

Rows = Sequence[Application]
OUT = {Status.HIRED, Status.WITHDRAWN}
WAITS = {Status.OPEN, Status.ON_HOLD}
SAID_NO = {Status.REJECTED, Status.CLOSED}
UNTOLD = {Status.OPEN, Status.REJECTED, Status.CLOSED}


def all_notified(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.job_closed_at)
        and at < entry
        and r.country == "NO"
        and r.status not in OUT
        and not ((end := r.told_at) and at <= end <= until)
    ]


def candidate_waiting(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.last_inbound_at)
        and at < entry
        and r.status in WAITS
        and not ((end := r.last_reply_at) and at <= end <= until)
        and not ((end := r.told_at) and at <= end <= until)
        and not ((end := r.called_at) and at <= end <= until)
    ]


def decided_not_told(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.decided_at)
        and at < entry
        and r.status is Status.REJECTED
        and not ((end := r.told_at) and at <= end <= until)
    ]


def decision_after_feedback(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.feedback_at)
        and at < entry
        and r.status is Status.OPEN
        and not ((end := r.decided_at) and at <= end <= until)
        and not ((end := r.told_at) and at <= end <= until)
        and not ((end := r.stage_entered_at) and at <= end <= until)
    ]


def feedback_request(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.feedback_requested_at)
        and at < entry
        and not ((end := r.called_at) and at <= end <= until)
        and not ((end := r.last_written_at) and at <= end <= until)
    ]


def first_reply(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.applied_at) < entry
        and r.status not in OUT
        and not ((end := r.first_reply_at) and at <= end <= until)
        and not ((end := r.told_at) and at <= end <= until)
        and not ((end := r.called_at) and at <= end <= until)
    ]


def hold_heartbeat(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    found = []
    for r in rows:
        if r.status is not Status.ON_HOLD:
            continue
        at = r.stage_entered_at
        if r.last_reply_at and (at is None or r.last_reply_at > at):
            at = r.last_reply_at
        if (
            at
            and at < entry
            and not ((end := r.last_reply_at) and at < end <= until)
            and not ((end := r.told_at) and at <= end <= until)
            and not ((end := r.called_at) and at <= end <= until)
        ):
            found.append(r)
    return found


def interview_feedback(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.interviewed_at)
        and at < entry
        and r.status is Status.OPEN
        and not ((end := r.feedback_at) and at <= end <= until)
        and not ((end := r.decided_at) and at <= end <= until)
        and not ((end := r.told_at) and at <= end <= until)
    ]


def interview_outcome(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    found = []
    for r in rows:
        at = r.interviewed_at
        if at is None or r.status not in UNTOLD or r.next_interview_at:
            continue
        if r.last_inbound_at and r.last_inbound_at > at:
            at = r.last_inbound_at
        if (
            at < entry
            and not ((end := r.told_at) and at <= end <= until)
            and not (r.waiting_on is Ball.CANDIDATE and _stands(check, r, at))
        ):
            found.append(r)
    return found


def knockout_reply(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.screened_out_at)
        and at < entry
        and r.knocked_out
        and r.status not in OUT
        and not ((end := r.told_at) and at <= end <= until)
    ]


def leftovers_at_close(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.job_closed_at)
        and at < entry
        and r.status is Status.CLOSED
        and not ((end := r.told_at) and at <= end <= until)
    ]


def mail_after_call(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.called_at)
        and at < entry
        and r.status is Status.REJECTED
        and not (r.decided_at and at <= r.decided_at)
        and not ((end := r.last_written_at) and at <= end <= until)
    ]


def manager_review(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    found = []
    for r in rows:
        if r.status is not Status.OPEN or r.waiting_on is not Ball.MANAGER:
            continue
        at = r.shared_at
        if r.waiting_since and (at is None or r.waiting_since > at):
            at = r.waiting_since
        if (
            at
            and at < entry
            and not ((end := r.decided_at) and at <= end <= until)
            and not ((end := r.feedback_at) and at <= end <= until)
        ):
            found.append(r)
    return found


def ontario_notice(check: Check, rows: Rows) -> Rows:
    entry, until, floor = check.entry, check.horizon, check.floor
    return [
        r
        for r in rows
        if (at := r.interviewed_at)
        and at < entry
        and (floor is None or at >= floor)
        and r.country == "CA"
        and r.status not in OUT
        and not ((end := r.told_at) and at <= end <= until)
    ]


def phone_required(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.decided_at)
        and at < entry
        and r.status in SAID_NO
        and r.interviewed_at
        and not ((end := _reached_at(r)) and at <= end <= until)
    ]


def promise_kept(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (due := r.promised_at)
        and due < entry
        and (at := r.last_reply_at)
        and at < min(due, until)
        and r.status in WAITS
        and not ((end := r.told_at) and at <= end <= until)
        and not ((end := r.called_at) and at <= end <= until)
    ]


def reason_missing(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.decided_at)
        and at < entry
        and r.status is Status.REJECTED
        and r.decision_reason is None
        and not ((end := r.told_at) and at <= end <= until)
    ]


def receipt(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.applied_at) < entry
        and r.status not in OUT
        and not ((end := r.receipt_at) and at <= end <= until)
        and not ((end := r.first_reply_at) and at <= end <= until)
        and not ((end := r.told_at) and at <= end <= until)
        and not ((end := r.called_at) and at <= end <= until)
    ]


def silence(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.last_reply_at)
        and at < entry
        and r.status in WAITS
        and r.next_interview_at is None
        and not ((end := r.told_at) and at <= end <= until)
        and not ((end := r.called_at) and at <= end <= until)
        and not (r.waiting_on is Ball.CANDIDATE and _stands(check, r, at))
    ]


def stage_stale(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.stage_entered_at)
        and at < entry
        and r.status is Status.OPEN
        and not ((end := r.decided_at) and at <= end <= until)
        and not (r.waiting_on is Ball.CANDIDATE and _stands(check, r, at))
    ]


def survey_guard(check: Check, rows: Rows) -> Rows:
    entry = check.entry
    return [
        r
        for r in rows
        if (at := r.survey_at)
        and at < entry
        and r.told_at is None
        and r.status is not Status.WITHDRAWN
    ]


def test_result(check: Check, rows: Rows) -> Rows:
    entry, until = check.entry, check.horizon
    return [
        r
        for r in rows
        if (at := r.assessed_at)
        and at < entry
        and r.status not in OUT
        and not ((end := r.last_reply_at) and at <= end <= until)
        and not ((end := r.told_at) and at <= end <= until)
        and not ((end := r.called_at) and at <= end <= until)
    ]


FIRST = {
    "interview-outcome": Duration(2, Unit.WORKING_DAYS),
    "silence": Duration(4, Unit.DAYS),
}


def _stands(check: Check, r: Application, at: datetime) -> bool:
    """Tell a clock that stood still before its first step was due."""
    rule, calendar = check.rule, check.limits.calendar
    assert rule.target
    due = calendar.shift(at, rule.target)
    if rule.id in FIRST:
        due = calendar.shift(due, FIRST[rule.id], back=True)
    if rule.clock.not_before:
        due = max(due, calendar.shift(at, rule.clock.not_before))
    return due >= min(check.as_of, r.waiting_since or r.stage_entered_at or at)


def _reached_at(r: Application) -> datetime | None:
    """Return when somebody who had an interview heard over the phone, or as near to it."""
    called = r.called_at
    if r.told_by is Channel.PHONE:
        called = r.told_at
    elif called and r.decided_at and called < r.decided_at:
        called = None
    written = r.last_written_at or r.told_at
    if r.unreached_at and written and written >= r.unreached_at:
        return min(called, written) if called else written
    return called


BY_HAND: dict[str, Callable[[Check, Rows], Rows]] = {
    "all-notified": all_notified,
    "candidate-waiting": candidate_waiting,
    "decided-not-told": decided_not_told,
    "decision-after-feedback": decision_after_feedback,
    "feedback-request": feedback_request,
    "first-reply": first_reply,
    "hold-heartbeat": hold_heartbeat,
    "interview-feedback": interview_feedback,
    "interview-outcome": interview_outcome,
    "knockout-reply": knockout_reply,
    "leftovers-at-close": leftovers_at_close,
    "mail-after-call": mail_after_call,
    "manager-review": manager_review,
    "ontario-notice": ontario_notice,
    "phone-required": phone_required,
    "promise-kept": promise_kept,
    "reason-missing": reason_missing,
    "receipt": receipt,
    "silence": silence,
    "stage-stale": stage_stale,
    "survey-guard": survey_guard,
    "test-result": test_result,
}
