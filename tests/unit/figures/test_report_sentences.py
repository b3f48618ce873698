"""What the report says in a sentence."""

from collections import Counter

import pytest

from monitor.language import Language
from monitor.messages import words
from monitor.model import Ball
from monitor.proof.difference import Edit
from monitor.report import sentences
from monitor.report.nouns import Outcome, Week
from tests.builders import calendar
from tests.unit.figures.weeks import NOW, RULES, edit, growing, outcome, week

SAID = words.phrases(Language.EN)
OFFICE = calendar()


def headline(found: Week) -> str:
    return sentences.headline(found, RULES, SAID)


def trend(*weeks: Week) -> str:
    return sentences.trend(weeks, RULES, OFFICE, language=Language.EN)


def everything(found: Week) -> str:
    return sentences.all_promises(found, RULES, SAID)


class TestSentences:
    def test_it_says_how_many_were_kept(self) -> None:
        only = week(promises={"manager-review": outcome(20, 18)})
        assert headline(only) == "90 % of our promises were kept."
        assert everything(only) == ""

    def test_the_promise_of_a_first_reply_leads_where_it_has_cases(self) -> None:
        both = week(
            promises={"first-reply": outcome(20, 18), "manager-review": outcome(9, 1)}
        )
        assert headline(both) == "90 % of candidates heard from us within 14 days."
        assert trend(both) == "18 of 20 in the last 30 days."
        said = "Of all promises 65 % were kept: 19 of 29 in the last 30 days."
        assert everything(both) == said

    def test_a_promise_with_few_cases_does_not_lead(self) -> None:
        few = week(
            promises={"first-reply": outcome(4, 4), "manager-review": outcome(9, 1)}
        )
        assert headline(few) == "38 % of our promises were kept."
        assert trend(few) == "5 of 13 in the last 30 days."
        assert everything(few) == ""

    def test_a_first_reply_that_is_off_does_not_lead(self) -> None:
        assert sentences.headline(week(), RULES[1:], SAID).endswith(
            "promises were kept."
        )
        unnamed = (RULES[0]._replace(target=None),)
        assert sentences.headline(week(), unnamed, SAID).endswith("promises were kept.")

    def test_a_share_is_compared_with_the_same_promise_of_then(self) -> None:
        before = week(
            1,
            promises={"first-reply": outcome(20, 18), "manager-review": outcome(9, 1)},
        )
        assert trend(before, week()).endswith(
            "That is the same as 1 week ago (Mon 16 Nov)."
        )

    def test_it_says_nothing_of_few(self) -> None:
        few = week(promises={"first-reply": outcome(4, 4)})
        assert headline(few).startswith("Too few promises")
        assert trend(week(0), few) == ""
        assert trend(few, week()) == "18 of 20 in the last 30 days."

    def test_nobody_at_all_is_no_good_news(self) -> None:
        empty = Week(NOW)
        assert headline(empty) == "No applications yet."
        assert trend(empty, empty) == everything(empty) == ""
        assert sentences.late(empty, SAID) == ""

    @pytest.mark.parametrize(
        ("before", "said"),
        [
            (16, "That is 10 percentage points higher than 1 week ago (Mon 16 Nov)."),
            (18, "That is the same as 1 week ago (Mon 16 Nov)."),
            (19, "That is 5 percentage points lower than 1 week ago (Mon 16 Nov)."),
        ],
    )
    def test_it_says_whether_it_gets_better(self, before: int, said: str) -> None:
        earlier = week(1, promises={"first-reply": outcome(20, before)})
        found = trend(earlier, week())
        assert found == f"18 of 20 in the last 30 days. {said}"

    def test_one_week_has_no_trend(self) -> None:
        assert trend(week()) == "18 of 20 in the last 30 days."

    @pytest.mark.parametrize(
        ("weeks", "then"),
        [
            (12, "4 weeks ago (Mon 26 Oct)"),
            (5, "4 weeks ago (Mon 26 Oct)"),
            (4, "3 weeks ago (Mon 2 Nov)"),
        ],
    )
    def test_it_compares_with_a_month_ago_or_else_the_first_week(
        self, weeks: int, then: str
    ) -> None:
        assert f"5 percentage points higher than {then}." in trend(*growing(weeks))

    def test_it_says_on_whom_people_wait_too_long(self) -> None:
        assert sentences.late(week(), SAID) == (
            "7 people have waited longer than we promised: "
            "6 for a recruiter, 1 for a line manager."
        )
        nobody = week(overdue=Counter[str]())
        assert sentences.late(nobody, SAID).startswith("Nobody")

    @pytest.mark.parametrize("kind", [each for each in Edit if each is not Edit.SAME])
    def test_every_edit_is_a_line(self, kind: Edit) -> None:
        for language in Language:
            said = sentences.edited(edit(kind), words.phrases(language))
            assert said.startswith("first-reply: ")

    def test_a_change_is_told_in_its_words(self) -> None:
        assert (
            sentences.edited(edit(), SAID) == "first-reply: target 14 days -> 10 days"
        )


def test_whom_people_wait_for_is_said_for_every_ball() -> None:
    everybody = week(overdue=Counter([*map(str, Ball), "unknown"]))
    for language in Language:
        said = sentences.late(everybody, words.phrases(language))
        assert said.count(",") >= 4
    assert Outcome().percent is None
