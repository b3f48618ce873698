"""The page: the figures of /metrics, in words that a reader can trust."""

import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest

from monitor import page
from monitor.figures.nouns import After, Days, Figures, Kept, Way, Window
from monitor.messages import words
from monitor.store.ledger import OpenAlerts
from monitor.store.replicas import Standing
from tests.page import colours, reading, scene
from tests.page.reading import Reader
from tests.page.scene import AS_OF, HOSTILE

SOON = AS_OF + timedelta(minutes=3)
RULE = "first-reply"
SILENCE = {
    "id": "silence",
    "title": "Nobody waits more than 14 days for the next word",
    "clock": "{starts: last_reply_at, stops: [last_reply_at, told_at]}",
}


def shown(**changed: object) -> Reader:
    """Return the page of a plain day, with these figures changed."""
    return read(scene.figures(**changed))


def read(figures: Figures | None) -> Reader:
    last, loaded = scene.day(figures=figures)
    return Reader(page.render(last, loaded, now=SOON))


def promised(cases: int, kept: int, window: Window = Window.NARROW) -> Reader:
    """Return the page of a day with one kind of promise."""
    return shown(promises={(RULE, "other", window): Kept(cases, kept)})


class TestEveryFigureIsThatOfMetrics:
    def test_on_a_plain_day(self) -> None:
        loaded = scene.configuration()
        metrics = scene.told(loaded, scene.report(), opened=scene.alerts())
        html = page.render(metrics.last(), loaded, now=SOON)
        assert len(Reader(html).figures) > 100
        assert list(reading.differences(html, metrics.expose().decode())) == []

    def test_of_a_department_with_a_strange_name(self) -> None:
        figures = scene.figures()
        strange = {(HOSTILE, ball): 3 for ball in ("recruiter", "manager")}
        figures.overdue.update(strange)
        figures.waiting.update({(*key, Days.WEEK): 7 for key in strange})
        loaded = scene.configuration()
        metrics = scene.told(loaded, scene.report(figures=figures), opened=[])
        html = page.render(metrics.last(), loaded, now=SOON)
        assert Reader(html).said(r"alert(\"a\\b\")") == ["14", "6", "3", "3"]
        assert list(reading.differences(html, metrics.expose().decode())) == []

    def test_of_each_source_by_itself(self) -> None:
        loaded = scene.configuration(sources=("north", "south"))
        small = scene.figures(overdue=Counter({("other", "manager"): 1}))
        reports = scene.report("north"), scene.report("south", figures=small)
        metrics = scene.told(loaded, *reports, opened=scene.alerts("north"))
        html = page.render(metrics.last(), loaded, now=SOON)
        assert list(reading.differences(html, metrics.expose().decode())) == []
        assert "1 person waits longer than we promised: 1 on a line manager." in (
            Reader(html).text
        )

    def test_after_a_rule_was_taken_away(self) -> None:
        metrics = scene.told(
            scene.configuration(), scene.report(), opened=scene.alerts()
        )
        loaded = scene.configuration(*scene.RULES[1:])
        metrics.configured(loaded, now=AS_OF)
        html = page.render(metrics.last(), loaded, now=SOON)
        assert list(reading.differences(html, metrics.expose().decode())) == []
        assert Reader(html).said('"first-reply",state="breached"') == ["9"]


