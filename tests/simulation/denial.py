"""The law that a reply since the last poll wins, by the rows themselves."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Row

from monitor import evaluate
from monitor.cycle import world as surroundings
from monitor.rules import Rulebook
from tests.simulation.scene import Scene

LONG_AGO = timedelta(minutes=3)  # a row is read again once a minute, by a clock of ours


def denied(scene: Scene, about: Iterable[Row[Any]]) -> list[str]:
    """Return the applications of which a notice tells what has not been so for long.

    First steps go by the last poll, and so does what was not read well since.
    """
    ats = scene.ats
    failed = ats.failed_at is not None and ats.failed_at >= scene.polled_at
    if failed or scene.skew or ats.shown != "all":
        return []
    return [
        row.application_id
        for row in about
        if _has_changed(scene, row.application_id) and _is_denied(scene, row)
    ]


def _has_changed(scene: Scene, name: str) -> bool:
    """Tell a row that was changed after the last poll, and not just now."""
    at = scene.ats.rows.changed_at.get(name)
    is_there = name in scene.ats.rows and name not in scene.ats.hidden
    return is_there and at is not None and scene.polled_at < at < scene.real - LONG_AGO


def _is_denied(scene: Scene, told: Row[Any]) -> bool:
    """Tell a notice above its rule's first step whose application is late no more."""
    rule = scene.configuration.rulebook.get(told.rule)
    if rule is None or told.firing == rule.firings[0].name:
        return False
    [check] = evaluate.prepare(
        Rulebook((rule,)), surroundings(scene.configuration, scene.ats), now=scene.now
    )
    found = evaluate.finding(check, scene.ats.rows[told.application_id])
    return found is None or found.started_at != told.started_at
