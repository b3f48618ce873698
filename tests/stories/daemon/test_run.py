"""`svar run` as a real process: its endpoint, its end, and what it refuses."""

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from monitor import cli
from monitor.delivery.routes import first_name
from tests.fakes import TOKEN, FakeSlack
from tests.stories import office
from tests.stories.daemon.process import eventually, finished, now, running, sleepless
from tests.stories.office import Office


@pytest.fixture
def place(tmp_path: Path) -> Office:
    return sleepless(tmp_path / "office")


def once(place: Office) -> int:
    return cli.main(["run", "--once", "--config", str(place.settings)])


class TestWatching:
    def test_it_polls_prints_and_answers(self, place: Office) -> None:
        with running(place.settings) as svar:
            svar.said("outcome=printed")
            assert svar.get("/healthz") == (200, "ok\n")
            assert svar.get("/readyz") == (200, "ok\n")
            assert svar.get("/elsewhere") == (
                404,
                "try /, /metrics, /healthz, /readyz\n",
            )
            svar.reaches("svar_alerts", 1, rule="first-reply", state="breached")
            events = {"job": "poll", "event": "executed"}
            assert (svar.metric("svar_scheduler_events_total", **events) or 0) >= 1
            assert svar.printed.count(office.RECRUITER) == 1
            assert svar.printed.count(office.MANAGER) == 1
            assert svar.stop() == 0
            assert svar.log.rstrip().endswith("svar stops")

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_ends_it_well(self, place: Office, number: signal.Signals) -> None:
        with running(place.settings) as svar:
            svar.said("svar watches")
            svar.signal(number)
            assert svar.process.wait(20) == 0
        with closing(sqlite3.connect(place.state)) as state:
            claimed = "SELECT COUNT(*) FROM posts WHERE status = 'claimed'"
            assert state.execute(claimed).fetchone() == (0,)

    def test_the_source_goes_down_and_comes_back(self, place: Office) -> None:
        with running(place.settings) as svar:
            svar.reaches("svar_alerts", 1, rule="first-reply", state="breached")
            away = place.ats.rename(place.folder / "away.db")
            svar.said("no connection to")
            errors = {"source": "recruiting", "reason": "connect"}
            eventually(
                lambda: (svar.metric("svar_source_errors_total", **errors) or 0) >= 3
            )
            assert svar.metric("svar_alerts", rule="first-reply", state="breached") == 1
            assert svar.get("/healthz")[0] == 200
            away.rename(place.ats)
            svar.said("source is back")
            assert svar.log.count("nothing is closed, nothing is lost") == 1
            assert svar.stop() == 0

    def test_each_line_of_a_json_log_is_an_object(self, place: Office) -> None:
        place.change(log={"format": "json", "level": "debug"})
        office.distort(place, "answered", applied_at="soon")
        with running(place.settings) as svar:
            svar.said('"terminal"')
            place.ats.unlink()
            svar.said("no connection to")
            assert svar.stop() == 0
            entries = [json.loads(line) for line in svar.log.splitlines()]
        messages = [entry["message"] for entry in entries]
        assert messages[0] == "svar watches"
        assert messages[-1] == "svar stops"
        assert all({"at", "level", "message"} <= entry.keys() for entry in entries)
        text = json.dumps(entries, ensure_ascii=False)
        assert not any(name in text for name in office.NAMES.values())

    def test_the_state_may_live_in_postgresql(
        self, place: Office, postgresql: str
    ) -> None:
        place.change(state={"url": postgresql})
        with running(place.settings) as svar:
            svar.said("outcome=printed")
            assert svar.get("/readyz") == (200, "ok\n")
            assert svar.stop() == 0
        with running(place.settings) as svar:
            svar.reaches("svar_alerts", 1, rule="first-reply", state="breached")
            assert svar.stop() == 0
            assert svar.printed == ""
        assert not place.state.exists()

    def test_a_state_that_was_migrated_elsewhere_is_not_ready(
        self, place: Office
    ) -> None:
        with running(place.settings) as svar:
            eventually(lambda: svar.get("/readyz")[0] == 200, what="readiness")
            for version, advice in (("0003", "db upgrade"), ("9999", "newer Svar")):
                become(place, version)
                status, said = svar.get("/readyz")
                assert (status, advice in said) == (503, True)
            assert svar.get("/healthz")[0] == 200
            assert svar.stop() == 0


