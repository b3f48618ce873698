"""What a good rule file means: conditions, clocks, ladders and their order."""

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor import rules, shipped, yamlfile
from monitor.errors import ConfigError
from monitor.language import Language
from monitor.model import Application, Status
from monitor.rules import Awaits, Condition, House, Kind, Rule, Rulebook, Severity
from monitor.settings import CalendarSettings
from monitor.worktime import Duration, Unit

SHIPPED = sorted((shipped.folder() / "rules").glob("*.yaml"))

PLAIN = {
    "id": "first-reply",
    "title": "Every candidate hears from us",
    "clock": "{starts: applied_at, stops: told_at}",
    "target": "14 days",
    "ladder": "[{at: target, tell: owner}]",
}


def book(*texts: dict[str, str], roles: tuple[str, ...] = ()) -> Rulebook:
    """Return the rules made of the plain one, with some keys changed."""
    lines = ["rules:"]
    for text in texts:
        pairs = [f"{key}: {value}" for key, value in {**PLAIN, **text}.items()]
        lines += ["  - " + pairs[0], *("    " + pair for pair in pairs[1:])]
    house = House(roles=frozenset(roles))
    return rules.parse([yamlfile.parse("\n".join(lines), "a.yaml")], house)


def rule(**text: str) -> Rule:
    [found] = book(text).rules
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_rule_loads_alone(path: Path) -> None:
    found = rules.parse([yamlfile.read(path)])
    assert all(each.id and each.firings for each in found.rules)


def test_the_shipped_rules_load_together() -> None:
    found = rules.read(shipped.folder() / "rules")
    promise = found.get("first-reply")
    assert promise is not None
    assert promise.target == Duration(14, Unit.DAYS)
    assert found.get("no-such-rule") is None


def test_a_plain_rule_has_the_documented_defaults() -> None:
    found = rule()
    assert (found.id, found.title) == (PLAIN["id"], PLAIN["title"])
    assert (found.clock.starts, found.clock.pick) == (("applied_at",), "latest")
    assert found.clock.stops == ("told_at",)
    assert found.tests == ()
    assert (found.owner, found.severity) == ("has_ball", Severity.NORMAL)
    assert found.backlog == Duration(90, Unit.DAYS)


@pytest.mark.parametrize(
    ("test", "values", "wanted"),
    [
        pytest.param("status: open", {Status.OPEN}, True, id="one value"),
        pytest.param("status: [open, on_hold]", {"open", "on_hold"}, True, id="any of"),
        pytest.param("status: {not: hired}", {"hired"}, False, id="not one"),
        pytest.param("status: {not: [hired]}", {"hired"}, False, id="not any of"),
        pytest.param("department: present", None, True, id="has a value"),
        pytest.param("decided_at: absent", None, False, id="has none"),
        pytest.param("country: [NO, no]", {"NO", "no"}, True, id="Norway"),
        pytest.param("internal: false", {False}, True, id="a switch"),
        pytest.param("applicants: [1, 2]", {1, 2}, True, id="numbers"),
        pytest.param("department: 'true'", {"true"}, True, id="quoted text"),
    ],
)
def test_a_condition_tests_one_column(
    test: str, values: set[object] | None, *, wanted: bool
) -> None:
    column, _, _ = test.partition(":")
    expected = Condition(column, None if values is None else frozenset(values), wanted)
    assert rule(when=f"{{{test}}}").tests == (expected,)


@pytest.mark.parametrize(
    ("starts", "columns", "pick"),
    [
        ("applied_at", ("applied_at",), "latest"),
        ("{latest: shared_at}", ("shared_at",), "latest"),
        ("{latest: [shared_at, told_at]}", ("shared_at", "told_at"), "latest"),
        ("{earliest: [shared_at, told_at]}", ("shared_at", "told_at"), "earliest"),
    ],
)
def test_a_clock_starts_at_one_of_its_columns(
    starts: str, columns: tuple[str, ...], pick: str
) -> None:
    found = rule(clock=f"{{starts: {starts}, stops: told_at}}")
    assert (found.clock.starts, found.clock.pick) == (columns, pick)