class TestThePromise:
    def test_is_told_with_its_cases_and_the_goal(self) -> None:
        text = promised(40, 39).text
        said = "97 % of candidates heard from us within 14 days: 39 of 40 in the last"
        assert said in text
        assert "That meets our goal of 95 %." in text

    def test_of_a_first_reply_leads_and_all_come_second(self) -> None:
        text = shown().text
        said = "93 % of candidates heard from us within 14 days: 118 of 126 in the last"
        assert said in text
        assert "Of all promises 95 % were kept: 195 of 205 in the last 30 days." in text

    def test_of_all_rules_leads_where_there_is_no_first_reply(self) -> None:
        others = {("manager-review", "other", Window.NARROW): Kept(40, 39)}
        text = shown(promises=others).text
        assert "97 % of our promises were kept: 39 of 40 in the last 30 days." in text
        assert "Of all promises" not in text

    def test_of_a_first_reply_with_few_cases_does_not_lead(self) -> None:
        few = {
            (RULE, "other", Window.NARROW): Kept(4, 4),
            ("manager-review", "other", Window.NARROW): Kept(40, 39),
        }
        assert "97 % of our promises were kept: 43 of 44" in shown(promises=few).text

    @pytest.mark.parametrize(
        ("late", "said"),
        [((2, 1), "3 wait"), ((0, 1), "1 waits"), ((0, 0), "0 wait")],
    )
    def test_that_cannot_be_counted_afterwards_says_who_is_late_now(
        self, late: tuple[int, int], said: str
    ) -> None:
        loaded = scene.configuration(*scene.RULES, SILENCE)
        states = ("warning", "breached", "escalated")
        opened = [
            OpenAlerts("opencats", "silence", state, count, AS_OF, AS_OF)
            for state, count in zip(states, (7, *late), strict=True)
        ]
        metrics = scene.told(loaded, scene.report(), opened=opened)
        html = page.render(metrics.last(), loaded, now=SOON)
        found = Reader(html)
        assert f"Cannot be counted afterwards; {said} too long now." in found.text
        assert "No case" not in found.text
        assert list(reading.differences(html, metrics.expose().decode())) == []

    def test_that_is_not_kept_often_enough_says_so(self) -> None:
        text = promised(40, 37).text
        assert "That is short of our goal of 95 %." in text
        assert "37 of 40 in the last 30 days, short of 95 %." in text

    def test_that_is_kept_just_often_enough_is_enough(self) -> None:
        assert "That meets our goal of 95 %." in promised(20, 19).text

    @pytest.mark.parametrize(
        ("cases", "said"),
        [(9, "10 of 20 in the last 90 days"), (10, "9 of 10 in the last 30 days")],
    )
    def test_is_looked_at_over_90_days_where_cases_are_few(
        self, cases: int, said: str
    ) -> None:
        both = {
            (RULE, "other", Window.NARROW): Kept(cases, 9),
            (RULE, "other", Window.WIDE): Kept(20, 10),
        }
        assert said in shown(promises=both).text

    def test_is_no_share_of_less_than_five(self) -> None:
        found = promised(4, 4, Window.WIDE)
        assert "Too few to say: 4 of 4 in the last 90 days." in found.text
        assert "– of our promises were kept. Too few to say" in found.text  # noqa: RUF001
        assert not [each for each in found.said("svar_promise") if "%" in each]

    def test_that_was_never_due_is_no_share_of_nothing(self) -> None:
        found = shown(promises={})
        assert not [each for each in found.said("svar_promise") if "%" in each]
        assert "No case in the last 90 days." in found.text
        assert "0 of 0" not in found.text

    def test_that_looks_further_back_than_the_source_is_not_counted(self) -> None:
        last, loaded = scene.day(figures=scene.figures(promises={}))
        short = loaded.settings.sources[0].model_copy(
            update={"lookback": timedelta(days=60)}
        )
        settings = loaded.settings.model_copy(update={"sources": [short]})
        last.configuration = replace(loaded, settings=settings)
        text = Reader(page.render(last, loaded, now=SOON)).text
        said = (
            "Not counted over 90 days: the source's lookback of 60 days is too short."
        )
        assert said in text
        assert "No case in the last 90 days. 12 too old" not in text

    def test_that_cannot_be_measured_says_what_lacks(self) -> None:
        text = shown().text
        assert "Cannot be measured here: the source does not deliver called_at." in text

    @pytest.mark.parametrize(
        ("left", "said"),
        [
            (
                timedelta(days=3, hours=2),
                "The law's next deadline is Thu 26 Nov 11:00, in 3 days.",
            ),
            (
                timedelta(hours=-5),
                "The law's deadline was Mon 23 Nov 04:00, 5 hours ago.",
            ),
        ],
    )
    def test_of_a_law_names_its_deadline(self, left: timedelta, said: str) -> None:
        assert said in shown(legal={RULE: AS_OF + left}).text

    def test_of_a_law_says_how_many_deadlines_were_missed(self) -> None:
        text = shown(legal_missed=Counter({RULE: 2})).text
        assert "2 past the law's deadline, and no answer is seen." in text

    def test_tells_what_svar_holds_back(self) -> None:
        text = shown().text
        assert "37 closings held until they are believed." in text
        assert "12 too old to nudge anybody about." in text


