"""The report's numbers and words, without a database."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser
from io import StringIO

import pytest
from rich.console import Console

from monitor.cli.report import show
from monitor.figures.nouns import Job, Kept, Window
from monitor.language import Language
from monitor.messages import words
from monitor.messages.blocks import MOST_BLOCKS, SECTION_LENGTH
from monitor.model import Ball
from monitor.report import calls, charts, html, markdown, paper, plain, post
from monitor.report.looks import Look
from monitor.report.nouns import Named, Outcome, Quiet, Week, WeekReport
from monitor.report.paper import Paper
from monitor.settings import ReportSettings
from tests.builders import application, at, calendar, check, rule
from tests.unit.figures.weeks import (
    DRIVER,
    ENDS,
    NOW,
    NURSE,
    RULES,
    edit,
    growing,
    outcome,
    report,
    section,
    week,
)

SAID = words.phrases(Language.EN)
OFFICE = calendar()


def shown(found: WeekReport, language: Language = Language.EN) -> str:
    """Return what stands in the blocks of the post."""
    message = post.render(found, OFFICE, language=language)
    texts: list[dict[str, str]] = []
    for block in message.blocks:
        texts += [block["text"]] if "text" in block else block["elements"]
    return "\n".join(each["text"] for each in texts)


def terminal(laid_out: Paper, width: int = 160) -> str:
    """Return what stands in a terminal of this width."""
    text = StringIO()
    show(Console(file=text, width=width, highlight=False), laid_out)
    return text.getvalue()


class TestOutcomes:
    def test_the_long_window_counts_where_cases_are_few(self) -> None:
        assert outcome(9, 9, wide=(40, 20)).shown == (Window.WIDE, Kept(40, 20))
        assert outcome(10, 9, wide=(40, 20)).shown == (Window.NARROW, Kept(10, 9))

    def test_a_share_is_rounded_down_and_needs_five_cases(self) -> None:
        assert outcome(1000, 999).percent == 99
        assert outcome(0, 0, wide=(4, 4)).percent is None
        assert outcome(0, 0, wide=(5, 5)).percent == 100

    def test_two_sources_are_one_week(self) -> None:
        both = week().plus(week(promises={"silence": outcome(4, 1)}, hours={}))
        assert both.total.narrow == Kept(24, 19)
        assert both.applications == 120
        assert both.jobs == {NURSE: 10, DRIVER: 4}
        assert both.hours == week().hours
        assert both.overdue.total() == 14

    def test_a_rule_under_which_nobody_is_late_stays(self) -> None:
        one, other = (week(uncounted=Counter({name: 0})) for name in ("a", "b"))
        assert list(one.plus(other).uncounted) == ["a", "b"]

    def test_the_worst_jobs_are_five_and_ties_go_by_title(self) -> None:
        jobs = Counter({Job(str(n), f"Job {n}"): 3 for n in range(7)})
        jobs[Job("9", "Zoo keeper")] = 4
        titles = [job.title for job, _ in week(jobs=jobs).worst]
        assert titles == ["Zoo keeper", "Job 0", "Job 1", "Job 2", "Job 3"]


def test_who_is_too_late_to_be_nudged_about_is_not_late_as_alerts_count() -> None:
    silence = rule(
        id="silence",
        clock="{starts: last_reply_at, stops: [last_reply_at, told_at]}",
        backlog="30 days",
    )
    columns = {"last_reply_at", "told_at"}
    look = Look(
        [check(silence, NOW)],
        columns,
        NOW,
        departments=100,
        lookback=timedelta(days=180),
    )
    look.take(
        [
            application(
                application_id=f"A{days}", last_reply_at=NOW - timedelta(days=days)
            )
            for days in (1, 20, 21, 70)
        ]
    )
    found = look.week()
    assert found.uncounted == {"silence": 2}
    assert found.overdue.total() == 3


@pytest.mark.parametrize(
    ("days", "counted"),
    [(180, Outcome(Kept(1, 1), Kept(1, 1))), (60, Outcome(Kept(1, 1), Kept()))],
)
def test_what_looks_further_back_than_the_source_does_is_left_out(
    days: int, counted: Outcome
) -> None:
    columns = {"applied_at", "first_reply_at", "told_at"}
    lookback = timedelta(days=days)
    look = Look([check(rule(), NOW)], columns, NOW, departments=100, lookback=lookback)
    look.take(
        [
            application(
                applied_at=NOW - timedelta(days=20),
                first_reply_at=NOW - timedelta(days=10),
            )
        ]
    )
    assert look.week().promises == {"first-reply": counted}


class TestTheHour:
    SETTINGS = ReportSettings()

    @pytest.mark.parametrize(
        ("moment", "due"),
        [
            ("2026-09-07 08:59", False),
            ("2026-09-07 09:00", True),
            ("2026-09-07 16:30", False),  # nobody works any more
            ("2026-09-09 10:00", True),  # it was down since
            ("2026-09-13 10:00", False),  # a Sunday
            ("2026-09-14 08:30", False),
            ("2026-09-14 09:00", True),
        ],
    )
    def test_it_is_due_from_monday_morning_on_while_people_work(
        self, moment: str, *, due: bool
    ) -> None:
        assert calls.is_due(self.SETTINGS, OFFICE, at(moment)) is due

    def test_a_monday_off_puts_it_off_by_a_day(self) -> None:
        closed = calendar(date(2026, 9, 7))
        assert not calls.is_due(self.SETTINGS, closed, at("2026-09-08 08:30"))
        assert calls.is_due(self.SETTINGS, closed, at("2026-09-08 09:00"))

    def test_a_week_without_a_working_day_has_none(self) -> None:
        off = calendar(*(date(2026, 9, 7) + timedelta(days=n) for n in range(7)))
        days = (at("2026-09-07 10:00") + timedelta(days=n) for n in range(7))
        assert not any(calls.is_due(self.SETTINGS, off, now) for now in days)
        assert calls.is_due(self.SETTINGS, off, at("2026-09-14 09:00"))

    @pytest.mark.parametrize(
        ("moment", "began"),
        [
            ("2026-09-07 00:00", date(2026, 9, 7)),
            ("2026-09-13 23:59", date(2026, 9, 7)),
            ("2026-09-14 00:00", date(2026, 9, 14)),
        ],
    )
    def test_a_week_has_one_name_from_monday_to_sunday(
        self, moment: str, began: date
    ) -> None:
        assert calls.week_of(self.SETTINGS, OFFICE, at(moment)) == began

    def test_another_day_begins_another_week(self) -> None:
        friday = ReportSettings.model_validate({"on": "friday"})
        found = calls.week_of(friday, OFFICE, at("2026-09-10 12:00"))
        assert found == date(2026, 9, 4)


class TestThePost:
    def test_it_is_short_and_says_what_leads_ask(self) -> None:
        weeks = (week(0, promises={"first-reply": outcome(20, 16)}), week(1), week())
        found = shown(report(section(*weeks), edits=(edit(),)))
        assert found == (
            "*90 % of candidates heard from us within 14 days.*\n"
            "18 of 20 in the last 30 days. "
            "That is 10 percentage points higher than 2 weeks ago (Mon 9 Nov).\n"
            "Of all promises 90 % were kept: 18 of 20 in the last 30 days.\n"
            "7 people have waited longer than we promised: "
            "6 for a recruiter, 1 for a line manager.\n"
            "*Promise by promise*\n"
            "Every candidate hears from us within 14 days: 90 % (18 of 20), "
            "80 % 2 weeks ago\n"
            "*Jobs with the most people waiting too long*\n"
            "Nurse, nights: 5\n"
            "a job without a title: 2\n"
            "*Changed in the rules*\n"
            "first-reply: target 14 days -&gt; 10 days\n"
            "As of Mon 23 Nov 09:00. Counts only; `svar report` shows more."
        )

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (Language.NB, "90 % av kandidatene hørte fra oss innen 14 dager."),
            (Language.SV, "90 % av kandidaterna hörde något från oss inom 14 dagar."),
            (Language.DA, "90 % af kandidaterne hørte fra os inden for 14 dage."),
        ],
    )
    def test_it_speaks_the_house_s_language(
        self, language: Language, said: str
    ) -> None:
        found = shown(report(edits=(edit(),)), language)
        assert said in found
        assert "Changed" not in found

    def test_many_weeks_are_compared_with_a_month_ago(self) -> None:
        weeks = growing(12)
        found = shown(report(section(*weeks), ends=tuple(each.at for each in weeks)))
        assert "than 4 weeks ago (Mon 26 Oct)." in found
        assert "90 % (18 of 20), 85 % 4 weeks ago" in found

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (Language.EN, "No applications yet."),
            (Language.NB, "Ingen søknader ennå."),
            (Language.SV, "Inga ansökningar ännu."),
            (Language.DA, "Ingen ansøgninger endnu."),
        ],
    )
    def test_nobody_at_all_is_all_that_is_said(
        self, language: Language, said: str
    ) -> None:
        found = shown(report(section(Week(NOW)), ends=(NOW,)), language)
        assert found.startswith(f"*{said}*")
        assert found.count("\n") == 1

    def test_a_single_week_is_compared_with_none(self) -> None:
        one = report(section(week()), ends=(NOW,))
        assert "ago" not in shown(one)

    def test_sources_are_one(self) -> None:
        two = report(section(), section(source="other"))
        assert "36 of 40" in shown(two)
        assert "14 people" in shown(two)

    def test_a_silent_source_is_said_and_has_no_figures(self) -> None:
        quiet = Quiet("odoo", "Odoo <1>", ENDS[1])
        assert "No figures from Odoo &lt;1&gt;" in shown(report(quiet=(quiet,)))
        alone = WeekReport(ENDS, (), (), quiet=(quiet, quiet))
        assert shown(alone).count("since Mon 16 Nov 09:00") == 2
        assert "%" not in shown(alone)

    def test_it_fits_into_slack_whatever_the_titles(self) -> None:
        jobs = Counter(
            {Job(str(n), f"<!channel> {'x' * 400} {n}"): n for n in range(9)}
        )
        rules = tuple(
            report().rules[0]._replace(id=f"r{n}", title=f"*{n}* " + "y" * 500)
            for n in range(40)
        )
        kept = {rule.id: outcome(20, 18) for rule in rules}
        full = report(
            section(week(jobs=jobs, promises=kept)),
            ends=(NOW,),
            rules=rules,
            edits=tuple(edit(words="z" * 400) for _ in range(50)),
        )
        message = post.render(full, OFFICE)
        assert len(message.blocks) <= MOST_BLOCKS
        for block in message.blocks:
            assert len(block.get("text", {}).get("text", "")) <= SECTION_LENGTH
        assert "<!channel>" not in json.dumps(message.blocks)
        assert sum(len(json.dumps(each)) for each in message.blocks) < 20_000


def everywhere(found: WeekReport) -> list[str]:
    """Return the report as Markdown, as HTML and in a terminal, freed of escapes."""
    laid_out = paper.lay_out(found, OFFICE)
    page = Page(html.render(laid_out, 0.95)).said
    texts = (markdown.render(laid_out).replace("\\", ""), page, terminal(laid_out))
    return [" ".join(text.split()) for text in texts]


class TestPaper:
    def test_markdown_holds_every_figure(self) -> None:
        found = markdown.render(paper.lay_out(report(edits=(edit(),)), OFFICE))
        assert "**90 % of candidates heard from us within 14 days.** 18 of 20" in found
        assert "Of all promises 90 % were kept: 18 of 20 in the last 30 days." in found
        assert (
            "| first-reply | 14 days | 90 % | 90 % | 90 % | 18 of 20 | 30 days |"
            in found
        )
        assert "| a recruiter | 20 | 6 | 5,320 |" in found
        assert "| Nurse, nights | 5 |" in found
        assert r"- Fri 20 Nov: first-reply: target 14 days -\> 10 days" in found

    def test_a_title_cannot_break_markdown(self) -> None:
        odd = Job("J", "a | b\n# c *d* <b>")
        found = markdown.render(
            paper.lay_out(report(section(week(jobs=Counter({odd: 5})))), OFFICE)
        )
        assert r"| a \| b \# c \*d\* \<b\> | 5 |" in found

    def test_a_title_cannot_steer_a_terminal(self) -> None:
        odd = Job("J", "Nurse\x1b[31m\x07\u202e, nights")
        sheet = paper.lay_out(
            report(section(week(jobs=Counter({odd: 5})))), OFFICE
        ).sheets[0]
        assert sheet.jobs == (("Nurse [31m , nights", 5),)

    def test_rules_that_promised_nothing_yet_are_too_few(self) -> None:
        weeks = (week(0, promises={}), week())
        sheet = paper.lay_out(report(section(*weeks), ends=ENDS[1:]), OFFICE).sheets[0]
        assert [each.name for each in sheet.promises] == [paper.ALL, "first-reply"]
        assert sheet.promises[1].said == ("too few", "90 %")

    def test_those_on_whom_nobody_can_wait_are_left_out(self) -> None:
        sheet = paper.lay_out(report(), OFFICE).sheets[0]
        assert [each.whom for each in sheet.waits] == [
            "a recruiter",
            "a line manager",
            "the candidate",
        ]
        odd = week(waiting=Counter({"unknown": 1}))
        waits = paper.lay_out(report(section(odd), ends=(NOW,)), OFFICE).sheets[0].waits
        assert waits[-1].whom == "not known"

    def test_rules_that_cannot_be_counted_afterwards_have_a_line(self) -> None:
        named = Named("silence", "Nobody waits for the next word", "14 days")
        for count, said in ((0, "0 wait"), (1, "1 waits"), (1200, "1,200 wait")):
            late = section(week(uncounted=Counter({"silence": count})))
            found = report(late, rules=(*RULES, named), ends=(NOW,))
            line = f"afterwards: silence (14 days); {said} too long now"
            assert all(line in text for text in everywhere(found))

    def test_programs_are_told_which_rules_cannot_be_counted(self) -> None:
        late = section(week(uncounted=Counter({"manager-review": 3})))
        found = json.loads(json.dumps(plain.values(report(late, ends=(NOW,)))))
        counted = [each["counted_afterwards"] for each in found["rules"]]
        assert counted == [True, False]
        [source] = found["sources"]
        assert source["weeks"][0]["late_of_uncounted"] == {"manager-review": 3}

    def test_waiting_for_nobody_is_explained_where_somebody_does(self) -> None:
        said = "nobody: no step is due (such as a planned interview)"
        odd = section(week(waiting=Counter({Ball.NOBODY: 2})))
        assert all(said in text for text in everywhere(report(odd, ends=(NOW,))))
        assert not any(said in text for text in everywhere(report()))

    def test_a_share_over_the_wide_window_is_marked(self) -> None:
        wide = {"first-reply": outcome(9, 9, wide=(20, 18))}
        found = report(section(week(0, promises=wide), week(1), week(2)))
        sheet = paper.lay_out(found, OFFICE).sheets[0]
        assert sheet.promises[1].said == ("90 %*", "90 %", "90 %")
        said = "* over 90 days, where 30 days hold fewer than 10 cases."
        assert all(said in text for text in everywhere(found))
        assert not any("over 90 days" in text for text in everywhere(report()))

    def test_a_share_of_too_few_is_not_marked(self) -> None:
        few = report(
            section(week(promises={"first-reply": outcome(3, 3)})), ends=(NOW,)
        )
        assert not any("too few*" in text for text in everywhere(few))
        assert not any("over 90 days," in text for text in everywhere(few))

    def test_it_says_what_is_not_known(self) -> None:
        lacking = {"phone-required": {"called_at"}}
        one = section()
        full = report(
            type(one)(one.source, one.title, one.weeks, lacking),
            edits=None,
            unknown=(("the stages that were left", ("stage-stale",)), ("titles", ())),
        )
        laid_out = paper.lay_out(full, OFFICE)
        for text in (
            markdown.render(laid_out),
            html.render(laid_out, 0.95),
            terminal(laid_out),
        ):
            plainly = text.replace("\\", "")
            assert "phone-required (OpenCATS lacks called_at)" in plainly
            assert "the stages that were left (stage-stale)" in plainly
            assert re.search("[Nn]ot known", plainly)

    def test_a_week_alone_has_nothing_to_doubt(self) -> None:
        laid_out = paper.lay_out(report(section(week()), ends=(NOW,)), OFFICE)
        for text in (markdown.render(laid_out), terminal(laid_out)):
            assert "cannot tell" not in text

    def test_a_narrow_terminal_shows_the_last_weeks(self) -> None:
        laid_out = paper.lay_out(report(), OFFICE)
        heads = [
            next(
                line
                for line in terminal(laid_out, width).splitlines()
                if "kept  " in line
            )
            for width in (160, 100, 75)
        ]
        assert [head.count("Nov") for head in heads] == [3, 3, 1]
        assert all("23 Nov" in head for head in heads)
        assert "Mon" not in heads[0]

    def test_a_narrow_terminal_says_where_the_earlier_weeks_are(self) -> None:
        weeks = growing(12)
        ends = tuple(each.at for each in weeks)
        laid_out = paper.lay_out(report(section(*weeks), ends=ends), OFFICE)
        hint = "earlier weeks: --format markdown"
        assert hint in terminal(laid_out, 80)
        assert "4 weeks ago (Mon 26 Oct)" in " ".join(terminal(laid_out, 80).split())
        assert hint not in terminal(laid_out, 200)


class Page(HTMLParser):
    """A page taken apart: what it shows, and which tags and links it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.said = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        names = {"href", "src", "xlink:href", "srcset", "action"}
        self.links += [value or "" for name, value in attrs if name in names]

    def handle_data(self, data: str) -> None:
        self.said += data


