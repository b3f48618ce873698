"""What people read: a calm digest, a channel without names, and nothing that pings."""

import re
from datetime import timedelta
from typing import Any

import pytest

from monitor import messages
from monitor.alerts import Reason, State
from monitor.messages import Line, Message, Reader, blocks, words
from monitor.messages.blocks import Part, Row
from monitor.messages.english import ENGLISH
from monitor.rules import Kind
from monitor.worktime import Duration
from tests.builders import INGRID, MONDAY, PER, alert, at, calendar, finding, rule
from tests.unit.messages.posts import (
    NOW,
    REVIEW,
    TOLD,
    digest,
    public,
    sections,
    texts,
    told,
    warned,
)

# --- a person's digest ---


def test_a_digest_greets_counts_and_names_the_promise() -> None:
    soon = finding(
        application_id="A2", candidate="M. S.", due_at=at("2026-09-25 09:00")
    )
    message = digest(told(alert()), warned(alert(id=2, seen=soon, state=State.WARNING)))
    assert texts(message) == [
        (
            "*Good morning, Ingrid. 2 people on today's list are waiting for an answer from you.*\n"
            "For 1 of them our 14 days have passed."
        ),
        "*Past our promise*\nK. N. · Nurse · applied 17 days ago, no reply yet",
        "*Coming up*\nM. S. · Nurse · our 14 days are up on Fri 25 Sep 09:00",
    ]


def test_the_plain_text_says_the_same_without_blocks() -> None:
    assert digest(told(alert())).text.split("\n") == [
        "Good morning, Ingrid. 1 person on today's list is waiting for an answer from you.",
        "Our 14 days have passed.",
        "Past our promise:",
        "K. N. · Nurse · applied 17 days ago, no reply yet",
    ]


def test_a_manager_is_asked_for_a_decision_and_told_that_little_is_enough() -> None:
    seen = finding(rule="manager-review", owner=PER)
    message = digest(told(alert(seen=seen), by=REVIEW), name="Per", to=PER)
    assert texts(message)[0].split("\n") == [
        "*Good morning, Per. 1 person on today's list is waiting for your decision.*",
        "Our 2 working days have passed.",
        (
            "The recruiter can answer as soon as you have decided; "
            "a yes, a no or a question is enough."
        ),
    ]
    assert sections(message)["Past our promise"] == [
        "K. N. · Nurse · handed over Mon 7 Sep, no decision for 13 working days"
    ]


def test_an_answer_and_a_decision_are_asked_for_as_an_answer() -> None:
    decide = alert(
        rule="manager-review", application_id="A2", owner=INGRID, recruiter=PER
    )
    message = digest(told(alert()), told(decide, by=REVIEW))
    title, promise, advice = texts(message)[0].split("\n")
    assert "2 people on today's list are waiting for an answer from you." in title
    assert promise == "Our promise has passed."
    assert advice.startswith("The recruiter can answer")


def test_nobody_is_told_that_they_wait_for_themselves() -> None:
    decide = alert(rule="manager-review", owner=INGRID, recruiter=INGRID)
    assert "The recruiter" not in texts(digest(told(decide, by=REVIEW)))[0]


def test_who_stands_in_for_others_reads_for_whom() -> None:
    reader = Reader(INGRID, "Ingrid", frozenset({PER}), stands_in_for=("Per", "Liv"))
    lines = [told(alert(owner=PER))]
    message = messages.render(lines, reader, calendar=calendar(), now=NOW)
    assert (
        "This includes what waits for Per, Liv, who cannot be reached now."
        in texts(message)[0]
    )


def test_who_only_sees_it_is_told_that_a_colleague_has_it() -> None:
    message = digest(told(alert(owner=PER)))
    assert "1 person on today's list is waiting on a colleague." in texts(message)[0]
    assert list(sections(message)) == ["Waiting on a colleague"]
    assert "passed" not in texts(message)[0]


def test_who_fills_the_role_that_owns_it_is_the_owner() -> None:
    reader = Reader("tuva@example.org", "Tuva", frozenset({"hr_lead"}))
    lines = [told(alert(owner="hr_lead"))]
    message = messages.render(lines, reader, calendar=calendar(), now=NOW)
    assert list(sections(message)) == ["Past our promise"]


