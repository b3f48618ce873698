"""A real `svar run` beside the test: its log, its HTTP endpoint, its signals."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import TypeVar

from prometheus_client.parser import text_string_to_metric_families

from tests.stories import office
from tests.stories.office import Office

PATIENCE = 60.0  # seconds; most of what is waited for takes one or two
T = TypeVar("T")


def now() -> datetime:
    """Return the time: a real process lives today."""
    return datetime.now(UTC)  # noqa: TID251 - as said


def sleepless(folder: Path) -> Office:
    """Furnish an office that never sleeps: the present is always working time."""
    made = office.build(
        folder, calendar=office.ALWAYS_OPEN, slack={"digest_at": "00:00"}
    )
    made.source(every="1 second")
    office.furnish(made, now(), handed_on=3.5)
    return made


def eventually(look: Callable[[], T | None], *, what: str = "") -> T:
    """Return what look gives as soon as it is true; fail when patience ends."""
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    message = f"waited in vain for {what or look}"
    raise AssertionError(message)


class Svar:
    """A process that runs."""

    def __init__(self, process: "subprocess.Popen[str]", out: Path, err: Path) -> None:
        self.process = process
        self._out = out
        self._err = err

    @property
    def log(self) -> str:
        return self._err.read_text(encoding="utf-8")

    @property
    def printed(self) -> str:
        return self._out.read_text(encoding="utf-8")

    def said(self, words: str, *, times: int = 1) -> None:
        """Wait until the log holds these words so often."""

        def look() -> bool:
            assert self.process.poll() is None or words in self.log, self.log
            return self.log.count(words) >= times

        eventually(look, what=f"{words!r} in\n{self.log}")

    @property
    def port(self) -> int:
        """Return where it listens, as soon as it does."""
        self.said("/metrics")
        found = re.search(r"http://127\.0\.0\.1:(\d+)/metrics", self.log)
        assert found, self.log
        return int(found[1])

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the body of a page."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metric(self, name: str, **labels: str) -> float | None:
        """Return a sample from /metrics."""
        status, page = self.get("/metrics")
        assert status == 200
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                if sample.name == name and sample.labels.items() >= labels.items():
                    return float(sample.value)
        return None

    def reaches(self, name: str, value: float, **labels: str) -> None:
        """Wait until a metric has this value."""
        eventually(
            lambda: self.metric(name, **labels) == value,
            what=f"{name} {labels} = {value}",
        )

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def stop(self) -> int:
        """Ask it to end and return its exit code."""
        self.signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def running(config: Path, *options: str, **environ: str) -> Iterator[Svar]:
    """Start `svar run` and end it with the block, whatever happens."""
    number = len(list(config.parent.glob("*.out")))
    out, err = (config.parent / f"{number}.{kind}" for kind in ("out", "err"))
    command = [sys.executable, "-m", "monitor", "run", "--config", str(config)]
    with (
        out.open("w") as printed,
        err.open("w") as logged,
        subprocess.Popen(  # noqa: S603 - our own command line
            [*command, *options],
            stdout=printed,
            stderr=logged,
            text=True,
            env=os.environ | environ,
        ) as process,
    ):
        try:
            yield Svar(process, out, err)
        finally:
            process.kill()


def finished(*command: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run a svar command to its end."""
    return subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-m", "monitor", *command],
        capture_output=True,
        check=False,
        text=True,
        encoding="utf-8",
        timeout=120,
        env=os.environ | environ,
    )
