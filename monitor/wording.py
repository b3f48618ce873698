"""The admins' own message lines: sandboxed templates over documented variables.

Never sees a candidate: a line is about the wait, and the name stands before it.
"""

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

SAMPLE = {
    "waited": "17 days",
    "since": "Wed 4 Nov",
    "due": "Wed 18 Nov",
    "late": "3 days",
    "promise": "14 days",
}
_PLAIN = (nodes.Output, nodes.TemplateData, nodes.Name)
_TOO_CLEVER = "a line holds text and {{ variables }}, no attribute, filter or statement"
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)


def parse(text: str) -> Template:
    """Return the template in text; raise ValueError if it cannot render the sample.

    A line holds text and variables: anything more could fail, or run for ever, later.
    """
    try:
        tree = _ENVIRONMENT.parse(text)
        if not all(isinstance(node, _PLAIN) for node in tree.find_all(nodes.Node)):
            raise TemplateError(_TOO_CLEVER)
        template = _ENVIRONMENT.from_string(text)
        template.render(SAMPLE)
    except TemplateError as error:
        known = ", ".join(SAMPLE)
        message = f"{str(error.message).rstrip('.')} (a line may use {known})"
        raise ValueError(message) from error
    return template


def render(template: Template, values: dict[str, str]) -> str:
    """Return the line for these values, on one line."""
    return " ".join(template.render(values).split())