class TestHtml:
    def test_it_needs_nothing_else_and_runs_nothing(self) -> None:
        page = Page(html.render(paper.lay_out(report(), OFFICE), 0.95))
        assert not page.links
        assert not page.tags["script"] + page.tags["link"] + page.tags["img"]
        assert page.tags["svg"]

    def test_it_shows_what_markdown_shows(self) -> None:
        laid_out = paper.lay_out(report(edits=(edit(),)), OFFICE)
        page = " ".join(Page(html.render(laid_out, 0.95)).said.split())
        for said in ("90 %", "18 of 20 30 days", "5,320", "Nurse, nights", "-> 10"):
            assert said in page

    def test_a_title_cannot_break_it(self) -> None:
        odd = Job("J", '<script>alert(1)</script> "x"')
        found = report(section(week(jobs=Counter({odd: 5}))), ends=(NOW,))
        text = html.render(paper.lay_out(found, OFFICE), 0.95)
        assert "<script" not in text
        assert "&lt;script&gt;" in text

    def test_weeks_without_cases_leave_a_gap_in_the_line(self) -> None:
        few = week(1, promises={"first-reply": outcome(3, 3)})
        found = report(section(week(0), few, week(2)))
        text = html.render(paper.lay_out(found, OFFICE), 0.95)
        assert "NaN" not in text
        assert len(re.findall("<polyline", text)) == 4  # two for each of two lines

    def test_nobody_at_all_is_no_division(self) -> None:
        laid_out = paper.lay_out(report(section(Week(NOW)), ends=(NOW,)), OFFICE)
        texts = html.render(laid_out, 0.95), markdown.render(laid_out)
        for text in (*texts, terminal(laid_out)):
            assert "No applications yet." in text
            assert "longer than we promised" not in text
            assert "Jobs in which" not in text


