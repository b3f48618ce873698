"""`svar alerts snooze / acknowledge / waive`: what a person does to alerts by hand."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime

from rich.text import Text

from monitor import alerts, clock, configuration
from monitor.alerts import Alert, Change, HandError
from monitor.cli import FAILED, FINE, printing
from monitor.cli.alerts import lines, state
from monitor.configuration import Configuration
from monitor.evaluate import World
from monitor.messages import words
from monitor.rules import Rule
from monitor.store.ledger import hands
from monitor.store.ledger.hands import RefusedError
from monitor.worktime import Calendar

Hand = Callable[[Alert], Change]


def snooze(options: argparse.Namespace) -> int:
    """Put alerts off; exit 1, and change none, if any cannot be."""
    loaded, now = _begin(options)

    def put_off(alert: Alert) -> Change:
        rule, calendar = _promise(alert, loaded)
        until = state.until(options, loaded, calendar, start=now)
        return alerts.snooze(
            alert,
            rule,
            until or now,
            calendar=calendar,
            actor=state.actor(options),
            reason=options.reason,
            now=now,
        )

    def said(alert: Alert) -> str:
        until = words.moment(alert.overlay_until or now, loaded.calendar, now=now)
        rule, _ = _promise(alert, loaded)
        left = rule.snooze.at_most - alert.snoozes
        again = f"can be snoozed {words.plural(left, 'more time', 'more times')}"
        return (
            f"nobody is told until {until}; its steps go on, and the highest that is "
            f"due by then is told. It {again if left else 'cannot be snoozed again'}."
        )

    return _each(options, loaded, put_off, said)


def acknowledge(options: argparse.Namespace) -> int:
    """Say who is on alerts; exit 1, and change none, if any cannot be."""
    loaded, now = _begin(options)

    def take(alert: Alert) -> Change:
        rule, calendar = _promise(alert, loaded)
        return alerts.acknowledge(
            alert,
            rule,
            calendar=calendar,
            actor=state.actor(options),
            reason=options.reason or "",
            now=now,
        )

    def said(alert: Alert) -> str:
        by = state.actor(options)
        if alert.overlay_until is None:
            return f"{by} is on it. Its rule is never put off: the steps are told."
        until = words.moment(alert.overlay_until, loaded.calendar, now=now)
        return f"{by} is on it; nobody is told until {until}, and its steps go on."

    return _each(options, loaded, take, said)


def waive(options: argparse.Namespace) -> int:
    """Close alerts since no reply is needed; exit 1, and change none, if any cannot be."""
    loaded, now = _begin(options)
    actor, reason = state.actor(options), options.reason

    def close(alert: Alert) -> Change:
        return alerts.waive(alert, actor=actor, reason=reason, now=now)

    def said(_: Alert) -> str:
        return (
            "closed; messages about it are struck through by the running svar. It "
            "stays closed unless a new wait begins."
        )

    return _each(options, loaded, close, said)


def _begin(options: argparse.Namespace) -> tuple[Configuration, datetime]:
    return configuration.read(options.config, os.environ), clock.utc_now()


def _each(
    options: argparse.Namespace,
    loaded: Configuration,
    do: Hand,
    said: Callable[[Alert], str],
) -> int:
    """Do it to all the alerts, or to none where it cannot be done to one of them."""
    try:
        with state.opened(loaded) as store, store.write() as connection:
            now = clock.utc_now()
            changed = hands.act_on_all(connection, options.ids, do, now=now)
    except RefusedError as refused:
        for alert_id, problem in refused.problems.items():
            why = problem or state.unknown(alert_id)
            print(f"svar: alert {alert_id}: {why}", file=sys.stderr)  # noqa: T201
        print("Nothing was changed.", file=sys.stderr)  # noqa: T201
        return FAILED
    console = printing.console()
    for alert in changed:
        line = f"{alert.id}  {lines.about(alert)}: {said(alert)}"
        console.print(Text(line), soft_wrap=True)
    return FINE


def _promise(alert: Alert, loaded: Configuration) -> tuple[Rule, Calendar]:
    """Return an alert's rule, and the calendar on which it is counted."""
    rule = loaded.rulebook.get(alert.seen.rule)
    if rule is None:
        message = f"its rule {alert.seen.rule} is not on; the next poll closes it"
        raise HandError(message)
    world = World(loaded.calendar, departments=loaded.departments)
    return rule, world.calendar_of(rule, alert.seen.department)
