"""Let a real Prometheus scrape a real `svar run` over the demo, with the real rules.

python -m tests.prometheus

The demo's season lies where it lies in the calendar, and Svar is told that its last
morning is now (by libfaketime); Prometheus lives today. So the feed looks weeks old to it,
and the alert about that goes the whole way: rule, Alertmanager, Slack.
"""

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Set
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path

from monitor.demo import home
from monitor.demo.play import STARTS_ON
from monitor.metrics import catalogue
from tests.fakes import TOKEN, FakeSlack
from tests.prometheus import parts
from tests.prometheus.parts import Hook, Prometheus
from tests.stories.daemon import process
from tests.stories.daemon.process import Svar

WEEKS = 6
MORNING = timedelta(hours=9, minutes=5)


def main() -> None:
    """Start all of it and say what was found."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slack = stack.enter_context(FakeSlack())
        hook = stack.enter_context(closing(Hook()))
        svar_at = parts.free_address()
        config = kept(folder)
        svar = stack.enter_context(
            process.running(
                config,
                SVAR_METRICS__LISTEN=svar_at,
                SVAR_SOURCES__DEMO__EVERY="2 seconds",
                SVAR_SLACK__TOKEN=TOKEN,
                SVAR_SLACK__API_URL=slack.url,
                **at(morning()),
            )
        )
        parts.eventually(lambda: parts.get(svar_at, "/readyz")[0] == 200, "svar")
        alertmanager = stack.enter_context(parts.alertmanager(folder, hook.url))
        prometheus = stack.enter_context(
            parts.prometheus(folder, svar=svar_at, alertmanager=alertmanager)
        )
        check_scrape(prometheus)
        break_off(prometheus, config)
        edit(prometheus, config)
        check_names(prometheus, catalogue.names())
        check_text(parts.get(svar_at, "/metrics")[1])
        check_rules(prometheus)
        check_alert(hook)
        check_leads(hook, alertmanager)
        stop(svar)


def kept(folder: Path) -> Path:
    """Play the season and return the configuration that it leaves."""
    target = folder / "kept"
    command = ["-m", "monitor", "demo", "--weeks", str(WEEKS), "--keep", str(target)]
    done = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with closing(sqlite3.connect(target / home.DATABASE)) as connection, connection:
        disturb(connection)
    return target / "config" / "svar.yaml"


def disturb(connection: sqlite3.Connection) -> None:
    """Let one row be one that cannot be read."""
    connection.execute("PRAGMA ignore_check_constraints = ON")
    newest = "SELECT id FROM applications ORDER BY applied_at DESC LIMIT 1"
    connection.execute(
        f"UPDATE applications SET applied_at = 'soon' WHERE id = ({newest})"  # noqa: S608 - ours
    )


def morning() -> datetime:
    """Return the Monday after the season, when the digests have gone out."""
    day = STARTS_ON + timedelta(weeks=WEEKS)
    return datetime.combine(day, datetime.min.time()) + MORNING


def at(instant: datetime) -> dict[str, str]:
    """Return the environment in which a process takes this instant, in UTC, for now."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    assert found, "no libfaketime: .ci/packages installs it"
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME": f"@{instant:%Y-%m-%d %H:%M:%S}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }


def check_text(page: bytes) -> None:
    """Let promtool read what Svar serves."""
    command = ["promtool", "check", "metrics"]
    done = subprocess.run(command, input=page, capture_output=True, check=False)  # noqa: S603 - our own command line
    assert done.returncode == 0, done.stderr.decode()
    samples = sum(line.startswith(b"svar_") for line in page.splitlines())
    say(f"promtool: {samples} samples, nothing to complain of")


def check_scrape(prometheus: Prometheus) -> None:
    """Wait until Svar is scraped and has polled."""
    parts.eventually(
        lambda: prometheus.values("up == 1 and on (job) svar_source_rows > 0"), "up"
    )
    seconds = prometheus.values("scrape_duration_seconds")
    say(f"prometheus: svar is up, a scrape takes {sum(seconds.values()):.3f} s")


