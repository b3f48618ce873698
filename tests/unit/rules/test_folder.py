"""Many files as one rulebook: folders and their defaults, profiles over all of them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor import rules, yamlfile
from monitor.errors import ConfigError
from monitor.rules import Rule, Rulebook

REPLY = """\
rules:
  - id: first-reply
    title: Every candidate hears from us
    clock: {starts: applied_at, stops: told_at}
    target: 14 days
    ladder: [{at: target, tell: owner}]
"""
SILENCE = REPLY.replace("first-reply", "silence")
BARE = """\
rules:
  - {id: bare, title: Bare, clock: {starts: applied_at, stops: told_at}}
"""
STEPS = "target: 14 days, ladder: [{at: target, tell: owner}]"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for rules, below the one that we stand in."""
    monkeypatch.chdir(tmp_path)
    found = tmp_path / "rules"
    found.mkdir()
    return found


def read(folder: Path, files: Mapping[str, str]) -> Rulebook:
    """Return the rules of a folder that holds these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return rules.read(folder)


def complaints(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Return what is wrong with these files."""
    with pytest.raises(ConfigError) as caught:
        read(folder, files)
    return [str(problem) for problem in caught.value.problems]


def get(book: Rulebook, rule_id: str = "first-reply") -> Rule:
    found = book.get(rule_id)
    assert found is not None
    return found


def profile(changes: str, extends: str = "") -> str:
    extending = f"extends: {extends}\n" if extends else ""
    return f"title: A\nchanges: {changes}\n{extending}"


# --- folders ---


def test_a_folder_is_read_with_those_below_it(folder: Path) -> None:
    book = read(folder, {"a.yaml": REPLY, "north/b.yml": SILENCE})
    assert [each.id for each in book.rules] == ["first-reply", "silence"]


@pytest.mark.parametrize(
    "name", [".a.yaml", "#a.yaml", "tests/a.yaml", "profiles/a.txt", "a.yaml.bak"]
)
def test_what_is_no_rule_file_is_passed_by(name: str, folder: Path) -> None:
    book = read(folder, {"z.yaml": SILENCE, name: "neither: rules\n"})
    assert [each.id for each in book.rules] == ["silence"]


# --- defaults ---


def test_defaults_are_for_every_file_of_their_folder(folder: Path) -> None:
    defaults = f"defaults: {{{STEPS}, owner: manager}}\n"
    book = read(folder, {"a.yaml": BARE, "z.yaml": defaults + REPLY})
    assert [each.owner for each in book.rules] == ["manager", "manager"]


def test_a_rule_goes_before_the_defaults(folder: Path) -> None:
    book = read(folder, {"a.yaml": f"defaults: {{target: 3 days}}\n{REPLY}"})
    assert str(get(book).target) == "14 days"


def test_the_defaults_of_a_deeper_folder_go_before(folder: Path) -> None:
    book = read(
        folder,
        {
            "a.yaml": f"defaults: {{{STEPS}, owner: manager, severity: low}}\n",
            "north/b.yaml": f"defaults: {{owner: recruiter}}\n{BARE}",
            "south/c.yaml": BARE.replace("id: bare", "id: far"),
        },
    )
    near, far = get(book, "bare"), get(book, "far")
    assert (near.owner, near.severity) == ("recruiter", "low")
    assert (far.owner, far.severity) == ("manager", "low")


def test_the_defaults_of_a_folder_are_not_for_those_above_it(folder: Path) -> None:
    files = {"a.yaml": REPLY, "north/b.yaml": "defaults: {owner: manager}\n"}
    assert get(read(folder, files)).owner == "has_ball"


def test_a_key_is_laid_over_another_whole(folder: Path) -> None:
    starts = "{starts: decided_at, stops: told_at, not_before: 1 day}"
    book = read(folder, {"a.yaml": f"defaults: {{clock: {starts}}}\n{REPLY}"})
    clock = get(book).clock
    assert (clock.starts, clock.not_before) == (("applied_at",), None)


def test_a_folder_has_defaults_in_one_file_only(folder: Path) -> None:
    defaults = "defaults: {owner: manager}\n"
    taken = "rules/a.yaml holds this folder's defaults already; keep one"
    assert complaints(folder, {"a.yaml": defaults + REPLY, "b.yaml": defaults}) == [
        f"rules/b.yaml:1:1: defaults: {taken}"
    ]


def test_a_mistake_in_the_defaults_is_told_where_it_stands(folder: Path) -> None:
    files = {"a.yaml": "defaults:\n  owner: managr\n", "b.yaml": REPLY}
    unknown = 'no role "managr"; did you mean "manager"?'
    assert complaints(folder, files) == [f"rules/a.yaml:2:3: defaults.owner: {unknown}"]


