"""Odoo 18: its demo with what its own code wrote, a scenario on top, and who is late.

`expected_findings` asks the tables in its own way (odoo_expectation.sql).
`DUMP_FINDINGS` and `SCENARIO_FINDINGS` are the same answer worked out by hand.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import make_url

from tests.servers import SHARED_DATA

DUMP = "odoo/odoo18_demo_plus_scenario.sql"
EXPECTATION = Path(__file__).with_name("odoo_expectation.sql")
NOW = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)  # a Monday, 16 days after the install
EARLIER = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)  # the Monday before

# The people of the demo. The job is Experienced Developer, which the recruiter has
# and whose department's manager is Marc.
JOB = 4
RECRUITER, MANAGER, STRANGER = 2, 6, 7  # users; the stranger has a portal login only
RECRUITER_SELF, MANAGER_SELF = 3, 7  # the same people as partners
NEW, QUALIFICATION, FIRST_INTERVIEW, PROPOSAL, SIGNED = 1, 2, 3, 5, 6
UNFIT, TOO_LITTLE_PAID = 1, 6  # refuse reasons; the second is the candidate's own
CALL, TO_DO = 2, 4
REFUSE_FIELD, STAGE_FIELD = 3908, 3883

Pair = tuple[str, str]
Value = object


class Applied(NamedTuple):
    """An application, and the columns in which it differs from a fresh one."""

    id: int
    at: str = "2026-11-16 09:00:00"
    person: int | None = None
    columns: dict[str, Value] = {}  # noqa: RUF012 - never changed


class Said(NamedTuple):
    """A row of the chatter, and whether it was handed over to the candidate."""

    application: int
    kind: str
    at: str
    delivery: str | None = "sent"
    author: int | None = RECRUITER_SELF
    activity: int | None = None
    thread: str = "hr.applicant"
    channel: str = "email"


def refused(at: str | None, reason: int = UNFIT) -> dict[str, Value]:
    """Return what pressing Refuse sets."""
    return {
        "refuse_reason_id": reason,
        "refuse_date": at,
        "active": False,
        "write_date": at or "2026-11-30 10:00:00",
    }


# Applied on Monday 16 November if nothing else is said, so due on the 30th, and
# refused on that day at 10:00, so to be told by Wednesday 10:00.
REFUSED_AT = "2026-11-30 10:00:00"
APPLICATIONS = [
    # The acknowledgement alone: first-reply.
    Applied(101),
    # The letter of a later stage, which is automatic as well: fine.
    Applied(102),
    # A logged note, which looks like the mail of 104 but for the delivery: first-reply.
    Applied(103),
    # A mail to many, kept as a note: fine.
    Applied(104),
    # A mail that failed, one that bounced, and one that still waits: first-reply.
    Applied(105),
    # A mail that is planned for later: first-reply.
    Applied(106),
    # A moved card: first-reply.
    Applied(107),
    # A mail about the candidate that went to somebody else: first-reply.
    Applied(108),
    # Refused with many others, and the letters were sent: fine.
    Applied(109, columns=refused(REFUSED_AT)),
    # As 109, but the letter still waits in the queue: both rules.
    Applied(110, columns=refused(REFUSED_AT)),
    # Refused alone, with the letter: fine.
    Applied(111, columns=refused(REFUSED_AT)),
    # Refused in silence, and only the chatter knows when: both rules.
    Applied(112, columns=refused(None)),
    # The candidate withdrew: fine.
    Applied(113, columns=refused(REFUSED_AT, TOO_LITTLE_PAID)),
    # Written to as a person, with one application: fine.
    Applied(114),
    # As 114, but with two: first-reply for both.
    Applied(115),
    Applied(116, "2026-11-17 09:00:00", person=115),
    # As 114; the second application came after the mail: first-reply for 118.
    Applied(117),
    Applied(118, "2026-11-20 09:00:00", person=117),
    # A call marked as done: fine.
    Applied(119),
    # Something else marked as done: first-reply.
    Applied(120),
    # A text message: fine.
    Applied(121),
    # To no job in particular, so without a stage and a recruiter: first-reply.
    Applied(122, columns={"job_id": None, "stage_id": None, "user_id": None}),
    # Hired, and archived since: fine.
    Applied(
        123,
        columns={
            "date_closed": "2026-11-20 10:00:00",
            "stage_id": SIGNED,
            "active": False,
        },
    ),
    # Refused on Friday 4 December, so due on Tuesday, and written to before: fine.
    Applied(124, columns=refused("2026-12-04 12:00:00")),
    # The letter left a minute before Refuse was pressed: fine.
    Applied(125, columns=refused(REFUSED_AT)),
    # Written to, and refused without a word a week later: decided-not-told.
    Applied(126, columns=refused(REFUSED_AT)),
    # Refused in silence so long ago that it is not read.
    Applied(127, "2026-04-01 09:00:00", columns=refused("2026-05-04 09:00:00")),
    # As old, but still open, so read; it was written to: fine.
    Applied(128, "2026-04-01 09:00:00"),
    # The candidate asked for news: first-reply.
    Applied(129),
    # Thirteen days old: fine.
    Applied(130, "2026-11-24 09:00:00"),
]
NOT_READ = {127}

ASKED = "2026-11-18 10:00:00"
SAID = [
    Said(101, "auto_comment", "2026-11-16 09:00:00"),
    Said(102, "auto_comment", "2026-11-16 09:00:00"),
    Said(102, "auto_comment", ASKED),
    Said(103, "comment", ASKED, delivery=None),
    Said(104, "comment", ASKED),
    Said(105, "comment", "2026-11-18 10:00:00", delivery="exception"),
    Said(105, "comment", "2026-11-18 11:00:00", delivery="bounce"),
    Said(105, "comment", "2026-11-18 12:00:00", delivery="ready"),
    Said(107, "notification", ASKED, delivery=None),
    Said(109, "email_outgoing", REFUSED_AT, delivery=None),
    Said(110, "email_outgoing", REFUSED_AT, delivery=None),
    Said(111, "notification", REFUSED_AT),
    Said(112, "notification", REFUSED_AT, delivery=None),
    Said(114, "comment", ASKED, thread="hr.candidate"),
    Said(115, "comment", ASKED, thread="hr.candidate"),
    Said(117, "comment", ASKED, thread="hr.candidate"),
    Said(119, "notification", ASKED, delivery=None, activity=CALL),
    Said(120, "notification", ASKED, delivery=None, activity=TO_DO),
    Said(121, "sms", ASKED, channel="sms"),
    Said(124, "comment", ASKED),
    Said(125, "comment", "2026-11-30 09:59:00"),
    Said(126, "comment", ASKED),
    Said(128, "comment", ASKED),
    Said(129, "email", ASKED, delivery=None, author=1129),
]

# Never written to, applied by 23 November and neither hired nor withdrawn: those of the
# demo, of which 11 and 12 were hired, one refused in silence (20), and one that came by
# mail (24). The acknowledgement answers none of them. Answered are 18, 21 and 23 by
# mail, 19 by its refusal, 25 and 26 by one sent to both, and 22 before it was archived.
DUMP_FINDINGS = {
    *(("first-reply", str(n)) for n in (*range(1, 11), *range(13, 18), 20, 24)),
    ("decided-not-told", "20"),
}
# A week earlier only what had been applied for by 16 November was late.
DUMP_FINDINGS_EARLIER = {
    *(("first-reply", str(n)) for n in (1, 7, 14, 15, 16)),
    ("decided-not-told", "20"),
}
SCENARIO_FINDINGS = {
    *(
        ("first-reply", str(n))
        for n in (101, 103, 105, 106, 107, 108, 110, 112, 115, 116, 118, 120, 122, 129)
    ),
    *(("decided-not-told", str(n)) for n in (110, 112, 126)),
}


def load(url: str) -> None:
    """Fill the database with Odoo's dump, or skip where there is none."""
    dump = Path(os.environ.get("SVAR_SHARED_DATA", SHARED_DATA)) / DUMP
    if not dump.exists():
        pytest.skip(f"no Odoo dump at {dump}; SVAR_SHARED_DATA names its folder")
    lines = dump.read_text(encoding="utf-8").splitlines(keepends=True)
    # A backslash opens an instruction to the command-line client alone.
    run(url, "".join(line for line in lines if not line.startswith("\\")))
    # Left out of the dump: letters on their way, of which there were none.
    run(
        url,
        "CREATE TABLE mail_mail (mail_message_id integer, state character varying)",
    )