class TestTelling:
    def test_each_person_gets_one_message_that_is_edited_after_the_reply(
        self, place: Office
    ) -> None:
        """The whole of it: Slack is down at first, and nothing is lost or doubled."""
        with FakeSlack() as slack:
            slack.now = now()
            for person in (office.RECRUITER, office.MANAGER):
                slack.add(person, first_name(person))
            place.change(slack={"digest_at": "00:00", "api_url": slack.url})
            slack.down()
            with running(place.settings, SVAR_SLACK__TOKEN=TOKEN) as svar:
                svar.said("slack call failed")
                slack.up()
                eventually(lambda: len(slack.messages) == 2, what="two messages")
                office.reply(place, "waiting", now())
                (digest,) = slack.to(office.RECRUITER)
                assert re.search(r"Good \w+, Ingrid\.", digest.shown)
                eventually(lambda: digest.edits, what="an edit")
                assert "settled since" in digest.shown
                svar.reaches("svar_alerts", 0, rule="first-reply", state="breached")
                assert svar.metric("svar_posts_total", outcome="sent") == 2
                assert svar.stop() == 0
            assert len(slack.messages) == 2
            assert len(slack.to(office.MANAGER)) == 1
            told = "".join(each.shown for each in slack.messages)
            assert not any(name in told for name in office.NAMES.values())

    def test_a_token_that_is_refused_keeps_the_queue(self, place: Office) -> None:
        with FakeSlack() as slack:
            slack.now = now()
            slack.add(office.RECRUITER, "Ingrid")
            place.change(slack={"digest_at": "00:00", "api_url": slack.url})
            with running(place.settings, SVAR_SLACK__TOKEN="xoxb-old") as svar:  # noqa: S106 - opens nothing
                svar.said("Slack refuses the token; sending waits")
                svar.reaches("svar_slack_token_valid", 0)
                assert svar.get("/healthz")[0] == 200
                assert "xoxb-old" not in svar.log
                assert svar.stop() == 0
        assert not slack.messages
        assert svar.log.count("slack call failed") == 1
        with closing(sqlite3.connect(place.state)) as state:
            kept = state.execute("SELECT DISTINCT status FROM notices")
            assert kept.fetchall() == [("queued",)]


def become(place: Office, version: str) -> None:
    """Let the state be of another version."""
    with closing(sqlite3.connect(place.state)) as state, state:
        state.execute("UPDATE alembic_version SET version_num = ?", (version,))


def office_name(email: str) -> str:
    return email.split(".", maxsplit=1)[0].title()


