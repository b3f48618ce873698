"""The dashboards' ratios are those of the recording rules: one definition, two readers."""

from pathlib import Path

import pytest
import yaml

from monitor import shipped
from tests.dashboards import boards, prometheus

FIGURES = shipped.folder() / "config" / "prometheus" / "rules" / "figures.yml"
OWN = 'job="svar",instance="svar:9464",source="ats"'
# By rule and department: cases and kept ones of 30 and of 90 days.
PROMISES = {
    ("first-reply", "Sales"): ((9, 7), (20, 12)),
    ("first-reply", "other"): ((5, 2), (9, 9)),
    ("manager-review", "Sales"): ((9, 8), (14, 11)),
    ("silence", "Sales"): ((12, 9), (30, 11)),
    ("promise-kept", "Sales"): ((4, 1), (4, 1)),
}
ANSWERS = {
    'svar_interviewed_told{channel="phone",window="30d"}': 4,
    'svar_interviewed_told{channel="other",window="30d"}': 2,
    'svar_interviewed_told{channel="phone",window="90d"}': 9,
    'svar_interviewed_told{channel="other",window="90d"}': 4,
    'svar_answerable_applications{after="application"}': 40,
    'svar_never_answered_applications{after="application"}': 9,
    'svar_answerable_applications{after="interview"}': 6,
    'svar_never_answered_applications{after="interview"}': 1,
    'svar_survey_answers{told="in_time",score="promoter"}': 5,
    'svar_survey_answers{told="in_time",score="detractor"}': 2,
}
SHARE = "source_rule:svar_promise_kept:ratio"
SILENCE = "source_after:svar_never_answered_applications:ratio"
ANSWERED = "Answered within ${days} (goal: ${goal})"
# A panel, one of its columns or none, and what the rules record for it.
PAIRS = [
    (ANSWERED, "A", f'{SHARE}{{rule="first-reply"}}'),
    ("Which promises do we keep?", "B", SHARE),
    (
        "Which departments keep our ${days}?",
        "A",
        'source_rule_department:svar_promise_kept:ratio{rule="first-reply"}',
    ),
    (
        "Who gets a call after an interview?",
        "A",
        "source:svar_interviewed_told_phone:ratio",
    ),
    ("Who heard nothing after applying?", "A", f'{SILENCE}{{after="application"}}'),
    ("Who heard nothing after an interview?", "A", f'{SILENCE}{{after="interview"}}'),
    (
        "What do candidates say of us (CNPS)?",
        "A",
        'source_told:svar_survey_answers:cnps{told="in_time"}',
    ),
]


def series() -> list[dict[str, str]]:
    """Return what Prometheus is to have scraped, each the same for an hour."""
    rows = {name.replace("}", f",{OWN}}}"): value for name, value in ANSWERS.items()}
    for (rule, department), windows in PROMISES.items():
        for window, both in zip(("30d", "90d"), windows, strict=True):
            labels = f'{OWN},rule="{rule}",department="{department}",window="{window}"'
            for name, value in zip(("cases", "kept"), both, strict=True):
                rows[f"svar_promise_{name}{{{labels}}}"] = value
    return [{"series": name, "values": f"{n}x60"} for name, n in rows.items()]


def equal(expr: str, recorded: str) -> dict[str, object]:
    """Return a case in which both come to the same, and to something."""
    shown = f"sum({recorded})"
    if "ratio" in recorded:
        shown = f"floor(100 * {shown} + 1e-9) / 100"
    query = f"abs({shown} - sum({boards.filled(expr)})) < bool 1e-9"
    return {
        "expr": query,
        "eval_time": "30m",
        "exp_samples": [{"labels": "{}", "value": 1}],
    }


def asked() -> dict[tuple[str, str], str]:
    """Return what the panels ask, by title and letter."""
    return {
        (panel["title"], target["refId"]): target["expr"]
        for panel in boards.read("promise").panels
        for target in panel["targets"]
    }


def tell(folder: Path, story: dict[str, object], *rules: Path) -> None:
    """Let promtool hold a story, or fail with what it says."""
    prometheus.demand("promtool")
    file = folder / "story.yml"
    told = {"rule_files": [*map(str, rules)], "tests": [story]}
    file.write_text(yaml.safe_dump(told), encoding="utf-8")
    prometheus.promtool("test", "rules", str(file))


def test_ratios_are_those_of_the_recording_rules(tmp_path: Path) -> None:
    queries = asked()
    cases = [equal(queries[title, ref], r) for title, ref, r in PAIRS]
    story: dict[str, object] = {"interval": "1m", "input_series": series()}
    tell(tmp_path, story | {"promql_expr_test": cases}, FIGURES)


def month(job: str, before: str, now: str) -> list[dict[str, str]]:
    """Return cases and kept ones, `16/18`, of forty days and of the next twenty."""
    labels = f'job="{job}",instance="{job}:9464",source="ats",rule="first-reply"'
    labels += ',department="Sales",window="30d"'
    kept, cases = zip(before.split("/"), now.split("/"), strict=True)
    return [
        {"series": f"svar_promise_{name}{{{labels}}}", "values": f"{was}x39 {n}x20"}
        for name, (was, n) in {"kept": kept, "cases": cases}.items()
    ]


# 86.9 and 88.8 % are shown as 86 and 88, so what is shown between them is two points.
@pytest.mark.parametrize(
    ("job", "share", "points"), [("svar", 0.88, 2), ("svar-staging", 0.29, -21)]
)
def test_points_are_those_between_the_shares_that_are_shown(
    job: str, share: float, points: int, tmp_path: Path
) -> None:
    queries = asked()
    expected = {
        queries[ANSWERED, "A"]: share,
        queries["Points gained or lost in a month", "A"]: points,
    }
    cases = [
        {
            "expr": boards.filled(expr, job=job),
            "eval_time": "50d",
            "exp_samples": [{"labels": "{}", "value": value}],
        }
        for expr, value in expected.items()
    ]
    both = month("svar", "20/23", "16/18") + month("svar-staging", "50/100", "29/100")
    story: dict[str, object] = {"interval": "1d", "input_series": both}
    tell(tmp_path, story | {"promql_expr_test": cases})
