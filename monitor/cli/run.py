"""`svar run`: the daemon, or one cycle of it."""

import argparse
import os

from rich.console import Console

from monitor import clock, configuration
from monitor.cli import FAILED, FINE
from monitor.configuration import Configuration
from monitor.daemon import Daemon, logs
from monitor.delivery.routes import Transport
from monitor.slack import Slack
from monitor.terminal import Terminal


def run(options: argparse.Namespace) -> int:
    """Watch until told to stop, or poll and deliver once."""
    loaded = configuration.read(options.config, os.environ)
    log = logs.set_up(loaded.settings.log.format, loaded.settings.log.level)
    daemon = Daemon(loaded, os.environ, transport(loaded), log)
    try:
        daemon.open(now=clock.utc_now())
        if not options.once:
            daemon.run()
            return FINE
        reports = [
            daemon.poll(source, now=clock.utc_now()) for source in daemon.sources
        ]
        daemon.report(now=clock.utc_now())
        delivered = daemon.deliver(now=clock.utc_now())
    finally:
        daemon.close()
    polled = all(report.run.outcome == "ok" for report in reports)
    return FINE if polled and not delivered.errors else FAILED


def transport(loaded: Configuration) -> Transport:
    """Return Slack, or the terminal where the settings hold no token."""
    slack = loaded.settings.slack
    if slack.token is None:
        return Terminal(Console(highlight=False))
    return Slack(slack.token.get_secret_value(), slack.api_url)
