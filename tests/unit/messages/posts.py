"""Posts as people read them: one alert as a line, a digest, and what it says."""

from datetime import datetime
from typing import Any

from monitor import messages
from monitor.alerts import Alert, Reason, State
from monitor.language import Language
from monitor.messages import Line, Message, Reader
from monitor.rules import Kind, Rule
from tests.builders import INGRID, alert, at, calendar, rule

NOW = at("2026-09-24 09:05")  # 17 days after that Monday, 3 days past 14 days
REPLY = rule(message="applied {{ waited }} ago, no reply yet")
REVIEW = rule(
    id="manager-review",
    title="A manager decides",
    clock="{starts: shared_at, stops: decided_at}",
    target="2 working days",
    message="handed over {{ since }}, no decision for {{ waited }}",
)
TOLD = {"state": State.RESOLVED, "reason": Reason.LATE, "effective_at": NOW}


def told(
    made: Alert,
    kind: Kind = Kind.BREACH,
    by: Rule | None = REPLY,
    job_link: str | None = None,
) -> Line:
    return messages.Line(made, kind, by, job_link=job_link)


def warned(made: Alert) -> Line:
    return told(made, Kind.WARNING)


def digest(
    *lines: Line,
    name: str = "Ingrid",
    to: str = INGRID,
    now: datetime = NOW,
    language: Language = Language.EN,
) -> Message:
    reader = Reader(to, name, language=language)
    return messages.render(lines, reader, calendar=calendar(), now=now)


def public(*lines: Line, now: datetime = NOW) -> Message:
    return digest(*lines, name="", to="#leads", now=now)


def applicants(
    count: int, *, job_link: str | None = None, **changed: Any
) -> list[Line]:
    """Return so many people on one job, the first of them the worst."""
    return [
        told(
            alert(id=n, application_id=f"A{n:03}", candidate=f"No {n:03}", **changed),
            job_link=job_link,
        )
        for n in range(count)
    ]


def texts(message: Message) -> list[str]:
    """Return each block's text."""
    return [
        each["text"]["text"] if "text" in each else each["elements"][0]["text"]
        for each in message.blocks
    ]


def sections(message: Message) -> dict[str, list[str]]:
    """Return the lines below each heading."""
    found = {}
    for text in texts(message)[1:]:
        heading, *lines = text.split("\n")
        found[heading.strip("*")] = lines
    return found
