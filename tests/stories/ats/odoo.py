"""An Odoo 18 database for tests: its own demo, and rows added as Odoo writes them."""

import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import psycopg
import pytest
from sqlalchemy import make_url

from monitor import mapping, shipped
from monitor.model import Application
from monitor.settings import SourceSettings
from monitor.source import Source
from tests.servers import SHARED_DATA

DUMP = "odoo/odoo18_demo_plus_scenario.sql"
FOLDER = shipped.folder() / "config" / "ats" / "odoo18"
NOW = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)  # a Monday, 16 days after the install

# The people of the demo. The job is Experienced Developer, which the recruiter has
# and whose department's manager is Marc.
JOB = 4
RECRUITER, MANAGER, STRANGER = 2, 6, 7  # users; the stranger has a portal login only
RECRUITER_SELF, MANAGER_SELF = 3, 7  # the same people as partners
NEW, QUALIFICATION, FIRST_INTERVIEW, SECOND_INTERVIEW, PROPOSAL, SIGNED = range(1, 7)
UNFIT, TOO_LITTLE_PAID = 1, 6  # refuse reasons; the second is the candidate's own
CALL, TO_DO = 2, 4
REFUSE_FIELD, STAGE_FIELD = 3908, 3883
ASKED = "2026-11-18 10:00:00"  # when most was said that counts or does not

Value = object


class Applied(NamedTuple):
    """An application, and the columns in which it differs from a fresh one."""

    id: int
    at: str = "2026-11-16 09:00:00"
    person: int | None = None
    columns: Mapping[str, Value] = MappingProxyType({})


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


def apply(url: str, each: Applied) -> None:
    """Add an application, and its candidate where that is a new person."""
    person = each.person or each.id
    if person == each.id:
        name, email = f"Person {person}", f"p{person}@mail.example"
        insert(
            url, "res_partner", id=1000 + person, name=email, email=email, active=True
        )
        insert(
            url,
            "hr_candidate",
            id=person,
            partner_id=1000 + person,
            partner_name=name,
            email_from=email,
            email_normalized=email,
            active=True,
        )
    insert(
        url,
        "hr_applicant",
        **{
            "id": each.id,
            "candidate_id": person,
            "job_id": JOB,
            "stage_id": NEW,
            "user_id": RECRUITER,
            "kanban_state": "normal",
            "active": True,
            "create_date": each.at,
            "write_date": each.at,
            "date_last_stage_update": each.at,
            **each.columns,
        },
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


def ask(url: str, application: int, user: int, **columns: Value) -> None:
    """Give the user something to do about an application."""
    fresh = {
        "res_model": "hr.applicant",
        "res_model_id": 407,
        "res_id": application,
        "user_id": user,
        "activity_type_id": TO_DO,
        "date_deadline": "2026-12-09",
        "active": True,
    }
    insert(url, "mail_activity", **fresh | columns)


def meet(url: str, application: int, start: str, stop: str, **columns: Value) -> None:
    """Put a meeting about an application into the calendar."""
    fresh = {
        "applicant_id": application,
        "name": "Interview",
        "show_as": "busy",
        "start": start,
        "stop": stop,
        "active": True,
    }
    insert(url, "calendar_event", **fresh | columns)


def track(url: str, application: int, field: int, value: int) -> None:
    """Add what the last message about an application says to have changed."""
    run(
        url,
        "INSERT INTO mail_tracking_value (mail_message_id, field_id, new_value_integer)"
        " SELECT MAX(id), %s, %s FROM mail_message WHERE res_id = %s",
        *(field, value, application),
    )


def insert(url: str, table: str, **columns: Value) -> None:
    """Add a row."""
    names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - ours
    run(url, statement, *columns.values())


def run(url: str, sql: str, *values: Value) -> list[tuple[Value, ...]]:
    """Run a statement, as Odoo itself would, and return its rows."""
    address = make_url(url).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False)) as server:
        done = server.execute(sql.encode(), values or None)
        return done.fetchall() if done.description else []


def opened(url: str) -> Source:
    """Return the database as a source, read through the shipped mapping."""
    settings = SourceSettings(name="odoo", url=url, mapping="odoo18")
    return Source(settings, mapping.read(FOLDER))


def read(url: str) -> dict[str, Application]:
    """Return all applications by their ids; none may be rejected."""
    with closing(opened(url)) as source, source.poll(NOW) as poll:
        found = {each.application_id: each for each in poll}
        assert not poll.rejected
    return found


def one(url: str, each: Applied, *said: Said) -> Application:
    """Add an application with what was said about it, and return it as read."""
    apply(url, each)
    say(url, said)
    return read(url)[str(each.id)]


def at(text: str) -> datetime:
    """Return an instant as Odoo stores it."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
