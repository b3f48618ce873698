"""What a process lives through that runs for years."""

import io
import logging
import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitor import configuration
from monitor.daemon import Daemon, server
from monitor.slack import Slack
from tests.fakes import TOKEN, FakeSlack
from tests.stories import office
from tests.stories.daemon.process import Svar, eventually, now, running
from tests.stories.office import Office

CROWD = 3 * server.MOST
MINUTE = timedelta(minutes=1)


@pytest.fixture
def place(tmp_path: Path) -> Office:
    """An office that never sleeps, so that the present is always working time."""
    made = office.build(
        tmp_path / "office",
        calendar=office.ALWAYS_OPEN,
        slack={"digest_at": "00:00"},
    )
    made.source(every="1 second")
    office.furnish(made, now(), handed_on=3.5)
    return made


class TestEndpoint:
    def test_connections_that_never_ask_keep_nobody_out(self, place: Office) -> None:
        with running(place.settings) as svar, crowd(svar.port):
            assert svar.get("/metrics")[0] == 200
            eventually(
                lambda: threads(svar) < server.MOST + 40, what="an end of the threads"
            )
            assert svar.get("/healthz") == (200, "ok\n")
            assert svar.stop() == 0
            assert "Traceback" not in svar.log

    def test_who_is_slow_to_ask_is_let_go(self) -> None:
        http = server.serve(("127.0.0.1", 0), {}, patience=0.1)
        try:
            with crowd(http.server_address[1], people=1) as (slow,):
                assert slow.recv(1) == b""
        finally:
            http.shutdown()
            http.server_close()


@contextmanager
def crowd(port: int, people: int = CROWD) -> Iterator[list[socket.socket]]:
    """Open connections that send half a request and then wait."""
    address = "127.0.0.1", port
    with ExitStack() as stack:
        made = []
        for _ in range(people):
            one = stack.enter_context(socket.create_connection(address, timeout=10))
            one.sendall(b"GET /metrics HTTP/1.1\r\nHost: svar\r\n")
            made.append(one)
        yield made


def threads(svar: Svar) -> int:
    return len(list(Path(f"/proc/{svar.process.pid}/task").iterdir()))


class TestFullDisk:
    def test_it_is_one_line_and_not_ready_until_there_is_room(
        self, place: Office
    ) -> None:
        with running(place.settings) as svar:
            svar.said("outcome=printed")
            with full_disk(svar):
                svar.said("the state at")
                eventually(lambda: svar.get("/readyz")[0] == 503, what="a warning")
                assert "cannot be written" in svar.get("/readyz")[1]
                failed = ran(svar, "executed")
                eventually(lambda: ran(svar, "executed") > failed + 3)
                assert svar.log.count("the state at") == 1
            svar.said("works again")
            eventually(lambda: svar.get("/readyz") == (200, "ok\n"), what="readiness")
            assert svar.stop() == 0


@contextmanager
def full_disk(svar: Svar) -> Iterator[None]:
    """Let no file of the process grow beyond a few pages."""
    pid, which = svar.process.pid, resource.RLIMIT_FSIZE
    before = resource.prlimit(pid, which)
    resource.prlimit(pid, which, (16_384, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, which, before)


def ran(svar: Svar, event: str) -> float:
    return svar.metric("svar_scheduler_events_total", job="poll", event=event) or 0.0


class TestToken:
    """A token that is changed now and then, in the file that the environment names."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        made = tmp_path / "token"
        made.write_text("xoxb-old", "utf-8")
        return made

    def test_another_one_is_looked_for_once_it_is_refused(
        self, place: Office, file: Path
    ) -> None:
        environ = {"SVAR_SLACK__TOKEN_FILE": str(file)}
        said, now_ = io.StringIO(), now()
        log = logging.Logger("test")  # noqa: LOG001 - one for this test
        log.addHandler(logging.StreamHandler(said))
        with FakeSlack() as slack:
            slack.now = now_
            for person in (office.RECRUITER, office.MANAGER):
                slack.add(person)
            loaded = configuration.read(place.settings, environ)
            daemon = Daemon(loaded, environ, Slack("xoxb-old", slack.url), log)
            with closing(daemon):
                daemon.open(now=now_)
                daemon.poll(daemon.sources[0], now=now_)
                for minutes in range(4):
                    daemon.deliver(now=now_ + minutes * MINUTE)
                file.write_text("", "utf-8")  # half written
                daemon.deliver(now=now_ + 4 * MINUTE)
                file.write_text(TOKEN, "utf-8")
                daemon.deliver(now=now_ + 4.5 * MINUTE)
                assert not slack.messages
                daemon.deliver(now=now_ + 5 * MINUTE)
                assert len(slack.to(office.RECRUITER)) == 1
        lines = said.getvalue().splitlines()
        assert lines.count("slack call failed") == 1
        assert (
            lines.count("Slack refuses the token; sending waits, the queue is kept")
            == 1
        )
        assert lines.count("another Slack token is taken up") == 1
        assert "xoxb" not in said.getvalue()

    def test_a_reload_takes_it_up_before_that(self, place: Office, file: Path) -> None:
        environ = {"SVAR_SLACK__TOKEN_FILE": str(file)}
        with running(place.settings, **environ) as svar:
            svar.said("svar watches")
            file.write_text(TOKEN, "utf-8")
            svar.signal(signal.SIGHUP)
            svar.said("another Slack token is taken up")
            assert "restart svar" not in svar.log
            assert "xoxb" not in svar.log
            assert svar.stop() == 0


@pytest.fixture
def plain_hangup() -> Iterator[None]:
    """Let processes that begin now inherit the default, whatever began this one."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("plain_hangup")
class TestSignals:
    @pytest.mark.parametrize("seconds", [0, 0.2, 0.5, 0.9, 1.4])
    def test_an_end_that_is_asked_for_before_it_watches_is_a_good_one(
        self, place: Office, seconds: float
    ) -> None:
        with running(place.settings) as svar:
            heeds(svar)
            time.sleep(seconds)  # somewhere in its start, wherever that is here
            assert svar.stop() == 0
            assert "Traceback" not in svar.log

    def test_a_reload_that_comes_too_early_ends_nothing(self, place: Office) -> None:
        with running(place.settings) as svar:
            heeds(svar)
            assert not place.state.exists()  # it has only begun
            while "svar watches" not in svar.log:
                assert svar.process.poll() is None, svar.log
                svar.signal(signal.SIGHUP)
                time.sleep(0.02)
            assert svar.stop() == 0


def heeds(svar: Svar) -> None:
    """Wait until the process does what it wants with signals, and not the default.

    It sees to SIGHUP last. For SIGTERM something else may have a handler before.
    """
    hangup = 1 << (signal.SIGHUP - 1)
    eventually(lambda: heeded(svar) & hangup, what="a handler")


def heeded(svar: Svar) -> int:
    """Return the signals that the process ignores or handles, a bit each."""
    status = Path(f"/proc/{svar.process.pid}/status").read_text("ascii")
    lines = [line.split() for line in status.splitlines()]
    return sum(int(line[1], 16) for line in lines if line[0] in {"SigCgt:", "SigIgn:"})
