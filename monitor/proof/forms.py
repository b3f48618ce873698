"""Rules as plain texts, short enough to be kept, so that every edit of them is seen.

What says the same has the same form, however it is written.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from monitor import wording
from monitor.rules import Rule, Rulebook
from monitor.wording import Wording
from monitor.worktime import Calendar, Duration

COMPARED = timedelta(days=366)  # of calendars, back and ahead
LONGEST = 30  # characters of what is kept as it is written
_KEYS = {  # where a rule's key has another name
    "tests": "when",
    "firings": "ladder",
    "titles": "title",
    "messages": "message",
}
_MARK = "#"  # before the digest of a text that is too long, or is one of words
WORDS = frozenset({"title", "why", "source", "message"})


class Form(NamedTuple):
    """One rule: whether it is on, and what each of its keys says."""

    is_on: bool
    keys: dict[str, str]


class Forms(NamedTuple):
    """All rules by id; calendars are those of the year around `at`."""

    at: datetime
    rules: dict[str, Form]


def make(rulebook: Rulebook, *, at: datetime) -> Forms:
    """Return the forms of all rules, those that are off too."""
    known = {rule.id: Form(True, _keys(rule, at)) for rule in rulebook.rules}  # noqa: FBT003 - a field
    off = {rule.id: Form(False, _keys(rule, at)) for rule in rulebook.off}  # noqa: FBT003 - a field
    return Forms(at, known | off)


def write(forms: Forms) -> str:
    """Return the forms as one text."""
    return json.dumps([forms.at.isoformat(), forms.rules])


def read(text: str) -> Forms:
    """Return the forms in a text."""
    at, rules = json.loads(text)
    return Forms(
        datetime.fromisoformat(at), {name: Form(*each) for name, each in rules.items()}
    )


def changed(old: Form, new: Form) -> tuple[str, ...]:
    """Return the keys that say another thing than before.

    A key that only one of them has is none: another Svar wrote it.
    """
    both = (key for key in new.keys if key in old.keys)
    return tuple(key for key in both if old.keys[key] != new.keys[key])


def words(old: Form, new: Form) -> str:
    """Return in one line what changed: "target 14 days -> 10 days, ladder"."""
    return ", ".join(_change(old, new))


def _change(old: Form, new: Form) -> Iterator[str]:
    for key in changed(old, new):
        before, after = old.keys[key], new.keys[key]
        is_long = before.startswith(_MARK) or after.startswith(_MARK)
        yield key if is_long else f"{key} {before} -> {after}"


def _keys(rule: Rule, at: datetime) -> dict[str, str]:
    said: dict[str, list[object]] = {}
    for each in fields(Rule):
        if each.name != "id":
            key = _KEYS.get(each.name, each.name)
            said.setdefault(key, []).append(_plain(getattr(rule, each.name), at))
    return {key: _text(key, values) for key, values in said.items()}


def _text(key: str, values: list[object]) -> str:
    """Return what a key says, as it is written if it is short and plain."""
    if key not in WORDS and len(values) == 1:
        [value] = values
        text = "none" if value is None else str(value)
        is_plain = not isinstance(value, list | dict) and not text.startswith(_MARK)
        if is_plain and len(text) <= LONGEST:
            return text.lower() if isinstance(value, bool) else text
    body = json.dumps(values, sort_keys=True).encode()
    return _MARK + hashlib.blake2b(body, digest_size=8).hexdigest()


def _plain(value: object, at: datetime) -> Any:
    """Return plain values that are equal where the rules say the same."""
    return json.loads(json.dumps(value, default=partial(_told, at)))


def _told(at: datetime, value: Any) -> object:
    """Return what stands for a value that JSON does not know."""
    match value:
        case Wording():
            return wording.render(value, wording.SAMPLE)
        case Calendar():
            return _hours(value, at)
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(
                json.dumps(each, default=partial(_told, at)) for each in value
            )
        case Duration():
            return str(value)
        case _:
            return {each.name: getattr(value, each.name) for each in fields(value)}


def _hours(calendar: Calendar, at: datetime) -> list[object]:
    """Return the hours at which people work in the year behind and the year ahead."""
    first = (at - COMPARED).date()
    days = (first + timedelta(days=n) for n in range(2 * COMPARED.days))
    open_at = [
        [opens.isoformat(), closes.isoformat()]
        for day in days
        for opens, closes in calendar.ranges(day)
    ]
    return [str(calendar.zone), open_at]
