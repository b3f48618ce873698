"""The HTTP endpoint: /, /metrics, /healthz, /readyz. Reads only."""

import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, NamedTuple

from monitor.errors import MonitorError
from monitor.metrics import exposition
from monitor.metrics.exposition import Format

PLAIN = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
NOTHING = "default-src 'none'"
MOST = 64  # connections at once
PATIENCE = 10.0  # seconds, with who connects and then is slow to ask or to read


class Answer(NamedTuple):
    """What a path answers; `policy`: what a browser may load along with it."""

    status: int
    body: bytes
    kind: str = PLAIN
    policy: str = NOTHING


# A page is given what its reader takes, as the Accept header says it.
Page = Callable[[str], Answer]
Pages = dict[str, Page]


def metrics_page(expose: Callable[[Format], bytes]) -> Page:
    """Return the page that Prometheus scrapes, in the format that it asks for."""

    def page(accept: str) -> Answer:
        form = exposition.wanted(accept)
        return Answer(200, expose(form), form)

    return page


def verdict(problems: list[str], *, well: str = "ok") -> Answer:
    """Return 200 where there is no problem, else 503 with the problems."""
    text = "\n".join(problems) or well
    return Answer(503 if problems else 200, f"{text}\n".encode())


class Door(ThreadingHTTPServer):
    """Answers each in a thread; where too many are inside, the first to come goes.

    So who holds connections open keeps nobody out: a scrape is over in no time.
    """

    request_queue_size = MOST
    daemon_threads = True

    def __init__(
        self, listen: tuple[str, int], handler: type[BaseHTTPRequestHandler]
    ) -> None:
        self._inside: dict[socket.socket, None] = {}  # in the order in which they came
        self._lock = Lock()
        super().__init__(listen, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Let one in."""
        with self._lock:
            self._inside[request] = None
            surplus = list(self._inside)[:-MOST]
        for each in surplus:
            with suppress(OSError):  # it is just going by itself
                each.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Let one out."""
        with self._lock:
            self._inside.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who went away before the answer."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def serve(
    listen: tuple[str, int], pages: Pages, *, patience: float = PATIENCE
) -> ThreadingHTTPServer:
    """Serve the pages from a thread of their own; raise MonitorError if the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        server_version = "svar"
        sys_version = ""
        timeout = patience

        def do_GET(self) -> None:
            self.wfile.write(self._begin())

        def do_HEAD(self) -> None:
            self._begin()

        def _begin(self) -> bytes:
            """Send the head of the answer; return its body."""
            page = pages.get(self.path.partition("?")[0])
            known = ", ".join(pages)
            accept = ",".join(self.headers.get_all("Accept", []))
            answer = page(accept) if page else Answer(404, f"try {known}\n".encode())
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Security-Policy", answer.policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            return answer.body

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing: a scrape every 15 s is no news."""

    host, port = listen
    try:
        server = Door((host, port), Handler)
    except OSError as error:
        message = (
            f"{host}:{port} cannot be listened on: {error.strerror}; "
            "choose another `metrics.listen`"
        )
        raise MonitorError(message) from error
    Thread(target=server.serve_forever, name="http", daemon=True).start()
    return server
