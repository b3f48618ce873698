"""Svar speaks four languages, each with its own plurals, days and numbers."""

import re
import string
from dataclasses import fields

import pytest

from monitor.alerts import Reason, State
from monitor.language import Language
from monitor.messages import Line, Message, Reader, admin, erased, render, single, words
from monitor.messages.phrases import Phrases, Plural
from monitor.rules import Kind, Rule
from monitor.worktime import Duration
from tests.builders import INGRID, MONDAY, PER, alert, at, calendar, rule
from tests.unit.messages.posts import (
    NOW,
    applicants,
    digest,
    sections,
    texts,
    told,
    warned,
)

EN, NB, SV, DA = Language
each_language = pytest.mark.parametrize("language", Language)
REPLY = rule(
    title="{en: Soon, nb: Snart, sv: Snarast, da: Straks}",
    message=(
        "{en: '{{ waited }}, no reply', nb: '{{ waited }} uten svar', "
        "sv: '{{ waited }} utan svar', da: '{{ waited }} uden svar'}"
    ),
)
REVIEW = rule(
    id="manager-review",
    title="Decide",
    clock="{starts: shared_at, stops: decided_at}",
    target="2 working days",
    message="'{{ since }} {{ due }} {{ late }} {{ promise }}'",
)


def said(*lines: Line, language: Language) -> list[str]:
    """Return every line of a digest to Ingrid."""
    return "\n".join(texts(digest(*lines, language=language))).split("\n")


# --- every word is there ---


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def phrases(table: Phrases) -> dict[str, tuple[str, ...]]:
    """Return each phrase of a table, with all its forms."""
    found = {field.name: getattr(table, field.name) for field in fields(table)}
    return {
        name: (each,) if isinstance(each, str) else tuple(each)
        for name, each in found.items()
    }


@each_language
def test_every_phrase_is_there_and_has_a_place_for_the_same_things(
    language: Language,
) -> None:
    english = phrases(words.phrases(EN))
    for name, forms in phrases(words.phrases(language)).items():
        assert all(form.strip() or name == "thousands" for form in forms), name
        wanted = set().union(*map(placeholders, english[name]))
        assert all(placeholders(form) == wanted for form in forms), name


@each_language
def test_no_phrase_shouts_or_shows_a_face(language: Language) -> None:
    for forms in phrases(words.phrases(language)).values():
        assert not re.search("[!\U0001f300-\U0001faff]|:[a-z_]+:", "".join(forms))


def test_nothing_was_left_in_english() -> None:
    alike = {
        name
        for name, forms in phrases(words.phrases(EN)).items()
        for other in (NB, SV, DA)
        if forms == phrases(words.phrases(other))[name]
    }
    assert alike <= {"day", "time"}  # which hold no words


# --- numbers, days and waits ---


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 days | 0 dager | 0 dagar | 0 dage"),
        (1, "1 day | 1 dag | 1 dag | 1 dag"),
        (2, "2 days | 2 dager | 2 dagar | 2 dage"),
        (1_000, "1,000 days | 1\u00a0000 dager | 1\u00a0000 dagar | 1.000 dage"),
        (12_345, "12,345 days | 12\u00a0345 dager | 12\u00a0345 dagar | 12.345 dage"),
    ],
)
def test_a_number_and_its_noun_agree(count: int, text: str) -> None:
    tables = map(words.phrases, Language)
    assert " | ".join(each.count(each.days, count) for each in tables) == text


@pytest.mark.parametrize(
    ("promise", "ours"),
    [
        ("1 hour", [
            "our 1 hour",
            "vår frist på 1 time",
            "vår frist på 1 timme",
            "vores frist på 1 time",
        ]),
        ("14 days", [
            "our 14 days", "våre 14 dager", "våra 14 dagar", "vores 14 dage",
        ]),
        ("2 working days", [
            "our 2 working days",
            "våre 2 arbeidsdager",
            "våra 2 arbetsdagar",
            "vores 2 arbejdsdage",
        ]),
        ("80 working hours", [
            "our 80 working hours",
            "våre 80 arbeidstimer",
            "våra 80 arbetstimmar",
            "vores 80 arbejdstimer",
        ]),
        (None, ["our promise", "vår frist", "vår frist", "vores frist"]),
    ],
)  # fmt: skip
def test_the_promise_is_ours(promise: str | None, ours: list[str]) -> None:
    made = Duration.parse(promise) if promise else None
    assert [words.phrases(each).our(made) for each in Language] == ours


