"""What a language has to say: a table of phrases, with a place for each number and name.

Words in braces are filled in; what stands there is escaped by whoever fills it in.
"""

from dataclasses import dataclass
from typing import NamedTuple

from monitor.worktime import Duration, Unit


class Plural(NamedTuple):
    """A phrase about one, and the same about none or several."""

    one: str
    many: str

    def of(self, count: int) -> str:
        return self.one if count == 1 else self.many


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """All that is said in one language; a phrase that is missing is a type error."""

    # Numbers, days and waits. `thousands` stands between each three figures.
    thousands: str
    weekdays: tuple[str, str, str, str, str, str, str]
    months: tuple[str, str, str, str, str, str, str, str, str, str, str, str]
    day: str
    time: str  # as strftime has it
    moment: str
    minutes: Plural
    hours: Plural
    days: Plural
    working_hours: Plural
    working_days: Plural
    under_an_hour: str

    # The promise, as a possession and as what becomes of it.
    ours: Plural
    ours_unnamed: str
    promised_unnamed: str
    up: Plural
    passed: Plural
    passed_for: Plural

    # How a message begins, and what it is made of.
    morning: str
    afternoon: str
    evening: str
    headline_answer: Plural
    headline_decision: Plural
    headline_colleague: Plural
    advice: str
    stands_in: str
    mine: str
    soon: str
    theirs: str
    people: Plural
    open_one: str
    open_all: str
    more: str
    wait_unknown: str

    # How a wait ended.
    answered: str
    decided: str
    on_time: str
    late: str
    closed: str
    waived: str
    obsolete: str

    # The last line.
    settled_since: str
    public: Plural

    # A channel.
    channel_late: Plural
    channel_soon: Plural
    channel_row: str
    channel_settled: str
    no_department: str
    more_places: str
    unreachable: str

    # A message about one person.
    someone: str
    about: str
    asks_answer: str
    asks_decision: str
    awaits_answer: str
    awaits_decision: str
    still: str

    # To the admin, and of what is gone.
    held: Plural
    held_how: str
    silent: str
    silent_how: str
    erased: str

    # The week's report. `on_*`: whom people wait for.
    week_empty: str
    week_heard: str
    week_kept: str
    week_all: str
    week_few: str
    week_cases: Plural
    week_better: Plural
    week_worse: Plural
    week_same: str
    week_late: Plural
    week_nobody: str
    weeks: Plural
    on_recruiter: str
    on_manager: str
    on_candidate: str
    on_nobody: str
    on_unknown: str
    week_promises: str
    week_promise: str
    week_promise_before: str
    week_jobs: str
    week_no_title: str
    week_edits: str
    edit_added: str
    edit_removed: str
    edit_switched_on: str
    edit_switched_off: str
    edit_reworded: str
    week_silent: str
    week_note: str

    def number(self, count: int) -> str:
        """Return a number as it is written: 1,204."""
        return f"{count:,}".replace(",", self.thousands)

    def count(self, phrase: Plural, count: int, **values: str) -> str:
        """Return the phrase about so many, with the number in it."""
        return phrase.of(count).format(n=self.number(count), **values)

    def duration(self, promise: Duration) -> str:
        """Return a duration in words: "14 days"."""
        units = {
            Unit.HOURS: self.hours,
            Unit.DAYS: self.days,
            Unit.WORKING_HOURS: self.working_hours,
            Unit.WORKING_DAYS: self.working_days,
        }
        return self.count(units[promise.unit], promise.amount)

    def our(self, promise: Duration | None) -> str:
        """Return what we call a promise: "our 14 days"."""
        if promise is None:
            return self.ours_unnamed
        return self.ours.of(promise.amount).format(promise=self.duration(promise))
