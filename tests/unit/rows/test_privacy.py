"""What a candidate is called where others may read it."""

import pytest

from monitor import privacy
from monitor.settings import Shown
from tests.builders import application


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Kari Nordli", "K. N."),
        ("Åse-Marie  Öberg", "Å. Ö."),
        ("Ola Johan Berg Lie", "O. L."),
        ("bjørk", "B."),
        ("Dr. Liv Wik (MSc)", "D. M."),
        ("", privacy.UNKNOWN),
        (None, privacy.UNKNOWN),
        ("  \t ", privacy.UNKNOWN),
        ("🎉", privacy.UNKNOWN),
        ("42 - 17", privacy.UNKNOWN),
        ("🎉 Liv 🎉", "L."),
        ("<!channel>", "C."),
        ("\u202eLiv Wik", "L. W."),
        ("王 小明", "王. 小."),
    ],
    ids=repr,
)
def test_initials_are_those_of_the_first_and_last_name(
    name: str | None, initials: str
) -> None:
    assert privacy.initials(name) == initials


@pytest.mark.parametrize(
    ("shown", "label"),
    [
        (Shown.INITIALS, "K. N."),
        (Shown.REFERENCE, "Candidate C1"),
        (Shown.NAME, "Kari Nordli"),
    ],
)
def test_a_label_shows_no_more_than_the_setting_allows(
    shown: Shown, label: str
) -> None:
    assert privacy.label(application(), shown) == label


def test_who_has_no_name_is_a_candidate() -> None:
    nameless = application(candidate_name=None)
    assert privacy.label(nameless, Shown.NAME) == "A candidate"
    assert privacy.label(nameless, Shown.INITIALS) == "A candidate"


@pytest.mark.parametrize("shown", [Shown.REFERENCE, Shown.NAME])
def test_a_label_is_short_and_on_one_line(shown: Shown) -> None:
    odd = "\u202eab\ncd " * 1000
    label = privacy.label(application(candidate_ref=odd, candidate_name=odd), shown)
    assert len(label) == privacy.LONGEST
    assert label.endswith("…")
    assert label.isprintable()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (None, ""),
        ("Nurse,\n nights\t", "Nurse, nights"),
        ("left\u202eright\u2066\u200f", "left right"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("line\u2028two", "line two"),
        ("\ud800", ""),
        ("x" * 60, "x" * 60),
        ("x" * 61, "x" * 59 + "…"),
    ],
    ids=ascii,
)
def test_cleaned_text_has_no_marks_that_nobody_sees(
    text: str | None, cleaned: str
) -> None:
    assert privacy.clean(text) == cleaned


def test_text_is_cut_where_it_is_asked() -> None:
    assert privacy.clean("abcdef", longest=4) == "abc…"
