"""What may happen to a candidate in OpenCATS, and which rules find whom at NOW.

Comes on top of the scenario in opencats.py and leaves its hand-worked sets alone.
"""

from tests.stories.ats import opencats
from tests.stories.ats.opencats import Events

JOBS = {"applied": 101, "applied to Controller": 103, "applied to Pastry Chef": 105}
NO_CONTACT = 100
STAGES = {
    "contacted": 200,
    "responded": 250,
    "qualifying": 300,
    "interviewing": 500,
    "turned down": 650,
    "declined": 700,
}
CALLS = {"called": 500, "left a message": 600, "missed": 700}
SENDERS = {"mailed": 3001, "receipt": 1250}  # Ida, and OpenCATS itself

# NOW is Monday 5 February 2007 at 10:00. The Controller was closed on Monday 29 January
# at 15:00, and the Pastry Chef is on hold. Each begins with the application.
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
    " 01-26 13:00 interview, 01-30 11:00 declined, 01-30 14:00 mailed",
    # The same, but called first: fine.
    1106: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 interview, 01-30 11:00 declined, 01-30 13:00 called, 01-30 14:00 mailed",
    # Called twice in vain, and then written to: fine.
    1107: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 interview, 01-30 11:00 declined, 01-31 10:00 left a message,"
    " 02-01 10:00 missed, 02-01 10:05 mailed",
    # Called once in vain, written to, and called in vain again: phone-required.
    1108: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 interview, 01-30 11:00 declined, 01-31 10:00 missed, 01-31 10:05 mailed,"
    " 02-01 10:00 missed",
    # The call was about another matter, the day before the decision: phone-required.
    1109: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 interview, 01-29 10:00 called, 01-30 11:00 declined, 01-30 14:00 mailed",
    # Called an hour before the decision, and that was about it: fine.
    1124: "01-15 09:00 applied, 01-16 10:00 mailed, 01-22 09:00 interviewing,"
    " 01-26 13:00 interview, 01-30 10:00 called, 01-30 11:00 declined, 01-30 14:00 mailed",
    # Kept on hold, last written to on 12 January: hold-heartbeat, and silence too.
    1110: "01-10 09:00 applied to Pastry Chef, 01-12 10:00 mailed",
    # The same, and told last week that nothing is lost: fine.
    1111: "01-10 09:00 applied to Pastry Chef, 01-12 10:00 mailed, 01-30 10:00 mailed",
    # Interviewed twelve days ago, and nobody has said a word since, neither inside nor
    # outside: interview-feedback, interview-outcome and manager-review.
    1112: "01-15 09:00 applied, 01-23 09:00 interviewing, 01-23 10:00 mailed,"
    " 01-24 13:00 interview",
    # Interviewed on Friday, so nothing is due before Tuesday: fine.
    1113: "01-15 09:00 applied, 01-23 09:00 interviewing, 01-23 10:00 mailed,"
    " 02-02 13:00 interview",
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
    " 01-15 09:00 interviewing, 01-19 13:00 interview, 01-30 10:00 mailed",
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
    events = Events([], [], [], [], [])
    for number, life in LIVES.items():
        _befall(events, number, life.split(", "))
    opencats.insert_events(url, events)


def _befall(events: Events, number: int, life: list[str]) -> None:
    """Add the rows that OpenCATS writes when this happens to a candidate, in turn."""
    job, stage, applied_at, at = 0, NO_CONTACT, "", ""
    for event in life:
        at, what = f"{opencats.NOW.year}-{event[:11]}", event[12:]
        if what.startswith("applied"):
            job, applied_at = JOBS[what], at
        elif what in STAGES:
            events.moves.append((number, job, at, stage, STAGES[what]))
            stage = STAGES[what]
        elif what in CALLS:
            events.activities.append((number, job, at, CALLS[what], ""))
        elif what == "interview":
            events.interviews.append((number, job, at))
        else:
            events.mails.append((number, SENDERS[what], 201, at, "Your application"))
    events.applications.append((number, number, job, stage, applied_at, at))
