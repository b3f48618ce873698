"""The steps of a ladder over one application: when each is due, and who is told."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from monitor import evaluate, outbox
from monitor.cycle import Office
from monitor.proof.clockface import Clockface
from monitor.rules import Kind, Rule
from monitor.store.ledger.history import Telling
from monitor.store.words import NoticeStatus


class Step(NamedTuple):
    """A step of the ladder: when it is due, when its digest goes out, and to whom.

    `name` is the firing's, which tells the repeats of a step apart by their hours;
    `called` does so in words. Where it goes out once a silence ends that has no end
    yet, `goes_out_at` is None.
    """

    name: str
    called: str
    kind: Kind
    due_at: datetime
    goes_out_at: datetime | None
    tell: tuple[str, ...]


def steps(face: Clockface, office: Office) -> Iterator[Step]:
    """Yield the steps as they are planned."""
    for number, firing in enumerate(face.rule.firings):
        at = evaluate.due_at(
            face.rule, firing, face.calendar, face.started_at, face.due_at
        )
        told = outbox.recipients(face.rule, number, face.seen, office.people)
        yield Step(
            name=firing.name,
            called=called(face.rule, firing.name),
            kind=firing.kind,
            due_at=at,
            goes_out_at=office.digests.slot(at),
            tell=tuple(dict.fromkeys(told)),
        )


def called(rule: Rule | None, name: str) -> str:
    """Return a firing's name in words: "target", "target, again (2 of 3)"."""
    firings = rule.firings if rule else ()
    firing = next((each for each in firings if each.name == name), None)
    if rule is None or firing is None:  # of a ladder that was edited since
        return name.rpartition(" (")[0] or name
    hours = sorted({each.hours for each in rule.firings if each.at == firing.at})
    number = hours.index(firing.hours)
    return f"{firing.at}, again ({number} of {len(hours) - 1})" if number else firing.at


def sent_to(telling: Telling) -> str | None:
    """Return who read what was sent to somebody else; None where nobody else did."""
    reader = telling.reader
    if (
        telling.status != NoticeStatus.SENT
        or reader is None
        or reader == telling.recipient
    ):
        return None
    if outbox.is_channel(reader):
        return f"sent to {reader}, since nobody else could be reached"
    return f"sent to {reader}, who reads for {telling.recipient}"