# --- exemptions, which add up ---

EXEMPT = REPLY + "    exempt: {internal: true}\n"


def test_the_exemptions_of_all_layers_count(folder: Path) -> None:
    changes = "{first-reply: {exempt: [{country: SE}, {country: DK}]}}"
    files = {
        "a.yaml": f"extends: mine\ndefaults: {{exempt: {{stage: Spam}}}}\n{EXEMPT}",
        "profiles/mine.yaml": profile(changes),
    }
    tests = [test for tests in get(read(folder, files)).exempt for test in tests]
    assert [test.column for test in tests] == [
        "stage",
        "internal",
        "country",
        "country",
    ]


@pytest.mark.parametrize(
    ("defaults", "own", "told"),
    [
        pytest.param(
            "[{stage: Spam}, {stag: Spam}]",
            "{internal: true}",
            'a.yaml:1:37: defaults.exempt[1].stag: no column "stag"',
            id="in the second of the defaults",
        ),
        pytest.param(
            "[{stage: Spam}, {stage: Test}]",
            "{intenal: true}",
            'a.yaml:8:14: rules[0].exempt.intenal: no column "intenal"',
            id="in the map of the rule",
        ),
        pytest.param(
            "{stage: Spam}",
            "[{internal: true}, Alumni]",
            "a.yaml:8:32: rules[0].exempt[1]: expected keys and values, found text",
            id="in the second of the rule",
        ),
        pytest.param(
            "Spam",
            "[{internal: true}, {intenal: true}]",
            'a.yaml:8:33: rules[0].exempt[1].intenal: no column "intenal"',
            id="over defaults that are no exemption",
        ),
        pytest.param(
            "",
            "{intenal: true}",
            'a.yaml:8:14: rules[0].exempt.intenal: no column "intenal"',
            id="over defaults that are empty",
        ),
        pytest.param(
            "{stage: Spam}",
            "Alumni",
            "a.yaml:8:5: rules[0].exempt: expected a list, found text",
            id="over which none can be laid",
        ),
    ],
)
def test_a_mistake_in_an_exemption_is_told_where_it_stands(
    defaults: str, own: str, told: str, folder: Path
) -> None:
    text = f"defaults: {{exempt: {defaults}}}\n{REPLY}    exempt: {own}\n"
    [said] = complaints(folder, {"a.yaml": text})
    assert said.startswith(f"rules/{told}")


# --- profiles ---


def test_a_profile_goes_before_the_rule_and_the_defaults(folder: Path) -> None:
    book = read(
        folder,
        {
            "a.yaml": f"extends: mine\ndefaults: {{owner: manager}}\n{REPLY}",
            "profiles/mine.yaml": profile("{first-reply: {target: 7 days}}"),
        },
    )
    assert (str(get(book).target), get(book).owner) == ("7 days", "manager")


def test_a_profile_goes_over_the_one_that_it_extends(folder: Path) -> None:
    base = "{first-reply: {target: 7 days, owner: manager}}"
    book = read(
        folder,
        {
            "a.yaml": f"extends: top\n{REPLY}",
            "profiles/base.yaml": profile(base),
            "profiles/top.yaml": profile("{first-reply: {target: 5 days}}", "base"),
        },
    )
    assert (str(get(book).target), get(book).owner) == ("5 days", "manager")


def test_of_several_profiles_the_last_goes_before(folder: Path) -> None:
    book = read(
        folder,
        {
            "a.yaml": f"extends: [one, two]\n{REPLY}",
            "profiles/one.yaml": profile("{first-reply: {target: 7 days}}"),
            "profiles/two.yaml": profile("{first-reply: {target: 5 days}}"),
        },
    )
    assert str(get(book).target) == "5 days"


def test_a_profile_that_two_others_extend_does_not_undo_the_first(
    folder: Path,
) -> None:
    book = read(
        folder,
        {
            "a.yaml": f"extends: [one, two]\n{REPLY}",
            "profiles/base.yaml": profile("{first-reply: {target: 9 days}}"),
            "profiles/one.yaml": profile("{first-reply: {target: 7 days}}", "base"),
            "profiles/two.yaml": profile("{first-reply: {owner: manager}}", "base"),
        },
    )
    assert (str(get(book).target), get(book).owner) == ("7 days", "manager")


def test_a_profile_of_ones_own_goes_before_the_shipped_one(folder: Path) -> None:
    files = {
        "a.yaml": f"extends: strict\n{REPLY}",
        "profiles/strict.yaml": profile("{first-reply: {target: 1 day}}"),
    }
    assert str(get(read(folder, files)).target) == "1 day"


