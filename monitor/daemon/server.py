"""The HTTP endpoint: /metrics, /healthz, /readyz. Reads only."""

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST

from monitor.errors import MonitorError

PLAIN = "text/plain; charset=utf-8"


class Answer(NamedTuple):
    """What a path answers."""

    status: int
    body: bytes
    kind: str = PLAIN


Pages = dict[str, Callable[[], Answer]]


def metrics_page(expose: Callable[[], bytes]) -> Callable[[], Answer]:
    """Return the page that Prometheus scrapes."""
    return lambda: Answer(200, expose(), CONTENT_TYPE_LATEST)


def verdict(problems: list[str], *, well: str = "ok") -> Answer:
    """Return 200 where there is no problem, else 503 with the problems."""
    text = "\n".join(problems) or well
    return Answer(503 if problems else 200, f"{text}\n".encode())


def serve(listen: tuple[str, int], pages: Pages) -> ThreadingHTTPServer:
    """Serve the pages from a thread of their own; raise MonitorError if the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        server_version = "svar"
        sys_version = ""

        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            known = ", ".join(pages)
            answer = page() if page else Answer(404, f"try {known}\n".encode())
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
            """Say nothing: a scrape every 15 s is no news."""

    host, port = listen
    try:
        server = ThreadingHTTPServer((host, port), Handler)
    except OSError as error:
        message = (
            f"{host}:{port} cannot be listened on: {error.strerror}; "
            "choose another `metrics.listen`"
        )
        raise MonitorError(message) from error
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="http", daemon=True).start()
    return server
