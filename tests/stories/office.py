"""A small office: a settings folder over a recruiting database in SQLite.

All times are told in days before `now`, so that a story may play at a set instant
or, with a real process, today.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml
from sqlalchemy import make_url

from monitor import configuration, shipped
from monitor.configuration import Configuration
from monitor.demo import ats, letters

NOW = datetime(2026, 9, 16, 8, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Oslo
RECRUITER, MANAGER = "ingrid.berg@example.com", "per.holm@example.com"
NAMES = {
    "waiting": "Åse Nordmann",
    "soon": "Sigrún Jónsdóttir",
    "reviewed": "Jussi O'Neill",
    "declined": "Märta Lind-Ek",
    "answered": "Ola Dahl",
    "fresh": "Nils Friis",
}
RULES = ("decided-not-told", "first-reply", "manager-review")
# What `furnish` leaves late at NOW: first-reply is due after 14 days, with a warning
# from the tenth; the two others after 2 working days.
LATE = {
    ("decided-not-told", "declined"),
    ("first-reply", "waiting"),
    ("manager-review", "reviewed"),
}
WARNED = ("first-reply", "soon")
COMPUTED = {
    "receipt_until",
    "letters_from",
    "calls_from",
}  # columns that the schema fills itself
ALWAYS_OPEN = {
    "timezone": "UTC",
    "hours": dict.fromkeys(
        (
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ),
        "00:00-23:59",
    ),
}

Settings = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Office:
    """Where everything of one story lies."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "config" / "svar.yaml"

    @property
    def rules(self) -> Path:
        return self.folder / "rules"

    @property
    def ats(self) -> Path:
        return self.folder / "recruiting.db"

    @property
    def state(self) -> Path:
        return self.folder / "svar.db"

    def load(self, environ: Mapping[str, str] | None = None) -> Configuration:
        """Return the checked configuration."""
        return configuration.read(self.settings, environ or {})

    def change(self, **sections: Any) -> None:
        """Lay sections over the settings file; None takes one away."""
        data = yaml.safe_load(self.settings.read_text(encoding="utf-8"))
        data = {k: v for k, v in (data | sections).items() if v is not None}
        self.settings.write_text(yaml.safe_dump(data), encoding="utf-8")

    def source(self, **keys: Any) -> None:
        """Lay keys over those of the source in the settings file."""
        data = yaml.safe_load(self.settings.read_text(encoding="utf-8"))
        self.change(sources=[data["sources"][0] | keys])

    def run(self, sql: str, *values: object) -> None:
        """Run a statement on the recruiting database, as the ATS itself would."""
        with closing(sqlite3.connect(self.ats)) as connection, connection:
            connection.execute(sql, values)


def build(folder: Path, **sections: Any) -> Office:
    """Make an empty database, three of the shipped rules and settings that fit them."""
    office = Office(folder)
    office.settings.parent.mkdir(parents=True)
    office.rules.mkdir()
    for rule in RULES:
        text = (shipped.folder() / "rules" / f"{rule}.yaml").read_bytes()
        (office.rules / f"{rule}.yaml").write_bytes(text)
    ats.create(office.ats)
    source = {
        "name": "recruiting",
        "url": f"sqlite:///{office.ats}",
        "mapping": "standard",
        "timezone": "UTC",
    }
    office.settings.write_text("{}", encoding="utf-8")
    office.change(
        **{
            "sources": [source],
            "state": {"url": f"sqlite:///{office.state}"},
            "metrics": {"listen": "127.0.0.1:0"},
            "people": {"fallback": "#recruiting-ops"},
            **sections,
        }
    )
    return office


