"""Runs rule tests on a virtual clock, by the code that the daemon runs."""

from datetime import datetime

from monitor.cycle import Office
from monitor.evaluate import NOTHING, Finding
from monitor.model import Application
from monitor.outbox import NOBODY
from monitor.past import as_of
from monitor.proof.memory import Memory, OwedNotice, Poll
from monitor.proof.trials.checking import BACKLOG, NONE
from monitor.proof.trials.comparing import differences
from monitor.proof.trials.nouns import Facts, Failure, Story, Suite, Trial, Visit
from monitor.rules import Rulebook


def run(suite: Suite, trial: Trial) -> list[Failure]:
    """Return what was not as expected, instant by instant; nothing where all was."""
    memory = Memory(suite.rulebook, Office(suite.world, suite.people, suite.digests))
    failures = []
    for visit in trial.visits:
        shown = [show(story, visit.now) for story in trial.stories]
        rows = [each for each in shown if each is not None]
        failure = _judge(suite, visit, memory.poll(rows, now=visit.now))
        if failure:
            failures.append(failure)
    return failures


def show(story: Story, now: datetime) -> Application | None:
    """Return the application as a source shows it then, or None before it was made.

    Changes up to now are in; what else lies ahead is hidden, save what is planned.
    """
    columns = dict(story.columns)
    for at, changed in story.changes:
        if at <= now:
            columns |= changed
    if columns["applied_at"] > now:
        return None
    return as_of(Application(**columns), now)


def _judge(suite: Suite, visit: Visit, poll: Poll) -> Failure | None:
    found = []
    if visit.findings is not None:
        facts = [_finding(each, suite) for each in poll.findings]
        found += differences("finding", visit.findings, facts)
    if visit.notices is not None:
        notices = [_notice(each, suite) for each in poll.owed]
        found += differences("notice", visit.notices, notices)
    return Failure(visit.line, visit.now, tuple(found)) if found else None


def _finding(finding: Finding, suite: Suite) -> Facts:
    return {
        "rule": finding.rule,
        "application": finding.application_id,
        "state": finding.late,
        "started": finding.started_at,
        "due": finding.due_at,
        "step": _step(finding, suite.rulebook),
        "owner": suite.people.roles.get(finding.owner or "", finding.owner) or NOBODY,
    }


def _step(finding: Finding, rulebook: Rulebook) -> str:
    rule = rulebook.get(finding.rule)
    if finding.backlog:
        return BACKLOG
    if finding.step == NOTHING or rule is None:
        return NONE
    return rule.firings[rule.highest(NOTHING, finding.step)].at


def _notice(told: OwedNotice, suite: Suite) -> Facts:
    due_at = told.notice.due_at
    return {
        "rule": told.alert.seen.rule,
        "application": told.alert.seen.application_id,
        "tell": told.notice.recipient,
        "step": told.firing.at,
        "at": suite.digests.opens(due_at) or due_at,
    }
