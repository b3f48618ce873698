"""What the settings file and the environment may say, and how slips are told."""

import traceback
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor import settings
from monitor.errors import ConfigError
from monitor.language import Language
from monitor.settings import Settings, Shown

PLAIN = """\
sources:
  - name: open-cats
    url: mysql+pymysql://reader@db/cats
    mapping: opencats
"""
KARI = "kari@example.com"
SECRET = "tr0ub4dor"  # noqa: S105 - it stands for one


def load(at: Path, text: str = PLAIN, **environ: str) -> Settings:
    path = at / "svar.yaml"
    path.write_text(text, encoding="utf-8")
    found, document = settings.read(path, environ)
    assert document.file == str(path)
    return found


def complaints(at: Path, text: str = PLAIN, **environ: str) -> list[str]:
    """Return what is wrong, without the folder of the file."""
    with pytest.raises(ConfigError) as caught:
        load(at, text, **environ)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    return [str(each).removeprefix(f"{at}/") for each in caught.value.problems]


def test_a_source_is_all_that_must_be_said(tmp_path: Path) -> None:
    found = load(tmp_path)
    [source] = found.sources
    assert source.url.get_secret_value() == "mysql+pymysql://reader@db/cats"
    assert source.every == timedelta(minutes=5)
    assert source.lookback == timedelta(days=180)
    assert source.evidence_lag == timedelta(0)
    assert source.statement_timeout == timedelta(minutes=2)
    assert found.rules == "../rules"
    assert found.state.url.get_secret_value() == "sqlite:///svar.db"
    assert found.metrics.listen == ("127.0.0.1", 9464)
    assert found.slack.token is None
    assert found.slack.digest_at == time(9)
    assert found.privacy.candidate is Shown.INITIALS


def test_the_default_calendar_is_office_hours(tmp_path: Path) -> None:
    calendar = load(tmp_path).calendar.calendar()
    monday = date(2026, 11, 23)
    [(opens, closes)] = calendar.ranges(monday)
    assert closes - opens == timedelta(hours=8)
    assert not calendar.is_working_day(date(2026, 11, 28))


def test_every_key_of_a_calendar_reaches_it(tmp_path: Path) -> None:
    text = (
        "calendar:\n  timezone: Europe/Stockholm\n  country: SE\n"
        "  hours: {monday: 08:00-12:00, tuesday: ['8:00-12:00', 13:00 - 17:00]}\n"
        "  closed: [2026-11-30]\n  half_days: {2026-12-01: 10:00}\n"
    )
    calendar = load(tmp_path, PLAIN + text).calendar.calendar()
    hours = [
        sum((closes - opens for opens, closes in calendar.ranges(day)), timedelta())
        for day in (date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25))
    ]
    assert hours == [timedelta(hours=4), timedelta(hours=8), timedelta()]
    assert not calendar.is_working_day(date(2026, 11, 30))
    [(opens, closes)] = calendar.ranges(date(2026, 12, 1))
    assert closes - opens == timedelta(hours=2)
    assert calendar.holiday_name(date(2026, 1, 6)) is not None


def test_a_named_calendar_takes_what_it_leaves_open_from_the_main_one(
    tmp_path: Path,
) -> None:
    text = (
        "calendar: {timezone: Europe/Oslo, country: DE, region: BY, "
        "closed: [2026-11-30]}\n"
        "calendars:\n  south: {timezone: Europe/Rome}\n  east: {country: SE}\n"
    )
    found = load(tmp_path, PLAIN + text)
    south, east = found.calendar_of("south"), found.calendar_of("east")
    assert (south.timezone, south.country, south.region) == ("Europe/Rome", "DE", "BY")
    assert (east.timezone, east.country, east.region) == ("Europe/Oslo", "SE", None)
    assert south.closed == east.closed == (date(2026, 11, 30),)


def test_departments_share_the_calendar_that_they_name(tmp_path: Path) -> None:
    text = (
        "calendars: {south: {timezone: Europe/Rome}, east: {country: SE}}\n"
        "departments: {Health: south, Care & Schools: south, IT: east}\n"
    )
    found = load(tmp_path, PLAIN + text).by_department()
    assert set(found) == {"Health", "Care & Schools", "IT"}
    assert found["Health"] is found["Care & Schools"]
    assert found["Health"].zone == ZoneInfo("Europe/Rome")


