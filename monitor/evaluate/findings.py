"""What evaluating an application says: findings, and why there is none any more."""

import sys
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from monitor.model import Application, Ball
from monitor.rules import Rule

SKEW = timedelta(minutes=5)  # of a source's clock; what is further ahead is to come
NOTHING = -1  # no step of the ladder is due yet


class Late(StrEnum):
    """How late a clock runs now."""

    WARNING = "warning"
    BREACHED = "breached"


class Finding(NamedTuple):
    """A rule and an application for which a clock runs late now, with what was seen.

    `step` counts the rule's firings that are due, -1 for none; `backlog`: so late that
    nobody is nudged. The rest is what a message or a person needs to know.
    """

    rule: str
    application_id: str
    late: Late
    step: int
    started_at: datetime
    due_at: datetime
    backlog: bool
    owner: str | None
    recruiter: str | None
    manager: str | None
    decided_by: str | None
    candidate: str
    job_ref: str | None
    job_title: str | None
    department: str | None
    url: str | None


class Ending(StrEnum):
    """Why a clock that ran late does so no more."""

    STOPPED = "stopped"
    CLOSED = "closed"
    EXEMPTED = "exempted"
    MOVED = "moved"


class Verdict(NamedTuple):
    """Why an open alert's application is no finding any more, and since when."""

    ending: Ending
    effective_at: datetime


def shared(text: str | None) -> str | None:
    """Return one object for equal texts: thousands of findings name the same few."""
    return None if text is None else sys.intern(text)


def owner(rule: Rule, row: Application) -> str | None:
    """Return the address of the person who owes the next step, or a role's name."""
    match rule.owner:
        case "has_ball":
            return row.manager if row.waiting_on is Ball.MANAGER else row.recruiter
        case "recruiter":
            return row.recruiter
        case "manager":
            return row.manager
        case "decided_by":
            return row.decided_by or row.recruiter
        case role:
            return role