@pytest.mark.parametrize(
    ("stops", "awaits"),
    [
        ("told_at", Awaits.ANSWER),
        ("[decided_at, called_at]", Awaits.ANSWER),
        ("first_reply_at", Awaits.ANSWER),
        ("decided_at", Awaits.DECISION),
        ("[decided_at, feedback_at]", Awaits.DECISION),
    ],
)
def test_what_is_owed_is_read_off_what_stops_the_clock(
    stops: str, awaits: Awaits
) -> None:
    assert rule(clock=f"{{starts: applied_at, stops: {stops}}}").awaits is awaits


@pytest.mark.parametrize(
    ("at", "kind", "shifts"),
    [
        ("target", Kind.BREACH, ()),
        ("at target", Kind.BREACH, ()),
        ("4 days before", Kind.WARNING, ((Duration(4, Unit.DAYS), True),)),
        ("1 hour after", Kind.ESCALATION, ((Duration(1, Unit.HOURS), False),)),
        ("335 hours before", Kind.WARNING, ((Duration(335, Unit.HOURS), True),)),
    ],
)
def test_a_step_stands_before_at_or_after_the_target(
    at: str, kind: Kind, shifts: object
) -> None:
    [firing] = rule(ladder=f"[{{at: {at}, tell: [owner, manager]}}]").firings
    assert (firing.at, firing.kind) == (at.removeprefix("at "), kind)
    assert firing.shifts == shifts
    assert firing.tell == ("owner", "manager")


def test_a_public_step_is_announced_to_the_owner_a_working_day_before() -> None:
    ladder = "[{at: 5 working days after, tell: [manager, '#leads']}]"
    heads_up, public = rule(ladder=ladder).firings
    five = (Duration(5, Unit.WORKING_DAYS), False)
    day_before = (Duration(1, Unit.WORKING_DAYS), True)
    assert (heads_up.kind, heads_up.tell) == (Kind.HEADS_UP, ("owner",))
    assert heads_up.shifts == (five, day_before)
    assert heads_up.at == "heads-up for 5 working days after"
    assert (public.kind, public.tell) == (Kind.ESCALATION, ("manager", "#leads"))
    assert public.shifts == (five,)


def test_a_public_step_knows_its_announcement() -> None:
    ladder = "[{at: target, tell: '#leads'}, {at: 1 day after, tell: owner}]"
    found = rule(ladder=ladder)
    kinds = [firing.kind for firing in found.firings]
    assert kinds == [Kind.HEADS_UP, Kind.BREACH, Kind.ESCALATION]
    assert [found.heads_up(number) for number in range(3)] == [None, 0, None]


def test_a_persons_address_is_told_in_small_letters() -> None:
    ladder = "[{at: target, tell: [Kari.Berg@Example.COM, HR_Lead]}]"
    [found] = book({"ladder": ladder}, roles=("HR_Lead",)).rules
    assert found.firings[0].tell == ("kari.berg@example.com", "HR_Lead")


def test_a_repeat_tells_as_many_times_more_as_it_says() -> None:
    ladder = "[{at: target, tell: owner, repeat: {every: 2 days, at_most: 3}}]"
    firings = rule(ladder=ladder).firings
    two = (Duration(2, Unit.DAYS), False)
    assert [firing.shifts for firing in firings] == [(), (two,), (two,) * 2, (two,) * 3]
    assert {firing.kind for firing in firings} == {Kind.BREACH}


def test_no_two_firings_of_a_ladder_share_a_name_or_a_place() -> None:
    repeated = "{at: target, tell: owner, repeat: {every: 2 working days, at_most: 2}}"
    public = "{at: 5 working days after, tell: '#leads'}"
    firings = rule(ladder=f"[{repeated}, {public}]").firings
    assert len({each.name for each in firings}) == len(firings) == 5
    assert len({each.place for each in firings}) == 5
    assert (firings[0].name, firings[1].name) == ("target (+0 h)", "target (+67.2 h)")


def test_firings_come_in_the_order_of_their_time() -> None:
    ladder = (
        "[{at: 8 working hours after, tell: owner}, {at: 10 days after, tell: owner},"
        " {at: target, tell: owner}, {at: 2 working days after, tell: manager},"
        " {at: 30 hours before, tell: owner}]"
    )
    assert [firing.at for firing in rule(ladder=ladder).firings] == [
        "30 hours before",
        "target",
        "8 working hours after",
        "2 working days after",
        "10 days after",
    ]


