"""What may happen to a candidate in OpenCATS, and which rules find whom at NOW.

Comes on top of the scenario in opencats.py and leaves its hand-worked sets alone.
"""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.stories.opencats import NOW

IDA, OPENCATS_ITSELF = 3001, 1250  # who sends mail; the second sends receipts alone
JOBS = {"": 101, "to Controller": 103, "to Pastry Chef": 105}  # open, shut, on hold
STAGES = {
    "contacted": 200,
    "responded": 250,
    "qualifying": 300,
    "interviewing": 500,
    "turned down": 650,
    "declined": 700,
}
CALLS = {"called": 500, "left a message": 600, "missed": 700}

# NOW is Monday 5 February 2007 at 10:00. The Controller was closed on Monday 29 January
# at 15:00. Each begins with the application.
LIVES = {
    # Came back with the papers on Wednesday, due on Friday: candidate-waiting.
    1101: "01-22 09:00 applied, 01-23 10:00 mailed, 01-24 09:00 contacted,"
    " 01-31 09:00 responded",
    # The same, and thanked the day after: fine.
    1102: "01-22 09:00 applied, 01-23 10:00 mailed, 01-24 09:00 contacted,"
    " 01-31 09:00 responded, 02-01 10:00 mailed",
    # Called the day after the decision, and nothing in writing since: mail-after-call.
    1103: "01-15 09:00 applied, 01-16 10:00 mailed, 01-30 11:00 declined,"
    " 01-31 10:00 called",
    # The same, with a mail in the afternoon: fine.
    1104: "01-15 09:00 applied, 01-16 10:00 mailed, 01-30 11:00 declined,"
    " 01-31 10:00 called, 01-31 15:00 mailed",
    # Interviewed, and declined by mail alone: phone-required.
    1105: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 met, 01-30 11:00 declined, 01-30 14:00 mailed",
    # The same, but called first: fine.
    1106: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 met, 01-30 11:00 declined, 01-30 13:00 called, 01-30 14:00 mailed",
    # Called twice in vain, and then written to: fine.
    1107: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 met, 01-30 11:00 declined, 01-31 10:00 left a message,"
    " 02-01 10:00 missed, 02-01 10:05 mailed",
    # Called once in vain, written to, and called in vain again: phone-required.
    1108: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 met, 01-30 11:00 declined, 01-31 10:00 missed, 01-31 10:05 mailed,"
    " 02-01 10:00 missed",
    # The call was about another matter, the day before the decision: phone-required.
    1109: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 met, 01-29 10:00 called, 01-30 11:00 declined, 01-30 14:00 mailed",
    # Kept on hold, last written to on 12 January: hold-heartbeat, and silence too.
    1110: "01-10 09:00 applied to Pastry Chef, 01-12 10:00 mailed",
    # The same, and told last week that nothing is lost: fine.
    1111: "01-10 09:00 applied to Pastry Chef, 01-12 10:00 mailed, 01-30 10:00 mailed",
    # Interviewed twelve days ago, and nobody has said a word since, neither inside nor
    # outside: interview-feedback, interview-outcome and manager-review.
    1112: "01-15 09:00 applied, 01-22 09:00 interviewing, 01-23 10:00 mailed,"
    " 01-24 13:00 met",
    # Interviewed on Friday, so nothing is due before Tuesday: fine.
    1113: "01-15 09:00 applied, 01-22 09:00 interviewing, 01-23 10:00 mailed,"
    " 02-02 13:00 met",
    # Applied on Saturday, and the form said nothing: receipt.
    1114: "02-03 09:00 applied",
    # The same, with a receipt: fine.
    1115: "02-03 09:00 applied, 02-03 09:00 receipt",
    # Moved since, but last written to on 16 January: silence.
    1116: "01-15 09:00 applied, 01-16 10:00 mailed, 01-25 09:00 qualifying",
    # The same, but it is the candidate's turn: fine.
    1117: "01-15 09:00 applied, 01-16 10:00 mailed, 01-17 09:00 contacted",
    # Written to, but in the same stage since 16 January: stage-stale.
    1118: "01-15 09:00 applied, 01-16 09:00 qualifying, 01-17 10:00 mailed,"
    " 01-30 10:00 mailed",
    # Nothing but a receipt: first-reply, and stage-stale too.
    1119: "01-17 09:00 applied, 01-17 09:00 receipt",
    # Turned down, and a voice mail tells nobody anything: decided-not-told.
    1120: "01-15 09:00 applied, 01-16 10:00 mailed, 01-30 11:00 turned down,"
    " 01-31 10:00 left a message",
    # Left over when the job shut: leftovers-at-close.
    1121: "01-08 09:00 applied to Controller, 01-12 10:00 mailed",
    # The same, and written to the day after: fine.
    1122: "01-08 09:00 applied to Controller, 01-12 10:00 mailed, 01-30 10:00 mailed",
    # The same after an interview, where a mail is not enough: phone-required.
    1123: "01-08 09:00 applied to Controller, 01-12 10:00 mailed,"
    " 01-15 09:00 interviewing, 01-19 13:00 met, 01-30 10:00 mailed",
}
FOUND = {
    "candidate-waiting": {1101},
    "decided-not-told": {1120},
    "first-reply": {1119},
    "hold-heartbeat": {1110},
    "interview-feedback": {1112},
    "interview-outcome": {1112},
    "leftovers-at-close": {1121},
    "mail-after-call": {1103},
    "manager-review": {1112},
    "phone-required": {1105, 1108, 1109, 1123},
    "receipt": {1114},
    "silence": {1110, 1116},
    "stage-stale": {1118, 1119},
}


