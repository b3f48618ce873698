"""How a candidate may be called outside the recruiting database."""

import unicodedata

from monitor.model import Application
from monitor.settings import Shown

UNKNOWN = "A candidate"
LONGEST = 60


def label(application: Application, shown: Shown) -> str:
    """Return what a message calls the candidate: initials, a reference or the name."""
    match shown:
        case Shown.INITIALS:
            return initials(application.candidate_name)
        case Shown.REFERENCE:
            return clean(f"Candidate {application.candidate_ref}")
        case Shown.NAME:  # pragma: no branch - there is no other
            return clean(application.candidate_name) or UNKNOWN


def initials(name: str | None) -> str:
    """Return the initials of the first and the last name: "A. K."; marks are no names."""
    words = ["".join(c for c in word if c.isalpha()) for word in (name or "").split()]
    words = [word for word in words if word]
    if not words:
        return UNKNOWN
    ends = words if len(words) == 1 else [words[0], words[-1]]
    return " ".join(f"{word[0].upper()}." for word in ends)


def clean(text: str | None, *, longest: int = LONGEST) -> str:
    """Return text on one line, cut to length, without marks that turn the line around."""
    kept = "".join(
        c if not unicodedata.category(c).startswith("C") else " " for c in text or ""
    )
    line = " ".join(kept.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