def test_no_department_needs_a_calendar_of_its_own(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert (found.calendars, found.departments, found.by_department()) == ({}, {}, {})


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("30 seconds", timedelta(seconds=30)),
        ("1 minute", timedelta(minutes=1)),
        ("2 hours", timedelta(hours=2)),
        ("3650 days", timedelta(days=3650)),
    ],
)
def test_an_interval_names_its_unit(
    tmp_path: Path, text: str, interval: timedelta
) -> None:
    assert load(tmp_path, f"{PLAIN}    every: {text}\n").sources[0].every == interval


@pytest.mark.parametrize(
    ("text", "listen"),
    [
        ("0.0.0.0:9464", ("0.0.0.0", 9464)),  # noqa: S104 - only read
        ("'[::1]:9464'", ("::1", 9464)),
        ("localhost:65535", ("localhost", 65535)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_metrics_listen_on_a_host_and_port(
    tmp_path: Path, text: str, listen: tuple[str, int]
) -> None:
    found = load(tmp_path, f"{PLAIN}metrics: {{listen: {text}}}\n")
    assert found.metrics.listen == listen


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("slak: {}", ':1: slak: unknown key "slak"; did you mean "slack"?'),
        ("slack: {tokn: x}", ':9: slack.tokn: unknown key "tokn"; did you mean "token'),
        ("slack: {channels: {leads: C1}}", '"leads" is not a channel (try "#recruit'),
        ("slack: {digest_at: 9}", '"9" is not a time of day (try "09:00")'),
        ("slack: {digest_at: 24:00}", '"24:00" is not a time of day'),
        ("people: {fallback: hr}", '"hr" is not a channel (try "#recruiting-ops")'),
        ("people: {roles: {hr: [a]}}", ":18: people.roles.hr: expected text, found a"),
        ("privacy: {candidate: nam}", '"nam" is not known; did you mean "name"?'),
        ("privacy:", "privacy: expected keys and values, found nothing"),
        ("log: {level: loud}", '"loud" is not known (one of debug, error, info, warn'),
        ("language: no", '"no" is not known (one of da, en, nb, sv)'),
        (
            "people: {languages: {kari@example.com: norsk}}",
            '.kari@example.com: "norsk" is not known (one of da, en, nb, sv)',
        ),
        ("people: {languages: nb}", "people.languages: expected keys and values"),
        ("metrics: {listen: 9464}", '"9464" is not host:port (try "127.0.0.1:9464")'),
        ("metrics: {listen: }", 'metrics.listen: is empty (try "127.0.0.1:9464")'),
        ("calendar: {half_days: {2026-12-24: }}", 'is empty (try "09:00")'),
        (
            "people: {fallback: #recruiting-ops\n}",
            "5:20: people.fallback: text that st",
        ),
        ("metrics: {listen: ':1'}", '":1" is not host:port'),
        ("metrics: {listen: 'h:65536'}", '"h:65536" is not host:port'),
        ("metrics: {listen: 'h:²'}", '"h:²" is not host:port'),
        ("calendar: {timezone: Oslo}", '"Oslo" is not a time zone (try "Europe/Oslo"'),
        ("calendar: {hours: {funday: 8-16}}", 'hours.funday: "funday" is not known; d'),
        ("calendar: {hours: {monday: 8-16}}", '"8" is not a time of day (try "09:00"'),
        ("calendar: {hours: {monday: '8'}}", '"8" is not a range of hours (try "08:0'),
        ("calendar: {closed: [24.12]}", 'closed[0]: "24.12" is not a date (try "2026'),
        ("calendar: {half_days: {2026-13-01: 8:00}}", ".2026-13-01: "),
        ("calendar: {hours: {}}", "calendar.hours: nobody ever works; give at least"),
        (
            "calendar: {hours: {monday: []}}",
            "hours: nobody ever works; give at least o",
        ),
        ("calendar: {hours: {friday: [8:00-12:00, 9:00-10:00]}}", "overlaps Fri"),
        ("calendars: {South: {}}", '"South" is not a name (small letters'),
        (
            "calendars: {s: {timezone: Rom}}",
            'calendars.s.timezone: "Rom" is not a time zone',
        ),
        ("calendars: {s: {hours: {}}}", "calendars.s.hours: nobody ever works"),
        ("calendars: {s: {contry: SE}}", 's.contry: unknown key "contry"; did you mea'),
        ("calendars: {s: {country: no}}", 'calendars.s.country: "no" is not a country'),
        (
            "calendars: {s: {region: BY}}",
            'calendars.s.region: region "BY" needs a country',
        ),
        ("departments: {IT: est}", 'departments.IT: no calendar "est"'),
        (
            "state: {lease: 2 seconds}",
            'state.lease: "2 seconds" is no lease (write 3 se',
        ),
        ("state: {lease: 11 minutes}", "is no lease (write 3 seconds to 10 minutes)"),
        ("state: {lease: 30}", 'state.lease: "30" is not an interval'),
        ("departments: {IT: {timezone: Europe/Oslo}}", "departments.IT: expected text"),
    ],
)
def test_a_bad_setting_says_what_to_write(tmp_path: Path, text: str, told: str) -> None:
    said = complaints(tmp_path, f"{PLAIN}{text}\n")
    assert any(each.startswith("svar.yaml:5:") and told in each for each in said)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("every: 5 min", 'every: "5 min" is not an interval (try "5 minutes" or'),
        ("every: 5", 'every: "5" is not an interval'),
        ("every: 0 minutes", 'every: "0 minutes" leaves no rest between two polls'),
        ("lookback: 3651 days", '"3651 days" is too long (write at most "3650 days")'),
        ("lookback: 9999999999 days", "is not an interval"),
        ("job_url: ats.example.com/{job_ref}", "job_url: not a web address with {job"),
        ("job_url: https://ats.example.com/jobs", "not a web address with {job_ref}"),
        ("job_url: 'https://a.no/{job} {job_ref}'", "/jobs/{job_ref}"),
        ("job_url: javascript:{job_ref}", "not a web address"),
        ("job_url: 'https://a.no/<{job_ref}|x>'", "not a web address"),
        ("verry: 1", 'verry: unknown key "verry"; did you mean "every"?'),
    ],
)
def test_a_bad_source_says_what_to_write(tmp_path: Path, text: str, told: str) -> None:
    [said] = complaints(tmp_path, f"{PLAIN}    {text}\n")
    assert said.startswith("svar.yaml:5:5: sources[0].")
    assert told in said