@pytest.mark.parametrize(
    ("local", "language", "text"),
    [
        ("2026-11-04 09:05", EN, "Wed 4 Nov 09:05"),
        ("2026-11-04 09:05", NB, "ons. 4. nov. kl. 09:05"),
        ("2026-11-04 09:05", SV, "ons 4 nov. kl. 09:05"),
        ("2026-11-04 09:05", DA, "ons. 4. nov. kl. 09.05"),
        ("2026-05-12 14:00", NB, "tir. 12. mai kl. 14:00"),
        ("2026-05-12 14:00", SV, "tis 12 maj kl. 14:00"),
        ("2026-05-12 14:00", DA, "tirs. 12. maj kl. 14.00"),
        ("2025-12-31 09:05", EN, "Wed 31 Dec 2025 09:05"),
        ("2025-12-31 09:05", NB, "ons. 31. des. 2025 kl. 09:05"),
        ("2025-12-31 09:05", SV, "ons 31 dec. 2025 kl. 09:05"),
        ("2025-12-31 09:05", DA, "ons. 31. dec. 2025 kl. 09.05"),
    ],
)
def test_a_day_is_written_as_people_do(
    local: str, language: Language, text: str
) -> None:
    found = words.moment(at(local), calendar(), now=NOW, language=language)
    assert found == text


@pytest.mark.parametrize(
    ("hour", "text"),
    [
        ("09:00", "Good morning | God morgen | God morgon | Godmorgen"),
        (
            "13:00",
            "Good afternoon | God ettermiddag | God eftermiddag | God eftermiddag",
        ),
        ("18:00", "Good evening | God kveld | God kväll | Godaften"),
    ],
)
def test_a_greeting_fits_the_hour(hour: str, text: str) -> None:
    now = at(f"2026-09-24 {hour}")
    found = [words.greeting(now, calendar(), language=each) for each in Language]
    assert " | ".join(found) == text


@pytest.mark.parametrize(
    ("end", "target", "text"),
    [
        ("2026-09-24 08:00", "14 days", "17 dager | 17 dagar | 17 dage"),
        ("2026-09-08 08:00", "14 days", "1 dag | 1 dag | 1 dag"),
        (
            "2026-09-14 09:00",
            "2 working days",
            "5 arbeidsdager | 5 arbetsdagar | 5 arbejdsdage",
        ),
        ("2026-09-07 12:00", "14 days", "3 timer | 3 timmar | 3 timer"),
        ("2026-09-07 10:00", "14 days", "1 time | 1 timme | 1 time"),
        (
            "2026-09-07 09:30",
            "14 days",
            "mindre enn en time | mindre än en timme | mindre end en time",
        ),
    ],
)
def test_a_wait_is_told_in_words(end: str, target: str, text: str) -> None:
    promise = Duration.parse(target)
    found = [
        words.span(at(MONDAY), at(end), promise, calendar(), language=each)
        for each in (NB, SV, DA)
    ]
    assert " | ".join(found) == text


# --- a digest ---