def test_one_application_has_one_line_however_many_rules_it_breaks() -> None:
    review = alert(id=2, rule="manager-review", owner=INGRID)
    message = digest(told(alert()), told(review, by=REVIEW))
    assert "1 person on today's list is" in texts(message)[0]
    [line] = sections(message)["Past our promise"]
    assert line.count("·") == 2
    assert "no reply yet; handed over" in line


def test_equal_ids_of_two_sources_are_two_people() -> None:
    other = alert(id=2, source="other", candidate="M. S.")
    message = digest(told(alert()), told(other))
    assert "2 people on today's list are" in texts(message)[0]
    assert len(sections(message)["Past our promise"]) == 2


def test_a_warning_and_its_breach_in_one_digest_are_one_line() -> None:
    both = digest(warned(alert()), told(alert()))
    assert both == digest(told(alert()))


def test_two_waits_of_one_application_are_both_told() -> None:
    again = alert(id=2, started_at=at("2026-09-09 09:00"))
    assert "; " in sections(digest(told(alert()), told(again)))["Past our promise"][0]


def test_the_worst_stands_first() -> None:
    urgent = rule(id="x", severity="page", message="urgent")
    ids = ["A3", "A2", "A1"]
    dues = [at("2026-09-20 09:00"), at("2026-09-18 09:00"), at("2026-09-22 09:00")]
    lines = [
        told(
            alert(
                id=n, application_id=each, candidate=each, due_at=due, job_ref=f"J{n}"
            )
        )
        for n, (each, due) in enumerate(zip(ids, dues, strict=True))
    ]
    first = told(alert(id=9, application_id="A9", candidate="A9", rule="x"), by=urgent)
    found = sections(digest(*lines, first))["Past our promise"]
    assert [line.split(" ·")[0] for line in found] == ["A9", "A2", "A3", "A1"]


def test_the_owner_hears_what_becomes_public_and_when() -> None:
    heads_up = [
        told(alert(id=n, application_id=f"A{n}"), Kind.HEADS_UP) for n in range(2)
    ]
    assert texts(digest(heads_up[0]))[-1] == (
        "1 of these goes to the leads' channel on the next working day, "
        "as a count without names, unless settled before."
    )
    assert texts(digest(*heads_up, told(alert())))[-1].startswith("2 of these go to")


def test_a_heads_up_is_said_even_where_the_step_itself_stands_beside_it() -> None:
    message = digest(told(alert(), Kind.ESCALATION), told(alert(), Kind.HEADS_UP))
    assert texts(message)[-1].startswith("1 of these goes to")


def test_a_heads_up_before_the_deadline_says_that_it_is_coming() -> None:
    soon = alert(due_at=at("2026-09-25 09:00"), state=State.WARNING)
    message = digest(told(soon, Kind.HEADS_UP))
    assert next(iter(sections(message))) == "Coming up"
    assert "passed" not in message.text


def test_a_warning_claims_no_breach_while_evidence_may_be_on_its_way() -> None:
    message = digest(warned(alert(due_at=at("2026-09-24 09:00"), state=State.WARNING)))
    assert list(sections(message)) == ["Coming up"]
    assert "our 14 days are up on Thu 24 Sep 09:00" in message.text


def test_exactly_at_the_deadline_our_promise_has_not_passed() -> None:
    assert "Coming up" in sections(digest(told(alert(due_at=NOW))))


def test_a_promise_of_one_day_is_grammar_too() -> None:
    one = rule(target="1 day")
    late = told(alert(), by=one)
    soon = told(alert(due_at=at("2026-09-25 09:00")), Kind.WARNING, one)
    assert "Our 1 day has passed." in digest(late).text
    assert "our 1 day is up on Fri 25 Sep 09:00" in digest(soon).text


def test_a_line_links_into_the_database() -> None:
    message = digest(told(alert(url="https://ats.example.org/?a=1&b=2")))
    assert texts(message)[1].endswith(" · <https://ats.example.org/?a=1&amp;b=2|Open>")


@pytest.mark.parametrize(
    ("field", "shown"),
    [("candidate", "Nurse · applied"), ("job_title", "K. N. · applied")],
)
def test_what_is_not_known_is_left_out(field: str, shown: str) -> None:
    message = digest(told(alert(**{field: ""})))
    assert f"\n{shown} 17 days ago" in texts(message)[1]


