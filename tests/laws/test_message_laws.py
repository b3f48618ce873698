"""Whatever a database holds: Slack takes the message, and nothing in it does harm."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor import messages, privacy
from monitor.alerts import Alert, Reason, State
from monitor.language import Language
from monitor.messages import Line, Message, Reader
from monitor.rules import Kind, Rule
from tests.builders import INGRID, PER, alert, at, calendar, rule
from tests.laws.offices import law

NOW = at("2026-09-24 09:05")
HIDDEN = "Zqx"  # stands in all that nobody may read in public
LINK = re.compile(
    r"<https?://[^\s<>|]*\|(Open|Åpne|Öppna|Åbn)"
    r"( (all|alle|alla) \d{1,3}([,.\u00a0]\d{3})*)?>"
)
MORE = re.compile(
    r"(?:and|og|och) ([\d,.\u00a0]+) (?:more|til|till|mere)$", re.MULTILINE
)
STATES = [
    (State.WARNING, None),
    (State.BREACHED, None),
    (State.ESCALATED, None),
    (State.RESOLVED, Reason.LATE),
    (State.RESOLVED, Reason.ON_TIME),
    (State.RESOLVED, Reason.CLOSED),
    (State.CANCELLED, Reason.GONE),
]
RULES = [
    rule(message="'{{ waited }} {{ since }} {{ due }} {{ late }} <b> & *x*'"),
    rule(title="A & B <c>", severity="page", target="1 working day"),
    rule(title="{en: A, nb: Å & <b>, da: Æ}", message="{en: a, sv: '<å> & *ä*'}"),
    rule(clock="{starts: shared_at, stops: decided_at}", target="3 working hours"),
    None,
]

anything = st.text(max_size=300) | st.sampled_from(
    ["<!channel>", "&" * 400, "<>|&*_~`" * 50, "\u202e" * 9, "x" * 5_000, "🎉 e\u0301"]
)
links = st.none() | anything.map(lambda text: f"https://ats.example.org/{text}")
kinds = st.sampled_from(Kind)
languages = st.sampled_from(Language)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    """Draw an alert whose every text may be anything."""
    state, reason = draw(st.sampled_from(STATES))
    return alert(
        state=state,
        reason=reason,
        effective_at=None if reason is None else NOW + timedelta(hours=3),
        application_id=draw(anything),
        candidate=draw(anything),
        job_title=draw(anything),
        job_ref=draw(st.none() | st.sampled_from(["J1", "J2"])),
        url=draw(links),
        owner=draw(st.sampled_from([INGRID, PER, None])),
        department=draw(st.none() | anything),
        due_at=NOW + draw(st.timedeltas(timedelta(days=-90), timedelta(days=9))),
    )


lines = st.lists(
    st.builds(messages.Line, alerts(), kinds, st.sampled_from(RULES), job_link=links),
    min_size=1,
    max_size=30,
)


def render(told: list[Line], name: str, language: Language = Language.EN) -> Message:
    reader = Reader(INGRID, name, language=language, is_fallback=not name)
    return messages.render(told, reader, calendar=calendar(), now=NOW)


def single(told: Line, name: str, language: Language, *, again: bool) -> Message:
    reader = Reader(INGRID, name, language=language)
    return messages.single(told, reader, again=again, calendar=calendar(), now=NOW)


def check_limits(message: Message) -> None:
    assert 1 <= len(message.blocks) <= 50
    assert all(1 <= len(text) <= 3_000 for text in texts(message))
    assert sum(map(len, texts(message))) <= 13_000
    assert 1 <= len(message.text) <= 3_000


def check_marks(message: Message) -> None:
    """Hold that no mark of Slack's stands there but in a link of ours."""
    for text in [*texts(message), message.text]:
        bare = LINK.sub("", text)
        assert "<" not in bare
        assert ">" not in bare
        assert not re.search(r"&(?!(amp|lt|gt);)", text)


def texts(message: Message) -> list[str]:
    return [
        each["text"]["text"] if "text" in each else each["elements"][0]["text"]
        for each in message.blocks
    ]


def many(told: list[Line], times: int) -> list[Line]:
    """Return the lines over and over, of as many sources."""
    return [
        replace(each, alert=replace(each.alert, source=f"s{number}"))
        for number in range(times)
        for each in told
    ]


@law
@given(lines, anything, st.integers(1, 20), languages)
def test_slack_takes_any_message(
    told: list[Line], name: str, times: int, language: Language
) -> None:
    check_limits(render(many(told, times), name, language))


@law
@given(lines, anything, st.integers(1, 20), languages)
def test_a_message_links_only_where_we_do(
    told: list[Line], name: str, times: int, language: Language
) -> None:
    check_marks(render(many(told, times), name, language))


@law
@given(told=lines, name=anything, language=languages, again=st.booleans())
def test_slack_takes_any_message_about_one(
    told: list[Line], name: str, language: Language, *, again: bool
) -> None:
    message = single(told[0], name, language, again=again)
    check_limits(message)
    check_marks(message)
    assert len(LINK.findall(message.text)) <= 1


@law
@given(anything, anything, st.integers(0, 10**6), languages)
def test_slack_takes_any_message_to_the_admin(
    source: str, rule_id: str, count: int, language: Language
) -> None:
    held = messages.admin.held(source, rule_id, count, language=language)
    since = NOW - timedelta(minutes=count)
    silent = messages.admin.silent(
        source, since, calendar=calendar(), now=NOW, language=language
    )
    for message in (held, silent):
        check_limits(message)
        check_marks(message)


