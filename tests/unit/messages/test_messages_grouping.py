"""Many who wait on one job are one count with the worst few named, and one link."""

import re
from typing import Any

import pytest

from monitor.messages import Line, blocks
from monitor.messages.blocks import Part, Row
from monitor.messages.english import ENGLISH
from tests.builders import PER, alert, at, rule
from tests.unit.messages.posts import (
    REVIEW,
    TOLD,
    applicants,
    digest,
    sections,
    texts,
    told,
    warned,
)

JOB = "https://ats.example.org/jobs/J1"
HEADING = "*Nurse* · {} people · Every candidate hears from us within 14 days"
MINE = "Past our promise"


def late(*lines: Line) -> list[str]:
    return sections(digest(*lines))[MINE]


def test_three_people_on_three_jobs_are_three_lines() -> None:
    ids = ["1", "2", "3"]
    lines = [
        told(alert(application_id=n, job_ref=n, job_title=f"Job {n}")) for n in ids
    ]
    assert late(*lines) == [
        f"K. N. · Job {n} · applied 17 days ago, no reply yet" for n in ids
    ]


def test_two_on_one_job_stand_under_what_they_have_in_common() -> None:
    assert late(*applicants(2)) == [
        HEADING.format(2),
        "• No 000 · applied 17 days ago, no reply yet",
        "• No 001 · applied 17 days ago, no reply yet",
    ]


@pytest.mark.parametrize(("count", "named"), [(5, 5), (6, 3), (37, 3), (1_200, 3)])
def test_of_many_only_the_worst_few_are_named(count: int, named: int) -> None:
    heading, *found = late(*applicants(count))
    assert heading == HEADING.format(f"{count:,}")
    names = [re.findall(r"No \d+", line) for line in found[:named]]
    assert names == [[f"No {n:03}"] for n in range(named)]
    more = [f"• and {count - named:,} more"] if count > named else []
    assert found[named:] == more


def test_whom_one_job_waits_for_by_two_rules_is_told_apart() -> None:
    review = told(alert(application_id="B", rule="manager-review"), by=REVIEW)
    assert not any(line.startswith("•") for line in late(*applicants(1), review))
    assert len(late(*applicants(2), review)) == 4


def test_a_person_with_two_waits_stands_once_and_with_both() -> None:
    both = told(alert(id=9, rule="manager-review", application_id="A001"), by=REVIEW)
    _, _, second = late(*applicants(2), both)
    assert second == (
        "• No 001 · applied 17 days ago, no reply yet; "
        "handed over Mon 7 Sep, no decision for 13 working days"
    )


def test_a_group_stands_where_the_worst_of_it_stands() -> None:
    other = told(alert(application_id="B", job_ref="J2", candidate="Other"))
    worst = told(
        alert(
            application_id="C", job_ref="J3", candidate="Worst", due_at=at("2026-09-01")
        )
    )
    found = late(other, *applicants(2), worst)
    assert [line.split(" ·")[0] for line in found] == [
        *("Worst", "*Nurse*", "• No 000", "• No 001", "Other")
    ]


def test_equal_jobs_of_two_sources_are_two() -> None:
    lines = [told(alert(source=name)) for name in ("ats", "other")]
    assert late(*lines) == ["K. N. · Nurse · applied 17 days ago, no reply yet"] * 2


def test_what_job_it_is_may_be_told_by_its_title_alone() -> None:
    assert late(*applicants(2, job_ref=None))[0] == HEADING.format(2)
    nothing = late(*applicants(2, job_ref=None, job_title=None))
    assert nothing == [
        f"No 00{n} · applied 17 days ago, no reply yet" for n in range(2)
    ]


def test_a_job_without_a_title_is_counted_all_the_same() -> None:
    heading = HEADING.format(2).removeprefix("*Nurse* · ")
    assert late(*applicants(2, job_title=None))[0] == heading


def test_the_parts_are_grouped_each_for_itself() -> None:
    soon = [
        warned(alert(id=n, application_id=f"B{n}", due_at=at("2026-09-25 09:00")))
        for n in range(2)
    ]
    found = sections(digest(*applicants(2), *soon))
    assert [lines[0] for lines in found.values()] == [HEADING.format(2)] * 2


# --- the link to a whole job ---


def open_all(count: int) -> str:
    return f" · <{JOB}|Open all {count}>"


def test_a_group_has_one_link_to_act_on_all_of_it() -> None:
    heading, *people = late(*applicants(5, job_link=JOB))
    assert heading == HEADING.format(5) + open_all(5)
    assert not any(JOB in line for line in people)


def test_the_link_stands_beside_those_who_are_not_named() -> None:
    heading, *_, last = late(*applicants(37, job_link=JOB))
    assert heading == HEADING.format(37)
    assert last == "• and 34 more" + open_all(37)


