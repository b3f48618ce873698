"""The servers beside Svar, on ports of their own, with the project's files in a hurry.

In a hurry: what is to be so for minutes before an alert is raised is raised at once, and
what is computed once a minute is computed each second.
"""

import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import urlencode

import yaml

from monitor import shipped

CONFIG = shipped.folder() / "config" / "prometheus"
PATIENCE = 20.0  # seconds
T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str) -> T:
    """Return what look gives as soon as it is true; fail when patience ends."""
    give_up_at = time.monotonic() + PATIENCE
    while time.monotonic() < give_up_at:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    message = f"waited in vain for {what}"
    raise AssertionError(message)


def free_address() -> str:
    """Return an address on which nothing listens yet."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def get(address: str, path: str) -> tuple[int, bytes]:
    """Return the status and the body of a page; a status of 0 where nobody answers."""
    connection = HTTPConnection(address, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def warn(alertmanager: str, *alerts: Mapping[str, str]) -> None:
    """Raise alerts as Prometheus does; what is no label is their summary."""
    body = [
        {
            "labels": {k: v for k, v in each.items() if k != "summary"},
            "annotations": {"summary": each["summary"]},
        }
        for each in alerts
    ]
    connection = HTTPConnection(alertmanager, timeout=10)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/api/v2/alerts", json.dumps(body), headers)
    assert connection.getresponse().status == 200
    connection.close()


class Prometheus:
    """A Prometheus that runs."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, path: str, **arguments: str) -> Any:
        """Return the data that its API gives."""
        status, body = get(self.address, f"/api/v1/{path}?{urlencode(arguments)}")
        answer = json.loads(body)
        assert status == 200, answer
        return answer["data"]

    def values(self, query: str) -> dict[str, float]:
        """Return what a query gives now, by the labels without job and instance."""
        found = {}
        for each in self.ask("query", query=query)["result"]:
            labels = {k: v for k, v in each["metric"].items() if k not in _OURS}
            found[" ".join(labels.values())] = float(each["value"][1])
        return found

    def names(self) -> set[str]:
        """Return the names of all series."""
        return set(self.ask("label/__name__/values"))

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule with how its last evaluation went."""
        return [
            each for group in self.ask("rules")["groups"] for each in group["rules"]
        ]


_OURS = {"__name__", "job", "instance"}


@contextmanager
def prometheus(folder: Path, *, svar: str, alertmanager: str) -> Iterator[Prometheus]:
    """Start a Prometheus with the project's files that scrapes this Svar each second."""
    rules = folder / "rules"
    rules.mkdir()
    for path in sorted((CONFIG / "rules").glob("*.yml")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^( +for:) \w+$", r"\1 0s", text, flags=re.M)
        text = re.sub(r"^( +interval:) \w+$", r"\1 1s", text, flags=re.M)
        (rules / path.name).write_text(text, encoding="utf-8")
    settings = yaml.safe_load((CONFIG / "prometheus.yml").read_text(encoding="utf-8"))
    settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    settings["alerting"]["alertmanagers"][0]["static_configs"] = _at(alertmanager)
    # There is no name to look up here: the job keeps its own, and is told where.
    ours = settings["scrape_configs"][0]
    del ours["dns_sd_configs"]
    ours["static_configs"] = _at(svar)
    settings["scrape_configs"] = [ours]
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(settings), encoding="utf-8")
    address = free_address()
    options = {
        "config.file": config,
        "storage.tsdb.path": folder / "tsdb",
        "web.listen-address": address,
    }
    with _started("prometheus", options, folder):
        eventually(lambda: get(address, "/-/ready")[0] == 200, "prometheus")
        yield Prometheus(address)


@contextmanager
def alertmanager(folder: Path, hook: str) -> Iterator[str]:
    """Start an Alertmanager with the project's example that sends to this webhook."""
    secret = folder / "slack_url"
    secret.write_text(hook, encoding="utf-8")
    text = (CONFIG / "alertmanager.yml").read_text(encoding="utf-8")
    text = text.replace("/run/secrets/alertmanager_slack_url", str(secret))
    text = text.replace("group_wait: 30s", "group_wait: 1s")
    config = folder / "alertmanager.yml"
    config.write_text(text, encoding="utf-8")
    address = free_address()
    options = {
        "config.file": config,
        "storage.path": folder / "silences",
        "web.listen-address": address,
        "cluster.listen-address": "",
    }
    program = shutil.which("alertmanager") or "prometheus-alertmanager"
    with _started(program, options, folder):
        eventually(lambda: get(address, "/-/ready")[0] == 200, "alertmanager")
        yield address


class Hook:
    """Where Slack would take messages in; keeps them by their channel."""

    def __init__(self) -> None:
        self.messages: dict[str, list[dict[str, Any]]] = {}
        taken = self.messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                taken.setdefault(said["channel"], []).append(said["attachments"][0])
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self._server.serve_forever, args=[0.01], daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/"

    def titles(self, channel: str) -> set[str]:
        """Return the titles of the messages to a channel."""
        return {each["title"] for each in list(self.messages.get(channel, []))}

    def close(self) -> None:
        """Take in nothing more."""
        self._server.shutdown()
        self._server.server_close()


def _at(address: str) -> list[dict[str, list[str]]]:
    return [{"targets": [address]}]


@contextmanager
def _started(
    program: str, options: Mapping[str, object], folder: Path
) -> Iterator[None]:
    """Run a server, with its log in the folder, for as long as the block."""
    log = folder / f"{program}.log"
    command = [program, *(f"--{name}={value}" for name, value in options.items())]
    with (
        log.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,  # noqa: S603 - our own command line
    ):
        try:
            yield
        except BaseException:
            print(*log.read_text().splitlines()[-12:], sep="\n")  # noqa: T201 - what it said
            raise
        finally:
            process.terminate()
