"""From a rule's text to a rule: what the shape cannot tell, all problems at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor import misfit, wording
from monitor.language import Language
from monitor.rules import ladder
from monitor.rules.columns import INSTANTS
from monitor.rules.conditions import Reader as ConditionReader
from monitor.rules.contradictions import is_endless, is_implied, must_be_empty
from monitor.rules.language import (
    ONE_START,
    ByLanguage,
    ClockText,
    Latest,
    RuleText,
    by_language,
)
from monitor.rules.layers import Entry
from monitor.rules.nouns import (
    Clock,
    Firing,
    Rule,
    Shift,
    Snooze,
    Tests,
)
from monitor.settings import CalendarSettings
from monitor.wording import Wording
from monitor.worktime import Calendar, Duration
from monitor.yamlfile import Key

ROLES = ("owner", "recruiter", "manager", "decided_by")
OWNERS = ("has_ball", "recruiter", "manager", "decided_by")
PERSON = re.compile(r"[\w.+'&=~/-]+@[\w-]+(\.[\w-]+)+")
CHANNEL = re.compile(r"#[a-z0-9_\-]{1,80}")


@dataclass(frozen=True, slots=True)
class House:
    """What the settings and the mappings know, which a rule may speak of.

    None stands where it is not known which ones there are: then any word will do.
    """

    roles: frozenset[str] | None = frozenset()
    stages: frozenset[str] | None = None
    calendar: CalendarSettings = field(default_factory=CalendarSettings)
    calendars: Mapping[str, CalendarSettings] | None = field(default_factory=dict)


class RuleReader:
    """Makes one rule out of its text and collects what makes no sense."""

    def __init__(self, entry: Entry, house: House) -> None:
        self.entry = entry
        self.house = house
        self.roles = {*ROLES, *(house.roles or ())}
        self.text, self.problems, self._spared = entry.shape()

    def note(self, path: tuple[Key, ...], message: str) -> None:
        """Keep a problem, unless it is about what stands in for a wrong key."""
        if path[0] not in self._spared:
            self.problems.append(self.entry.problem(path, message))

    def rule(self) -> Rule | None:
        """Return the rule, or None if anything in it is wrong."""
        text = self.text
        conditions = ConditionReader(self.note, self.house.stages)
        tests = conditions.tests(("when",), text.when)
        exempt = tuple(
            conditions.tests(("exempt", index), each)
            for index, each in enumerate(text.exempt)
        )
        clock = self._clock(text.clock)
        self._refuse_exempting_all(text, tests, exempt)
        if "clock" not in self._spared:
            self._refuse_contradiction(tests, clock)
            self._promise(text)
        titles = self._titles(text.title)
        self._owner(text.owner)
        firings = self._firings(text)
        messages = self._messages(text.message)
        calendar = self._calendar(text.calendar)
        if self.problems:
            return None
        return Rule(
            id=text.id,
            title=titles.pop(Language.EN),
            why=text.why,
            source=text.source,
            tests=tests,
            exempt=exempt,
            clock=clock,
            target=text.target,
            owner=text.owner,
            firings=firings,
            severity=text.severity,
            snooze=_snooze(text),
            backlog=text.backlog,
            message=messages.pop(Language.EN),
            calendar=calendar,
            effective_from=text.effective_from,
            legal=text.legal,
            titles=titles,
            messages=messages,
        )

    def _clock(self, text: ClockText) -> Clock:
        starts, pick = self._starts(text.starts)
        for column in text.stops:
            self._instant(("clock", "stops"), column)
        if text.due is not None:
            self._instant(("clock", "due"), text.due)
        self._refuse_endless(starts, text.stops)
        return Clock(
            starts, pick, text.stops, bool(text.pauses), text.not_before, text.due
        )

    def _starts(
        self, starts: Latest
    ) -> tuple[tuple[str, ...], Literal["latest", "earliest"]]:
        if (starts.latest is None) == (starts.earliest is None):
            self.note(("clock", "starts"), ONE_START)
        columns = starts.latest or starts.earliest or ()
        for column in columns:
            self._instant(("clock", "starts"), column)
        return columns, "latest" if starts.latest else "earliest"

    def _instant(self, path: tuple[str, ...], column: str) -> None:
        if column not in INSTANTS:
            hint = misfit.nearest(column, INSTANTS) or " (such as applied_at)"
            self.note(path, f'"{column}" is not a column that holds an instant{hint}')

    def _refuse_endless(self, starts: tuple[str, ...], stops: tuple[str, ...]) -> None:
        if is_endless(starts, stops):
            message = (
                f"{' and '.join(stops)} never comes after the start, so the clock "
                "can never stop; name what ends the wait, such as told_at"
            )
            self.note(("clock", "stops"), message)

    def _refuse_contradiction(self, tests: Tests, clock: Clock) -> None:
        """Note a rule that no application can ever meet."""
        absent = must_be_empty(tests)
        if clock.starts and absent.issuperset(clock.starts):
            message = (
                f"{clock.starts[0]} has to be absent here and starts the clock: "
                "no application would ever match"
            )
            self.note(("when", clock.starts[0]), message)

    def _refuse_exempting_all(
        self, text: RuleText, tests: Tests, exempt: tuple[Tests, ...]
    ) -> None:
        """Note an exemption for all; of one that is wrong itself nothing is known."""
        for index, (each, said) in enumerate(zip(exempt, text.exempt, strict=True)):
            is_sound = set(said) == {test.column for test in each}
            if is_sound and all(is_implied(test, tests) for test in each):
                message = "is met by all that `when` asks for: nothing would be left"
                self.note(("exempt", index), message)

    def _promise(self, text: RuleText) -> None:
        """Note a rule without a deadline, or with two."""
        clock, target = text.clock, text.target
        if clock.due is None and target is None:
            self.note(("target",), "is missing")
        elif clock.due is not None and target is not None:
            message = f"{clock.due} holds the deadline already; keep one of the two"
            self.note(("target",), message)
        for key in ("pauses", "not_before"):
            if clock.due is not None and getattr(clock, key) is not None:
                message = f"a promised day does not move; take `{key}` away"
                self.note(("clock", key), message)
        self._not_before(clock.not_before, target)

    def _not_before(self, soonest: Duration | None, target: Duration | None) -> None:
        if soonest is None or target is None:
            return
        if ladder.nominal((soonest, False)) > ladder.nominal((target, False)):
            message = f"{soonest} is later than the target of {target}"
            self.note(("clock", "not_before"), message)

    def _titles(self, text: str | ByLanguage) -> dict[Language, str]:
        titles = {}
        for path, language, title in by_language("title", text):
            titles[language] = title
            if not title.strip() or not title.isprintable():
                self.note(path, "write a line of text that says what is promised")
        return titles

    def _owner(self, owner: str) -> None:
        owners = {*OWNERS, *self.roles} - {"owner"}
        if owner not in owners and self.house.roles is not None:
            hint = misfit.nearest(owner, owners)
            self.note(("owner",), f'no role "{owner}"{hint}')

    def _messages(self, text: str | ByLanguage) -> dict[Language, Wording]:
        messages = {}
        for path, language, line in by_language("message", text):
            try:
                messages[language] = wording.parse(line)
            except ValueError as error:
                self.note(path, str(error))
        return messages

    def _calendar(self, text: str | CalendarSettings | None) -> Calendar | None:
        known = self.house.calendars
        if text is None or known is None:
            return None
        if isinstance(text, str) and text not in known:
            hint = misfit.nearest(text, known) or " (name it under `calendars`)"
            self.note(("calendar",), f'no calendar "{text}" in the settings{hint}')
            return None
        chosen = known[text] if isinstance(text, str) else text
        whole = chosen.under(self.house.calendar)
        faults = list(whole.faults())
        for key, said in faults:
            self.note(("calendar", *key), said)
        return None if faults else whole.calendar()

    def _firings(self, text: RuleText) -> tuple[Firing, ...]:
        firings: list[Firing] = []
        taken: dict[tuple[Shift, ...], int] = {}
        for index, step in enumerate(text.ladder):
            path = ("ladder", index)
            for word in step.tell:
                self._recipient((*path, "tell"), word)
            shift = self._offset((*path, "at"), step.at, text)
            if shift is None:
                continue
            if shift in taken:
                message = f"ladder[{taken[shift]}] stands at the same offset; join them"
                self.note((*path, "at"), message)
            taken.setdefault(shift, index)
            tell = tuple(w.lower() if PERSON.fullmatch(w) else w for w in step.tell)
            firings += ladder.fire(step.model_copy(update={"tell": tell}), shift)
        return tuple(sorted(firings, key=lambda firing: firing.place))

    def _offset(
        self, path: tuple[str | int, ...], at: str, text: RuleText
    ) -> tuple[Shift, ...] | None:
        target, backlog = text.target, text.backlog
        if at in {"target", "at target"}:
            return ()
        words, _, side = at.rpartition(" ")
        if side not in {"before", "after"}:
            message = f'"{at}" is not an offset (try "target", "4 days before" or "2 working days after")'
            self.note(path, message)
            return None
        try:
            by = Duration.parse(words)
        except ValueError as error:
            self.note(path, str(error))
            return None
        shift = (by, side == "before")
        if target and ladder.nominal((target, False)) + ladder.nominal(shift) <= 0:
            self._too_early(path, at, target)
        if not shift[1] and ladder.nominal(shift) > ladder.nominal((backlog, False)):
            message = (
                f'"{at}" is later than the backlog of {backlog}: nobody is told then'
            )
            self.note(path, message)
        return (shift,)

    def _too_early(
        self, path: tuple[str | int, ...], at: str, target: Duration
    ) -> None:
        """Note a step before the start, where the key stands that made it so."""
        lowered, rungs = self.entry.written("target"), self.entry.written("ladder")
        layers = self.entry.layers
        if layers.index(lowered) <= layers.index(rungs):
            message = f'"{at}" the target of {target} is not after the clock starts'
            self.note(path, message + "; write a shorter time")
            return
        line = rungs.document.places.get((*rungs.path, *path), (0, 0))[0]
        where = f"{rungs.document.file}:{line}"
        message = f'leaves no room for the step "{at}" ({where}); change `ladder` too'
        self.note(("target",), message)

    def _recipient(self, path: tuple[str | int, ...], word: str) -> None:
        if word in self.roles or PERSON.fullmatch(word) or CHANNEL.fullmatch(word):
            return
        if self.house.roles is None and not word.startswith("#"):
            return
        hint = misfit.nearest(word, self.roles)
        self.note(path, f'no role, person or channel "{word}"{hint}')


def _snooze(text: RuleText) -> Snooze:
    if text.snooze == "never":
        return Snooze(Duration.parse("1 day"), 0)
    return Snooze(text.snooze.longest, text.snooze.at_most)
