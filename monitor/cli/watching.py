"""Watches until told to stop, or polls and delivers once."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from monitor import clock, configuration
from monitor.cli import FAILED, FINE
from monitor.configuration import Configuration
from monitor.daemon import Daemon, logs
from monitor.delivery.routes import Transport
from monitor.slack import Slack
from monitor.terminal import Terminal


def watch(options: argparse.Namespace) -> int:
    """Watch until told to stop."""
    with _opened(options) as daemon:
        daemon.run()
    return FINE


def once(options: argparse.Namespace) -> int:
    """Poll and deliver once; fail where a source or Slack fails."""
    with _opened(options) as daemon:
        reports = [
            daemon.poll(source, now=clock.utc_now()) for source in daemon.sources
        ]
        daemon.report(now=clock.utc_now())
        delivered = daemon.deliver(now=clock.utc_now())
    polled = all(report.run.is_good for report in reports)
    return FINE if polled and not delivered.errors else FAILED


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[Daemon]:
    loaded = configuration.read(options.config, os.environ)
    log = logs.set_up(loaded.settings.log.format, loaded.settings.log.level)
    daemon = Daemon(loaded, os.environ, _transport(loaded), log)
    try:
        daemon.open(now=clock.utc_now())
        yield daemon
    finally:
        daemon.close()


def _transport(loaded: Configuration) -> Transport:
    """Return Slack, or the terminal where the settings hold no token."""
    slack = loaded.settings.slack
    if slack.token is None:
        return Terminal(Console(highlight=False))
    return Slack(slack.token.get_secret_value(), slack.api_url)
