"""`svar rules diff`: what an edit of the rules would open, close, retarget and tell."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor import cli, rules
from monitor.proof.difference import Edit, Edited, edits
from tests.stories import office
from tests.stories.office import Office

KEPT = ("decided-not-told", "first-reply", "manager-review")
NOW = datetime(2026, 9, 16, 8, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office of today with three rules, and a copy of them to edit."""
    made = office.build(tmp_path / "office")
    for path in made.rules.iterdir():
        if path.stem not in KEPT:
            path.unlink()
    office.furnish(made, datetime.now(UTC))  # noqa: TID251 - a real command lives today
    shutil.copytree(made.rules, made.folder / "edited")
    return made


def edit(place: Office, old: str, new: str, *, rule: str = "first-reply") -> None:
    """Change the copy of a rule."""
    path = place.folder / "edited" / f"{rule}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def diff(place: Office, *given: str) -> int:
    sides = given or (str(place.rules), str(place.folder / "edited"))
    return cli.main(["rules", "diff", "--config", str(place.settings), *sides])


def found(
    place: Office, capsys: pytest.CaptureFixture[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the printed object and its only source."""
    sides = (str(place.rules), str(place.folder / "edited"))
    assert diff(place, *sides, "--json") == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    [source] = printed["sources"]
    return printed, source


def counts(source: dict[str, Any], rule: str = "first-reply") -> dict[str, int]:
    """Return what is not zero in a rule's row."""
    return {key: n for key, n in source["rules"][rule].items() if n}


def hasty(place: Office) -> None:
    """Write a profile that promises more."""
    folder = place.folder / "edited" / "profiles"
    folder.mkdir()
    text = "{title: Hasty, changes: {first-reply: {target: 5 days}}}"
    (folder / "hasty.yaml").write_text(text, encoding="utf-8")


class TestAlerts:
    def test_a_longer_promise_retargets_and_closes(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "target: 14 days", "target: 20 days")
        _, source = found(place, capsys)
        assert counts(source) == {"closes": 1, "retargets": 1}
        becomes = {each["application"]: each["becomes"] for each in source["alerts"]}
        assert becomes == {"waiting": "retargets", "soon": "closes"}

    def test_a_shorter_promise_tells_of_those_that_it_makes_late(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "target: 14 days", "target: 8 days")
        _, source = found(place, capsys)
        assert counts(source)["retargets"] == 2
        told = {e["application"]: e["tell"] for e in source["alerts"] if e["tell"]}
        assert told["soon"] == [office.RECRUITER]

    def test_a_condition_less_opens_alerts(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "status: open", "status: [open, rejected]", rule="manager-review")
        edit(place, "waiting_on: manager", "job_ref: dev", rule="manager-review")
        edit(place, "shared_at, waiting_since", "applied_at", rule="manager-review")
        _, source = found(place, capsys)
        assert counts(source, "manager-review")["opens"] >= 2
        assert counts(source) == {"same": 2}

    def test_a_rule_that_is_switched_off_closes_its_alerts(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "    target:", "    enabled: false\n    target:")
        printed, source = found(place, capsys)
        assert counts(source) == {"closes": 2}
        edited = {each["rule"]: each["edit"] for each in printed["rules"]}
        assert edited["first-reply"] == "switched off"

    def test_another_start_is_another_alert(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "starts: decided_at", "starts: applied_at", rule="decided-not-told")
        _, source = found(place, capsys)
        assert counts(source, "decided-not-told") == {
            "opens": 1,
            "closes": 1,
            "tells": 1,
        }

    def test_a_new_title_touches_nothing(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "en: Every", "en: Each and every")
        printed, source = found(place, capsys)
        assert counts(source) == {"same": 2}
        assert source["alerts"] == []
        assert [e for e in printed["rules"] if e["edit"] != "unchanged"] == [
            {"rule": "first-reply", "edit": "only its words", "changed": ["title"]}
        ]

    def test_a_mass_closure_is_announced(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        now = datetime.now(UTC)  # noqa: TID251 - a real command lives today
        for number in range(20):
            office.apply(place, f"more-{number}", now, days=16)
        edit(place, "    when:", "    when:\n      department: Nowhere")
        _, source = found(place, capsys)
        assert source["held"] == {"first-reply": 22}

    def test_rules_that_are_the_same_differ_in_nothing(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert diff(place) == 0
        assert capsys.readouterr().out == "Both sides hold the same rules.\n"

    def test_it_makes_no_state(self, place: Office) -> None:
        edit(place, "target: 14 days", "target: 20 days")
        assert diff(place) == 0
        assert not place.state.exists()

    def test_a_profile_retargets(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        profile = place.folder / "edited" / "all.yaml"
        profile.write_text("extends: hasty", encoding="utf-8")
        hasty(place)
        printed, source = found(place, capsys)
        assert counts(source)["retargets"] == 2
        assert "same" not in counts(source)
        edited = {each["rule"]: each["changed"] for each in printed["rules"]}
        assert edited["first-reply"] == ["target"]

    def test_another_instant_may_be_asked_about(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "target: 14 days", "target: 20 days")
        sides = (str(place.rules), str(place.folder / "edited"))
        assert diff(place, *sides, "--json", "--as-of", "2020-01-01T00:00Z") == 0
        printed = json.loads(capsys.readouterr().out)
        assert printed["as_of"] == "2020-01-01T00:00:00Z"
        [source] = printed["sources"]
        assert counts(source) == {}


class TestEdits:
    def test_each_rule_says_what_became_of_it(self, place: Office) -> None:
        edited = place.folder / "edited"
        (edited / "manager-review.yaml").unlink()
        edit(place, "- id: decided-not-told", "- id: told", rule="decided-not-told")
        edit(
            place,
            "declined {{ waited }}",
            "no for {{ waited }}",
            rule="decided-not-told",
        )
        edit(place, "target: 14 days", "target: 15 days")
        before, after = rules.read(place.rules), rules.read(edited)
        assert edits(before, after, now=NOW) == [
            Edited("told", Edit.ADDED),
            Edited("first-reply", Edit.CHANGED, ("target",)),
            Edited("decided-not-told", Edit.REMOVED),
            Edited("manager-review", Edit.REMOVED),
        ]

    def test_an_equal_calendar_is_no_edit(self, place: Office) -> None:
        calendar = '    calendar: {hours: {monday: "08:00-12:00"}}\n    target:'
        edit(place, "    target:", calendar)
        book = rules.read(place.folder / "edited")
        same = rules.read(place.folder / "edited")
        assert {each.edit for each in edits(book, same, now=NOW)} == {Edit.SAME}
        edit(place, "08:00-12:00", "08:00-13:00")
        other = rules.read(place.folder / "edited")
        [changed] = [e for e in edits(book, other, now=NOW) if e.edit is not Edit.SAME]
        assert changed == Edited("first-reply", Edit.CHANGED, ("calendar",))
        plain = rules.read(place.rules)
        assert Edited("first-reply", Edit.CHANGED, ("calendar",)) in edits(
            plain, book, now=NOW
        )


class TestTable:
    def test_figures_stand_below_whole_headings_in_a_narrow_terminal(
        self,
        place: Office,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "dumb")
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "60")
        edit(place, "target: 14 days", "target: 8 days")
        assert diff(place) == 0
        printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
        lines = printed.splitlines()
        head = next(line for line in lines if line.startswith("  Rule"))
        row = next(line for line in lines if line.startswith("  first-reply"))
        assert head.split() == ["Rule", "edit", "retargets", "tells"]
        assert row[head.index("retargets") + len("retargets") - 1] == "2"

    def test_it_says_what_was_edited_and_who_hears(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "target: 14 days", "target: 8 days")
        assert diff(place) == 0
        printed = capsys.readouterr().out
        assert "changed: target" in printed
        assert f"Told newly: {office.RECRUITER}, " in printed
        assert "Nothing was written, nothing was sent." in printed
        assert "S. J." not in printed

    def test_all_names_every_application(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        edit(place, "target: 14 days", "target: 20 days")
        sides = (str(place.rules), str(place.folder / "edited"))
        assert diff(place, *sides, "--all") == 0
        assert "S. J." in capsys.readouterr().out


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody whom it does not know from elsewhere."""
    author = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    subprocess.run(  # noqa: S603 - our own words
        ["git", *author, *arguments],  # noqa: S607 - the git of this machine
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def history(place: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office whose rules are kept in git, with one commit; we stand in it."""
    git(place.folder, "init", "--quiet")
    git(place.folder, "add", "rules")
    git(place.folder, "commit", "--quiet", "--message", "rules")
    monkeypatch.chdir(place.folder)
    return place


@pytest.mark.skipif(shutil.which("git") is None, reason="no git on this machine")
class TestGit:
    def test_the_last_commit_and_the_folder_as_it_is(
        self, history: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rule = history.rules / "first-reply.yaml"
        rule.write_text(rule.read_text("utf-8").replace("14 days", "20 days"), "utf-8")
        assert diff(history, "HEAD:rules", "rules") == 0
        assert "changed: title, target" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("HAED:rules", 'OLD: git knows no revision "HAED"'),
            ("HEAD:rulse", 'OLD: HEAD has no folder "rulse"'),
            ("nowhere", "OLD: is no folder, and no REVISION:PATH of git"),
            ("HEAD:rules/first-reply.yaml", "OLD: HEAD has no folder"),
            ("--help:rules", "OLD: git knows no revision"),
        ],
    )
    def test_what_cannot_be_found_is_said(
        self,
        given: str,
        said: str,
        history: Office,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        given_ = ["--", given, "rules"]
        assert diff(history, *given_) == 2
        assert said in capsys.readouterr().err

    def test_a_mistake_in_history_is_told_with_its_side_and_place(
        self, history: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rule = history.rules / "first-reply.yaml"
        good = rule.read_text("utf-8")
        rule.write_text(good.replace("14 days", "14 dyas"), "utf-8")
        git(history.folder, "commit", "--quiet", "--all", "--message", "slip")
        rule.write_text(good, "utf-8")
        assert diff(history, "HEAD:rules", "rules") == 2
        said = capsys.readouterr().err
        assert "HEAD:rules/first-reply.yaml:" in said
        assert '"14 dyas" is not a duration' in said
        assert "(in OLD)" in said

    def test_a_folder_outside_of_git(
        self,
        place: Office,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(place.folder)
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(place.folder.parent))
        assert diff(place, "HEAD:rules", "rules") == 2
        assert "this is not within a git repository" in capsys.readouterr().err

    def test_a_machine_without_git(
        self,
        history: Office,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("PATH", str(history.folder))
        assert diff(history, "HEAD:rules", "rules") == 2
        assert "git cannot be started" in capsys.readouterr().err
