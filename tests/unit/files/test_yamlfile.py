"""What a YAML file may hold, and how problems find their place in it."""

from pathlib import Path
from typing import Annotated, Any

import pytest
import yaml
from pydantic import Field

from monitor import misfit, yamlfile
from monitor.errors import ConfigError, Problem
from monitor.yamlfile import Document, Strict


class Leaf(Strict):
    colour: str = "green"
    size: int = 1
    shiny: Annotated[bool, Field(strict=True)] = False


class Branch(Strict):
    leaf: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    named: dict[str, Leaf] = Field(default_factory=dict)
    maybe: tuple[Annotated[Leaf | None, "a note"], ...] | None = None
    either: Leaf | str = ""


def parse(text: str) -> Any:
    return yamlfile.parse(text, "a.yaml").data


def complaints(text: str, model: type[Strict] = Branch) -> list[str]:
    """Return what is wrong with text as a model."""
    with pytest.raises(ConfigError) as caught:
        yamlfile.build(model, yamlfile.parse(text, "a.yaml"))
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("~", None),
        ("null", None),
        ("", None),
        ("Null", "Null"),
        ("14", 14),
        ("-3", -3),
        ("+3", 3),
        ("010", "010"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("09:30", "09:30"),
        ("2026-11-04", "2026-11-04"),
        ("2026-11-04 11:02:00", "2026-11-04 11:02:00"),
        ("1.5", 1.5),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("=", "="),
        ("!!str 14", "14"),
    ],
)
def test_a_plain_word_stays_text_unless_it_is_plainly_more(
    text: str, value: object
) -> None:
    found = parse(f"key: {text}")["key"]
    assert (found, type(found)) == (value, type(value))


def test_keys_are_text_and_merge_keys_are_no_magic() -> None:
    assert parse("2026-12-24: a\n1: b\nno: c\n<<: d") == {
        "2026-12-24": "a",
        "1": "b",
        "no": "c",
        "<<": "d",
    }


def test_an_alias_repeats_what_it_names() -> None:
    assert parse("a: &x [1, {b: 2}]\nc: *x") == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}


def test_fifty_levels_are_deep_enough() -> None:
    assert parse("[" * 50 + "]" * 50)
    with pytest.raises(ConfigError, match=r"a\.yaml:1:51: nested too deeply"):
        parse("[" * 51 + "]" * 51)


def test_lists_beside_each_other_are_not_deep() -> None:
    assert len(parse("- []\n" * 60)) == 60
    with pytest.raises(ConfigError, match="nested too deeply"):
        parse("- []\n" * 60 + "- " + "[" * 50 + "]" * 50)


def test_aliases_cannot_nest_deeper_than_brackets() -> None:
    lines = ["- &a0 [x]"] + [f"- &a{n} [*a{n - 1}]" for n in range(1, 60)]
    with pytest.raises(ConfigError, match="aliases make this file grow without end"):
        parse("\n".join(lines))


def test_a_bad_number_says_where_it_stands() -> None:
    with pytest.raises(ConfigError, match=r"a\.yaml:2:4: cannot be read as what"):
        parse("a: 1\nb: " + "9" * 5000)


def test_every_twice_written_key_is_told() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("a: 1\nb:\n  c: 2\n  c: 3\na: 4\n")
    assert caught.value.problems == [
        Problem("a.yaml", 4, 3, "b.c", "stands twice (first on line 3); keep one"),
        Problem("a.yaml", 5, 1, "a", "stands twice (first on line 1); keep one"),
    ]


def test_every_key_and_item_has_a_place() -> None:
    document = yamlfile.parse("a:\n  - b: 1\n  - c\n", "a.yaml")
    assert document.places == {
        (): (1, 1),
        ("a",): (1, 1),
        ("a", 0): (2, 5),
        ("a", 0, "b"): (2, 5),
        ("a", 1): (3, 5),
    }


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (("a", 0, "b"), "a.yaml:2:5: a[0].b: no"),
        (("a", 0, "gone", "b"), "a.yaml:2:5: a[0].gone.b: no"),
        (("a", 7), "a.yaml:1:1: a[7]: no"),
        ((), "a.yaml:1:1: no"),
    ],
)
def test_a_problem_stands_at_the_nearest_place(
    path: tuple[str | int, ...], told: str
) -> None:
    document = yamlfile.parse("a:\n  - b: 1\n", "a.yaml")
    assert str(document.problem(path, "no")) == told


def test_a_problem_of_an_empty_file_has_no_line() -> None:
    document = yamlfile.parse("# nothing yet\n", "a.yaml")
    assert document == Document("a.yaml", None, {})
    assert str(document.problem(("a",), "is missing")) == "a.yaml: a: is missing"


def test_a_file_may_start_with_the_mark_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfname: \xc3\x85se\r\n")
    assert yamlfile.read(path).data == {"name": "Åse"}
    assert yamlfile.read(path).file == str(path)
    assert yamlfile.read(path, name="config/a.yaml").file == "config/a.yaml"


