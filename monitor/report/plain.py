"""The report as plain values, for programs."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from monitor.model import Closure
from monitor.report.nouns import Named, Outcome, Section, Week, WeekReport


def values(report: WeekReport) -> dict[str, object]:
    """Return all that the report says; instants are RFC 3339 in UTC."""
    edits = report.edits
    uncounted = {rule for each in report.sections for rule in each.now.uncounted}
    return {
        "as_of": _instant(report.as_of),
        "rules": [_rule(each, uncounted) for each in report.rules],
        "sources": [_section(each) for each in report.sections],
        "edits": None
        if edits is None
        else [
            {
                "at": _instant(each.at),
                "rule": each.rule,
                "edit": each.edit,
                "words": each.words,
            }
            for each in edits
        ],
        "unknown": [
            {"what": what, "rules": list(rules)} for what, rules in report.unknown
        ],
    }


def _rule(rule: Named, uncounted: Collection[str]) -> dict[str, object]:
    return {
        "id": rule.id,
        "title": rule.title,
        "promise": rule.promise,
        "counted_afterwards": rule.id not in uncounted,
    }


def _section(section: Section) -> dict[str, object]:
    return {
        "source": section.source,
        "title": section.title,
        "weeks": [_week(each) for each in section.weeks],
        "worst_jobs": [
            {"job": job.ref, "title": job.title, "overdue": count}
            for job, count in section.now.worst
        ],
        "not_measurable": list(section.lacking),
    }


def _week(week: Week) -> dict[str, object]:
    return {
        "at": _instant(week.at),
        "applications": week.applications,
        "promises": {"all": _outcome(week.total)}
        | {rule: _outcome(each) for rule, each in week.promises.items()},
        "late_of_uncounted": _counts(week.uncounted),
        "overdue": _counts(week.overdue),
        "waiting": _counts(week.waiting),
        "waiting_hours": {
            ball: round(hours, 2) for ball, hours in sorted(week.hours.items())
        },
        "closure": {str(key): week.closure[key] for key in Closure},
    }


def _counts(found: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(found.items()))


def _outcome(outcome: Outcome) -> dict[str, object]:
    window, kept = outcome.shown
    return {
        "window": window.value,
        "cases": kept.cases,
        "kept": kept.kept,
        "percent": outcome.percent,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
