"""Says in an admin's words why a text is not YAML, and at which place to look."""

import re

import yaml

Place = tuple[int, int]  # line and column, both from 1

UNQUOTED = 'text that starts with # needs quotes (such as "#recruiting-ops")'
_AROUND = "text goes on after a closing bracket or quote; put all of it in quotes"
_HINTS = {
    "tab character": "indent with spaces, not tabs",
    "cannot start any token": (
        "indent with spaces, and put text that starts with @, % or ` in quotes"
    ),
    "mapping values are not allowed": 'put text that holds ": " in quotes',
    "could not find expected ':'": "write a colon and a space after the key",
    "block sequence entries are not allowed": "put text that starts with - in quotes",
    "mapping keys are not allowed": "put text that starts with ? in quotes",
    "expected comment or line break": "put text that starts with > or | in quotes",
    "undefined alias": "put text that starts with * in quotes",
    "found another document": "one file holds one document, so take away the ---",
    "did not find expected": (
        "look for a comma that is missing, or for a bracket or a quote that is not closed"
    ),
}
# What the parser says of a line that stands too far to one side, among other things.
_SIDEWAYS = ("expected key", "expected '-' indicator", "<document start>")
_ONE_KEY = re.compile(r"[ -]*[\w\-]+ *")


def told(text: str, error: yaml.MarkedYAMLError) -> tuple[Place, str]:
    """Return where the mistake is that the parser met, and what to do about it."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return (0, 0), "not YAML"
    said = error.problem or "not YAML"
    place = (mark.line + 1, mark.column + 1)
    if isinstance(error, yaml.parser.ParserError):
        hidden = _hidden(text, mark.index)
        if hidden:
            return hidden, UNQUOTED
    if "could not find expected ':'" in said and error.context_mark:
        place = (error.context_mark.line + 1, error.context_mark.column + 1)
    advice = _beside(text.splitlines(), place, said)
    if advice:
        return place, advice
    hint = next((hint for words, hint in _HINTS.items() if words in said), None)
    return place, f"{said}; {hint}" if hint else said


def comment(text: str, start: int, *, key: bool = False) -> bool:
    """Tell whether a word behind # is all that stands there, behind a key or a dash."""
    colon = "[ \t]*:" if key else ""
    return bool(re.compile(rf"{colon}[ \t]+#\w").match(text, start))


def place(text: str, start: int) -> Place:
    """Return the place of the first # from there on."""
    at = text.index("#", start)
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def _hidden(text: str, end: int) -> Place | None:
    """Return the # that turned a closing bracket into a comment, if one did."""
    opened: list[int | None] = []  # for each bracket, the # in it
    tokens = yaml.scan(text, Loader=yaml.CSafeLoader)
    token = next(tokens)
    while token.start_mark.index < end:
        behind = token.end_mark.index
        if isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
            opened.append(None)
        elif isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
            opened = opened[:-1]
        token = next(tokens)
        found = re.search(r"#\w.*[}\]]", text[behind : token.start_mark.index])
        if found and opened:
            opened[-1] = behind + found.start()
    hashes = [at for at in opened if at is not None]
    return place(text, hashes[-1]) if hashes else None


def _beside(lines: list[str], at: Place, said: str) -> str | None:
    """Return what is wrong with how far to the right a line begins, or goes on."""
    line, column = at
    if line > len(lines):
        return None
    before = lines[line - 1][: column - 1]
    if any(words in said for words in _SIDEWAYS):
        return _indentation(lines, line) if not before.strip() else _AROUND
    if "expected ',' or" in said and before.rstrip().endswith(("}", "]", '"', "'")):
        return _AROUND
    if "mapping values" in said and _ONE_KEY.fullmatch(before):
        side = _side(lines, line)
        return _indentation(lines, line) if side else None
    return _AROUND if "mapping values" in said and before.endswith("]") else None


def _indentation(lines: list[str], line: int) -> str:
    side = _side(lines, line)
    if side is None:
        return "check the indentation: keys and a list cannot stand side by side"
    return f"check the indentation: this line begins further {side} than its neighbours"


def _side(lines: list[str], line: int) -> str | None:
    """Return to which side a line stands out from the one above; None if to neither."""
    this = lines[line - 1]
    above = [each for each in lines[: line - 1] if each.split("#")[0].strip()]
    item = this.lstrip().startswith("- ")
    behind = " *" if item else "[ -]*"  # what belongs to an item stands behind its dash
    here, there = _width(" *", this), _width(behind, above[-1] if above else this)
    if here == there:
        return None
    return "right" if here > there else "left"


def _width(pattern: str, line: str) -> int:
    found = re.match(pattern, line)
    return found.end() if found else 0
