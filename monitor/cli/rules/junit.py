"""A report of rule tests as JUnit XML, which build servers show."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from xml.etree import ElementTree as ET

from monitor.messages import words
from monitor.proof.trials import Failure, Suite, Trial

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
# XML 1.0 has no place for these, not even as an entity.
_IMPOSSIBLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Result:
    """One test that was run."""

    suite: Suite
    trial: Trial
    failures: Sequence[Failure]
    seconds: float


def render(results: Iterable[Result], texts: Callable[[Result], Iterator[str]]) -> str:
    """Return the report; `texts` gives the text of each failure of a result."""
    results = list(results)
    root = ET.Element("testsuites", _sums(results) | {"name": "svar rules test"})
    for file, some in groupby(results, lambda result: result.suite.file):
        mine = list(some)
        suite = ET.SubElement(root, "testsuite", _sums(mine) | {"name": _clean(file)})
        for result in mine:
            case = ET.SubElement(
                suite,
                "testcase",
                {
                    "classname": _clean(file),
                    "name": _clean(result.trial.name),
                    "file": _clean(file),
                    "line": str(result.trial.line),
                    "time": f"{result.seconds:.3f}",
                },
            )
            said = list(texts(result))
            if said:
                failure = ET.SubElement(case, "failure", {"message": _head(said)})
                failure.text = _clean("\n".join(said))
    ET.indent(root)
    return f"{_DECLARATION}\n{ET.tostring(root, encoding='unicode')}\n"


def _sums(results: Sequence[Result]) -> dict[str, str]:
    return {
        "tests": str(len(results)),
        "failures": str(sum(bool(result.failures) for result in results)),
        "errors": "0",
        "time": f"{sum(result.seconds for result in results):.3f}",
    }


def _head(texts: Sequence[str]) -> str:
    """Return the attribute that lists show: how many instants were not as expected."""
    return f"not as expected at {words.plural(len(texts), 'instant')}"


def _clean(text: str) -> str:
    return _IMPOSSIBLE.sub("\ufffd", text)
