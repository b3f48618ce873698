"""A notice that waits goes to whoever owes the step when it is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from monitor.daemon import Daemon
from monitor.store.outbox import mail
from monitor.store.outbox.reroute import reroute
from monitor.store.tables import notices
from monitor.store.words import PostStatus
from tests.builders import INGRID, PER
from tests.stories import office
from tests.stories.daemon.test_daemon import Watch, place, quick, watch
from tests.stories.delivery import claiming
from tests.stories.delivery.post_office import MINUTE, PostOffice, opened

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


def test_rungs_put_below_those_that_were_told_tell_nothing_again(watch: Watch) -> None:
    before = watch.dump()["notices"]
    rule = Path(watch.place.rules / "first-reply.yaml")
    rung = "      - {at: 4 days before, tell: owner}\n"
    text = rule.read_text("utf-8")
    assert rung in text
    lower = rung.replace("4", "7") + rung.replace("4", "5")
    rule.write_text(text.replace(rung, lower + rung), "utf-8")
    daemon: Daemon = watch.daemon
    assert daemon.reload()
    watch.poll()
    assert watch.dump()["notices"] == before
    assert watch.poll().run.changes == 0


@pytest.fixture(params=["sqlite", "postgresql"])
def post_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostOffice]:
    url = f"sqlite:///{tmp_path}/svar.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    with opened(url, tmp_path) as ready:
        yield ready


def owned_by(post_office: PostOffice, *people: str) -> None:
    """Let these people owe the step of the one alert from now on."""
    alert = post_office.alert("A1")
    assert alert is not None
    assert alert.id is not None
    with post_office.store.write() as connection:
        reroute(connection, alert.id, lambda _: people, now=post_office.at)


def standing(post_office: PostOffice) -> dict[str, str]:
    """Return the notices' statuses by recipient."""
    with post_office.store.read() as connection:
        query = select(notices.c.recipient, notices.c.status)
        return {row.recipient: row.status for row in connection.execute(query)}


def test_a_job_that_comes_back_before_the_digest_is_told_of(
    post_office: PostOffice,
) -> None:
    post_office.owe(INGRID)
    owned_by(post_office, PER)
    assert standing(post_office) == {INGRID: "obsolete", PER: "queued"}
    owned_by(post_office, INGRID)
    assert standing(post_office) == {INGRID: "queued", PER: "obsolete"}
    post_office.deliver()
    assert len(post_office.said(INGRID)) == 1


def test_who_was_told_before_is_not_told_again(post_office: PostOffice) -> None:
    post_office.owe(INGRID)
    post_office.deliver()
    post_office.owe(PER)
    owned_by(post_office, INGRID)
    assert standing(post_office) == {INGRID: "sent", PER: "obsolete"}


def test_a_post_that_waits_for_slack_gives_its_notice_to_the_new_owner(
    post_office: PostOffice,
) -> None:
    post_office.owe(PER)
    with post_office.store.write() as connection:
        [post] = claiming.digests(connection, post_office.at.date(), now=post_office.at)
        due_at = post_office.at + MINUTE
        mail.settle(connection, post, PostStatus.WAITING, due_at=due_at)
    owned_by(post_office, INGRID)
    assert standing(post_office) == {PER: "obsolete", INGRID: "queued"}
    post_office.deliver(after=MINUTE)
    assert post_office.statuses() == ["sent"]
    assert len(post_office.said(INGRID)) == 1


def test_a_notice_that_a_delivery_takes_meanwhile_is_left_to_it(
    post_office: PostOffice,
) -> None:
    alert = post_office.owe(INGRID)
    assert alert.id is not None
    with post_office.store.write() as connection:

        def told(_: str) -> tuple[str, ...]:
            connection.execute(update(notices).values(status="claimed"))
            return (PER,)

        reroute(connection, alert.id, told, now=post_office.at)
    assert standing(post_office) == {INGRID: "claimed"}


def test_a_message_whose_every_line_went_to_others_is_not_edited(
    post_office: PostOffice,
) -> None:
    post_office.owe(INGRID)
    post_office.deliver()
    said = post_office.said()
    with post_office.store.write() as connection:
        connection.execute(update(notices).values(status="obsolete"))
    post_office.deliver(after=MINUTE)
    assert post_office.said() == said


def edit(watch: Watch, old: str, new: str) -> None:
    """Change the rule first-reply and let the daemon take it up."""
    path = watch.place.rules / "first-reply.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert watch.daemon.reload()
    watch.poll()


@pytest.mark.parametrize("longer", ["18 days", "30 days"])
def test_a_step_that_was_put_off_is_told_when_it_is_due_again(
    quick: Watch, longer: str
) -> None:
    edit(quick, "target: 14 days", f"target: {longer}")
    edit(quick, f"target: {longer}", "target: 14 days")
    quick.deliver()
    assert "no reply yet" in quick.printed
    quick.poll()
    quick.deliver()
    assert quick.printed.count("no reply yet") == 1


def test_a_step_that_was_told_is_not_told_again_for_another_promise(
    quick: Watch,
) -> None:
    quick.deliver()
    told = quick.printed.count("no reply yet")
    assert told
    edit(quick, "target: 14 days", "target: 30 days")
    edit(quick, "target: 30 days", "target: 14 days")
    quick.deliver()
    assert quick.printed.count("no reply yet") == told


def test_a_rung_that_is_taken_away_before_the_digest_is_not_told(
    quick: Watch,
) -> None:
    edit(quick, "{at: target, tell", "{at: 5 days after, tell")
    assert ("first-reply", "waiting") in quick.open()
    quick.deliver()
    assert "no reply yet" not in quick.printed


def test_a_rung_that_tells_somebody_else_moves_what_waits(watch: Watch) -> None:
    edit(watch, "{at: target, tell: owner,", "{at: target, tell: manager,")
    watch.deliver()
    told = {row[4] for row in watch.dump()["notices"] if row[2].startswith("target")}
    assert office.MANAGER in told


def test_what_waited_when_it_closed_is_not_told_before_its_new_day(
    quick: Watch,
) -> None:
    edit(quick, "target: 14 days", "target: 30 days")  # neither late nor warned about
    assert ("first-reply", "waiting") not in quick.open()
    edit(quick, "target: 30 days", "target: 18 days")  # warned about, not late
    assert ("first-reply", "waiting") in quick.open()
    quick.deliver()
    assert "no reply yet" not in quick.printed
