"""Applications on top of Odoo's demo, and who breaks which rule in it.

`expected_findings` asks the tables in its own way (odoo_expectation.sql).
`DUMP_FINDINGS` and `SCENARIO_FINDINGS` are the same answer worked out by hand.
"""

from datetime import UTC, datetime
from pathlib import Path

from tests.stories.ats import odoo
from tests.stories.ats.odoo import Applied, Said, refused

EXPECTATION = Path(__file__).with_name("odoo_expectation.sql")
EARLIER = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)  # a week before odoo.NOW

Pair = tuple[str, str]


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
    Applied(113, columns=refused(REFUSED_AT, odoo.TOO_LITTLE_PAID)),
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
            "stage_id": odoo.SIGNED,
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
    # Called three quarters of an hour before Refuse was pressed: fine.
    Applied(131, columns=refused(REFUSED_AT)),
    # The letter left three minutes before, and so was about something else:
    # decided-not-told.
    Applied(132, columns=refused(REFUSED_AT)),
    # Thirteen days old: fine.
    Applied(130, "2026-11-24 09:00:00"),
]
NOT_READ = {127}

SAID = [
    Said(101, "auto_comment", "2026-11-16 09:00:00"),
    Said(102, "auto_comment", "2026-11-16 09:00:00"),
    Said(102, "auto_comment", odoo.ASKED),
    Said(103, "comment", odoo.ASKED, delivery=None),
    Said(104, "comment", odoo.ASKED),
    Said(105, "comment", "2026-11-18 10:00:00", delivery="exception"),
    Said(105, "comment", "2026-11-18 11:00:00", delivery="bounce"),
    Said(105, "comment", "2026-11-18 12:00:00", delivery="ready"),
    Said(107, "notification", odoo.ASKED, delivery=None),
    Said(109, "email_outgoing", REFUSED_AT, delivery=None),
    Said(110, "email_outgoing", REFUSED_AT, delivery=None),
    Said(111, "notification", REFUSED_AT),
    Said(112, "notification", REFUSED_AT, delivery=None),
    Said(114, "comment", odoo.ASKED, thread="hr.candidate"),
    Said(115, "comment", odoo.ASKED, thread="hr.candidate"),
    Said(117, "comment", odoo.ASKED, thread="hr.candidate"),
    Said(119, "notification", odoo.ASKED, delivery=None, activity=odoo.CALL),
    Said(120, "notification", odoo.ASKED, delivery=None, activity=odoo.TO_DO),
    Said(121, "sms", odoo.ASKED, channel="sms"),
    Said(124, "comment", odoo.ASKED),
    Said(125, "comment", "2026-11-30 09:59:00"),
    Said(126, "comment", odoo.ASKED),
    Said(128, "comment", odoo.ASKED),
    Said(129, "email", odoo.ASKED, delivery=None, author=1129),
    Said(131, "notification", "2026-11-30 09:15:00", None, activity=odoo.CALL),
    Said(132, "comment", "2026-11-30 09:57:00"),
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
    *(("decided-not-told", str(n)) for n in (110, 112, 126, 132)),
}


def insert_scenario(url: str) -> None:
    """Add the rows above to a database that holds the dump."""
    for each in APPLICATIONS:
        odoo.apply(url, each)
    odoo.say(url, SAID)
    odoo.run(
        url,
        "INSERT INTO mail_mail SELECT id, 'outgoing' FROM mail_message"
        " WHERE model = 'hr.applicant' AND res_id = 110",
    )
    odoo.insert(
        url,
        "mail_scheduled_message",
        res_id=106,
        model="hr.applicant",
        author_id=odoo.RECRUITER_SELF,
        scheduled_date="2026-12-24 09:00:00",
    )
    odoo.say(url, [Said(108, "comment", odoo.ASKED)], to=odoo.MANAGER_SELF)
    odoo.track(url, 107, odoo.STAGE_FIELD, odoo.QUALIFICATION)
    odoo.track(url, 112, odoo.REFUSE_FIELD, odoo.UNFIT)


def expected_findings(url: str, now: datetime) -> set[Pair]:
    """Return (rule, application id) of all that is late at now."""
    sql = EXPECTATION.read_text(encoding="utf-8").replace("%", "%%")
    rows = odoo.run(
        url, sql.replace(":now", "%s::timestamp"), *[now.replace(tzinfo=None)]
    )
    return {(str(rule), str(number)) for rule, number in rows}
