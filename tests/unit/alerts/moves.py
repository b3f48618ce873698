"""Every way in which a poll may move an alert: from where, to where, and why."""

from itertools import product

from monitor.alerts import CLOSED_STATES, Reason, State

Move = tuple[State | None, State, Reason]

OPEN = tuple(each for each in State if each not in CLOSED_STATES)
LATE = (State.WARNING, State.BREACHED)
_ENDINGS = {
    State.RESOLVED: (Reason.ON_TIME, Reason.LATE, Reason.CLOSED),
    State.CANCELLED: (
        Reason.RETARGETED,
        Reason.EXEMPTED,
        Reason.GONE,
        Reason.RULE_REMOVED,
        Reason.SOURCE_REMOVED,
    ),
}
MOVES: frozenset[Move] = frozenset(
    {
        *product([None], LATE, [Reason.OPENED]),
        *product(CLOSED_STATES, LATE, [Reason.EVIDENCE_WITHDRAWN]),
        *((state, state, Reason.RETARGETED) for state in OPEN),
        *product(OPEN, [State.WARNING], [Reason.RETARGETED]),
        (State.WARNING, State.BREACHED, Reason.TARGET_PASSED),
        *((state, state, Reason.STEP_DUE) for state in OPEN),
        *product(OPEN, [State.ESCALATED], [Reason.STEP_DUE]),
        *(
            (state, after, reason)
            for after, reasons in _ENDINGS.items()
            for state, reason in product(OPEN, reasons)
        ),
    }
)
