"""The page for people without Grafana: renders what /metrics tells, in words.

One HTML page that reads only: no script, nothing from elsewhere, no name of a person.
"""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined

from monitor.configuration import Configuration
from monitor.figures.nouns import Days
from monitor.messages import words
from monitor.metrics.last import Last
from monitor.page.sections import sections

_ENVIRONMENT = Environment(
    loader=PackageLoader("monitor.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATE = _ENVIRONMENT.get_template("page.html")
_STYLE = _ENVIRONMENT.get_template("page.css").render()
_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
POLICY = (  # the page's own style and mark, and nothing else
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def render(last: Last, configuration: Configuration, *, now: datetime) -> str:
    """Return the page; `configuration`: the one whose sources are polled."""
    calendar = configuration.calendar
    return _TEMPLATE.render(
        sections=sections(last, configuration, now=now),
        days=list(Days),
        shown_at=words.moment(now, calendar, now=now),
        zone=calendar.zone.key,
        most=(last.configuration or configuration).settings.metrics.departments,
    )