HEADLINES = {
    EN: [
        (
            "*Good morning, Ingrid. "
            "2 people on today's list are waiting for an answer from you.*"
        ),
        "For 1 of them our 14 days have passed.",
        "*Past our promise*",
        "K. N. · Nurse · 17 days, no reply",
        "*Coming up*",
        "M. S. · Nurse · our 14 days are up on Fri 25 Sep 09:00",
    ],
    NB: [
        "*God morgen, Ingrid. 2 personer på dagens liste venter på svar fra deg.*",
        "For 1 av dem er våre 14 dager gått.",
        "*Etter fristen vår*",
        "K. N. · Nurse · 17 dager uten svar",
        "*Nærmer seg fristen*",
        "M. S. · Nurse · våre 14 dager går ut fre. 25. sep. kl. 09:00",
    ],
    SV: [
        "*God morgon, Ingrid. 2 personer på dagens lista väntar på svar från dig.*",
        "För 1 av dem har våra 14 dagar gått.",
        "*Efter vår frist*",
        "K. N. · Nurse · 17 dagar utan svar",
        "*Närmar sig fristen*",
        "M. S. · Nurse · våra 14 dagar går ut fre 25 sep. kl. 09:00",
    ],
    DA: [
        "*Godmorgen, Ingrid. 2 personer på dagens liste venter på svar fra dig.*",
        "For 1 af dem er vores 14 dage gået.",
        "*Efter vores frist*",
        "K. N. · Nurse · 17 dage uden svar",
        "*Nærmer sig fristen*",
        "M. S. · Nurse · vores 14 dage udløber fre. 25. sep. kl. 09.00",
    ],
}


@each_language
def test_a_digest_speaks_the_language_of_who_reads_it(language: Language) -> None:
    soon = alert(application_id="A2", candidate="M. S.", due_at=at("2026-09-25 09:00"))
    lines = [told(alert(), by=REPLY), told(soon, Kind.WARNING, REPLY)]
    assert said(*lines, language=language) == HEADLINES[language]


@pytest.mark.parametrize(
    ("owner", "count", "by", "texts"),
    [
        (INGRID, 1, REPLY, (
            "1 person på dagens liste venter på svar fra deg.",
            "1 person på dagens lista väntar på svar från dig.",
            "1 person på dagens liste venter på svar fra dig.",
        )),
        (INGRID, 3, REVIEW, (
            "3 personer på dagens liste venter på din avgjørelse.",
            "3 personer på dagens lista väntar på ditt beslut.",
            "3 personer på dagens liste venter på din beslutning.",
        )),
        (PER, 1, REPLY, (
            "1 person på dagens liste venter på en kollega.",
            "1 person på dagens lista väntar på en kollega.",
            "1 person på dagens liste venter på en kollega.",
        )),
        (INGRID, 1_000, REPLY, (
            "1\u00a0000 personer på dagens liste venter på svar fra deg.",
            "1\u00a0000 personer på dagens lista väntar på svar från dig.",
            "1.000 personer på dagens liste venter på svar fra dig.",
        )),
    ],
    ids=["one", "decisions", "a colleague", "a thousand"],
)  # fmt: skip
def test_a_headline_counts_and_says_whose_turn_it_is(
    owner: str, count: int, by: Rule, texts: tuple[str, str, str]
) -> None:
    lines = [
        told(alert(application_id=str(n), owner=owner), by=by) for n in range(count)
    ]
    for language, text in zip((NB, SV, DA), texts, strict=True):
        assert said(*lines, language=language)[0].endswith(f"Ingrid. {text}*")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "Our 1 day has passed."),
        (NB, "Vår frist på 1 dag er gått ut."),
        (SV, "Vår frist på 1 dag har gått ut."),
        (DA, "Vores frist på 1 dag er udløbet."),
    ],
)
def test_a_promise_of_one_day_is_grammar_too(language: Language, text: str) -> None:
    assert said(told(alert(), by=rule(target="1 day")), language=language)[1] == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (NB, "For 1 av dem er vår frist gått ut."),
        (SV, "För 1 av dem har vår frist gått ut."),
        (DA, "For 1 af dem er vores frist udløbet."),
    ],
)
def test_several_promises_are_one_promise(language: Language, text: str) -> None:
    lines = [told(alert(), by=REPLY), told(alert(rule="m"), by=REVIEW)]
    soon = told(alert(application_id="B", due_at=NOW), by=REPLY)
    assert said(*lines, soon, language=language)[1] == text


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "Mon 7 Sep Mon 21 Sep 09:00 3 working days 2 working days"),
        (NB, "man. 7. sep. man. 21. sep. kl. 09:00 3 arbeidsdager 2 arbeidsdager"),
        (SV, "mån 7 sep. mån 21 sep. kl. 09:00 3 arbetsdagar 2 arbetsdagar"),
        (DA, "man. 7. sep. man. 21. sep. kl. 09.00 3 arbejdsdage 2 arbejdsdage"),
    ],
)
def test_what_fills_a_line_is_in_its_language(language: Language, text: str) -> None:
    assert said(told(alert(), by=REVIEW), language=language)[-1].endswith(text)


