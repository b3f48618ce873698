"""Says in the log what an operator wants to know, once and not at every tick."""

import logging
from datetime import datetime

from monitor import cycle, delivery
from monitor.configuration import Configuration
from monitor.daemon.logs import fields
from monitor.errors import ConfigError, LeaseLost, SourceError, StoreError
from monitor.proof import difference
from monitor.proof.difference import Edit
from monitor.store.ledger.erasure import Erased
from monitor.store.replicas import Standing
from monitor.store.words import PostStatus

FIXED = ("sources", "state", "metrics", "log")  # taken up at the next start
NAMED_IDS = 10
BEHIND = (
    "another svar on this state has newer rules, mappings or settings; "
    "this one waits until its files are the same, or the other is gone"
)
_CHANGED = frozenset({Edit.CHANGED, Edit.REWORDED})


class Teller:
    """Remembers what was said, so that a lasting fault is one line."""

    def __init__(self, log: logging.Logger) -> None:
        self.log = log
        self._said: dict[str, str] = {}
        self._token_was_valid = True
        self._silent_sources: frozenset[str] = frozenset()
        self._unread: frozenset[str] = frozenset()
        self._rejected: dict[str, int] = {}  # rows, by source
        self._errors: frozenset[str] = frozenset()  # of the last calls to Slack
        self._is_cut_off = False

    def once(self, what: str, message: str, level: int = logging.ERROR) -> None:
        """Log a trouble when it appears or changes."""
        if self._said.get(what) != message:
            self._said[what] = message
            self.log.log(level, message)

    def over(self, what: str) -> bool:
        """Forget an error; tell whether there was one."""
        return self._said.pop(what, None) is not None

    def cycled(self, report: cycle.Report) -> None:
        """Tell what a poll changed, or that it failed, or that it works again."""
        run = report.run
        if not run.is_good:
            self.once(run.source, f"{run.error}; nothing is closed, nothing is lost")
            return
        if self.over(run.source):
            self.log.info("source is back", extra=fields(source=run.source))
        self._polled(report)
        self._rejected_rows(report)
        self._unmeasurable(report)
        for rule, count in report.held.items():
            self.log.warning("closures held", extra=fields(rule=rule, alerts=count))

    def _polled(self, report: cycle.Report) -> None:
        run = report.run
        is_news = run.changes or run.rejected != self._rejected.get(run.source, 0)
        self._rejected[run.source] = run.rejected
        self.log.log(
            logging.INFO if is_news else logging.DEBUG,
            "polled",
            extra=fields(
                source=run.source,
                applications=run.applications,
                findings=run.findings,
                changes=run.changes,
                rejected=run.rejected,
                seconds=round(report.seconds, 3),
            ),
        )

    def _rejected_rows(self, report: cycle.Report) -> None:
        what = f"{report.run.source} rows"
        if report.rejected_ids:
            ids = ", ".join(report.rejected_ids[:NAMED_IDS])
            self.once(what, f"rows that cannot be read: {ids}")
        else:
            self.over(what)

    def _unmeasurable(self, report: cycle.Report) -> None:
        source = report.run.source
        if report.unmeasurable:
            ids = ", ".join(report.unmeasurable)
            message = f"rules that {source} lacks columns for: {ids}"
            self.once(f"{source} rules", message, logging.WARNING)
        else:
            self.over(f"{source} rules")

    def unreached(self, error: SourceError) -> None:
        """Tell of a source that cannot be read at the start; its polls go on trying."""
        message = f"{error}; the other sources are read meanwhile"
        self.log.warning(message)

    def edited(self, report: cycle.Report) -> None:
        """Tell what the first poll with a new configuration made of it."""
        effects = report.effects
        rules = sorted({rule for rule, *_ in report.transitions})
        self.log.info(
            "the edit took effect",
            extra=fields(
                source=report.run.source,
                **{str(reason): count for reason, count in sorted(effects.items())},
                **({"rules": ",".join(rules)} if rules else {"alerts": "unchanged"}),
            ),
        )

    def erased(self, source: str, erased: Erased) -> None:
        """Tell what was forgotten since the source has it no more; names nobody."""
        if erased.alerts:
            counts = fields(source=source, alerts=erased.alerts, posts=erased.posts)
            self.log.info("forgot what the source has no more", extra=counts)
        if erased.held:
            message = f"{erased.held} applications of {source} are gone at once"
            message = f"{message}; they are forgotten once three passes find so"
            self.once(f"{source} erasure", message, logging.WARNING)
        else:
            self.over(f"{source} erasure")

    def orphaned(self, source: str, closed: int) -> None:
        """Tell of a source whose alerts are closed, since the settings lack it."""
        if closed:
            message = "a source is not in the settings; its alerts are closed"
            self.log.warning(message, extra=fields(source=source, alerts=closed))

    def _silent(self, stale: frozenset[str]) -> None:
        """Tell of sources whose nudges are held since they were silent for too long."""
        for source in stale:
            message = f"{source} has been silent for too long; its nudges are held"
            self.once(f"{source} silence", message, logging.WARNING)
        for source in self._silent_sources - stale:
            self.over(f"{source} silence")
            self.log.info("nudges go on", extra=fields(source=source))
        self._silent_sources = stale

    def _token(self, *, is_valid: bool | None) -> None:
        if is_valid is None:
            return  # there is none
        if not is_valid and self._token_was_valid:
            self.log.error("Slack refuses the token; sending waits, the queue is kept")
        elif is_valid and not self._token_was_valid:
            self.log.info("Slack takes the token again; sending goes on")
        self._token_was_valid = is_valid

    def _failed(self, report: delivery.Report) -> None:
        """Tell what Slack refused, unless it was just that the last time we asked."""
        for error, count in report.errors.items():
            if error not in self._errors:
                self.log.warning(
                    "slack call failed", extra=fields(error=error, times=count)
                )
        if report.calls or report.errors:
            self._errors = frozenset(report.errors)

    def delivered(self, report: delivery.Report) -> None:
        """Tell what was sent and what was refused."""
        for outcome, count in report.posts.items():
            if report.is_token_valid is None:  # nothing goes to Slack
                became = "printed" if outcome == PostStatus.SENT else outcome
                self.log.info("terminal", extra=fields(outcome=became, posts=count))
            else:
                self.log.info("slack", extra=fields(outcome=outcome, posts=count))
        self._failed(report)
        self._token(is_valid=report.is_token_valid)
        self._silent(report.stale)
        self._verified(report)

    def _verified(self, report: delivery.Report) -> None:
        """Tell what was held back at the last moment, and sources that were no help."""
        for source, notices in report.doubtful.items():
            counts = fields(source=source, notices=notices)
            self.log.info("held back what settled since the last poll", extra=counts)
        for source, said in report.unread.items():
            message = f"{said}; what the last poll of {source} said is told"
            self.once(f"{source} verify", message, logging.WARNING)
        for source in self._unread - set(report.unread):
            self.over(f"{source} verify")
        self._unread = frozenset(report.unread)

    def waits(self, notices: int, until: str) -> None:
        """Tell that notices wait for working hours; an empty `until` means they do not."""
        if not notices or not until:
            self.over("outbox")
        elif self._said.get("outbox") != until:
            self._said["outbox"] = until
            self.log.info(
                "notices wait for working hours",
                extra=fields(notices=notices, until=until),
            )

    def holds(self, lease: str) -> None:
        """Tell that this replica does something from now on."""
        self.over(f"lease {lease}")
        self.log.info("takes a lease", extra=fields(lease=lease))

    def lets_go(self, lease: str) -> None:
        """Tell that this replica does something no more."""
        self.log.info("lets a lease go", extra=fields(lease=lease))

    def cut_off(self, error: StoreError) -> None:
        """Tell once that leases cannot be renewed, whatever the error says next."""
        if not self._is_cut_off:
            message = f"{error}; this replica's leases run out until it is back"
            self.log.error(message)
        self._is_cut_off = True

    def connected(self) -> None:
        """Tell that leases can be had again."""
        if self._is_cut_off:
            self.log.info("the state is back")
        self._is_cut_off = False

    def lost(self, error: LeaseLost) -> None:
        """Tell that work under way was not kept, since another replica does it now."""
        if f"lease {error.lease}" not in self._said:
            self.once(f"lease {error.lease}", str(error), logging.WARNING)

    def stands(self, before: Standing, after: Standing) -> None:
        """Tell when this replica steps back behind newer files, and when no more."""
        if after.is_behind and not before.is_behind:
            self.log.warning(BEHIND)
        elif before.is_behind and not after.is_behind:
            self.log.info("no other svar has newer files; this one goes on")

    def refused(self, error: ConfigError) -> None:
        """Tell every problem of a configuration that is not taken up."""
        for problem in error.problems:
            message = f"configuration refused: {problem}"
            self.log.error(message)
        self.log.warning("the configuration that runs is kept")

    def reloaded(
        self, before: Configuration, loaded: Configuration, *, now: datetime
    ) -> None:
        """Tell what a new configuration changes in the rules."""
        old = {rule.id for rule in before.rulebook.rules}
        new = {rule.id for rule in loaded.rulebook.rules}
        edits = difference.edits(before.rulebook, loaded.rulebook, now=now)
        changed = [each.rule for each in edits if each.edit in _CHANGED]
        self.log.info(
            "configuration taken up",
            extra=fields(
                rules=len(new),
                added=",".join(sorted(new - old)) or "none",
                removed=",".join(sorted(old - new)) or "none",
                changed=",".join(sorted(new.intersection(changed))) or "none",
            ),
        )

    def restart(self, started_with: Configuration, loaded: Configuration) -> None:
        """Tell what is configured otherwise than it runs, until a restart."""
        fixed = [
            key
            for key in FIXED
            if getattr(started_with.settings, key) != getattr(loaded.settings, key)
        ]
        if _line(started_with) != _line(loaded):
            fixed.append("slack")
        if started_with.mappings != loaded.mappings:
            fixed.append("mapping")
        if fixed:
            keys = ", ".join(fixed)
            self.log.warning(
                "restart svar to take up a change", extra=fields(keys=keys)
            )


def _line(loaded: Configuration) -> tuple[object, ...]:
    """Return what leads to Slack; another token is taken up as it runs."""
    slack = loaded.settings.slack
    return slack.token is None, slack.app_token, slack.api_url
