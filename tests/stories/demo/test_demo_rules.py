"""Every shipped rule has something to find in the demo's season."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import configuration, cycle
from monitor.configuration import Configuration
from monitor.demo import ats, home, play
from monitor.source import Source

ELSEWHERE = {"ontario-notice"}  # the demo's employer hires in the Nordic countries


@pytest.fixture
def loaded(tmp_path: Path) -> Configuration:
    """Make the demo's folder, with all rules on."""
    settings = home.build(tmp_path / "demo", listen="127.0.0.1:0")
    for path in (tmp_path / "demo" / "rules").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        on = text.replace("enabled: false", "enabled: true")
        path.write_text(on, encoding="utf-8")
    return configuration.read(settings, {})


def test_a_season_without_reminders_breaks_every_rule(
    loaded: Configuration, tmp_path: Path
) -> None:
    story = play.season(1, 6)
    ahead = list(story.events)
    (settings,) = loaded.settings.sources
    found: set[str] = set()
    now = story.starts_at + timedelta(hours=16)
    with (
        closing(Source(settings, loaded.mappings[settings.name])) as source,
        closing(sqlite3.connect(tmp_path / "demo" / home.DATABASE)) as connection,
    ):
        while now < story.ends_at:
            ats.apply(connection, [event for event in ahead if event.at <= now])
            ahead = [event for event in ahead if event.at > now]
            plan, _ = cycle.check(source, loaded, now=now)
            found |= {finding.rule for finding in plan.fresh}
            now += timedelta(days=1)
    assert found == {rule.id for rule in loaded.rulebook.rules} - ELSEWHERE