def test_a_source_has_a_plain_name_of_its_own(tmp_path: Path) -> None:
    hint = 'is not a name (small letters, digits, - and _; try "opencats")'
    assert complaints(tmp_path, PLAIN.replace("open-cats", "Open Cats")) == [
        f'svar.yaml:2:5: sources[0].name: "Open Cats" {hint}'
    ]
    twice = 'two sources are called "open-cats"; give each its own name'
    assert complaints(tmp_path, PLAIN + PLAIN.removeprefix("sources:\n")) == [
        f"svar.yaml:5:5: sources[1].name: {twice}"
    ]


def test_a_file_that_is_not_there_says_where_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file; name yours with"):
        settings.read(tmp_path / "gone.yaml", {})


def test_without_a_source_there_is_nothing_to_watch(tmp_path: Path) -> None:
    empty = "svar.yaml:1:1: sources: is empty; write at least one item"
    assert complaints(tmp_path, "sources: []") == [empty]
    assert complaints(tmp_path, "") == ["svar.yaml: sources: is missing"]


@pytest.mark.parametrize(
    ("hours", "digest_at", "fits"),
    [
        ("{monday: 08:00-16:00}", "15:59", True),
        ("{monday: 08:00-16:00}", "16:00", False),
        ("{monday: 08:00-16:00, friday: 08:00-17:00}", "16:00", True),
        ("{monday: 22:00-06:00}", "23:00", True),
    ],
)
def test_a_digest_hour_must_leave_time_to_send_it(
    tmp_path: Path, hours: str, digest_at: str, *, fits: bool
) -> None:
    text = f"{PLAIN}calendar: {{hours: {hours}}}\nslack: {{digest_at: {digest_at}}}\n"
    if fits:
        assert load(tmp_path, text).calendar.hours
    else:
        [said] = complaints(tmp_path, text)
        assert "slack.digest_at: nobody works at or after that hour" in said


def test_the_report_needs_an_hour_at_which_somebody_works(tmp_path: Path) -> None:
    wrong = 'report: {channel: "#leads", at: "23:00"}'
    [said] = complaints(tmp_path, PLAIN + wrong)
    assert "report.at: nobody works at or after that hour; no report" in said
    assert load(tmp_path, PLAIN + 'report: {at: "23:00"}').report.channel is None


def test_addresses_of_people_are_in_small_letters_as_those_of_a_source(
    tmp_path: Path,
) -> None:
    text = (
        "people:\n  roles: {hr_lead: Kari@Example.com, desk: C0123}\n"
        "  deputies: {Per@Example.com: Ola@Example.com}\n"
    )
    people = load(tmp_path, PLAIN + text).people
    assert people.roles == {"hr_lead": "kari@example.com", "desk": "C0123"}
    assert people.deputies == {"per@example.com": "ola@example.com"}