def break_off(prometheus: Prometheus, config: Path) -> None:
    """Let the database be away until Prometheus knows."""
    database = config.parent.parent / home.DATABASE
    away = database.with_suffix(".away")
    database.rename(away)
    appear(prometheus, {"svar_source_errors_total"})
    away.rename(database)


def edit(prometheus: Prometheus, config: Path) -> None:
    """Let a law ask for an answer within ten days, until Prometheus knows."""
    rule = config.parent.parent / "rules" / "first-reply.yaml"
    text = rule.read_text(encoding="utf-8")
    edited = text.replace("target: 14 days", "target: 10 days\n    legal: true")
    rule.write_text(edited, encoding="utf-8")
    appear(prometheus, {"svar_config_edit_alerts_total", "svar_legal_due_seconds"})


def appear(prometheus: Prometheus, wanted: Set[str]) -> None:
    """Wait until there are such series."""

    def complete() -> bool:
        return wanted <= prometheus.names()

    try:
        parts.eventually(complete, "series")
    finally:
        if lacking := wanted - prometheus.names():
            say(f"prometheus lacks {listed(lacking)}")


def check_names(prometheus: Prometheus, names: dict[str, frozenset[str]]) -> None:
    """Find each metric of the list in Prometheus, with every name it is kept under."""
    appear(prometheus, frozenset().union(*names.values()))
    say(f"prometheus: {len(names)} metrics, none of the list is missing")


def check_rules(prometheus: Prometheus) -> None:
    """Wait until every rule was evaluated well and every recorded figure is there."""
    rules = parts.eventually(
        lambda: all_well(prometheus.rules()), "the health of every rule"
    )
    recorded = {each["name"] for each in rules if each["type"] == "recording"}
    appear(prometheus, recorded)
    found = prometheus.values('{__name__=~".+:(ratio|share|share30d|cnps)"}')
    assert all(-100 <= each <= 100 for each in found.values()), found  # NaN is not
    kept_ratio = prometheus.values("source_rule:svar_promise_kept:ratio")
    say(f"rules: {len(rules)} are well, {len(recorded)} figures have a value")
    say("promises kept: " + listed(f"{k} {v:.0%}" for k, v in kept_ratio.items()))


def all_well(rules: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rules once each has been evaluated; fail if one could not be."""
    wrong = [each for each in rules if each["health"] == "err"]
    assert not wrong, wrong
    return rules if all(each["health"] == "ok" for each in rules) else []


def check_alert(hook: Hook) -> None:
    """Wait until the operators' channel hears of the feed that looks weeks old."""
    title = "The demo feed is silent"
    parts.eventually(
        lambda: title in hook.titles("#svar-operations"), "the alert in Slack"
    )
    message = next(
        each for each in hook.messages["#svar-operations"] if each["title"] == title
    )
    assert "Svar last read demo" in message["text"]
    assert "*Next:* Run `svar doctor`" in message["text"]
    say(f"alertmanager: {title!r} arrived in #svar-operations")


def check_leads(hook: Hook, alertmanager: str) -> None:
    """Leads hear of the promise, but not of figures of a feed that is silent."""
    alert = {"alertname": "SvarPromiseBelowGoal", "audience": "leads", "job": "svar"}
    other = alert | {"source": "other", "summary": "other keeps it in 80% of cases"}
    old = alert | {"source": "demo", "summary": "demo kept it in 80% of cases"}
    parts.warn(alertmanager, old, other)
    titles = parts.eventually(lambda: hook.titles("#recruiting-leads"), "the leads'")
    assert titles == {other["summary"]}
    say("alertmanager: leads are not held to the figures of a silent feed")


def stop(svar: Svar) -> None:
    """Ask Svar to end, as an orchestrator does."""
    code = svar.stop()
    say(f"svar: SIGTERM, exit {code}")
    assert code == 0


def listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a script


if __name__ == "__main__":
    main()