def test_a_shipped_profile_is_found_without_a_folder() -> None:
    text = yamlfile.parse("rules: []\nextends: strict\n", "a.yaml")
    with pytest.raises(ConfigError, match=r"strict\.yaml.*no rule"):
        rules.parse([text])


def test_a_profile_switches_a_rule_off_and_on(folder: Path) -> None:
    off = SILENCE + "    enabled: false\n"
    changes = "{first-reply: {enabled: false}, silence: {enabled: true}}"
    book = read(
        folder,
        {
            "a.yaml": f"extends: mine\n{REPLY}",
            "b.yaml": off,
            "profiles/mine.yaml": profile(changes),
        },
    )
    assert [each.id for each in book.rules] == ["silence"]
    assert [each.id for each in book.off] == ["first-reply"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(
            profile("{first-reply: {targt: 7 days}}"),
            '2:25: changes.first-reply.targt: unknown key "targt"; did you mean '
            '"target"?',
            id="an unknown key",
        ),
        pytest.param(
            profile("{first-reply: {target: 7 dyas}}"),
            '2:25: changes.first-reply.target: "7 dyas" is not a duration '
            '(try "7 days" or "2 working days")',
            id="a bad value",
        ),
        pytest.param(
            profile("{frist-reply: {target: 7 days}}"),
            '2:11: changes.frist-reply: no rule "frist-reply"; did you mean '
            '"first-reply"?',
            id="an unknown rule",
        ),
        pytest.param(
            profile("{first-reply: {id: other}}"),
            "2:25: changes.first-reply.id: a rule keeps its id; take it away here",
            id="another id",
        ),
        pytest.param(
            profile("{}", "mine"),
            "3:1: extends[0]: extends itself: mine -> mine",
            id="itself",
        ),
        pytest.param(
            profile("{}", "[nobodys]"),
            '3:11: extends[0]: no profile "nobodys" (one of mine, ontario, public-no, '
            "strict)",
            id="one that is not there",
        ),
        pytest.param("title: A\n", "1:1: changes: is missing", id="without changes"),
        pytest.param("title: [\n", "2:1: did not find expected", id="no YAML"),
    ],
)
def test_a_mistake_in_a_profile_is_told_where_it_stands(
    text: str, told: str, folder: Path
) -> None:
    files = {"a.yaml": f"extends: mine\n{REPLY}", "profiles/mine.yaml": text}
    [said] = complaints(folder, files)
    assert said.startswith(f"rules/profiles/mine.yaml:{told}")


def test_a_target_that_leaves_no_room_is_told_with_the_step_that_needs_it(
    folder: Path,
) -> None:
    warned = REPLY.replace("{at: target", "{at: 4 days before")
    files = {
        "a.yaml": f"extends: mine\n{warned}",
        "profiles/mine.yaml": profile("{first-reply: {target: 3 days}}"),
    }
    [said] = complaints(folder, files)
    assert said.startswith("rules/profiles/mine.yaml:2:25: changes.first-reply.target:")
    assert 'leaves no room for the step "4 days before" (rules/a.yaml:7)' in said


def test_a_profile_that_nothing_extends_is_looked_at_for_its_form(folder: Path) -> None:
    files = {
        "a.yaml": f"extends: mine\n{REPLY}",
        "profiles/mine.yaml": profile("{first-reply: {target: 7 days}}"),
        "profiles/old.yaml": profile("{gone: {target: 7 days}}"),
        "profiles/sound.yaml": profile("{first-reply: {targt: 7 days, owner: x}}"),
        "profiles/torn.yaml": "title: A\n",
    }
    unknown = 'unknown key "targt"; did you mean "target"?'
    assert complaints(folder, files) == [
        f"rules/profiles/sound.yaml:2:25: changes.first-reply.targt: {unknown}",
        "rules/profiles/torn.yaml:1:1: changes: is missing",
    ]


def test_profiles_that_extend_each_other_in_a_circle_are_told(folder: Path) -> None:
    files = {
        "a.yaml": f"extends: one\n{REPLY}",
        "profiles/one.yaml": profile("{}", "two"),
        "profiles/two.yaml": profile("{}", "one"),
    }
    assert complaints(folder, files) == [
        "rules/profiles/two.yaml:3:1: extends[0]: extends itself: one -> two -> one"
    ]


def test_a_broken_profile_is_told_once_however_often_it_is_named(folder: Path) -> None:
    files = {
        "a.yaml": f"extends: mine\n{REPLY}",
        "b.yaml": f"extends: mine\n{SILENCE}",
        "profiles/mine.yaml": "title: A\n",
    }
    assert len(complaints(folder, files)) == 1