class TestWhoWaits:
    def test_is_told_by_whom_they_wait_on(self) -> None:
        said = "23 people wait longer than we promised: 14 on a recruiter, 6 on a line "
        assert said + "manager, 1 on the candidate and 2 on nobody." in shown().text

    def test_nobody_is_a_plain_zero(self) -> None:
        text = shown(overdue=Counter(), waiting=Counter(), turns={}).text
        assert "0 people wait longer than we promised." in text
        assert "0 people wait for an answer." in text
        assert "Whose turn" not in text

    def test_that_no_step_is_due_is_said_where_somebody_waits_on_nobody(self) -> None:
        said = "Nobody: no step is due (such as a planned interview)."
        assert said in shown().text
        alone = Counter({("Care", "recruiter", Days.WEEK): 9})
        assert said not in shown(waiting=alone, overdue=Counter(), turns={}).text

    def test_of_other_departments_are_those_that_are_small_or_beyond_the_cap(
        self,
    ) -> None:
        said = "fewer than five applications, and those beyond the 100 largest, stand"
        assert said in shown().text

    def test_longest_is_told_with_all_who_wait(self) -> None:
        text = shown().text
        assert (
            "189 people wait for an answer, 2 of them without a word for more" in text
        )

    def test_shares_of_the_hours_are_told_by_turn(self) -> None:
        assert "Recruiter 63 % 1,766 hours" in shown().text

    def test_departments_without_a_name_stand_last(self) -> None:
        rows = re.findall("Care|IT|Sales|Other dep|No dep", shown().text)
        assert rows == ["Care", "IT", "Sales", "No dep", "Other dep"]


class TestTheAnswers:
    def test_of_an_interview_by_phone_are_a_share(self) -> None:
        text = shown().text
        assert (
            "77 % heard by phone how their interview ended: 31 of the 40 who heard"
            in text
        )

    def test_by_phone_are_not_known_without_calls(self) -> None:
        text = shown(interviewed_told=Counter()).text
        assert "ended: nobody heard yet, or calls are not logged here." in text

    def test_by_phone_are_no_share_of_a_few(self) -> None:
        few = Counter({(Way.PHONE, Window.WIDE): 3})
        said = "ended: too few to say, 3 of the 3 who heard in the last 90 days."
        assert said in shown(interviewed_told=few).text

    def test_that_never_came_are_a_share_of_who_could_have_had_one(self) -> None:
        text = shown().text
        assert "8 % never heard from anybody after they applied: 37 of the 412" in text

    def test_that_never_came_are_no_share_of_nobody(self) -> None:
        none = Counter({After.APPLICATION: 0, After.INTERVIEW: 0})
        text = shown(answerable=none, never_answered=none).text
        assert "nobody applied 30 to 120 days ago." in text
        assert "0 of" not in text

    def test_that_never_came_are_not_counted_where_the_source_tells_too_little(
        self,
    ) -> None:
        text = shown(answerable=Counter(), never_answered=Counter()).text
        assert text.count("since the source does not tell enough of 120 days.") == 2
        assert "nobody applied" not in text

    def test_that_never_came_are_no_share_of_a_few(self) -> None:
        few = Counter(application=4), Counter(application=3)
        text = shown(answerable=few[0], never_answered=few[1]).text
        assert (
            "never heard from anybody after they applied: too few to say, 3 of the 4"
            in text
        )