def furnish(office: Office, now: datetime = NOW, *, handed_on: float = 7) -> None:
    """Add people, a job and six applications, three of them late by now.

    So many days ago one was handed on: where every day is a working day, fewer.
    """
    for person, role in ((RECRUITER, "recruiter"), (MANAGER, "manager")):
        office.run("INSERT INTO people VALUES (?, ?, ?, ?)", person, person, role, role)
    office.run(
        "INSERT INTO jobs (id, title, recruiter_id, manager_id, status)"
        " VALUES ('dev', 'Developer', ?, ?, 'open')",
        RECRUITER,
        MANAGER,
    )
    apply(office, "waiting", now, days=17)
    apply(office, "soon", now, days=11)
    apply(office, "fresh", now, days=1)
    apply(office, "answered", now, days=20)
    reply(office, "answered", now, days=15)
    apply(office, "reviewed", now, days=9)
    reply(office, "reviewed", now, days=8)
    at = letters.text(now - timedelta(days=handed_on))
    change(office, "reviewed", waiting_on="manager", waiting_since=at, shared_at=at)
    apply(office, "declined", now, days=12)
    reply(office, "declined", now, days=9)
    decide(office, "declined", now, days=7)


def apply(office: Office, name: str, now: datetime, *, days: float) -> None:
    """Add a candidate and their application of so many days ago."""
    at = letters.text(now - timedelta(days=days))
    shown, email = NAMES.get(name, name.title()), f"{name}@mail.example"
    office.run("INSERT INTO candidates VALUES (?, ?, ?)", name, shown, email)
    office.run(
        "INSERT INTO applications (id, candidate_id, job_id, applied_at, status, stage,"
        " updated_at) VALUES (?, ?, 'dev', ?, 'open', 'Applied', ?)",
        *(name, name, at, at),
    )


def reply(office: Office, name: str, now: datetime, *, days: float = 0) -> None:
    """Let somebody write to the candidate."""
    at = letters.text(now - timedelta(days=days))
    office.run(
        "INSERT INTO messages (id, application_id, sent_at, direction, kind, channel)"
        " VALUES (?, ?, ?, 'out', 'human', 'email')",
        *(f"{name} {at}", name, at),
    )


def decide(office: Office, name: str, now: datetime, *, days: float) -> None:
    """Turn the candidate down without a word."""
    at = letters.text(now - timedelta(days=days))
    change(office, name, status="rejected", decided_at=at, waiting_on="nobody")


def change(office: Office, name: str, **columns: object) -> None:
    """Change columns of an application."""
    keys = ", ".join(f"{key} = ?" for key in columns)
    office.run(f"UPDATE applications SET {keys} WHERE id = ?", *columns.values(), name)  # noqa: S608 - names are ours


def distort(office: Office, name: str, **columns: object) -> None:
    """Put into a row what the schema would refuse, as a careless export does."""
    keys = ", ".join(f"{key} = ?" for key in columns)
    with closing(sqlite3.connect(office.ats)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(
            f"UPDATE applications SET {keys} WHERE id = ?",  # noqa: S608 - names are ours
            (*columns.values(), name),
        )


def copy(office: Office, url: str) -> None:
    """Copy the recruiting database into an empty PostgreSQL."""
    folder = shipped.folder() / "config" / "ats" / "standard"
    ddl = (folder / "schema.postgresql.sql").read_text(encoding="utf-8")
    address = make_url(url).set(drivername="postgresql")
    with (
        psycopg.connect(address.render_as_string(hide_password=False)) as server,
        closing(sqlite3.connect(office.ats)) as origin,
    ):
        server.execute(ddl.encode())
        server.execute("SET TIME ZONE 'UTC'")
        for table in ("people", "jobs", "candidates", "applications", "messages"):
            rows = origin.execute(f"SELECT * FROM {table}")  # noqa: S608 - names are ours
            names = [each[0] for each in rows.description]
            kept = [n for n, name in enumerate(names) if name not in COMPUTED]
            columns = ", ".join(names[n] for n in kept)
            marks = ", ".join("%s" for _ in kept)
            statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - as above
            for row in rows:
                server.execute(statement.encode(), [row[n] for n in kept])
