"""Who has the ball, in the page's words and in the order of the work."""

from collections.abc import Collection

from monitor.cycle.reading import UNKNOWN
from monitor.model import Ball

HEADINGS: dict[str, str] = {
    Ball.RECRUITER: "Recruiter",
    Ball.MANAGER: "Line manager",
    Ball.CANDIDATE: "Candidate",
    Ball.NOBODY: "Nobody",
    UNKNOWN: "Not known",
}
PHRASES: dict[str, str] = {
    Ball.RECRUITER: "on a recruiter",
    Ball.MANAGER: "on a line manager",
    Ball.CANDIDATE: "on the candidate",
    Ball.NOBODY: "on nobody",
    UNKNOWN: "on somebody not known",
}
_ALWAYS = {Ball.RECRUITER, Ball.MANAGER, Ball.CANDIDATE}


def shown(found: Collection[str]) -> list[str]:
    """Return whom to show: three always, the others where somebody waits on them."""
    return [ball for ball in HEADINGS if ball in _ALWAYS or ball in found]
