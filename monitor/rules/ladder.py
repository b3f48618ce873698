"""From the rungs of a ladder to the instants at which somebody is told."""

from dataclasses import replace

from monitor.rules.language import Step
from monitor.rules.nouns import Firing, Kind, Shift
from monitor.worktime import Duration, Unit


def fire(step: Step, shifts: tuple[Shift, ...]) -> list[Firing]:
    """Return the step's firings: a heads-up before a public one, itself, its repeats."""
    at = spell(shifts)
    kind = Kind.BREACH if not shifts else Kind.ESCALATION
    if shifts and shifts[0][1]:
        kind = Kind.WARNING
    rank = _hours(shifts)
    firings = [replace(_firing(at, kind, step.tell, shifts), is_now=step.now)]
    if any(word.startswith("#") for word in step.tell):
        # Nobody is surprised in public: the owner hears a working day before.
        day_before = (Duration(1, Unit.WORKING_DAYS), True)
        name = firings[0].announced_by
        firings.insert(
            0, _firing(name, Kind.HEADS_UP, ("owner",), (*shifts, day_before))
        )
    if step.repeat:
        every = (step.repeat.every, False)
        firings += [
            replace(
                _firing(at, kind, step.tell, (*shifts, *[every] * count)),
                rank=rank,
                is_now=step.now,
            )
            for count in range(1, step.repeat.at_most + 1)
        ]
    return firings


def spell(shifts: tuple[Shift, ...]) -> str:
    """Return a step's place in words, the same however an admin wrote it."""
    return " ".join(f"{by} {'before' if back else 'after'}" for by, back in shifts) or (
        "target"
    )


def _firing(
    at: str, kind: Kind, tell: tuple[str, ...], shifts: tuple[Shift, ...]
) -> Firing:
    hours = _hours(shifts)
    return Firing(at, kind, tell, shifts, hours, hours)


def _hours(shifts: tuple[Shift, ...]) -> float:
    # Rounded, since five days less one are to stand beside four.
    return round(sum(map(nominal, shifts)), 3)


def nominal(shift: Shift) -> float:
    """Return about how many hours a shift is, to order steps on different clocks."""
    hours = {
        Unit.HOURS: 1.0,
        Unit.DAYS: 24.0,
        Unit.WORKING_DAYS: 24 * 7 / 5,
        Unit.WORKING_HOURS: 24 * 7 / 5 / 8,
    }
    by, back = shift
    return by.amount * hours[by.unit] * (-1 if back else 1)
