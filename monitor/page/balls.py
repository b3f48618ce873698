"""Who has the ball, in the page's words."""

from monitor.figures.nouns import UNKNOWN
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
