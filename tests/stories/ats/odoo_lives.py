"""What may happen to a candidate in Odoo 18, and which rules find whom at NOW.

Comes on top of odoo_scenario.py and leaves its hand-worked sets alone.
"""

from tests.stories.ats import odoo
from tests.stories.ats.odoo import Applied, Said

GARDENER = 90
STAGES = {
    "qualified": odoo.QUALIFICATION,
    "interviewing": odoo.FIRST_INTERVIEW,
    "second round": odoo.SECOND_INTERVIEW,
    "proposal": odoo.PROPOSAL,
}

# NOW is Monday 7 December 2026 at 12:00. The Gardener was archived on Monday
# 30 November at 10:00. Each begins with the application.
LIVES = {
    # Wrote back on Monday, due on Wednesday: candidate-waiting.
    301: "11-24 09:00 applied, 11-25 10:00 mailed, 11-30 09:00 wrote",
    # The same, and answered the day after: fine.
    302: "11-24 09:00 applied, 11-25 10:00 mailed, 11-30 09:00 wrote,"
    " 12-01 10:00 mailed",
    # The manager noted an opinion on Monday, and no decision came of it by Thursday:
    # decision-after-feedback, and interview-outcome on Friday.
    303: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 11-27 10:00 interview, 11-30 09:00 noted",
    # The same, but there is a second round, and it was told of: fine.
    304: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 11-27 10:00 interview, 11-30 09:00 noted, 12-01 09:00 second round,"
    " 12-01 10:00 mailed, 12-09 10:00 interview",
    # Left over when the job was archived: leftovers-at-close.
    305: "11-24 09:00 applied to Gardener, 11-25 10:00 mailed",
    # The same, and told with the others: fine.
    306: "11-24 09:00 applied to Gardener, 11-25 10:00 mailed, 12-01 10:00 letter",
    # Archived without a reason while the job goes on: leftovers-at-close as well.
    307: "11-24 09:00 applied, 11-25 10:00 mailed, 11-30 10:00 archived",
    # Archived alone and told, and the job was archived after that: fine.
    324: "11-24 09:00 applied to Gardener, 11-25 09:00 archived, 11-25 10:00 mailed",
    # Called the day after the refusal, and nothing in writing since: mail-after-call.
    308: "11-24 09:00 applied, 11-25 10:00 mailed, 11-30 10:00 refused,"
    " 12-01 10:00 called",
    # The same, with a mail in the afternoon: fine.
    309: "11-24 09:00 applied, 11-25 10:00 mailed, 11-30 10:00 refused,"
    " 12-01 10:00 called, 12-01 15:00 mailed",
    # Handed to the manager on Wednesday, due on Friday: manager-review.
    310: "11-24 09:00 applied, 11-25 10:00 mailed, 12-02 10:00 asked",
    # Handed over on Friday, due on Tuesday: fine.
    311: "11-24 09:00 applied, 11-25 10:00 mailed, 12-04 10:00 asked",
    # Interviewed, and refused by mail alone: phone-required.
    312: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 11-27 10:00 interview, 11-30 10:00 refused, 11-30 10:00 mailed",
    # The same, but called first: fine.
    313: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 11-27 10:00 interview, 11-30 10:00 refused, 12-01 10:00 called, 12-01 10:30 mailed",
    # The call was about another matter, two hours before the refusal: phone-required.
    314: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 11-27 10:00 interview, 11-30 08:00 called, 11-30 10:00 refused, 11-30 10:00 mailed",
    # Called an hour before Refuse was pressed, and that was about it: fine.
    325: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 11-27 10:00 interview, 11-30 09:00 called, 11-30 10:00 refused, 11-30 10:00 mailed",
    # Interviewed on 27 November, and nobody has said a word since, neither inside nor
    # outside: interview-feedback, interview-outcome and manager-review.
    315: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 11-27 10:00 interview",
    # Interviewed on Friday, so nothing is due before Tuesday: fine.
    316: "11-24 09:00 applied, 11-25 09:00 interviewing, 11-25 10:00 mailed,"
    " 12-04 10:00 interview",
    # Applied on Saturday, and the form said nothing: receipt.
    317: "12-05 09:00 applied",
    # The same, with a receipt: fine.
    318: "12-05 09:00 applied, 12-05 09:00 receipt",
    # Moved since, but last written to on 18 November: silence.
    319: "11-16 09:00 applied, 11-18 10:00 mailed, 11-25 09:00 qualified",
    # A contract was sent then, so it is the candidate's turn: fine.
    320: "11-16 09:00 applied, 11-18 09:59 proposal, 11-18 10:00 mailed",
    # Written to, but in the same stage since 16 November: stage-stale.
    321: "11-16 09:00 applied, 11-18 10:00 mailed, 11-30 10:00 mailed",
    # Nothing but a receipt: first-reply, and stage-stale too.
    322: "11-16 09:00 applied, 11-16 09:00 receipt",
    # Refused, and only a note says so: decided-not-told.
    323: "11-24 09:00 applied, 11-25 10:00 mailed, 11-30 10:00 refused,"
    " 11-30 10:00 noted",
}
FOUND = {
    "candidate-waiting": {301},
    "decided-not-told": {323},
    "decision-after-feedback": {303},
    "first-reply": {322},
    "interview-feedback": {315},
    "interview-outcome": {303, 315},
    "leftovers-at-close": {305, 307},
    "mail-after-call": {308},
    "manager-review": {310, 315},
    "phone-required": {312, 314},
    "receipt": {317},
    "silence": {319},
    "stage-stale": {321, 322},
}
# Odoo delivers every column that these ask for, and yet can never break them.
NOBODY = {
    "hold-heartbeat": "there is no such state; `blocked` is a colour on a card",
    "reason-missing": "a refusal is one by its reason, and every reason has a name",
}


