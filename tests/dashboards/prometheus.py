"""A real Prometheus over samples of the past, or over none."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.prometheus import parts
from tests.prometheus.parts import eventually, free_address, get

LOOK_BACK = "26h"  # a season has a sample a day
STOP_WITHIN = 30.0  # seconds

Series = list[dict[str, Any]]


def demand(*commands: str) -> None:
    """Skip where a command is missing, or fail where none may be."""
    missing = [each for each in commands if not shutil.which(each)]
    if missing and os.environ.get("SVAR_TEST_DEMAND_SERVERS"):
        pytest.fail(f"not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def promtool(*arguments: str) -> None:
    """Run promtool, or fail with what it says."""
    command = ["promtool", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command line
    if done.returncode:
        pytest.fail(done.stdout + done.stderr)


def store(samples: Path, folder: Path) -> None:
    """Write samples with their instants into Prometheus' own files."""
    backfill = ("tsdb", "create-blocks-from", "openmetrics")
    # One block; by itself it would read the file anew for each two hours.
    options = ("--quiet", "--max-block-duration=100000h")
    promtool(*backfill, *options, str(samples), str(folder))


class Past(parts.Prometheus):
    """A Prometheus that is asked about other instants than now."""

    def at(self, query: str, instant: datetime) -> Series:
        """Return what a query comes to at an instant."""
        return self._series("query", query=query, time=instant.timestamp())

    def over(self, query: str, start: datetime, end: datetime) -> Series:
        """Return what a query comes to from point to point, as a graph asks."""
        first, last = start.timestamp(), end.timestamp()
        step = max(15.0, (last - first) // 200)
        found = {"query": query, "start": first, "end": last, "step": step}
        return self._series("query_range", **found)

    def labels(self, label: str, metric: str, at: datetime) -> set[str]:
        """Return the values that a label has on a metric."""
        return {each["metric"][label] for each in self.at(metric, at)}

    def _series(self, path: str, **arguments: object) -> Series:
        said = {name: str(value) for name, value in arguments.items()}
        found: Series = self.ask(path, **said)["result"]
        return found


@contextmanager
def running(folder: Path) -> Iterator[Past]:
    """Run a server over the samples in this folder."""
    folder.mkdir(exist_ok=True)
    config, address = folder / "prometheus.yml", free_address()
    config.write_text("{}", encoding="utf-8")
    command = [
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder}",
        "--storage.tsdb.retention.time=10y",
        f"--query.lookback-delta={LOOK_BACK}",
        f"--web.listen-address={address}",
        "--log.level=error",
    ]
    server = subprocess.Popen(command)  # noqa: S603 - our own command line
    try:
        eventually(lambda: get(address, "/-/ready")[0] == 200, "Prometheus")
        yield Past(address)
    finally:
        server.terminate()
        server.wait(STOP_WITHIN)
