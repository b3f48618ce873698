"""The alert state machine: what a finding, or its absence, does to what we remember."""

from monitor.alerts.guarding import guard, is_mass
from monitor.alerts.hands import HandError, acknowledge, snooze, waive
from monitor.alerts.life import (
    advance,
    miss,
    open_alert,
    orphan,
    remember,
    remove,
    settle,
    step_back,
    vanish,
)
from monitor.alerts.nouns import (
    CLOSED_STATES,
    Alert,
    Change,
    Overlay,
    Reason,
    State,
    Transition,
)

__all__ = [
    "CLOSED_STATES",
    "Alert",
    "Change",
    "HandError",
    "Overlay",
    "Reason",
    "State",
    "Transition",
    "acknowledge",
    "advance",
    "guard",
    "is_mass",
    "miss",
    "open_alert",
    "orphan",
    "remember",
    "remove",
    "settle",
    "snooze",
    "step_back",
    "vanish",
    "waive",
]
