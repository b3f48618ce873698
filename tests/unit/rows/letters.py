"""Mails and applications of one person, each a plain one with what a test changes."""

from typing import Any

from monitor.attribution import Direction, Message, MessageKind, Sending
from monitor.model import Application
from tests.builders import application, at

KARI = "kari@example.org"
AFTER = "2026-09-08 10:00"  # the day after the plain application


def mail(sent_at: str = AFTER, **changed: Any) -> Message:
    """Return a mail that a person wrote to Kari about nothing in particular."""
    plain: dict[str, Any] = {
        "application_id": None,
        "candidate_email": KARI,
        "sent_at": at(sent_at),
        "direction": Direction.OUT,
        "kind": MessageKind.HUMAN,
        "delivery": Sending.SENT,
        "subject_hint": None,
    }
    return Message(**plain | changed)


def kari(number: int = 1, **changed: Any) -> Application:
    """Return one of Kari's applications."""
    plain = {"application_id": f"A{number}", "candidate_email": KARI}
    return application(**plain | changed)
