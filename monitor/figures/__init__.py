"""What HR leads may know of a poll, in counts that name nobody; pure."""

from monitor.figures.nouns import (
    BOUNDS,
    FEW,
    LEAST,
    NONE,
    OTHER,
    After,
    Days,
    Figures,
    Heard,
    Job,
    Kept,
    Mood,
    Spread,
    Way,
    Window,
)
from monitor.figures.tally import Tally

__all__ = [
    "BOUNDS",
    "FEW",
    "LEAST",
    "NONE",
    "OTHER",
    "After",
    "Days",
    "Figures",
    "Heard",
    "Job",
    "Kept",
    "Mood",
    "Spread",
    "Tally",
    "Way",
    "Window",
]