def insert_scenario(url: str) -> None:
    """Add the rows above to a database that holds the dump."""
    for each in APPLICATIONS:
        apply(url, each)
    say(url, SAID)
    run(
        url,
        "INSERT INTO mail_mail SELECT id, 'outgoing' FROM mail_message"
        " WHERE model = 'hr.applicant' AND res_id = 110",
    )
    run(
        url,
        "INSERT INTO mail_scheduled_message (res_id, model, author_id, scheduled_date)"
        " VALUES (106, 'hr.applicant', %s, '2026-12-24 09:00:00')",
        RECRUITER_SELF,
    )
    say(url, [Said(108, "comment", ASKED)], to=MANAGER_SELF)
    track(url, 107, STAGE_FIELD, QUALIFICATION)
    track(url, 112, REFUSE_FIELD, UNFIT)


def apply(url: str, each: Applied) -> None:
    """Add an application, and its candidate where that is a new person."""
    person = each.person or each.id
    if person == each.id:
        name, email = f"Person {person}", f"p{person}@mail.example"
        run(
            url,
            "INSERT INTO res_partner (id, name, email, active) VALUES (%s, %s, %s, true)",
            *(1000 + person, email, email),
        )
        run(
            url,
            "INSERT INTO hr_candidate (id, partner_id, partner_name, email_from,"
            " email_normalized, active) VALUES (%s, %s, %s, %s, %s, true)",
            *(person, 1000 + person, name, email, email),
        )
    columns = {
        **{"id": each.id, "candidate_id": person, "job_id": JOB, "stage_id": NEW},
        **{"user_id": RECRUITER, "kanban_state": "normal", "active": True},
        **dict.fromkeys(("create_date", "write_date", "date_last_stage_update"), each.at),
        **each.columns,
    }
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    run(
        url,
        f"INSERT INTO hr_applicant ({names}) VALUES ({marks})",  # noqa: S608 - as above
        *columns.values(),
    )


