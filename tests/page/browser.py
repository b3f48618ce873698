"""A real Chromium without a window, spoken to over a pipe in its DevTools protocol."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any, BinaryIO

END = b"\0"
FOUND = shutil.which("chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",  # who runs this as root has no other way
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
PATIENCE = 120.0  # seconds for all that is done in one browser
# Chromium reads its commands from descriptor 3 and answers on 4.
START = """
import os, sys
from fcntl import F_DUPFD, fcntl
reads, writes, *command = sys.argv[1:]
high = fcntl(int(reads), F_DUPFD, 10), fcntl(int(writes), F_DUPFD, 10)
os.dup2(high[0], 3)
os.dup2(high[1], 4)
os.execv(command[0], command)
"""

Message = dict[str, Any]


class Tab:
    """One page of the browser, and all that it said so far."""

    def __init__(self, commands: BinaryIO, answers: BinaryIO) -> None:
        self.heard: list[Message] = []
        self._commands = commands
        self._answers = answers
        self._sent = 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Message:
        """Send a command and return its result."""
        self._sent += 1
        said: Message = {"id": self._sent, "method": method, "params": parameters}
        if self._session:
            said["sessionId"] = self._session
        self._commands.write(json.dumps(said).encode() + END)
        self._commands.flush()
        while True:
            message = self._hear()
            if message.get("id") == self._sent:
                assert "error" not in message, message
                return dict(message["result"])

    def open(self, url: str, *, width: int = 1280, dark: bool = False) -> None:
        """Load a page in a window of this width, and wait until it is there."""
        self.heard.clear()
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=800,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Page.navigate", url=url)
        while not self.events("Page.loadEventFired"):
            self._hear()

    def events(self, method: str) -> list[Message]:
        """Return what was said of this kind since the page was opened."""
        return [each["params"] for each in self.heard if each.get("method") == method]

    def ask(self, expression: str) -> Any:
        """Return the value of a piece of JavaScript, run from outside of the page."""
        answer = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        """Press and let go of a key."""
        named = {"key": key, "code": key, "windowsVirtualKeyCode": 9}
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, **named)

    def _hear(self) -> Message:
        text = bytearray()
        while (byte := self._answers.read(1)) != END:
            assert byte, "the browser is gone"
            text += byte
        message: Message = json.loads(text)
        self.heard.append(message)
        return message


@contextmanager
def browsing(folder: Path) -> Iterator[Tab]:
    """Start a browser of its own, with its files in a folder; it ends with the block."""
    assert FOUND, "no chromium"
    reads, commands = os.pipe()
    answers, writes = os.pipe()
    started = [sys.executable, "-c", START, str(reads), str(writes), FOUND]
    process = subprocess.Popen(  # noqa: S603 - our own arguments
        [*started, *FLAGS, f"--user-data-dir={folder}"],
        pass_fds=(reads, writes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    watchdog = Timer(PATIENCE, process.kill)
    watchdog.start()
    os.close(reads)
    os.close(writes)
    try:
        with os.fdopen(commands, "wb") as sending, os.fdopen(answers, "rb") as hearing:
            yield Tab(sending, hearing)
    finally:
        watchdog.cancel()
        process.terminate()
        process.wait(timeout=PATIENCE)