def test_a_rule_that_was_not_translated_is_read_in_english() -> None:
    english = rule(title="Every candidate hears", message="no reply for {{ waited }}")
    lines = [told(alert(application_id=n), by=english) for n in "AB"]
    [heading, first, _] = sections(digest(*lines, language=SV))["Efter vår frist"]
    assert heading == "*Nurse* · 2 personer · Every candidate hears"
    assert first == "• K. N. · no reply for 17 dagar"


@pytest.mark.parametrize(
    ("language", "heading", "more"),
    [
        (EN, "37 people · Soon", "• and 34 more · <{}|Open all 37>"),
        (NB, "37 personer · Snart", "• og 34 til · <{}|Åpne alle 37>"),
        (SV, "37 personer · Snarast", "• och 34 till · <{}|Öppna alla 37>"),
        (DA, "37 personer · Straks", "• og 34 mere · <{}|Åbn alle 37>"),
    ],
)
def test_many_on_one_job_are_counted_in_words(
    language: Language, heading: str, more: str
) -> None:
    url = "https://ats.example.org/J1"
    lines = [told(each.alert, by=REPLY, job_link=url) for each in applicants(37)]
    found = said(*lines, language=language)
    assert found[3] == f"*Nurse* · {heading}"
    assert found[-1] == more.format(url)


def test_a_rule_that_is_gone_leaves_a_day() -> None:
    lines = [said(told(alert(), by=None), language=each)[-1] for each in (NB, SV, DA)]
    assert [line.rpartition(" · ")[2] for line in lines] == [
        "har ventet siden man. 7. sep.",
        "har väntat sedan mån 7 sep.",
        "har ventet siden man. 7. sep.",
    ]


@pytest.mark.parametrize(
    ("reason", "texts"),
    [
        (Reason.ON_TIME, (
            "fikk svar tor. 24. sep. kl. 09:05, innenfor våre 14 dager",
            "fick svar tors 24 sep. kl. 09:05, inom våra 14 dagar",
            "fik svar tors. 24. sep. kl. 09.05, inden for vores 14 dage",
        )),
        (Reason.LATE, (
            "fikk svar tor. 24. sep. kl. 09:05, 3 dager etter våre 14 dager",
            "fick svar tors 24 sep. kl. 09:05, 3 dagar efter våra 14 dagar",
            "fik svar tors. 24. sep. kl. 09.05, 3 dage efter vores 14 dage",
        )),
        (Reason.CLOSED, (
            "avsluttet tor. 24. sep. kl. 09:05",
            "avslutat tors 24 sep. kl. 09:05",
            "afsluttet tors. 24. sep. kl. 09.05",
        )),
        (Reason.WAIVED, (
            "svar ikke nødvendig, tor. 24. sep. kl. 09:05",
            "svar behövs inte, tors 24 sep. kl. 09:05",
            "svar ikke nødvendigt, tors. 24. sep. kl. 09.05",
        )),
        (Reason.GONE, (
            "gjelder ikke lenger", "gäller inte längre", "gælder ikke længere",
        )),
    ],
)  # fmt: skip
def test_how_it_ended_is_told(reason: Reason, texts: tuple[str, str, str]) -> None:
    done = alert(state=State.RESOLVED, reason=reason, effective_at=NOW)
    for language, text in zip((NB, SV, DA), texts, strict=True):
        found = said(told(done, by=REPLY), language=language)
        assert found[-2].endswith(f"~ {text}")
        assert found[-1].startswith("1 a")


