"""When nobody is told of an alert: put off by hand, or silenced."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.alerts import Alert
from monitor.evaluate import Finding
from monitor.messages import words
from monitor.store.ledger.silences import Silence
from monitor.worktime import Calendar

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Spells in which nobody is told; one without an end lasts until somebody ends it."""

    spells: tuple[tuple[datetime, datetime | None], ...] = ()

    def over(self, at: datetime) -> datetime | None:
        """Return from when on, then or later, somebody may be told; None: not known."""
        free = at
        for begins, ends in sorted(self.spells, key=lambda each: each[0]):
            if begins > free:
                break
            if ends is None:
                return None
            free = max(free, ends)
        return free


def read(seen: Finding, alerts: Iterable[Alert], silences: Iterable[Silence]) -> Quiet:
    """Return when nobody is told of a wait, from its alerts and its source's silences."""
    laid = ((_EVER, each.overlay_until) for each in alerts if _is_laid(each))
    fit = ((each.starts_at, each.ends_at) for each in fitting(silences, seen))
    return Quiet((*laid, *fit))


def _is_laid(alert: Alert) -> bool:
    return alert.is_open and alert.overlay_until is not None


def fitting(silences: Iterable[Silence], seen: Finding) -> tuple[Silence, ...]:
    """Return the silences, of those of its source, that fit what was found."""
    return tuple(each for each in silences if _fits(each, seen))


def _fits(silence: Silence, seen: Finding) -> bool:
    its = {
        "rule": (seen.rule,),
        "department": (seen.department,),
        "job": (seen.job_title, seen.job_ref),
    }
    return all(
        value.casefold() in (text.casefold() for text in its[name] if text)
        for name, value in silence.matcher.items()
        if name in its
    )


def said(silence: Silence, calendar: Calendar, *, now: datetime) -> str:
    """Return which silence it is, by whom, until when and why."""
    pairs = ", ".join(f"{name} {value}" for name, value in silence.matcher.items())
    what = f"silence {silence.id} ({pairs})" if pairs else f"hold {silence.id}"
    since = ""
    if silence.starts_at > now:
        since = f" from {words.moment(silence.starts_at, calendar, now=now)}"
    until = "until somebody ends it"
    if silence.ends_at is not None:
        until = f"before {words.moment(silence.ends_at, calendar, now=now)}"
    return (
        f"{what} by {silence.author}{since}: nobody is told {until}; {silence.reason}"
    )
