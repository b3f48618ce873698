"""A scenario on top of the OpenCATS demo, and who breaks which rule in it.

`expected_findings` asks the tables in its own way (opencats_expectation.sql).
`SCENARIO_FINDINGS` is the same answer worked out by hand.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

ZONE = "America/Chicago"
NOW = datetime(2007, 2, 5, 16, 0, tzinfo=UTC)  # Monday, 10:00 in Chicago
EXPECTATION = Path(__file__).with_name("opencats_expectation.sql")

Row = tuple[object, ...]

# Ida writes to candidates; Olaf's address was lost in a backup.
USERS: list[Row] = [
    (3001, 201, "ida", "ida@northwind.example", 400),
    (3002, 201, "olaf", "0", 400),
]
CONTACTS: list[Row] = [(301, 7, 201, "Mona", "mona@northwind.example", 0)]
SITES: list[Row] = [(202, "Somebody else")]

# id, site, title, status, recruiter and owner, contact, last edited
JOBS: list[Row] = [
    (101, 201, "Data Engineer", "Active", 3001, 301, "2007-01-08 09:00:00"),
    (102, 201, "Warehouse Lead", "Active", 3001, 301, "2007-01-08 09:00:00"),
    # Edited once more after it was closed, which must not move the closing.
    (103, 201, "Controller", "Closed", 3001, 301, "2007-02-02 11:00:00"),
    (104, 201, "Night Nurse", "Active", 3002, -1, "2007-01-08 09:00:00"),
    (105, 201, "Pastry Chef", "OnHold", 3001, 301, "2007-01-22 09:00:00"),
    (202, 202, "Elsewhere", "Active", 3001, 301, "2007-01-08 09:00:00"),
]
CLOSINGS: list[Row] = [(400, 103, "status", "Active", "Closed", "2007-01-29 15:00:00")]

# Each application, what happened to it (below), and which rules it breaks at NOW.
# A person is numbered like their first application, and 1001 is p1001@mail.example.
# application, person, job, stage, applied, last touched
APPLICATIONS: list[Row] = [
    # Only an automatic receipt, which is no reply: first-reply.
    (1001, 1001, 101, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # A mail by Ida to somebody with one application: fine.
    (1002, 1002, 101, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # One person, two applications; the mail left 20 s after 1003 was moved, so 1003
    # is answered and 1004 is not: first-reply for 1004.
    (1003, 1003, 101, 200, "2007-01-12 10:00:00", "2007-01-16 10:00:00"),
    (1004, 1003, 102, 100, "2007-01-13 10:00:00", "2007-01-13 10:00:00"),
    # Two applications; the mail names the Warehouse Lead: first-reply for 1005.
    (1005, 1005, 101, 100, "2007-01-12 11:00:00", "2007-01-12 11:00:00"),
    (1006, 1005, 102, 100, "2007-01-13 11:00:00", "2007-01-13 11:00:00"),
    # Two applications; nothing tells which one is meant: first-reply for both.
    (1007, 1007, 101, 100, "2007-01-12 12:00:00", "2007-01-12 12:00:00"),
    (1008, 1007, 102, 100, "2007-01-13 12:00:00", "2007-01-13 12:00:00"),
    # Turned down on Tuesday 30 January at 11:00 without a word; due Thursday 11:00:
    # decided-not-told, and first-reply as well.
    (1009, 1009, 101, 650, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # Turned down in the same minute, and told by mail 8 s later: fine.
    (1010, 1010, 101, 650, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # Hired without a mail: no rule is about that.
    (1011, 1011, 101, 800, "2007-01-10 09:00:00", "2007-01-25 09:00:00"),
    # A logged talk on the telephone: fine.
    (1012, 1012, 101, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # Voice mail, a missed call and the note of a moved card: first-reply.
    (1013, 1013, 101, 300, "2007-01-15 09:00:00", "2007-01-18 09:00:00"),
    # Mail to many, stored under the administration site 180: fine.
    (1014, 1014, 101, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # The candidate is hidden: not read.
    (1015, 1015, 101, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # Another site's application: not read.
    (1016, 1016, 202, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # Left over when the job shut on Monday 29 January at 15:00, with a mail before but
    # none since; due Wednesday 15:00: leftovers-at-close.
    (1017, 1017, 103, 200, "2007-01-08 09:00:00", "2007-01-12 09:00:00"),
    # No reply, and no recruiter whose address is known: first-reply.
    (1018, 1018, 104, 100, "2007-01-16 09:00:00", "2007-01-16 09:00:00"),
    # A talk logged without a job, by somebody with one application: fine.
    (1019, 1019, 102, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # Handed over on Friday 2 February at 17:30, after hours, so since Monday 08:00 and
    # due on Wednesday 08:00: fine.
    (1020, 1020, 101, 400, "2007-01-15 09:00:00", "2007-02-02 17:30:00"),
    # Handed over on Wednesday 31 January at 09:00, due Friday 09:00: manager-review.
    (1021, 1021, 101, 400, "2007-01-15 09:00:00", "2007-01-31 09:00:00"),
    # Interviewed on Tuesday 30 January at 13:00, due Thursday 13:00: manager-review.
    (1022, 1022, 101, 500, "2007-01-15 09:00:00", "2007-01-26 09:00:00"),
    # The interview is still to come, so nobody is awaited: fine.
    (1023, 1023, 101, 500, "2007-01-15 09:00:00", "2007-01-26 09:00:00"),
    # Declined by the client, and called about it the next day: fine.
    (1024, 1024, 102, 700, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # Declined on Friday 2 February at 12:00, due on Tuesday 6 February: fine.
    (1025, 1025, 102, 700, "2007-01-15 09:00:00", "2007-02-02 12:00:00"),
    # The job is on hold and nobody has said so: first-reply.
    (1026, 1026, 105, 100, "2007-01-15 09:00:00", "2007-01-15 09:00:00"),
    # The mail of 14 January came before the second application and can only mean the
    # first; the second is due on 3 February: first-reply for 1028.
    (1027, 1027, 101, 100, "2007-01-10 09:00:00", "2007-01-10 09:00:00"),
    (1028, 1027, 102, 100, "2007-01-20 09:00:00", "2007-01-20 09:00:00"),
    # Declined by the client after an interview, and called twice in vain before a mail
    # was sent: fine, since nobody could be reached.
    (1030, 1030, 102, 700, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # Turned down three quarters of an hour after a call, which was about that: fine.
    (1031, 1031, 101, 650, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # The mail left three minutes before, and so was about something else:
    # decided-not-told.
    (1032, 1032, 101, 650, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # The meeting of that morning was about something else too: decided-not-told.
    (1033, 1033, 101, 650, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # Logged as written to, a minute before: fine.
    (1034, 1034, 101, 650, "2007-01-10 09:00:00", "2007-01-30 11:00:00"),
    # Called half an hour before the job shut: fine.
    (1035, 1035, 103, 200, "2007-01-08 09:00:00", "2007-01-12 09:00:00"),
    # Turned down and told a week before the job shut: fine.
    (1036, 1036, 103, 650, "2007-01-08 09:00:00", "2007-01-22 11:00:00"),
    # Thirteen days old: fine.
    (1029, 1029, 101, 100, "2007-01-23 09:00:00", "2007-01-23 09:00:00"),
]
HIDDEN = 1015

# person, job, when, from, to
MOVES: list[Row] = [
    (1003, 101, "2007-01-16 10:00:00", 100, 200),
    (1009, 101, "2007-01-30 11:00:00", 100, 650),
    (1010, 101, "2007-01-30 11:00:00", 100, 650),
    (1011, 101, "2007-01-25 09:00:00", 100, 800),
    (1013, 101, "2007-01-18 09:00:00", 100, 300),
    (1017, 103, "2007-01-12 09:00:00", 100, 200),
    (1020, 101, "2007-02-02 17:30:00", 100, 400),
    (1021, 101, "2007-01-31 09:00:00", 100, 400),
    (1022, 101, "2007-01-19 09:00:00", 100, 400),
    (1022, 101, "2007-01-26 09:00:00", 400, 500),
    (1023, 101, "2007-01-26 09:00:00", 100, 500),
    (1024, 102, "2007-01-30 11:00:00", 100, 700),
    (1025, 102, "2007-02-02 12:00:00", 100, 700),
    (1031, 101, "2007-01-30 11:00:00", 100, 650),
    (1032, 101, "2007-01-30 11:00:00", 100, 650),
    (1033, 101, "2007-01-30 11:00:00", 100, 650),
    (1034, 101, "2007-01-30 11:00:00", 100, 650),
    (1035, 103, "2007-01-12 09:00:00", 100, 200),
    (1036, 103, "2007-01-22 11:00:00", 100, 650),
    (1030, 102, "2007-01-12 09:00:00", 100, 200),
    (1030, 102, "2007-01-16 10:30:00", 200, 300),
    (1030, 102, "2007-01-18 09:00:00", 300, 600),
    (1030, 102, "2007-01-19 09:00:00", 600, 300),
    (1030, 102, "2007-01-30 11:00:00", 300, 700),
]

# to, sender (1250 is OpenCATS itself), site, when, text
MAILS: list[Row] = [
    (1001, 1250, 201, "2007-01-15 09:00:03", "Thank you for your application"),
    (1002, 3001, 201, "2007-01-18 10:00:00", "We are still reading"),
    (1003, 3001, 201, "2007-01-16 10:00:20", "Your application has moved on"),
    (1005, 3001, 201, "2007-01-17 10:00:00", "About the job as Warehouse Lead"),
    (1007, 3001, 201, "2007-01-17 11:00:00", "We are still reading"),
    (1010, 3001, 201, "2007-01-30 11:00:08", "We have chosen somebody else"),
    (1014, 3001, 180, "2007-01-19 10:00:00", "A word to all applicants"),
    (1017, 3001, 201, "2007-01-12 10:00:00", "We are still reading"),
    (1020, 3001, 201, "2007-01-16 10:00:00", "We are still reading"),
    (1021, 3001, 201, "2007-01-16 10:00:00", "We are still reading"),
    (1022, 3001, 201, "2007-01-16 10:00:00", "We are still reading"),
    (1023, 3001, 201, "2007-01-16 10:00:00", "We are still reading"),
    (1025, 3001, 201, "2007-01-16 10:00:00", "We are still reading"),
    (1027, 3001, 201, "2007-01-14 10:00:00", "We are still reading"),
    (1030, 3001, 201, "2007-02-01 10:05:00", "We could not reach you"),
    (1032, 3001, 201, "2007-01-30 10:57:00", "We are still reading"),
    (1036, 3001, 201, "2007-01-23 09:00:00", "We have chosen somebody else"),
    (1036, 3001, 201, "2007-01-29 16:00:00", "The job is filled"),
]

# person, job (-1: none given), when, type, notes
ACTIVITIES: list[Row] = [
    (1012, 101, "2007-01-20 10:00:00", 500, "Talked about the next steps"),
    (1013, 101, "2007-01-18 09:00:00", 100, "Status change: Qualifying"),
    (1013, 101, "2007-01-18 10:00:00", 600, "Left a message"),
    (1013, 101, "2007-01-19 10:00:00", 700, ""),
    (1019, -1, "2007-01-20 10:00:00", 500, "Talked"),
    (1024, 102, "2007-01-31 10:00:00", 500, "Told that the client declined"),
    (1024, 102, "2007-01-31 16:00:00", 200, "Sent what was said"),
    (1030, 102, "2007-01-29 10:00:00", 700, "Not about the outcome yet"),
    (1030, 102, "2007-01-30 10:59:58", 600, "Left a message"),
    (1030, 102, "2007-02-01 10:00:00", 700, ""),
    (1030, 102, "2007-02-02 10:00:00", 700, ""),
    (1031, 101, "2007-01-30 10:15:00", 500, "Told, and then moved the card"),
    (1033, 101, "2007-01-30 10:15:00", 300, "Met again"),
    (1034, 101, "2007-01-30 10:59:00", 200, "Sent what was said"),
    (1035, 103, "2007-01-29 14:30:00", 500, "Told that the job is filled"),
]
# person, job, when
INTERVIEWS: list[Row] = [
    (1022, 101, "2007-01-30 13:00:00"),
    (1023, 101, "2007-02-07 13:00:00"),
    (1030, 102, "2007-01-26 13:00:00"),
]

# The eight of the demo, applied on 17 January and never written to, are due on
# 31 January; 7 and 8 also lie with the line manager since 16 and 17 January.
DEMO_FINDINGS = {("first-reply", str(number)) for number in range(1, 9)} | {
    ("manager-review", "7"),
    ("manager-review", "8"),
}
SCENARIO_FINDINGS = {
    ("first-reply", "1001"),
    ("first-reply", "1004"),
    ("first-reply", "1005"),
    ("first-reply", "1007"),
    ("first-reply", "1008"),
    ("first-reply", "1009"),
    ("first-reply", "1013"),
    ("first-reply", "1018"),
    ("first-reply", "1026"),
    ("first-reply", "1028"),
    ("manager-review", "1021"),
    ("manager-review", "1022"),
    ("decided-not-told", "1009"),
    ("decided-not-told", "1032"),
    ("decided-not-told", "1033"),
    ("leftovers-at-close", "1017"),
}


class Events(NamedTuple):
    """What befell some applications, as rows of the columns named above."""

    applications: list[Row]
    moves: list[Row]
    mails: list[Row]
    activities: list[Row]
    interviews: list[Row]


def insert_scenario(url: str) -> None:
    """Add the rows above to a database that holds the demo."""
    tables: list[tuple[str, list[Row]]] = [
        ("site (site_id, name)", SITES),
        ("user (user_id, site_id, user_name, email, access_level)", USERS),
        (
            "contact (contact_id, company_id, site_id, first_name, email1, company_department_id)",
            CONTACTS,
        ),
        (
            "joborder (joborder_id, site_id, title, status, recruiter, owner, contact_id, date_modified)",
            [(*row[:5], *row[4:]) for row in JOBS],
        ),
        (
            "history (data_item_type, data_item_id, the_field, previous_value, new_value, set_date, site_id)",
            [(*row, 201) for row in CLOSINGS],
        ),
    ]
    _insert(url, tables)
    insert_events(url, Events(APPLICATIONS, MOVES, MAILS, ACTIVITIES, INTERVIEWS))


def insert_events(url: str, events: Events) -> None:
    """Add applications to the jobs of the scenario, and what befell them."""
    people = sorted({str(row[1]) for row in events.applications})
    sites = {row[0]: row[1] for row in JOBS}
    tables: list[tuple[str, list[Row]]] = [
        (
            "candidate (candidate_id, site_id, first_name, last_name, email1, is_admin_hidden)",
            [
                (p, 201, "Person", p, f"p{p}@mail.example", int(p) == HIDDEN)
                for p in people
            ],
        ),
        (
            "candidate_joborder (candidate_joborder_id, candidate_id, joborder_id, status, date_created, date_modified, site_id)",
            [(*row, sites[row[2]]) for row in events.applications],
        ),
        (
            "candidate_joborder_status_history (candidate_id, joborder_id, date, status_from, status_to, site_id)",
            [(*row, 201) for row in events.moves],
        ),
        (
            "email_history (recipients, user_id, site_id, date, text)",
            [
                (f"p{to}@mail.example", who, site, at, f"Subject: {words}")
                for to, who, site, at, words in events.mails
            ],
        ),
        (
            "activity (data_item_id, joborder_id, date_created, type, notes, data_item_type, site_id)",
            [(*row, 100, 201) for row in events.activities],
        ),
        (
            "calendar_event (data_item_id, joborder_id, date, type, title, data_item_type, site_id)",
            [(*row, 400, "Interview", 100, 201) for row in events.interviews],
        ),
    ]
    _insert(url, tables)


def _insert(url: str, tables: list[tuple[str, list[Row]]]) -> None:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for table, rows in tables:
            names = ", ".join(f":v{at}" for at in range(len(rows[0])))
            connection.execute(
                text(f"INSERT INTO {table} VALUES ({names})"),  # noqa: S608 - names above
                [{f"v{at}": value for at, value in enumerate(row)} for row in rows],
            )


def expected_findings(
    url: str, now: datetime, zone: str = ZONE
) -> set[tuple[str, str]]:
    """Return (rule, application id) of all that is late at now.

    `zone` is that of the stored times.
    """
    local = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        rows = connection.execute(text(EXPECTATION.read_text()), {"now": local}).all()
    return {(rule, str(number)) for rule, number in rows}
