"""Checks what the shape of a rule test cannot tell: times, rules, steps, people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from monitor import misfit
from monitor.errors import Problem
from monitor.outbox import NOBODY
from monitor.proof.trials.nouns import Facts, Story, Trial, Visit
from monitor.proof.trials.shape import (
    ApplicationText,
    ChangeText,
    ExpectText,
    FindingText,
    NoticeText,
    TrialText,
)
from monitor.rules import Rule, Rulebook
from monitor.rules.reader import CHANNEL, PERSON
from monitor.worktime import Calendar
from monitor.yamlfile import Document, Key

BACKLOG, NONE = "backlog", "none"  # what stands for a step where there is none
REQUIRED = ("candidate_ref", "applied_at", "status")
_ADDRESSES = {"candidate_email", "recruiter", "manager", "decided_by"}
_Path = tuple[Key, ...]


class Checker:
    """Makes the trials of one file, and collects what makes no sense in them."""

    def __init__(
        self,
        document: Document,
        rulebook: Rulebook,
        calendar: Calendar,
        roles: Mapping[str, str],
    ) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._on = {rule.id: rule for rule in rulebook.rules}
        self._off = {rule.id for rule in rulebook.off}
        self._calendar = calendar
        self._roles = roles

    def trials(self, texts: Iterable[tuple[int, TrialText]]) -> tuple[Trial, ...]:
        """Return the trials of these places; `problems` then has what is wrong."""
        names: set[str] = set()
        found = []
        for place, text in texts:
            path = ("tests", place)
            if text.name in names:
                message = "another test of this file has that name; each has its own"
                self._note((*path, "name"), message)
            names.add(text.name)
            found.append(self._trial(path, text))
        return tuple(found)

    def _note(self, path: _Path, message: str) -> None:
        self.problems.append(self._document.problem(path, message))

    def _line(self, path: _Path) -> int:
        return self._document.places[self._document.locate(path)][0]

    def _trial(self, path: _Path, text: TrialText) -> Trial:
        stories: dict[str, Story] = {}
        for index, each in enumerate(text.applications):
            here = (*path, "applications", index)
            if each.application_id in stories:
                message = f'"{each.application_id}" stands twice in this test'
                self._note((*here, "application_id"), message)
            stories[each.application_id] = self._story(here, each)
        if not any(self._asks(each) for each in text.expect):
            message = "nothing is expected; write findings or notices, or none of them"
            self._note((*path, "expect"), message)
        visits = []
        for index, expected in enumerate(text.expect):
            here = (*path, "expect", index)
            visits.append(self._visit(here, expected, stories))
            if index and visits[-1].now <= visits[-2].now:
                message = "is not later than the one before it; time goes on in a test"
                self._note((*here, "now"), message)
        return Trial(
            text.name, self._line(path), tuple(stories.values()), tuple(visits)
        )

    def _asks(self, text: ExpectText) -> bool:
        return bool(text.model_fields_set & {"findings", "notices"})

    def _story(self, path: _Path, text: ApplicationText) -> Story:
        columns = self._columns(path, text)
        columns.setdefault("candidate_ref", text.application_id)
        columns["status"] = text.status
        changes = [
            (
                self._instant((*path, "changes", index, "at"), each.at),
                self._columns((*path, "changes", index), each),
            )
            for index, each in enumerate(text.changes)
        ]
        # Changes at one instant keep the order in which they are written.
        changes.sort(key=lambda change: change[0])
        return Story(columns, tuple(changes))

    def _columns(
        self, path: _Path, text: ApplicationText | ChangeText
    ) -> dict[str, Any]:
        """Return the columns that are written, as a row of the source has them."""
        names = text.model_fields_set - {"at", "changes"}
        for name in REQUIRED:
            if name in names and getattr(text, name) in {None, ""}:
                self._note((*path, name), "is empty, and every application has one")
        return {name: self._value((*path, name), getattr(text, name)) for name in names}

    def _value(self, path: _Path, value: Any) -> Any:
        if isinstance(value, datetime):
            return self._instant(path, value)
        if isinstance(value, tuple):
            return tuple(sorted(self._spell(path, *ends) for ends in value))
        if path[-1] in _ADDRESSES and value is not None:
            return value.strip().lower() or None
        return value

    def _spell(
        self, path: _Path, begins: datetime, ends: datetime
    ) -> tuple[datetime, datetime]:
        spell = (self._instant(path, begins), self._instant(path, ends))
        if spell[1] < spell[0]:
            self._note(path, "a spell ends before it begins")
        return spell

    def _instant(self, path: _Path, at: datetime) -> datetime:
        """Return the instant; without a zone it is local to the calendar."""
        if at.tzinfo is not None:
            return at.astimezone(UTC)
        instant = self._calendar.at_local(at.date(), at.time())
        if instant.astimezone(self._calendar.zone).replace(tzinfo=None) != at:
            message = "there is no such time that day: the clocks go forward over it"
            self._note(path, message)
        return instant

    def _visit(
        self, path: _Path, text: ExpectText, applications: Collection[str]
    ) -> Visit:
        written = text.model_fields_set
        findings = [
            self._finding((*path, "findings", index), each, applications)
            for index, each in enumerate(text.findings)
        ]
        notices = [
            self._notice((*path, "notices", index), each, applications)
            for index, each in enumerate(text.notices)
        ]
        now = self._instant((*path, "now"), text.now)
        try:
            self._calendar.require_open(now)
        except ValueError as error:
            self._note((*path, "now"), str(error))
        return Visit(
            now=now,
            line=self._line(path),
            findings=tuple(findings) if "findings" in written else None,
            notices=tuple(notices) if "notices" in written else None,
        )

    def _finding(
        self, path: _Path, text: FindingText, applications: Collection[str]
    ) -> Facts:
        facts = self._facts(path, text, applications)
        rule = self._on.get(text.rule)
        if rule and text.step is not None:
            self._step((*path, "step"), text.step, [*_steps(rule), NONE, BACKLOG])
        if text.owner is not None:
            facts["owner"] = self._person((*path, "owner"), text.owner)
        return facts

    def _notice(
        self, path: _Path, text: NoticeText, applications: Collection[str]
    ) -> Facts:
        facts = self._facts(path, text, applications)
        rule = self._on.get(text.rule)
        if rule and text.step is not None:
            self._step((*path, "step"), text.step, _steps(rule))
        if text.tell is not None:
            facts["tell"] = self._person((*path, "tell"), text.tell)
        return facts

    def _facts(
        self,
        path: _Path,
        text: FindingText | NoticeText,
        applications: Collection[str],
    ) -> dict[str, Any]:
        if text.rule in self._off:
            message = f'the rule "{text.rule}" is off in this test; name it in `rules`'
            self._note((*path, "rule"), message)
        elif text.rule not in self._on:
            hint = misfit.nearest(text.rule, self._on)
            self._note((*path, "rule"), f'no rule "{text.rule}"{hint}')
        if text.application not in applications:
            hint = misfit.nearest(text.application, applications)
            message = f'this test has no application "{text.application}"{hint}'
            self._note((*path, "application"), message)
        facts: dict[str, Any] = {}
        for name in sorted(text.model_fields_set):
            value = getattr(text, name)
            if value is None:
                message = "is empty; say what is expected, or take it away"
                self._note((*path, name), message)
            facts[name] = self._value((*path, name), value)
        return facts

    def _step(self, path: _Path, step: str, known: Sequence[str]) -> None:
        if step not in known:
            message = f'no step "{step}"{misfit.nearest(step, known)}'
            self._note(path, message)

    def _person(self, path: _Path, word: str) -> str:
        """Return who is meant, as the outbox says it: the address behind a role."""
        known = {*self._roles, NOBODY}
        if PERSON.fullmatch(word):
            return word.lower()
        if word not in known and not CHANNEL.fullmatch(word):
            hint = misfit.nearest(word, known)
            message = f'"{word}" is no address, no channel and no role{hint}'
            self._note(path, message)
        return self._roles.get(word, word)


def _steps(rule: Rule) -> list[str]:
    """Return the words of a rule's steps, in the order of their time."""
    return list(dict.fromkeys(firing.at for firing in rule.firings))
