"""Whatever a database holds: Slack takes the message, and nothing in it does harm."""

import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor import messages, privacy
from monitor.alerts import Alert, Reason, State
from monitor.messages import Line, Message, Reader
from monitor.rules import Kind
from tests.builders import INGRID, PER, alert, at, calendar, rule
from tests.laws.offices import law

NOW = at("2026-09-24 09:05")
HIDDEN = "Zqx"  # stands in all that nobody may read in public
LINK = re.compile(r"<https?://[^\s<>|]*\|Open>")
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
    rule(clock="{starts: shared_at, stops: decided_at}", target="3 working hours"),
    None,
]

anything = st.text(max_size=300) | st.sampled_from(
    ["<!channel>", "&" * 400, "<>|&*_~`" * 50, "\u202e" * 9, "x" * 5_000, "🎉 e\u0301"]
)
links = st.none() | anything.map(lambda text: f"https://ats.example.org/{text}")
kinds = st.sampled_from(Kind)


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
        url=draw(links),
        owner=draw(st.sampled_from([INGRID, PER, None])),
        department=draw(st.none() | anything),
        due_at=NOW + draw(st.timedeltas(timedelta(days=-90), timedelta(days=9))),
    )


lines = st.lists(
    st.builds(messages.line, alerts(), kinds, st.sampled_from(RULES)),
    min_size=1,
    max_size=30,
)


def render(told: list[Line], name: str) -> Message:
    reader = Reader(INGRID, name)
    return messages.render(told, reader, calendar=calendar(), now=NOW)


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
@given(lines, anything, st.integers(1, 20))
def test_slack_takes_any_message(told: list[Line], name: str, times: int) -> None:
    message = render(many(told, times), name)
    assert 1 <= len(message.blocks) <= 50
    assert all(1 <= len(text) <= 3_000 for text in texts(message))
    assert sum(map(len, texts(message))) <= 13_000
    assert 1 <= len(message.text) <= 3_000


@law
@given(lines, anything, st.integers(1, 20))
def test_a_message_links_only_where_we_do(
    told: list[Line], name: str, times: int
) -> None:
    message = render(many(told, times), name)
    for text in [*texts(message), message.text]:
        bare = LINK.sub("", text)
        assert "<" not in bare
        assert ">" not in bare
        assert not re.search(r"&(?!(amp|lt|gt);)", text)


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
@given(st.lists(st.tuples(alerts(), kinds, st.sampled_from(RULES)), min_size=1))
def test_a_channel_reads_nothing_about_a_person(
    drawn: list[tuple[Alert, Kind, None]],
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
        told.append(messages.line(replace(made, seen=seen), kind, of))
    message = render(told, "")
    assert HIDDEN.lower() not in f"{message.text}{message.blocks}".lower()
    assert not any("<" in text for text in [*texts(message), message.text])


@law
@given(st.integers(1, 400), st.integers(0, 400), st.text("N&<", max_size=200))
def test_what_is_not_shown_is_counted(mine: int, theirs: int, title: str) -> None:
    told = [
        messages.line(
            alert(
                application_id=f"A{number}",
                candidate=f"No {number}.",
                owner=INGRID if number < mine else PER,
                job_title=title,
            ),
            Kind.BREACH,
            RULES[1],
        )
        for number in range(mine + theirs)
    ]
    whole = "\n".join(texts(render(told, "Ingrid")))
    left_out = re.findall(r"^and ([\d,]+) more$", whole, re.MULTILINE)
    more = int(left_out[0].replace(",", "")) if left_out else 0
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