def test_a_channel_is_named_as_in_slack(tmp_path: Path) -> None:
    text = (
        "slack: {channels: {'#leads_no-1': C024BE7LH}}\npeople: {fallback: '#leads'}\n"
    )
    found = load(tmp_path, PLAIN + text)
    assert found.slack.channels == {"#leads_no-1": "C024BE7LH"}
    assert found.people.fallback == "#leads"


def test_all_that_is_wrong_in_a_calendar_is_told_where_it_stands(
    tmp_path: Path,
) -> None:
    text = """\
calendar:
  timezone: Olso
  country: Norway
  region: BY
  hours:
    monday: [8:00-12:00, 11:00-16:00]
    tuesday: 8:00-16:00
    friday: [8:00-12:00, 9:00-10:00]
"""
    said = complaints(tmp_path, PLAIN + text)
    assert [each.split(" (")[0].removeprefix("svar.yaml:") for each in said] == [
        '6:3: calendar.timezone: "Olso" is not a time zone',
        '7:3: calendar.country: "Norway" is not a country with known holidays',
        "10:5: calendar.hours.monday: Mon 08:00-12:00 overlaps Mon 11:00-16:00",
        "12:5: calendar.hours.friday: Fri 08:00-12:00 overlaps Fri 09:00-10:00",
    ]


def test_a_region_is_looked_for_in_its_country(tmp_path: Path) -> None:
    [said] = complaints(tmp_path, PLAIN + "calendar: {country: DE, region: XX}\n")
    assert said.startswith('svar.yaml:5:25: calendar.region: "XX" is not a region')


# --- the environment ---


def test_a_variable_overrides_the_file(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        PLAIN + "slack: {token: old, digest_at: 10:00}\nlog: {}\nstate:\n",
        SVAR_SLACK__TOKEN="new",  # noqa: S106
        SVAR_STATE__URL="postgresql+psycopg://svar@db/svar",
        SVAR_METRICS__LISTEN="0.0.0.0:1",
        SVAR_PEOPLE__ROLES__HR_LEAD="kari@example.org",
        SVAR_RULES="/etc/svar/rules",
    )
    assert found.slack.token is not None
    assert found.slack.token.get_secret_value() == "new"
    assert found.slack.digest_at == time(10)
    assert found.state.url.get_secret_value() == "postgresql+psycopg://svar@db/svar"
    assert found.metrics.listen == ("0.0.0.0", 1)  # noqa: S104 - only read
    assert found.people.roles == {"hr_lead": "kari@example.org"}
    assert found.rules == "/etc/svar/rules"


def test_a_source_is_found_by_its_name_whatever_its_hyphens(tmp_path: Path) -> None:
    other = PLAIN.removeprefix("sources:\n").replace("open-cats", "other")
    found = load(
        tmp_path,
        PLAIN + other,
        SVAR_SOURCES__OPEN_CATS__URL="sqlite:///a.db",
        SVAR_SOURCES__OTHER__EVERY="1 hour",
    )
    first, second = found.sources
    assert first.url.get_secret_value() == "sqlite:///a.db"
    assert first.every == timedelta(minutes=5)
    assert second.url.get_secret_value() == "mysql+pymysql://reader@db/cats"
    assert second.every == timedelta(hours=1)


def test_a_source_may_leave_its_url_to_the_environment(tmp_path: Path) -> None:
    text = "sources:\n  - name: ats\n    mapping: opencats\n"
    url = tmp_path / "url"
    url.write_text("sqlite:///a.db\n", encoding="utf-8")
    found = load(tmp_path, text, SVAR_SOURCES__ATS__URL_FILE=str(url))
    assert found.sources[0].url.get_secret_value() == "sqlite:///a.db"
    assert complaints(tmp_path, text) == ["svar.yaml:2:5: sources[0].url: is missing"]


@pytest.mark.parametrize("key", ["TOKEN", "APP_TOKEN"])
def test_an_empty_token_is_no_token(tmp_path: Path, key: str) -> None:
    empty = tmp_path / "token"
    empty.write_text(" \n", encoding="utf-8")
    for name, value in ((f"{key}_FILE", str(empty)), (key, "")):
        slack = load(tmp_path, **{f"SVAR_SLACK__{name}": value}).slack
        assert (slack.token, slack.app_token) == (None, None)


