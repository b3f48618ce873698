"""Rules as short texts: what says the same is the same, and every edit is seen."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from monitor import rules, shipped
from monitor.proof import forms
from monitor.proof.forms import Form
from monitor.rules import House, Rulebook
from tests.builders import at, calendar, rule, rulebook

NOW = at("2026-09-22 10:00")


def form(of: Rulebook) -> Form:
    """Return the form of the one rule."""
    [found] = forms.make(of, at=NOW).rules.values()
    return found


def test_the_shipped_rules_come_back_as_they_were_written() -> None:
    book = rules.read(shipped.folder() / "rules", House(roles=None, calendars=None))
    made = forms.make(book, at=NOW)
    assert forms.read(forms.write(made)) == made
    assert len(made.rules) == len(book.rules) + len(book.off)
    assert made.rules["first-reply"].is_on
    assert len(forms.write(made)) < 20_000


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"target": "10 days"}, "target 14 days -> 10 days"),
        ({"severity": "high"}, "severity normal -> high"),
        ({"effective_from": "2026-09-01"}, "effective_from none -> 2026-09-01"),
        ({"ladder": "[{at: target, tell: manager}]"}, "ladder"),
        ({"when": "{status: [open]}"}, "when"),
        ({"title": "Another"}, "title"),
        ({"why": "Since"}, "why"),
        (
            {"target": "7 days", "backlog": "9 days"},
            "target 14 days -> 7 days, backlog 90 days -> 9 days",
        ),
    ],
)
def test_an_edit_is_told_in_words(edit: dict[str, str], words: str) -> None:
    assert forms.words(form(rulebook({})), form(rulebook(edit))) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"when": "{status: [open, hired]}"}, {"when": "{status: [hired, open]}"}),
        ({"message": '"{{ waited }}  so far"'}, {"message": '"{{waited}} so far"'}),
    ],
)
def test_what_says_the_same_has_the_same_form(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert form(rulebook(one)) == form(rulebook(other))


def test_a_key_that_only_one_version_knows_is_no_edit() -> None:
    new = form(rulebook({}))
    old = Form(new.is_on, {key: new.keys[key] for key in new.keys if key != "backlog"})
    assert forms.changed(old, new) == ()
    assert forms.changed(new, old) == ()


def test_hours_are_those_of_the_year_around() -> None:
    def with_days_off(*days: date) -> Form:
        made = replace(rule(), calendar=calendar(*days))
        return form(Rulebook((made,)))

    usual = with_days_off()
    assert usual == with_days_off()
    assert forms.words(usual, with_days_off(NOW.date())) == "calendar"
    far = NOW.date() + 2 * timedelta(days=366)
    assert usual == with_days_off(far)


def test_whether_a_rule_is_on_is_kept_apart() -> None:
    on = rulebook({})
    off = Rulebook((), on.rules)
    assert not form(off).is_on
    assert form(off).keys == form(on).keys


def test_a_short_text_that_looks_like_a_digest_is_not_shown() -> None:
    made = replace(rule(), owner="#leads")
    assert form(Rulebook((made,))).keys["owner"].startswith("#")
    assert forms.words(form(rulebook({})), form(Rulebook((made,)))) == "owner"
