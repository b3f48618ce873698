"""An admin's line is text and variables, on one line, and nothing else."""

import pytest

from monitor import wording


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("applied {{ waited }} ago", "applied 17 days ago"),
        ("{{since}} {{due}} {{late}}", "Wed 4 Nov Wed 18 Nov 3 days"),
        ("our  {{ promise }}\n are up ", "our 14 days are up"),
        ("a brace { and a percent %", "a brace { and a percent %"),
        ("{# for us #}waiting", "waiting"),
    ],
)
def test_a_line_is_filled_and_stays_one_line(text: str, line: str) -> None:
    assert wording.render(wording.parse(text), wording.SAMPLE) == line


def test_what_is_filled_in_is_never_read_as_a_template() -> None:
    line = wording.render(
        wording.parse("{{ waited }}"), {**wording.SAMPLE, "waited": "{{ due }}"}
    )
    assert line == "{{ due }}"


@pytest.mark.parametrize(
    "inner",
    [
        "waited.__class__",
        "waited['__class__']",
        "waited.upper()",
        "waited | upper",
        "waited + 1",
        "10 ** 10 ** 10",
        "waited if late else due",
        "(waited, due)",
        "'text'",
        "(" * 300 + "waited" + ")" * 300,
    ],
    ids=lambda text: text[:20],
)
def test_an_expression_is_refused(inner: str) -> None:
    with pytest.raises(ValueError, match="write text and variables only"):
        wording.parse(f"{{{{ {inner} }}}}")


@pytest.mark.parametrize(
    "text",
    [
        "{% for x in 'ab' %}{{ waited }}{% endfor %}",
        "{% set waited = due %}",
        "{% include 'other' %}",
        "{% if late %}late{% endif %}",
    ],
)
def test_a_statement_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no variable|write text and variables only"):
        wording.parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ wiated }}", 'no variable "wiated"; did you mean "waited"?'),
        ("{{ range }}", 'no variable "range" (one of due, late, promise, since, wai'),
        ("{{ waited ", "expected 'end of print statement' (a line may use waited, "),
        ("{% what %}", "Encountered unknown tag 'what' (a line may use waited"),
    ],
)
def test_a_bad_line_says_what_it_may_use(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the text is checked
        wording.parse(text)
    assert message in str(caught.value)
