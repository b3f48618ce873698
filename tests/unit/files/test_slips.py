"""What is said of a text that is not YAML, and to which place it points."""

import pytest
import yaml

from monitor import slips, yamlfile
from monitor.errors import ConfigError

UNQUOTED = slips.UNQUOTED
LEFT = "check the indentation: this line begins further left than its neighbours"
RIGHT = LEFT.replace("left", "right")
AROUND = "text goes on after a closing bracket or quote; put all of it in quotes"
OPEN = (
    "look for a comma that is missing, or for a bracket or a quote that is not closed"
)
COLON = (
    'mapping values are not allowed in this context; put text that holds ": " in quotes'
)


def complaints(text: str) -> list[str]:
    """Return what is wrong with text, without the name of the file."""
    with pytest.raises(ConfigError) as caught:
        yamlfile.parse(text, "a.yaml")
    return [str(each).removeprefix("a.yaml:") for each in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: #b\nc: 1\n", f"1:4: a: {UNQUOTED}"),
        ("å: å\nb:   #1-c  \n", f"2:6: b: {UNQUOTED}"),
        ("a:\n  - #b\n  - c\n", f"2:5: a[0]: {UNQUOTED}"),
        ("a:\n  - b: #c and more\n", f"2:8: a[0].b: {UNQUOTED}"),
        ('"a": #b\n', f"1:6: a: {UNQUOTED}"),
        ("a: {b: #c\n}\n", f"1:8: a.b: {UNQUOTED}"),
        ("a: {b: #c}\n", f"1:8: {UNQUOTED}"),
        ("a: {b: #c}\nd: 1\n", f"1:8: {UNQUOTED}"),
        ("å: [b, #c]\n", f"1:8: {UNQUOTED}"),
        ("a: [#b]\n", f"1:5: {UNQUOTED}"),
        ("a: {b: [c], d: #e}\n", f"1:16: {UNQUOTED}"),
        ("a: {b: {c: 1}, d: {e: #f}}\n", f"1:23: {UNQUOTED}"),
        ("- {a: #b}\n- {a: c}\n", f"1:7: {UNQUOTED}"),
    ],
)
def test_a_channel_without_quotes_is_no_comment(text: str, told: str) -> None:
    assert complaints(text) == [told]


def test_every_channel_without_quotes_is_told() -> None:
    said = complaints("a: #b\nc:\n  - #d\nc: 1\n")
    assert [each.split(":")[0] for each in said] == ["1", "3", "4"]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: # b\n", {"a": None}),
        ("a: #\n", {"a": None}),
        ("a: ~ #b\n", {"a": None}),
        ("a:\n  #b\n", {"a": None}),
        ("a: '' #b\n", {"a": ""}),
        ("a: 1 #b\n", {"a": 1}),
        ("a: #b\n  c: 1\n", {"a": {"c": 1}}),
        ("a: #b\n  - 1\n", {"a": [1]}),
        ("a: [1, #b\n  2]\n", {"a": [1, 2]}),
        ("a: [1, 2] #b]\n", {"a": [1, 2]}),
    ],
)
def test_a_comment_stays_one(text: str, data: object) -> None:
    assert yamlfile.parse(text, "a.yaml").data == data


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: {b: 1, #c\n", OPEN),
        ("a: {b: 1, # c}\n", OPEN),
        ("#x]\na: [1\nb: 2\n", OPEN),
        ("a: [1, 2] #x]\nb: [1\nc: 2\n", OPEN),
    ],
)
def test_a_bracket_that_is_open_is_not_blamed_on_a_comment(
    text: str, told: str
) -> None:
    [said] = complaints(text)
    assert said.endswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n  b: {}\n c: 2\n", f"3:2: {LEFT}"),
        ("a:\n  b: {}\n\n  # x\n   c: 2\n", f"5:4: {RIGHT}"),
        ("a: 1\n b: 2\n", f"2:3: {RIGHT}"),
        (" a: 1\nb: 2\n", f"2:1: {LEFT}"),
        ("- a: 1\n   b: 2\n", f"2:5: {RIGHT}"),
        ("- a: 1\n b: 2\n", f"2:2: {LEFT}"),
        ("a:\n  - {b: 1}\n   - {b: 2}\n", f"3:4: {RIGHT}"),
        ("a:\n   - {b: 1}\n  - {b: 2}\n", f"3:3: {LEFT}"),
        (
            "a:\n  b: 1\n  - c\n",
            "3:3: check the indentation: keys and a list cannot stand side by side",
        ),
        ("a: b\n  and then: c\n", f"2:11: {COLON}"),
        ("a: b: c\n", f"1:5: {COLON}"),
        ('"a\n b": c: d\n', f"2:4: {COLON}"),
    ],
)
def test_a_line_too_far_to_one_side_is_told_from_a_colon(text: str, told: str) -> None:
    [said] = complaints(text)
    assert said == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: {{ b }} in c\nd: 1\n", f"1:12: {AROUND}"),
        ("a: [b] c\n", f"1:8: {AROUND}"),
        ("a: [b]: c\n", f"1:7: {AROUND}"),
        ("a: 'b' c\n", f"1:8: {AROUND}"),
        ('"a" b\n', f"1:5: {AROUND}"),
        ('a: {b: "c" d}\n', f"1:12: {AROUND}"),
        ("a: {b: c d: e}\n", f"1:11: did not find expected ',' or '}}'; {OPEN}"),
        ("a: 1\nb\nc: 2\n", "2:1: could not find expected ':'; write a colon and "),
        ("a: - b\n", "put text that starts with - in quotes"),
        ("a: ? b\n", "put text that starts with ? in quotes"),
        ("a: > b\n", "put text that starts with > or | in quotes"),
        ("a: 'b\n", "2:1: found unexpected end of stream"),
    ],
)
def test_text_that_needs_quotes_or_more_is_told(text: str, told: str) -> None:
    [said] = complaints(text)
    assert told in said


def test_a_mistake_without_a_place_is_of_the_whole_file() -> None:
    assert slips.told("", yaml.MarkedYAMLError()) == ((0, 0), "not YAML")
