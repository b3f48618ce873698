"""The order of modules, one home per library, and what the decisions may not touch.

The order is read off the docstring of `monitor/__init__.py`: it is the one truth.
"""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import monitor

ROOT = Path(monitor.__file__).parent
LONGEST = 300
HOMES = {
    "alembic": {"store"},
    "apscheduler": {"daemon"},
    "holidays": {"worktime"},
    "jinja2": {"page", "report", "wording"},
    "prometheus_client": {"metrics", "daemon.server"},
    "psycopg": {"source.sessions"},
    "pydantic": {
        *{"misfit", "yamlfile", "settings", "rules", "mapping"},
        "proof.trials.shape",
    },
    "pydantic_core": {"misfit", "yamlfile"},
    "pymysql": {"source.sessions"},
    "rich": {"terminal", "demo", "cli"},
    "slack_sdk": {"messages", "slack"},
    "sqlalchemy": {"source", "store"},
    "sqlite3": {"source.sessions", "demo"},
    "watchfiles": {"daemon"},
    "yaml": {"slips", "yamlfile"},
}
# A command is imported when it is asked for: --help is quick, and `run` heeds signals.
LOADS_LATE = {"cli", "cli.run"}
DECISIONS = {
    "alerts",
    "attribution",
    "evaluate",
    "messages",
    "model",
    "outbox",
    "privacy",
}
IMPURE = {
    *{"asyncio", "http", "importlib", "io", "logging", "os", "pathlib", "random"},
    *{"secrets", "shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading"},
    *{"time", "urllib", "uuid", "monitor.clock", "monitor.source", "monitor.store"},
}
BANNED_NAMES = {"utils", "helpers", "common", "base", "manager", "core", "misc"}


def modules() -> dict[str, Path]:
    """Find every module by its dotted name; a package by that of its folder."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = ["monitor", *path.relative_to(ROOT).with_suffix("").parts]
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


def imports(name: str) -> Iterator[str]:
    """Yield the full name of all that a module imports, submodules as such."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else str(node.module)


def part(name: str) -> str:
    """Return the part of the house that a module belongs to."""
    return name.split(".")[1]


def order() -> list[str]:
    """Read the order of the parts off the package's docstring."""
    return re.findall(r"^([a-z]+)  +\S", monitor.__doc__ or "", re.MULTILINE)


def inside(name: str, homes: set[str]) -> bool:
    """Tell whether a module is one of these, or within one of them."""
    inner = name.removeprefix("monitor.")
    return any(inner == home or inner.startswith(f"{home}.") for home in homes)


def own(name: str) -> list[str]:
    """List what a module imports of our own, without the bare package."""
    return [each for each in imports(name) if each.startswith("monitor.")]


every = pytest.mark.parametrize("name", sorted(set(MODULES) - {"monitor"}))


def test_the_docstring_lists_every_part_once() -> None:
    listed = order()
    assert len(listed) == len(set(listed))
    parts = {part(name) for name in MODULES if name != "monitor"}
    assert set(listed) == parts - {"__main__"}


@every
def test_a_module_imports_only_from_parts_above_it(name: str) -> None:
    place = [*order(), "__main__"]
    for imported in own(name):
        assert place.index(part(imported)) <= place.index(part(name)), imported


def test_nothing_imports_in_a_circle() -> None:
    graph = {name: {each for each in own(name) if each in MODULES} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@every
def test_every_import_stands_at_the_top(name: str) -> None:
    tree = TREES[name]
    top = {id(node) for node in tree.body}
    late = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top
    ]
    assert not late
    by_name = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    if "import_module" in by_name:
        assert name.removeprefix("monitor.") in LOADS_LATE


@every
def test_nothing_hides_behind_type_checking(name: str) -> None:
    assert "TYPE_CHECKING" not in MODULES[name].read_text("utf-8")


@every
def test_each_library_has_one_home(name: str) -> None:
    for imported in imports(name):
        homes = HOMES.get(imported.split(".")[0])
        assert homes is None or inside(name, homes), f"{name} imports {imported}"


def test_a_library_that_left_its_home_leaves_the_list() -> None:
    used = {each.split(".")[0] for name in MODULES for each in imports(name)}
    assert set(HOMES) - used <= {"psycopg", "pymysql"}  # named in URLs only


@pytest.mark.parametrize(
    "name", [name for name in MODULES if inside(name, DECISIONS)], ids=str
)
def test_a_decision_touches_nothing_outside_itself(name: str) -> None:
    for imported in imports(name):
        heads = {".".join(imported.split(".")[:depth]) for depth in (1, 2)}
        assert not heads & IMPURE, imported
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Name):
            assert node.id not in {"open", "print", "input", "Path"}, node.lineno
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"} or _is_ours(node)


def _is_ours(node: ast.Attribute) -> bool:
    """Tell an attribute that holds a passed-in instant from a reading of the clock."""
    return isinstance(node.value, ast.Name) and node.value.id in {"self", "view"}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_a_module_says_what_it_is_for_and_stays_short(name: str) -> None:
    assert ast.get_docstring(TREES[name]), "no docstring"
    assert len(MODULES[name].read_text("utf-8").splitlines()) <= LONGEST
    assert name.rsplit(".", maxsplit=1)[-1] not in BANNED_NAMES
