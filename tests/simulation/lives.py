"""What happens to an application in the recruiting database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from monitor.model import Application, Ball, Status
from tests.simulation.dice import Event, What

MINUTE = timedelta(minutes=1)


def applied(event: Event) -> Application:
    recruiter, manager = event.detail.split(",")
    return Application(
        application_id=event.about,
        candidate_ref=event.about,
        applied_at=event.at,
        last_inbound_at=event.at,
        status=Status.OPEN,
        candidate_name=f"Nora {event.about}",
        job_ref=f"J{int(event.about[1:]) % 3}",
        job_title="Nurse",
        department="Health",
        recruiter=recruiter or None,
        manager=manager or None,
        waiting_on=Ball.RECRUITER,
        waiting_since=event.at,
    )


def _since(event: Event, ball: Ball) -> dict[str, Any]:
    return {"waiting_on": ball, "waiting_since": event.at}


def _seen(event: Event) -> object:
    """Return when it really happened, which was some minutes before it showed."""
    return event.at - event.amount * MINUTE


LIVES: dict[What, Callable[[Event], dict[str, Any]]] = {
    What.APPLIES: lambda event: {},
    What.WRITES: lambda event: (
        {"last_inbound_at": event.at} | _since(event, Ball.RECRUITER)
    ),
    What.IS_ANSWERED: lambda event: {
        "first_reply_at": _seen(event),
        "last_reply_at": _seen(event),
    },
    What.ANSWER_GOES: lambda event: {"first_reply_at": None, "last_reply_at": None},
    What.IS_SHARED: lambda event: (
        {"shared_at": event.at, "feedback_at": None} | _since(event, Ball.MANAGER)
    ),
    What.IS_REVIEWED: lambda event: (
        {"feedback_at": event.at} | _since(event, Ball.RECRUITER)
    ),
    What.IS_DECIDED: lambda event: (
        {"status": Status.REJECTED, "decided_at": event.at, "told_at": None}
        | _since(event, Ball.RECRUITER)
    ),
    What.IS_TOLD: lambda event: {"told_at": _seen(event)},
    What.LEAVES: lambda event: {"status": Status.WITHDRAWN, "decided_at": event.at},
    What.VANISHES: lambda event: {},
    What.RETURNS: lambda event: {},
    What.MOVES: lambda event: {"recruiter": event.detail or None},
}
