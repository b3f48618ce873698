"""Each mistake in a rule file is told where it stands, and what to do about it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import rules
from monitor.errors import ConfigError
from monitor.rules import House

HOUSE = House(stages=frozenset({"Phone Screen", "Offer"}))
BAD = sorted((Path(__file__).parents[2] / "data" / "rules" / "bad").glob("*.yaml"))


def complaints(folder: Path) -> list[str]:
    """Return what is wrong with the rules in folder."""
    with pytest.raises(ConfigError) as caught:
        rules.read(folder, HOUSE)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for rules, below the one that we stand in."""
    monkeypatch.chdir(tmp_path)
    found = tmp_path / "rules"
    found.mkdir()
    return found


@pytest.mark.parametrize("bad", [pytest.param(path, id=path.stem) for path in BAD])
def test_a_mistake_is_told_once_and_with_its_place(bad: Path, folder: Path) -> None:
    first = bad.read_text(encoding="utf-8").splitlines()[0]
    expected = first.removeprefix("# expect: ")
    shutil.copy(bad, folder)
    [said] = complaints(folder)
    assert said.removeprefix(f"rules/{bad.name}").lstrip(": ") == expected


def test_every_known_mistake_has_a_file() -> None:
    assert len(BAD) >= 140


def test_mistakes_of_form_and_of_sense_in_one_rule_come_in_one_go(folder: Path) -> None:
    text = """\
rules:
  - id: First
    titel: Every candidate hears from us
    when: {stattus: open, applicants: {at_least: 5, below: 5}, stage: Ofer}
    exempt: {internal: yes}
    clock: {starts: applied_on, stops: told_at, not_before: 15 days}
    target: 14 dyas
    owner: recruter
    ladder:
      - {at: 4 dyas before, tell: ownr}
    severity: loud
    snooze: sometimes
    calendar: nordic
    effective_from: soon
    message: "{{ waitd }}"
"""
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    said = sorted(complaints(folder), key=lambda each: int(each.split(":")[1]))
    keys = [each.split(": ")[1].removeprefix("rules[0].") for each in said]
    assert keys == [
        "id",
        "title",
        "titel",
        "when.stattus",
        "when.applicants",
        "when.stage",
        "exempt.internal",
        "clock.starts",
        "target",
        "owner",
        "ladder[0].at",
        "ladder[0].tell",
        "severity",
        "snooze",
        "calendar",
        "effective_from",
        "message",
    ]


def test_a_calendar_of_a_rule_is_wrong_in_several_places_at_once(folder: Path) -> None:
    rule = (BAD[0].parent / "calendar_unknown_zone.yaml").read_text(encoding="utf-8")
    text = rule.replace("timezone: Europe/Olso", "timezone: Olso, country: Norway")
    (folder / "a.yaml").write_text(text, encoding="utf-8")
    zone, country = complaints(folder)
    assert zone.startswith('rules/a.yaml:10:16: rules[0].calendar.timezone: "Olso"')
    assert country.startswith('rules/a.yaml:10:32: rules[0].calendar.country: "Norway"')


def test_what_depends_on_a_wrong_clock_is_not_complained_of(folder: Path) -> None:
    text = BAD[0].parent / "due_list.yaml"
    absent = text.read_text(encoding="utf-8").replace(
        "status: open", "applied_at: absent"
    )
    (folder / "a.yaml").write_text(absent, encoding="utf-8")
    [said] = complaints(folder)
    assert "clock.due: expected text, found a list" in said