class TestTrust:
    def test_before_the_first_poll_there_is_no_figure(self) -> None:
        loaded = scene.configuration()
        metrics = scene.told(loaded, opened=scene.alerts())
        found = Reader(page.render(metrics.last(), loaded, now=SOON))
        assert "No data yet: the first poll is under way." in found.text
        assert found.figures == []

    @pytest.mark.parametrize(
        ("minutes", "said"),
        [
            (4, "tries again by itself; the next poll is due Mon 23 Nov 09:05."),
            (5, "tries again by itself, and is at it now."),
        ],
    )
    def test_before_the_first_good_poll_a_failed_one_is_told(
        self, minutes: int, said: str
    ) -> None:
        loaded = scene.configuration()
        metrics = scene.told(loaded, scene.failure(), opened=scene.alerts())
        now = AS_OF + timedelta(minutes=minutes)
        found = Reader(page.render(metrics.last(), loaded, now=now))
        assert "No data yet: the poll of Mon 23 Nov 09:00 failed." in found.text
        assert said in found.text
        assert "in its log, and svar doctor says what to do." in found.text
        assert "under way" not in found.text
        assert scene.INTERNAL not in found.text
        assert found.figures == []

    def test_after_a_good_poll_a_failed_one_leaves_its_figures(self) -> None:
        loaded = scene.configuration()
        polls = scene.failure(), scene.report(), scene.failure()
        metrics = scene.told(loaded, *polls, opened=scene.alerts())
        text = Reader(page.render(metrics.last(), loaded, now=SOON)).text
        assert "As of Mon 23 Nov 09:00" in text
        assert "failed" not in text

    def test_what_failed_before_another_replica_polled_it_is_forgotten(self) -> None:
        loaded = scene.configuration()
        metrics = scene.told(loaded, scene.failure(), opened=scene.alerts())
        for is_ours in (False, True):
            metrics.stands(Standing({"poll opencats": is_ours}, replicas=2))
        text = Reader(page.render(metrics.last(), loaded, now=SOON)).text
        assert "No data yet: the first poll is under way." in text

    @pytest.mark.parametrize(
        ("rejected", "said"),
        [(0, "No applications yet."), (3, "No application could be read.")],
    )
    def test_an_empty_database_is_no_good_news(self, rejected: int, said: str) -> None:
        last = scene.nobody(rejected=rejected)
        text = Reader(page.render(last, scene.configuration(), now=SOON)).text
        assert said in text
        for good in ("0 people", "longer than we promised", "were kept", "answer yet"):
            assert good not in text

    def test_a_poll_without_figures_is_no_data(self) -> None:
        assert read(None).figures == []

    @pytest.mark.parametrize(
        ("age", "is_stale"),
        [(timedelta(minutes=30), False), (timedelta(minutes=31), True)],
        ids=str,
    )
    def test_a_silent_feed_greys_its_figures(
        self, age: timedelta, *, is_stale: bool
    ) -> None:
        last, loaded = scene.day()
        found = Reader(page.render(last, loaded, now=AS_OF + age))
        classes = {each["class"] for tag, each in found.elements if tag == "section"}
        assert classes == {"source stale" if is_stale else "source fresh"}
        assert ("the feed has been silent since" in found.text) is is_stale

    def test_old_figures_are_told_with_their_age(self) -> None:
        last, loaded = scene.day()
        text = Reader(page.render(last, loaded, now=AS_OF + timedelta(days=3))).text
        assert (
            "Figures are as of Mon 23 Nov 09:00; the feed has been silent since, "
            "for 3 days."
        ) in text

    def test_what_another_replica_polls_is_not_told_here(self) -> None:
        loaded = scene.configuration()
        metrics = scene.told(loaded, scene.report(), opened=scene.alerts())
        metrics.stands(Standing({"poll opencats": False, "deliver": True}, replicas=2))
        found = Reader(page.render(metrics.last(), loaded, now=SOON))
        assert "Another replica of Svar polls this source" in found.text
        assert found.figures == []

    def test_before_any_configuration_there_is_no_figure(self) -> None:
        last = replace(scene.day()[0], configuration=None)
        html = page.render(last, scene.configuration(), now=SOON)
        assert Reader(html).figures == []


class TestTheMarkup:
    def test_is_safe_from_titles_and_names(self) -> None:
        figures = scene.figures()
        figures.waiting[HOSTILE, "recruiter", Days.WEEK] = 9
        title = "'<img src=x onerror=\"alert(1)\">'"
        loaded = scene.configuration({"id": RULE, "title": title})
        metrics = scene.told(loaded, scene.report(figures=figures), opened=[])
        found = Reader(page.render(metrics.last(), loaded, now=SOON))
        assert not {"script", "img"} & {tag for tag, _ in found.elements}
        assert '<script>alert("a\\b")</script> & "co"' in found.text
        assert '<img src=x onerror="alert(1)">' in found.text

    def test_loads_nothing_and_runs_nothing(self) -> None:
        last, loaded = scene.day()
        found = Reader(page.render(last, loaded, now=SOON))
        for tag, attributes in found.elements:
            assert tag not in {"script", "iframe", "object", "form", "img"}
            assert not [name for name in attributes if name.startswith("on")]
            assert "style" not in attributes
            for name in ("href", "src"):
                target = attributes.get(name) or "/"
                assert target.startswith("/") or tag == "link", target

    def test_style_is_the_one_that_the_policy_allows(self) -> None:
        last, loaded = scene.day()
        html = page.render(last, loaded, now=SOON)
        [style] = re.findall("<style>(.*?)</style>", html, re.DOTALL)
        digest = b64encode(sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in page.POLICY
        assert page.POLICY.startswith("default-src 'none'")

    @pytest.mark.parametrize("theme", colours.THEMES)
    @pytest.mark.parametrize("text", ["ink", "quiet", "good", "bad"])
    @pytest.mark.parametrize("ground", ["paper", "card"])
    def test_text_stands_out_from_its_ground(
        self, theme: str, text: str, ground: str
    ) -> None:
        found = colours.tokens(theme)
        assert colours.contrast(found[text], found[ground]) >= colours.AA


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 5, "0 %"),
        (1, 3, "33 %"),
        (2, 3, "66 %"),
        (949, 1000, "94 %"),
        (999, 1000, "99 %"),
        (1000, 1000, "100 %"),
    ],
)
def test_a_share_is_never_rounded_up(part: int, whole: int, said: str) -> None:
    assert words.percent(part, whole) == said