def insert(url: str) -> None:
    """Add the lives above to a database that holds the scenario."""
    _open_job(url)
    for number, life in LIVES.items():
        for event in life.split(", "):
            _happen(url, number, f"{odoo.NOW.year}-{event[:11]}", event[12:])
    odoo.run(
        url,
        "UPDATE hr_job SET active = false, write_date = '2026-11-30 10:00' WHERE id = %s",
        GARDENER,
    )


def _open_job(url: str) -> None:
    odoo.run(
        url,
        "INSERT INTO hr_job (id, name, alias_id, department_id, user_id, active)"
        """ SELECT %s, '{"en_US": "Gardener"}', alias_id, department_id, user_id, true"""
        " FROM hr_job WHERE id = %s",
        *(GARDENER, odoo.JOB),
    )


def _happen(url: str, number: int, at: str, what: str) -> None:
    """Write what Odoo writes when this happens to an application."""
    match what:
        case "applied":
            odoo.apply(url, Applied(number, at))
        case "applied to Gardener":
            odoo.apply(url, Applied(number, at, columns={"job_id": GARDENER}))
        case "refused":
            _change(url, number, **odoo.refused(at))
        case "archived":
            _change(url, number, active=False, write_date=at)
        case "asked":
            odoo.ask(url, number, odoo.MANAGER, create_date=at)
        case "interview":
            odoo.meet(url, number, at, f"{at[:-2]}59")
        case _ if what in STAGES:
            stage = STAGES[what]
            _change(url, number, stage_id=stage, date_last_stage_update=at)
        case _:
            odoo.say(url, [_said(number, at, what)])


def _said(number: int, at: str, what: str) -> Said:
    """Return the row of the chatter."""
    candidate, manager = 1000 + number, odoo.MANAGER_SELF
    return {
        "mailed": Said(number, "comment", at),
        "receipt": Said(number, "auto_comment", at),
        "letter": Said(number, "email_outgoing", at, delivery=None),
        "called": Said(number, "notification", at, None, activity=odoo.CALL),
        "wrote": Said(number, "email", at, None, author=candidate),
        "noted": Said(number, "comment", at, None, author=manager),
    }[what]


def _change(url: str, number: int, **columns: object) -> None:
    keys = ", ".join(f"{key} = %s" for key in columns)
    statement = f"UPDATE hr_applicant SET {keys} WHERE id = %s"  # noqa: S608 - ours
    odoo.run(url, statement, *columns.values(), number)