def test_the_largest_file_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("#" * yamlfile.LARGEST_FILE, encoding="utf-8")
    assert yamlfile.read(path).data is None
    path.write_text("#" * (yamlfile.LARGEST_FILE + 1), encoding="utf-8")
    with pytest.raises(ConfigError, match="1,000,001 bytes is too large"):
        yamlfile.read(path)


def test_reading_again_gives_fresh_data(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1", encoding="utf-8")
    yamlfile.read(path)
    path.write_text("a: 2", encoding="utf-8")
    assert yamlfile.read(path).data == {"a": 2}


def test_other_readers_of_yaml_keep_their_booleans() -> None:
    assert yaml.safe_load("a: no") == {"a": False}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("leaf: {sise: 1}", 'leaf.sise: unknown key "sise"; did you mean "size"?'),
        ("leaf: {x: 1}", 'leaf.x: unknown key "x" (one of colour, shiny, size)'),
        ("leaves: [{sise: 1}]", 'leaves[0].sise: unknown key "sise"; did you mean'),
        ("named: {a: {sise: 1}}", 'named.a.sise: unknown key "sise"; did you mean'),
        ("maybe: [~, {sise: 1}]", 'maybe[1].sise: unknown key "sise"; did you mean'),
        ("leef: {}", 'leef: unknown key "leef"; did you mean "leaf"?'),
        ("leaf: {size: 1.5}", "leaf.size: expected a whole number, found 1.5"),
        ("leaf: {shiny: yes}", 'leaf.shiny: "yes" is text here; write true'),
        ("leaf: {shiny: Off}", 'leaf.shiny: "Off" is text here; write false'),
        ("leaf: {shiny: TRUE}", 'leaf.shiny: "TRUE" is text here; write true'),
        ("leaf: {shiny: often}", "leaf.shiny: expected true or false, found text"),
        ("leaf: {shiny: 1}", "leaf.shiny: expected true or false, found 1"),
        ("leaf: {size: many}", "leaf.size: expected a whole number, found text"),
        ("leaf: {size: }", "leaf.size: expected a whole number, found nothing"),
        ("leaf: {colour: [1]}", "leaf.colour: expected text, found a list"),
        ("leaf: {colour: }", "leaf.colour: expected text, found nothing (text that"),
        ("leaf: [1]", "leaf: expected keys and values, found a list"),
        ("leaves: {a: 1}", "leaves: expected a list, found keys and values"),
        ("named: text", "named: expected keys and values, found text"),
    ],
)
def test_a_misfit_says_what_is_expected(text: str, told: str) -> None:
    [said] = complaints(text)
    assert said.split(": ", 1)[1].startswith(told)


def test_a_misfit_of_two_kinds_is_told_without_a_guess() -> None:
    told = complaints("either: {sise: 1}")
    assert any('unknown key "sise"' in each and "mean" not in each for each in told)


class Narrow(Strict):
    ratio: Annotated[float, Field(multiple_of=0.5)] = 1.0
    names: Annotated[tuple[Leaf, ...], Field(min_length=1)] = (Leaf(),)


def test_a_rare_misfit_keeps_the_words_of_the_checker() -> None:
    assert complaints("ratio: 0.3", Narrow) == [
        "a.yaml:1:1: ratio: input should be a multiple of 0.5, found 0.3"
    ]


def test_a_list_is_empty_only_if_nothing_stands_in_it() -> None:
    assert complaints("names: []", Narrow) == [
        "a.yaml:1:1: names: is empty; write at least one item"
    ]
    assert complaints("names: [{size: many}]", Narrow) == [
        "a.yaml:1:10: names[0].size: expected a whole number, found text"
    ]


def test_other_data_may_stand_in_for_that_of_the_file() -> None:
    document = yamlfile.parse("leaf: {size: 1}", "a.yaml")
    changed = yamlfile.build(Branch, document, data={"leaf": {"size": 2}})
    assert changed.leaf == Leaf(size=2)


def test_a_built_model_is_frozen_and_an_empty_file_gives_the_defaults() -> None:
    found = yamlfile.build(Branch, yamlfile.parse("", "a.yaml"))
    assert found == Branch()
    with pytest.raises(ValueError, match="frozen"):
        found.leaf = Leaf()  # type: ignore[misc]


@pytest.mark.parametrize(
    ("word", "words", "hint"),
    [
        ("opne", ["open", "closed"], '; did you mean "open"?'),
        ("zzz", ["open", "closed"], " (one of closed, open)"),
        ("zzz", [], ""),
        ("zzz", [f"{n:03}" for n in range(12)], " (one of 000, 001, "),
        ("zzz", [f"{n:03}" for n in range(13)], ""),
    ],
)
def test_the_nearest_word_is_offered(word: str, words: list[str], hint: str) -> None:
    assert misfit.nearest(word, words).startswith(hint)
    assert bool(misfit.nearest(word, words)) == bool(hint)
