"""A daemon inside the test: what it logs and prints is kept."""

import io
import logging

from rich.console import Console

from monitor.daemon import Daemon
from monitor.daemon.logs import TextFormatter
from monitor.terminal import Terminal
from tests.stories.office import Office


class Inside:
    """A daemon over an office, without Slack."""

    def __init__(self, place: Office) -> None:
        self._log, self._paper = io.StringIO(), io.StringIO()
        handler = logging.StreamHandler(self._log)
        handler.setFormatter(TextFormatter())
        log = logging.Logger("test")  # noqa: LOG001 - one for each test
        log.addHandler(handler)
        paper = Terminal(Console(file=self._paper, width=120))
        self.daemon = Daemon(place.load(), {}, paper, log)

    @property
    def log(self) -> str:
        return self._log.getvalue()

    @property
    def printed(self) -> str:
        return self._paper.getvalue()