def test_a_decision_is_decided() -> None:
    done = alert(state=State.RESOLVED, reason=Reason.LATE, effective_at=NOW)
    ends = [said(told(done, by=REVIEW), language=each)[-2] for each in (NB, SV, DA)]
    assert [end.rpartition("~ ")[2].split()[0] for end in ends] == [
        *("avgjort", "avgjort", "afgjort")
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (NB, "2 av disse går til ledernes kanal neste arbeidsdag"),
        (SV, "2 av dessa går till ledarnas kanal nästa arbetsdag"),
        (DA, "2 af disse går til ledernes kanal næste arbejdsdag"),
    ],
)
def test_what_becomes_public_is_announced(language: Language, text: str) -> None:
    lines = [told(alert(application_id=n), Kind.HEADS_UP, REPLY) for n in "AB"]
    assert said(*lines, language=language)[-1].startswith(text)


# --- a channel ---


def channel(*lines: Line, language: Language, is_fallback: bool = False) -> list[str]:
    reader = Reader("#leads", "", language=language, is_fallback=is_fallback)
    message = render(lines, reader, calendar=calendar(), now=NOW)
    return "\n".join(texts(message)).split("\n")


@pytest.mark.parametrize(
    ("language", "title", "row"),
    [
        (EN, "2 candidates have waited past our promise.",
         "Soon: 2 still waiting. Health (1), no department (1)."),
        (NB, "2 kandidater har ventet lenger enn vi har lovet.",
         "Snart: 2 venter fortsatt. Health (1), uten avdeling (1)."),
        (SV, "2 kandidater har väntat längre än vi har lovat.",
         "Snarast: 2 väntar fortfarande. Health (1), utan avdelning (1)."),
        (DA, "2 kandidater har ventet længere, end vi har lovet.",
         "Straks: 2 venter stadig. Health (1), uden afdeling (1)."),
    ],
)  # fmt: skip
def test_a_channel_reads_the_language_of_the_house(
    language: Language, title: str, row: str
) -> None:
    lines = [
        told(alert(), by=REPLY),
        told(alert(application_id="B", department=None), by=REPLY),
    ]
    assert channel(*lines, language=language) == [f"*{title}*", row]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "1 candidate waits for an answer that is soon due."),
        (NB, "1 kandidat venter på svar, og fristen er nær."),
        (SV, "1 kandidat väntar på svar, och fristen är nära."),
        (DA, "1 kandidat venter på svar, og fristen er nær."),
    ],
)
def test_a_channel_reads_what_is_soon_due(language: Language, text: str) -> None:
    soon = warned(alert(due_at=at("2026-09-25 09:00")))
    assert channel(soon, language=language)[0] == f"*{text}*"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (EN, "Their owners could not be reached in Slack; `svar doctor` lists them."),
        (NB, "De ansvarlige kunne ikke nås i Slack; `svar doctor` viser hvem det er."),
        (SV, "De ansvariga gick inte att nå i Slack; `svar doctor` visar vilka de är."),
        (DA, "De ansvarlige kunne ikke nås i Slack; `svar doctor` viser, hvem det er."),
    ],
)
def test_the_fallback_channel_reads_why_it_is_told(
    language: Language, text: str
) -> None:
    found = channel(told(alert(), by=REPLY), language=language, is_fallback=True)
    plain = channel(told(alert(), by=REPLY), language=language)
    assert found == [plain[0], text, *plain[1:]]


def test_places_that_are_left_out_are_counted() -> None:
    lines = [
        told(alert(application_id=str(n), department=f"D{n:02}")) for n in range(23)
    ]
    ends = [channel(*lines, language=each)[-1] for each in (NB, SV, DA)]
    assert [end.split("(1)")[-1] for end in ends] == [
        *(" og 3 til.", " och 3 till.", " og 3 mere.")
    ]


# --- one person, the admin, and what is gone ---