class TestCharts:
    def test_a_line_stays_in_its_box(self) -> None:
        [stroke] = charts.line([0, 50, 100], 0)
        assert [point.y for point in stroke] == [24, 14, 4]
        assert [point.x for point in stroke] == [4, 48, 92]
        assert charts.goal(1, 0) == 4

    def test_it_begins_at_half_so_that_little_can_be_seen(self) -> None:
        assert charts.floor([86, None, 95], 0.95) == 50
        [stroke] = charts.line([86, 95], 50)
        assert stroke[0].y - stroke[1].y > 3
        assert charts.goal(0.5, 50) == 24

    @pytest.mark.parametrize(
        ("shares", "goal", "floor"),
        [([30, 95], 0.95, 30), ([95], 0.4, 40), ([None], 0.9, 50), ([], 0.9, 50)],
    )
    def test_it_begins_lower_where_a_share_or_the_goal_does(
        self, shares: list[int | None], goal: float, floor: float
    ) -> None:
        assert charts.floor(shares, goal) == floor

    def test_a_gap_parts_it(self) -> None:
        parted = charts.line([1, None, 2, 3, None], 0)
        assert [len(each) for each in parted] == [1, 2]
        assert charts.line([None], 0) == []

    def test_the_longest_bar_fills_it(self) -> None:
        assert charts.bars([4, 2, 0]) == [charts.LENGTH, charts.LENGTH / 2, 0]
        assert charts.bars([0]) == [0]
        assert charts.bars([]) == []


def test_the_plain_values_are_json_and_say_the_same() -> None:
    found = json.loads(json.dumps(plain.values(report(edits=(edit(),)))))
    [source] = found["sources"]
    assert source["weeks"][-1]["promises"]["all"] == {
        "window": "30d",
        "cases": 20,
        "kept": 18,
        "percent": 90,
    }
    assert source["weeks"][-1]["overdue"] == {"manager": 1, "recruiter": 6}
    assert source["worst_jobs"][0] == {
        "job": "J1",
        "title": "Nurse, nights",
        "overdue": 5,
    }
    assert found["as_of"] == "2026-11-23T08:00:00Z"
    assert found["edits"][0]["rule"] == "first-reply"
    assert plain.values(report(edits=None))["edits"] is None