@pytest.mark.parametrize(
    "week", ["168 hours", "7 days", "5 working days", "40 working hours"]
)
def test_a_step_a_week_before_a_target_of_a_week_is_at_the_start(week: str) -> None:
    # Five working days of eight hours make a week, whichever clock says so.
    with pytest.raises(ConfigError, match="is not after the clock starts"):
        rule(target="7 days", ladder=f"[{{at: {week} before, tell: owner}}]")
    number, unit = week.split(" ", 1)
    less = f"{int(number) - 1} {unit}"
    early = rule(target="7 days", ladder=f"[{{at: {less} before, tell: owner}}]")
    other = rule(target=week, ladder="[{at: 167 hours before, tell: owner}]")
    assert (len(early.firings), len(other.firings)) == (1, 1)


@pytest.mark.parametrize(
    "word", ["owner", "recruiter", "manager", "decided_by", "hr_lead"]
)
def test_a_step_tells_a_role(word: str) -> None:
    text = {"ladder": f"[{{at: target, tell: {word}}}]"}
    [found] = book(text, roles=("hr_lead",)).rules
    assert found.firings[0].tell == (word,)


@pytest.mark.parametrize("word", ["ingrid@example.org", "'#recruiting-leads'"])
def test_a_step_tells_a_person_or_a_channel(word: str) -> None:
    found = rule(ladder=f"[{{at: target, tell: {word}}}]")
    assert found.firings[-1].tell == (word.strip("'"),)


def test_where_the_house_is_unknown_any_word_will_do() -> None:
    text = {
        "owner": "nurse_lead",
        "ladder": "[{at: target, tell: ward_lead}]",
        "calendar": "north",
    }
    pairs = "".join(f"    {key}: {value}\n" for key, value in (PLAIN | text).items())
    document = yamlfile.parse(f"rules:\n  -\n{pairs}", "a.yaml")
    [found] = rules.parse([document], House(roles=None, calendars=None)).rules
    assert (found.owner, found.calendar) == ("nurse_lead", None)
    assert found.firings[0].tell == ("ward_lead",)
    with pytest.raises(ConfigError, match="no role, person or channel"):
        rules.parse([document], House(calendars=None))


def test_a_channel_is_named_as_one_even_where_the_house_is_unknown() -> None:
    pairs = "".join(f"    {key}: {value}\n" for key, value in PLAIN.items())
    text = pairs.replace("owner", "'#Leads'")
    document = yamlfile.parse(f"rules:\n  -\n{text}", "a.yaml")
    with pytest.raises(ConfigError, match='channel "#Leads"'):
        rules.parse([document], House(roles=None))


def test_steps_at_one_place_go_out_together() -> None:
    ladder = (
        "[{at: 7 days before, tell: owner}, {at: 5 working days before, tell: manager},"
        " {at: target, tell: owner}]"
    )
    made = rule(ladder=ladder)
    assert made.together(1, after=-1, upto=1) == (0, 1)
    assert made.together(1, after=0, upto=1) == (1,)
    assert made.together(2, after=-1, upto=2) == (2,)


def test_the_highest_rung_is_told_and_a_repeat_of_a_lower_one_does_not_hide_it() -> (
    None
):
    ladder = (
        "[{at: target, tell: owner, repeat: {every: 2 working days, at_most: 3}},"
        " {at: 5 working days after, tell: '#leads'}]"
    )
    made = rule(ladder=ladder)
    names = [firing.at for firing in made.firings]
    public = names.index("5 working days after")
    assert names[-1] == "target"  # the third repeat
    assert made.highest(-1, len(names) - 1) == public
    assert made.highest(public, len(names) - 1) == len(names) - 1
    warned = names.index("heads-up for 5 working days after")
    assert made.highest(-1, warned) == warned - 1
    assert made.together(warned - 1, after=-1, upto=warned) == (warned - 1, warned)
    assert made.highest(warned - 1, warned) == warned


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("at target", "target"),
        ("2 working day after", "2 working days after"),
        ("4  days before", "4 days before"),
        ("48 hours after", "2 days after"),
    ],
)
def test_a_step_that_is_worded_anew_is_the_same_step(one: str, other: str) -> None:
    [before] = rule(ladder=f"[{{at: {one}, tell: owner}}]").firings
    after = rule(ladder=f"[{{at: {other}, tell: owner}}]")
    assert after.reached(before.place) == 0