def insert(url: str) -> None:
    """Add the lives above to a database that holds the scenario."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        for number, life in LIVES.items():
            for event in life.split(", "):
                for statement in _statements(event[12:]):
                    at = f"{NOW.year}-{event[:11]}"
                    connection.execute(text(statement), {"who": number, "at": at})


def _statements(what: str) -> list[str]:
    """Return what OpenCATS writes when this happens to :who, at :at."""
    # The person and the application have one number, so the job is found by it.
    to_job = "SELECT joborder_id FROM candidate_joborder WHERE candidate_id = :who"
    happened, _, job = what.partition("applied")
    if not happened:
        return [
            "INSERT INTO candidate (candidate_id, site_id, last_name, email1)"
            " VALUES (:who, 201, :who, CONCAT('p', :who, '@mail.example'))",
            "INSERT INTO candidate_joborder (candidate_joborder_id, candidate_id,"
            " joborder_id, status, date_created, date_modified, site_id)"
            f" VALUES (:who, :who, {JOBS[job.strip()]}, 100, :at, :at, 201)",
        ]
    if what in STAGES:
        return [
            "INSERT INTO candidate_joborder_status_history (candidate_id, joborder_id,"
            " date, status_from, status_to, site_id)"
            f" SELECT :who, joborder_id, :at, status, {STAGES[what]}, 201"
            " FROM candidate_joborder WHERE candidate_id = :who",
            f"UPDATE candidate_joborder SET status = {STAGES[what]},"
            " date_modified = :at WHERE candidate_id = :who",
        ]
    if what in CALLS:
        return [
            "INSERT INTO activity (data_item_id, data_item_type, joborder_id,"
            " date_created, type, site_id)"
            f" VALUES (:who, 100, ({to_job}), :at, {CALLS[what]}, 201)"
        ]
    if what == "met":
        return [
            "INSERT INTO calendar_event (data_item_id, data_item_type, joborder_id,"
            f" date, type, site_id) VALUES (:who, 100, ({to_job}), :at, 400, 201)"
        ]
    sender = {"mailed": IDA, "receipt": OPENCATS_ITSELF}[what]
    return [
        "INSERT INTO email_history (recipients, user_id, site_id, date, text)"
        f" VALUES (CONCAT('p', :who, '@mail.example'), {sender}, 201, :at,"
        " 'Subject: Your application')"
    ]
