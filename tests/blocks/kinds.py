"""One message of every kind that Svar sends, in every language."""

from collections.abc import Iterator
from datetime import timedelta

from monitor import messages
from monitor.alerts import Alert, Reason, State
from monitor.language import Language
from monitor.messages import Line, Message, Reader
from monitor.rules import Kind
from tests.builders import INGRID, PER, alert, at, calendar, rule

NOW = at("2026-09-24 09:05")
LINK = "https://ats.example.org/applications"
JOB_LINK = "https://ats.example.org/jobs/J1?view=all&sort=age"
REPLY = rule()
REVIEW = rule(
    id="manager-review",
    title="A manager decides within 2 working days",
    clock="{starts: shared_at, stops: decided_at}",
    target="2 working days",
)
PERSON = Reader(INGRID, "Ingrid", roles=frozenset({"hr_lead"}))
MANAGER = Reader(PER, "Per")
CHANNEL = Reader("#recruiting-leads", "")
FALLBACK = Reader("#recruiting-ops", "", is_fallback=True)


def every() -> Iterator[tuple[str, Message]]:
    """Yield each message with a name that says what it is and in which language."""
    for language in Language:
        for name, message in kinds(language):
            yield f"{name}_{language}", message


def kinds(language: Language) -> Iterator[tuple[str, Message]]:
    """Yield one message of every kind in a language."""
    yield from _digests(language)
    yield from _posts(language)
    yield from _singles(language)
    yield from _to_admin(language)
    yield "erased", messages.erased(_read(PERSON, language))


def late(number: int = 1, **changed: object) -> Alert:
    """Return an alert that is late, with a link to its application."""
    plain = {"application_id": f"A{number}", "url": f"{LINK}/{number}"}
    return alert(id=number, **plain | changed)


def told(
    one: Alert, kind: Kind = Kind.BREACH, *, decides: bool = False, gone: bool = False
) -> Line:
    """Return the line about an alert, by the rule that it needs or by none."""
    by = None if gone else REVIEW if decides else REPLY
    return messages.Line(one, kind, by, job_link=JOB_LINK)


def answered(number: int, reason: Reason = Reason.LATE) -> Alert:
    """Return an alert that is settled."""
    at = NOW + timedelta(hours=1)
    return late(number, state=State.RESOLVED, reason=reason, effective_at=at)


def _digests(language: Language) -> Iterator[tuple[str, Message]]:
    soon = at("2026-09-28 09:00")
    warned = late(2, state=State.WARNING, due_at=soon, job_ref="J2")
    theirs = late(3, owner=PER, job_ref="J3", job_title="Developer")
    public = late(4, candidate="<!channel> & *co*", job_title="A & B")
    mixed = [
        told(late()),
        told(warned, Kind.WARNING),
        told(theirs, decides=True),
        told(public, Kind.HEADS_UP),
        told(late(5, url=None, job_ref=None, job_title=None), gone=True),
    ]
    yield "digest", _render(mixed, PERSON, language)
    yield "digest_of_decisions", _render([told(late(owner=PER))], MANAGER, language)
    done = [told(answered(n, reason)) for n, reason in enumerate(Reason)]
    yield "digest_partly_settled", _render([*mixed, *done], PERSON, language)
    yield "digest_all_settled", _render(done, PERSON, language)
    crowd = [told(late(n)) for n in range(300)]
    yield "digest_of_one_crowded_job", _render(crowd, PERSON, language)
    title = "Senior adviser for strategy and analysis " * 4
    many = [told(late(n, job_ref=f"J{n}", job_title=title)) for n in range(300)]
    yield "digest_that_is_cut", _render(many, PERSON, language)


def _posts(language: Language) -> Iterator[tuple[str, Message]]:
    places = [late(n, department=f"Department {n % 30}") for n in range(60)]
    lines = [told(each, Kind.ESCALATION) for each in places]
    yield "channel", _render(lines, CHANNEL, language)
    yield "channel_settled", _render([told(answered(1))], CHANNEL, language)
    yield "fallback", _render(lines, FALLBACK, language)


def _singles(language: Language) -> Iterator[tuple[str, Message]]:
    lines = {
        "answer": (told(late()), PERSON),
        "decision": (told(late(owner=PER), decides=True), MANAGER),
        "of_a_colleague": (told(late(owner=PER), decides=True), PERSON),
        "settled": (told(answered(1)), PERSON),
        "in_a_channel": (told(late(), Kind.ESCALATION), CHANNEL),
        "in_the_fallback": (told(late()), FALLBACK),
    }
    for name, (one, reader) in lines.items():
        for again in (False, True):
            yield (
                f"single_{name}" + ("_again" if again else ""),
                messages.single(
                    one,
                    _read(reader, language),
                    again=again,
                    calendar=calendar(),
                    now=NOW,
                ),
            )


def _to_admin(language: Language) -> Iterator[tuple[str, Message]]:
    yield "held", messages.admin.held("ats", "first-reply", 37, language=language)
    since = NOW - timedelta(minutes=45)
    yield (
        "silent",
        messages.admin.silent(
            "ats", since, calendar=calendar(), now=NOW, language=language
        ),
    )


def _render(lines: list[Line], reader: Reader, language: Language) -> Message:
    return messages.render(lines, _read(reader, language), calendar=calendar(), now=NOW)


def _read(reader: Reader, language: Language) -> Reader:
    return Reader(
        reader.recipient, reader.name, reader.roles, language, reader.is_fallback
    )