def test_a_ladder_knows_how_far_a_place_is() -> None:
    made = rule(ladder="[{at: 4 days before, tell: owner}, {at: target, tell: owner}]")
    first, last = (each.place for each in made.firings)
    assert [made.reached(place) for place in (first, last)] == [0, 1]
    assert made.reached((first[0] - 1, "")) == -1


@pytest.mark.parametrize(
    ("clock", "columns"),
    [
        ("{starts: applied_at, stops: told_at}", {"applied_at", "told_at"}),
        (
            "{starts: {latest: [shared_at, last_reply_at]}, stops: [last_reply_at]}",
            {"shared_at", "last_reply_at"},
        ),
    ],
)
def test_a_clock_names_what_it_runs_on(clock: str, columns: set[str]) -> None:
    assert rule(clock=clock).clock.columns == columns


def test_a_clock_says_when_it_stands_still_and_what_it_waits_for() -> None:
    pauses = "pauses: {waiting_on: candidate}, not_before: 1 day"
    clock = rule(clock=f"{{starts: applied_at, stops: told_at, {pauses}}}").clock
    assert (clock.pauses, clock.not_before) == (True, Duration(1, Unit.DAYS))
    due = "{starts: applied_at, stops: told_at, due: promised_at}"
    promised = rule(clock=due, target="")
    assert (promised.clock.due, promised.target) == ("promised_at", None)
    assert promised.clock.columns == {"applied_at", "told_at", "promised_at"}


@pytest.mark.parametrize(
    ("text", "longest", "at_most"),
    [
        (None, "3 days", 2),
        ("{longest: 1 working day}", "1 working day", 2),
        ("{at_most: 5}", "3 days", 5),
        ("never", "1 day", 0),
    ],
)
def test_an_alert_may_be_put_off_as_the_rule_says(
    text: str | None, longest: str, at_most: int
) -> None:
    snooze = rule(**({"snooze": text} if text else {})).snooze
    assert (str(snooze.longest), snooze.at_most) == (longest, at_most)


@pytest.mark.parametrize(
    ("calendar", "zone", "is_open"),
    [
        pytest.param("north", "Europe/Helsinki", False, id="by its name"),
        pytest.param("{timezone: Europe/Rome}", "Europe/Rome", True, id="inline"),
        pytest.param("{country: SE}", "Europe/Oslo", False, id="inline, a country"),
    ],
)
def test_a_rule_may_have_a_calendar_over_that_of_the_house(
    calendar: str, zone: str, *, is_open: bool
) -> None:
    epiphany = date(2026, 1, 6)  # a holiday in Sweden and Finland
    house = House(
        calendar=CalendarSettings(timezone="Europe/Oslo"),
        calendars={"north": CalendarSettings(timezone="Europe/Helsinki", country="FI")},
    )
    pairs = "".join(
        f"    {k}: {v}\n" for k, v in {**PLAIN, "calendar": calendar}.items()
    )
    [found] = rules.parse([yamlfile.parse(f"rules:\n  -\n{pairs}", "a")], house).rules
    assert found.calendar is not None
    assert found.calendar.zone == ZoneInfo(zone)
    assert found.calendar.is_working_day(epiphany) == is_open


def test_one_of_several_starts_may_have_to_be_absent() -> None:
    clock = "{starts: {latest: [shared_at, applied_at]}, stops: told_at}"
    assert rule(when="{shared_at: absent}", clock=clock).clock.starts[0] == "shared_at"


def test_a_rule_may_begin_on_a_day() -> None:
    assert rule(effective_from="2026-12-01").effective_from == date(2026, 12, 1)
    assert rule().effective_from is None