@pytest.mark.parametrize(
    ("language", "owner", "by", "text"),
    [
        (NB, INGRID, REPLY, "K. N. venter på svar fra deg om Nurse."),
        (NB, PER, REVIEW, "K. N. venter på en avgjørelse om Nurse."),
        (SV, INGRID, REVIEW, "K. N. väntar på ditt beslut om Nurse."),
        (SV, PER, REPLY, "K. N. väntar på svar om Nurse."),
        (DA, INGRID, REPLY, "K. N. venter på svar fra dig om Nurse."),
        (DA, INGRID, REVIEW, "K. N. venter på din beslutning om Nurse."),
    ],
)
def test_one_who_waits_is_named_with_what_for(
    language: Language, owner: str, by: Rule, text: str
) -> None:
    assert about_one(told(alert(owner=owner), by=by), language).text.startswith(text)


def about_one(line: Line, language: Language, *, again: bool = False) -> Message:
    reader = Reader(INGRID, "Ingrid", language=language)
    return single(line, reader, again=again, calendar=calendar(), now=NOW)


def test_a_second_step_says_that_the_wait_goes_on() -> None:
    line = told(alert(), by=REVIEW)
    found = [about_one(line, each, again=True).text.split("\n")[0] for each in Language]
    assert found == [
        "Still waiting, 13 working days now.",
        "Venter fortsatt, nå i 13 arbeidsdager.",
        "Väntar fortfarande, nu i 13 arbetsdagar.",
        "Venter stadig, nu i 13 arbejdsdage.",
    ]


@pytest.mark.parametrize(
    ("count", "titles"),
    [
        (1, (
            "1 alert of first-reply in ats would close at once.",
            "1 varsel fra first-reply i ats ville blitt lukket på én gang.",
            "1 larm från first-reply i ats skulle stängas på en gång.",
            "1 varsel fra first-reply i ats ville blive lukket på én gang.",
        )),
        (1_204, (
            "1,204 alerts of first-reply in ats would close at once.",
            "1\u00a0204 varsler fra first-reply i ats ville blitt lukket på én gang.",
            "1\u00a0204 larm från first-reply i ats skulle stängas på en gång.",
            "1.204 varsler fra first-reply i ats ville blive lukket på én gang.",
        )),
    ],
)  # fmt: skip
def test_the_admin_reads_what_is_held_and_how_to_let_it_through(
    count: int, titles: tuple[str, ...]
) -> None:
    for language, title in zip(Language, titles, strict=True):
        message = admin.held("ats", "first-reply", count, language=language)
        assert message.text.split("\n")[0] == title
        assert "`svar alerts confirm first-reply`" in message.text
        assert texts(message)[0].startswith(f"*{title}*\n")


@pytest.mark.parametrize(
    ("since", "waits"),
    [
        ("2026-09-24 09:04", "1 minute | 1 minutt | 1 minut | 1 minut"),
        ("2026-09-24 08:20", "45 minutes | 45 minutter | 45 minuter | 45 minutter"),
        ("2026-09-24 08:05", "1 hour | 1 time | 1 timme | 1 time"),
        ("2026-09-22 09:06", "47 hours | 47 timer | 47 timmar | 47 timer"),
        ("2026-09-22 09:05", "2 days | 2 dager | 2 dagar | 2 dage"),
    ],
)
def test_the_admin_reads_how_long_a_source_is_silent(since: str, waits: str) -> None:
    for language, waited in zip(Language, waits.split(" | "), strict=True):
        message = admin.silent(
            "<ats>", at(since), calendar=calendar(), now=NOW, language=language
        )
        assert "&lt;ats&gt; " in message.text
        assert message.text.split("\n")[0].endswith(f" {waited}.")
        when = words.moment(at(since), calendar(), now=NOW, language=language)
        assert f": {when}. `svar doctor`" in message.text


def test_what_was_erased_is_told_in_every_language() -> None:
    found = [erased(Reader(INGRID, "", language=each)).text for each in Language]
    assert found == [
        "What this message told of has been erased.",
        "Det denne meldingen handlet om, er slettet.",
        "Det som meddelandet handlade om har raderats.",
        "Det, som denne besked handlede om, er slettet.",
    ]


def test_a_plural_of_none_is_that_of_many() -> None:
    assert [Plural("one", "many").of(n) for n in (0, 1, 2)] == ["many", "one", "many"]
