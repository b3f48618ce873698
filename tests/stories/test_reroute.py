"""A notice that waits goes to whoever owes the step when it is sent."""

from pathlib import Path

from monitor.daemon import Daemon
from tests.stories import office
from tests.stories.test_daemon import Watch, place, quick, watch

__all__ = ["place", "quick", "watch"]  # fixtures of the daemon's stories

ASTRID = "astrid.lund@example.com"


def hand_over(watch: Watch) -> None:
    """Let Astrid take the recruiter's jobs."""
    watch.place.run(
        "INSERT INTO people VALUES (?, ?, ?, 'recruiter')", ASTRID, ASTRID, ASTRID
    )
    watch.place.run("UPDATE jobs SET recruiter_id = ?", ASTRID)


def queued(watch: Watch) -> set[tuple[str, str]]:
    """Return recipient and status of each notice."""
    keys = {"id": 0, "recipient": 4, "status": 6}
    rows = watch.dump()["notices"]
    return {(row[keys["recipient"]], row[keys["status"]]) for row in rows}


def test_a_job_that_changes_hands_before_the_digest(watch: Watch) -> None:
    assert (office.RECRUITER, "queued") in queued(watch)
    hand_over(watch)
    watch.poll()
    assert (ASTRID, "queued") in queued(watch)
    assert (office.RECRUITER, "queued") not in queued(watch)
    watch.deliver()
    assert "Good morning, Astrid." in watch.printed
    assert "Good morning, Ingrid." not in watch.printed


def test_a_job_that_changes_hands_after_the_digest_tells_nobody_twice(
    quick: Watch,
) -> None:
    quick.deliver()
    assert "Good morning, Ingrid." in quick.printed
    hand_over(quick)
    quick.poll()
    quick.deliver()
    assert "Astrid" not in quick.printed


def test_the_other_notices_stay_as_they_were(quick: Watch) -> None:
    before = quick.dump()["notices"]
    hand_over(quick)
    quick.poll()
    manager = [row for row in before if row[4] == office.MANAGER]
    assert manager
    assert all(row in quick.dump()["notices"] for row in manager)


def test_a_step_that_a_longer_promise_puts_off_is_not_sent(quick: Watch) -> None:
    assert quick.metric("svar_alerts", rule="first-reply", state="breached") == 1
    rule = Path(quick.place.rules / "first-reply.yaml")
    rule.write_text(
        rule.read_text("utf-8").replace("target: 14 days", "target: 30 days")
    )
    daemon: Daemon = quick.daemon
    assert daemon.reload()
    quick.poll()
    quick.deliver()
    assert "no reply yet" not in quick.printed
    assert "14 days" not in quick.printed