class TestRefusals:
    def fails(self, place: Office, *, code: int = 1, **environ: str) -> str:
        """Run it as a process; it must end by itself, with one clear sentence."""
        done = finished("run", "--config", str(place.settings), **environ)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        assert done.stderr.startswith("svar: ") or code == 2
        return done.stderr

    def test_a_port_that_is_taken(self, place: Office) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            listen = f"127.0.0.1:{taken.getsockname()[1]}"
            said = self.fails(place, SVAR_METRICS__LISTEN=listen)
        assert f"{listen} cannot be listened on" in said
        assert "choose another `metrics.listen`" in said

    def test_a_port_that_is_taken_in_this_process(
        self, place: Office, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            place.change(metrics={"listen": f"127.0.0.1:{taken.getsockname()[1]}"})
            assert cli.main(["run", "--config", str(place.settings)]) == 1
        assert "cannot be listened on" in capfd.readouterr().err

    def test_a_second_process_on_the_same_state(self, place: Office) -> None:
        with running(place.settings) as svar:
            svar.said("svar watches")
            assert "another svar already runs on" in self.fails(place)
            assert svar.stop() == 0

    def test_a_state_that_cannot_be_there(self, place: Office) -> None:
        blocked = place.folder / "file"
        blocked.write_text("no folder", encoding="utf-8")
        place.change(state={"url": f"sqlite:///{blocked}/svar.db"})
        said = self.fails(place)
        assert "cannot be written" in said
        assert "choose another `state.url`" in said

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_folder_where_svar_may_not_write(self, place: Office) -> None:
        locked = place.folder / "locked"
        locked.mkdir(mode=0o500)
        place.change(state={"url": f"sqlite:///{locked}/svar.db"})
        assert "Permission denied" in self.fails(place)

    def test_a_disk_that_is_full(self, place: Office) -> None:
        """No file may grow beyond a page, as if there were no room for more."""
        limited = (
            "import resource, sys; from monitor import cli;"
            " resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096));"
            " sys.exit(cli.main(sys.argv[1:]))"
        )
        command = [sys.executable, "-c", limited, "run", "--config"]
        done = subprocess.run(  # noqa: S603 - our own command line
            [*command, str(place.settings)],
            capture_output=True,
            check=False,
            text=True,
            env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
        )
        assert done.returncode == 1
        assert f"svar: the state at sqlite:///{place.state} cannot be" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_database_that_is_down(self, place: Office) -> None:
        url = "mysql+pymysql://svar:s3cret@127.0.0.1:1/ats"
        place.source(url=url, mapping="opencats", timezone="Europe/Oslo")
        said = self.fails(place)
        assert "recruiting: no connection to mysql+pymysql://svar:***@" in said
        assert "s3cret" not in said

    def test_a_state_that_is_down(self, place: Office) -> None:
        place.change(state={"url": "postgresql+psycopg://svar:s3cret@127.0.0.1:1/x"})
        said = self.fails(place)
        assert "the state at postgresql+psycopg://svar:***@127.0.0.1:1/x" in said
        assert "s3cret" not in said

    def test_a_rule_that_is_wrong(self, place: Office) -> None:
        (place.rules / "bad.yaml").write_text("rulez: []", encoding="utf-8")
        assert "bad.yaml:1:1: rulez: unknown key" in self.fails(place, code=2)


class TestOnce:
    def test_it_prints_the_digests_and_ends(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert once(place) == 0
        out = capsys.readouterr().out
        assert out.count(office.RECRUITER) == 1
        assert re.search(r"Good \w+, Ingrid\.", out)
        assert not any(name in out for name in office.NAMES.values())
        assert once(place) == 0
        assert capsys.readouterr().out == ""

    def test_a_database_that_is_down_fails_it(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        place.ats.unlink()
        assert once(place) == 1
        assert "no connection to" in capsys.readouterr().err

    def test_an_empty_result_after_a_full_one_fails_it(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert once(place) == 0
        place.run("DELETE FROM messages")
        place.run("DELETE FROM applications")
        assert once(place) == 1
        assert "nothing is closed" in capsys.readouterr().err

    def test_a_token_that_slack_refuses_fails_it(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with FakeSlack() as slack:
            refused = {
                "digest_at": "00:00",
                "token": "xoxb-wrong",
                "api_url": slack.url,
            }
            place.change(slack=refused)
            assert once(place) == 1
            assert slack.count("chat.postMessage") == 0
        assert "Slack refuses the token" in capsys.readouterr().err


class TestUpgrade:
    def test_it_makes_the_tables_and_may_be_run_again(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        command = ["db", "upgrade", "--config", str(place.settings)]
        assert cli.main(command) == 0
        assert "empty -> " in capsys.readouterr().out
        assert cli.main(command) == 0
        assert "already at " in capsys.readouterr().out

    def test_a_state_of_a_newer_svar_is_left_alone(
        self, place: Office, capsys: pytest.CaptureFixture[str]
    ) -> None:
        config = ("--config", str(place.settings))
        assert cli.main(["db", "upgrade", *config]) == 0
        become(place, "9999")
        for command in (["run"], ["run", "--once"], ["db", "upgrade"]):
            assert cli.main([*command, *config]) == 1
            assert "is of a newer Svar (version 9999); start that one" in (
                capsys.readouterr().err
            )

    def test_it_waits_for_the_running_one_to_end(self, place: Office) -> None:
        with running(place.settings) as svar:
            svar.said("svar watches")
            done = finished("db", "upgrade", "--config", str(place.settings))
            assert done.returncode == 1
            assert "another svar already runs on" in done.stderr
            assert svar.stop() == 0
