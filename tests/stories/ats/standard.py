"""Applications in the standard schema, and what a person who reads them would say."""

Row = dict[str, object]
Message = tuple[str, str, str, str]  # sent_at, direction, kind, channel

NOON = "2026-03-02 12:00:00"  # when everybody applied, unless they say otherwise
DECLINED: Row = {"status": "rejected", "decided_at": "2026-03-10 09:00:00"}
RECEIPT: Message = ("2026-03-02 12:00:30", "out", "auto", "email")
SILENCE: Row = {
    "first_reply_at": None,
    "last_reply_at": None,
    "told_at": None,
    "told_by": None,
}

# By name: columns that differ from a plain open application to the open job, what was
# said, and what the query must make of it at 09:00 UTC on 31 March.
STORIES: dict[str, tuple[Row, list[Message], Row]] = {
    "nothing-at-all": ({}, [], SILENCE | {"status": "open", "receipt_at": None}),
    "only-a-receipt": ({}, [RECEIPT], SILENCE | {"receipt_at": "2026-03-02 12:00:30"}),
    "machine-at-the-hour": (
        {},
        [("2026-03-02 13:00:00", "out", "auto", "email")],
        SILENCE | {"receipt_at": "2026-03-02 13:00:00"},
    ),
    "machine-after-the-hour": (
        {},
        [RECEIPT, ("2026-03-02 13:00:01", "out", "auto", "email")],
        {"receipt_at": "2026-03-02 12:00:30", "first_reply_at": "2026-03-02 13:00:01"},
    ),
    "note-and-draft": (
        DECLINED,
        [
            ("2026-03-11 09:00:00", "out", "note", "email"),
            ("2026-03-12 09:00:00", "out", "draft", "email"),
            ("2026-03-13 09:00:00", "in", "note", "phone"),
        ],
        SILENCE | {"decided_at": "2026-03-10 09:00:00", "last_inbound_at": None},
    ),
    "conversation": (
        {"waiting_on": "manager", "waiting_since": "2026-03-08 10:00:00"},
        [
            ("2026-03-04 10:00:00", "out", "human", "email"),
            ("2026-03-05 10:00:00", "in", "human", "email"),
            ("2026-03-06 10:00:00", "in", "human", "phone"),
            ("2026-03-07 10:00:00", "out", "status", "portal"),
        ],
        {
            "first_reply_at": "2026-03-04 10:00:00",
            "last_reply_at": "2026-03-07 10:00:00",
            "last_inbound_at": "2026-03-06 10:00:00",
            "called_at": None,
            "told_at": None,
            "waiting_on": "manager",
            "waiting_since": "2026-03-08 10:00:00",
        },
    ),
    "declined-in-silence": (
        DECLINED | {"waiting_on": "recruiter", "decided_by_id": "per"},
        [("2026-03-04 10:00:00", "out", "human", "email")],
        {
            "first_reply_at": "2026-03-04 10:00:00",
            "told_at": None,
            "told_by": None,
            "waiting_on": "nobody",
            "decided_by": "per@example.com",
        },
    ),
    "letter-in-the-same-second": (
        DECLINED,
        [("2026-03-10 09:00:00", "out", "status", "sms")],
        {"told_at": "2026-03-10 09:00:00", "told_by": "sms"},
    ),
    "letter-two-minutes-before": (
        DECLINED,
        [("2026-03-10 08:58:00", "out", "human", "portal")],
        {"told_at": "2026-03-10 09:00:00", "told_by": "portal"},
    ),
    "letter-too-long-before": (
        DECLINED,
        [("2026-03-10 08:57:59", "out", "human", "email")],
        {"told_at": None, "told_by": None, "last_written_at": "2026-03-10 08:57:59"},
    ),
    "call-an-hour-before": (
        DECLINED,
        [
            ("2026-03-10 08:00:00", "out", "human", "phone"),
            ("2026-03-10 08:59:00", "out", "human", "email"),
        ],
        {
            "told_at": "2026-03-10 09:00:00",
            "told_by": "phone",
            "called_at": "2026-03-10 08:00:00",
            "last_written_at": "2026-03-10 08:59:00",
        },
    ),
    "call-too-long-before": (
        DECLINED,
        [
            ("2026-03-10 07:59:59", "out", "human", "phone"),
            ("2026-03-10 09:30:00", "out", "human", "email"),
        ],
        {
            "told_at": "2026-03-10 09:30:00",
            "told_by": "email",
            "called_at": "2026-03-10 07:59:59",
        },
    ),
    "call-from-a-candidate-before": (
        DECLINED,
        [("2026-03-10 08:30:00", "in", "human", "phone")],
        SILENCE | {"last_inbound_at": "2026-03-10 08:30:00"},
    ),
    "knocked-out-after-outreach": (
        {"status": "rejected", "decided_at": "2026-03-02 12:00:10"},
        [("2026-03-02 11:59:00", "out", "human", "email")],
        SILENCE,
    ),
    "call-then-mail": (
        DECLINED,
        [
            ("2026-03-11 09:00:00", "out", "human", "phone"),
            ("2026-03-12 09:00:00", "out", "human", "email"),
        ],
        {
            "told_at": "2026-03-11 09:00:00",
            "told_by": "phone",
            "called_at": "2026-03-11 09:00:00",
            "last_written_at": "2026-03-12 09:00:00",
            "last_reply_at": "2026-03-12 09:00:00",
        },
    ),
    "mail-then-call": (
        DECLINED,
        [
            ("2026-03-11 09:00:00", "out", "human", "email"),
            ("2026-03-12 09:00:00", "out", "human", "phone"),
        ],
        {
            "told_by": "email",
            "called_at": "2026-03-12 09:00:00",
            "last_written_at": "2026-03-11 09:00:00",
            "last_reply_at": "2026-03-12 09:00:00",
        },
    ),
    "called-and-never-written-to": (
        {},
        [RECEIPT, ("2026-03-11 09:00:00", "out", "human", "phone")],
        {
            "last_written_at": None,
            "last_reply_at": "2026-03-11 09:00:00",
            "first_reply_at": "2026-03-11 09:00:00",
        },
    ),
    "called-in-vain-once": (
        DECLINED,
        [
            ("2026-03-09 09:00:00", "out", "attempt", "phone"),
            ("2026-03-10 09:00:00", "out", "attempt", "phone"),
        ],
        SILENCE | {"unreached_at": None, "called_at": None, "last_written_at": None},
    ),
    "called-in-vain-twice": (
        DECLINED,
        [
            ("2026-03-11 09:00:00", "out", "attempt", "phone"),
            ("2026-03-12 09:00:00", "out", "attempt", "phone"),
            ("2026-03-13 09:00:00", "out", "attempt", "phone"),
            ("2026-03-13 09:05:00", "out", "human", "email"),
        ],
        {
            "unreached_at": "2026-03-12 09:00:00",
            "called_at": None,
            "told_at": "2026-03-13 09:05:00",
            "told_by": "email",
            "last_written_at": "2026-03-13 09:05:00",
        },
    ),
    "called-in-vain-just-before": (
        DECLINED,
        [
            ("2026-03-10 08:00:00", "out", "attempt", "phone"),
            ("2026-03-10 08:30:00", "out", "attempt", "phone"),
            ("2026-03-10 09:05:00", "out", "human", "email"),
        ],
        {"unreached_at": "2026-03-10 09:00:00", "told_by": "email"},
    ),
    "called-in-vain-too-long-before": (
        DECLINED,
        [
            ("2026-03-10 07:59:59", "out", "attempt", "phone"),
            ("2026-03-10 08:30:00", "out", "attempt", "phone"),
        ],
        {"unreached_at": None},
    ),
    "second-attempt-to-come": (
        DECLINED,
        [
            ("2026-03-30 09:00:00", "out", "attempt", "phone"),
            ("2026-03-31 09:00:01", "out", "attempt", "phone"),
        ],
        {"unreached_at": None},
    ),
    "knocked-out-before-the-receipt": (
        {
            "status": "rejected",
            "decided_at": "2026-03-02 12:00:10",
            "knocked_out": True,
        },
        [RECEIPT],
        SILENCE | {"knocked_out": 1, "receipt_at": "2026-03-02 12:00:30"},
    ),
    "letter-waits-for-its-hour": (
        DECLINED,
        [("2026-03-31 09:00:01", "out", "status", "email")],
        SILENCE,
    ),
    "letter-at-this-second": (
        DECLINED,
        [("2026-03-31 09:00:00", "out", "status", "email")],
        {"told_at": "2026-03-31 09:00:00"},
    ),
    "mail-before-applying": (
        {},
        [("2026-02-20 09:00:00", "out", "human", "email")],
        SILENCE | {"receipt_at": None},
    ),
    "left-over": (
        {"job_id": "ops", "waiting_on": "recruiter"},
        [("2026-03-04 10:00:00", "out", "human", "email")],
        {
            "status": "closed",
            "decided_at": "2026-03-20 12:00:00",
            "decision": None,
            "told_at": None,
            "waiting_on": "nobody",
            "job_closed_at": "2026-03-20 12:00:00",
            "applicants": 8,
        },
    ),
    "left-over-and-told": (
        {"job_id": "ops"},
        [("2026-03-23 10:00:00", "out", "human", "email")],
        {"status": "closed", "told_at": "2026-03-23 10:00:00", "told_by": "email"},
    ),
    "left-over-and-written-to-just-before": (
        {"job_id": "ops"},
        [("2026-03-20 11:58:00", "out", "status", "email")],
        {"told_at": "2026-03-20 12:00:00", "told_by": "email"},
    ),
    "left-over-and-called-just-before": (
        {"job_id": "ops"},
        [
            ("2026-03-20 11:00:00", "out", "human", "phone"),
            ("2026-03-20 11:57:59", "out", "human", "email"),
        ],
        {"told_at": "2026-03-20 12:00:00", "told_by": "phone"},
    ),
    "left-over-and-written-to-long-before": (
        {"job_id": "ops"},
        [
            ("2026-03-20 10:59:59", "out", "human", "phone"),
            ("2026-03-20 11:57:59", "out", "human", "email"),
        ],
        {"told_at": None, "told_by": None},
    ),
    "told-before-the-job-closed": (
        DECLINED | {"job_id": "ops"},
        [
            ("2026-03-11 09:00:00", "out", "human", "phone"),
            ("2026-03-23 09:00:00", "out", "human", "email"),
        ],
        {
            "status": "rejected",
            "decided_at": "2026-03-10 09:00:00",
            "job_closed_at": "2026-03-20 12:00:00",
            "told_at": "2026-03-11 09:00:00",
            "told_by": "phone",
        },
    ),
    "interview-to-come": (
        {"next_interview_at": "2026-03-31 09:00:01"},
        [],
        {"next_interview_at": "2026-03-31 09:00:01"},
    ),
    "interview-that-begins": (
        {"next_interview_at": "2026-03-31 09:00:00"},
        [],
        {"next_interview_at": None, "interviewed_at": None},
    ),
    "interview-that-is-over": (
        {
            "interviewed_at": "2026-03-30 09:00:00",
            "next_interview_at": "2026-03-30 09:00:00",
        },
        [],
        {"next_interview_at": None, "interviewed_at": "2026-03-30 09:00:00"},
    ),
    "kept-in-reserve": (
        {"job_id": "ops", "status": "on_hold", "waiting_on": "manager"},
        [],
        {"status": "on_hold", "decided_at": None, "waiting_on": "manager"},
    ),
    "hired": (
        {"job_id": "ops", "status": "hired", "decided_at": "2026-03-19 12:00:00"},
        [("2026-03-19 12:00:00", "out", "human", "phone")],
        {"status": "hired", "told_by": "phone", "job_title": "Operator"},
    ),
    "open-for-ages": (
        {"applied_at": "2024-01-05 12:00:00", "updated_at": "2024-01-05 12:00:00"},
        [],
        {"recruiter": "ida@example.com", "manager": "per@example.com"},
    ),
}