def test_rules_without_an_id_are_told_so_each(folder: Path) -> None:
    text = (
        "  - {title: A, clock: {starts: applied_at, stops: told_at}, target: 1 day,\n"
    )
    text += "     ladder: [{at: target, tell: owner}]}\n"
    (folder / "a.yaml").write_text(f"rules:\n{text}{text}", encoding="utf-8")
    assert complaints(folder) == [
        "rules/a.yaml:2:5: rules[0].id: is missing",
        "rules/a.yaml:4:5: rules[1].id: is missing",
    ]


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        pytest.param(
            lambda path: path.write_bytes(b"rules: []  # p\xe5 norsk\n"),
            "rules/a.yaml: not UTF-8 (byte 14); save it as UTF-8",
            id="not UTF-8",
        ),
        pytest.param(
            lambda path: path.write_bytes(b"rules: []\x00\n"),
            "rules/a.yaml: not YAML: unacceptable character #x0000: "
            "control characters are not allowed",
            id="a zero byte",
        ),
        pytest.param(
            lambda path: path.write_text("#" * 1_000_001),
            "rules/a.yaml: 1,000,001 bytes is too large; split it",
            id="huge",
        ),
        pytest.param(
            lambda path: path.write_text("rules: []\n" * 1_000_000),
            "rules/a.yaml: 10,000,000 bytes is too large; split it",
            id="ten megabytes",
        ),
        pytest.param(
            lambda path: path.write_text("[" * 400_000),
            "rules/a.yaml:1:51: nested too deeply; use at most 50 levels",
            id="deep",
        ),
        pytest.param(
            lambda path: path.symlink_to(path.parent / "gone.yaml"),
            "rules/a.yaml: cannot be read: No such file or directory",
            id="a link to nothing",
        ),
        pytest.param(
            lambda path: path.symlink_to(path),
            "rules/a.yaml: cannot be read: Too many levels of symbolic links",
            id="a link to itself",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    write: Callable[[Path], object], expected: str, folder: Path
) -> None:
    write(folder / "a.yaml")
    assert complaints(folder) == [expected]


def test_an_empty_folder_is_an_error(folder: Path) -> None:
    (folder / "notes.txt").write_text("not a rule", encoding="utf-8")
    message = "holds no rule file; put a *.yaml there or point `rules` elsewhere"
    assert complaints(folder) == [f"{folder}: rules: {message}"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    message = "cannot be read: No such file or directory"
    assert complaints(gone) == [f"{gone}: rules: {message}"]


def test_a_file_in_place_of_the_folder_is_told_so(folder: Path) -> None:
    shutil.copy(BAD[0], folder / "mine.yaml")
    message = f"is a file; name the folder that it lies in ({folder})"
    mine = folder / "mine.yaml"
    assert complaints(mine) == [f"{mine}: rules: {message}"]


def test_all_problems_of_all_files_come_in_one_go(folder: Path) -> None:
    names = ("duration_misspelt", "tabs", "title_not_text")
    for name in names:
        shutil.copy(BAD[0].parent / f"{name}.yaml", folder)
    said = {line.split(":")[0] for line in complaints(folder)}
    assert said == {f"rules/{name}.yaml" for name in names}


def test_an_id_is_taken_in_every_file(folder: Path) -> None:
    rule = (BAD[0].parent / "ids_twice.yaml").read_text(encoding="utf-8")
    first = rule[: rule.rindex("  - id: ")]
    (folder / "a.yaml").write_text(first, encoding="utf-8")
    (folder / "b.yml").write_text(f"# Mine\n{first}", encoding="utf-8")
    taken = '"first-reply" is taken by rules/a.yaml:3; ids are unique'
    assert complaints(folder) == [f"rules/b.yml:4:5: rules[0].id: {taken}"]


def test_a_file_elsewhere_is_named_so_that_it_can_be_opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(BAD[0], folder)
    (folder.parent / "elsewhere").mkdir()
    monkeypatch.chdir(folder.parent / "elsewhere")
    [said] = complaints(folder)
    assert said.startswith(f"{folder / BAD[0].name}:")


def test_a_folder_that_links_back_to_itself_is_read_once(folder: Path) -> None:
    rule = (BAD[0].parent / "ids_twice.yaml").read_text(encoding="utf-8")
    (folder / "a.yaml").write_text(rule[: rule.rindex("  - id: ")], encoding="utf-8")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    assert [each.id for each in rules.read(folder).rules] == ["first-reply"]
