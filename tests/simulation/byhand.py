"""What people do by hand, as `svar alerts` and `svar forget` do it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from monitor.alerts import Alert, Change, HandError, acknowledge, snooze, waive
from monitor.rules import Rule
from monitor.store.ledger import erasure, hands, silences
from monitor.store.ledger.silences import Silence
from monitor.worktime import Calendar
from tests.simulation import house
from tests.simulation.dice import Event, What
from tests.simulation.scene import Scene

MINUTE = timedelta(minutes=1)
ACTOR = "kari"


def snooze_all(scene: Scene, event: Event) -> None:
    """Put off what is open about an application."""
    until = scene.now + event.amount * MINUTE

    def do(alert: Alert) -> Change:
        rule, calendar = _of(scene, alert)
        return snooze(
            alert,
            rule,
            until,
            calendar=calendar,
            actor=ACTOR,
            reason="a fair",
            now=scene.now,
        )

    _act(scene, event.about, do)


def acknowledge_all(scene: Scene, event: Event) -> None:
    """Say that somebody is on it."""

    def do(alert: Alert) -> Change:
        rule, calendar = _of(scene, alert)
        return acknowledge(alert, rule, calendar=calendar, actor=ACTOR, now=scene.now)

    _act(scene, event.about, do)


def waive_all(scene: Scene, event: Event) -> None:
    """Say that no reply is needed."""

    def do(alert: Alert) -> Change:
        return waive(alert, actor=ACTOR, reason="no reply needed", now=scene.now)

    _act(scene, event.about, do)


def silence(scene: Scene, event: Event) -> None:
    """Keep quiet about some, or all, for a while."""
    matcher: dict[str, Any] = {}
    if event.detail:
        name, value = event.detail.split("=")
        matcher[name] = value
    until = scene.now + event.amount * MINUTE
    made = Silence(scene.now, until, ACTOR, "a fair", **matcher)
    with scene.store.by_hand() as connection:
        silences.add(connection, made, now=scene.now)


def confirm(scene: Scene, event: Event) -> None:
    """Let held closings through."""
    with scene.store.by_hand() as connection:
        for source, rule in hands.held(connection):
            hands.confirm(connection, source, rule, actor=ACTOR, now=scene.now)


def forget(scene: Scene, event: Event) -> None:
    """Erase an application at its source, and then here."""
    if event.about not in scene.ats.rows:
        return
    del scene.ats.rows[event.about]
    scene.forgotten.add(event.about)
    scene.is_rewritten = True
    which = erasure.about(event.about, house.SOURCE)
    with scene.store.by_hand() as connection:
        erasure.forget(connection, *which, now=scene.now)


def _of(scene: Scene, alert: Alert) -> tuple[Rule, Calendar]:
    rule = scene.configuration.rulebook.get(alert.seen.rule)
    if rule is None:
        message = "its rule is gone"
        raise HandError(message)
    return rule, scene.configuration.calendar


def _act(scene: Scene, name: str, do: Callable[[Alert], Change]) -> None:
    """Do something to the open alerts of an application, as far as it is allowed."""
    with scene.store.by_hand() as connection:
        found, _ = hands.find(connection, hands.Wanted(), now=scene.now)
        for alert in (each.alert for each in found):
            if alert.seen.application_id == name and alert.id:
                with suppress(HandError):
                    hands.act(connection, alert.id, do, now=scene.now)


HANDS: dict[What, Callable[[Scene, Event], None]] = {
    What.SNOOZED: snooze_all,
    What.ACKNOWLEDGED: acknowledge_all,
    What.WAIVED: waive_all,
    What.SILENCED: silence,
    What.CONFIRMED: confirm,
    What.FORGOTTEN: forget,
}