def test_all_variables_of_a_line_are_filled() -> None:
    every = rule(message="'{{waited}}, {{since}}, {{due}}, {{late}}, {{promise}}'")
    [line] = sections(digest(told(alert(), by=every)))["Past our promise"]
    assert line.endswith("17 days, Mon 7 Sep, Mon 21 Sep 09:00, 3 days, 14 days")


# --- settled ---


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        (Reason.ON_TIME, "answered Thu 24 Sep 09:05, within our 14 days"),
        (Reason.LATE, "answered Thu 24 Sep 09:05, 3 days past our 14 days"),
        (Reason.CLOSED, "closed Thu 24 Sep 09:05"),
        (Reason.WAIVED, "no reply needed, Thu 24 Sep 09:05"),
        (Reason.GONE, "no longer due"),
        (Reason.RULE_REMOVED, "no longer due"),
        (Reason.SOURCE_REMOVED, "no longer due"),
    ],
)
def test_a_settled_line_is_struck_through_and_says_how_it_ended(
    reason: Reason, end: str
) -> None:
    done = alert(state=State.RESOLVED, reason=reason, effective_at=NOW)
    [line] = sections(digest(told(done)))["Past our promise"]
    assert line == f"~K. N. · Nurse · applied 17 days ago, no reply yet~ {end}"


def test_the_end_is_told_as_of_when_it_came() -> None:
    done = alert(
        state=State.RESOLVED, reason=Reason.LATE, effective_at=at("2026-09-25 10:42")
    )
    assert "answered Fri 25 Sep 10:42, 4 days past" in digest(told(done)).text


def test_a_decision_is_decided_not_answered() -> None:
    done = alert(rule="manager-review", **TOLD)
    [line] = sections(digest(told(done, by=REVIEW)))["Past our promise"]
    assert line.endswith("~ decided Thu 24 Sep 09:05, 3 working days past "
                         "our 2 working days")  # fmt: skip


def test_an_edit_strikes_through_what_is_settled_and_changes_nothing_else() -> None:
    open_alerts = [
        alert(
            id=n,
            application_id=f"A{n}",
            candidate=f"{n}.",
            job_ref=f"J{n}",
            due_at=at("2026-09-21 09:00") + timedelta(minutes=n),
        )
        for n in range(4)
    ]
    done = alert(id=2, seen=open_alerts[2].seen, **TOLD)
    after = [*open_alerts[:2], done, open_alerts[3]]
    posted, edited = digest(*map(told, open_alerts)), digest(*map(told, after))
    before_lines = sections(posted)["Past our promise"]
    after_lines = sections(edited)["Past our promise"]
    assert texts(edited)[0] == texts(posted)[0]
    changed = [n for n in range(4) if before_lines[n] != after_lines[n]]
    assert changed == [2]
    assert after_lines[2].startswith(f"~{before_lines[2]}~ answered ")
    assert texts(edited)[-1] == "1 of 4 settled since."
    assert posted.digest != edited.digest
    assert posted.digest == digest(*map(told, open_alerts)).digest


def test_a_line_about_two_waits_is_struck_through_when_both_are_settled() -> None:
    done = told(alert(**TOLD))
    review = alert(id=2, rule="manager-review", owner=INGRID)
    assert "~" not in digest(done, told(review, by=REVIEW)).text
    settled = alert(id=2, rule="manager-review", owner=INGRID, **TOLD)
    assert "~" in digest(done, told(settled, by=REVIEW)).text


def test_a_wait_that_is_over_is_not_told_beside_one_that_goes_on() -> None:
    review = alert(id=2, rule="manager-review", owner=INGRID)
    both = digest(told(alert()), told(review, by=REVIEW))
    [line] = sections(digest(told(alert(**TOLD)), told(review, by=REVIEW)))[
        "Past our promise"
    ]
    [before] = sections(both)["Past our promise"]
    [alone] = sections(digest(told(review, by=REVIEW)))["Past our promise"]
    assert line == alone != before


def test_a_settled_heads_up_becomes_public_no_more() -> None:
    message = digest(told(alert(**TOLD), Kind.HEADS_UP))
    assert texts(message)[-1] == "1 of 1 settled since."