def test_an_empty_file_is_no_silent_default(tmp_path: Path) -> None:
    empty = tmp_path / "url"
    empty.touch()
    with pytest.raises(ConfigError, match=r"SVAR_STATE__URL_FILE.*not a database URL"):
        load(tmp_path, PLAIN, SVAR_STATE__URL_FILE=str(empty))


def test_foreign_variables_are_left_alone(tmp_path: Path) -> None:
    environ = {
        "SVAR_CONFIG": "/etc/svar/svar.yaml",
        "SVAR_CONFIG_FILE": "/nowhere",
        "SVAR_TAG": "0.1.0",
        "SVAR_": "",
        "SLACK__TOKEN": "x",
        "PATH": "/bin",
    }
    assert load(tmp_path, **environ) == load(tmp_path)


def test_the_environment_does_not_change_what_the_file_said(tmp_path: Path) -> None:
    path = tmp_path / "svar.yaml"
    path.write_text(PLAIN + "slack: {token: ours}\n", encoding="utf-8")
    _, document = settings.read(path, {"SVAR_SLACK__TOKEN": "theirs"})
    assert document.data["slack"] == {"token": "ours"}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("SLAK__TOKEN", 'no key "slak"; did you mean "slack"?'),
        ("SLACK__TOKN", 'slack.tokn: unknown key "tokn"; did you mean "token"?'),
        ("SLACK_TOKEN", "two underscores part the keys: SVAR_SLACK__TOKEN"),
        ("SLACK_TOKEN_FILE", "two underscores part the keys: SVAR_SLACK__TOKEN"),
        ("SLACK", "slack: expected keys and values, found text"),
        ("SLACK__TOKEN__X__Y", "slack.token holds no keys to override"),
        ("SLACK__TOKEN_FILE", "the file that it names cannot be read: No such file or"),
        ("STATE__URL", "state.url: not a database URL (try sqlite:////var/lib/svar/"),
        ("LOG__LEVEL", 'log.level: "nowhere" is not known (one of debug, error, info'),
        ("SOURCES__OPEN_CATS", "sources holds no keys to override"),
        ("SOURCES__OPENCATS__URL", 'nothing in the file is called "opencats"; did yo'),
        ("SOURCES__OPEN_CATS__EVERY", 'sources[0].every: "nowhere" is not an interva'),
    ],
)
def test_a_slip_in_a_variable_is_told_by_its_name(
    tmp_path: Path, name: str, told: str
) -> None:
    text = PLAIN + "slack: {token: ours}\n"
    [said] = complaints(tmp_path, text, **{f"SVAR_{name}": "nowhere"})
    assert said.startswith(f"SVAR_{name}: {told}")


def test_a_token_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_bytes(b"xoxb-\xff" + SECRET.encode())
    told = "the file that it names is not UTF-8; save it as UTF-8"
    assert complaints(tmp_path, SVAR_SLACK__TOKEN_FILE=str(path)) == [
        f"SVAR_SLACK__TOKEN_FILE: {told}"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "sources: is empty"),
        ("sources:\n  - reader\n", "sources[0]: expected keys and values, found text"),
        ("sources: [{mapping: opencats}]", 'URL: nothing in the file is called "ats"'),
        ("sources: [name]", 'URL: nothing in the file is called "ats"'),
        ("sources: {}\n", "sources: expected a list, found keys and values"),
        ("words", "expected keys and values, found text"),
        ("- words", "expected keys and values, found a list"),
    ],
)
def test_a_variable_finds_no_hold_in_a_broken_file(
    tmp_path: Path, text: str, told: str
) -> None:
    said = "\n".join(complaints(tmp_path, text, SVAR_SOURCES__ATS__URL="sqlite://"))
    assert told in said


# --- secrets: `complaints` looks for this one in the whole traceback ---


@pytest.mark.parametrize(
    "text",
    [
        f"slack: {SECRET}",
        f"slack: {{token: [{SECRET}]}}",
        f"slack: {{token: {{a: {SECRET}}}}}",
        f"slack: {{app_token: [{SECRET}], digest_at: 25:00}}",
        f"slack: [{SECRET}]",
        f"state: {{url: 'postgresql:/svar:{SECRET}@db/svar'}}",
        f"state: {{url: 'svar:{SECRET}@db/svar'}}",
        f"state: {{url: [{SECRET}]}}",
        f"state: {{url: 'sqlite://{SECRET}', ur: 1}}",
        f"slack: {{token: {SECRET}, token: {SECRET}}}",
        f"slack: {{token: {SECRET}",
    ],
)
def test_no_problem_and_no_traceback_tells_a_secret(tmp_path: Path, text: str) -> None:
    assert complaints(tmp_path, f"{PLAIN}{text}\n")


