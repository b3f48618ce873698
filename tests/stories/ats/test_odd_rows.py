"""Rows that a database should not deliver, and what is made of them."""

from dataclasses import replace
from datetime import timedelta

from monitor.demo import letters
from tests.stories import office
from tests.stories.daemon.test_daemon import OPEN, Watch, place, quick, watch
from tests.stories.office import NOW

__all__ = ["place", "quick", "watch"]  # fixtures of the daemon's stories


def double(watch: Watch) -> None:
    """Let the query deliver every application twice, as a careless join does."""
    source = watch.daemon.sources[0]
    sql = source.mapping.applications
    twice = (
        f"SELECT q.* FROM ({sql}) AS q JOIN (SELECT 1 UNION ALL SELECT 2) AS z ON 1 = 1"  # noqa: S608
    )
    source.mapping = replace(source.mapping, applications=twice)


def write(watch: Watch, messages: str) -> None:
    """Let the source have a query of messages too."""
    source = watch.daemon.sources[0]
    file = source.mapping.file.model_copy(update={"messages": "messages.sql"})
    source.mapping = replace(source.mapping, file=file, messages=messages)


def test_an_application_that_stands_twice_is_counted_and_met_once(watch: Watch) -> None:
    double(watch)
    report = watch.poll()
    assert report.run.outcome == "ok"
    assert watch.open() == OPEN
    assert report.rejected == {"application_id stands twice": len(OPEN)}


def test_a_doubled_application_opens_one_alert(quick: Watch) -> None:
    double(quick)
    office.apply(quick.place, "new", NOW, days=20)
    assert quick.poll().run.outcome == "ok"
    assert quick.open() == {*OPEN, ("first-reply", "new")}


def test_a_message_that_cannot_be_read_is_no_lost_application(watch: Watch) -> None:
    mail = (
        "SELECT {id} AS message_id, 'waiting' AS application_id, '{at}' AS sent_at,"
        " 'out' AS direction, 'human' AS kind"
    )
    good = mail.format(id=1, at=letters.text(NOW - timedelta(days=1)))
    write(watch, f"{good} UNION ALL {mail.format(id=2, at='soon')}")
    report = watch.poll()
    assert report.run.outcome == "ok"
    assert report.run.rejected == 0
    assert report.rejected_messages == {"message cannot be read": 1}
    rows = watch.metric("svar_source_rows")
    assert rows == report.run.applications
    assert watch.metric("svar_source_rows_rejected") == 0
    assert watch.metric("svar_source_messages_rejected") == 1
    assert watch.metric("svar_rows_rejected_total", source="recruiting") == 1


def test_a_reply_dated_in_the_future_is_no_evidence(quick: Watch) -> None:
    soon = letters.text(NOW + timedelta(days=60))
    office.change(quick.place, "declined", waiting_since=soon)
    office.reply(quick.place, "waiting", NOW, days=-60)
    quick.poll()
    assert ("first-reply", "waiting") in quick.open()


def test_a_rejection_that_is_taken_back_is_no_answer(quick: Watch) -> None:
    office.change(quick.place, "declined", status="open", decided_at=None)
    quick.poll()
    closed = [row for row in quick.dump()["alerts"] if "declined" in row]
    assert "exempted" in closed[0]


def test_an_application_without_a_candidate_or_a_job_is_not_lost(quick: Watch) -> None:
    office.apply(quick.place, "orphan", NOW, days=20)
    quick.place.run("DELETE FROM candidates WHERE id = 'orphan'")
    office.apply(quick.place, "adrift", NOW, days=20)
    quick.place.run("UPDATE applications SET job_id = 'none' WHERE id = 'adrift'")
    quick.poll()
    assert {("first-reply", "orphan"), ("first-reply", "adrift")} <= quick.open()