@pytest.mark.parametrize(
    "word", ["has_ball", "recruiter", "manager", "decided_by", "hr_lead"]
)
def test_a_rule_is_owned_by_a_role(word: str) -> None:
    [found] = book({"owner": word}, roles=("hr_lead",)).rules
    assert found.owner == word


def test_a_rule_that_is_off_is_checked_and_left_out() -> None:
    off = {"id": "other", "enabled": "false"}
    found = book({}, off)
    assert [each.id for each in found.rules] == ["first-reply"]
    assert [each.id for each in found.off] == ["other"]
    assert found.get("other") is None
    with pytest.raises(ConfigError, match="is not a duration"):
        book({**off, "target": "soon"})


def test_a_file_may_hold_no_rule_yet() -> None:
    assert rules.parse([yamlfile.parse("rules: []", "a.yaml")]) == Rulebook(())


def test_rules_are_read_from_both_endings_in_order(tmp_path: Path) -> None:
    text = "rules:\n  - " + "\n    ".join(f"{k}: {v}" for k, v in PLAIN.items())
    for name in ("b.yaml", "a.yml", "c.txt"):
        rule_id = f"rule-{name[0]}"
        path = tmp_path / name
        path.write_text(text.replace("first-reply", rule_id), encoding="utf-8")
    assert [each.id for each in rules.read(tmp_path).rules] == ["rule-a", "rule-b"]


def test_the_folder_of_the_admins_own_tests_is_no_rule_file(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "a.yaml").write_text("rules: []", encoding="utf-8")
    assert rules.read(tmp_path).rules == ()


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("First reply", "first-reply"),
        ("3-days", "days"),
        ("--", "first-reply"),
        ("_" * 3 + "x" * 90, "x" * 62),
    ],
)
def test_a_bad_id_offers_a_good_one(written: str, offered: str) -> None:
    with pytest.raises(ConfigError) as caught:
        rule(id=f'"{written}"')
    assert f'(small letters, digits and -; try "{offered}")' in str(caught.value)
    assert rule(id=offered).id == offered


def test_every_column_of_the_view_has_a_kind() -> None:
    assert tuple(rules.COLUMN_KINDS) == Application._fields
    assert rules.COLUMN_KINDS["status"] is Status
    assert rules.COLUMN_KINDS["applicants"] is int


def test_a_text_alone_is_read_in_every_language() -> None:
    found = rule(title="Alle får svar", message="venter")
    assert {found.title_in(each) for each in Language} == {"Alle får svar"}
    assert {found.message_in(each).text for each in Language} == {"venter"}


def test_a_language_that_is_left_out_reads_english() -> None:
    found = rule(
        title="{en: Everybody hears, nb: Alle hører fra oss}",
        message="{en: waits, da: 'venter i {{ waited }}'}",
    )
    titles = [found.title_in(each) for each in Language]
    assert titles == ["Everybody hears", "Alle hører fra oss", *["Everybody hears"] * 2]
    lines = [found.message_in(each).text for each in Language]
    assert lines == ["waits", "waits", "waits", "venter i {{ waited }}"]
    assert (found.title, found.message.text) == ("Everybody hears", "waits")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_rule_speaks_every_language(path: Path) -> None:
    book = rules.parse([yamlfile.read(path)])
    for each in (*book.rules, *book.off):
        assert len({each.title_in(language) for language in Language}) == 4
        assert len({each.message_in(language).text for language in Language}) > 2
        variables = {
            frozenset(re.findall(r"{{ (\w+) }}", each.message_in(language).text))
            for language in Language
        }
        assert len(variables) == 1


def test_a_rule_without_a_message_has_one_in_every_language() -> None:
    found = rule()
    assert found.message_in(Language.NB).text.startswith("har ventet i")
    assert found.message_in(Language.SV).text.startswith("har väntat i")
    assert found.message_in(Language.DA).text.startswith("har ventet i")


def test_a_profile_that_comes_along_changes_titles_in_every_language() -> None:
    for path in (shipped.folder() / "rules" / "profiles").glob("*.yaml"):
        changes = yamlfile.read(path).data["changes"].values()
        titles = [keys["title"] for keys in changes if "title" in keys]
        assert all(set(title) == set(Language) for title in titles)
