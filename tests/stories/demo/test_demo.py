"""`svar demo`: the same for a seed, quick, and what it leaves behind works."""

import json
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from monitor import cli
from tests.stories.daemon.process import eventually

PORT = re.compile(r"127\.0\.0\.1:(\d+)")


def demo(*options: str) -> int:
    return cli.main(["demo", "--listen", "127.0.0.1:0", *options])


def printed(capsys: pytest.CaptureFixture[str]) -> str:
    return PORT.sub("PORT", capsys.readouterr().out)


def test_the_same_seed_prints_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo("--weeks", "2", "--seed", "5") == 0
    first = printed(capsys)
    assert demo("--weeks", "2", "--seed", "5") == 0
    assert printed(capsys) == first
    assert demo("--weeks", "2", "--seed", "6") == 0
    assert printed(capsys) != first


def test_a_season_shows_the_main_job(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo("--weeks", "3") == 0
    out = printed(capsys)
    assert "3 weeks of hiring" in out
    assert "Metrics while it plays: http://PORT/metrics" in out
    for part in (", recruiter · ", ", line manager · "):
        assert part in out
    assert " · edited " in out
    assert "settled since" in out
    assert "This includes what waits for " in out  # a deputy's
    assert "på dagens liste venter" in out
    rows = {line[:45].strip(): line.split()[-2:] for line in out.splitlines()}
    without, with_svar = rows["waited more than 14 days"]
    assert int(with_svar) < int(without)
    assert "Never more than one message per person and day" in out
    assert "svar demo --keep ./try-svar" in out


def test_one_week_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo("--weeks", "1", "--all") == 0
    assert "1 week of hiring" in printed(capsys)


def test_a_season_may_end_on_any_day(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "kept"
    assert demo("--weeks", "1", "--until", "2027-03-31", "--keep", str(folder)) == 0
    assert "--as-of 2027-03-31T00:00" in printed(capsys)


def test_a_day_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        demo("--until", "yesterday")
    assert 'yesterday is not a day such as "2026-11-22"' in capsys.readouterr().err


@pytest.mark.parametrize("weeks", ["0", "53", "many", "-1"])
def test_weeks_that_make_no_sense_are_refused(
    weeks: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        demo("--weeks", weeks)
    assert "weeks" in capsys.readouterr().err


def test_what_it_keeps_can_be_checked_and_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "try svar"
    assert demo("--weeks", "3", "--keep", str(folder)) == 0
    out = printed(capsys)
    (hint,) = [line for line in out.splitlines() if line.startswith("  svar check")]
    settings = str(folder / "config" / "svar.yaml")
    assert f"'{settings}'" in hint
    as_of = hint.split()[-1]
    check = ["check", "--json", "--config", settings, "--as-of", as_of]
    assert cli.main(check) == 0
    (source,) = json.loads(capsys.readouterr().out)["sources"]
    assert source["applications"] > 50
    assert source["rejected_rows"] == 0
    assert {each["rule"] for each in source["findings"]} >= {"first-reply"}
    assert cli.main(["report", "--config", settings, "--as-of", as_of]) == 0
    assert "of candidates" in capsys.readouterr().out
    assert cli.main(["doctor", "--config", settings]) == 0
    assert cli.main(["run", "--once", "--config", settings]) == 0


def test_a_folder_that_is_in_use_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "diary.txt").write_text("dear diary", encoding="utf-8")
    assert demo("--keep", str(tmp_path)) == 1
    assert "is not empty; name a new folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_a_folder_that_cannot_be_made_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert demo("--keep", str(tmp_path / "file" / "inside")) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_an_address_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--weeks", "1", "--listen", "here"]) == 2
    assert "is not host:port" in capsys.readouterr().err


def test_metrics_answer_while_it_plays(tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "monitor", "demo", "--listen", "127.0.0.1:0"]
    out = tmp_path / "out"
    with (
        out.open("w") as output,
        subprocess.Popen([*command, "--weeks", "6"], stdout=output) as process,  # noqa: S603 - our own
    ):
        try:
            found = eventually(lambda: PORT.search(out.read_text(encoding="utf-8")))
            eventually(lambda: alerts(int(found[1])) > 0, what="an alert")
        finally:
            process.kill()


def alerts(port: int) -> float:
    """Return how many alerts are open, as /metrics has it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        page = connection.getresponse().read().decode()
    finally:
        connection.close()
    families = text_string_to_metric_families(page)
    return sum(s.value for f in families for s in f.samples if s.name == "svar_alerts")
