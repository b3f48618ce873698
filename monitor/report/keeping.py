"""Writes down what was edited in the rules, also by an edit made while nothing ran."""

from datetime import datetime

from monitor.proof import difference, forms
from monitor.proof.difference import Edit
from monitor.proof.forms import Form, Forms
from monitor.rules import Rulebook
from monitor.store import Store, edits
from monitor.store.edits import RuleEdit

_NO_FORM = Form(is_on=False, keys={})


def keep(store: Store, rulebook: Rulebook, *, now: datetime) -> tuple[RuleEdit, ...]:
    """Hold the rules against those written down last; return what was edited since.

    The first rules that are written down are no edit of any others.
    """
    with store.read() as connection:
        text = edits.recorded(connection)
    before = None if text is None else forms.read(text)
    # Calendars are compared over the same days as when they were written down.
    after = forms.make(rulebook, at=before.at if before else now)
    found = tuple(_edits(before, after, now)) if before else ()
    if before is None or found:
        rules = forms.write(forms.make(rulebook, at=now))
        with store.write() as connection:
            if edits.recorded(connection) != text:
                return ()  # another process was first
            edits.record(connection, rules, found)
    return found


def _edits(before: Forms, after: Forms, now: datetime) -> list[RuleEdit]:
    return [
        RuleEdit(now, each.rule, each.edit, _words(before, after, each.rule))
        for each in difference.compare(before, after)
        if each.edit is not Edit.SAME
    ]


def _words(before: Forms, after: Forms, rule: str) -> str:
    old, new = (each.rules.get(rule, _NO_FORM) for each in (before, after))
    return forms.words(old, new)
