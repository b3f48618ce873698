"""Who has an answer, and over which channel, as the page shows it."""

from dataclasses import dataclass

from monitor.cycle import Report
from monitor.figures.nouns import FEW, After, Figures, Window
from monitor.metrics import business
from monitor.model import Closure
from monitor.page.amounts import Amount, Counts, Share, amount

PHONE = "phone"
_CLOSURES = {
    Closure.TOLD: "have their answer",
    Closure.UNDECIDED: "are not decided yet",
    Closure.DECIDED_NOT_TOLD: "are decided, but not told",
    Closure.WRONG_CHANNEL: "were told in writing, where a call is due",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """How far candidates of one source are from having an answer."""

    closures: list[tuple[Amount, str]]
    called: Share
    called_days: int
    never_applied: Share
    never_interviewed: Share
    asked: frozenset[After]  # whom the source tells enough of


def answers(report: Report, figures: Figures) -> Answers:
    """Return who has an answer in a source."""
    source = report.run.source
    called, window = _called(source, figures)
    return Answers(
        closures=[
            (
                amount(
                    report.closure[state], business.CLOSURE, source=source, state=state
                ),
                text,
            )
            for state, text in _CLOSURES.items()
        ],
        called=called,
        called_days=window.length.days,
        never_applied=_never(source, figures, After.APPLICATION),
        never_interviewed=_never(source, figures, After.INTERVIEW),
        asked=frozenset(figures.answerable),
    )


def _called(source: str, figures: Figures) -> tuple[Share, Window]:
    """Return who heard the outcome of an interview by phone, of all who heard it."""
    told = Counts(business.INTERVIEWED_TOLD, source, figures.interviewed_told)
    window = Window.NARROW
    if told.of(window=window).value < FEW:
        window = Window.WIDE
    return Share(told.of(channel=PHONE, window=window), told.of(window=window)), window


def _never(source: str, figures: Figures, after: After) -> Share:
    labels = {"source": source, "after": after}
    return Share(
        amount(figures.never_answered[after], business.NEVER_ANSWERED, **labels),
        amount(figures.answerable[after], business.ANSWERABLE, **labels),
    )
