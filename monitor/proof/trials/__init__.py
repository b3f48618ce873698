"""The admins' own tests of rules: applications, instants, and what is expected then."""

from monitor.proof.trials.comparing import NAMES
from monitor.proof.trials.nouns import Difference, Facts, Failure, Suite, Trial
from monitor.proof.trials.reading import files, read
from monitor.proof.trials.running import run
from monitor.proof.trials.shape import TrialFile

__all__ = [
    "NAMES",
    "Difference",
    "Facts",
    "Failure",
    "Suite",
    "Trial",
    "TrialFile",
    "files",
    "read",
    "run",
]