def test_a_job_has_one_link_wherever_its_people_stand() -> None:
    review = told(
        alert(application_id="B", rule="manager-review", owner=PER), by=REVIEW
    )
    one, other = applicants(1, job_link=JOB), applicants(3, job_link=JOB)
    found = "\n".join(texts(digest(*one, review)))
    assert found.count(JOB) == 1
    assert "no reply yet" + open_all(2) in found
    found = "\n".join(texts(digest(*other, review)))
    assert found.count(JOB) == 1
    assert HEADING.format(3) + open_all(4) in found


@pytest.mark.parametrize("url", [None, "", "javascript:alert(1)"])
def test_a_job_that_cannot_be_opened_has_no_link(url: str | None) -> None:
    assert "<" not in digest(*applicants(3, job_link=url)).text


def test_one_candidate_needs_no_link_to_the_job() -> None:
    assert JOB not in digest(*applicants(1, job_link=JOB)).text


def test_each_person_has_a_link_of_their_own_as_well() -> None:
    found = late(*applicants(2, job_link=JOB, url="https://ats.example.org/A"))
    assert all(line.endswith("|Open>") for line in found[1:])


# --- settled ---


def settle(lines: list[Line], *places: int) -> list[Line]:
    """Return the lines with some of them answered."""
    found = [*lines]
    for n in places:
        made = alert(id=n, seen=lines[n].alert.seen, **TOLD)
        found[n] = told(made, job_link=lines[n].job_link)
    return found


def changed(before: list[Line], after: list[Line]) -> list[tuple[str, str]]:
    """Return the lines that look different, as they were and as they are."""
    lines = zip(late(*before), late(*after), strict=True)
    return [(was, now) for was, now in lines if was != now]


def test_who_was_answered_is_struck_through_in_place() -> None:
    before = applicants(4, job_link=JOB)
    [(was, now)] = changed(before, settle(before, 2))
    end = "~ answered Thu 24 Sep 09:05, 3 days past our 14 days"
    assert now == f"• ~{was.removeprefix('• ')}{end}"


def test_who_is_not_named_is_struck_through_when_all_of_them_are_answered() -> None:
    before = applicants(6)
    assert changed(before, settle(before, 3, 4)) == []
    after = settle(before, 3, 4, 5)
    assert changed(before, after) == [("• and 3 more", "• ~and 3 more~")]
    assert texts(digest(*after))[-1] == "3 of 6 settled since."


def test_a_group_is_struck_through_as_a_whole_and_needs_no_link() -> None:
    before = applicants(37, job_link=JOB)
    heading, *_, last = late(*settle(before, *range(37)))
    assert heading == f"~{HEADING.format(37).replace('*', '')}~"
    assert last == "• ~and 34 more~"


def test_the_link_stays_as_long_as_anybody_waits() -> None:
    before = applicants(3, job_link=JOB)
    assert late(*settle(before, 0, 1))[0] == HEADING.format(3) + open_all(3)


# --- limits ---


def test_a_heading_never_stands_alone_where_there_is_no_more_room() -> None:
    rows = [Row("x" * 80), Row("heading", 0), Row("y" * 200), Row("and more", 7)]
    title = "t" * (blocks.MESSAGE_LENGTH - 200)
    message = blocks.compose(title, [], [Part("", rows)], "", said=ENGLISH)
    assert texts(message)[1:] == ["x" * 80, "and 8 more"]


def test_thousands_are_one_calm_message() -> None:
    lines = [
        line
        for job in range(300)
        for line in applicants(20, job_ref=f"J{job}", source=f"s{job}", job_link=JOB)
    ]
    message = digest(*lines)
    whole = "\n".join(texts(message))
    assert "6,000 people on today's list" in message.text
    assert len(message.blocks) < 10
    named = len(re.findall(r"No \d+", whole))
    more = [int(n.replace(",", "")) for n in re.findall(r"and ([\d,]+) more", whole)]
    assert named + sum(more) == 6_000


@pytest.mark.parametrize("odd", ["<!channel>", "*b* ~s~", "& <b>", "x" * 999, " ", "~"])
def test_odd_titles_of_jobs_do_nothing_in_a_heading(odd: str) -> None:
    heading, *people = late(*applicants(2, job_title=odd))
    assert len(people) == 2
    assert "<" not in heading
    assert "people · Every candidate" in heading


# --- how late, in words ---


def line_of(message: str, **more: Any) -> str:
    [line] = late(told(alert(), by=rule(message=message, **more)))
    return line


def test_a_line_that_tells_no_time_is_given_one() -> None:
    bare = line_of("so call first")
    assert bare == "K. N. · Nurse · so call first, 3 days past our 14 days"
    promise = line_of("'our promise is {{ promise }}'")
    assert promise.endswith("our promise is 14 days, 3 days past our 14 days")
    assert line_of("'due {{ due }}'").endswith("due Mon 21 Sep 09:00")


def test_one_wait_that_tells_the_time_is_enough() -> None:
    call = rule(id="call", message="so call first")
    [line] = late(
        *applicants(1), told(alert(rule="call", application_id="A000"), by=call)
    )
    assert line == "K. N. · Nurse · so call first; applied 17 days ago, no reply yet"
