"""The report as one page that needs nothing else: charts within it, and no script."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.report import charts
from monitor.report.paper import Paper

_ENVIRONMENT = Environment(
    loader=PackageLoader("monitor.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(paper: Paper, goal: float) -> str:
    """Return the page; `goal` is the share of promises that is to be kept."""
    template = _ENVIRONMENT.get_template("report.html")
    return template.render(paper=paper, charts=charts, goal=goal) + "\n"
