"""The alert state machine: what a finding, or its absence, does to what we remember."""

from monitor.alerts.guarding import HELD_FOR, MASS, MASS_SHARE, Guarded, guard
from monitor.alerts.life import (
    CLOSED_STATES,
    GONE_AFTER,
    Alert,
    Change,
    Reason,
    State,
    Transition,
    advance,
    miss,
    open_alert,
    remember,
    remove,
    settle,
    step_back,
)

__all__ = [
    "CLOSED_STATES",
    "GONE_AFTER",
    "HELD_FOR",
    "MASS",
    "MASS_SHARE",
    "Alert",
    "Change",
    "Guarded",
    "Reason",
    "State",
    "Transition",
    "advance",
    "guard",
    "miss",
    "open_alert",
    "remember",
    "remove",
    "settle",
    "step_back",
]