def test_a_line_outlives_its_rule() -> None:
    removed = alert(state=State.CANCELLED, reason=Reason.RULE_REMOVED)
    message = digest(
        told(removed, by=None),
        told(alert(id=2, application_id="A2", job_ref="J2"), by=None),
    )
    assert texts(message)[0].endswith("Our promise has passed.")
    assert sections(message)["Past our promise"] == [
        "~K. N. · Nurse · waiting since Mon 7 Sep~ no longer due",
        "K. N. · Nurse · waiting since Mon 7 Sep",
    ]
    soon = alert(due_at=at("2026-09-25 09:00"))
    assert "our promise is up on" in digest(told(soon, Kind.WARNING, None)).text


# --- a channel ---


def test_a_channel_reads_counts_by_promise_and_department() -> None:
    lines = [
        told(alert(id=n, application_id=f"A{n}", department=place), Kind.ESCALATION)
        for n, place in enumerate(["Sales", "IT", "Sales", None])
    ]
    lines.append(
        told(alert(id=9, rule="manager-review", application_id="A0"), by=REVIEW)
    )
    assert texts(public(*lines)) == [
        "*4 candidates have waited past our promise.*",
        (
            "A manager decides: 1 still waiting. Health (1).\n"
            "Every candidate hears from us within 14 days: 4 still waiting. "
            "IT (1), Sales (2), no department (1)."
        ),
    ]


def test_a_settled_row_of_a_channel_is_struck_through() -> None:
    settled = public(told(alert(**TOLD)))
    assert texts(settled)[1].startswith("~Every candidate")
    assert texts(settled)[1].endswith("~ settled")
    half = public(told(alert(**TOLD)), told(alert(id=2, application_id="A2")))
    assert "~" not in texts(half)[1]
    assert "1 still waiting. Health (1)." in texts(half)[1]


def test_a_channel_is_not_told_that_a_promise_passed_that_has_not() -> None:
    """As where a warning finds no recruiter and goes to the fallback channel."""
    soon = alert(due_at=at("2026-09-25 09:00"), state=State.WARNING)
    assert texts(public(warned(soon)))[0] == (
        "*1 candidate waits for an answer that is soon due.*"
    )
    both = public(warned(soon), told(alert(id=2, application_id="A2")))
    assert "1 candidate has waited past our promise" in both.text


def test_a_channel_names_twenty_departments_and_counts_the_rest() -> None:
    lines = [
        told(alert(id=n, application_id=f"A{n}", department=f"D{n:02}"))
        for n in range(23)
    ]
    assert texts(public(*lines))[1].endswith("D19 (1) and 3 more.")
    assert texts(public(*lines[:20]))[1].endswith("D19 (1).")


def test_nobody_is_named_in_public() -> None:
    secret = {
        "application_id": "secret-id",
        "candidate": "secret name",
        "job_ref": "secret job",
        "job_title": "secret title",
        "url": "https://secret.example.org",
        "owner": "secret@example.org",
        "recruiter": "secret@example.org",
        "manager": "secret@example.org",
        "decided_by": "secret@example.org",
    }
    message = public(told(alert(**secret)), told(alert(**secret, **TOLD), by=None))
    assert "secret" not in f"{message.text} {message.blocks}"


# --- what a database may hold ---

ODD = [
    "<!channel>",
    "<@U123> & <https://x.example.org|click>",
    "Fish & chips",
    "&lt;!here&gt;",
    "🎉 Lead 🎉",
    "x" * 5_000,
    "&" * 5_000,
    "\u202eesruN",
    "*bold* _it_ ~gone~ `code`",
    "a | b",
    "two\nlines\r\n> quoted",
    "\x00\x1b",
    "",
]


@pytest.mark.parametrize("odd", ODD, ids=lambda text: ascii(text)[:24])
@pytest.mark.parametrize("field", ["candidate", "job_title", "department", "name"])
def test_odd_text_is_shown_and_does_nothing(odd: str, field: str) -> None:
    if field == "name":
        message = digest(told(alert()), name=odd or "-")
    else:
        lines = [told(alert(**{field: odd}))]
        message = public(*lines) if field == "department" else digest(*lines)
    check_limits(message)
    for text in [*texts(message), message.text]:
        assert not re.search(r"[<>]", text)
        assert not re.search(r"&(?!(amp|lt|gt);)", text)
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)
    assert len(texts(message)[1].split("\n")) == (1 if field == "department" else 2)


