"""Small things to test with: each is a plain one, with what the test says changed."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from monitor import evaluate, rules, yamlfile
from monitor.alerts import Alert, State
from monitor.evaluate import Check, Finding, Late, World
from monitor.model import Application, Status
from monitor.rules import House, Rule, Rulebook
from monitor.worktime import Calendar

OSLO = ZoneInfo("Europe/Oslo")
INGRID, PER = "ingrid@example.org", "per@example.org"
MONDAY = "2026-09-07 09:00"

PLAIN_RULE = {
    "id": "first-reply",
    "title": "Every candidate hears from us within 14 days",
    "clock": "{starts: applied_at, stops: [first_reply_at, told_at]}",
    "target": "14 days",
    "ladder": "[{at: target, tell: owner}]",
}


def at(local: str) -> datetime:
    """Return the instant of a local time in Oslo; 7 September 2026 is a Monday."""
    return datetime.fromisoformat(local).replace(tzinfo=OSLO).astimezone(UTC)


@cache
def calendar(*closed_on: date) -> Calendar:
    """Return the office in Oslo: Monday to Friday, 8 to 16, without public holidays."""
    hours = {weekday: [(time(8), time(16))] for weekday in range(5)}
    return Calendar(zone="Europe/Oslo", hours=hours, closed_on=closed_on)


def application(**changed: Any) -> Application:
    """Return an application of Monday morning, not answered yet."""
    plain: dict[str, Any] = {
        "application_id": "A1",
        "candidate_ref": "C1",
        "applied_at": at(MONDAY),
        "status": Status.OPEN,
        "candidate_name": "Kari Nordli",
        "job_ref": "J1",
        "job_title": "Nurse",
        "department": "Health",
        "recruiter": INGRID,
        "manager": PER,
    }
    return Application(**plain | changed)


def rulebook(
    *texts: Mapping[str, str], roles: Collection[str] = ("hr_lead",)
) -> Rulebook:
    """Return the rules made of the plain one, each key's YAML changed as asked."""
    lines = ["rules:"]
    for text in texts:
        pairs = [f"{key}: {value}" for key, value in {**PLAIN_RULE, **text}.items()]
        lines += ["  - " + pairs[0], *("    " + pair for pair in pairs[1:])]
    house = House(roles=frozenset(roles))
    return rules.parse([yamlfile.parse("\n".join(lines), "a.yaml")], house)


def rule(**text: str) -> Rule:
    """Return one rule; see `rulebook`."""
    [found] = rulebook(text).rules
    return found


def check(
    of: Rule,
    now: datetime,
    *,
    lag: timedelta = timedelta(0),
    calendar: Calendar = calendar(),  # noqa: B008 - calendars never change
) -> Check:
    """Return one rule made ready; messages call the candidate by the full name."""
    world = World(calendar, lag, lambda row: row.candidate_name or "")
    [found] = evaluate.prepare(Rulebook((of,)), world, now=now)
    return found


def found_in(made: Check, row: Application) -> Finding | None:
    """Return what the rule finds in one application alone."""
    return evaluate.finding(made, row)


def finding(**changed: Any) -> Finding:
    """Return a breach of the plain rule, a day late on 22 September."""
    plain: dict[str, Any] = {
        "rule": "first-reply",
        "application_id": "A1",
        "late": Late.BREACHED,
        "step": 0,
        "started_at": at(MONDAY),
        "due_at": at("2026-09-21 09:00"),
        "backlog": False,
        "owner": INGRID,
        "recruiter": INGRID,
        "manager": PER,
        "decided_by": None,
        "candidate": "K. N.",
        "job_ref": "J1",
        "job_title": "Nurse",
        "department": "Health",
        "url": None,
    }
    return Finding(**plain | changed)


def alert(**changed: Any) -> Alert:
    """Return an open breach; keys of a finding change what was seen."""
    own = {name: changed.pop(name) for name in Alert.__slots__ if name in changed}
    plain: dict[str, Any] = {
        "id": 1,
        "source": "ats",
        "seen": finding(**changed),
        "state": State.BREACHED,
        "step": 0,
    }
    return Alert(**plain | own)