def test_a_token_without_quotes_that_looks_like_a_number_is_not_told(
    tmp_path: Path,
) -> None:
    assert complaints(tmp_path, PLAIN + "slack: {token: 4242424242}\n") == [
        "svar.yaml:5:9: slack.token: expected text (put the token in quotes)"
    ]


@pytest.mark.parametrize(
    "name", ["STATE__URL", "SLACK", "SLACK__TOKN", "SLACK__TOKEN_FILE", "SLAK__TOKEN"]
)
def test_no_slip_in_a_variable_tells_a_secret(tmp_path: Path, name: str) -> None:
    assert complaints(tmp_path, **{f"SVAR_{name}": f"db:{SECRET}@host"})


def test_printed_settings_hide_their_secrets(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        SVAR_SLACK__TOKEN=SECRET,
        SVAR_STATE__URL=f"postgresql://svar:{SECRET}@db/svar",
    )
    assert SECRET not in repr(found)
    assert SECRET not in str(found)


def test_the_house_and_a_person_may_read_any_of_four_languages(tmp_path: Path) -> None:
    text = "language: da\npeople: {languages: {Kari@Example.com: nb, ola@x.se: sv}}\n"
    found = load(tmp_path, PLAIN + text)
    assert found.language is Language.DA
    read = {"kari@example.com": Language.NB, "ola@x.se": Language.SV}
    assert found.people.languages == read
    assert load(tmp_path).language is Language.EN


@pytest.mark.parametrize(
    ("job_ref", "link"),
    [
        ("J1", "https://ats.example.com/jobs/J1?all=1"),
        ("a/b c&d", "https://ats.example.com/jobs/a%2Fb%20c%26d?all=1"),
        ("{job_ref}", "https://ats.example.com/jobs/%7Bjob_ref%7D?all=1"),
        ("", None),
        (None, None),
    ],
)
def test_a_job_is_found_by_its_reference(
    tmp_path: Path, job_ref: str | None, link: str | None
) -> None:
    text = "    job_url: https://ats.example.com/jobs/{job_ref}?all=1\n"
    [source] = load(tmp_path, PLAIN + text).sources
    assert source.job_link(job_ref) == link
    [plain] = load(tmp_path).sources
    assert plain.job_link(job_ref) is None


# --- people: where they are, and when they are not ---

PEOPLE = PLAIN + "people:\n"


def test_somebody_may_be_away_for_a_day_or_some_weeks(tmp_path: Path) -> None:
    text = (
        PEOPLE + "  away: {Kari@example.com: [2026-12-24, 2026-12-27 - 2027-01-03]}\n"
    )
    people = load(tmp_path, text).people
    away = [day for day in range(23, 32) if people.is_away(KARI, date(2026, 12, day))]
    assert away == [24, 27, 28, 29, 30, 31]
    assert people.is_away(KARI, date(2027, 1, 3))
    assert not people.is_away("ola@example.com", date(2026, 12, 24))


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        (
            "  away: {kari@example.com: 2027-01-03 - 2026-12-24}",
            "ends before it begins",
        ),
        ("  away: {kari@example.com: Christmas}", '"Christmas" is not a date'),
        ("  zones: {kari@example.com: Oslo}", 'not a time zone (try "Europe/Oslo")'),
    ],
)
def test_a_slip_about_somebody_is_told(
    tmp_path: Path, said: str, complaint: str
) -> None:
    [found] = complaints(tmp_path, f"{PEOPLE}{said}\n")
    assert complaint in found
    assert found.startswith("svar.yaml:6:")


@pytest.mark.parametrize(
    ("said", "hears"),
    [
        ("  fallback: '#ops'", "#ops"),
        ("  admin: Kari@example.com\n  fallback: '#ops'", "kari@example.com"),
        ("  deputies: {}", None),
    ],
)
def test_trouble_is_told_to_the_admin_or_where_nobody_else_hears(
    tmp_path: Path, said: str, hears: str | None
) -> None:
    assert load(tmp_path, f"{PEOPLE}{said}\n").people.watch == hears


def test_a_lease_may_be_shorter(tmp_path: Path) -> None:
    text = PLAIN + "state: {lease: 10 seconds}\n"
    assert load(tmp_path, text).state.lease == timedelta(seconds=10)