@law
@given(st.integers(2, 9), st.integers(1, 40), languages)
def test_a_job_has_one_link_and_each_person_one(
    jobs: int, people: int, language: Language
) -> None:
    told = [
        messages.Line(
            alert(
                application_id=str(n),
                job_ref=str(n % jobs),
                candidate=f"No {n}.",
                url=f"https://ats.example.org/application/{n}",
                owner=INGRID if n % 3 else PER,
            ),
            Kind.BREACH,
            RULES[1],
            job_link=f"https://ats.example.org/job/{n % jobs}",
        )
        for n in range(people)
    ]
    whole = "\n".join(texts(render(told, "Ingrid", language)))
    several = [job for job in range(jobs) if job + jobs < people]
    found = re.findall(r"/job/(\d+)\|", whole)
    assert sorted(map(int, found)) == several
    shown = re.findall(r"/application/(\d+)\|", whole)
    assert len(shown) == len(set(shown)) == len(re.findall(r"No \d+\.", whole))


@law
@given(anything)
def test_escaped_text_holds_no_mark_of_slacks(text: str) -> None:
    safe = messages.escape(text)
    assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", safe)
    assert not re.search(r"(?<!\u200b)[*_~`]", safe)
    assert "\n" not in safe
    shown = safe.replace("\u200b", "").replace("&lt;", "<").replace("&gt;", ">")
    assert shown.replace("&amp;", "&") == privacy.clean(text, longest=200)


@law
@given(
    st.lists(st.tuples(alerts(), kinds, st.sampled_from(RULES)), min_size=1), languages
)
def test_a_channel_reads_nothing_about_a_person(
    drawn: list[tuple[Alert, Kind, Rule | None]], language: Language
) -> None:
    told = []
    for made, kind, of in drawn:
        department = (made.seen.department or "").replace(HIDDEN, "")
        seen = made.seen._replace(
            application_id=f"{HIDDEN}{made.seen.application_id}",
            candidate=f"{HIDDEN} {made.seen.candidate}",
            job_title=f"{HIDDEN} {made.seen.job_title}",
            job_ref=HIDDEN,
            url=f"https://{HIDDEN}.example.org/",
            owner=f"{HIDDEN}@example.org",
            recruiter=f"{HIDDEN}@example.org",
            manager=f"{HIDDEN}@example.org",
            decided_by=f"{HIDDEN}@example.org",
            department=department,
        )
        link = f"https://{HIDDEN}.example.org/job"
        told.append(messages.Line(replace(made, seen=seen), kind, of, job_link=link))
    for message in (
        render(told, "", language),
        single(told[0], "", language, again=False),
        single(told[0], "", language, again=True),
    ):
        assert HIDDEN.lower() not in f"{message.text}{message.blocks}".lower()
        assert not any("<" in text for text in [*texts(message), message.text])


@law
@given(
    st.integers(1, 400),
    st.integers(0, 400),
    st.text("N&<", max_size=200),
    st.integers(1, 400),
    languages,
)
def test_what_is_not_shown_is_counted(
    mine: int, theirs: int, title: str, jobs: int, language: Language
) -> None:
    told = [
        messages.Line(
            alert(
                application_id=f"A{number}",
                candidate=f"No {number}.",
                owner=INGRID if number < mine else PER,
                job_ref=f"J{number % jobs}",
                job_title=title,
            ),
            Kind.BREACH,
            RULES[1],
        )
        for number in range(mine + theirs)
    ]
    whole = "\n".join(texts(render(told, "Ingrid", language)))
    more = sum(int(re.sub(r"\D", "", count)) for count in MORE.findall(whole))
    assert len(set(re.findall(r"No \d+\.", whole))) + more == mine + theirs


@law
@given(lines, st.data())
def test_an_edit_changes_only_the_lines_that_were_settled(
    told: list[Line], data: st.DataObject
) -> None:
    alone = [
        replace(each, alert=replace(each.alert, source=f"s{n}", state=State.BREACHED))
        for n, each in enumerate(told[:5])
    ]
    chosen = data.draw(st.integers(0, len(alone) - 1))
    done = replace(
        alone[chosen].alert,
        state=State.RESOLVED,
        reason=Reason.LATE,
        effective_at=NOW + timedelta(days=1),
    )
    edited = [*alone]
    edited[chosen] = replace(alone[chosen], alert=done)
    before = Counter("\n".join(texts(render(alone, "Ingrid"))).split("\n"))
    after = Counter("\n".join(texts(render(edited, "Ingrid"))).split("\n"))
    gone, come = (before - after).total(), (after - before).total()
    assert gone <= 1 + 1  # the line, and the count of those that become public
    assert come <= 1 + 1  # the same line struck through, and how many are settled


@law
@given(st.integers(2, 60), st.integers(1, 12), languages, st.data())
def test_an_edit_of_a_crowd_touches_one_line_at_most(
    people: int, jobs: int, language: Language, data: st.DataObject
) -> None:
    """Who is not named changes nothing, but where all who are not named are settled."""
    told = [
        messages.Line(
            alert(
                application_id=f"A{n:02}", candidate=f"No {n}.", job_ref=str(n % jobs)
            ),
            Kind.BREACH,
            RULES[1],
            job_link="https://ats.example.org/job",
        )
        for n in range(people)
    ]
    chosen = data.draw(st.integers(0, people - 1))
    done = replace(told[chosen].alert, state=State.RESOLVED, reason=Reason.LATE)
    edited = [*told]
    edited[chosen] = replace(told[chosen], alert=done)
    before = "\n".join(texts(render(told, "Ingrid", language))).split("\n")
    after = "\n".join(texts(render(edited, "Ingrid", language))).split("\n")
    changed = [n for n, line in enumerate(before) if line != after[n]]
    assert len(after) == len(before) + 1  # how many are settled
    assert len(changed) <= 1
    assert all(f"No {chosen}." in before[n] for n in changed)