def check_limits(message: Message) -> None:
    assert len(message.blocks) <= 50
    assert all(0 < len(text) <= 3_000 for text in texts(message))
    assert sum(map(len, texts(message))) <= 13_000
    assert 0 < len(message.text) <= 4_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a & b <c>", "a &amp; b &lt;c&gt;"),
        ("*b*", "\u200b*b\u200b*"),
        ("~_`", "\u200b~\u200b_\u200b`"),
        (None, ""),
        ("x" * 201, "x" * 199 + "…"),
    ],
)
def test_escaped_text_is_shown_as_it_is(text: str | None, shown: str) -> None:
    assert messages.escape(text) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (None, ""),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("ftp://example.org", ""),
        ("http://a.no/1", "<http://a.no/1|Open>"),
        ("https://a.no/?q=1&r=2", "<https://a.no/?q=1&amp;r=2|Open>"),
        ("https://a.no/a b|c>d<e", "<https://a.no/a%20b%7Cc%3Ed%3Ce|Open>"),
        ("https://a.no/\n<!channel>", ""),
        ("https://a.no/\u202e", ""),
        ("https://a.no/" + "x" * 987, "<https://a.no/" + "x" * 987 + "|Open>"),
        ("https://a.no/" + "x" * 988, ""),
    ],
    ids=lambda text: ascii(text)[:28],
)
def test_only_a_plain_web_address_becomes_a_link(url: str | None, shown: str) -> None:
    assert blocks.link(url, "Open") == shown


# --- Slack's limits ---


def crowd(count: int, **changed: Any) -> list[Line]:
    """Return so many people, each on a job of their own."""
    return [
        told(
            alert(
                id=n,
                application_id=f"A{n:03}",
                candidate=f"No {n:03}",
                job_ref=f"J{n}",
                **changed,
            )
        )
        for n in range(count)
    ]


def people_in(message: Message) -> list[str]:
    return re.findall(r"No \d{3}", "\n".join(texts(message)))


def left_out(message: Message) -> int:
    [count] = re.findall(r"^and ([\d,]+) more$", "\n".join(texts(message)), re.M)
    return int(count.replace(",", ""))


@pytest.mark.parametrize("title", ["Nurse", "N" * 200, "&" * 200])
def test_a_digest_of_500_people_is_cut_and_says_how_many_are_left_out(
    title: str,
) -> None:
    message = digest(*crowd(500, job_title=title))
    check_limits(message)
    assert "500 people on today's list are waiting" in message.text
    shown = people_in(message)
    assert shown == [f"No {n:03}" for n in range(len(shown))]
    assert left_out(message) == 500 - len(shown)


def test_what_is_cut_is_counted_over_all_parts() -> None:
    soon = alert(id=999, application_id="Z", candidate="Z", due_at=NOW)
    message = digest(*crowd(500), *[warned(soon)])
    assert "Coming up" not in sections(message)
    assert left_out(message) == 501 - len(people_in(message))


def test_a_long_digest_fills_its_sections() -> None:
    lengths = [len(text) for text in texts(digest(*crowd(500)))]
    assert all(length > 2_900 for length in lengths[1:4])
    assert sum(lengths) > 11_800


def test_a_short_digest_is_not_cut() -> None:
    assert " more" not in digest(*crowd(20)).text


def part(heading: str, *lines: str) -> Part:
    return Part(heading, [Row(line) for line in lines])


def compose(title: str, *parts: Part, note: str = "") -> Message:
    return blocks.compose(title, [], parts, note, said=ENGLISH)


def part_of(*lines: str, room_left: int = 0) -> Message:
    """Compose a message that leaves so much room when its lines are taken."""
    used = sum(len(line) + 1 for line in lines) + len("H") + 3
    title = "t" * (blocks.MESSAGE_LENGTH - used - room_left)
    return compose(title, part("H", *lines))


def test_a_message_holds_its_length_and_not_a_character_more() -> None:
    assert "more" not in part_of("one", "two").text[-20:]
    assert texts(part_of("one", "two"))[1:] == ["*H*\none\ntwo"]
    assert texts(part_of("one", "two", room_left=-1))[1:] == ["*H*\none", "and 1 more"]
    assert texts(part_of("one", room_left=-1))[1:] == ["and 1 more"]


