"""Who has an answer, and over which channel, as the page shows it."""

from dataclasses import dataclass

from monitor.cycle import Report
from monitor.figures.nouns import After, Figures, Way, Window
from monitor.metrics import business
from monitor.page.amounts import Amount, Counts, Share, amount
from monitor.report.paper import CLOSURES


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
            for state, text in CLOSURES.items()
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
    window = Window.telling(told.of(window=Window.NARROW).value)
    heard = told.of(window=window)
    return Share(told.of(channel=Way.PHONE, window=window), heard), window


def _never(source: str, figures: Figures, after: After) -> Share:
    labels = {"source": source, "after": after}
    return Share(
        amount(figures.never_answered[after], business.NEVER_ANSWERED, **labels),
        amount(figures.answerable[after], business.ANSWERABLE, **labels),
    )
