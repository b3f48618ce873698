"""A running svar takes up what is edited, or says why not and goes on."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories import office
from tests.stories.daemon.process import Svar, now, running
from tests.stories.office import Office

TAKEN_UP, REFUSED = "configuration taken up", "configuration refused"
GOOD = "svar_config_last_reload_successful"


@pytest.fixture
def place(tmp_path: Path) -> Office:
    made = office.build(tmp_path / "office", calendar=office.ALWAYS_OPEN)
    office.furnish(made, now())
    return made


@pytest.fixture
def svar(place: Office) -> Iterator[Svar]:
    with running(place.settings) as process:
        process.said("svar watches")
        yield process


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_an_edit_of_a_rule_is_taken_up(place: Office, svar: Svar) -> None:
    (place.rules / "manager-review.yaml").unlink()
    svar.said(TAKEN_UP)
    svar.reaches("svar_rules_loaded", 2)
    assert "removed=manager-review" in svar.log
    assert svar.stop() == 0


def test_a_bad_edit_is_refused_while_the_old_rules_go_on(
    place: Office, svar: Svar
) -> None:
    path = place.rules / "first-reply.yaml"
    edit(path, "target: 14 days", "target: 14 dyas")
    svar.said(REFUSED)
    assert "first-reply.yaml:21:" in svar.log
    svar.said("the configuration that runs is kept")
    assert svar.metric(GOOD) == 0
    assert svar.metric("svar_rules_loaded") == 3
    assert svar.get("/readyz") == (200, "ok\n")
    edit(path, "target: 14 dyas", "target: 14 days")
    svar.said(TAKEN_UP)
    svar.reaches(GOOD, 1)


def test_two_edits_in_a_row_are_both_taken_up(place: Office, svar: Svar) -> None:
    for times in (1, 2, 3):
        extra = place.rules / f"extra-{times}.yaml"
        rule = (place.rules / "first-reply.yaml").read_text(encoding="utf-8")
        extra.write_text(rule.replace("first-reply", f"extra-{times}"), "utf-8")
        svar.reaches("svar_rules_loaded", 3 + times)


def test_the_rules_folder_may_go_and_come_back(place: Office, svar: Svar) -> None:
    away = place.folder / "away"
    place.rules.rename(away)
    svar.said(REFUSED)
    svar.reaches(GOOD, 0)
    assert svar.metric("svar_rules_loaded") == 3
    refusals = svar.log.count(REFUSED)
    (away / "decided-not-told.yaml").unlink()
    away.rename(place.rules)
    svar.reaches("svar_rules_loaded", 2)
    assert svar.log.count(REFUSED) <= refusals + 1  # said, and not said on and on


def test_another_folder_in_its_place_is_watched(place: Office, svar: Svar) -> None:
    new = place.folder / "new"
    shutil.copytree(place.rules, new)
    (new / "decided-not-told.yaml").unlink()
    place.rules.rename(place.folder / "old")
    new.rename(place.rules)
    svar.reaches("svar_rules_loaded", 2)
    (place.rules / "manager-review.yaml").unlink()
    svar.reaches("svar_rules_loaded", 1)


def test_a_signal_reloads(place: Office, svar: Svar) -> None:
    svar.signal(signal.SIGHUP)
    svar.said(TAKEN_UP)
    place.settings.write_text("sources: []", encoding="utf-8")
    svar.said(REFUSED)
    seen = svar.log.count(REFUSED)
    svar.signal(signal.SIGHUP)
    svar.said(REFUSED, times=seen + 1)
    assert svar.metric(GOOD) == 0
    assert svar.stop() == 0


def test_settings_are_taken_up_and_the_rest_waits_for_a_restart(
    place: Office, svar: Svar
) -> None:
    place.source(every="1 minute")
    svar.said("restart svar to take up a change")
    assert "keys=sources" in svar.log


def test_other_files_beside_the_settings_are_no_edit(place: Office, svar: Svar) -> None:
    for name in ("svar.db-wal", "notes.txt", ".svar.yaml.swp"):
        (place.settings.parent / name).write_text("x", encoding="utf-8")
    (place.rules / "decided-not-told.yaml").unlink()
    svar.reaches("svar_rules_loaded", 2)
    assert svar.log.count(TAKEN_UP) == 1