@pytest.mark.parametrize(
    ("text", "longest", "cut"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab&amp;cd", 7, "ab…"),
        ("ab&amp;cdef", 9, "ab&amp;c…"),
        ("ab <https://a.no|Open>", 12, "ab …"),
        ("<https://a.no|Open> abc", 22, "<https://a.no|Open> a…"),
    ],
)
def test_a_cut_never_falls_within_a_link_or_a_mark(
    text: str, longest: int, cut: str
) -> None:
    assert blocks._cut(text, longest) == cut


def test_a_line_longer_than_a_section_is_cut() -> None:
    message = compose("t", part("H", "x" * 4_000, "y"), note="note")
    assert [len(text) for text in texts(message)] == [3, 3, 3_000, 1, 4]


@pytest.mark.parametrize(("second", "blocks_made"), [(1_499, 2), (1_500, 3)])
def test_a_section_holds_three_thousand_characters(
    second: int, blocks_made: int
) -> None:
    lines = ["a" * 1_500, "b" * second]
    message = compose("t", part("", *lines))
    assert len(message.blocks) == blocks_made
    assert "\n".join(texts(message)[1:]) == "\n".join(lines)


def test_fifty_blocks_are_enough_for_slack() -> None:
    parts = [part(f"H{n}", "x") for n in range(60)]
    assert len(compose("t", *parts).blocks) == 50


# --- words ---


@pytest.mark.parametrize(
    ("end", "target", "span"),
    [
        ("2026-09-07 09:59", "14 days", "less than an hour"),
        ("2026-09-07 10:00", "14 days", "1 hour"),
        ("2026-09-07 23:59", "14 days", "14 hours"),
        ("2026-09-08 00:00", "14 days", "1 day"),
        ("2026-09-24 08:00", "14 days", "17 days"),
        ("2026-09-24 08:00", "336 hours", "17 days"),
        ("2026-09-08 07:00", "2 working days", "1 working day"),
        ("2026-09-14 09:00", "2 working days", "5 working days"),
        ("2026-09-13 09:00", "16 working hours", "4 working days"),
        ("2026-09-07 15:00", "16 working hours", "6 hours"),
        ("2026-09-07 08:00", "14 days", "less than an hour"),
        ("2027-10-12 09:00", "2 working days", "286 working days"),
        ("2027-10-13 09:00", "2 working days", "286 working days"),
        ("2029-10-12 09:00", "14 days", "1,131 days"),
    ],
)
def test_a_wait_is_told_in_the_unit_of_the_promise(
    end: str, target: str, span: str
) -> None:
    found = words.span(at(MONDAY), at(end), Duration.parse(target), calendar())
    assert found == span


def test_a_weekend_has_no_working_day() -> None:
    friday, sunday = at("2026-09-11 17:00"), at("2026-09-13 17:00")
    target = Duration.parse("2 working days")
    assert words.span(friday, sunday, target, calendar()) == "48 hours"


@pytest.mark.parametrize(
    ("now", "greeting"),
    [
        ("2026-09-24 11:59", "Good morning"),
        ("2026-09-24 12:00", "Good afternoon"),
        ("2026-09-24 16:59", "Good afternoon"),
        ("2026-09-24 17:00", "Good evening"),
    ],
)
def test_a_greeting_fits_the_local_hour(now: str, greeting: str) -> None:
    assert words.greeting(at(now), calendar()) == greeting


def test_another_year_is_named() -> None:
    last = at("2025-12-31 23:30")
    assert words.moment(last, calendar(), now=NOW) == "Wed 31 Dec 2025 23:30"
    assert words.day(NOW, calendar(), now=NOW) == "Thu 24 Sep"
    new_year = at("2026-01-01 00:30")  # still 2025 in UTC
    assert words.day(new_year, calendar(), now=NOW) == "Thu 1 Jan"


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "1 day"), (0, "0 days"), (2, "2 days"), (1234, "1,234 days")],
)
def test_a_count_and_its_noun_agree(count: int, text: str) -> None:
    assert words.plural(count, "day") == text


def test_an_odd_plural_is_given() -> None:
    assert words.plural(2, "person", "people") == "2 people"
