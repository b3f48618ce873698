"""The admins' own message lines: sandboxed templates over documented variables.

Never sees a candidate: a line is about the wait, and the name stands before it.
"""

from dataclasses import dataclass, field

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor import misfit

SAMPLE = {
    "waited": "17 days",
    "since": "Wed 4 Nov",
    "due": "Wed 18 Nov",
    "late": "3 days",
    "promise": "14 days",
}
_PLAIN = (nodes.Output, nodes.TemplateData, nodes.Name)
_KNOWN = f"a line may use {', '.join(SAMPLE)}"
_TOO_CLEVER = f"write text and variables only, such as {{{{ waited }}}} ({_KNOWN})"
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined)


@dataclass(frozen=True, slots=True)
class Wording:
    """A line that passed every check; two that were written the same are equal."""

    text: str
    template: Template = field(compare=False, repr=False)
    variables: frozenset[str]


def parse(text: str) -> Wording:
    """Return the line in text; raise ValueError if it is more than a line.

    A line holds text and variables: anything else might fail, or never end, later.
    """
    try:
        tree = _ENVIRONMENT.parse(text)
    except TemplateSyntaxError as error:
        message = f"{str(error.message).rstrip('.')} ({_KNOWN})"
        raise ValueError(message) from error
    except RecursionError as error:
        raise ValueError(_TOO_CLEVER) from error
    for node in tree.find_all(nodes.Node):
        if isinstance(node, nodes.Name) and node.name not in SAMPLE:
            message = f'no variable "{node.name}"{misfit.nearest(node.name, SAMPLE)}'
            raise ValueError(message)
        if type(node) not in _PLAIN:
            raise ValueError(_TOO_CLEVER)
    variables = frozenset(name.name for name in tree.find_all(nodes.Name))
    made = Wording(text, _ENVIRONMENT.from_string(text), variables)
    if not render(made, SAMPLE):
        message = f"says nothing; write a line ({_KNOWN})"
        raise ValueError(message)
    return made


def render(line: Wording, values: dict[str, str]) -> str:
    """Return the line for these values, on one line."""
    return " ".join(line.template.render(values).split())