def say(url: str, words: Iterable[Said], *, to: int | None = None) -> None:
    """Add rows of the chatter, handed over to the candidate or to another partner."""
    for each in words:
        number = each.application
        run(
            url,
            "WITH m AS (INSERT INTO mail_message (model, res_id, message_type, date,"
            " create_date, author_id, mail_activity_type_id)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id)"
            " INSERT INTO mail_notification (mail_message_id, res_partner_id,"
            " notification_type, notification_status)"
            " SELECT id, %s, %s, %s FROM m WHERE %s",
            *(each.thread, number, each.kind, each.at, each.at, each.author),
            *(each.activity, to or 1000 + number, each.channel, each.delivery),
            each.delivery is not None,
        )


def track(url: str, application: int, field: int, value: int) -> None:
    """Add what the last message about an application says to have changed."""
    run(
        url,
        "INSERT INTO mail_tracking_value (mail_message_id, field_id, new_value_integer)"
        " SELECT MAX(id), %s, %s FROM mail_message WHERE res_id = %s",
        *(field, value, application),
    )


def run(url: str, sql: str, *values: Value) -> list[tuple[Value, ...]]:
    """Run a statement, as Odoo itself would, and return its rows."""
    address = make_url(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as server:
        done = server.execute(sql.encode(), values or None)
        return done.fetchall() if done.description else []


def expected_findings(url: str, now: datetime) -> set[Pair]:
    """Return (rule, application id) of all that is late at now."""
    sql = EXPECTATION.read_text(encoding="utf-8").replace("%", "%%")
    rows = run(url, sql.replace(":now", "%s::timestamp"), *[now.replace(tzinfo=None)])
    return {(str(rule), str(number)) for rule, number in rows}
