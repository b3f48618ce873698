"""The office that is simulated: its people, its channels and its rules, edits included."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from monitor import configuration
from monitor.configuration import Configuration

OSLO = ZoneInfo("Europe/Oslo")
SOURCE = "ats"
INGRID, OLA, MAJA = "ingrid@example.org", "ola@example.org", "maja@example.org"
STRANGER = "stranger@example.org"  # in the ATS, and not in Slack
PER, KARI = "per@example.org", "kari@example.org"
LIV, BOSS = "liv@example.org", "boss@example.org"
RECRUITERS = (INGRID, INGRID, OLA, OLA, MAJA, STRANGER, "")
MANAGERS = (PER, PER, KARI, "")
MEMBERS = {INGRID: "Ingrid", OLA: "Ola", MAJA: "Maja", PER: "Per", KARI: "Kari"} | {
    LIV: "Liv",
    BOSS: "Berit",
}
ZONES = {KARI: "Europe/London", BOSS: "Europe/Helsinki"}
LEADS, OPS = "#leads", "#ops"
OPENS_AT, DIGEST_AT, CLOSES_AT = time(8), time(9), time(16)

_WORKING_DAYS = (
    (time(9), time(12, 50)),
    (time(8, 20), time(12, 10)),
    (time(10, 10), time(15, 55)),
)
_WEEKEND: tuple[tuple[time, ...], ...] = ((time(11, 20),), ())

# A Monday each: two before the clocks change, one before the year does, a plain one.
STARTS = (date(2026, 3, 16), date(2026, 10, 12), date(2026, 12, 14), date(2026, 6, 1))
CLOSED = frozenset({date(2026, 4, 3), date(2026, 12, 25), date(2026, 6, 10)})

_SETTINGS = """
sources:
  - name: ats
    url: sqlite:///{folder}/ats.db
    mapping: standard
    timezone: UTC
    every: 24 hours # three times as long without a good poll, and nudges are held
rules: {folder}/rules
calendar:
  timezone: Europe/Oslo
  closed: [{closed}]
people:
  roles: {{hr_lead: {boss}}}
  deputies: {{{stranger}: {liv}, {maja}: {liv}}}
  fallback: "{ops}"
privacy: {{candidate: reference}}
"""

_FIRST = """
  - id: first-reply
    title: A first reply within {target}
    when: {{status: {{not: [hired, withdrawn]}}}}
    clock: {{starts: applied_at, stops: [first_reply_at, told_at]}}
    target: {target}
    owner: has_ball
    ladder:
      - {{at: 1 day before, tell: owner}}
      - {{at: target, tell: owner, repeat: {{every: {every}, at_most: 2}}}}
      - {{at: 2 working days after, tell: "#leads"}}
      - {{at: 4 working days after, tell: [recruiter, manager]}}
    backlog: 30 days
"""
_SILENCE = """
  - id: silence
    title: The next word within 30 working hours
    when: {status: [open, on_hold]}
    clock: {starts: last_inbound_at, stops: [last_reply_at, told_at], pauses: {waiting_on: candidate}}
    target: 30 working hours
    owner: has_ball
    ladder:
      - {at: target, tell: owner}
      - {at: 2 days after, tell: [owner, hr_lead]}
"""
_REVIEW = """
  - id: review
    title: A manager decides within 1 working day
    when: {status: open, waiting_on: manager}
    clock: {starts: shared_at, stops: [decided_at, feedback_at]}
    target: 1 working day
    owner: manager
    ladder:
      - {at: target, tell: manager, repeat: {every: 24 hours, at_most: 1}}
      - {at: 2 working days after, tell: [manager, recruiter]}
"""
_DECIDED = """
  - id: decided
    title: The declined hear within 20 hours
    when: {status: rejected}
    clock: {starts: decided_at, stops: told_at}
    target: 20 hours
    owner: decided_by
    ladder:
      - {at: target, tell: owner, now: true}
      - {at: 5 hours after, tell: owner, now: true}
      - {at: 1 working day after, tell: ["#leads", hr_lead]}
"""


def _first(target: str, every: str = "1 working day") -> str:
    return _FIRST.format(target=target, every=every)


_REST = _SILENCE + _REVIEW + _DECIDED
AS_THEY_WERE = "as they were"
EDITS = {
    AS_THEY_WERE: _first("3 days") + _REST,
    "with more time": _first("5 days") + _REST,
    "with less time": _first("2 working days") + _REST,
    "with other repeats": _first("3 days", "2 working days") + _REST,
    "without first-reply": _REST,
    "without review": _first("3 days") + _SILENCE + _DECIDED,
    "with first-reply to the boss": _first("3 days").replace(
        "at: target, tell: owner", "at: target, tell: [owner, hr_lead]"
    )
    + _REST,
}


@contextmanager
def configurations() -> Iterator[dict[str, Configuration]]:
    """Yield the office's settings with each set of its rules; the calendar is one."""
    with TemporaryDirectory(prefix="svar-office-") as name:
        written = {
            edit: _written(Path(name) / str(number), rules)
            for number, (edit, rules) in enumerate(EDITS.items())
        }
        calendar = written[AS_THEY_WERE].calendar
        yield {edit: replace(each, calendar=calendar) for edit, each in written.items()}


def _written(folder: Path, rules: str) -> Configuration:
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "all.yaml").write_text(f"rules:{rules}", encoding="utf-8")
    said = _SETTINGS.format(
        folder=folder,
        closed=", ".join(map(str, sorted(CLOSED))),
        boss=BOSS,
        stranger=STRANGER,
        liv=LIV,
        maja=MAJA,
        ops=OPS,
    )
    (folder / "svar.yaml").write_text(said, encoding="utf-8")
    return configuration.read(folder / "svar.yaml", {})


def is_working_day(day: date) -> bool:
    """Tell whether the office works that day; by hand, beside the product's calendar."""
    return day.weekday() < 5 and day not in CLOSED


def polls(day: date) -> tuple[time, ...]:
    """Return when is polled on a day; a real Svar polls more often, in vain."""
    days = _WORKING_DAYS if is_working_day(day) else _WEEKEND
    return days[day.toordinal() % len(days)]


def zone_of(person: str) -> ZoneInfo:
    """Return the zone on whose clock somebody works; a channel is in Oslo."""
    return ZoneInfo(ZONES[person]) if person in ZONES else OSLO


def may_send(at: datetime, to: str, opens_at: time = DIGEST_AT) -> bool:
    """Tell whether a message may go out to them then."""
    local = at.astimezone(zone_of(to))
    return is_working_day(local.date()) and opens_at <= local.time() < CLOSES_AT


def instant(day: date, at: time) -> datetime:
    """Return a local time of the office."""
    return datetime.combine(day, at, OSLO).astimezone(UTC)


def working_days_later(day: date, count: int) -> date:
    """Return the working day so many after another day."""
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
